"""Seeded days with an autopilot whose bounds make it act: what is in force survives any death, and replays the same."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from invariants import check_all, check_restored, holds

import journal.facts as facts
from acd.acts import Bounds, Kind, Step
from acd.autopilot import Autopilot
from acd.habits import Habits
from acd.held import counted
from acd.rules import Relaxation
from desk.pilot_view import SupervisorTurnedAutopilot, SupervisorUndidAct
from desk.vocabulary import Refused
from journal.autopilot_facts import AUTOPILOT
from switchroom import tape
from switchroom.autopilotfile import AutopilotPlan
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim

NUMBERS = ("4008001", "4008002", "4008009")
STEPS = (
    *(Step(Kind.DIALLER, 0.5), Step(Kind.RELAX, 10.0), Step(Kind.RESERVE), Step(Kind.CALLBACKS)),
    Step(Kind.DIALLER, 0.0),
)


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


class Relaxed(Plan):
    """A plan whose queues relax what they need after a while."""

    def __init__(self, *given, rules):
        super().__init__(*given)
        self.rules = rules

    def queue_rules(self):
        return self.rules


@pytest.fixture(scope="module")
def plan() -> Plan:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults, faults
    rules = {queue: replace(each, relax=(Relaxation(30.0),)) for queue, each in Plan(floor, "86").queue_rules().items()}
    bounds = {
        queue: Bounds(queue, STEPS, 0.9, 0.97, sure=3, hold=10, calm=20, most=30, barred=60) for queue in floor.queues
    }
    return Relaxed(replace(floor, autopilot=AutopilotPlan(bounds)), "86", rules=rules)


def supervised(sim: Simulator) -> None:
    """A supervisor who now and then undoes an act, and switches the autopilot off and on."""

    def word() -> None:
        acts = sim.centre.autopilot.acts()
        mood = sim.random.random()
        if mood < 0.1:
            sim.tell(SupervisorTurnedAutopilot(not sim.centre.autopilot.on, "supervisor"))
        elif acts and mood < 0.5:
            sim.tell(SupervisorUndidAct(sim.random.choice(acts).act, "supervisor"))
        sim.after(20.0, word)

    sim.after(30.0, word)


def day(plan, seed, minutes=3, on_turn=None, **weather) -> Simulator:
    sim = Simulator(lambda: Centre(plan, AnySound()), Weather(numbers=NUMBERS, **weather), seed, on_turn=on_turn)
    supervised(sim)
    sim.run(minutes * 60, drain=1200.0)
    return sim


def memory(pilot: Autopilot, now: float) -> dict[str, object]:
    """All of an autopilot that must survive."""
    demand = pilot.demand
    demand.forget(now)
    return {
        "acts": pilot.acts(),
        "barred": {(queue, step): until for queue, step, until in pilot.barred() if until > now},
        "on": pilot.on,
        "rates": demand.rates(now),
        "waiting": {queue: demand.waiting(queue) for queue in demand.rates(now)},
        "held": {queue: demand.held(queue, now) for queue in demand.rates(now)},
        "patience": {queue: demand.patience(queue) for queue in demand.rates(now)},
    }


def check_pilot(told: list) -> None:
    """In the facts themselves: nothing is done twice, or undone that was not done, or done while it is off."""
    open_acts, on = {}, True
    for fact in told:
        if isinstance(fact, facts.AutopilotActed):
            holds(on, "nothing is done while it is off", fact)
            holds((fact.queue, fact.kind, fact.amount) not in open_acts, "each step is in force once", fact)
            holds(Step(Kind(fact.kind), fact.amount) in STEPS, "only what may be done is done", fact)
            open_acts[fact.queue, fact.kind, fact.amount] = fact.act
        elif isinstance(fact, facts.AutopilotUndid):
            holds(open_acts.pop((fact.queue, fact.kind, fact.amount), "") == fact.act, "what is undone was done", fact)
        elif isinstance(fact, facts.AutopilotTurned):
            holds(fact.on != on, "a switch that changes nothing is no fact", fact)
            on = fact.on


@pytest.mark.parametrize("seed", range(2))
def test_at_any_cut_the_facts_rebuild_the_same_autopilot(plan, seed):
    turns, compared, relieved = 0, 0, []

    def compare(sim, _effects):
        nonlocal turns, compared
        turns += 1
        if turns % 37 == 0:
            again = Centre(plan, AnySound())
            check_restored(sim.centre, again, sim.facts)
            compared += bool(sim.centre.autopilot.acts())
            live, new = memory(sim.centre.autopilot, sim.now), memory(again.autopilot, sim.now)
            for part, value in live.items():
                holds(value == new[part], f"the autopilot's {part}", value, new[part])
            relief, restored = sim.centre.router.snapshot().relief, again.router.snapshot().relief
            holds(relief == restored, "relief is given to the router again", relief, restored)
            relieved.append(bool(relief))

    sim = day(plan, seed, on_turn=compare, calls_per_second=0.8)
    check_pilot(sim.facts)
    assert compared > 5
    assert any(relieved)


@pytest.mark.parametrize("seed", range(3))
def test_a_day_of_faults_and_deaths_keeps_every_invariant_with_an_autopilot(plan, seed):
    sim = day(plan, seed, death=0.01, told_twice=0.1, no_answer=0.15, refuse=0.1)
    check_all([fact for fact in sim.facts if getattr(fact, "contact", "") != AUTOPILOT])
    check_pilot(sim.facts)
    assert sim.deaths > 3
    assert any(isinstance(fact, facts.AutopilotActed) for fact in sim.facts)
    assert any(isinstance(fact, facts.AutopilotUndid) and fact.why == "supervisor" for fact in sim.facts)


def test_the_same_seed_gives_the_same_acts(plan):
    assert day(plan, 3, death=0.01).facts == day(plan, 3, death=0.01).facts


class Taped(Simulator):
    """A simulator that keeps a tape, as the service loop does."""

    def tell(self, message):
        self.tape = [*getattr(self, "tape", []), (self.now, message)]
        super().tell(message)


def test_the_tape_replays_to_the_same_acts_with_what_is_usual_and_a_supervisors_word_on_it(plan):
    sim = Taped(lambda: Centre(plan, AnySound()), Weather(numbers=NUMBERS, calls_per_second=0.8), 5)
    usual = Habits("cards", tuple(counted([70.0, 90.0, 40.0])), sim.start, 60.0, (0.2, 0.5, 0.9))
    sim.after(1.0, lambda: sim.tell(usual))
    supervised(sim)
    sim.run(120, drain=300.0)
    again, found = Centre(plan, AnySound()), []
    for now, message in tape.read(tape.write(sim.tape)):
        with contextlib.suppress(Refused):
            found += [effect for effect in again.handle(message, now) if isinstance(effect, facts.Fact)]
    assert found == sim.facts
    assert any(isinstance(fact, facts.AutopilotActed) for fact in found)


def test_an_act_that_is_not_in_force_cannot_be_undone(plan):
    with pytest.raises(Refused, match="no act"):
        Centre(plan, AnySound()).handle(SupervisorUndidAct("cards.1", "supervisor"), 1.0)
