"""AMI events become what is told: each thing once, with the right cause. The event orders were seen on Asterisk 22."""

from __future__ import annotations

import pytest

from cti.asterisk.codec import Message
from cti.asterisk.translate import Translator
from cti.vocabulary import (
    CallEnded,
    CallId,
    LegAnswered,
    LegEnded,
    LegId,
    LegRang,
    NodeId,
    NodeSurveyed,
    PhoneSeen,
    SeenCall,
    SeenLeg,
    TalkBegan,
    Told,
)

pytestmark = pytest.mark.unit

NODE, CALL, LEG = NodeId("a1"), CallId("a1-17.2"), LegId("a1-17.2.1")


def event(name: str, **headers: str) -> Message:
    lines = [f"Event: {name}", *(f"{key}: {value}" for key, value in headers.items())]
    return Message("\r\n".join(lines).encode())


class Ears:
    """A translator with one caller at the door and one leg asked for at time 100."""

    def __init__(self, *, asked: bool = True) -> None:
        self.core = Translator(NODE)
        if asked:
            self.core.call_arrived(CALL)
            self.core.leg_asked(LEG, CALL, 100.0)

    def hear(self, *events: Message) -> list[Told]:
        return [told for each in events for told in self.core.heard(each)]


def ringing() -> Message:
    return event("Newstate", Uniqueid=LEG, ChannelState="5", ChannelStateDesc="Ringing")


def failed(reason: str) -> Message:
    return event("OriginateResponse", ActionID=f"leg:{LEG}", Response="Failure", Reason=reason, Uniqueid=LEG)


def hung_up(cause: int, channel: str = LEG) -> Message:
    return event("Hangup", Uniqueid=channel, Cause=str(cause))


def answered() -> list[Message]:
    return [
        event("Newstate", Uniqueid=LEG, ChannelState="6"),
        event("OriginateResponse", ActionID=f"leg:{LEG}", Response="Success", Reason="4", Uniqueid=LEG),
    ]


def bridged(channel: str, bridge: str = "b1") -> Message:
    return event("BridgeEnter", Uniqueid=channel, BridgeUniqueid=bridge)


def test_a_leg_rings_once() -> None:
    assert Ears().hear(ringing(), ringing()) == [LegRang(LEG)]


@pytest.mark.parametrize("caller_first", [True, False])
def test_a_talk_begins_when_both_are_in_one_bridge(caller_first: bool) -> None:
    first, second = (CALL, LEG) if caller_first else (LEG, CALL)
    ears = Ears()
    assert ears.hear(*answered(), bridged(first)) == []
    assert ears.hear(bridged(second)) == [TalkBegan(CALL, LEG)]
    assert ears.hear(bridged(LEG), bridged(CALL)) == []


def test_two_bridges_are_no_talk() -> None:
    assert Ears().hear(*answered(), bridged(CALL, "b1"), bridged(LEG, "b2")) == []


def test_a_second_talk_of_the_same_caller_is_told() -> None:
    ears = Ears()
    ears.hear(*answered(), bridged(CALL), bridged(LEG), hung_up(16))
    second = LegId("a1-17.2.2")
    ears.core.leg_asked(second, CALL, 200.0)
    assert ears.hear(bridged(CALL, "b2"), bridged(second, "b2")) == [TalkBegan(CALL, second)]


@pytest.mark.parametrize(
    ("reason", "channel_cause", "told"),
    [
        ("0", 17, 17),
        ("5", 0, 17),
        ("0", 21, 21),
        ("3", 19, 19),
        ("3", 0, 19),
        ("3", 16, 19),
        ("8", 34, 34),
        ("0", 16, 16),
        ("0", 0, 20),
    ],
)
@pytest.mark.parametrize("word_first", [True, False])
def test_an_unanswered_leg_ends_once_with_the_better_cause(
    reason: str, channel_cause: int, told: int, word_first: bool
) -> None:
    """The word about the dialling comes before the channel's end or after it: both were seen."""
    events = [failed(reason), hung_up(channel_cause)]
    ears = Ears()
    assert ears.hear(*(events if word_first else reversed(events))) == [LegEnded(NODE, LEG, told)]
    assert ears.hear(*events) == []


def test_a_phone_that_is_not_registered_never_had_a_channel() -> None:
    ears = Ears()
    word = failed("0")
    assert ears.hear(word) == []
    assert ears.core.leg_failed(word) == LEG
    assert ears.core.leg_never_was(LEG) == [LegEnded(NODE, LEG, 20)]
    assert ears.core.leg_never_was(LEG) == []


def test_a_living_leg_is_not_ended_by_waiting() -> None:
    assert Ears().core.leg_never_was(LEG) == []


def test_a_talking_leg_ends_once_with_its_cause() -> None:
    ears = Ears()
    ears.hear(*answered(), bridged(CALL), bridged(LEG))
    assert ears.hear(hung_up(16), hung_up(16)) == [LegEnded(NODE, LEG, 16)]


def test_a_leg_of_an_earlier_server_is_known_by_its_name() -> None:
    assert Ears(asked=False).hear(ringing(), hung_up(16)) == [LegRang(LEG), LegEnded(NODE, LEG, 16)]


@pytest.mark.parametrize("stranger", ["a1-17.2", "17.2", "a1-17.9;2", LEG + ";2", "", "other"])
def test_channels_that_are_no_legs_tell_nothing(stranger: str) -> None:
    state = event("Newstate", Uniqueid=stranger, ChannelState="5")
    assert Ears(asked=False).hear(state, bridged(stranger), hung_up(16, stranger)) == []


def test_last_words_end_a_call_once_with_its_last_talk() -> None:
    last = event("UserEvent", UserEvent="SwitchroomEnded", Last=f"{CALL}|1732220009.500|16|{LEG}|1732220000.125")
    assert Ears().hear(last, hung_up(16, CALL)) == [
        CallEnded(NODE, CALL, 16, at=1732220009.5, leg=LEG, answered_at=1732220000.125)
    ]


def test_a_call_without_last_words_still_ends() -> None:
    assert Ears().hear(hung_up(38, CALL), hung_up(38, CALL)) == [CallEnded(NODE, CALL, 38)]


@pytest.mark.parametrize("words", ["", "a|b", "|1|16||", "x" * 50])
def test_broken_last_words_tell_nothing(words: str) -> None:
    assert Ears().hear(event("UserEvent", UserEvent="SwitchroomEnded", Last=words)) == []


def test_a_phone_with_two_contacts_is_reachable_until_the_last_goes() -> None:
    def contact(uri: str, status: str) -> Message:
        return event("ContactStatus", EndpointName="alice", URI=uri, ContactStatus=status)

    told = Ears().hear(
        contact("a", "NonQualified"), contact("b", "Reachable"), contact("a", "Removed"), contact("b", "Removed")
    )
    assert [each.reachable for each in told if isinstance(each, PhoneSeen)] == [True, True, True, False]


@pytest.mark.parametrize(
    "name", ["Newstate", "BridgeEnter", "Hangup", "OriginateResponse", "UserEvent", "ContactStatus", "Weather"]
)
def test_events_without_their_headers_or_unknown_disturb_nothing(name: str) -> None:
    assert Ears().hear(event(name)) == []


def surveyed(*legs: SeenLeg, at: float = 110.0, place: str = "hold") -> NodeSurveyed:
    return NodeSurveyed(NODE, at, (SeenCall(CALL, place),), legs)


def test_a_survey_adds_legs_too_new_to_be_listed() -> None:
    assert Ears().core.surveyed(surveyed(at=101.0)).legs == (SeenLeg(LEG, "dialling", CALL),)
    assert Ears().core.surveyed(surveyed(at=103.0)).legs == ()


def test_a_leg_that_a_survey_misses_is_forgotten() -> None:
    ears = Ears()
    ears.core.surveyed(surveyed())
    assert not ears.core.lives(LEG)


def test_a_talk_that_a_survey_saw_is_not_told_again() -> None:
    ears = Ears(asked=False)
    ears.core.surveyed(surveyed(SeenLeg(LEG, "talk", CALL), place="talk"))
    assert ears.hear(bridged(CALL), bridged(LEG), hung_up(16)) == [LegEnded(NODE, LEG, 16)]


def test_a_talk_that_a_survey_saw_only_half_is_told_when_the_caller_joins() -> None:
    ears = Ears()
    assert ears.hear(bridged(LEG)) == []
    ears.core.surveyed(surveyed(SeenLeg(LEG, "talk", CALL)))
    assert ears.hear(bridged(CALL)) == [TalkBegan(CALL, LEG)]


def test_a_leg_refused_at_once_ends_once() -> None:
    ears = Ears()
    assert ears.core.leg_refused(LEG, 21) == [LegEnded(NODE, LEG, 21)]
    assert ears.hear(failed("0"), hung_up(17)) == []


# ── call-backs ──────────────────────────────────────────────────────────────────────────────────────────────────────

BACK, BACK_LEG = CallId("B-a1-17.2"), LegId("B-a1-17.2.1")


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("asked", [True, False])
def test_an_agent_who_answers_a_call_back_is_told_once_whichever_event_comes_first(first: int, asked: bool) -> None:
    ears = Ears(asked=False)
    if asked:
        ears.core.leg_asked(BACK_LEG, BACK, 100.0)
    events = [
        event("Newstate", Uniqueid=BACK_LEG, ChannelState="6"),
        event("OriginateResponse", ActionID=f"leg:{BACK_LEG}", Response="Success", Reason="4", Uniqueid=BACK_LEG),
    ]
    assert ears.hear(events[first], events[1 - first]) == [LegAnswered(BACK_LEG)]


CUSTOMER = CallId("a1-18.9")


def customer_bridged(bridge: str = "b1") -> Message:
    return event("BridgeEnter", Uniqueid=CUSTOMER, BridgeUniqueid=bridge, Linkedid=BACK_LEG)


@pytest.mark.parametrize("customer_first", [True, False])
def test_a_call_back_is_a_talk_with_the_customer_whom_its_leg_has_dialled(customer_first: bool) -> None:
    ears = Ears(asked=False)
    ears.core.leg_asked(BACK_LEG, BACK, 100.0)
    first, second = customer_bridged(), bridged(BACK_LEG)
    assert ears.hear(*((first, second) if customer_first else (second, first))) == [TalkBegan(CUSTOMER, BACK_LEG)]
    assert ears.hear(customer_bridged(), bridged(BACK_LEG)) == []
    assert ears.hear(hung_up(16, BACK_LEG)) == [LegEnded(NODE, BACK_LEG, 16)]


def test_nobody_else_in_a_bridge_is_the_customer_of_a_call_back() -> None:
    ears = Ears(asked=False)
    ears.core.leg_asked(BACK_LEG, BACK, 100.0)
    assert ears.hear(bridged("a1-18.7"), bridged(BACK_LEG)) == []


def test_a_second_leg_of_a_customer_who_was_called_back_is_bridged_like_any() -> None:
    ears, second = Ears(asked=False), LegId("B-a1-17.2.2")
    ears.core.leg_asked(BACK_LEG, BACK, 100.0)
    ears.hear(customer_bridged(), bridged(BACK_LEG))
    ears.core.leg_asked(second, CUSTOMER, 120.0)
    assert ears.hear(event("Newstate", Uniqueid=second, ChannelState="6")) == []
    assert ears.hear(bridged(second, "b2")) == []
    assert ears.hear(bridged(CUSTOMER, "b2")) == [TalkBegan(CUSTOMER, second)]


def test_a_leg_of_a_waiting_caller_that_answers_is_not_told() -> None:
    assert Ears().hear(*answered()) == []
