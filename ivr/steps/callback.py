"""The verb `callback`: the caller asks to be called back, and keeps his place in the queue.

It does not know who calls, nor when.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.expression import fill, references
from ivr.messages import AskCallback
from ivr.steps.queue import demanded, read_skills, read_speaks
from ivr.steps.transfer import NUMBER, number_template
from ivr.steps.verb import Doc, Exit, Leave, Outcome, Skills, StepFields, Verb, Visit


@dataclass(frozen=True, slots=True)
class Callback(Verb):
    VERB = "callback"
    SUMMARY = (
        "Notes that the caller wants to be called back by an agent of a queue, as if he waited in it himself. Nothing "
        "is waited for: tell him so, and hang up."
    )
    FIELDS = (
        Doc("callback", "queue", "a queue of `queues.yaml`"),
        Doc("number", "number, or text with names; `${caller.number}`", "where he wants to be called"),
        Doc("skills", "as in `queue`; none", "what the agent must be able to do"),
        Doc("speaks", "as in `queue`; none", "the skill that each language needs"),
        Doc("priority", "0 to 9; 5", "9 is served first"),
    )
    EXITS = (
        Doc("next", "step", "the callback is noted"),
        Doc("refused", "step", "there is no usable number (3 to 20 digits, with or without `+`)"),
    )
    EXAMPLE = """
        call-me:
          callback: cards
          number: ${caller.number}
          skills: [cards]
          next: goodbye
          refused: person
    """
    ONCE = True

    queue: str
    number: str
    skills: Skills
    speaks: tuple[tuple[str, Skills], ...]
    priority: int
    next: Exit
    refused: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Callback:
        found = fields.value("skills", required=False)
        return cls(
            fields.known("callback", "queue", fields.flow.known.queues),
            number_template(fields, "number") if fields.has("number") else "${caller.number}",
            read_skills(fields, found, "skills") if found else (),
            read_speaks(fields),
            fields.number("priority", 0, 9, default=5),
            fields.exit("next"),
            fields.exit("refused"),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.refused)

    def reads(self) -> tuple[str, ...]:
        return references(self.number)

    def demands(self, language: str) -> Skills:
        """The skills that a caller of this language needs, the highest level of each."""
        return demanded(self.skills, self.speaks, language)

    def enter(self, visit: Visit) -> Outcome:
        number = fill(self.number, visit.lookup)
        if not NUMBER.match(number):
            return Leave("refused")
        return Leave("next", aside=(AskCallback(number, self.queue, self.demands(visit.language), self.priority),))
