"""A talk told step by step: what the switch is asked, what is put on record, what is refused, what a survey mends."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_centre import CALL, LEG, NODE, Floor

import acd.messages as acd
import cti.moves as moves
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
import recordings.messages as rec
from desk.talk_vocabulary import (
    AgentAskedConsult,
    AgentAskedTransfer,
    AgentWished,
    Ear,
    Kind,
    SupervisorAskedEar,
    SupervisorWentOff,
    Wish,
)
from switchroom import deployment, talk, talk_diagram, tape
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.talk import Standing
from switchroom.turn import Turn

pytestmark = pytest.mark.unit

STATES_PAGE = Path(__file__).parents[2] / "docs" / "talk-states.md"
ASKED = cti.LegId(f"Q1-{CALL}.1")
EAR = cti.LegId(f"S1-{CALL}.1")


@pytest.fixture(scope="module")
def plan() -> Plan:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults, faults
    return Plan(floor, "86")


@pytest.fixture
def floor(plan) -> Floor:
    """Li Na talks with a caller; Wang Wei is ready."""
    made = Floor(plan)
    made.told(cti.NodeFound(NODE, 0.0))
    made.survey(phones=tuple(agent.phone for agent in plan.agents.values()))
    made.agent_ready()
    made.caller_waits()
    made.told(cti.TalkBegan(CALL, LEG))
    made.told(desk.AgentCameOn("wang-wei"))
    made.told(desk.AgentAskedReady("wang-wei"))
    return made


def wish(what: Wish, agent: str = "li-na") -> AgentWished:
    return AgentWished(agent, CALL, what)


def asked_of_switch(effects) -> list:
    return [e for e in effects if isinstance(e, cti.Asked) and not isinstance(e, cti.SurveyNode)]


def consult(floor, *, met: bool = True) -> None:
    floor.told(AgentAskedConsult("li-na", CALL, Kind.AGENT, "wang-wei"))
    if met:
        floor.told(cti.TalkBegan(LEG, ASKED))


def stand(floor) -> talk.Stand:
    return floor.centre.contacts[CALL].stand


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_is_what_the_table_says():
    assert STATES_PAGE.read_text(encoding="utf-8") == talk_diagram.page(), "stale: run `python docs/make_states.py`"


def test_every_standing_can_be_reached_and_left():
    moved = {(state, target) for (state, _), target in talk.TABLE.items() if state is not target}
    assert {target for _, target in moved} == {state for state, _ in moved} == set(Standing)


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("step", talk.Step)
def test_what_is_not_listed_is_refused_with_what_would_help(standing, step):
    if (standing, step) not in talk.TABLE:
        with pytest.raises(talk.NotNow, match=r"\w+ \w+"):
            talk.target(standing, step)


# ── hold ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_is_one_act_however_often_it_is_pressed(floor):
    first, second = floor.told(wish(Wish.HOLD)), floor.told(wish(Wish.HOLD))
    assert asked_of_switch(first) == [moves.PutOnHold(NODE, CALL, LEG)]
    assert second == []
    back, again = floor.told(wish(Wish.RETRIEVE), after=7.0), floor.told(wish(Wish.RETRIEVE))
    assert asked_of_switch(back) == [moves.Connect(NODE, CALL, LEG)]
    assert again == []
    (ended,) = floor.kinds(facts.HoldEnded)
    assert ended.held == pytest.approx(7.1)


def test_a_caller_who_hangs_up_on_hold_frees_the_agent_whose_phone_is_dropped(floor):
    floor.told(wish(Wish.HOLD))
    effects = floor.told(cti.CallEnded(NODE, CALL, 16), after=3.0)
    assert [type(e) for e in effects if isinstance(e, facts.HoldEnded | facts.TalkEnded | facts.CallEnded)] == [
        facts.HoldEnded, facts.TalkEnded, facts.CallEnded,
    ]  # fmt: skip
    assert cti.DropLeg(NODE, LEG) in effects
    assert floor.kinds(facts.CallEnded)[0].outcome == "answered"
    assert floor.centre.router.agents()["li-na"].state == "wrap_up"


def test_a_caller_who_hangs_up_after_a_hold_leaves_no_leg_though_nobody_joined_them_again(floor):
    floor.told(wish(Wish.HOLD))
    floor.told(wish(Wish.RETRIEVE), after=7.0)
    assert cti.DropLeg(NODE, LEG) in floor.told(cti.CallEnded(NODE, CALL, 16), after=1.0)


def test_a_caller_whose_agent_is_gone_meanwhile_waits_again_at_the_head_by_his_first_request(floor):
    asked_at = floor.kinds(facts.CallerQueued)[0].asked_at
    floor.told(wish(Wish.HOLD))
    effects = floor.told(cti.LegEnded(NODE, LEG, 16), after=30.0)
    again = floor.kinds(facts.CallerQueued)[1]
    assert (again.asked_at, again.at_head, again.queue) == (asked_at, True, "cards")
    assert again.at + floor.kinds(facts.CallerQueued)[0].limit == pytest.approx(again.asked_at + again.limit)
    (rung,) = [e for e in effects if isinstance(e, cti.RingAgent)]
    assert (rung.phone, rung.round) == ("agent2", 2)


# ── passing on ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_transfer_frees_the_agent_shows_the_caller_and_then_rings(floor):
    effects = floor.told(AgentAskedTransfer("li-na", CALL, Kind.AGENT, "wang-wei"))
    kinds = [type(e) for e in effects]
    assert kinds.index(facts.TalkEnded) < kinds.index(facts.CallerTransferred) < kinds.index(facts.CallerQueued)
    assert kinds.index(cti.DropLeg) < kinds.index(cti.RingAgent)
    assert kinds.index(desk.ShowContact) < kinds.index(cti.RingAgent)
    (shown,) = [e for e in effects if isinstance(e, desk.ShowContact)]
    assert (shown.agent, shown.context.contact) == ("wang-wei", CALL)
    assert shown.context.path
    assert floor.centre.router.agents()["li-na"].state == "wrap_up"
    assert floor.told(AgentAskedTransfer("li-na", CALL, Kind.AGENT, "wang-wei")) == [], "a double click"


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [(Kind.QUEUE, "nowhere", "there are"), (Kind.FLOW, "nowhere", "there are"), (Kind.AGENT, "nobody", "no agent"),
     (Kind.AGENT, "li-na", "yourself"), (Kind.AGENT, "zhang-min", "cannot be rung now")],
)  # fmt: skip
@pytest.mark.parametrize("ask", [AgentAskedTransfer, AgentAskedConsult])
def test_nobody_of_that_name_is_refused_with_what_there_is_and_nothing_changes(floor, ask, kind, target, words):
    before = len(floor.facts)
    with pytest.raises(desk.Refused):
        floor.told(ask("li-na", CALL, kind, target))
    if not (ask is AgentAskedConsult and kind is Kind.FLOW):
        with pytest.raises(desk.Refused, match=words):
            floor.told(ask("li-na", CALL, kind, target))
    assert (len(floor.facts), stand(floor).standing) == (before, Standing.TOGETHER)


def test_a_number_outside_is_dialled_once_and_a_caller_who_is_not_connected_waits_again(floor):
    floor.told(AgentAskedTransfer("li-na", CALL, Kind.OUTSIDE, "95588"))
    came = cti.CallerArrived(NODE, CALL, "13800000001", "", "4008009", LEG, 1000.0)
    (dialled,) = asked_of_switch(floor.told(came))
    assert isinstance(dialled, cti.ForwardCaller)
    back = cti.CallerArrived(NODE, CALL, "13800000001", "", "4008009", LEG, 1000.0, task=dialled.task)
    assert asked_of_switch(floor.told(back)) == [], "how it ended is told next"
    floor.told(cti.ForwardEnded(CALL, "busy", "95588", dialled.task))
    assert [fact.why for fact in floor.kinds(facts.TransferMade)] == ["busy"]
    assert floor.kinds(facts.CallerQueued)[1].at_head


def test_who_has_no_talk_with_the_caller_is_refused(floor):
    for told in (wish(Wish.HOLD, "wang-wei"), AgentWished("li-na", "a1-9.9", Wish.HOLD)):
        with pytest.raises(desk.Refused, match="no talk with this caller"):
            floor.told(told)


# ── consult ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_asked_sees_the_caller_before_his_phone_rings_at_the_asking_agents_leg(floor):
    effects = floor.told(AgentAskedConsult("li-na", CALL, Kind.AGENT, "wang-wei"))
    assert [type(e) for e in effects if isinstance(e, moves.PutOnHold | desk.ShowContact | cti.RingAgent)] == [
        moves.PutOnHold, desk.ShowContact, cti.RingAgent,
    ]  # fmt: skip
    (rung,) = [e for e in effects if isinstance(e, cti.RingAgent)]
    (shown,) = [e for e in effects if isinstance(e, desk.ShowContact)]
    assert (rung.leg, rung.call, shown.asked_by) == (ASKED, LEG, "li-na")
    assert {fact.contact for fact in floor.facts if getattr(fact, "contact", "")} == {CALL}, "one id throughout"


def test_completing_gives_the_caller_to_who_was_asked_and_nothing_twice(floor):
    consult(floor)
    effects = floor.told(wish(Wish.COMPLETE), after=20.0)
    assert asked_of_switch(effects) == [moves.Connect(NODE, CALL, ASKED), cti.DropLeg(NODE, LEG)]
    assert floor.told(wish(Wish.COMPLETE)) == []
    agents = floor.centre.router.agents()
    assert (agents["li-na"].state, agents["wang-wei"].state) == ("wrap_up", "talking")
    floor.told(cti.LegEnded(NODE, ASKED, 16), after=10.0)
    ends = floor.kinds(facts.TalkEnded)
    assert [(end.agent, end.offer) for end in ends] == [("li-na", LEG), ("wang-wei", ASKED)]
    assert agents["wang-wei"].state == "wrap_up"


def test_the_recording_of_who_was_asked_is_as_long_as_his_leg_was_bridged(floor):
    consult(floor)
    floor.told(wish(Wish.COMPLETE), after=20.0)
    effects = floor.told(cti.LegEnded(NODE, ASKED, 16), after=10.0)
    kept = [e for e in effects if isinstance(e, rec.KeepRecording)]
    assert all(each.talked == pytest.approx(30.0) for each in kept)
    (ended,) = [e for e in effects if isinstance(e, facts.TalkEnded)]
    assert ended.talked == pytest.approx(10.0), "with the caller"


@pytest.mark.parametrize(("cause", "why"), [(21, "refused"), (19, "timed_out"), (20, "failed")])
def test_who_refuses_leaves_the_caller_with_his_agent_who_may_ask_again(floor, cause, why):
    consult(floor, met=False)
    effects = floor.told(cti.LegEnded(NODE, ASKED, cause))
    assert [fact.why for fact in floor.kinds(facts.ConsultEnded)] == [why]
    assert moves.Keep(NODE, LEG) in effects
    assert stand(floor).standing is Standing.HELD
    floor.told(wish(Wish.RETRIEVE))
    assert stand(floor).standing is Standing.TOGETHER


def test_who_answers_after_the_consult_was_cancelled_is_dropped(floor):
    consult(floor, met=False)
    floor.told(wish(Wish.CANCEL))
    assert cti.DropLeg(NODE, ASKED, CALL) in floor.told(cti.TalkBegan(LEG, ASKED))
    assert stand(floor).standing is Standing.TOGETHER


def test_in_a_conference_who_had_the_caller_may_go(floor):
    consult(floor)
    floor.told(wish(Wish.CONFERENCE))
    floor.told(cti.LegEnded(NODE, LEG, 16))
    contact = floor.centre.contacts[CALL]
    assert (contact.offer, contact.agent, contact.stand.in_room) == (ASKED, "wang-wei", True)
    effects = floor.told(cti.LegEnded(NODE, ASKED, 16))
    assert cti.FetchCaller(NODE, CALL) in effects, "he is alone in the room"


# ── supervisors ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_supervisor_hears_whispers_and_goes_and_each_is_kept_with_who_when_and_whom(floor):
    floor.told(SupervisorAskedEar("boss", CALL, Ear.LISTEN, "boss1"))
    floor.told(cti.LegAnswered(EAR))
    effects = floor.told(SupervisorAskedEar("boss", CALL, Ear.WHISPER))
    assert asked_of_switch(effects) == [moves.ChangeEar(NODE, EAR, LEG, moves.Ear.WHISPER)]
    assert floor.told(SupervisorAskedEar("boss", CALL, Ear.WHISPER)) == []
    floor.told(SupervisorWentOff("boss", CALL), after=5.0)
    kept = [f for f in floor.facts if type(f).__name__.startswith("Supervisor")]
    assert [type(f).__name__ for f in kept] == [
        "SupervisorJoined", "SupervisorHeard", "SupervisorChanged", "SupervisorLeft",
    ]  # fmt: skip
    assert {(f.by, f.agent, f.contact) for f in kept} == {("boss", "li-na", CALL)}
    assert kept[-1].heard == pytest.approx(5.2)


def test_a_supervisor_who_takes_over_without_having_listened_is_rung_first(floor):
    rung = floor.told(SupervisorAskedEar("boss", CALL, Ear.TAKE_OVER, "boss1"))
    assert [type(e) for e in asked_of_switch(rung)] == [moves.ListenIn]
    effects = floor.told(cti.LegAnswered(EAR))
    assert [type(e) for e in asked_of_switch(effects)] == [moves.PutOnHold, moves.Connect, cti.DropLeg]
    assert floor.centre.contacts[CALL].agent == "boss"
    assert floor.told(SupervisorAskedEar("boss", CALL, Ear.TAKE_OVER)) == []


@pytest.mark.parametrize(("phone", "words"), [("", "which phone"), ("agent2", "is the phone of")])
def test_a_supervisor_is_rung_at_his_own_phone_only(floor, phone, words):
    with pytest.raises(desk.Refused, match=words):
        floor.told(SupervisorAskedEar("boss", CALL, Ear.LISTEN, phone))


def test_a_caller_who_is_handed_over_takes_the_listener_with_him(floor):
    floor.told(SupervisorAskedEar("boss", CALL, Ear.LISTEN, "boss1"))
    floor.told(cti.LegAnswered(EAR))
    consult(floor)
    asked = asked_of_switch(floor.told(wish(Wish.COMPLETE)))
    moved = moves.ChangeEar(NODE, EAR, ASKED, moves.Ear.LISTEN)
    assert asked.index(moved) < asked.index(cti.DropLeg(NODE, LEG)), "before the leg that he hears is gone"


# ── our death between the record and the act ────────────────────────────────────────────────────────────────────────


def killed_before_acting(floor, told) -> None:
    floor.told(told)
    floor.open()
    floor.told(cti.NodeFound(NODE, 0.0))


@pytest.mark.parametrize(
    ("steps", "place", "leg_state", "again"),
    [
        ([Wish.HOLD], "talk", "talk", moves.PutOnHold(NODE, CALL, LEG)),
        ([Wish.HOLD, Wish.RETRIEVE], "hold", "answered", moves.Connect(NODE, CALL, LEG)),
    ],
)
def test_what_was_recorded_and_never_moved_is_moved_by_the_first_survey(floor, steps, place, leg_state, again):
    for step in steps[:-1]:
        floor.told(wish(step))
    killed_before_acting(floor, wish(steps[-1]))
    seen = cti.SeenCall(CALL, place, LEG, 1000.0)
    effects = floor.survey((seen,), (cti.SeenLeg(LEG, leg_state, CALL),))
    assert asked_of_switch(effects) == [again]


def test_a_completed_consult_that_never_moved_the_caller_is_moved_and_the_first_agents_leg_dropped(floor):
    consult(floor)
    killed_before_acting(floor, wish(Wish.COMPLETE))
    seen = cti.SeenCall(CALL, "hold", LEG, 1000.0)
    effects = floor.survey((seen,), (cti.SeenLeg(LEG, "talk", CALL), cti.SeenLeg(ASKED, "talk", cti.CallId(LEG))))
    asked = asked_of_switch(effects)
    assert moves.Connect(NODE, CALL, ASKED) in asked
    assert cti.DropLeg(NODE, LEG, CALL) in asked


def test_a_transfer_that_never_left_the_agent_is_finished_by_dropping_his_leg(floor):
    killed_before_acting(floor, AgentAskedTransfer("li-na", CALL, Kind.QUEUE, "loans"))
    seen = cti.SeenCall(CALL, "talk", LEG, 1000.0)
    effects = floor.survey((seen,), (cti.SeenLeg(LEG, "talk", CALL),))
    assert cti.DropLeg(NODE, LEG, CALL) in effects
    assert len(floor.kinds(facts.CallerTransferred)) == 1


def test_an_agent_who_was_gone_before_he_was_told_to_ask_somebody_has_nobody_rung_for_him(floor):
    floor.now += 60.0
    floor.told(wish(Wish.HOLD))
    floor.told(AgentAskedConsult("li-na", CALL, Kind.AGENT, "wang-wei"), after=5.0)
    seen = cti.SeenCall(CALL, "hold", LEG, floor.now - 60.0)
    ringing = cti.SeenLeg(ASKED, "ringing", cti.CallId(LEG))
    effects = floor.told(cti.NodeSurveyed(NODE, floor.now + 0.3, (seen,), (ringing,)))
    assert [fact.talked for fact in floor.kinds(facts.TalkEnded)] == [pytest.approx(65.0, abs=1.0)]
    assert cti.DropLeg(NODE, ASKED) in effects
    assert len(floor.kinds(facts.ConsultEnded)) == 1


def test_a_consult_whose_leg_is_nowhere_has_come_to_nothing_and_is_not_rung_twice(floor):
    consult(floor)
    floor.open()
    floor.told(cti.NodeFound(NODE, 0.0))
    seen = cti.SeenCall(CALL, "hold", LEG, 1000.0)
    effects = floor.survey((seen,), (cti.SeenLeg(LEG, "answered", CALL),))
    assert not [e for e in effects if isinstance(e, cti.RingAgent)]
    assert stand(floor).standing is Standing.HELD




# ── the tape ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "message",
    [
        AgentWished("li-na", CALL, Wish.CONFERENCE),
        AgentAskedTransfer("li-na", CALL, Kind.OUTSIDE, "95588"),
        AgentAskedConsult("li-na", CALL, Kind.QUEUE, "loans"),
        SupervisorAskedEar("boss", CALL, Ear.TAKE_OVER, "boss1"),
        SupervisorWentOff("boss", CALL),
    ],
)
def test_what_is_told_of_a_talk_is_read_from_the_tape_as_it_was(message):
    assert [*tape.read(tape.write([(1000.5, message)]))] == [(1000.5, message)]


def test_what_a_saved_floor_means_for_who_is_asked_is_told_of_the_consult(floor, monkeypatch):
    floor.told(AgentAskedConsult("li-na", CALL, Kind.QUEUE, "loans"))
    widened = acd.ContactWidened(acd.ContactId(f"Q1-{CALL}"), "loans", 1, "")
    monkeypatch.setattr(type(floor.centre.router), "reconfigure", lambda *_: [widened])
    turn = Turn(floor.now)
    deployment.put_in_force(floor.centre, turn)
    wider = [e for e in turn.effects if isinstance(e, facts.ConsultWidened | facts.CallerWidened)]
    assert wider == [facts.ConsultWidened(floor.now, CALL, 1, "")]
