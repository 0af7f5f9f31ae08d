"""The verb `refuse`: the person wants no more calls from us.

It does not know who calls people, nor where it is kept that he must not be called.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.expression import fill, references
from ivr.messages import RefuseCalls
from ivr.steps.transfer import NUMBER, number_template
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit

HOUSE, CAMPAIGN = "house", "campaign"


@dataclass(frozen=True, slots=True)
class Refuse(Verb):
    VERB = "refuse"
    SUMMARY = (
        "Notes, at once and for good, that a number is never to be called again: by nobody of the house, or not for "
        "the campaign that has called it. Nothing is waited for."
    )
    FIELDS = (
        Doc("refuse", "`house` or `campaign`", "for whom it counts; it is the house where no campaign has called"),
        Doc("number", "number, or text with names; `${caller.number}`", "the number"),
    )
    EXITS = (
        Doc("next", "step", "it is noted"),
        Doc("no_number", "step", "there is no number (3 to 20 digits, with or without `+`)"),
    )
    EXAMPLE = """
        no-more-calls:
          refuse: house
          next: goodbye
          no_number: goodbye
    """
    ONCE = True

    scope: str
    number: str
    next: Exit
    no_number: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Refuse:
        return cls(
            fields.choice("refuse", (HOUSE, CAMPAIGN)),
            number_template(fields, "number") if fields.has("number") else "${caller.number}",
            fields.exit("next"),
            fields.exit("no_number"),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.no_number)

    def reads(self) -> tuple[str, ...]:
        return references(self.number)

    def enter(self, visit: Visit) -> Outcome:
        number = fill(self.number, visit.lookup)
        if not NUMBER.match(number):
            return Leave("no_number")
        return Leave("next", aside=(RefuseCalls(self.scope, number),))
