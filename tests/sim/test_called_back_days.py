"""Seeded days on which customers are called back, held, passed on and shared: nobody is lost or called again."""

from __future__ import annotations

import pytest
from flow_floor import NUMBER, flow_plan
from invariants import check_all, check_restored
from test_days import AnySound

import journal.facts as facts
import journal.talk_facts as told_of
from cti import ids
from switchroom.centre import Centre
from switchroom.plan import Plan
from switchroom.simulated_talks import TalkSimulator
from switchroom.simulator import Weather

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> Plan:
    return flow_plan(tmp_path_factory.mktemp("dialplans"))


def day(plan, seed, on_turn=None, **weather) -> TalkSimulator:
    mood = Weather(calls_per_second=0.1, numbers=(NUMBER,), talk=40.0, **weather)
    sim = TalkSimulator(lambda: Centre(plan, AnySound()), mood, seed, on_turn=on_turn, restless=6.0)
    sim.run(400, drain=10_000)
    return sim


def of_call_backs(sim, *kinds) -> list:
    return [fact for fact in sim.facts if isinstance(fact, kinds) and ids.is_call_back(fact.contact)]


@pytest.mark.parametrize("death", [0.0, 0.02])
@pytest.mark.parametrize("seed", range(6))
def test_nobody_who_was_called_back_is_lost_or_called_again(plan, seed, death):
    sim = day(plan, seed, death=death, told_twice=0.1 if death else 0.0)
    check_all(sim.facts)
    assert (sim.lines, sim.legs, sim.centre.contacts, sim.centre.lines) == ({}, {}, {}, {})
    reached = [fact.contact for fact in of_call_backs(sim, facts.CallbackReached)]
    ended = {fact.contact: fact.outcome for fact in of_call_backs(sim, facts.CallEnded)}
    assert len(reached) == len(set(reached)), "once each"
    assert {ended[contact] for contact in reached} <= {"answered"}


def test_every_move_is_made_with_some_of_them(plan):
    days = [day(plan, seed) for seed in range(6)]
    told = {type(fact) for sim in days for fact in of_call_backs(sim, *told_of.TalkFact.__args__)}
    assert told >= {
        told_of.HoldBegan, told_of.HoldEnded, told_of.ConsultBegan, told_of.ConferenceBegan, told_of.CallerTransferred,
        told_of.TalkTakenOver,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_at_any_cut_the_facts_rebuild_them(plan, seed):
    turns = 0

    def compare(sim, _effects):
        nonlocal turns
        turns += 1
        if turns % 7 == 0:
            again = Centre(plan, AnySound())
            check_restored(sim.centre, again, sim.facts)
            assert again.lines == sim.centre.lines

    day(plan, seed, on_turn=compare)
    assert turns > 300
