"""The verb `hours`: whether a calendar is open decides.

It does not know what time it is; it is told.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.calendar import Calendar, is_open
from ivr.steps.verb import Doc, Exit, Leave, Outcome, StepFields, Verb, Visit


@dataclass(frozen=True, slots=True)
class Hours(Verb):
    VERB = "hours"
    SUMMARY = "Asks a calendar of `calendars.yaml` whether it is open at this moment. The caller hears nothing."
    FIELDS = (Doc("hours", "calendar", "the calendar that is asked"),)
    EXITS = (
        Doc("open", "step", "the calendar is open"),
        Doc("closed", "step", "the calendar is closed"),
    )
    EXAMPLE = """
        opening:
          hours: office
          open: main-menu
          closed: closed
    """

    calendar: Calendar
    open: Exit
    closed: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Hours:
        calendars = fields.flow.known.calendars
        name = fields.known("hours", "calendar", frozenset(calendars))
        calendar = calendars.get(name) or Calendar(name, "UTC", ((),) * 7)
        return cls(calendar, fields.exit("open"), fields.exit("closed"))

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.open, self.closed)

    def enter(self, visit: Visit) -> Outcome:
        return Leave("open" if is_open(self.calendar, visit.now) else "closed")
