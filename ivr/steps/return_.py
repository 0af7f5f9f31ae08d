"""The verb `return`: a flow that is a part of others goes back to the one that called it.

It does not know where that goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.steps.hangup import CAUSES
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Finish, Leave, Outcome, Visit


@dataclass(frozen=True, slots=True)
class Return(Verb):
    """`way` is where the caller goes on, once the step stands in the flow that called; None in the flow alone."""

    VERB = "return"
    SUMMARY = (
        "Ends a flow that is a part of others, by one of its ways back: the step that called it says where each leads. "
        "A flow with such a step cannot be called by a number."
    )
    FIELDS = (Doc("return", "name", "the way back; several steps may have the same"),)
    EXITS = ()
    EXAMPLE = """
        card-is-known:
          return: known
    """

    name: str
    way: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Return:
        name = fields.name("return")
        fields.flow.returns.setdefault(name, fields.place)
        return cls(name)

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.way,) if self.way else ()

    def enter(self, visit: Visit) -> Outcome:
        del visit
        return Leave(self.name) if self.way else Finish(CAUSES["normal"])
