"""The verb `hours`: what a calendar says of this moment decides.

It does not know what time it is; it is told.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.calendar import Calendar, state
from ivr.faults import did_you_mean
from ivr.opening_hours import CLOSED, HOLIDAY
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit


@dataclass(frozen=True, slots=True)
class Hours(Verb):
    VERB = "hours"
    SUMMARY = (
        "Asks a calendar of `calendars.yaml` what it is at this moment. The caller hears nothing. A calendar with "
        "named periods (a lunch break, a night service) needs a line for each of them."
    )
    FIELDS = (
        Doc("hours", "calendar", "the calendar that is asked"),
        Doc("periods", "period: step, one a line; none", "one for every named period; the exit is named like it"),
    )
    EXITS = (
        Doc("open", "step", "the calendar is open"),
        Doc("closed", "step", "the calendar is closed"),
        Doc("holiday", "step; like `closed`", "it is a holiday"),
        Doc("(a period)", "step", "it is this period"),
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
    holiday: Exit | None = None
    periods: tuple[Exit, ...] = ()

    @classmethod
    def read(cls, fields: StepFields) -> Hours:
        calendars = fields.flow.known.calendars
        name = fields.known("hours", "calendar", frozenset(calendars))
        calendar = calendars.get(name) or Calendar(name, "UTC", ((),) * 7)
        return cls(
            calendar,
            fields.exit("open"),
            fields.exit("closed"),
            fields.exit("holiday") if fields.has("holiday") else None,
            _periods(fields, calendar),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.open, self.closed, *((self.holiday,) if self.holiday else ()), *self.periods)

    def enter(self, visit: Visit) -> Outcome:
        found = state(self.calendar, visit.now)
        return Leave(CLOSED if found == HOLIDAY and self.holiday is None else found)


def _periods(fields: StepFields, calendar: Calendar) -> tuple[Exit, ...]:
    names = [name for name, _ in calendar.periods]
    exits = []
    for key, target in fields.entries("periods", required=False):
        if key.value not in names and calendar.name:
            message = f"calendar '{calendar.name}' has no period '{key.value}'"
            fields.fault(key.place, "unknown-period", message, did_you_mean(key.value, names))
        exits.append(fields.exit_to(key.value, target))
    missing = [name for name in names if name not in {way.name for way in exits}]
    if missing:
        message = f"'periods' has no line for {', '.join(missing)}"
        fields.fault(fields.at("periods"), "missing-exit", message, f"calendar '{calendar.name}' has this period")
    return tuple(exits)
