"""While the link to a node is down nothing is concluded about what goes on there."""

from pathlib import Path

import pytest
from test_centre import CALL, LEG, NODE, Floor

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
from switchroom.floorplan import load_floor
from switchroom.plan import Plan

pytestmark = pytest.mark.unit


@pytest.fixture
def floor() -> Floor:
    read, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults
    floor = Floor(Plan(read, "86"))
    floor.agent_ready()
    floor.caller_waits()
    return floor


def test_an_agent_who_answers_unseen_keeps_his_talk(floor):
    effects = floor.told(cti.NodeLost(NODE))
    assert not [one for one in effects if isinstance(one, cti.DropLeg | facts.OfferClosed)]
    answered_at = floor.now + 1.0
    floor.told(cti.NodeFound(NODE, 1.0), after=4.0)
    seen = cti.SeenCall(CALL, "talk", LEG, answered_at)
    effects = floor.survey((seen,), (cti.SeenLeg(LEG, "talk", CALL),))
    assert not [one for one in effects if isinstance(one, cti.DropLeg)]
    (answered,) = (fact for fact in floor.facts if isinstance(fact, facts.AgentAnswered))
    assert answered.at == answered_at


def test_who_rang_in_vain_while_the_link_was_down_is_offered_nothing_before_it_is_back(floor):
    floor.told(cti.NodeLost(NODE))
    made = [fact for fact in floor.facts if isinstance(fact, facts.OfferMade)]
    floor.now = made[-1].until
    floor.told(acd.Tick())
    assert [fact for fact in floor.facts if isinstance(fact, facts.OfferMade)] == made


def test_a_talk_that_began_and_ended_unseen_is_counted_although_the_first_survey_shows_nothing_of_it(floor):
    floor.told(cti.NodeLost(NODE))
    answered_at = floor.now + 1.0
    (offer,) = (fact for fact in floor.facts if isinstance(fact, facts.OfferMade))
    floor.told(cti.NodeFound(NODE, 1.0), after=offer.until - floor.now + 1.0)
    floor.survey()
    floor.told(acd.Tick(), after=0.1)
    assert not [fact for fact in floor.facts if isinstance(fact, facts.OfferClosed)], "his end may be on its way"
    ended = cti.CallEnded(NODE, CALL, 16, answered_at + 5.0, LEG, answered_at)
    floor.survey(ended=(ended,))
    assert [fact.at for fact in floor.facts if isinstance(fact, facts.AgentAnswered)] == [answered_at]
    (over,) = (fact for fact in floor.facts if isinstance(fact, facts.CallEnded))
    assert over.outcome == "answered"
