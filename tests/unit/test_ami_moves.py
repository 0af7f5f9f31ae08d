"""Each move of a talk as AMI actions, and what is told of the talks that follow."""

from __future__ import annotations

import pytest

from cti.asterisk.actions import Originate
from cti.asterisk.codec import Message
from cti.asterisk.moving import actions_for, listen
from cti.asterisk.translate import Translator
from cti.ids import call_of, consult_name, is_consult, is_listener, listener_leg
from cti.moves import ChangeEar, Confer, Connect, Ear, Keep, ListenIn, PutOnHold
from cti.vocabulary import CallId, LegAnswered, LegEnded, LegId, NodeId, NodeSurveyed, SeenCall, SeenLeg, TalkBegan

pytestmark = pytest.mark.unit

NODE, CALL = NodeId("a1"), CallId("a1-100.1")
LEG, ASKED, EAR = LegId("a1-100.1.1"), LegId("Q1-a1-100.1.1"), listener_leg("a1-100.1", 1)


def headers(move) -> list[dict[str, str]]:
    return [dict(action.headers()) for action in actions_for(move)]


def event(name: str, **more: str) -> Message:
    lines = [f"Event: {name}", *(f"{key}: {value}" for key, value in more.items())]
    return Message("\r\n".join(lines).encode())


def test_the_ids_of_consults_and_listeners_tell_their_call():
    assert consult_name(CALL, 1) == "Q1-a1-100.1"
    assert (call_of(LEG), call_of(ASKED), call_of(EAR)) == (CALL, CALL, CALL)
    assert [is_consult(one) for one in (LEG, ASKED, EAR)] == [False, True, False]
    assert [is_listener(one) for one in (LEG, ASKED, EAR)] == [False, False, True]


def test_a_hold_sends_both_away_in_one_action_and_keeps_the_call_from_ending_with_the_talk():
    safe, away = headers(PutOnHold(NODE, CALL, LEG))
    assert (safe["Variable"], safe["Value"]) == ("SR_DONE", "hold")
    assert (away["Channel"], away["Context"], away["ExtraChannel"], away["ExtraContext"]) == (
        CALL, "switchroom-hold", LEG, "switchroom-talk",
    )  # fmt: skip
    assert headers(PutOnHold(NODE, CALL, LEG, ringing=True))[1]["ExtraExten"] != away["ExtraExten"]


def test_a_leg_that_is_connected_stops_its_recording_first_and_bridges_last():
    asked = headers(Connect(NODE, CALL, ASKED))
    assert [one["Action"] for one in asked] == ["StopMixMonitor", "Setvar", "Setvar", "Setvar", "Redirect"]
    assert {one["Variable"]: one["Value"] for one in asked if one["Action"] == "Setvar"} == {
        "SR_PEER": CALL, "SR_ROUND": ASKED, "SR_AGAIN": "1",
    }  # fmt: skip
    assert ("SR_RECORDING", "x/y") in [
        (one.get("Variable"), one.get("Value")) for one in headers(Connect(NODE, CALL, EAR, "x/y"))
    ]


def test_all_three_meet_in_the_same_room():
    asked = headers(Confer(NODE, CALL, (LEG, ASKED), CALL))
    assert {one["Channel"] for one in asked if one.get("Variable") == "SR_MEET"} == {CALL, LEG, ASKED}
    moved = [one for one in asked if one["Action"] == "Redirect"]
    assert [(one["Channel"], one.get("ExtraChannel")) for one in moved] == [(LEG, ASKED), (CALL, None)]
    assert {one["Exten"] for one in moved} == {"meet"}


def test_a_leg_is_kept_and_an_ear_changed():
    assert headers(Keep(NODE, LEG))[0]["Exten"] == "kept"
    ears = {ear: headers(ChangeEar(NODE, EAR, LEG, ear))[1]["Value"] for ear in Ear}
    assert ears == {Ear.LISTEN: "", Ear.WHISPER: "w", Ear.BARGE: "B"}


def test_a_supervisor_is_rung_at_his_phone_to_hear_one_leg():
    rung = listen(ListenIn(NODE, EAR, CALL, "boss-1", 30.0, LEG, Ear.WHISPER, 'Li "Na"'), "PJSIP/{phone}")
    assert isinstance(rung, Originate)
    assert (rung.channel, rung.channel_id, rung.exten) == ("PJSIP/boss-1", EAR, "listen")
    assert dict(rung.variables) == {"SR_PEER": CALL, "SR_SPIED": LEG, "SR_EAR": "w"}


@pytest.fixture
def ears() -> Translator:
    """A caller in a talk with an agent."""
    made = Translator(NODE)
    made.call_arrived(CALL)
    made.leg_asked(LEG, CALL, 1.0)
    made.heard(event("BridgeEnter", Uniqueid=CALL, BridgeUniqueid="b1"))
    assert made.heard(event("BridgeEnter", Uniqueid=LEG, BridgeUniqueid="b1")) == [TalkBegan(CALL, LEG)]
    return made


@pytest.mark.parametrize("order", [(LEG, ASKED), (ASKED, LEG)])
def test_two_legs_in_one_bridge_are_a_consult_whoever_comes_first(ears, order):
    ears.leg_asked(ASKED, CallId(LEG), 2.0)
    told = [told for leg in order for told in ears.heard(event("BridgeEnter", Uniqueid=leg, BridgeUniqueid="b2"))]
    assert told == [TalkBegan(CallId(LEG), ASKED)]


def test_a_talk_after_a_move_is_told_anew_and_once(ears):
    ears.moved(Connect(NODE, CALL, LEG), 3.0)
    ears.heard(event("BridgeEnter", Uniqueid=CALL, BridgeUniqueid="b3"))
    again = [ears.heard(event("BridgeEnter", Uniqueid=LEG, BridgeUniqueid="b3")) for _ in range(2)]
    assert again == [[TalkBegan(CALL, LEG)], []]


def test_a_survey_that_was_asked_for_before_a_move_does_not_undo_it(ears):
    ears.leg_asked(ASKED, CallId(LEG), 2.0)
    ears.moved(Connect(NODE, CALL, ASKED), 5.0)
    seen = NodeSurveyed(
        NODE, 4.0, (SeenCall(CALL, "hold"),), (SeenLeg(LEG, "talk", CALL), SeenLeg(ASKED, "talk", CallId(LEG)))
    )
    ears.surveyed(seen)
    ears.heard(event("BridgeEnter", Uniqueid=CALL, BridgeUniqueid="b4"))
    assert ears.heard(event("BridgeEnter", Uniqueid=ASKED, BridgeUniqueid="b4")) == [TalkBegan(CALL, ASKED)]


def test_a_listener_tells_that_he_has_answered_and_that_he_is_gone(ears):
    ears.leg_asked(EAR, CALL, 2.0)
    answered = event("OriginateResponse", ActionID=f"leg:{EAR}", Response="Success")
    assert ears.heard(answered) == [LegAnswered(EAR)]
    assert ears.heard(event("Hangup", Uniqueid=EAR, Cause="16")) == [LegEnded(NODE, EAR, 16)]
