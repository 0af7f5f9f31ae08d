"""Opening hours: by weekday in a time zone, with holidays and make-up working days.

It does not know what time it is, nor who asks.

A make-up day (a Saturday worked for a holiday) counts before a holiday, a holiday before the weekday.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ivr.faults import Faults, Place, did_you_mean
from ivr.fields import Fields
from ivr.source import Items, Table, Text, Value, read

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = tuple[tuple[int, int], ...]  # from, to in minutes of the day; `to` is not open any more
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)\Z")
_DATE = r"\d{4}-\d\d-\d\d"
_DATES = re.compile(rf"({_DATE})(?:\.\.({_DATE}))?\Z")


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week` has one entry a weekday, Monday first. A holiday is (first day, last day, name)."""

    name: str
    zone: str
    week: tuple[Hours, ...]
    holidays: tuple[tuple[date, date, str], ...] = ()
    make_up: tuple[tuple[date, Hours], ...] = ()


def is_open(calendar: Calendar, now: float) -> bool:
    """Whether the calendar is open at `now` (POSIX seconds)."""
    local = datetime.fromtimestamp(now, ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in _hours_of(calendar, local.date()))


def _hours_of(calendar: Calendar, day: date) -> Hours:
    for made_up, hours in calendar.make_up:
        if made_up == day:
            return hours
    if any(first <= day <= last for first, last, _ in calendar.holidays):
        return ()
    return calendar.week[day.weekday()]


def parse_calendars(text: str | bytes, file: str) -> tuple[Mapping[str, Calendar], Faults]:
    """The calendars of a file, by name, with every fault in it."""
    table, faults = read(text, file)
    found: dict[str, Calendar] = {}
    for key, value in table.entries if table else ():
        if isinstance(value, Table):
            found[key.value] = _calendar(key, value, faults)
        else:
            faults.add(value.place, "not-a-mapping", f"calendar '{key.value}' must hold `key: value` lines")
    return found, faults


def _calendar(key: Text, table: Table, faults: Faults) -> Calendar:
    fields = Fields(table, faults, f"calendar '{key.value}'", ("zone", "open", "holidays", "make_up"), key.place)
    fields.sound_name(key)
    return Calendar(
        key.value,
        _zone(fields),
        _week(fields),
        tuple(_holidays(fields)),
        tuple(_make_up(fields)),
    )


def _zone(fields: Fields) -> str:
    name = fields.text("zone")
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, OSError, ValueError):  # unknown names, folders, paths out of the zone folder
        fields.fault(fields.at("zone"), "unknown-zone", f"'{name}' is not a time zone", "write one like Asia/Shanghai")
        return "UTC"
    return name or "UTC"


def _week(fields: Fields) -> tuple[Hours, ...]:
    week: dict[int, Hours] = {}
    for key, value in fields.entries("open"):
        days = _days(fields, key)
        for day in days:
            if day in week:
                fields.fault(key.place, "day-twice", f"{DAYS[day]} has opening hours twice")
            week[day] = _hours(fields, value, key.value)
    return tuple(week.get(day, ()) for day in range(7))


def _days(fields: Fields, key: Text) -> Iterable[int]:
    if key.value == "daily":
        return range(7)
    first, _, last = key.value.partition("-")
    last = last or first
    if first in DAYS and last in DAYS and DAYS.index(first) <= DAYS.index(last):
        return range(DAYS.index(first), DAYS.index(last) + 1)
    hint = did_you_mean(key.value, (*DAYS, "daily"))
    fields.fault(key.place, "bad-day", f"'{key.value}' is not a weekday", hint or "write mon, mon-fri or daily")
    return ()


def _hours(fields: Fields, value: Value, key: str) -> Hours:
    texts = value.values if isinstance(value, Items) else (value,)
    return tuple(span for text in texts if (span := _span(fields, fields.scalar(text, key))))


def _span(fields: Fields, text: Text) -> tuple[int, int] | None:
    match = _HOURS.match(text.value)
    if not match:
        if text.value:
            fields.fault(
                text.place,
                "bad-hours",
                f"'{text.value}' is not a span of hours",
                "write one like 09:00-17:30",
            )
        return None
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if int(match[2]) > 59 or int(match[4]) > 59 or end > 1440:
        fields.fault(text.place, "bad-hours", f"'{text.value}' has a time that no clock shows", "a day ends at 24:00")
        return None
    if start >= end:
        hint = "over midnight: write two spans, one to 24:00 and one from 00:00 on the next day"
        fields.fault(text.place, "bad-hours", f"'{text.value}' ends before it begins", hint)
        return None
    return start, end


def _holidays(fields: Fields) -> Iterable[tuple[date, date, str]]:
    for key, value in fields.entries("holidays", required=False):
        name = fields.scalar(value, key.value).value
        match = _DATES.match(key.value)
        first = _date(fields, match[1], key.place) if match else None
        last = _date(fields, match[2], key.place) if match and match[2] else first
        if not match:
            hint = "write 2026-10-01 or 2026-10-01..2026-10-08"
            fields.fault(key.place, "bad-date", f"'{key.value}' is not a day or a span of days", hint)
        elif first and last and last < first:
            fields.fault(key.place, "bad-date", f"'{key.value}' ends before it begins")
        elif first and last:
            yield first, last, name


def _make_up(fields: Fields) -> Iterable[tuple[date, Hours]]:
    for key, value in fields.entries("make_up", required=False):
        day = _date(fields, key.value, key.place)
        if day:
            yield day, _hours(fields, value, key.value)


def _date(fields: Fields, text: str, place: Place) -> date | None:
    plain = re.fullmatch(_DATE, text) is not None  # fromisoformat would take 20261001 and week dates too
    try:
        return date.fromisoformat(text if plain else "")
    except ValueError:
        fields.fault(place, "bad-date", f"'{text}' is not a day of the calendar", "write one like 2026-10-01")
        return None
