"""Why a caller is with whom he is: the first thing that speaks against each agent."""

from __future__ import annotations

import pytest
from acd_floor import ANN, BOB, asks, floor

from acd import messages as m
from acd.agents import AgentProfile
from acd.needs import Every, Skill, Some, Without
from acd.router import Router
from acd.rules import QueueRules, Relaxation
from acd.why import Look, Reason

pytestmark = pytest.mark.unit

CALL = m.ContactId("c")


def looks(router, now=20.0, contact=CALL):
    return {look.agent: look for look in router.why(contact, now).agents}


def test_nobody_to_ask_about_is_no_answer():
    assert floor().why(CALL, 1.0) is None


def test_who_is_rung_was_chosen_and_the_other_came_behind():
    router = floor()
    router.handle(asks(), 10.0)
    assert looks(router) == {
        ANN: Look(ANN, Reason.CHOSEN, "longest_idle"),
        BOB: Look(BOB, Reason.BEHIND, "longest_idle"),
    }
    assert router.why(CALL, 20.0).chosen == (ANN,)


def test_who_let_it_pass_says_so():
    router = floor(QueueRules("q", misses=9))
    router.handle(asks(), 10.0)
    router.handle(m.OfferFailed(m.OfferId("c.1"), "refused"), 11.0)
    assert looks(router)[ANN] == Look(ANN, Reason.LET_IT_PASS)


@pytest.mark.parametrize(
    ("messages", "look"),
    [
        ([m.AgentSignedOff(ANN)], Look(ANN, Reason.NOT_SIGNED_ON)),
        ([m.AgentMadeNotReady(ANN, "lunch")], Look(ANN, Reason.NOT_READY, "lunch")),
        ([m.PhoneLost(ANN)], Look(ANN, Reason.NOT_READY, "phone")),
        ([m.PhoneFound(ANN, "n1")], Look(ANN, Reason.OTHER_NODE, "n1")),
        ([asks("d", 3.0)], Look(ANN, Reason.RUNG, "d", 18.0)),
        ([asks("d", 3.0), m.OfferAccepted(m.OfferId("d.1"))], Look(ANN, Reason.TALKING, "d")),
        (
            [asks("d", 3.0), m.OfferAccepted(m.OfferId("d.1")), m.TalkOver(m.OfferId("d.1"))],
            Look(ANN, Reason.WRAP_UP, until=13.0),
        ),
    ],
    ids=["off", "break", "phone", "node", "rung", "talking", "wrap-up"],
)
def test_what_keeps_an_agent_from_it(messages, look):
    router = floor(ready=(ANN,))
    for message in messages:
        router.handle(message, 3.0)
    router.handle(asks(), 10.0)
    assert looks(router)[ANN] == look


def test_what_lasts_is_said_before_what_passes():
    need = Every((Skill("loans", 2), Some((Skill("en", 1), Skill("zh", 1))), Without(Skill("trainee", 1))))
    router = floor(QueueRules("q", need=need), skills={ANN: {"loans": 1}, BOB: {"loans": 3, "en": 1, "trainee": 1}})
    router.handle(m.AgentMadeNotReady(ANN, "lunch"), 3.0)
    router.handle(asks(), 10.0)
    assert looks(router)[ANN] == Look(ANN, Reason.LACKS, "loans 2")
    assert looks(router)[BOB] == Look(BOB, Reason.LACKS, "not trainee 1")
    assert router.why(CALL, 20.0).need == "loans 2 and (en 1 or zh 1) and not trainee 1"


def test_queues_reserves_and_wanted_agents():
    queues = {"q": QueueRules("q"), "r": QueueRules("r")}
    eve = m.AgentId("eve")
    profiles = {
        ANN: AgentProfile(ANN, frozenset({"r"})),
        BOB: AgentProfile(BOB, frozenset({"q"}), reserve=True),
        eve: AgentProfile(eve, frozenset({"q"})),
    }
    router = Router(queues, profiles)
    for who in profiles:
        router.handle(m.PhoneFound(who, "n0"), 1.0)
        router.handle(m.AgentSignedOn(who), 1.0)
    for who in (ANN, BOB):
        router.handle(m.AgentMadeReady(who), 1.0)
    router.handle(asks(), 10.0)
    assert looks(router)[ANN] == Look(ANN, Reason.OTHER_QUEUE, "q")
    assert looks(router)[BOB] == Look(BOB, Reason.RESERVE)
    wanting = m.ContactArrived(CALL, "n0", "q", (), 0, 10.0, wanted=(m.Wanted(eve, 30.0),))
    router.handle(wanting, 11.0)
    assert looks(router)[BOB] == Look(BOB, Reason.NOT_WANTED, "eve", 40.0)
    assert looks(router)[eve] == Look(eve, Reason.NOT_READY, "signed on")


def test_the_need_is_that_of_the_stage_and_those_ahead_are_counted():
    rules = QueueRules("q", need=Skill("loans", 3), relax=(Relaxation(20.0, Skill("loans", 1)),))
    router = floor(rules, ready=())
    router.handle(asks("b", 5.0), 10.0)
    router.handle(asks("c", 6.0), 10.0)
    router.handle(m.Tick(), 25.0)
    before, after = router.why(m.ContactId("c"), 25.0), router.why(m.ContactId("b"), 25.0)
    assert (before.need, before.stage, before.ahead) == ("loans 3", 0, 1)
    assert (after.need, after.stage, after.ahead) == ("loans 1", 1, 0)
