"""The next moment at which a calendar opens or closes.

It does not know what time it is, nor who asks. What a calendar says of one moment is in `ivr/opening_hours.py`; this
finds, among all moments at which that can change, the first at which it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from ivr.opening_hours import MIDNIGHT, Calendar, is_open

FAR = 400  # days looked ahead: a calendar that is closed for longer opens at no time that anybody waits for


def next_change(calendar: Calendar, now: float) -> float:
    """The first moment after `now` (POSIX seconds) at which `is_open` says something else; inf when there is none."""
    zone, present = ZoneInfo(calendar.zone), is_open(calendar, now)
    first = datetime.fromtimestamp(now, UTC).astimezone(zone).date()
    minutes = _minutes(calendar)
    for ahead in range(FAR):
        for moment in _moments(first + timedelta(days=ahead), minutes, zone):
            if moment > now and is_open(calendar, moment) != present:
                return moment
    return inf


def _minutes(calendar: Calendar) -> tuple[int, ...]:
    """The minutes of a day at which anything in the calendar begins or ends."""
    weeks = (calendar.week, *(week for _, week in calendar.periods))
    spans = [span for week in weeks for hours in week for span in hours]
    spans += [span for _, hours in calendar.make_up for span in hours]
    spans += calendar.worked
    return tuple(sorted({0, *(minute for span in spans for minute in span if minute < MIDNIGHT)}))


def _moments(day: date, minutes: tuple[int, ...], zone: ZoneInfo) -> list[float]:
    """When the clock on the wall shows these minutes, and when it is put forward or back, in order."""
    found = set(_turns(day, zone))
    for minute in minutes:
        wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
        found |= {wall.timestamp(), wall.replace(fold=1).timestamp()}
    return sorted(found)


def _turns(day: date, zone: ZoneInfo) -> Iterator[float]:
    """The second at which the zone's clock is put forward or back on this day."""
    low = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
    high = low + 26 * 3600
    if _offset(low, zone) == _offset(high, zone):
        return
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == _offset(low, zone) else (low, middle)
    yield high


def _offset(at: float, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
