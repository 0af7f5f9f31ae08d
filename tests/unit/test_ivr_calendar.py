"""Opening hours at every border of a minute, a holiday and a make-up day, in the calendar's own zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.calendar import Calendar, is_open, parse_calendars

pytestmark = pytest.mark.unit

OFFICE = """\
office:
  zone: Asia/Shanghai
  open:
    mon-fri: [09:00-12:00, 13:30-18:00]
    sat: 09:30-12:00
  holidays:
    2026-10-01..2026-10-07: National Day
    2026-12-25: Christmas
  make_up:
    2026-10-04: 10:00-11:00
    2026-10-10: 09:00-17:00
always:
  zone: Europe/Amsterdam
  open:
    daily: 00:00-24:00
"""


def calendars(text: str = OFFICE) -> dict[str, Calendar]:
    found, faults = parse_calendars(text, "calendars.yaml")
    assert not faults, "\n".join(map(str, faults.all()))
    return dict(found)


def moment(text: str, zone: str = "Asia/Shanghai") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-20 08:59:59", False),
        ("2026-11-20 09:00", True),  # a Friday
        ("2026-11-20 11:59:59.999", True),
        ("2026-11-20 12:00", False),
        ("2026-11-20 13:30", True),
        ("2026-11-20 18:00", False),
        ("2026-11-21 10:00", True),  # a Saturday
        ("2026-11-21 14:00", False),
        ("2026-11-22 10:00", False),  # a Sunday
        ("2026-09-30 10:00", True),
        ("2026-10-01 10:00", False),  # the first holiday
        ("2026-10-07 10:00", False),  # the last
        ("2026-10-08 10:00", True),
        ("2026-12-25 10:00", False),
        ("2026-10-10 16:00", True),  # a Saturday worked for the holiday
        ("2026-10-04 10:30", True),  # worked in the holiday itself
        ("2026-10-04 11:30", False),
    ],
)
def test_an_office_is_open_when_its_calendar_says(at: str, expected: bool) -> None:
    assert is_open(calendars()["office"], moment(at)) is expected


def test_hours_are_those_of_the_zone_not_of_the_machine() -> None:
    office = calendars()["office"]
    assert is_open(office, moment("2026-11-20 02:00", "UTC"))
    assert not is_open(office, moment("2026-11-20 11:00", "UTC"))


def test_always_is_always_also_when_the_clock_is_put_back() -> None:
    always = calendars()["always"]
    start = moment("2026-10-25 00:00", "Europe/Amsterdam")
    assert all(is_open(always, start + minute * 60) for minute in range(26 * 60))


@pytest.mark.parametrize(
    ("code", "line", "column", "old", "new"),
    [
        ("unknown-zone", 2, 9, "Asia/Shanghai", "Asia/Shangai"),
        ("unknown-zone", 2, 9, "Asia/Shanghai", "../../etc/passwd"),
        ("bad-day", 4, 5, "mon-fri:", "fri-mon:"),
        ("bad-day", 5, 5, "sat:", "saturday:"),
        ("day-twice", 5, 5, "sat:", "fri:"),
        ("bad-hours", 5, 10, "09:30-12:00", "9:30-12:00"),
        ("bad-hours", 5, 10, "09:30-12:00", "22:00-06:00"),
        ("bad-hours", 5, 10, "09:30-12:00", "09:30-24:01"),
        ("bad-hours", 5, 10, "09:30-12:00", "09:60-12:00"),
        ("bad-date", 8, 5, "2026-12-25:", "2026-02-30:"),
        ("bad-date", 7, 5, "2026-10-01..2026-10-07", "2026-10-07..2026-10-01"),
        ("bad-date", 8, 5, "2026-12-25:", "25 December:"),
        ("bad-date", 11, 5, "2026-10-10:", "20261010:"),
        ("unknown-key", 6, 3, "holidays:", "holiday:"),
    ],
)
def test_a_planted_fault_is_told_at_its_place(code: str, line: int, column: int, old: str, new: str) -> None:
    _, faults = parse_calendars(OFFICE.replace(old, new, 1), "calendars.yaml")
    assert (code, line, column) in [(fault.code, fault.line, fault.column) for fault in faults.all()]


def test_hours_over_midnight_come_with_advice() -> None:
    _, faults = parse_calendars(OFFICE.replace("09:30-12:00", "22:00-06:00"), "calendars.yaml")
    assert "write two spans" in faults.all()[0].hint
