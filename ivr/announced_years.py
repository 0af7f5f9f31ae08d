"""Which years a calendar has to do without: its country announces its days, and nobody has told us those of the year.

It does not know what year it is, nor what the days are. In such a year what the law fixes counts, by rule and without
make-up days, until the installed `chinesecalendar` has the year, or it is written in `calendars.yaml` by hand.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.opening_hours import Calendar
from ivr.public_days import is_announced, is_known


def does_without(calendar: Calendar, year: int) -> bool:
    """Whether the calendar counts on its country's days of the year, and has neither these nor any of its own."""
    own = {day.year for day, _, _ in calendar.holidays} | {day.year for day, _ in calendar.make_up}
    return bool(calendar.country) and year not in own and not is_known(calendar.country, year)


def year_of(calendar: Calendar, now: float) -> int:
    """The calendar's year at `now` (POSIX seconds)."""
    return datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(calendar.zone)).year


def year_ends(calendar: Calendar, now: float) -> float | None:
    """The calendar's next New Year; None where the country's days of each year follow a rule."""
    if not (calendar.country and is_announced(calendar.country)):
        return None
    return datetime(year_of(calendar, now) + 1, 1, 1, tzinfo=ZoneInfo(calendar.zone)).timestamp()
