"""The verb `hangup`: the flow has finished with the caller.

It does not know how a line is cut.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Finish, Outcome, Visit

CAUSES = {"normal": 16, "busy": 17, "congestion": 34}


@dataclass(frozen=True, slots=True)
class Hangup(Verb):
    VERB = "hangup"
    SUMMARY = "Ends the call. The word says what the caller's network is told."
    FIELDS = (Doc("hangup", "`normal`, `busy` or `congestion`", "nearly always `normal`"),)
    EXITS = ()
    EXAMPLE = """
        bye:
          hangup: normal
    """

    cause: int

    @classmethod
    def read(cls, fields: StepFields) -> Hangup:
        return cls(CAUSES.get(fields.choice("hangup", CAUSES), 16))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return ()

    def enter(self, visit: Visit) -> Outcome:
        del visit
        return Finish(self.cause)
