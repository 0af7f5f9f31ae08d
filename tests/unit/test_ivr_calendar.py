"""Opening hours at every border of a minute, a holiday and a make-up day, in the calendar's own zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from ivr.calendar import Calendar, gaps, is_open, parse_calendars, state
from ivr.flow import Flow, parse_flow
from ivr.known import Known
from ivr.messages import CallerCame, StepLeft
from ivr.public_days import Public, is_known, public_day
from ivr.session import Caller, Session, first_state
from switchroom.advice import years_in_sight

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


# ── public holidays ─────────────────────────────────────────────────────────────────────────────────────────────────

CHINESE = """\
office:
  zone: Asia/Shanghai
  open:
    mon-fri: 09:00-18:00
  public_holidays: CN
  years: 2025-2026
  worked_days: 10:00-16:00
  holidays:
    2026-06-30: Half-year closing
  make_up:
    2026-10-03: 08:00-09:00
"""


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-10-01 10:00", "holiday"),
        ("2026-10-07 10:00", "holiday"),
        ("2026-10-08 10:00", "open"),
        ("2026-10-10 10:00", "open"),  # a Saturday worked for National Day
        ("2026-10-10 09:30", "closed"),  # with its own hours
        ("2026-09-20 10:00", "open"),  # a Sunday worked
        ("2026-10-17 10:00", "closed"),  # a Saturday like any other
        ("2026-02-17 10:00", "holiday"),  # Spring Festival
        ("2025-01-26 10:00", "open"),  # a Sunday worked for it
        ("2026-06-30 10:00", "holiday"),  # the office's own
        ("2026-10-03 08:30", "open"),  # its own day counts before the country's
    ],
)
def test_chinas_holidays_and_make_up_days_count(at: str, expected: str) -> None:
    assert state(calendars(CHINESE)["office"], moment(at)) == expected


def test_make_up_days_have_mondays_hours_where_none_are_written() -> None:
    office = calendars(CHINESE.replace("  worked_days: 10:00-16:00\n", ""))["office"]
    assert state(office, moment("2026-10-10 09:30")) == "open"


@pytest.mark.parametrize("year", range(2018, 2027))
def test_two_sources_agree_on_every_day_of_china(year: int) -> None:
    """`chinesecalendar` is a table, `holidays` has rules of its own; they differ in weekends inside holidays only."""
    other = holidays.country_holidays("CN", years=year)
    day = date(year, 1, 1)
    while day.year == year:
        ours = public_day("CN", day)
        assert (ours is Public.WORKED) == (day in other.weekend_workdays), day
        if ours is Public.HOLIDAY:
            assert day in other or day.weekday() >= 5, day
        else:
            assert day not in other, day
        day += timedelta(days=1)


def test_a_year_that_is_not_announced_yet_stands_in_by_rule_and_is_told() -> None:
    assert not is_known("CN", 2031)
    assert public_day("CN", date(2031, 10, 1)) is Public.HOLIDAY
    _, faults = parse_calendars(CHINESE.replace("2025-2026", "2026-2031"), "calendars.yaml")
    assert not faults, "it is no fault: the floor opens"
    told = [(fault.code, fault.line, fault.column) for fault in faults.warnings()]
    assert ("unknown-year", 6, 10) in told
    assert any("2031" in fault.message and "make_up" in fault.hint for fault in faults.warnings())


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (None, []), (date(2026, 9, 30), []), (date(2029, 9, 30), [2029]), (date(2029, 10, 1), [2029, 2030]),
    ],
)  # fmt: skip
def test_from_october_on_the_next_year_is_asked_for_though_nobody_counts_on_it(today: date, told: list[int]) -> None:
    _, faults = parse_calendars(CHINESE, "calendars.yaml", years_in_sight(today))
    assert [year for year in range(2024, 2040) for fault in faults.warnings() if str(year) in fault.message] == told


def test_a_year_without_announcement_has_the_days_that_the_law_fixes_and_no_make_up_days() -> None:
    office = calendars(CHINESE.replace("2025-2026", "2025"))["office"]
    fixed = ["2031-01-01", "2031-01-23", "2031-05-01", "2031-10-01", "2031-10-02", "2031-10-03"]
    assert [state(office, moment(f"{day} 10:00")) for day in fixed] == ["holiday"] * len(fixed)
    weekends = [date(2031, 1, 4) + timedelta(days=7 * week + day) for week in range(52) for day in (0, 1)]
    assert {state(office, moment(f"{day} 11:00")) for day in weekends} <= {"closed", "holiday"}
    written = CHINESE.replace("2026-06-30: Half-year", "2031-06-30: Half-year").replace("2026-10-03", "2031-10-12")
    own = calendars(written)["office"]
    assert state(own, moment("2031-10-12 08:30")) == "open"
    assert state(own, moment("2031-06-30 10:00")) == "holiday"


def test_days_of_a_year_that_the_integrator_wrote_himself_are_enough() -> None:
    own = CHINESE.replace("2025-2026", "2026-2031").replace("2026-06-30:", "2031-01-23..2031-01-29:")
    _, faults = parse_calendars(own, "calendars.yaml")
    assert not [fault for fault in faults.warnings() if "2031" in fault.message]


@pytest.mark.parametrize(
    ("country", "day"), [("GB", "2026-12-28"), ("US", "2026-11-26"), ("US-CA", "2026-03-31"), ("HK", "2026-10-01")]
)
def test_other_countries_need_no_years(country: str, day: str) -> None:
    text = CHINESE.replace("CN", country).replace("  years: 2025-2026\n", "")
    assert state(calendars(text)["office"], moment(f"{day} 10:00")) == "holiday"


# ── periods ─────────────────────────────────────────────────────────────────────────────────────────────────────────

PERIODS = """\
office:
  zone: Asia/Shanghai
  open:
    mon-fri: 09:00-18:00
    sat-sun: closed
  periods:
    lunch:
      mon-fri: 12:00-13:30
    night:
      daily: [00:00-06:00, 22:00-24:00]
  holidays:
    2026-10-01: National Day
"""
FLOW = """\
flow: t
languages: [en]
start: h
steps:
  h: {hours: office, open: a, closed: b, periods: {lunch: c, night: d}}
  a: {hangup: normal}
  b: {hangup: busy}
  c: {hangup: congestion}
  d: {hangup: normal}
"""


def flow_of(text: str) -> tuple[Flow | None, list[tuple[str, int, int]]]:
    flow, faults = parse_flow(text, "t.yaml", Known({"en": frozenset()}, calendars=calendars(PERIODS)))
    return flow, [(fault.code, fault.line, fault.column) for fault in faults]


@pytest.mark.parametrize(
    ("at", "found", "leave"),
    [
        ("2026-11-20 11:59", "open", "open"),
        ("2026-11-20 12:00", "lunch", "lunch"),
        ("2026-11-20 13:30", "open", "open"),
        ("2026-11-20 21:59", "closed", "closed"),
        ("2026-11-20 22:00", "night", "night"),
        ("2026-11-21 05:59", "night", "night"),
        ("2026-11-21 12:30", "closed", "closed"),  # no lunch on a Saturday
        ("2026-10-01 12:30", "holiday", "closed"),  # nobody asked for holidays
    ],
)
def test_a_named_period_counts_before_the_hours_and_a_holiday_before_both(at: str, found: str, leave: str) -> None:
    assert state(calendars(PERIODS)["office"], moment(at)) == found
    flow, _ = flow_of(FLOW)
    assert flow is not None
    answers = Session(flow, first_state(flow, Caller())).handle(CallerCame(), moment(at))
    assert StepLeft("h", leave) in answers


def test_a_holiday_has_an_exit_of_its_own_where_it_is_written() -> None:
    flow, faults = flow_of(FLOW.replace("closed: b", "closed: b, holiday: c"))
    assert flow is not None, faults
    answers = Session(flow, first_state(flow, Caller())).handle(CallerCame(), moment("2026-10-01 10:00"))
    assert StepLeft("h", "holiday") in answers


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (", night: d", "", ("missing-exit", 5, 51)),
        (", periods: {lunch: c, night: d}", "", ("missing-exit", 5, 3)),
        ("night: d", "nigth: d", ("unknown-period", 5, 62)),
        ("night: d", "night: x", ("unknown-step", 5, 69)),
    ],
)
def test_every_period_needs_a_line(old: str, new: str, fault: tuple[str, int, int]) -> None:
    assert fault in flow_of(FLOW.replace(old, new))[1]


@pytest.mark.parametrize(
    ("code", "line", "column", "old", "new"),
    [
        ("unknown-country", 5, 20, "CN", "XX"),
        ("unknown-country", 5, 20, "CN", "US-XX"),
        ("missing-key", 1, 1, "  years: 2025-2026\n", ""),
        ("bad-years", 6, 10, "2025-2026", "2026-2025"),
        ("bad-years", 6, 10, "2025-2026", "soon"),
        ("bad-hours", 7, 16, "10:00-16:00", "10:00"),
    ],
)
def test_a_fault_of_public_holidays_is_told_at_its_place(code: str, line: int, column: int, old: str, new: str) -> None:
    _, faults = parse_calendars(CHINESE.replace(old, new, 1), "calendars.yaml")
    assert (code, line, column) in [(fault.code, fault.line, fault.column) for fault in faults.all()]


@pytest.mark.parametrize("name", ["open", "closed", "holiday", "Lunch"])
def test_a_period_has_a_name_of_its_own(name: str) -> None:
    _, faults = parse_calendars(PERIODS.replace("lunch:", f"{name}:"), "calendars.yaml")
    assert ("bad-name", 7, 5) in [(fault.code, fault.line, fault.column) for fault in faults.all()]


# ── clocks that are put forward and back, and gaps ──────────────────────────────────────────────────────────────────


def test_an_hour_that_the_clock_repeats_counts_twice_and_one_that_it_skips_never() -> None:
    night = calendars("n:\n  zone: Europe/Amsterdam\n  open:\n    daily: 02:00-03:00\n")["n"]
    autumn, spring = (moment(f"{day} 00:00", "Europe/Amsterdam") for day in ("2026-10-25", "2026-03-29"))
    minutes = range(26 * 60)
    assert sum(is_open(night, autumn + minute * 60) for minute in minutes) == 120
    assert sum(is_open(night, spring + minute * 60) for minute in range(23 * 60)) == 0


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("[09:00-12:00, 13:30-18:00]", []),
        ("[09:00-12:00, 12:00-18:00]", []),
        ("[09:00-12:00, 12:01-18:00]", [("hole", 720, 721)]),
        ("[13:00-18:00, 09:00-13:30]", [("overlap", 780, 810)]),
        ("00:00-23:59", [("hole", 1439, 1440)]),
        ("00:00-24:00", []),
        ("closed", []),
    ],
)
def test_gaps_in_the_hours_of_a_day_are_found(hours: str, expected: list[tuple[str, int, int]]) -> None:
    text = f"c:\n  zone: UTC\n  open:\n    mon: {hours}\n    tue-sun: closed\n"
    read, faults = parse_calendars(text, "calendars.yaml")
    found = gaps(read["c"])
    assert {(fault.code, fault.line) for fault in faults.all()} == {
        ({"hole": "hours-gap", "overlap": "hours-overlap"}[kind], 4) for kind, _, _ in expected
    }
    assert [(gap.kind, gap.start, gap.end) for gap in found] == expected
    assert all(gap.day == "mon" and gap.place is not None and gap.place.line == 4 for gap in found)


def test_a_weekday_of_which_nothing_is_written_is_told() -> None:
    assert [(gap.kind, gap.day) for gap in gaps(calendars()["office"])] == [("unwritten", "sun")]
    assert gaps(calendars()["always"]) == ()
