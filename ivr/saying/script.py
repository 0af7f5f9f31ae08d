"""What a step plays: prompts by name, and values that are looked up and said when the caller is there.

It does not know verbs or callers: a verb hands on what it knows of the call (language, names to values).

    play: [your-balance-is, {money: "${balance}", currency: USD}]

Everything becomes names in the end, of prompts or of fragments (`say/twenty`). A value that cannot be said makes the
whole script unplayable, and the step leaves by its exit `failed`: a caller never hears half a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.expression import fill, references
from ivr.fields import Fields
from ivr.saying import CURRENCIES, Kind, Unsayable, fragments, sayable_in
from ivr.written import Items, Table, Text, Value

if TYPE_CHECKING:
    from ivr.steps.verb import StepFields
    from ivr.visit import Visit

Lookup = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Said:
    """A value that is said. `value` and `currency` are templates; `currency` may be "" (then the value tells it)."""

    kind: Kind
    value: str
    currency: str = ""

    def fragments(self, language: str, lookup: Lookup) -> tuple[str, ...]:
        """The fragments that say the value as it is now. Raises `Unsayable`."""
        return fragments(self.kind, fill(self.value, lookup), language, fill(self.currency, lookup))

    def reads(self) -> tuple[str, ...]:
        """Names that are looked up."""
        return (*references(self.value), *references(self.currency))


@dataclass(frozen=True, slots=True)
class Script:
    """Prompts and values, in the order in which they are heard."""

    items: tuple[str | Said, ...] = ()

    @property
    def said(self) -> tuple[Said, ...]:
        """The values alone."""
        return tuple(item for item in self.items if isinstance(item, Said))

    def prompts(self, visit: Visit) -> tuple[str, ...] | None:
        """The names to play for this caller; None when a value cannot be said."""
        names: tuple[str, ...] = ()
        try:
            for item in self.items:
                names += (item,) if isinstance(item, str) else item.fragments(visit.language, visit.lookup)
        except Unsayable:
            return None
        return names

    def reads(self) -> tuple[str, ...]:
        """Names that are looked up."""
        return tuple(name for said in self.said for name in said.reads())

    def then(self, other: Script) -> Script:
        """This script, and the other behind it."""
        return Script(self.items + other.items)


def read_script(fields: StepFields, key: str, required: bool) -> Script:
    """The script below a key: one prompt or value, or a list of them. Faults go to `fields`."""
    found = fields.value(key, required)
    if found is None:
        return Script()
    values = found.values if isinstance(found, Items) else (found,)
    if not values:
        fields.fault(found.place, "empty", f"'{key}' is an empty list")
    return Script(tuple(_item(fields, value, key) for value in values))


def _item(fields: StepFields, value: Value, key: str) -> str | Said:
    if not isinstance(value, Table):
        return fields.prompt(fields.scalar(value, key))
    kinds = [name for name, _ in value.entries if name.value in tuple(Kind)]
    inner = Fields(value, fields.faults, fields.owner, (*Kind, "currency"), value.place)
    if len(kinds) != 1:
        hint = f"write one of: {', '.join(Kind)}"
        fields.fault(value.place, "bad-say", "a value to say needs exactly one kind", hint)
        return ""
    kind = Kind(kinds[0].value)
    text = inner.value(kind, required=True)
    return read_said(fields, kind, text, inner.value("currency", required=False)) if text else ""


def read_said(fields: StepFields, kind: Kind, value: Value, currency: Value | None) -> Said:
    """A value of a kind from its lines, checked as far as it can be while nobody calls."""
    said = Said(
        kind,
        fields.template(value, kind),
        fields.template(currency, "currency") if currency else "",
    )
    if currency and kind is not Kind.MONEY:
        fields.fault(currency.place, "bad-say", f"a {kind} has no currency", "leave the line out")
    if currency and said.currency and not references(said.currency) and said.currency not in CURRENCIES:
        message = f"'{said.currency}' is not a currency that can be said"
        fields.fault(currency.place, "bad-say", message, f"one of: {', '.join(CURRENCIES)}")
    for language in fields.flow.languages:
        _check_sayable(fields, said, value, language)
    return said


def _check_sayable(fields: StepFields, said: Said, value: Value, language: str) -> None:
    if not sayable_in(language):
        message = f"values cannot be said in {language}"
        fields.fault(value.place, "unsayable", message, "say them in English or Chinese, or use prompts alone")
    elif isinstance(value, Text) and value.value and not said.reads():
        try:
            said.fragments(language, lambda _: "")
        except Unsayable as why:
            fields.fault(value.place, "unsayable", f"'{value.value}' cannot be said as {said.kind}: {why}")
