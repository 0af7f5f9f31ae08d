"""A seeded day of the demo floor: each finished call is walked again, written down, read, and comes true."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.simulator import Simulator, Weather
from switchroom.trial.again import walk_again
from switchroom.trial.diary import diary_of
from switchroom.trial.reading import read_transcripts
from switchroom.trial.rehearsal import Rehearsal
from switchroom.trial.verdict import judge
from switchroom.trial.walk import Walk
from switchroom.trial.watched import NAMES
from switchroom.trial.writing import written

pytestmark = pytest.mark.sim

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def plan():
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert floor is not None, faults
    return Plan(floor, "86")


@pytest.fixture(scope="module")
def calls(plan):
    weather = Weather(calls_per_second=0.4, numbers=(*plan.floor.numbers, "777"))
    simulator = Simulator(lambda: Centre(plan, NAMES), weather, seed=7)
    simulator.run(600)
    found = defaultdict(list)
    for fact in simulator.facts:
        found[getattr(fact, "contact", "")].append(fact)
    found.pop("", None)
    assert len(found) > 150
    return found


def test_every_call_of_the_day_becomes_a_transcript_that_comes_true(plan, calls):
    for contact, facts in calls.items():
        diary = diary_of(facts)
        if diary is None or diary.ended is None:
            continue
        text = written([walk_again(diary, plan, ZONE).recorder.transcript()])
        (transcript,), faults = read_transcripts(text, contact)
        assert not faults
        verdict = judge(Walk(plan, transcript.opening), transcript)
        assert verdict.passed, (contact, verdict.difference)
        again = diary_of(verdict.facts)
        assert (again.way, again.ended.outcome) == (diary.way, diary.ended.outcome), contact


def test_on_unchanged_flows_nobody_of_the_day_ends_elsewhere(plan, calls):
    rehearsal = Rehearsal()
    for facts in calls.values():
        rehearsal.add(facts, plan, ZONE)
    assert rehearsal.calls > 150
    assert (rehearsal.same, rehearsal.moved, rehearsal.unknown) == (rehearsal.calls, 0, {})
