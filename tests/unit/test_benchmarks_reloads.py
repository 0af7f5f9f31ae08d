"""The judge of the saves under load: a dropped call and one that met two versions are found, and nothing else."""

from __future__ import annotations

import pytest

from benchmarks.reloads import floor
from benchmarks.reloads.verdict import judge, spread
from ivr.figures import Ending, Journey, Visit
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit


def call(*steps, ending=Ending.FINISHED, contact="c1") -> Journey:
    visits = [Visit(step, "menu", float(n), n + 1.0, "no_input") for n, step in enumerate(steps)]
    return Journey(contact, "hotline", "v", 0.0, tuple(visits), ending, 9.0)


def test_a_sound_run_has_nothing_wrong():
    found = judge([call("menu0-1", "bye-1"), call("menu0-2", "bye-2")], since=0.5)
    assert (found.calls, found.versions_met, found.wrong) == (2, 2, 0)
    assert found.during == [0.0] * 4


def test_who_met_two_versions_and_who_was_dropped_are_found():
    found = judge([call("menu0-1", "bye-2"), call("menu0-1", ending=Ending.HUNG_UP, contact="c2")], since=0.0)
    assert (found.two_versions, found.dropped, found.wrong) == (["c1"], ["c2"], 2)


def test_tries_are_told_apart_by_when_they_ended():
    found = judge([call("menu0-1", "menu1-1", "bye-1")], since=2.5)
    assert (len(found.before), len(found.during)) == (2, 1)


def test_the_spread_is_in_milliseconds():
    assert spread([0.1, 0.2, 0.3]) == {"p50": 200.0, "p95": 300.0, "p99": 300.0, "most": 300.0}
    assert spread([]) == {}


def test_the_floor_is_sound_in_every_version(tmp_path):
    floor.write_floor(tmp_path)
    floor.save(tmp_path, 77)
    plan, faults = load_floor(tmp_path)
    assert plan is not None, faults
    assert "bye-77" in plan.flows[floor.FLOW].steps
