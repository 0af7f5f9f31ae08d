"""Seeded days on which agents hold, pass on, consult and confer, and a supervisor listens: nobody is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from invariants import Broken, check_all, check_restored
from test_days import NUMBERS, AnySound

import journal.facts as facts
import journal.talk_facts as told_of
from desk.journeys import journeys
from ivr.figures import figures_of, imbalances
from switchroom import consults, hold, passing_on, supervising, talks
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
    missing = set(told_of.TalkFact.__args__)
    for seed in range(60):  # the rarest come once in some days
        missing -= set(map(type, day(plan, seed).facts))
        if not missing:
            return
    pytest.fail(f"never: {missing}")


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


@pytest.mark.parametrize("seed", [0, 2, 3, 7])
def test_the_figures_of_a_flow_balance_though_callers_are_passed_on_to_others(plan, seed):
    sim = day(plan, seed, minutes=4)
    assert [f for f in sim.facts if isinstance(f, told_of.CallerTransferred) and f.kind == "flow"]
    calls = list(journeys(sorted((f for f in sim.facts if getattr(f, "contact", "")), key=lambda f: f.contact)))
    found = [figures_of(flow, calls) for flow in sorted({call.flow for call in calls})]
    assert [imbalances(one) for one in found] == [[]] * len(found)
    assert sum(one.calls for one in found) == count(sim, facts.CallStarted)


# ── each check is shown to catch what it is for ─────────────────────────────────────────────────────────────────────


def forgets_the_hold(real):
    def end(contact, when, turn):
        contact.stand.held_at = 0.0

    return end


def forgets_the_consult(real):
    def part(centre, contact, why, turn, when=None):
        real(centre, contact, why, turn, when)
        turn.effects[:] = [e for e in turn.effects if not isinstance(e, told_of.ConsultEnded)]

    return part


def forgets_who_listened(real):
    def gone(contact, leg, why, turn, when=None):
        contact.stand.listeners.pop(leg)

    return gone


def keeps_the_first_agent(real):
    def hand_over(centre, contact, ended_by, turn):
        real(centre, contact, ended_by, turn)
        turn.effects[:] = [e for e in turn.effects if not isinstance(e, facts.TalkEnded)]

    return hand_over


def lets_him_hang(real):
    def requeue(centre, contact, queue, turn, **more):
        contact.place = type(contact.place).WAITING

    return requeue


PLANTED = [
    (hold, "end", forgets_the_hold, "T1"),
    (consults, "part", forgets_the_consult, "T2"),
    (supervising, "gone", forgets_who_listened, "T5"),
    (talks, "hand_over", keeps_the_first_agent, "T3|I4"),
    (passing_on, "requeue", lets_him_hang, "I2"),
]


def check_days(plan, seeds):
    for seed in seeds:
        check_all(day(plan, seed, refuse=0.1).facts)


@pytest.mark.parametrize("planted", PLANTED, ids=[bug.__name__ for _, _, bug, _ in PLANTED])
def test_a_planted_bug_is_caught(plan, monkeypatch, planted):
    home, name, bug, invariant = planted
    monkeypatch.setattr(home, name, bug(getattr(home, name)))
    with pytest.raises(Broken, match=invariant):
        check_days(plan, (2, 17, 24))
