"""The router with many agents and over many calls: no walk through all, nothing that piles up."""

from __future__ import annotations

import sys

import pytest
from acd_floor import ANN, BOB, asks, floor, offers

from acd import messages as m
from acd.agents import AgentProfile
from acd.checks import faults
from acd.house import House
from acd.lines import EMPTY_KEPT
from acd.router import Router
from acd.rules import QueueRules

pytestmark = pytest.mark.unit


def test_deadlines_that_no_longer_hold_do_not_pile_up():
    router = floor(QueueRules("q", wrap_up=0.0))
    for n in range(1000):
        at = 10.0 + 2 * n
        router.handle(asks(f"c{n}", at, limit=1e6), at)
        router.handle(m.OfferAccepted(m.OfferId(f"c{n}.1")), at + 1)
        router.handle(m.TalkOver(m.OfferId(f"c{n}.1")), at + 1)
    assert len(router._floor.board._due) < 100
    for n in range(200):
        router.handle(asks(f"d{n:03}", 3000.0, limit=1000.0 - n), 3000.0)
    assert router.next_deadline() == 3015.0, "two ring, the others wait"
    gone = router.handle(m.Tick(), 4000.0)
    assert [each.contact for each in gone if isinstance(each, m.ReleaseContact)][-3:] == ["d004", "d003", "d002"]


def test_more_mixes_of_skills_than_are_remembered_are_all_answered():
    router = floor(skills={ANN: {"en": 5}, BOB: {}})
    router.handle(m.AgentMadeNotReady(ANN, "lunch"), 3.0)
    for n in range(EMPTY_KEPT + 5):
        assert not offers(router.handle(asks(f"c{n}", skills=(("en", n),)), 10.0))
        router.handle(m.ContactLeft(m.ContactId(f"c{n}")), 10.0)
    router.handle(m.AgentMadeReady(ANN), 11.0)
    assert offers(router.handle(asks("z", skills=(("en", 5),)), 12.0)) == [("z", ANN)]


def test_five_hundred_agents_and_a_thousand_waiting_are_no_walk():
    queues = {f"q{n}": QueueRules(f"q{n}") for n in range(10)}
    names = [m.AgentId(f"a{n:03}") for n in range(500)]
    profiles = {who: AgentProfile(who, frozenset(list(queues)[n % 10 :]), {"en": n % 5}) for n, who in enumerate(names)}
    router = Router(queues, profiles)
    for who in names:
        router.handle(m.PhoneFound(who, "n0"), 1.0)
        router.handle(m.AgentSignedOn(who), 1.0)
    for n in range(1000):
        router.handle(asks(f"c{n:04}", 2.0 + n, queue=f"q{n % 10}", skills=(("en", n % 4),)), 2.0 + n)
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    made = [offers(router.handle(m.AgentMadeReady(who), 2000.0)) for who in names]
    sys.setprofile(None)
    assert all(made)
    assert calls < 600 * len(names), "285 for each agent; a walk past all who wait takes a thousand and more"
    assert not faults(router.snapshot(), House(queues, profiles))
