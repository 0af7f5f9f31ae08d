"""Seeded days through the real centre: every invariant, with people, machines and ourselves failing."""

from __future__ import annotations

from pathlib import Path

import pytest
from invariants import Broken, check_all, check_restored

import acd.messages as acd
import journal.facts as facts
from switchroom import way
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim

NUMBERS = ("4008001", "4008002", "4008009")


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def plan() -> Plan:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults, faults
    return Plan(floor, "86")


def day(plan, seed, minutes=5, on_turn=None, **weather) -> Simulator:
    sim = Simulator(lambda: Centre(plan, AnySound()), Weather(numbers=NUMBERS, **weather), seed, on_turn=on_turn)
    sim.run(minutes * 60)
    return sim


@pytest.mark.parametrize("seed", range(6))
def test_an_ordinary_day_keeps_every_invariant(plan, seed):
    sim = day(plan, seed)
    check_all(sim.facts)
    assert not sim.lines
    assert not sim.legs
    assert any(isinstance(f, facts.AgentAnswered) for f in sim.facts)


@pytest.mark.parametrize("seed", range(12))
def test_a_day_of_faults_keeps_every_invariant(plan, seed):
    sim = day(plan, seed, death=0.02, told_twice=0.1, no_answer=0.15, refuse=0.1, gives_up_in_flow=0.2)
    check_all(sim.facts)
    assert sim.deaths > 5
    assert not sim.centre.contacts
    assert not sim.lines
    assert not sim.legs


@pytest.mark.parametrize("seed", range(4))
def test_at_any_cut_the_facts_rebuild_the_same_centre(plan, seed):
    turns = 0

    def compare(sim, _effects):
        nonlocal turns
        turns += 1
        if turns % 7 == 0:
            check_restored(sim.centre, Centre(plan, AnySound()), sim.facts)

    day(plan, seed, minutes=3, on_turn=compare, no_answer=0.15, refuse=0.1)
    assert turns > 500


def test_the_same_seed_gives_the_same_day(plan):
    assert day(plan, 3, death=0.01).facts == day(plan, 3, death=0.01).facts


def talks_twice(real):
    def talk_ended(self, contact, ended_by, turn, when=None):
        turn.fact(facts.AgentAnswered(turn.now, contact.contact, contact.offer, contact.agent, 0.0))
        real(self, contact, ended_by, turn, when)

    return talk_ended


def forgets_the_offer(real):
    def offer_closed(self, answer, turn):
        real(self, answer, turn)
        turn.effects[:] = [e for e in turn.effects if not isinstance(e, facts.OfferClosed)]

    return offer_closed


def restarts_the_clock(real):
    def join_queue(self, contact, join, turn):
        real(self, contact, join, turn)
        for n, effect in enumerate(turn.effects):
            if isinstance(effect, facts.CallerQueued):
                turn.effects[n] = facts.CallerQueued(
                    effect.at, effect.contact, effect.queue, effect.skills, effect.priority, effect.at - 1.0,
                    effect.limit, effect.breakpoint,
                )

    return join_queue


def ends_twice(real):
    def remember(self, contact, outcome, stopped_at, when):
        real(self, contact, outcome, stopped_at, when)
        self.contacts[contact.contact] = contact

    return remember


PLANTED = [
    ("talk_ended", talks_twice),
    ("join_queue", restarts_the_clock),
    ("remember", ends_twice),
]


@pytest.mark.parametrize(("method", "bug"), PLANTED, ids=[bug.__name__ for _, bug in PLANTED])
def test_a_planted_bug_is_caught(plan, monkeypatch, method, bug):
    home = Centre if hasattr(Centre, method) else way
    wrong = bug(getattr(home, method))
    monkeypatch.setattr(home, method, wrong)
    for table in (Centre.SESSION_ANSWERS, Centre.ROUTER_ANSWERS, Centre.ROUTES):
        for kind, known in table.items():
            if known.__name__ == method:
                monkeypatch.setitem(table, kind, wrong)
    with pytest.raises((Broken, KeyError)):
        check_all(day(plan, 1, told_twice=0.2).facts)


def test_a_lost_offer_fact_is_caught(plan, monkeypatch):
    wrong = forgets_the_offer(Centre.ROUTER_ANSWERS[acd.OfferClosed])
    monkeypatch.setitem(Centre.ROUTER_ANSWERS, acd.OfferClosed, wrong)
    with pytest.raises(Broken, match="I4"):
        check_all(day(plan, 1, no_answer=0.5).facts)
