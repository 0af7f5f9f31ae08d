"""When people are called back: a keyed time of day as a moment, and when a calendar opens and closes.

It does not know what time it is; it is told. A time of day is the next such time, today or tomorrow, by the clock of
the calendar.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.opening_hours import Calendar, is_open

AT_LEAST = 60.0  # seconds from now: whoever keys this very minute means the next such one
_LOOKS_AHEAD = 14  # days
_TIME = re.compile(r"(\d{2}):?(\d{2})", re.ASCII)


def chosen(text: str, calendar: Calendar, now: float) -> float:
    """The moment that `1630` or `16:30` stands for; 0 when it is no time, or nobody is called then."""
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return 0.0
    zone = ZoneInfo(calendar.zone)
    today = _local(now, zone).date()
    for day in (today, today + timedelta(days=1)):
        moment = _moment(day, time(int(match[1]), int(match[2])), zone)
        if moment >= now + AT_LEAST:
            return moment if is_open(calendar, moment) else 0.0
    return 0.0


def clock_of(moment: float, calendar: Calendar) -> str:
    """A moment as the clock of the calendar shows it, like `16:30`."""
    return _local(moment, ZoneInfo(calendar.zone)).strftime("%H:%M")


def is_today(moment: float, calendar: Calendar, now: float) -> bool:
    """Whether both are on one day by the clock of the calendar."""
    zone = ZoneInfo(calendar.zone)
    return _local(moment, zone).date() == _local(now, zone).date()


def opens_at(calendar: Calendar, now: float) -> float:
    """The first moment, from now on, at which the calendar is open; 0 when it is not within two weeks."""
    return now if is_open(calendar, now) else _changes(calendar, now, opens=True)


def closes_at(calendar: Calendar, now: float) -> float:
    """When a calendar that is open now closes; 0 when it does not within two weeks."""
    return _changes(calendar, now, opens=False)


def _changes(calendar: Calendar, now: float, *, opens: bool) -> float:
    """The next boundary of any hours at which it is open, or closed; hours begin and end at whole minutes."""
    spans = (*calendar.week, calendar.worked, *(hours for _, hours in calendar.make_up))
    spans += tuple(hours for _, week in calendar.periods for hours in week)
    minutes = sorted({0, *(edge % 1440 for hours in spans for span in hours for edge in span)})
    zone = ZoneInfo(calendar.zone)
    first = _local(now, zone).date()
    for ahead in range(_LOOKS_AHEAD + 1):
        for minute in minutes:
            moment = _moment(first + timedelta(days=ahead), time(minute // 60, minute % 60), zone)
            if moment > now and is_open(calendar, moment) is opens:
                return moment
    return 0.0


def _moment(day: date, clock: time, zone: ZoneInfo) -> float:
    return datetime.combine(day, clock, zone).timestamp()


def _local(moment: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(moment, UTC).astimezone(zone)
