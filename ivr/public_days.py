"""The public holidays and make-up working days of a country, computed from tables and rules.

It does not know calendars or the time. A year of a country is computed once, when somebody asks for it.

China announces its days off and make-up days every November for the next year, so they are a table (`chinesecalendar`);
for a year that the table does not have, the statutory days by rule stand in, without make-up days. All other countries
come from the rules of `holidays`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import chinese_calendar  # type: ignore[import-untyped]  # ships no types
import holidays

CHINA = "CN"


class Public(StrEnum):
    """What a country says of a day. WORKED: a day that would be free is worked in exchange for another."""

    NONE = "none"
    HOLIDAY = "holiday"
    WORKED = "worked"


def is_country(code: str) -> bool:
    """Whether holidays are known for `CN`, `GB`, `US-CA`, ..."""
    country, _, part = code.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    return country in known and (not part or part in known[country])


def is_announced(code: str) -> bool:
    """Whether the country's days follow no rule, so that only a table knows them."""
    return code.partition("-")[0] == CHINA


def is_known(code: str, year: int) -> bool:
    """Whether the days of the year are known rightly."""
    return not is_announced(code) or any(day.year == year for day in chinese_calendar.holidays)


def public_day(code: str, day: date) -> Public:
    """What the country says of a day."""
    return _year(code, day.year).get(day, Public.NONE)


@cache
def _year(code: str, year: int) -> Mapping[date, Public]:
    if is_announced(code) and is_known(code, year):
        return {day: found for day in _days(year) if (found := _in_china(day)) is not Public.NONE}
    country, _, part = code.partition("-")
    days = holidays.country_holidays(country, subdiv=part or None, years=year)
    worked = getattr(days, "weekend_workdays", ())
    return dict.fromkeys(days, Public.HOLIDAY) | {day: Public.WORKED for day in worked if day.year == year}


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=place) for place in range((date(year + 1, 1, 1) - first).days)]


def _in_china(day: date) -> Public:
    if day in chinese_calendar.workdays:
        return Public.WORKED
    return Public.HOLIDAY if day in chinese_calendar.holidays else Public.NONE
