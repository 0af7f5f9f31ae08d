"""The audit of the living floor: silent where all is well, patient with news under way, sure of what stays wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_centre import CALL, LEG, NODE, Floor

import cti.vocabulary as cti
from acd.offers import OfferState
from desk.talk_vocabulary import AgentAskedConsult, Ear, Kind, SupervisorAskedEar
from switchroom.audit import APART, IDLE, SPARE, Audit, Finding, Use
from switchroom.floorplan import load_floor
from switchroom.plan import Plan

pytestmark = pytest.mark.unit
AT_REST = Use()
HOLD = (cti.SeenCall(CALL, "hold"),)


@pytest.fixture
def floor():
    plan, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults
    return Floor(Plan(plan, "86"))


class Looking:
    """The audit, and a clock that the test moves."""

    def __init__(self, floor):
        self.floor, self.audit, self.now = floor, Audit(), floor.now

    def at(self, calls=(), legs=(), after=10.0, use=AT_REST):
        self.now += after
        seen = cti.NodeSurveyed(NODE, self.now, calls, legs, (), ())
        return self.audit.hold(self.floor.centre, seen, use, self.now)


def test_a_floor_in_order_is_passed_over(floor):
    floor.agent_ready()
    floor.caller_waits()
    looking = Looking(floor)
    legs = (cti.SeenLeg(LEG, "ringing", CALL),)
    assert [looking.at(HOLD, legs) for _ in range(5)] == [[]] * 5
    assert looking.audit.looks == 5
    assert not looking.audit.standing()


def test_a_channel_without_a_record_is_told_at_the_second_look_and_once(floor):
    looking = Looking(floor)
    stray = (cti.SeenCall(cti.CallId("a1-9.9"), "hold"),)
    assert looking.at(stray) == []
    assert looking.at(stray) == [Finding("I1", "channel a1-9.9 on a1 has no open record")]
    assert looking.at(stray) == []
    assert looking.audit.standing() == 1
    assert looking.at() == []
    assert looking.audit.standing() == 0
    assert looking.audit.counts == {"I1": 1}


def test_who_is_asked_about_a_caller_and_who_listens_to_him_are_no_strangers(floor):
    floor.agent_ready()
    floor.caller_waits()
    floor.told(cti.TalkBegan(CALL, LEG))
    asked = AgentAskedConsult("li-na", CALL, Kind.OUTSIDE, "95588")
    for wish in (asked, SupervisorAskedEar("boss", CALL, Ear.LISTEN, "boss1")):
        floor.told(wish)
    third, ear = cti.LegId(f"Q1-{CALL}.1"), cti.LegId(f"S1-{CALL}.1")
    legs = tuple(cti.SeenLeg(leg, "talk", CALL) for leg in (LEG, third, ear))
    looking = Looking(floor)
    assert [looking.at(HOLD, legs) for _ in range(3)] == [[]] * 3


def test_news_that_was_under_way_is_no_finding(floor):
    looking = Looking(floor)
    stray = (cti.SeenCall(cti.CallId("a1-9.9"), "hold"),)
    assert looking.at(stray) == []
    assert looking.at(stray, after=APART / 2) == []
    assert looking.at() == []
    assert looking.at(stray) == []


def test_what_was_seen_before_a_link_broke_proves_nothing(floor):
    looking = Looking(floor)
    stray = (cti.SeenCall(cti.CallId("a1-9.9"), "hold"),)
    looking.at(stray)
    looking.audit.anew(NODE)
    assert looking.at(stray) == []
    assert len(looking.at(stray)) == 1


def test_a_record_without_a_channel_is_found(floor):
    floor.caller_waits()
    looking = Looking(floor)
    looking.at()
    assert looking.at() == [Finding("I1", f"contact {CALL} is open, and a1 has no such channel")]


def test_a_leg_that_nobody_wants_is_found(floor):
    looking = Looking(floor)
    legs = (cti.SeenLeg(LEG, "ringing"),)
    looking.at((), legs)
    assert looking.at((), legs) == [Finding("I1", f"leg {LEG} on a1 is nobody's")]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda floor, one: floor.centre.closed.update({one.contact: None}), "is open though it has ended"),
        (lambda _, one: setattr(one, "context", replace(one.context, started_at=1e10)), "still to come"),
        (lambda _, one: setattr(one, "context", replace(one.context, asked_at=1.0)), "before it began"),
        (lambda _, one: setattr(one, "answered_at", 1.0), "answered before it asked"),
    ],
)
def test_a_story_out_of_order_is_found(floor, wrong, says):
    floor.caller_waits()
    wrong(floor, floor.centre.contacts[CALL])
    looking = Looking(floor)
    looking.at(HOLD)
    (finding,) = looking.at(HOLD)
    assert finding.invariant == "I3"
    assert says in finding.what


def test_an_agent_with_two_calls_is_found(floor):
    floor.agent_ready()
    floor.caller_waits()
    board = floor.centre.router._floor.board
    offer = board.offers[LEG]
    board.offers["a1-7.7.1"] = replace(offer, offer="a1-7.7.1", contact="a1-7.7")
    looking = Looking(floor)
    looking.at(HOLD, (cti.SeenLeg(LEG, "ringing", CALL),))
    found = looking.at(HOLD, (cti.SeenLeg(LEG, "ringing", CALL),))
    assert Finding("I4", "agent li-na is in 2 open offers") in found


def test_an_agent_whose_state_is_of_tomorrow_is_found(floor):
    floor.agent_ready()
    floor.centre.since["li-na"] = 1e10
    looking = Looking(floor)
    looking.at()
    assert [each.invariant for each in looking.at()] == ["I9"]


def test_files_that_stay_open_at_rest_are_found_and_a_busy_hour_is_not(floor):
    looking = Looking(floor)
    for _ in range(10):
        assert looking.at(use=Use(50, 10)) == []
    floor.caller_waits()
    assert looking.at(HOLD, use=Use(500, 200)) == []
    floor.told(cti.CallEnded(NODE, CALL, 16))
    assert looking.at(use=Use(500, 200)) == []
    looking.now += IDLE
    looking.at(use=Use(50 + SPARE.files + 1, 10))
    assert looking.at(use=Use(50 + SPARE.files + 1, 10)) == [
        Finding("I21", "files stay open though nobody has called for a minute")
    ]


def test_an_offer_that_outlives_its_caller_is_found(floor):
    floor.agent_ready()
    floor.caller_waits()
    offer = floor.centre.router._floor.board.offers[LEG]
    floor.told(cti.CallEnded(NODE, CALL, 16))
    floor.centre.router._floor.board.offers[LEG] = replace(offer, state=OfferState.PENDING)
    looking = Looking(floor)
    looking.at()
    looking.now += IDLE
    looking.at()
    assert {each.invariant for each in looking.at()} == {"I4", "I21"} or looking.audit.counts["I21"] == 1
