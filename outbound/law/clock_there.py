"""The clock on the wall at the called place: whether it shows hours in which calls are allowed, and when it will.

It does not know whom anybody calls, nor which days are holidays: it is told hours day by day.

A zone keeps one offset for months, so time there is cut into stretches of one offset. Within a stretch the wall's clock
runs as ours does, and everything is plain arithmetic; an hour that the clock skips never comes, one that it repeats
comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from outbound.law.profile import Hours

_DAY = 86400
_EPOCH = date(1970, 1, 1).toordinal()

HoursOf = Callable[[date], Hours]


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """The zone, or None when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown names, folders, paths out of the zone folder
        return None


def day_there(zone: ZoneInfo, now: float) -> date:
    """The date that is written there."""
    return date.fromordinal(_EPOCH + int((now + _offset(zone, now)) // _DAY))


def is_within(zone: ZoneInfo, hours: HoursOf, now: float) -> bool:
    """Whether it is a time of `hours` there."""
    day, second = divmod(now + _offset(zone, now), _DAY)
    spans = hours(date.fromordinal(_EPOCH + int(day)))
    return any(start * 60 <= second < end * 60 for start, end in spans)


def next_within(zone: ZoneInfo, hours: HoursOf, now: float, limit: float) -> float | None:
    """The first moment from `now` on that is a time of `hours` there; None when there is none up to `limit`."""
    while now <= limit:
        offset, until = _offset(zone, now), _steady_until(zone, now)
        wall = _first(hours, now + offset, until + offset)
        if wall is not None:
            return now if wall == now + offset else wall - offset
        now = until
    return None


def next_day(zone: ZoneInfo, now: float) -> float:
    """The first moment after `now` at which another date is written there."""
    today = day_there(zone, now)
    while True:
        offset, until = _offset(zone, now), _steady_until(zone, now)
        midnight = ((now + offset) // _DAY + 1) * _DAY - offset
        if midnight < until:
            return midnight
        if day_there(zone, until) != today:
            return until
        now = until


def next_in_all(zones: Iterable[ZoneInfo], hours: HoursOf, now: float, limit: float) -> float | None:
    """The first moment from `now` on that is a time of `hours` in every one of the zones."""
    places = tuple(zones)
    while True:
        openings = [next_within(zone, hours, now, limit) for zone in places]
        known = [opening for opening in openings if opening is not None]
        if len(known) < len(openings):
            return None
        latest = max(known, default=now)
        if latest == now:
            return now
        now = latest


def _first(hours: HoursOf, wall: float, end: float) -> float | None:
    """The first moment of `hours` on a wall's clock that runs from `wall` to `end` without a jump."""
    day = int(wall // _DAY)
    while day * _DAY < end:
        for start, stop in hours(date.fromordinal(_EPOCH + day)):
            begin = max(wall, day * _DAY + start * 60.0)
            if begin < end and begin < day * _DAY + stop * 60:
                return begin
        day += 1
    return None


def _offset(zone: ZoneInfo, now: float) -> int:
    shift = datetime.fromtimestamp(now // 1, zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


def _steady_until(zone: ZoneInfo, now: float) -> float:
    """Up to when the offset surely stays: its next change, or a day on. No zone changes twice in a day."""
    offset, late = _offset(zone, now), int(now // 1) + _DAY
    if _offset(zone, late) == offset:
        return float(late)
    early = int(now // 1)
    while late - early > 1:
        middle = (early + late) // 2
        if _offset(zone, middle) == offset:
            early = middle
        else:
            late = middle
    return float(late)
