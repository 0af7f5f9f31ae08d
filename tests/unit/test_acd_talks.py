"""The router: talks and what follows, the longest wait, and a floor after a crash."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acd_floor import ANN, BOB, asks, floor, offers, states, talking

from acd import messages as m
from acd.agents import AgentProfile
from acd.router import Router
from acd.rules import QueueRules

pytestmark = pytest.mark.unit


# ── talks and what follows ──


def test_wrap_up_ends_by_itself():
    router = floor(ready=(ANN,))
    offer = talking(router)
    wraps_up = m.AgentMoved(ANN, "wrap_up", until=70.0, offer="c.1", calls=1, rung_at=10.0)
    assert router.handle(m.TalkOver(offer), 60.0) == [wraps_up]
    assert not router.contacts()
    assert router.next_deadline() == 70.0
    assert router.handle(m.Tick(), 70.0) == [m.AgentMoved(ANN, "ready", idle_since=70.0, calls=1, rung_at=10.0)]
    assert router.next_deadline() is None


def test_wrap_up_can_be_ended_early_and_the_next_caller_is_offered():
    router = floor(ready=(ANN,))
    router.handle(m.TalkOver(talking(router)), 60.0)
    router.handle(asks("d"), 61.0)
    assert offers(router.handle(m.WrapUpEnded(ANN), 62.0)) == [("d", ANN)]


def test_no_wrap_up_means_ready_at_once():
    router = floor(QueueRules("q", wrap_up=0.0), ready=(ANN,))
    is_ready = m.AgentMoved(ANN, "ready", idle_since=60.0, calls=1, rung_at=10.0)
    assert router.handle(m.TalkOver(talking(router)), 60.0) == [is_ready]


def test_a_break_asked_for_in_a_talk_comes_after_wrap_up():
    router = floor(ready=(ANN,))
    offer = talking(router)
    shown = router.handle(m.AgentMadeNotReady(ANN, "lunch"), 20.0)
    wish = {"then": "not_ready", "then_reason": "lunch"}
    assert shown == [m.AgentMoved(ANN, "talking", offer="c.1", calls=1, rung_at=10.0, **wish)]
    router.handle(m.TalkOver(offer), 60.0)
    assert router.handle(m.Tick(), 70.0) == [m.AgentMoved(ANN, "not_ready", "lunch", calls=1, rung_at=10.0)]


def test_a_break_can_be_taken_back():
    router = floor(ready=(ANN,))
    offer = talking(router)
    router.handle(m.AgentMadeNotReady(ANN, "lunch"), 20.0)
    router.handle(m.AgentMadeReady(ANN), 21.0)
    router.handle(m.TalkOver(offer), 60.0)
    assert router.handle(m.Tick(), 70.0) == [m.AgentMoved(ANN, "ready", idle_since=70.0, calls=1, rung_at=10.0)]


def test_sign_off_in_a_talk_comes_right_after_it():
    router = floor(ready=(ANN,))
    offer = talking(router)
    router.handle(m.AgentSignedOff(ANN), 20.0)
    assert router.handle(m.TalkOver(offer), 60.0) == [m.AgentMoved(ANN, "offline")]


def test_a_phone_lost_in_a_talk_changes_nothing_until_he_would_be_ready():
    router = floor(ready=(ANN,))
    offer = talking(router)
    assert router.handle(m.PhoneLost(ANN), 20.0) == []
    router.handle(m.TalkOver(offer), 60.0)
    router.handle(m.Tick(), 70.0)
    assert (router.agents()[ANN].state, router.agents()[ANN].reason) == ("not_ready", "phone")
    assert router.handle(m.PhoneFound(ANN, "n0"), 80.0)[0].state == "ready"


def test_a_phone_that_blinks_costs_no_place_and_offers_nothing_meanwhile():
    router = floor()
    router.handle(m.PhoneLost(ANN), 5.0)
    assert offers(router.handle(asks("c"), 10.0)) == [("c", BOB)]
    assert router.handle(m.PhoneFound(ANN, "n0"), 11.0) == [m.AgentMoved(ANN, "ready", idle_since=1)]


def test_a_lost_link_leaves_what_rings_offered_and_offers_nothing_new():
    router = floor(ready=(ANN,))
    router.handle(asks("c"), 10.0)
    assert router.handle(m.PhoneLost(ANN, may_ring=True), 11.0) == []
    assert states(router)[ANN] == "offered"
    router.handle(m.OfferAccepted(m.OfferId("c.1")), 12.0)
    assert states(router)[ANN] == "talking"


def test_what_rang_through_a_lost_link_in_vain_is_not_tried_there_again():
    router = floor(QueueRules("q", misses=9), ready=(ANN,))
    router.handle(asks("c"), 10.0)
    router.handle(m.PhoneLost(ANN, may_ring=True), 11.0)
    assert offers(router.handle(m.Tick(), 25.0)) == []
    assert states(router)[ANN] == "offered", "he may have answered unseen"
    router.handle(m.OfferFailed(m.OfferId("c.1"), "unknown"), 30.0)
    assert (router.agents()[ANN].state, router.agents()[ANN].reason) == ("not_ready", "phone")
    assert offers(router.handle(m.PhoneFound(ANN, "n0"), 30.0)) == [("c", ANN)]


def test_a_ring_that_is_out_of_sight_does_not_lapse_before_it_is_seen_again():
    router = floor(QueueRules("q", ring_for=15.0, misses=9), ready=(ANN,))
    router.handle(asks("c"), 10.0)
    router.handle(m.PhoneLost(ANN, may_ring=True), 11.0)
    assert router.next_deadline() is None
    assert router.handle(m.Tick(), 26.0) == []
    router.handle(m.PhoneFound(ANN, "n0"), 30.0)
    assert router.next_deadline() == 25.0
    assert m.OfferClosed(m.OfferId("c.1"), m.ContactId("c"), ANN, "timed_out") in router.handle(m.Tick(), 30.0)


def test_nor_does_it_after_a_restart_before_the_phone_is_found():
    before = floor(QueueRules("q", ring_for=15.0), ready=(ANN,))
    before.handle(asks("c"), 10.0)
    records = before.snapshot()
    router = floor(QueueRules("q", ring_for=15.0))
    router.restore([replace(one, node="") for one in records.agents], records.contacts, records.offers)
    assert router.next_deadline() is None
    assert router.handle(m.Tick(), 60.0) == []
    router.handle(m.OfferAccepted(m.OfferId("c.1")), 60.0)
    assert states(router)[ANN] == "talking"


def test_a_phone_does_not_end_a_break():
    router = floor(ready=())
    router.handle(m.AgentMadeNotReady(ANN, "lunch"), 3.0)
    router.handle(m.PhoneLost(ANN), 4.0)
    assert router.handle(m.PhoneFound(ANN, "n0"), 5.0) == []


def test_a_caller_who_comes_back_from_a_talk_waits_again_with_a_new_offer_id():
    router = floor()
    talking(router)
    answers = router.handle(asks("c", 10.0), 30.0)
    assert states(router)[ANN] == "wrap_up"
    assert [each.offer for each in answers if isinstance(each, m.MakeOffer)] == ["c.2"]


def test_the_count_of_offers_goes_on_over_stays():
    router = floor()
    answers = router.handle(asks("c", made=3), 10.0)
    assert [each.offer for each in answers if isinstance(each, m.MakeOffer)] == ["c.4"]


# ── the longest wait ──


def test_the_longest_wait_runs_from_the_first_request():
    router = floor(ready=())
    router.handle(asks("c", 5.0, limit=30.0), 10.0)
    assert router.next_deadline() == 35.0
    assert router.handle(m.Tick(), 35.0) == [m.ReleaseContact(m.ContactId("c"), "q", "limit")]
    assert not router.contacts()


def test_a_ringing_phone_may_ring_on_past_the_longest_wait():
    router = floor(QueueRules("q", ring_for=10.0))
    router.handle(asks("c", 5.0, limit=7.0), 10.0)
    assert router.next_deadline() == 20.0
    assert router.handle(m.Tick(), 13.0) == []
    answers = router.handle(m.Tick(), 20.0)
    assert answers[-1] == m.ReleaseContact(m.ContactId("c"), "q", "limit")
    assert not offers(answers)


def test_who_becomes_free_at_the_last_instant_still_serves():
    router = floor(ready=(ANN,))
    offer = talking(router)
    router.handle(m.TalkOver(offer), 60.0)
    router.handle(asks("d", 61.0, limit=9.0), 61.0)
    assert offers(router.handle(m.Tick(), 70.0)) == [("d", ANN)]


# ── after a crash, and at size ──


def test_restored_records_of_agents_and_queues_no_longer_configured_finish_what_runs():
    old = floor(QueueRules("q"), QueueRules("gone"))
    old.handle(asks("c", queue="gone"), 10.0)
    old.handle(m.OfferAccepted(m.OfferId("c.1")), 11.0)
    shot = old.snapshot()
    router = Router({"q": QueueRules("q")}, {BOB: AgentProfile(BOB, frozenset({"q"}))})
    router.restore(shot.agents, shot.contacts, shot.offers)
    router.handle(m.TalkOver(m.OfferId("c.1")), 20.0)
    router.handle(m.Tick(), 30.0)
    assert states(router)[ANN] == "ready"
    assert offers(router.handle(asks("d"), 31.0)) == [("d", BOB)]


def test_who_has_no_record_starts_offline():
    router = floor()
    router.restore((), (), ())
    assert states(router) == {ANN: "offline", BOB: "offline"}


@pytest.mark.parametrize("wrong", [{"ring_for": 0}, {"wrap_up": -1}, {"misses": 0}, {"choose": "loudest"}])
def test_senseless_rules_are_refused(wrong):
    with pytest.raises(ValueError, match="queue q"):
        QueueRules("q", **wrong)
