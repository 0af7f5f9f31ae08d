"""What a calendar says of one moment: open, closed, a holiday, or a named period; and where its hours have gaps.

It does not know what time it is, who asks, or how calendars are written down (`ivr/calendar.py`).

A day's hours are those of the first that speaks of it: the calendar's own make-up days, its own holidays, the country's
make-up days, the country's holidays, the weekday. All hours are those of a clock on the wall in the calendar's zone: an
hour that the clock skips in spring never comes, one that it repeats in autumn counts both times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from ivr.faults import Place
from ivr.public_days import Public, public_day

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPEN, CLOSED, HOLIDAY = "open", "closed", "holiday"
MIDNIGHT = 24 * 60  # as a minute of the day
SHORT = 10  # minutes: a shorter hole between two spans is nearly always a slip

Hours = tuple[tuple[int, int], ...]  # from, to in minutes of the day; `to` is not open any more
Week = tuple[Hours, ...]  # one entry a weekday, Monday first
_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours. A holiday is (first day, last day, name); a named period has hours for each weekday.

    `country` is whose public holidays count, like `CN` or `US-CA`, "" for none; `worked` are the hours of its make-up
    days. `written` is where the hours of each weekday stand, None for a day of which nothing is written.
    """

    name: str
    zone: str
    week: Week
    holidays: tuple[tuple[date, date, str], ...] = ()
    make_up: tuple[tuple[date, Hours], ...] = ()
    country: str = ""
    worked: Hours = ()
    periods: tuple[tuple[str, Week], ...] = ()
    written: tuple[Place | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something about the hours that looks like a slip.

    `kind`: `hole` (closed for a few minutes between two spans, or before midnight), `overlap` (two spans share
    minutes), `unwritten` (nothing is written of the weekday, so it is closed). `start` and `end` in minutes of the day.
    """

    kind: str
    day: str
    start: int
    end: int
    place: Place | None = None


def state(calendar: Calendar, now: float) -> str:
    """`open`, `closed`, `holiday`, or the name of a period, at `now` (POSIX seconds)."""
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    hours, weekday = _day(calendar, local.date())
    if hours is None:
        return HOLIDAY
    for name, week in calendar.periods:
        if _within(week[weekday], minute):
            return name
    return OPEN if _within(hours, minute) else CLOSED


def is_open(calendar: Calendar, now: float) -> bool:
    """Whether the calendar is open at `now` (POSIX seconds), and in no named period."""
    return state(calendar, now) == OPEN


def _within(hours: Hours, minute: int) -> bool:
    return any(start <= minute < end for start, end in hours)


def _day(calendar: Calendar, day: date) -> tuple[Hours | None, int]:
    """The hours of a day, None for a holiday; and the weekday whose periods count (Monday's on a make-up day)."""
    for made_up, hours in calendar.make_up:
        if made_up == day:
            return hours, _MONDAY
    if any(first <= day <= last for first, last, _ in calendar.holidays):
        return None, _MONDAY
    public = public_day(calendar.country, day) if calendar.country else Public.NONE
    if public is Public.WORKED:
        return calendar.worked or calendar.week[_MONDAY], _MONDAY
    if public is Public.HOLIDAY:
        return None, _MONDAY
    return calendar.week[day.weekday()], day.weekday()


def gaps(calendar: Calendar) -> tuple[Gap, ...]:
    """Every slip in the hours of the week, by weekday."""
    found = []
    for place, hours in enumerate(calendar.week):
        written = calendar.written[place] if calendar.written else None
        if calendar.written and written is None:
            found.append(Gap("unwritten", DAYS[place], 0, MIDNIGHT))
        found += [Gap(kind, DAYS[place], start, end, written) for kind, start, end in _slips(hours)]
    return tuple(found)


def _slips(hours: Hours) -> list[tuple[str, int, int]]:
    spans = sorted(hours)
    slips = []
    for (_, before), (start, end) in pairwise(spans):
        if start < before:
            slips.append(("overlap", start, min(before, end)))
        elif 0 < start - before < SHORT:
            slips.append(("hole", before, start))
    last = max((end for _, end in spans), default=0)
    if spans and 0 < MIDNIGHT - last < SHORT:
        slips.append(("hole", last, MIDNIGHT))
    return slips
