"""Seeded days on a floor whose queues use every rule at once: groups, relaxations, last agents, deadlines, bounds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from invariants import check_all, check_restored
from test_days import NUMBERS, AnySound

import journal.facts as facts
from acd.needs import ANYBODY, Skill
from acd.strategies import STRATEGIES
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.relax_text import RelaxPlan
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim

GROUP = 3


@pytest.fixture(scope="module", params=sorted(STRATEGIES))
def plan(request) -> Plan:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert floor is not None, faults
    skill = min(name for agent in floor.agents.values() for name, _ in agent.skills)
    queues = {
        name: replace(
            queue, ring_together=GROUP, choose=request.param, order=order, need=Skill(skill, 3), last_agent=8.0,
            relax=(RelaxPlan(5.0, Skill(skill, 1)), RelaxPlan(12.0, ANYBODY, drop_asked=True)), full=12, no_agent=True,
        )
        for order, (name, queue) in zip(("deadline", "priority", "oldest") * 3, floor.queues.items(), strict=False)
    }  # fmt: skip
    return Plan(replace(floor, queues=queues), "86")


def day(plan, seed, minutes=4, on_turn=None, **weather) -> Simulator:
    sim = Simulator(lambda: Centre(plan, AnySound()), Weather(numbers=NUMBERS, **weather), seed, on_turn=on_turn)
    sim.run(minutes * 60)
    return sim


@pytest.mark.parametrize("seed", range(2))
def test_a_day_of_faults_keeps_every_invariant(plan, seed):
    sim = day(plan, seed, death=0.02, told_twice=0.1, no_answer=0.15, refuse=0.1, gives_up_in_flow=0.2)
    check_all(sim.facts, GROUP)
    assert sim.deaths > 3
    assert not sim.centre.contacts
    assert not sim.lines
    assert not sim.legs
    assert any(isinstance(fact, facts.CallerWidened) for fact in sim.facts)
    assert any(isinstance(fact, facts.OfferClosed) and fact.outcome == "withdrawn" for fact in sim.facts)


def test_at_any_cut_the_facts_rebuild_the_same_centre(plan):
    turns = 0

    def compare(sim, _effects):
        nonlocal turns
        turns += 1
        if turns % 11 == 0:
            check_restored(sim.centre, Centre(plan, AnySound()), sim.facts)

    day(plan, 1, minutes=2, on_turn=compare, no_answer=0.15, refuse=0.1)
    assert turns > 300
