"""Asterisk's lists become the truth about our calls, legs and phones."""

from __future__ import annotations

import pytest

from cti.asterisk.codec import Message
from cti.asterisk.survey import read_channels, read_ended, read_phones
from cti.vocabulary import CallEnded, SeenCall, SeenLeg

pytestmark = pytest.mark.unit


def line(name: str, *headers: str) -> Message:
    return Message("\r\n".join([f"Event: {name}", *headers]).encode())


def channel(uniqueid: str, *headers: str, called: str = "(null)", peer: str = "(null)") -> Message:
    unset = [
        f"Variable: {name}=(null)"
        for name in ("SHARED(SR_LEG)", "SHARED(SR_ANSWERED)")
        if not any(name in h for h in headers)
    ]
    return line(
        "Status",
        f"Uniqueid: {uniqueid}",
        f"Variable: SR_CALLED={called}",
        f"Variable: SR_PEER={peer}",
        *unset,
        *headers,
    )


def test_callers_are_in_the_flow_on_hold_or_talking() -> None:
    calls, legs = read_channels(
        [
            channel("a1-1.1", "Context: switchroom-door", "ChannelState: 6", called="100"),
            channel("a1-1.2", "Context: switchroom-hold", "BridgeID: ", called="100"),
            channel(
                "a1-1.3", "Context: switchroom-hold", "BridgeID: b1", "Variable: SHARED(SR_LEG)=a1-1.3.1",
                "Variable: SHARED(SR_ANSWERED)=1732220000.125", called="100",
            ),
        ]
    )  # fmt: skip
    assert legs == ()
    assert calls == (
        SeenCall("a1-1.1", "flow"), SeenCall("a1-1.2", "hold"), SeenCall("a1-1.3", "talk", "a1-1.3.1", 1732220000.125),
    )  # fmt: skip


def test_the_leg_of_a_call_back_has_the_customer_whom_it_has_reached() -> None:
    customer = ("Context: switchroom-away", "BridgeID: b1", "Variable: SHARED(SR_LEG)=B-a1-1.3.1")
    found = [
        channel("B-a1-1.3.1", "ChannelState: 6", "BridgeID: b1", peer="B-a1-1.3"),
        channel("a1-9.9", *customer, called="1380000"),
    ]
    for lines in (found, found[::-1]):
        calls, legs = read_channels(lines)
        assert calls == (SeenCall("a1-9.9", "talk", "B-a1-1.3.1"),)
        assert legs == (SeenLeg("B-a1-1.3.1", "talk", "a1-9.9"),)


def test_legs_are_dialling_ringing_answered_or_talking() -> None:
    _, legs = read_channels(
        [
            channel("a1-1.1.1", "ChannelState: 0", peer="a1-1.1"),
            channel("a1-1.1.2", "ChannelState: 5", peer="a1-1.1"),
            channel("a1-1.1.3", "ChannelState: 6", peer="a1-1.1"),
            channel("a1-1.1.4", "ChannelState: 6", "BridgeID: b", peer="a1-1.1"),
            channel("a1-1.1.4;2", "ChannelState: 6", peer="a1-1.1"),
        ]
    )
    assert legs == tuple(
        SeenLeg(f"a1-1.1.{n}", state, "a1-1.1")
        for n, state in enumerate(("dialling", "ringing", "answered", "talk"), start=1)
    )


def test_other_channels_are_not_ours() -> None:
    assert read_channels([channel("a1-1.9"), line("Weather", "Uniqueid: x")]) == ((), ())


def test_remembered_ends_are_read_oldest_first_and_broken_ones_left_out() -> None:
    ended = read_ended(
        "a1",
        [
            line("DBGetTreeResponse", "Key: /switchroom-ended/0002", "Val: a1-1.2|20.500|16||"),
            line("DBGetTreeResponse", "Key: /switchroom-ended/0001", "Val: a1-1.1|10.500|17|a1-1.1.1|5.250"),
            line("DBGetTreeResponse", "Key: /switchroom-ended/0003", "Val: nonsense"),
        ],
    )
    assert ended == (
        CallEnded("a1", "a1-1.1", 17, at=10.5, leg="a1-1.1.1", answered_at=5.25),
        CallEnded("a1", "a1-1.2", 16, at=20.5),
    )  # fmt: skip


def test_phones_that_can_be_rung() -> None:
    lines = [
        line("DeviceStateChange", f"Device: {name}", f"State: {state}")
        for name, state in (
            ("PJSIP/bob", "INUSE"),
            ("PJSIP/alice", "NOT_INUSE"),
            ("PJSIP/carol", "UNAVAILABLE"),
            ("Local/x", "INUSE"),
        )
    ]
    assert read_phones(lines) == ("alice", "bob")
