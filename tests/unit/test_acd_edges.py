"""The edges of a floor: several phones at once, full and closed queues, nobody left, wrap-up that is extended."""

from __future__ import annotations

import pytest
from acd_floor import ANN, BOB, asks, floor, offers, states, talking

from acd import messages as m
from acd.agents import AgentProfile
from acd.errors import UnknownQueue
from acd.rules import QueueRules

pytestmark = pytest.mark.unit

CALL = m.ContactId("c")


def released(answers):
    return [(each.contact, each.why) for each in answers if isinstance(each, m.ReleaseContact)]


# ── several phones at once ──


def test_a_group_rings_at_once_and_the_first_who_accepts_has_the_caller():
    router = floor(QueueRules("q", group=2))
    assert offers(router.handle(asks(), 10.0)) == [("c", ANN), ("c", BOB)]
    assert router.handle(m.OfferAccepted(m.OfferId("c.2")), 12.0) == [
        m.AgentMoved(BOB, "talking", offer="c.2", calls=1, rung_at=10.0),
        m.WithdrawOffer(m.OfferId("c.1"), CALL, ANN, "withdrawn"),
        m.OfferClosed(m.OfferId("c.1"), CALL, ANN, "withdrawn"),
        m.AgentMoved(ANN, "ready", idle_since=1, rung_at=10.0),
    ]
    assert router.handle(m.OfferAccepted(m.OfferId("c.1")), 12.1) == [
        m.WithdrawOffer(m.OfferId("c.1"), CALL, ANN, "withdrawn")
    ]


def test_one_refusal_leaves_the_others_ringing_and_who_gets_free_rings_too():
    router = floor(QueueRules("q", group=2), ready=(ANN,))
    router.handle(asks(), 10.0)
    assert offers(router.handle(m.AgentMadeReady(BOB), 11.0)) == [("c", BOB)]
    router.handle(m.OfferFailed(m.OfferId("c.1"), "refused"), 12.0)
    record = router.contacts()[CALL]
    assert (record.state, record.offers, record.at_head) == ("offered", ("c.2",), False)
    router.handle(m.OfferFailed(m.OfferId("c.2"), "refused"), 13.0)
    assert router.contacts()[CALL].at_head


def test_who_rings_already_does_not_take_an_agent_from_who_does_not():
    router = floor(QueueRules("q", group=2), ready=(ANN,))
    router.handle(asks("old", 1.0), 10.0)
    router.handle(asks("new", 9.0), 10.0)
    assert offers(router.handle(m.AgentMadeReady(BOB), 11.0)) == [("new", BOB)]


def test_a_contact_that_rings_singly_has_no_group():
    router = floor(QueueRules("q", group=2))
    single = m.ContactArrived(CALL, "n0", "q", (), 0, 10.0, singly=True)
    assert offers(router.handle(single, 10.0)) == [("c", ANN)]


def test_the_caller_leaves_and_all_phones_stop():
    router = floor(QueueRules("q", group=2))
    router.handle(asks(), 10.0)
    gone = router.handle(m.ContactLeft(CALL), 11.0)
    assert [each.agent for each in gone if isinstance(each, m.WithdrawOffer)] == [ANN, BOB]
    assert states(router) == {ANN: "ready", BOB: "ready"}


# ── full, closed, nobody left ──


def test_no_more_than_so_many_may_wait_but_who_can_be_served_at_once_is():
    router = floor(QueueRules("q", full=1), ready=(ANN,))
    assert offers(router.handle(asks("a"), 10.0)) == [("a", ANN)]
    assert released(router.handle(asks("b"), 10.0)) == []
    assert released(router.handle(asks("c"), 10.0)) == [("c", "full")]
    assert released(router.handle(asks("b"), 11.0)) == [], "he waits already"


def test_a_closed_queue_takes_nobody_new_and_serves_who_waits():
    router = floor(ready=())
    router.handle(asks("b"), 10.0)
    assert router.handle(m.QueueClosed("q"), 11.0) == []
    assert released(router.handle(asks("c"), 12.0)) == [("c", "closed")]
    assert offers(router.handle(m.AgentMadeReady(ANN), 13.0)) == [("b", ANN)]
    router.handle(m.QueueOpened("q"), 14.0)
    assert released(router.handle(asks("d"), 15.0)) == []


def test_a_queue_that_empties_lets_go_who_waits_and_later_who_rang_in_vain():
    router = floor(QueueRules("q", misses=9), ready=(ANN,))
    router.handle(asks("a"), 10.0)
    router.handle(asks("b"), 10.0)
    assert released(router.handle(m.QueueClosed("q", empties=True), 11.0)) == [("b", "closed")]
    assert released(router.handle(m.Tick(), 25.0)) == [("a", "closed")]


def test_nobody_closes_a_queue_that_is_not_there():
    router = floor()
    for message in (m.QueueClosed("x"), m.QueueOpened("x"), m.ReliefGiven("x", 1.0)):
        with pytest.raises(UnknownQueue):
            router.handle(message, 1.0)


def test_a_caller_whom_nobody_signed_on_could_serve_is_let_go():
    router = floor(QueueRules("q", no_agent=True), ready=())
    assert released(router.handle(asks(), 10.0)) == []
    assert released(router.handle(m.AgentSignedOff(ANN), 11.0)) == []
    assert released(router.handle(m.AgentSignedOff(BOB), 12.0)) == [("c", "no_agent")]
    assert released(router.handle(asks("d"), 13.0)) == [("d", "no_agent")]


def test_a_queue_that_is_removed_lets_its_callers_go_and_finishes_what_talks():
    router = floor(QueueRules("q"), QueueRules("r"), ready=(ANN,))
    talking(router, "t")
    router.handle(asks("w"), 13.0)
    profiles = {who: AgentProfile(who, frozenset({"r"})) for who in (ANN, BOB)}
    assert released(router.reconfigure({"r": QueueRules("r")}, profiles, 14.0)) == [("w", "closed")]
    router.handle(m.TalkOver(m.OfferId("t.1")), 20.0)
    assert states(router)[ANN] == "wrap_up"


# ── agents ──


def test_wrap_up_is_extended_from_its_end():
    router = floor(ready=(ANN,))
    router.handle(m.TalkOver(talking(router)), 60.0)
    router.handle(m.WrapUpExtended(ANN, 30.0), 65.0)
    assert router.next_deadline() == 100.0
    assert router.handle(m.Tick(), 70.0) == []
    router.handle(m.WrapUpEnded(ANN), 80.0)
    assert router.handle(m.WrapUpExtended(ANN, 30.0), 81.0) == []


def test_signing_on_twice_changes_nothing():
    router = floor(ready=(ANN,))
    router.handle(asks(), 10.0)
    assert router.handle(m.AgentSignedOn(ANN), 11.0) == []
