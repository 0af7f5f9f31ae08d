"""`schedule.yaml`: what is planned when, over midnights and changes of clocks, and every fault at its place."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from acd.agent_time import Planned
from switchroom.schedulefile import parse_schedule, planned_of

pytestmark = pytest.mark.unit
ZONE = ZoneInfo("Europe/Berlin")
TEXT = """\
zone: Europe/Berlin
agents:
  ann:
    mon-fri:
      09:00-12:00: work
      12:00-12:45: lunch
    sat:
      22:00-06:00: work
    2026-03-04: off
  bob:
    daily:
      00:00-24:00: work
"""


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def planned(agent: str, since: str, until: str) -> list[Planned]:
    schedule, faults = parse_schedule(TEXT, "schedule.yaml", {"ann": 1, "bob": 1})
    assert faults.all() == ()
    return schedule.planned(agent, ms(since), ms(until))


def test_a_weekday_has_its_stints_and_a_date_counts_instead():
    monday = planned("ann", "2026-03-02", "2026-03-03")
    assert monday == [
        Planned(ms("2026-03-02T09:00"), ms("2026-03-02T12:00"), "work"),
        Planned(ms("2026-03-02T12:00"), ms("2026-03-02T12:45"), "lunch"),
    ]
    assert planned("ann", "2026-03-04", "2026-03-05") == []
    assert planned("ann", "2026-03-08T08:00", "2026-03-09") == []
    assert planned("nobody", "2026-03-02", "2026-03-03") == []


def test_a_stint_over_midnight_is_found_from_both_days():
    night = [Planned(ms("2026-03-07T22:00"), ms("2026-03-08T06:00"), "work")]
    assert planned("ann", "2026-03-07T23:00", "2026-03-07T23:30") == night
    assert planned("ann", "2026-03-08T05:00", "2026-03-08T20:00") == night


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_has_the_hours_that_its_clocks_show(day, hours):
    (whole,) = [one for one in planned("bob", f"{day}T10:00", f"{day}T11:00") if one.since <= ms(f"{day}T10:00")]
    assert whole.until - whole.since == hours * 3_600_000


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("zone: Nowhere/Town\nagents:\n  ann:\n    mon:\n      09:00-10:00: work\n", "unknown-zone"),
        ("zone: UTC\nagents:\n  eve:\n    mon:\n      09:00-10:00: work\n", "unknown-agent"),
        ("zone: UTC\nagents:\n  ann:\n    moon:\n      09:00-10:00: work\n", "bad-day"),
        ("zone: UTC\nagents:\n  ann:\n    2026-02-30:\n      09:00-10:00: work\n", "bad-date"),
        ("zone: UTC\nagents:\n  ann:\n    mon:\n      9-10: work\n", "bad-hours"),
        ("zone: UTC\nagents:\n  ann:\n    mon:\n      09:00-24:30: work\n", "bad-hours"),
        ("zone: UTC\nagents:\n  ann:\n    mon:\n      09:00-10:00: work\n      09:59-11:00: lunch\n", "hours-overlap"),
        ("zone: UTC\nagents:\n  ann:\n    mon-wed:\n      09:00-10:00: work\n    tue: off\n", "day-twice"),
        ("zone: UTC\nagents:\n  ann:\n    mon: 09:00-10:00\n", "not-a-mapping"),
        ("zone: UTC\n", "missing-key"),
        ("zone: UTC\nagents:\n  ann:\n    mon: off\nmore: 1\n", "unknown-key"),
    ],
)
def test_what_is_wrong_is_told_with_its_code(wrong, code):
    _, faults = parse_schedule(wrong, "schedule.yaml", {"ann": 1})
    assert [fault.code for fault in faults.all()] == [code]


def test_without_a_file_or_with_one_at_fault_nothing_is_planned(tmp_path):
    assert planned_of(tmp_path)("ann", 0, 10**12) == []
    (tmp_path / "schedule.yaml").write_text("zone: [")
    assert planned_of(tmp_path)("ann", 0, 10**12) == []
    (tmp_path / "schedule.yaml").write_text(TEXT)
    assert len(planned_of(tmp_path)("ann", ms("2026-03-02"), ms("2026-03-03"))) == 2
