"""Reads Asterisk's own lists: which of our channels live and where, which calls ended lately, which phones answer.

Pure. It does not know what was thought before; it only says what is.

A caller's channel is one on which our dialplan has set SR_CALLED; an agent's leg is one that we gave an SR_PEER.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from cti.asterisk.agi_lines import clean_number, read_time
from cti.asterisk.away import read_back
from cti.asterisk.codec import Message
from cti.asterisk.dialling import failure, read_heard
from cti.ids import is_call_back, is_dialled
from cti.vocabulary import CallEnded, CallId, DialFailed, LegId, NodeId, SeenCall, SeenLeg

FAMILY = "switchroom-ended"
HOLD = "switchroom-hold"
ROOM = "ConfBridge"
VARIABLES = ("SR_CALLED", "SR_PEER", "SHARED(SR_LEG)", "SHARED(SR_ANSWERED)")
SURVEY_EVENTS = frozenset(
    {
        "Status", "StatusComplete", "DBGetTreeResponse", "DBGetTreeComplete",
        "DeviceStateChange", "DeviceStateListComplete",
    }
)  # fmt: skip

_UP, _RINGING = "6", "5"
_BEGAN = re.compile(r"(?:.*-)?(\d+)\.\d+")  # a call's id holds the second in which it began
_UNSET = "(null)"  # what Status says for a variable that a channel does not have
_NOT_REACHABLE = frozenset({"UNAVAILABLE", "INVALID", "UNKNOWN"})


def read_channels(lines: Iterable[Message]) -> tuple[tuple[SeenCall, ...], tuple[SeenLeg, ...]]:
    """Read the answer to `ListChannels(VARIABLES)`. Channels that are not ours are left out."""
    calls, legs = [], []
    for line in lines:
        if line.event != "Status":
            continue
        ours = _variables(line)
        channel = line.get("uniqueid")
        if channel.endswith(";2"):  # the far half of a Local channel; it may have got the leg's variables
            continue
        if ours.get("SR_PEER"):
            legs.append(SeenLeg(LegId(channel), _leg_state(line), CallId(ours["SR_PEER"])))
        elif ours.get("SR_CALLED") or is_dialled(channel):
            leg = ours.get("SHARED(SR_LEG)", "")
            answered_at = read_time(ours.get("SHARED(SR_ANSWERED)", "")) if leg else None
            calls.append(SeenCall(CallId(channel), _place(line), LegId(leg) if leg else None, answered_at))
    reached = {each.leg: each.call for each in calls if each.leg}
    return tuple(calls), tuple(_with_customer(leg, reached.get(leg.leg)) for leg in legs)


def _with_customer(leg: SeenLeg, reached: CallId | None) -> SeenLeg:
    """The leg of a call-back, which was given no caller, with the customer whom it has reached."""
    return replace(leg, call=reached) if reached and leg.call and is_call_back(leg.call) else leg


def read_ended(node: NodeId, lines: Iterable[Message]) -> tuple[CallEnded | DialFailed, ...]:
    """Read the answer to `ReadFamily(FAMILY)`, oldest first. A line that cannot be read is left out."""
    ends = (read_last_words(node, line.get("val")) for line in lines if line.event == "DBGetTreeResponse")
    return tuple(sorted((end for end in ends if end is not None), key=lambda end: (end.at or 0.0, end.call)))


def read_last_words(node: NodeId, text: str) -> CallEnded | DialFailed | None:
    """Read `uniqueid|time|cause|leg|answered|called|number|back|recorded|dialled|size|heard`, left at a call's end.

    None when it is not that. The last one, five or seven are missing in what an older dialplan of ours left.
    """
    parts = text.split("|")
    if len(parts) not in {5, 7, 11, 12} or not parts[0]:
        return None
    call, at, q850, leg, answered, called, number, *back, heard = (*parts, *[""] * 7)[:12]
    cause = int(q850) if q850.isascii() and q850.isdecimal() else 0
    opened = read_heard(heard)
    if opened is None and is_dialled(call):  # if it rang is not known here: he is taken to have been reached
        return DialFailed(node, CallId(call), failure(cause, 0, rang=True, dropped=False), cause, at=read_time(at))
    began = _BEGAN.fullmatch(call)
    return CallEnded(
        node=node,
        call=CallId(call),
        cause=cause,
        at=read_time(at),
        leg=LegId(leg) if leg else None,
        answered_at=read_time(answered) if leg else None,
        called=called,
        number=clean_number(number),
        began_at=read_time(began[1]) if began and called else None,
        doing=read_back(CallId(call), *back),
        heard=opened.heard if opened is not None else "",
        greeted_at=opened.greeted_at if opened is not None else 0.0,
        opened_at=opened.opened_at if opened is not None else 0.0,
    )


def read_phones(lines: Iterable[Message]) -> tuple[str, ...]:
    """Read the answer to `ListDevices`: the names of the SIP endpoints that can be rung, in order."""
    phones = set()
    for line in lines:
        kind, slash, name = line.get("device").partition("/")
        if kind == "PJSIP" and slash and line.get("state") not in _NOT_REACHABLE:
            phones.add(name)
    return tuple(sorted(phones))


def _variables(line: Message) -> dict[str, str]:
    pairs = (text.partition("=") for header in ("variable", "chanvariable") for text in line.every(header))
    return {name: value for name, _, value in pairs if value != _UNSET}


def _place(line: Message) -> str:
    if line.get("channelstate") != _UP and is_dialled(line.get("uniqueid")):
        return "dialling"
    if line.get("application") == ROOM:
        return "room"
    if line.get("bridgeid"):
        return "talk"
    return "hold" if line.get("context") == HOLD else "flow"


def _leg_state(line: Message) -> str:
    if line.get("channelstate") != _UP:
        return "ringing" if line.get("channelstate") == _RINGING else "dialling"
    return "talk" if line.get("bridgeid") else "answered"
