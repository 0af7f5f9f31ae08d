"""The router: who is chosen, offers that come to nothing, messages that are late or repeated."""

from __future__ import annotations

import pytest
from acd_floor import ANN, BOB, asks, floor, offers, states, talking

from acd import messages as m
from acd.errors import IllegalTransition, UnknownAgent, UnknownQueue
from acd.rules import QueueRules
from acd.strategies import STRATEGIES, Strategy

pytestmark = pytest.mark.unit


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
