"""Customers whom we dial: what was heard of who answered, why nobody did, and each told once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cti.asterisk.codec import Message
from cti.asterisk.dialling import failure as failure_of
from cti.asterisk.dialling import originate, read_heard
from cti.asterisk.survey import read_channels, read_last_words
from cti.asterisk.translate import Translator
from cti.dial_vocabulary import CustomerAnswered, CustomerRang, DialCustomer, DialFailed, Failure, Heard
from cti.ids import CallId, LegId, NodeId, call_of, is_dialled
from cti.vocabulary import CallEnded, LegEnded, LegRang, NodeSurveyed, SeenCall

pytestmark = pytest.mark.unit

Events = Callable[[str, Message], list[Message]]
NODE, CALL = NodeId("a1"), CallId("D17")
DIAL = DialCustomer(NODE, CALL, "+12015551234", "+18005550100", 25.0, detect=True)


def message(event: str, **headers: str) -> Message:
    return Message("\r\n".join(f"{name}: {value}" for name, value in {"Event": event, **headers}.items()).encode())


def words(cause: int, heard: str = "", call: str = CALL) -> Message:
    last = f"{call}|1700000030.500|{cause}|||+18005550100|+12015551234|||||{heard}"
    return message("UserEvent", UserEvent="SwitchroomEnded", Last=last)


@pytest.fixture
def ears() -> Translator:
    ears = Translator(NODE)
    ears.dials.asked(CALL, 1700000000.0)
    return ears


def test_the_id_of_a_customers_call_and_of_his_legs():
    assert is_dialled("D17")
    assert not any(map(is_dialled, ("a1-17.2", "D17.1", "B-D17", "D", "DD1")))
    assert call_of("D17.1") == "D17"


def test_the_originate_names_the_call_shows_our_number_and_hangs_the_last_words_on_it():
    headers = dict(originate(DIAL, "carrier").headers())
    assert headers["Channel"] == "PJSIP/+12015551234@carrier"
    assert headers["ChannelId"] == "D17"
    assert headers["Timeout"] == "25000"
    assert headers["CallerID"] == '"" <+18005550100>'
    variables = [value for name, value in originate(DIAL, "carrier").headers() if name == "Variable"]
    assert r"CHANNEL(hangup_handler_push)=switchroom-end\,s\,1" in variables
    assert "SR_EAR=yes" in variables
    assert "SR_BEEP=" in variables


@pytest.mark.parametrize(
    ("text", "heard", "greeted_at"),
    [
        ("100.5:HUMAN:HUMAN-600-600:103.2:0", Heard.HUMAN, 102.6),
        ("100.5:MACHINE:LONGGREETING-2500-2500:103.2:0", Heard.MACHINE, 103.2),
        ("100.5:MACHINE:MAXWORDS-13-12:103.2:0", Heard.MACHINE, 103.2),
        ("100.5:MACHINE:LONGGREETING-2500-2500:103.2:1", Heard.FAX, 103.2),
        ("100.5:MACHINE:INITIALSILENCE-3500-3500:104.0:0", Heard.SILENT, 104.0),
        ("100.5:NOTSURE:TOOLONG-5000:105.5:0", Heard.UNSURE, 105.5),
        ("100.5:::100.5:0", Heard.NOTHING, 100.5),
        ("100.5", Heard.NOTHING, 100.5),
    ],
)
def test_what_was_heard_of_who_answered(text: str, heard: Heard, greeted_at: float):
    opened = read_heard(text)
    assert opened is not None
    assert (opened.opened_at, opened.heard, opened.greeted_at) == (100.5, heard, greeted_at)


@pytest.mark.parametrize("text", ["", "x", ":HUMAN:", "-1"])
def test_a_line_that_nobody_opened_was_not_answered(text: str):
    assert read_heard(text) is None


@pytest.mark.parametrize(
    ("cause", "sip", "rang", "why"),
    [
        (17, 486, True, Failure.BUSY),
        (17, 600, False, Failure.BUSY),
        (19, 480, True, Failure.NO_ANSWER),
        (0, 180, True, Failure.NO_ANSWER),
        (0, 183, False, Failure.NO_ANSWER),
        (0, 100, False, Failure.CONGESTION),
        (0, 0, False, Failure.CONGESTION),
        (18, 408, False, Failure.CONGESTION),
        (18, 408, True, Failure.NO_ANSWER),
        (34, 503, False, Failure.CONGESTION),
        (38, 500, False, Failure.CONGESTION),
        (42, 0, False, Failure.CONGESTION),
        (3, 404, False, Failure.BAD_NUMBER),
        (3, 0, False, Failure.CONGESTION),
        (1, 404, False, Failure.BAD_NUMBER),
        (1, 503, False, Failure.BAD_NUMBER),
        (28, 484, False, Failure.BAD_NUMBER),
        (21, 403, True, Failure.REJECTED),
        (21, 603, False, Failure.REJECTED),
        (127, 603, False, Failure.REJECTED),
    ],
)
def test_why_nobody_answered(cause: int, sip: int, rang: bool, why: Failure):
    assert failure_of(cause, sip, rang=rang, dropped=False) is why


def test_what_we_ended_ourselves_was_cancelled_unless_the_network_was_quicker():
    assert failure_of(16, 0, rang=True, dropped=True) is Failure.CANCELLED
    assert failure_of(16, 487, rang=True, dropped=True) is Failure.CANCELLED
    assert failure_of(17, 486, rang=True, dropped=True) is Failure.BUSY


def test_a_dial_that_rings_and_is_answered_is_told_once_each(ears: Translator):
    ringing = message("Newstate", Uniqueid=CALL, ChannelState="5", ChannelStateDesc="Ringing")
    assert ears.heard(ringing) == [CustomerRang(NODE, CALL)]
    assert ears.heard(ringing) == []
    answer = message("OriginateResponse", Response="Success", ActionID="dial:D17", Timestamp="1700000012.250000")
    assert ears.heard(answer) == [CustomerAnswered(NODE, CALL, 1700000012.25)]
    assert ears.heard(answer) == []
    assert ears.dials.answered(CALL, 1700000012.2) == []


@pytest.fixture(params=["hangup first", "answer first"])
def events(request: pytest.FixtureRequest) -> Events:
    """The two events that end a failed dial, which come in either order."""

    def in_order(reason: str, gone: Message) -> list[Message]:
        answer = message("OriginateResponse", Response="Failure", ActionID="dial:D17", Reason=reason)
        return [gone, answer] if request.param == "hangup first" else [answer, gone]

    return in_order


def test_a_dial_that_fails_is_told_once_with_the_status_of_its_channel(ears: Translator, events: Events):
    assert ears.heard(words(17)) == []
    gone = message("Hangup", Uniqueid=CALL, Cause="17", TechCause="486")
    assert [told for each in events("0", gone) for told in ears.heard(each)] == [
        DialFailed(NODE, CALL, Failure.BUSY, 17, 486)
    ]
    assert ears.dials.never_was(CALL, Failure.CONGESTION) == []
    assert ears.heard(gone) == []


@pytest.mark.parametrize(("heard", "why"), [
    ("nothing", Failure.CONGESTION), ("ringing", Failure.NO_ANSWER), ("early media", Failure.NO_ANSWER),
])  # fmt: skip
def test_when_time_is_up_the_network_is_to_blame_unless_it_had_reached_him(
    ears: Translator, events: Events, heard: str, why: Failure
):
    if heard == "ringing":
        ears.heard(message("Newstate", Uniqueid=CALL, ChannelState="5", ChannelStateDesc="Ringing"))
    elif heard == "early media":
        ears.heard(message("DialState", DestUniqueid=CALL, DialStatus="PROGRESS"))
    gone = message("Hangup", Uniqueid=CALL, Cause="19", TechCause="480")
    assert [told for each in events("3", gone) for told in ears.heard(each)] == [DialFailed(NODE, CALL, why, 19, 480)]


def test_a_telephone_that_is_switched_off_is_no_fault_of_ours(ears: Translator, events: Events):
    gone = message("Hangup", Uniqueid=CALL, Cause="19", TechCause="480")
    [failed] = [told for each in events("0", gone) for told in ears.heard(each)]
    assert failed == DialFailed(NODE, CALL, Failure.NO_ANSWER, 19, 480)


def test_a_dial_without_a_channel_fails_by_the_answer_alone(ears: Translator):
    answer = message("OriginateResponse", Response="Failure", ActionID="dial:D17", Reason="0")
    assert ears.heard(answer) == []
    assert ears.dials.failed(answer) == CALL
    assert ears.dials.never_was(CALL, Failure.CONGESTION) == [DialFailed(NODE, CALL, Failure.CONGESTION, 0)]
    assert ears.dials.never_was(CALL, Failure.CONGESTION) == []


def test_a_dial_of_an_earlier_server_fails_by_its_last_words():
    told = Translator(NODE).heard(words(17))
    assert told == [DialFailed(NODE, CALL, Failure.BUSY, 17, at=1700000030.5)]


def test_an_answered_customer_ends_once_with_what_was_heard_of_him(ears: Translator):
    ears.dials.answered(CALL, 1700000010.0)
    [ended] = ears.heard(words(16, "1700000010.000:HUMAN:HUMAN-600-600:1700000012.600:0"))
    assert ended == CallEnded(
        NODE, CALL, 16, 1700000030.5, called="+18005550100", number="+12015551234",
        heard="human", greeted_at=1700000012.0, opened_at=1700000010.0,
    )  # fmt: skip
    assert ears.heard(message("Hangup", Uniqueid=CALL, Cause="16")) == []


def test_an_answered_customer_whose_last_words_are_lost_ends_with_his_channel(ears: Translator):
    ears.dials.answered(CALL, 1700000010.0)
    assert ears.heard(message("Hangup", Uniqueid=CALL, Cause="16")) == [CallEnded(NODE, CALL, 16)]


def test_an_agents_leg_for_a_customer_is_known_by_its_name():
    ears = Translator(NODE)
    ringing = message("Newstate", Uniqueid="D17.1", ChannelState="5", ChannelStateDesc="Ringing")
    assert ears.heard(ringing) == [LegRang(LegId("D17.1"))]
    assert ears.heard(message("Hangup", Uniqueid="D17.1", Cause="17")) == [LegEnded(NODE, LegId("D17.1"), 17)]


def test_a_survey_shows_who_is_being_dialled_also_the_newest(ears: Translator):
    ringing = message("Status", Uniqueid="D3", ChannelState="5", Variable="SR_CALLED=")
    listening = message("Status", Uniqueid="D4", ChannelState="6", Context="switchroom-out")
    calls, legs = read_channels([ringing, listening])
    assert calls == (SeenCall(CallId("D3"), "dialling"), SeenCall(CallId("D4"), "flow"))
    seen = ears.surveyed(NodeSurveyed(NODE, 1700000001.0, calls, legs))
    assert [(each.call, each.place) for each in seen.calls] == [("D3", "dialling"), ("D4", "flow"), (CALL, "dialling")]
    [failed] = ears.heard(message("Hangup", Uniqueid="D3", Cause="17"))
    assert failed == DialFailed(NODE, CallId("D3"), Failure.BUSY, 17)
    later = ears.surveyed(NodeSurveyed(NODE, 1700000009.0, (), ()))
    assert later.calls == ()
    assert CALL not in ears.dials


def test_last_words_of_before_are_read_as_before():
    assert isinstance(read_last_words(NODE, "a1-17.2|1700000030.500|16||"), CallEnded)
    assert isinstance(read_last_words(NODE, "a1-17.2|1700000030.500|16|||800|555||||-1"), CallEnded)
    assert read_last_words(NODE, "a1-17.2|1") is None
