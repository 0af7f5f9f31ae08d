"""The verb `set`: variables of the call, and the language it goes on in.

It does not know who reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.computed import FAILED, failed_exit, read_expression
from ivr.expression import Expression, fill, references
from ivr.faults import did_you_mean
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit
from ivr.written import Text, Value

LANGUAGE = "language"
COMPUTED = "= "  # what an expression begins with


@dataclass(frozen=True, slots=True)
class Set(Verb):
    VERB = "set"
    SUMMARY = (
        "Sets variables. A value that begins with `= ` is an expression (see Expressions), any other is a text. The "
        "name `language` is special: it must be one of the flow's languages, and every prompt from here on is played "
        "in it. All values are worked out before any is set. The caller hears nothing."
    )
    FIELDS = (Doc("set", "name: text or `= expression`, one a line", "texts may look names up: `${caller.number}`"),)
    EXITS = (
        Doc("next", "step", "the variables are set"),
        Doc("failed", "step; only with an expression that can fail", "it could not be computed, and nothing is set"),
    )
    EXAMPLE = """
        speak-english:
          set:
            language: en
            topic: cards
            after-fee: = ${balance} - 12.50
          next: main-menu
          failed: person
    """

    values: tuple[tuple[str, str | Expression], ...]
    next: Exit
    failed: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Set:
        values = tuple(
            (fields.variable_or_language(key), _value(fields, key, text)) for key, text in fields.entries("set")
        )
        can_fail = any(isinstance(value, Expression) and value.can_fail for _, value in values)
        return cls(values, fields.exit("next"), failed_exit(fields, can_fail))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.failed) if self.failed else (self.next,)

    def writes(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.values if name != LANGUAGE)

    def reads(self) -> tuple[str, ...]:
        return tuple(name for _, value in self.values for name in _names(value))

    def copies(self) -> tuple[tuple[str, str], ...]:
        return tuple((variable, name) for variable, value in self.values for name in _names(value))

    def enter(self, visit: Visit) -> Outcome:
        kept = []
        for name, value in self.values:
            text = _worked_out(value, visit.lookup)
            if text is None:
                return Leave(FAILED)
            kept.append((name, text))
        return Leave("next", kept=tuple(kept))


def _names(value: str | Expression) -> tuple[str, ...]:
    return value.names if isinstance(value, Expression) else references(value)


def _worked_out(value: str | Expression, lookup: Callable[[str], str]) -> str | None:
    return value.value(lookup) if isinstance(value, Expression) else fill(value, lookup)


def _value(fields: StepFields, key: Text, value: Value) -> str | Expression:
    if isinstance(value, Text) and value.value.startswith(COMPUTED) and key.value != LANGUAGE:
        return read_expression(fields, value, len(COMPUTED)) or ""
    languages = fields.flow.languages
    text = fields.template(value, key.value)
    if key.value == LANGUAGE and text not in languages:
        message = f"'{text}' is not a language of this flow"
        fields.fault(value.place, "unknown-language", message, did_you_mean(text, languages))
    return text
