"""The verb `callback`: the caller asks to be called back, and keeps his place in the queue.

It does not know who calls, nor when.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.calendar import Calendar
from ivr.expression import fill, references
from ivr.messages import AskCallback
from ivr.steps.queue import demanded, read_skills, read_speaks
from ivr.steps.transfer import NUMBER, number_template
from ivr.steps.verb import Doc, Exit, Skills, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit
from ivr.waiting.times import chosen


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
        Doc("at", "text; when it is his turn", "`16:30` or `1630`: called then, today or tomorrow"),
        Doc("calendar", "calendar; only with `at`", "whose clock that is, and which must be open then"),
    )
    EXITS = (
        Doc("next", "step", "the callback is noted"),
        Doc("refused", "step", "there is no number (3 to 20 digits, with or without `+`), or none that may be called"),
        Doc("bad_time", "step; only with `at`", "it is no time, or the calendar is closed then"),
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
    at: str = ""
    calendar: Calendar | None = None
    bad_time: Exit | None = None

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
            *_time(fields),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.refused, *((self.bad_time,) if self.bad_time else ()))

    def reads(self) -> tuple[str, ...]:
        return (*references(self.number), *references(self.at))

    def demands(self, language: str) -> Skills:
        """The skills that a caller of this language needs, the highest level of each."""
        return demanded(self.skills, self.speaks, language)

    def enter(self, visit: Visit) -> Outcome:
        number = fill(self.number, visit.lookup)
        if not (NUMBER.match(number) and visit.may_call(number)):
            return Leave("refused")
        due = chosen(fill(self.at, visit.lookup), self.calendar, visit.now) if self.calendar is not None else 0.0
        if self.calendar is not None and not due:
            return Leave("bad_time")
        wish = AskCallback(number, self.queue, self.demands(visit.language), self.priority, due)
        return Leave("next", aside=(wish,))


def _time(fields: StepFields) -> tuple[str, Calendar | None, Exit | None]:
    """`at`, `calendar` and `bad_time`: all of them, or none."""
    keys = ("at", "calendar", "bad_time")
    if not any(fields.has(key) for key in keys):
        return "", None, None
    value = fields.value("at", required=True)
    calendars = fields.flow.known.calendars
    name = fields.known("calendar", "calendar", frozenset(calendars))
    return fields.template(value, "at") if value else "", calendars.get(name), fields.exit("bad_time")
