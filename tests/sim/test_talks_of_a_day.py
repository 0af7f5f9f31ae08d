"""Seeded days on which agents hold, pass on, consult and confer, and a supervisor listens: nobody is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from invariants import check_all, check_restored
from test_days import NUMBERS, AnySound

import journal.talk_facts as told_of
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.simulated_talks import TalkSimulator
from switchroom.simulator import Weather

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def plan() -> Plan:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults, faults
    return Plan(floor, "86")


def day(plan, seed, minutes=5, on_turn=None, **weather) -> TalkSimulator:
    sim = TalkSimulator(lambda: Centre(plan, AnySound()), Weather(numbers=NUMBERS, **weather), seed, on_turn=on_turn)
    sim.run(minutes * 60)
    return sim


def count(sim, kind) -> int:
    return sum(isinstance(fact, kind) for fact in sim.facts)


@pytest.mark.parametrize("seed", range(8))
def test_a_day_of_moved_talks_loses_nobody(plan, seed):
    sim = day(plan, seed)
    check_all(sim.facts)
    assert not sim.lines
    assert not sim.legs
    assert not sim.centre.contacts


def test_every_move_is_made_on_some_day(plan):
    days = [day(plan, seed) for seed in range(3)]
    for kind in told_of.TalkFact.__args__:
        assert sum(count(sim, kind) for sim in days), kind


@pytest.mark.parametrize("seed", range(12))
def test_a_day_of_moved_talks_and_faults_loses_nobody(plan, seed):
    sim = day(plan, seed, death=0.02, told_twice=0.1, no_answer=0.15, refuse=0.1, gives_up_in_flow=0.1)
    check_all(sim.facts)
    assert sim.deaths > 5
    assert not sim.centre.contacts
    assert not sim.lines
    assert not sim.legs


@pytest.mark.parametrize("seed", range(6))
def test_at_any_cut_the_facts_rebuild_the_same_talks(plan, seed):
    turns = 0

    def compare(sim, _effects):
        nonlocal turns
        turns += 1
        if turns % 3 == 0:
            check_restored(sim.centre, Centre(plan, AnySound()), sim.facts)

    day(plan, seed, minutes=3, on_turn=compare, no_answer=0.15, refuse=0.1)
    assert turns > 500
