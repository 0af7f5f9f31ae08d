"""Whole days of callers who are spoken with while they wait, who agree to be called back, and a server that dies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from invariants import check_all, check_restored, holds
from waiting_floor import MANDARIN, NUMBER, waiting_plan

import journal.facts as facts
from ivr.waiting import announcing
from switchroom import callbacks, waiting
from switchroom.centre import Centre
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim

NOON = 1_764_561_600.0  # 2025-12-01 12:00 in Shanghai


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(reversed(key))


@pytest.fixture(scope="module", params=["once", "each"])
def plan(request, tmp_path_factory):
    return waiting_plan(tmp_path_factory.mktemp("floor"), offer=request.param)


def day(plan, seed, minutes=6, on_turn=None, **weather) -> Simulator:
    numbers = (NUMBER, MANDARIN)
    people = {"calls_per_second": 0.12, "patience": 200.0, "takes_callback": 0.5, "numbers": numbers} | weather
    sim = Simulator(lambda: Centre(plan, AnySound()), Weather(**people), seed, start=NOON, on_turn=on_turn)
    sim.run(minutes * 60, drain=2 * 86_400.0)
    return sim


def check_waiting(told: list) -> None:
    """What was said became never worse, nobody was told anything while he was rung for, every promise has an end."""
    until: dict[str, float] = {}
    place: dict[str, int] = {}
    rung: dict[str, str] = {}
    for fact in told:
        contact = getattr(fact, "contact", "")
        if isinstance(fact, facts.OfferMade):
            rung[contact] = fact.offer
        elif isinstance(fact, facts.OfferClosed | facts.TalkEnded):
            rung.pop(contact, None)
        elif isinstance(fact, facts.CallerQueued):
            until.pop(contact, None)
            place.pop(contact, None)
        elif isinstance(fact, facts.CallerTold):
            holds(fact.in_talk or contact not in rung, "nobody who is rung for is told anything", fact)
        elif isinstance(fact, facts.EstimateTold):
            holds(not fact.position or fact.position <= place.get(contact, 10**9), "a place is never said worse", fact)
            place[contact] = fact.position or place.get(contact, 10**9)
            if fact.high:
                holds(fact.at + fact.high <= until.get(contact, 10**12), "a wait is never said longer", fact)
                until[contact] = fact.at + fact.high
    asked = {f.contact for f in told if isinstance(f, facts.CallbackAsked)}
    begun = {f.earlier for f in told if isinstance(f, facts.CallbackBegun)}
    holds(asked == begun, "who was promised a call-back gets one, nobody else does", asked ^ begun)


@pytest.mark.parametrize("seed", range(4))
def test_a_day_of_waiting_keeps_every_invariant(plan, seed):
    sim = day(plan, seed)
    check_all(sim.facts)
    check_waiting(sim.facts)
    assert not sim.torn, "nobody was taken out of his talk to be told something"
    kinds = {type(fact) for fact in sim.facts}
    assert kinds >= {facts.CallerTold, facts.EstimateTold, facts.CallbackTalked}
    assert not sim.lines


@pytest.mark.parametrize("seed", range(6))
def test_a_day_of_faults_keeps_every_invariant(plan, seed):
    sim = day(plan, seed, death=0.02, told_twice=0.1, no_answer=0.15, refuse=0.1, gives_up_in_flow=0.2)
    check_all(sim.facts)
    check_waiting(sim.facts)
    assert sim.deaths > 5
    assert not sim.torn
    assert not sim.centre.contacts


@pytest.mark.parametrize("seed", range(3))
def test_at_any_cut_the_facts_rebuild_the_same_centre(plan, seed):
    turns = 0

    def compare(sim, _effects):
        nonlocal turns
        turns += 1
        if turns % 7 == 0:
            again = Centre(plan, AnySound())
            check_restored(sim.centre, again, sim.facts)
            for name, contact in sim.centre.contacts.items():
                other = again.contacts[name]
                holds(contact.talk == other.talk, "the talk is restored", contact, other)
                holds(contact.tries == other.tries, "and the tries", contact, other)
                if contact.place == "waiting" and contact.line:
                    holds(contact.heard == other.heard, "what he heard is restored", contact.heard, other.heard)
                room, other_room = sim.centre.waiting_room, again.waiting_room
                holds(room.resting.due(name) == other_room.resting.due(name), "and when it is tried", contact)
                holds(room.standing.place(name) == other_room.standing.place(name), "and his place", contact)

    day(plan, seed, minutes=3, on_turn=compare, no_answer=0.15, refuse=0.1)
    assert turns > 200


# ── planted bugs: each check catches what it is for ─────────────────────────────────────────────────────────────────


def tells_who_is_rung(monkeypatch):
    """An announcement is not put off while an agent is rung."""
    real = waiting._announce

    def announce(centre, contact, turn):
        rings, contact.rings = contact.rings, {}
        real(centre, contact, turn)
        contact.rings = rings

    monkeypatch.setattr(waiting, "_announce", announce)


def promises_more(monkeypatch):
    """A wait is said again whatever was said before."""
    real = announcing._with_estimate
    monkeypatch.setattr(announcing, "_with_estimate", lambda t, heard, o: real(t, replace(heard, until=0.0), o))


def says_any_place(monkeypatch):
    """A place is said again although it has become a worse one."""
    real = announcing._with_position

    def worse(telling, heard, outlook):
        return real(telling, replace(heard, position=0), replace(outlook, position=heard.position + 1))

    monkeypatch.setattr(announcing, "_with_position", worse)


def forgets_the_wish(monkeypatch):
    """A caller who has agreed hangs up, and nobody calls him."""
    monkeypatch.setattr(callbacks, "begin", lambda centre, caller, turn: None)


@pytest.mark.parametrize(
    ("bug", "name"),
    [(tells_who_is_rung, "nobody who is rung for"), (promises_more, "never said longer"),
     (says_any_place, "never said worse"), (forgets_the_wish, "who was promised a call-back")],
)  # fmt: skip
def test_a_planted_bug_is_caught(plan, monkeypatch, bug, name):
    bug(monkeypatch)
    with pytest.raises(AssertionError, match=name):
        check_days(plan)


def check_days(plan) -> None:
    for seed in range(6):
        check_waiting(day(plan, seed, minutes=20, calls_per_second=0.05, takes_callback=0.3).facts)


def test_a_lost_word_of_the_talk_is_caught(plan, monkeypatch):
    monkeypatch.setattr(waiting, "restored_talk", lambda contact, fact: None)
    with pytest.raises(AssertionError, match="the talk is restored"):
        test_at_any_cut_the_facts_rebuild_the_same_centre(plan, 0)
