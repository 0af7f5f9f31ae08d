"""The figures of every step on simulated days: they equal the calls to the call, whatever happened to those."""

from __future__ import annotations

from pathlib import Path

import pytest

import journal.facts as facts
from desk.journeys import journeys
from ivr.figures import figures_of, imbalances
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def plan() -> Plan:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert floor is not None, faults
    return Plan(floor, "86")


def facts_of_a_day(plan, seed, **weather) -> list:
    numbers = ("4008001", "4008002", "4008009")
    sim = Simulator(lambda: Centre(plan, AnySound()), Weather(numbers=numbers, **weather), seed)
    sim.run(300)
    told = [fact for fact in sim.facts if getattr(fact, "contact", "")]
    return sorted(told, key=lambda fact: fact.contact)  # a call's facts together, in order


def all_figures(told) -> list:
    calls = list(journeys(told))
    return [figures_of(flow, calls) for flow in sorted({call.flow for call in calls})]


@pytest.mark.parametrize("seed", range(4))
def test_on_any_day_the_sums_equal_the_calls(plan, seed):
    told = facts_of_a_day(plan, seed, death=0.02, no_answer=0.15, refuse=0.1, gives_up_in_flow=0.2)
    found = all_figures(told)
    assert [imbalances(one) for one in found] == [[]] * len(found)
    assert sum(one.calls for one in found) == sum(isinstance(fact, facts.CallStarted) for fact in told)
    entries = sum(step.entries + step.again for one in found for step in one.steps)
    assert entries == sum(isinstance(fact, facts.StepEntered) for fact in told)
    left = sum(sum(step.exits.values()) + step.again for one in found for step in one.steps)
    assert left == sum(isinstance(fact, facts.StepLeft) for fact in told)


def test_in_the_middle_of_a_day_open_calls_are_counted_as_open(plan):
    told = facts_of_a_day(plan, 3)
    noon = sorted(fact.at for fact in told)[len(told) // 2]
    found = all_figures([fact for fact in told if fact.at <= noon])
    assert [imbalances(one) for one in found] == [[]] * len(found)
    assert sum(one.endings.get("open", 0) for one in found) > 0


@pytest.mark.parametrize("kind", [facts.StepEntered, facts.StepLeft])
@pytest.mark.parametrize("how", ["lost", "doubled"])
def test_a_single_fact_that_is_lost_or_doubled_shows(plan, kind, how):
    told = facts_of_a_day(plan, 1)
    at = [n for n, fact in enumerate(told) if isinstance(fact, kind) and getattr(fact, "exit", "") != "again"]
    caught = 0
    for chosen in at[5:200:13]:
        wrong = [*told[:chosen], *([told[chosen]] * (2 if how == "doubled" else 0)), *told[chosen + 1 :]]
        found = all_figures(wrong)
        left = sum(sum(step.exits.values()) + step.again for one in found for step in one.steps)
        entered = sum(step.entries + step.again for one in found for step in one.steps)
        count = sum(isinstance(fact, facts.StepLeft) for fact in wrong)
        facts_entered = sum(isinstance(fact, facts.StepEntered) for fact in wrong)
        caught += bool(any(map(imbalances, found)) or left != count or entered != facts_entered)
    assert caught == len(at[5:200:13])
