"""The page of values tells the truth: its flow and its calendar are sound, its table is what is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.calendar import parse_calendars
from ivr.flow import parse_flow
from ivr.known import Known
from ivr.saying import Kind, spoken

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).parents[2] / "docs" / "flows" / "values.md").read_text(encoding="utf-8")
FLOW, CALENDAR, YEAR = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]


def test_the_flow_of_the_page_is_sound() -> None:
    prompts = frozenset({"ask-card", "you-keyed", "right-or-again", "your-balance-is"})
    flow, faults = parse_flow(FLOW, "values.yaml", Known({"zh-CN": prompts, "en": prompts}))
    assert flow is not None, "\n".join(map(str, faults))


def test_the_calendar_of_the_page_is_sound() -> None:
    _, faults = parse_calendars(CALENDAR, "calendars.yaml")
    assert not faults, "\n".join(map(str, faults.all()))


def test_the_year_that_is_written_by_hand_is_sound_in_that_calendar() -> None:
    office, _, _ = CALENDAR.partition("  holidays:")
    _, faults = parse_calendars(office + YEAR, "calendars.yaml")
    assert not faults, "\n".join(map(str, faults.all()))


VALUES = {
    "weekday": "sat", "duration": "1h30m", "letters": "AB-12", "phone": "13800138000", "card": "622202123456",
}  # fmt: skip


def test_every_kind_has_a_row() -> None:
    assert [row[0].strip("`") for row in ROWS] == list(Kind)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_shows_is_what_is_said(row: list[str]) -> None:
    kind = Kind(row[0].strip("`"))
    value = VALUES.get(kind) or row[1].split("`")[1]
    assert spoken(kind, value, "zh-CN") == row[2].strip()
    assert spoken(kind, value, "en") == row[3].strip()
