"""`autopilot.yaml`: what is read, and every fault at its place."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.acts import Bounds, Kind, Step
from acd.blending import Yielding
from switchroom.advice import advise
from switchroom.autopilotfile import AutopilotPlan, parse_autopilot
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit

TREE = Path(__file__).parents[2]

QUEUES = ("cards", "loans", "renewals")
WHOLE = """\
cards:
  steps:
    - dialler: 50
    - relax: 10s
    - reserve
    - relax: 30s
    - callbacks
    - dialler: 0
  act_below: 75
  undo_above: 92
  sure: 15s
  hold: 45s
  calm: 2m
  most: 6
  barred: 1h
renewals:
  yields: {keep: 3, below: 70, above: 85, calm: 90s}
"""


def faults_of(text):
    return [(fault.code, fault.line) for fault in parse_autopilot(text.encode(), "autopilot.yaml", QUEUES)[1].all()]


def test_everything_that_can_be_written():
    plan, faults = parse_autopilot(WHOLE.encode(), "autopilot.yaml", QUEUES)
    assert not faults
    steps = (
        *(Step(Kind.DIALLER, 0.5), Step(Kind.RELAX, 10.0), Step(Kind.RESERVE), Step(Kind.RELAX, 30.0)),
        *(Step(Kind.CALLBACKS), Step(Kind.DIALLER, 0.0)),
    )
    assert plan == AutopilotPlan(
        {"cards": Bounds("cards", steps, 0.75, 0.92, 15.0, 45.0, 120.0, 6, 3600.0)},
        {"renewals": Yielding("renewals", 3, 0.7, 0.85, 90.0)},
    )


def test_little_needs_to_be_written():
    plan, faults = parse_autopilot(b"cards:\n  steps: [reserve]\n", "autopilot.yaml", QUEUES)
    assert not faults
    assert plan.bounds == {"cards": Bounds("cards", (Step(Kind.RESERVE),))}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("crads:\n  steps: [reserve]\n", ("unknown-queue", 1)),
        ("cards: yes\n", ("not-a-mapping", 1)),
        ("cards:\n  hold: 60s\n", ("missing-key", 1)),
        ("cards:\n  steps: reserve\n", ("bad-step", 2)),
        ("cards:\n  steps:\n    - relaxx: 10s\n", ("bad-step", 3)),
        ("cards:\n  steps:\n    - relax\n", ("bad-step", 3)),
        ("cards:\n  steps:\n    - reserve: 2\n", ("bad-step", 3)),
        ("cards:\n  steps:\n    - {relax: 10s, reserve: 1}\n", ("bad-step", 3)),
        ("cards:\n  steps:\n    - relax: 10\n", ("bad-duration", 3)),
        ("cards:\n  steps:\n    - relax: 20s\n    - relax: 10s\n", ("bad-step", 4)),
        ("cards:\n  steps:\n    - reserve\n    - reserve\n", ("bad-step", 4)),
        ("cards:\n  steps:\n    - dialler: 50\n    - dialler: 60\n", ("bad-step", 4)),
        ("cards:\n  steps:\n    - dialler: 100\n", ("out-of-range", 3)),
        ("cards:\n  steps: [reserve]\n  act_below: 95\n", ("bounds-crossed", 3)),
        ("cards:\n  steps: [reserve]\n  undo_above: 30\n", ("bounds-crossed", 1)),
        ("cards:\n  steps: [reserve]\n  hold: 1s\n", ("out-of-range", 3)),
        ("cards:\n  steps: [reserve]\n  aim: 90\n", ("unknown-key", 3)),
        ("renewals:\n  yields: 3\n", ("not-a-mapping", 2)),
        ("renewals:\n  yields: {below: 90, above: 80}\n", ("bounds-crossed", 2)),
        ("renewals:\n  yields: {kept: 3}\n", ("unknown-key", 2)),
    ],
)
def test_every_fault_is_told_at_its_place(text, fault):
    assert fault in faults_of(text)


def test_too_many_steps_are_too_many():
    steps = "\n".join(f"    - relax: {n}s" for n in range(1, 30))
    assert ("too-many", 3) in faults_of(f"cards:\n  steps:\n{steps}\n")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="cards:\n -{}[],relax 10sreserve#'\"&*", max_size=200))
def test_no_text_makes_it_fail(text):
    plan, faults = parse_autopilot(text.encode(), "autopilot.yaml", QUEUES)
    assert isinstance(plan, AutopilotPlan)
    assert faults is not None


def test_a_step_that_can_do_nothing_is_warned_of(tmp_path):
    folder = tmp_path / "dialplans"
    shutil.copytree(TREE / "tests" / "floors" / "hotline", folder)
    steps = "    - relax: 5s\n    - reserve\n    - callbacks\n    - dialler: 0\n"
    (folder / "autopilot.yaml").write_text(f"cards:\n  steps:\n{steps}")
    plan, faults = load_floor(folder)
    assert not faults
    warned = [(each.code, each.line) for each in advise(folder, plan) if each.file.endswith("autopilot.yaml")]
    assert warned == [("idle-step", 3), ("idle-step", 4), ("idle-step", 5)]


def test_the_bounds_that_are_shipped_are_sound_and_each_step_can_do_something():
    plan, faults = load_floor(TREE / "dialplans")
    assert not faults
    assert plan.autopilot.bounds
    assert [each for each in advise(TREE / "dialplans", plan) if each.code == "idle-step"] == []
