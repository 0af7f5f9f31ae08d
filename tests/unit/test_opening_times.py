"""When a calendar opens or closes next: over nights, holidays, clocks that are put forward and back; as by looking."""

from __future__ import annotations

import random
from datetime import datetime
from math import inf
from zoneinfo import ZoneInfo

import pytest

from ivr.calendar import parse_calendars
from ivr.opening_hours import is_open
from ivr.opening_times import next_change

pytestmark = pytest.mark.unit

ZONE = ZoneInfo("Europe/Amsterdam")
TEXT = """office:
  zone: Europe/Amsterdam
  open:
    mon-fri: [09:00-12:00, 13:00-17:30]
    sat-sun: 02:30-03:30
  periods:
    lunch:
      mon-fri: 10:00-10:30
      sat-sun: closed
  holidays:
    2026-12-24: holiday
  make_up:
    2026-12-26: 08:00-09:00
always:
  zone: UTC
  open: {daily: 00:00-24:00}
never:
  zone: UTC
  open: {daily: closed}
"""
CALENDARS, _ = parse_calendars(TEXT, "calendars.yaml")

CASES = [
    ("2026-12-21 08:00", "2026-12-21 09:00"),
    ("2026-12-21 09:00", "2026-12-21 10:00"),
    ("2026-12-21 10:10", "2026-12-21 10:30"),
    ("2026-12-21 17:30", "2026-12-22 09:00"),
    ("2026-12-23 18:00", "2026-12-25 09:00"),
    ("2026-12-25 18:00", "2026-12-26 08:00"),
    ("2026-03-28 05:00", "2026-03-29 03:00"),
    ("2026-10-24 05:00", "2026-10-25 02:30"),
]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


@pytest.mark.parametrize(("now", "then"), CASES, ids=[case[0] for case in CASES])
def test_the_next_change_is_found(now: str, then: str) -> None:
    assert next_change(CALENDARS["office"], at(now)) == at(then)


def test_what_is_always_open_or_never_changes_at_no_time() -> None:
    assert next_change(CALENDARS["always"], at("2026-12-21 08:00")) == inf
    assert next_change(CALENDARS["never"], at("2026-12-21 08:00")) == inf


@pytest.mark.parametrize("seed", range(40))
def test_it_is_the_first_minute_at_which_looking_says_something_else(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    around = chance.choice([at("2026-03-28 12:00"), at("2026-10-24 12:00"), at("2026-12-23 12:00")])
    now = around + chance.randint(-86_400, 2 * 86_400)
    then, office = next_change(CALENDARS["office"], now), CALENDARS["office"]
    minute = now - now % 60 + 60
    while is_open(office, minute) == is_open(office, now):
        minute += 60
    assert then == minute
