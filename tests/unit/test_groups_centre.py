"""Several phones ring for one caller: the first who answers has him, the other screens are cleared, phones stop."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_centre import CALL, NODE, Floor
from test_centre import plan as plan  # noqa: PLC0414 - the fixture of the whole floor

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from desk.changes import floor_of
from switchroom.plan import Plan

pytestmark = pytest.mark.unit

FIRST, SECOND = cti.LegId("a1-100.1.1"), cti.LegId("a1-100.1.2")


@pytest.fixture
def floor(plan) -> Floor:
    queues = {name: replace(queue, ring_together=2) for name, queue in plan.floor.queues.items()}
    made = Floor(Plan(replace(plan.floor, queues=queues), "86"))
    for agent in list(made.centre.plan.agents.values()):
        made.told(cti.PhoneSeen(NODE, agent.phone, reachable=True))
        made.told(desk.AgentCameOn(agent.agent))
        made.told(desk.AgentAskedReady(agent.agent))
    return made


def phones(floor):
    return tuple(agent.phone for agent in floor.centre.plan.agents.values())


@pytest.fixture
def ringing(floor):
    effects = floor.caller_waits()
    rung = [(e.leg, e.phone) for e in effects if isinstance(e, cti.RingAgent)]
    assert [leg for leg, _ in rung] == [FIRST, SECOND]
    shown = [e.agent for e in effects if isinstance(e, desk.ShowContact)]
    assert len(set(shown)) == 2
    return shown


def test_both_screens_see_the_caller_and_nobody_else_does(floor, ringing):
    view = floor.centre.look(floor.now)
    (contact,) = view.contacts
    assert (contact.state, contact.agent, contact.beside) == ("offered", ringing[0], (ringing[1],))
    assert all(floor_of(agent, view).contacts == (contact,) for agent in ringing)
    assert floor_of("somebody", view).contacts == ()


def test_who_answers_has_him_and_the_other_is_let_go_in_the_same_turn(floor, ringing):
    effects = floor.told(cti.TalkBegan(CALL, SECOND))
    assert [e.agent for e in effects if isinstance(e, facts.AgentAnswered)] == [ringing[1]]
    assert [e.leg for e in effects if isinstance(e, cti.DropLeg)] == [FIRST]
    assert [(e.agent, e.outcome) for e in effects if isinstance(e, desk.ClearContact)] == [(ringing[0], "withdrawn")]
    floor.told(cti.LegEnded(NODE, FIRST, 26))
    assert floor.centre.contacts[CALL].offer == SECOND


def test_the_other_who_answers_a_moment_later_is_dropped(floor, ringing):
    floor.told(cti.TalkBegan(CALL, SECOND))
    effects = floor.told(cti.TalkBegan(CALL, FIRST))
    assert [e.leg for e in effects if isinstance(e, cti.DropLeg)] == [FIRST]
    assert len(floor.kinds(facts.AgentAnswered)) == 1


def test_one_who_refuses_leaves_the_other_ringing(floor, ringing):
    effects = floor.told(cti.LegEnded(NODE, FIRST, 17))
    assert [(e.agent, e.outcome) for e in effects if isinstance(e, desk.ClearContact)] == [(ringing[0], "refused")]
    assert next(iter(floor.centre.contacts[CALL].rings)) == SECOND


def test_our_death_forgets_neither_phone(floor, ringing):
    before = {leg: ring.agent for leg, ring in floor.centre.contacts[CALL].rings.items()}
    floor.open()
    assert {leg: ring.agent for leg, ring in floor.centre.contacts[CALL].rings.items()} == before
    calls = (cti.SeenCall(CALL, "talk", SECOND, floor.now + 1.0),)
    legs = (cti.SeenLeg(FIRST, "ringing", CALL), cti.SeenLeg(SECOND, "talk", CALL))
    effects = floor.survey(calls, legs, phones=phones(floor))
    assert [e.agent for e in effects if isinstance(e, facts.AgentAnswered)] == [ringing[1]]
    assert {e.leg for e in effects if isinstance(e, cti.DropLeg)} == {FIRST}


def test_a_leg_that_is_nowhere_is_closed_and_the_other_rings_on(floor, ringing):
    floor.told(cti.LegRang(SECOND))
    legs = (cti.SeenLeg(SECOND, "ringing", CALL),)
    effects = floor.survey((cti.SeenCall(CALL, "hold", None, None),), legs, phones=phones(floor))
    closed = [(e.offer, e.outcome) for e in effects if isinstance(e, facts.OfferClosed)]
    assert (FIRST, "unknown") in closed
    assert SECOND in floor.centre.contacts[CALL].rings
