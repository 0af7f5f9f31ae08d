"""The verb `transfer`: the caller is connected with a number outside.

It does not know how a number is dialled, nor which numbers may be. A caller who comes back after a restart of the
server is dialled for again, unless what became of the first attempt is told instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.expression import fill, references
from ivr.messages import Told, TransferCaller, TransferEnded
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit, Wait
from ivr.written import Text

NUMBER = re.compile(r"\+?[0-9]{3,20}\Z", re.ASCII)
ENDS = ("answered", "busy", "no_answer", "failed")


@dataclass(frozen=True, slots=True)
class Transfer(Verb):
    VERB = "transfer"
    SUMMARY = (
        "Connects the caller with an outside number and waits until the talk is over. The number must be digits, with "
        "or without `+`; whatever else a name stands for is not dialled."
    )
    FIELDS = (
        Doc("transfer", "number, or text with names", "whom to call"),
        Doc("ring_for", "5s to 2m; 30s", "how long it rings"),
    )
    EXITS = (
        Doc("answered", "step", "the talk is over and the caller is still there"),
        Doc("busy", "step", "the number is busy, or refuses"),
        Doc("no_answer", "step", "nobody answered in time"),
        Doc("failed", "step", "it is no number, or it cannot be reached"),
    )
    EXAMPLE = """
        roadside-help:
          transfer: "+862112345678"
          ring_for: 30s
          answered: goodbye
          busy: person
          no_answer: person
          failed: person
    """
    ASKS = True
    ONCE = True

    number: str
    ring_for: int
    answered: Exit
    busy: Exit
    no_answer: Exit
    failed: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Transfer:
        found = fields.value("transfer", required=True)
        return cls(
            number_template(fields, "transfer") if found else "",
            fields.seconds("ring_for", 5, 120, default=30),
            *(fields.exit(name) for name in ENDS),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.answered, self.busy, self.no_answer, self.failed)

    def silent_exits(self) -> tuple[Exit, ...]:
        return (self.busy, self.no_answer, self.failed)

    def reads(self) -> tuple[str, ...]:
        return references(self.number)

    def enter(self, visit: Visit) -> Outcome:
        number = fill(self.number, visit.lookup)
        return Wait(TransferCaller(number, float(self.ring_for))) if NUMBER.match(number) else Leave("failed")

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        del visit
        if not isinstance(told, TransferEnded):
            return None
        return Leave(told.why if told.why in ENDS else "failed")


def number_template(fields: StepFields, key: str) -> str:
    """The telephone number at `key`, or a text that may look one up."""
    found = fields.value(key, required=True)
    text = fields.template(found, key) if found else ""
    if isinstance(found, Text) and text and not references(text) and not NUMBER.match(text):
        hint = "write 3 to 20 digits, with or without +"
        fields.fault(found.place, "bad-number", f"'{text}' is not a telephone number", hint)
    return text
