"""The benchmark of flows runs, writes what it shows, and measures floors that are as large as it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.flows.floors import BESIDE, BLOCK, write_floor
from benchmarks.flows.measure import LARGEST, hostile
from benchmarks.flows.run import main
from ivr.flow import MAX_STEPS
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit


def test_the_floors_are_sound_and_of_the_size_that_is_told(tmp_path: Path) -> None:
    plan, faults = load_floor(write_floor(tmp_path, 2, LARGEST))
    assert plan, "\n".join(map(str, faults))
    sizes = {len(flow.steps) for flow in plan.flows.values()}
    assert sizes == {LARGEST * BLOCK + BESIDE}
    assert MAX_STEPS - BLOCK < sizes.pop() <= MAX_STEPS


def test_a_short_run_writes_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--json", str(tmp_path / "flows.json")]) == 0
    written = json.loads((tmp_path / "flows.json").read_text(encoding="utf-8"))
    assert len(written["figures"]) == 6 + len(hostile())
    assert all(figure["median"] > 0 for figure in written["figures"])
    assert "prove" in capsys.readouterr().out
