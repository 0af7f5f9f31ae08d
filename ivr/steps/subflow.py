"""The verb `subflow`: another flow is gone through, and where it ends this one goes on.

It does not know how the other flow's steps come to stand behind this one (`ivr/parts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.expression import fill, references
from ivr.faults import did_you_mean
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit

if TYPE_CHECKING:
    from ivr.flow import Flow


@dataclass(frozen=True, slots=True)
class Subflow(Verb):
    """`called` is the other flow while this one is read; `begins` leads to its first step, once that stands here."""

    VERB = "subflow"
    SUMMARY = (
        "Goes through another flow of `flows/` as if its steps stood here; they are named `<this step>/<inner step>`. "
        "A flow that is to be called says `parameters:` (a list of variables, if it has any) and has `return` steps. "
        "Variables are shared: this flow can read what the other has set, and a parameter is a variable like any "
        "other. Both must have the same languages. A flow cannot call itself."
    )
    FIELDS = (
        Doc("subflow", "flow", "a flow of `flows/`"),
        Doc(
            "with",
            "parameter: text, one a line; needed where the flow has parameters",
            "one line for every parameter; texts may look names up",
        ),
        Doc(
            "returns",
            "return: step, one a line; needed where the flow has `return` steps",
            "where each way back leads",
        ),
    )
    EXITS = (Doc("(next)", "", "the other flow's first step; it is not written"),)
    EXAMPLE = """
        which-card:
          subflow: ask-card
          with:
            digits: 4
          returns:
            known: main-menu
            given-up: person
    """

    flow: str
    given: tuple[tuple[str, str], ...]
    returns: tuple[Exit, ...]
    called: Flow | None = field(default=None, repr=False, compare=False)
    begins: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Subflow:
        name = fields.known("subflow", "flow", frozenset(fields.flow.known.flows))
        called = fields.flow.call(name, fields.at("subflow")) if name in fields.flow.known.flows else None
        return cls(name, _given(fields, called), _returns(fields, called), called)

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.begins,) if self.begins else self.returns

    def writes(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.given)

    def reads(self) -> tuple[str, ...]:
        return tuple(name for _, text in self.given for name in references(text))

    def copies(self) -> tuple[tuple[str, str], ...]:
        return tuple((variable, name) for variable, text in self.given for name in references(text))

    def enter(self, visit: Visit) -> Outcome:
        return Leave("next", kept=tuple((name, fill(text, visit.lookup)) for name, text in self.given))


def _given(fields: StepFields, called: Flow | None) -> tuple[tuple[str, str], ...]:
    pairs = []
    for key, value in fields.entries("with", required=bool(called and called.parameters)):
        if called and key.value not in called.parameters:
            message = f"flow '{called.name}' has no parameter '{key.value}'"
            fields.fault(key.place, "unknown-parameter", message, did_you_mean(key.value, called.parameters))
        pairs.append((key.value, fields.template(value, key.value)))
    missing = [name for name in called.parameters if name not in dict(pairs)] if called else []
    if missing and fields.has("with"):
        message = f"flow '{called.name if called else ''}' must also be given: {', '.join(missing)}"
        fields.fault(fields.at("with"), "missing-parameter", message)
    return tuple(pairs)


def _returns(fields: StepFields, called: Flow | None) -> tuple[Exit, ...]:
    exits = []
    for key, value in fields.entries("returns", required=bool(called and called.returns)):
        if called and key.value not in called.returns:
            message = f"flow '{called.name}' does not return by '{key.value}'"
            fields.fault(key.place, "unknown-exit", message, did_you_mean(key.value, called.returns))
        exits.append(fields.exit_to(key.value, value))
    missing = [name for name in called.returns if name not in {way.name for way in exits}] if called else []
    if missing and fields.has("returns"):
        message = f"it is not written where '{missing[0]}' leads"
        needed = ", ".join(called.returns) if called else ""
        fields.fault(fields.at("returns"), "missing-exit", message, f"the flow returns by: {needed}")
    return tuple(exits)
