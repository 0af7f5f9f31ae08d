"""The router by example: one test per sentence of its promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from acd import messages as m
from acd.agents import AgentProfile
from acd.errors import IllegalTransition, UnknownAgent, UnknownQueue
from acd.router import Router
from acd.rules import QueueRules
from acd.strategies import STRATEGIES, Strategy

pytestmark = pytest.mark.unit

ANN, BOB = m.AgentId("ann"), m.AgentId("bob")


def floor(*rules: QueueRules, ready=(ANN, BOB), skills=None):
    """A router with ann (ready since 1) and bob (ready since 2), both in every queue, phones on n0."""
    queues = {rule.name: rule for rule in rules or (QueueRules("q"),)}
    levels = skills or {}
    profiles = {who: AgentProfile(who, frozenset(queues), levels.get(who, {})) for who in (ANN, BOB)}
    router = Router(queues, profiles)
    for at, who in enumerate((ANN, BOB), start=1):
        router.handle(m.PhoneFound(who, "n0"), at)
        router.handle(m.AgentSignedOn(who), at)
        if who in ready:
            router.handle(m.AgentMadeReady(who), at)
    return router


def asks(contact="c", at=10.0, *, queue="q", skills=(), priority=0, limit=0.0, node="n0", made=0):
    return m.ContactArrived(m.ContactId(contact), node, queue, skills, priority, at, limit, False, made)


def offers(answers):
    return [(each.contact, each.agent) for each in answers if isinstance(each, m.MakeOffer)]


def states(router):
    return {who: str(record.state) for who, record in router.agents().items()}


def talking(router, contact="c"):
    router.handle(asks(contact), 10.0)
    router.handle(m.OfferAccepted(m.OfferId(f"{contact}.1")), 12.0)
    return m.OfferId(f"{contact}.1")


# ── choosing ──


def test_the_longest_idle_is_rung_and_told_until_when():
    assert floor().handle(asks(), 10.0) == [
        m.AgentMoved(ANN, "offered", offer="c.1", idle_since=1, rung_at=10.0),
        m.MakeOffer(m.OfferId("c.1"), m.ContactId("c"), ANN, 25.0, "longest_idle"),
    ]


def test_equally_idle_agents_are_taken_by_id():
    router = floor(ready=())
    for who in (BOB, ANN):
        router.handle(m.AgentMadeReady(who), 5.0)
    assert offers(router.handle(asks(), 10.0)) == [("c", ANN)]


def test_another_strategy_ranks_all_the_fit(monkeypatch):
    most_english = Strategy(lambda profile, _asked, _scarcity: -profile.skills["en"])
    monkeypatch.setitem(STRATEGIES, "most_english", most_english)
    router = floor(QueueRules("q", choose="most_english", misses=2), skills={ANN: {"en": 2}, BOB: {"en": 3}})
    assert offers(router.handle(asks(), 10.0)) == [("c", BOB)]
    assert offers(router.handle(m.OfferFailed(m.OfferId("c.1"), "refused"), 11.0)) == [("c", ANN)]
    assert offers(router.handle(m.OfferFailed(m.OfferId("c.2"), "refused"), 12.0)) == [("c", BOB)]


def test_skills_go_before_idle_time():
    router = floor(skills={ANN: {"en": 2}, BOB: {"en": 3}})
    assert offers(router.handle(asks(skills=(("en", 3),)), 10.0)) == [("c", BOB)]


def test_a_skill_nobody_has_is_met_by_no_level():
    assert offers(floor().handle(asks(skills=(("fr", 0),)), 10.0)) == []


def test_an_agent_on_another_node_is_not_rung():
    router = floor()
    router.handle(m.PhoneFound(ANN, "n1"), 3.0)
    assert offers(router.handle(asks(), 10.0)) == [("c", BOB)]


def test_order_of_service_is_priority_then_head_then_first_asked_then_id():
    router = floor(ready=(), skills={ANN: {}, BOB: {}})
    for message in (asks("d", 10.0), asks("b", 10.0), asks("old", 4.0), asks("vip", 11.0, priority=1)):
        router.handle(message, 12.0)
    served = [router.handle(m.AgentMadeReady(ANN), 12.0)]
    for number in range(3):
        current = offers(served[-1])[0][0]
        router.handle(m.OfferAccepted(m.OfferId(f"{current}.1")), 13.0 + number)
        router.handle(m.TalkOver(m.OfferId(f"{current}.1")), 13.0 + number)
        served.append(router.handle(m.WrapUpEnded(ANN), 13.0 + number))
    assert [offers(each)[0][0] for each in served] == ["vip", "old", "b", "d"]


def test_an_agent_passes_over_those_he_is_not_fit_for():
    router = floor(ready=(), skills={ANN: {"zh": 1}})
    router.handle(asks("en", 1.0, skills=(("en", 1),)), 10.0)
    router.handle(asks("zh", 2.0, skills=(("zh", 1),)), 10.0)
    assert offers(router.handle(m.AgentMadeReady(ANN), 11.0)) == [("zh", ANN)]
    assert router.contacts()[m.ContactId("en")].state == "waiting"


def test_one_agent_serves_the_first_of_all_his_queues():
    router = floor(QueueRules("a"), QueueRules("b"), ready=())
    router.handle(asks("late", 9.0, queue="a"), 10.0)
    router.handle(asks("early", 8.0, queue="b"), 10.0)
    assert offers(router.handle(m.AgentMadeReady(ANN), 11.0)) == [("early", ANN)]


# ── offers that come to nothing ──


def test_time_out_takes_the_agent_for_absent_and_rings_the_next_at_once():
    router = floor()
    router.handle(asks(), 10.0)
    assert router.next_deadline() == 25.0
    assert router.handle(m.Tick(), 25.0) == [
        m.WithdrawOffer(m.OfferId("c.1"), m.ContactId("c"), ANN, "timed_out"),
        m.OfferClosed(m.OfferId("c.1"), m.ContactId("c"), ANN, "timed_out"),
        m.AgentMoved(ANN, "not_ready", "missed", rung_at=10.0),
        m.AgentMoved(BOB, "offered", offer="c.2", idle_since=2, rung_at=25.0),
        m.MakeOffer(m.OfferId("c.2"), m.ContactId("c"), BOB, 40.0, "only"),
    ]


def test_a_tick_before_the_deadline_does_nothing():
    router = floor()
    router.handle(asks(), 10.0)
    assert router.handle(m.Tick(), 24.999) == []


def test_one_allowed_miss_keeps_him_ready_but_the_next_is_rung_first():
    router = floor(QueueRules("q", misses=2))
    router.handle(asks(), 10.0)
    assert offers(router.handle(m.OfferFailed(m.OfferId("c.1"), "refused"), 11.0)) == [("c", BOB)]
    assert states(router) == {ANN: "ready", BOB: "offered"}
    assert offers(router.handle(m.OfferFailed(m.OfferId("c.2"), "refused"), 12.0)) == [("c", ANN)]
    router.handle(m.OfferFailed(m.OfferId("c.3"), "timed_out"), 13.0)
    assert router.agents()[ANN].reason == "missed"


def test_misses_count_in_a_row_only():
    router = floor(QueueRules("q", misses=2, wrap_up=0.0), ready=(ANN,))
    router.handle(asks("c"), 10.0)
    router.handle(m.OfferFailed(m.OfferId("c.1"), "refused"), 11.0)
    router.handle(m.OfferAccepted(m.OfferId("c.2")), 12.0)
    router.handle(m.TalkOver(m.OfferId("c.2")), 13.0)
    router.handle(asks("d"), 14.0)
    router.handle(m.OfferFailed(m.OfferId("d.1"), "refused"), 15.0)
    assert states(router)[ANN] == "offered"


def test_an_unreachable_phone_waits_for_its_return_at_the_end_of_the_idle():
    router = floor()
    router.handle(asks(), 10.0)
    router.handle(m.OfferFailed(m.OfferId("c.1"), "failed"), 11.0)
    assert (router.agents()[ANN].state, router.agents()[ANN].reason) == ("not_ready", "phone")
    router.handle(m.ContactLeft(m.ContactId("c")), 12.0)
    assert router.handle(m.PhoneFound(ANN, "n0"), 13.0) == [m.AgentMoved(ANN, "ready", idle_since=13.0, rung_at=10.0)]
    assert offers(router.handle(asks("d"), 14.0)) == [("d", BOB)]


def test_our_own_crash_costs_the_agent_nothing():
    router = floor(ready=(ANN,))
    router.handle(asks(), 10.0)
    answers = router.handle(m.OfferFailed(m.OfferId("c.1"), "unknown"), 30.0)
    assert m.AgentMoved(ANN, "ready", idle_since=1, rung_at=10.0) in answers
    assert offers(answers) == [("c", ANN)]


def test_the_caller_leaves_and_the_agent_keeps_his_place():
    router = floor()
    router.handle(asks(), 10.0)
    assert router.handle(m.ContactLeft(m.ContactId("c")), 11.0) == [
        m.WithdrawOffer(m.OfferId("c.1"), m.ContactId("c"), ANN, "withdrawn"),
        m.OfferClosed(m.OfferId("c.1"), m.ContactId("c"), ANN, "withdrawn"),
        m.AgentMoved(ANN, "ready", idle_since=1, rung_at=10.0),
    ]
    assert offers(router.handle(asks("d"), 12.0)) == [("d", ANN)]


@pytest.mark.parametrize(
    ("message", "state"),
    [
        (m.AgentMadeNotReady(ANN, "lunch"), "not_ready"),
        (m.AgentSignedOff(ANN), "offline"),
        (m.PhoneLost(ANN), "not_ready"),
    ],
)
def test_an_agent_who_goes_while_rung_gives_the_caller_to_the_next(message, state):
    router = floor()
    router.handle(asks(), 10.0)
    answers = router.handle(message, 11.0)
    assert answers[0] == m.WithdrawOffer(m.OfferId("c.1"), m.ContactId("c"), ANN, "withdrawn")
    assert offers(answers) == [("c", BOB)]
    assert states(router)[ANN] == state
    assert router.contacts()[m.ContactId("c")].at_head


# ── late and repeated messages ──


def test_accepted_after_the_end_drops_the_leg_again():
    router = floor()
    router.handle(asks(), 10.0)
    router.handle(m.Tick(), 25.0)
    before = router.snapshot()
    late = m.OfferAccepted(m.OfferId("c.1"))
    again = [m.WithdrawOffer(m.OfferId("c.1"), m.ContactId("c"), ANN, "withdrawn")]
    assert router.handle(late, 25.1) == again
    assert router.handle(late, 25.2) == again
    assert router.snapshot() == before


def test_accepted_long_after_or_never_offered_is_dropped_by_its_id():
    answer = floor().handle(m.OfferAccepted(m.OfferId("node-17.5.3")), 10.0)
    assert answer == [m.WithdrawOffer(m.OfferId("node-17.5.3"), m.ContactId("node-17.5"), m.AgentId(""), "withdrawn")]


def test_everything_said_twice_changes_nothing_more():
    router = floor()
    router.handle(asks(), 10.0)
    for message in (
        asks(),
        m.OfferAccepted(m.OfferId("c.1")),
        m.OfferFailed(m.OfferId("c.1"), "failed"),
        m.TalkOver(m.OfferId("c.1")),
        m.ContactLeft(m.ContactId("c")),
    ):
        router.handle(message, 12.0)
        before = router.snapshot()
        assert router.handle(message, 12.0) == []
        assert router.snapshot() == before


def test_a_failure_told_after_the_answer_does_not_end_the_talk():
    router = floor()
    offer = talking(router)
    assert router.handle(m.OfferFailed(offer, "unknown"), 13.0) == []
    assert states(router)[ANN] == "talking"


def test_closed_offers_are_forgotten_after_a_minute():
    router = floor()
    router.handle(asks(), 10.0)
    router.handle(m.ContactLeft(m.ContactId("c")), 11.0)
    router.handle(m.Tick(), 70.9)
    assert list(router.offers()) == ["c.1"]
    router.handle(m.Tick(), 71.0)
    assert not router.offers()


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (m.AgentMadeReady(m.AgentId("eve")), UnknownAgent),
        (m.PhoneFound(m.AgentId("eve"), "n0"), UnknownAgent),
        (asks(queue="nowhere"), UnknownQueue),
        (m.OfferFailed(m.OfferId("x.1"), "withdrawn"), ValueError),
        (m.TalkOver(m.OfferId("x.1")), IllegalTransition),
        (m.AgentMadeReady(BOB), IllegalTransition),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(message, error):
    router = floor()
    router.handle(asks("x"), 10.0)
    router.handle(m.AgentSignedOff(BOB), 10.0)
    before, deadline = router.snapshot(), router.next_deadline()
    with pytest.raises(error):
        router.handle(message, 100.0)
    assert (router.snapshot(), router.next_deadline()) == (before, deadline)


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
