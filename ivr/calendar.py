"""Reading `calendars.yaml`: opening hours by weekday in a time zone, named periods, holidays and make-up working days.

It does not know what time it is, nor who asks; what a calendar says of a moment is in `ivr/opening_hours.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from ivr.announced_years import does_without
from ivr.faults import Faults, Place, did_you_mean
from ivr.fields import Fields
from ivr.opening_hours import CLOSED, DAYS, HOLIDAY, OPEN, Calendar, Gap, Hours, Week, gaps, is_open, state
from ivr.public_days import is_announced, is_country
from ivr.source import read
from ivr.written import Items, Table, Text, Value

__all__ = [
    "Calendar", "Gap", "Hours", "date_of", "gaps", "hours_of", "is_open", "parse_calendars", "state", "week_of",
]  # fmt: skip

KEYS = ("zone", "open", "periods", "public_holidays", "years", "worked_days", "holidays", "make_up")
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)\Z", re.ASCII)
_DATE = r"\d{4}-\d\d-\d\d"
_DATES = re.compile(rf"({_DATE})(?:\.\.({_DATE}))?\Z", re.ASCII)
_YEARS = re.compile(r"([12]\d{3})(?:-([12]\d{3}))?\Z", re.ASCII)


def parse_calendars(
    text: str | bytes, file: str, in_sight: Iterable[int] = ()
) -> tuple[Mapping[str, Calendar], Faults]:
    """The calendars of a file, by name, with every fault in it; warned of are years `in_sight` that it does without."""
    table, faults = read(text, file)
    found: dict[str, Calendar] = {}
    for key, value in table.entries if table else ():
        if isinstance(value, Table):
            found[key.value] = _calendar(key, value, faults, in_sight)
        else:
            faults.add(value.place, "not-a-mapping", f"calendar '{key.value}' must hold `key: value` lines")
    return found, faults


def _calendar(key: Text, table: Table, faults: Faults, in_sight: Iterable[int]) -> Calendar:
    fields = Fields(table, faults, f"calendar '{key.value}'", KEYS, key.place)
    fields.sound_name(key)
    week = week_of(fields, fields.value("open", required=True), "open")
    calendar = Calendar(
        key.value,
        _zone(fields),
        tuple(hours for hours, _ in week),
        tuple(_holidays(fields)),
        tuple(_make_up(fields)),
        _country(fields),
        _worked(fields),
        tuple(_periods(fields)),
        tuple(place for _, place in week),
    )
    _check_years(fields, calendar, in_sight)
    _check_gaps(fields, calendar)
    return calendar


def _check_gaps(fields: Fields, calendar: Calendar) -> None:
    same: dict[tuple[str, int, int, Place], list[str]] = {}
    for gap in gaps(calendar):
        same.setdefault((gap.kind, gap.start, gap.end, gap.place or fields.place), []).append(gap.day)
    for (kind, start, end, place), days in same.items():
        span = f"{', '.join(days)} from {_clock(start)} to {_clock(end)}"
        if kind == "hole":
            fields.fault(place, "hours-gap", f"closed on {span}", "let one span begin where the other ends")
        elif kind == "overlap":
            fields.fault(place, "hours-overlap", f"two spans share {span}", "write one span")
    unwritten = [gap.day for gap in gaps(calendar) if gap.kind == "unwritten"]
    if 0 < len(unwritten) < len(DAYS):
        hint = f"write `{unwritten[0]}: closed` if it is"
        fields.warn(fields.at("open"), "hours-unwritten", f"nothing is written of {', '.join(unwritten)}", hint)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _country(fields: Fields) -> str:
    code = fields.text("public_holidays", "")
    if code and not is_country(code):
        hint = "write a code like CN, GB or US-CA"
        fields.fault(fields.at("public_holidays"), "unknown-country", f"no holidays are known for '{code}'", hint)
        return ""
    return code


def _worked(fields: Fields) -> Hours:
    found = fields.value("worked_days", required=False)
    return hours_of(fields, found, "worked_days") if found else ()


def _check_years(fields: Fields, calendar: Calendar, in_sight: Iterable[int]) -> None:
    """Days that a country announces are known for some years only: the integrator says which he counts on."""
    announced = bool(calendar.country) and is_announced(calendar.country)
    text = fields.text("years", None if announced else "")
    match = _YEARS.match(text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if text and not 0 < first <= last <= first + 20:
        fields.fault(fields.at("years"), "bad-years", f"'{text}' is not a year or a span of years", "write 2026-2027")
        return
    counted_on = range(first, last + 1) if announced and text else ()
    for year in sorted({*counted_on, *in_sight}):
        if does_without(calendar, year):
            message = (
                f"the holidays and make-up days of {year} in {calendar.country} are not known: only the days that its"
                " law fixes count, and no make-up days"
            )
            hint = f"update chinesecalendar, or write the days of {year} under 'holidays' and 'make_up'"
            fields.warn(fields.at("years"), "unknown-year", message, hint)


def _periods(fields: Fields) -> Iterable[tuple[str, Week]]:
    for key, value in fields.entries("periods", required=False):
        name = fields.sound_name(key)
        if name in {OPEN, CLOSED, HOLIDAY}:
            fields.fault(key.place, "bad-name", f"a period cannot be named '{name}'", "choose another name")
        yield name, tuple(hours for hours, _ in week_of(fields, value, key.value))


def _zone(fields: Fields) -> str:
    name = fields.text("zone")
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, OSError, ValueError):  # unknown names, folders, paths out of the zone folder
        fields.fault(fields.at("zone"), "unknown-zone", f"'{name}' is not a time zone", "write one like Asia/Shanghai")
        return "UTC"
    return name or "UTC"


def week_of(fields: Fields, found: Value | None, owner: str) -> tuple[tuple[Hours, Place | None], ...]:
    """For each weekday its hours, and where they are written."""
    week: dict[int, tuple[Hours, Place | None]] = {}
    for key, value in fields.lines(found, owner) if found else ():
        for day in _days(fields, key):
            if day in week:
                fields.fault(key.place, "day-twice", f"{DAYS[day]} has opening hours twice")
            week[day] = (hours_of(fields, value, key.value), key.place)
    return tuple(week.get(day, ((), None)) for day in range(7))


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


def hours_of(fields: Fields, value: Value, key: str) -> Hours:
    """One span, a list of them, or the word `closed`."""
    if isinstance(value, Text) and value.value == CLOSED:
        return ()
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
        first = date_of(fields, match[1], key.place) if match else None
        last = date_of(fields, match[2], key.place) if match and match[2] else first
        if not match:
            hint = "write 2026-10-01 or 2026-10-01..2026-10-08"
            fields.fault(key.place, "bad-date", f"'{key.value}' is not a day or a span of days", hint)
        elif first and last and last < first:
            fields.fault(key.place, "bad-date", f"'{key.value}' ends before it begins")
        elif first and last:
            yield first, last, name


def _make_up(fields: Fields) -> Iterable[tuple[date, Hours]]:
    for key, value in fields.entries("make_up", required=False):
        day = date_of(fields, key.value, key.place)
        if day:
            yield day, hours_of(fields, value, key.value)


def date_of(fields: Fields, text: str, place: Place) -> date | None:
    """A day of the calendar, like 2026-10-01."""
    plain = re.fullmatch(_DATE, text) is not None  # fromisoformat would take 20261001 and week dates too
    try:
        return date.fromisoformat(text if plain else "")
    except ValueError:
        fields.fault(place, "bad-date", f"'{text}' is not a day of the calendar", "write one like 2026-10-01")
        return None
