"""A floor that comes to a year whose public days nobody has announced: it serves, and puts that on record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import small_floor
from house import House, of

import acd.messages as acd
import journal.facts as facts
from ivr.announced_years import year_ends
from ivr.opening_hours import Calendar

pytestmark = pytest.mark.unit

OFFICE = (
    "office:\n  zone: Asia/Shanghai\n  open: {mon-fri: 09:00-17:00, sat-sun: closed}\n"
    "  public_holidays: CN\n  years: 2026\n"
)
NEW_YEAR = datetime(2030, 12, 31, 16, tzinfo=UTC).timestamp()  # in Shanghai


def house_at(folder, now: float, calendars: str = OFFICE) -> House:
    house = House(folder, calendars=calendars)
    house.now = now
    return house


def unannounced(effects) -> list[tuple[str, str, int]]:
    return [(fact.calendar, fact.country, fact.year) for fact in of(facts.YearUnannounced, effects)]


def test_it_is_put_on_record_once_by_each_server_and_once_when_the_year_begins(tmp_path):
    house = house_at(tmp_path, NEW_YEAR - 10)
    assert unannounced(house.comes()) == [("office", "CN", 2030)]
    assert unannounced(house.told(acd.Tick(), after=5)) == []
    assert unannounced(house.told(acd.Tick(), after=5)) == [("office", "CN", 2031)]
    assert unannounced(house.told(acd.Tick(), after=3600)) == []
    house.open()
    assert unannounced(house.told(acd.Tick(), after=1)) == [("office", "CN", 2031)]


def test_nobody_is_woken_for_a_new_year(tmp_path):
    house = house_at(tmp_path, NEW_YEAR - 10)
    house.told(acd.Tick())
    assert house.centre.next_deadline() is None


@pytest.mark.parametrize(
    "more", ["  holidays:\n    2031-01-23: Spring Festival\n", "  make_up:\n    2031-10-12: 09:00-17:00\n"]
)
def test_a_year_that_is_written_by_hand_is_none_of_them(tmp_path, more):
    house = house_at(tmp_path, NEW_YEAR + 10, OFFICE + more)
    assert unannounced(house.told(acd.Tick())) == []


def test_a_year_that_is_written_while_it_is_served_is_taken_as_it_is(tmp_path):
    house = house_at(tmp_path, NEW_YEAR + 10)
    house.told(acd.Tick())
    more = "  holidays:\n    2031-01-23: Spring Festival\n"
    assert unannounced(house.save(2, calendars=OFFICE + more, queues=small_floor.QUEUES)) == []


@pytest.mark.parametrize("country", ["", "GB", "US-CA"])
def test_where_days_follow_a_rule_no_year_ends(country):
    assert year_ends(Calendar("office", "UTC", ((),) * 7, country=country), NEW_YEAR) is None
