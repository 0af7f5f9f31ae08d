"""`switchroom check`: a campaign stays within its law, and each line that does not is told at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from dial_floor import CAMPAIGNS, plan

from switchroom.floorplan import check_floor

pytestmark = pytest.mark.unit


def faults(folder: Path, line: str, law: str = "uk") -> list[tuple[str, int, str]]:
    plan(folder)
    text = CAMPAIGNS.format(mode="ratio").replace("law: cn", f"law: {law}") + line
    (folder / "campaigns.yaml").write_text(text)
    return [(fault.code, fault.line, fault.message) for fault in check_floor(folder)]


def test_what_is_not_written_is_the_laws(tmp_path):
    assert faults(tmp_path, "") == []


@pytest.mark.parametrize("line", ["  cap: 2%\n", "  window: 21:00-22:00\n"])
def test_a_line_above_the_law_is_told(tmp_path, line):
    ((code, at, message),) = faults(tmp_path, line)
    assert (code, at) == ("above-law", len(CAMPAIGNS.splitlines()) + 1)
    assert "law 'uk'" in message


def test_a_line_within_the_law_is_none(tmp_path):
    assert faults(tmp_path, "  cap: 0.5%\n  window: 20:00-22:00\n") == []
