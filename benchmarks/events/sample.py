"""Reads the recorded sample: which calls are in it, what each made Asterisk say, and what our server was told besides.

It does not know how the sample was recorded (`record.py`) nor what is made of it (`compose.py`).

The files of `recorded/`, all gzip: `everything.ami` and `filtered.ami` are the bytes of two AMI sessions that listened
to the same calls, without and with a node's event filter; `survey.ami` holds answers to Status, DBGetTree and
DeviceStateList; `story.json` holds what the server was told at its door (FastAGI), when it asked for an agent's leg,
and how it says that each call ended.

A call's script is its part of a session with every name in it replaced by a slot, so that it can be played again as
another call: `%(u)b` the caller's unique id (a leg's id begins with it), `%(n)b` his number, `%(c0)b`... channels,
`%(b0)b`... bridges, `%(t0)b`... times.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cti.vocabulary import CallerArrived, DigitsCollected, PromptEnded
from switchroom import tape

FOLDER = Path(__file__).parent / "recorded"
EVERYTHING = "everything.ami.gz"
FILTERED = "filtered.ami.gz"
SURVEY = "survey.ami.gz"
STORY = "story.json.gz"
AtDoor = CallerArrived | PromptEnded | DigitsCollected
STREAMS = {"everything": EVERYTHING, "filtered": FILTERED}

# Phones that register and sessions that log in: they belong to no call.
NOT_OF_CALLS = frozenset({b"FullyBooted", b"ContactStatus", b"PeerStatus", b"SuccessfulAuth", b"ChallengeSent"})
ENDS = frozenset({b"HangupRequest", b"SoftHangupRequest", b"Hangup"})

_UNIQUE = re.compile(rb"a1-\d{10}\.\d+")
_CHANNEL = re.compile(rb"PJSIP/[\w-]+-[0-9a-f]{8}")
_BRIDGE = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(rb"(?<![-\d.])\d{10}\.\d{3,6}(?![\d.])")
_NUMBER = re.compile(rb"139\d{8}")
_EVENT = re.compile(rb"(?<=\n)Event: .*?\r\n\r\n(?:\r\n)*", re.DOTALL)
_STAMP = re.compile(rb"\r\nTimestamp: (\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Event:
    """One message of a call. `at` in seconds from the call's beginning; `times` are its time slots: (at, decimals)."""

    at: float
    name: bytes
    script: bytes
    times: tuple[tuple[float, int], ...]


@dataclass(slots=True)
class Call:
    """One recorded call. Times in seconds from its beginning.

    `hold_at` is where it can be lengthened: in its talk, or in the flow where it never came to one. `seen` is what
    Status says of its channels then. `door` is what was told over FastAGI, `legs` when each leg was asked for.
    """

    unique: str
    began: float
    outcome: str
    door: list[tuple[float, AtDoor]] = field(default_factory=list)
    legs: list[float] = field(default_factory=list)
    streams: dict[str, list[Event]] = field(default_factory=dict)
    hold_at: float = 0.0
    seen: tuple[Event, ...] = ()
    channels: dict[bytes, bytes] = field(default_factory=dict)  # a channel's name: its slot
    bridges: dict[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """All calls, in the order of their coming, and the version of the Asterisk that carried them."""

    calls: tuple[Call, ...]
    asterisk: str


def pack(path: Path, wire: bytes) -> None:
    """Write one file of the sample; equal bytes give an equal file."""
    path.write_bytes(gzip.compress(wire, 9, mtime=0))


def unpack(name: str, folder: Path = FOLDER) -> bytes:
    """Read one file of the sample."""
    return gzip.decompress((folder / name).read_bytes())


def read_sample(folder: Path = FOLDER) -> Sample:
    """Read the whole sample. Raises `ValueError` when it holds no call that could be played again."""
    story = json.loads(unpack(STORY, folder))
    calls = _calls(story)
    for stream, file in STREAMS.items():
        _deal(unpack(file, folder), stream, calls)
    survey = unpack(SURVEY, folder)
    for call in calls.values():
        call.hold_at = _hold_at(call)
        call.seen = _seen(survey, call)
    whole = tuple(call for call in calls.values() if all(call.streams.get(name) for name in STREAMS) and call.seen)
    if not whole:
        raise ValueError(f"{folder} holds no whole call; record it anew (benchmarks/events/record.py)")
    return Sample(whole, story["asterisk"])


def blocks(wire: bytes) -> list[bytes]:
    """The events of a session, each with all blank lines that close it (some have two); the rest is left out."""
    return _EVENT.findall(wire)


def name_of(block: bytes) -> bytes:
    """An event's name."""
    return block[7 : block.find(b"\r\n")]


def _calls(story: dict[str, Any]) -> dict[str, Call]:
    calls: dict[str, Call] = {}
    for line in story["door"]:
        at, told = next(iter(tape.read(json.dumps([line]))))
        if not isinstance(told, AtDoor):
            raise TypeError(f"the story holds a {type(told).__name__}, which is not told at the door")
        call = calls.setdefault(told.call, Call(told.call, at, story["outcomes"].get(told.call, "")))
        call.door.append((at - call.began, told))
    for at, _, contact in story["asked"]:
        calls[contact].legs.append(at - calls[contact].began)
    return {unique: call for unique, call in calls.items() if call.outcome}


def _deal(wire: bytes, stream: str, calls: dict[str, Call]) -> None:
    """Give each event to its call; one that names none goes with the call that spoke last, as it did on the wire."""
    known: dict[bytes, Call] = {}
    last: Call | None = None
    for block in blocks(wire):
        if name_of(block) in NOT_OF_CALLS:
            continue
        call = _owner(block, calls, known) or last
        if call is None:
            continue
        last = call
        known |= dict.fromkeys((*_CHANNEL.findall(block), *_BRIDGE.findall(block)), call)
        events = call.streams.setdefault(stream, [])
        stamp = _STAMP.search(block)
        at = float(stamp[1]) - call.began if stamp else 0.0
        events.append(_event(block, call, max(at, events[-1].at) if events else at))


def _owner(block: bytes, calls: dict[str, Call], known: dict[bytes, Call]) -> Call | None:
    for name in _UNIQUE.findall(block):
        if (call := calls.get(name.decode())) is not None:
            return call
    names = (*_BRIDGE.findall(block), *_CHANNEL.findall(block))
    return next((known[name] for name in names if name in known), None)


def _event(block: bytes, call: Call, at: float) -> Event:
    times: list[tuple[float, int]] = []

    def slot(found: re.Match[bytes]) -> bytes:
        times.append((float(found[0]) - call.began, len(found[0]) - 11))
        return b"%%(t%d)b" % (len(times) - 1)

    def named(slots: dict[bytes, bytes], letter: bytes, found: re.Match[bytes]) -> bytes:
        return b"%(" + slots.setdefault(found[0], letter + b"%d" % len(slots)) + b")b"

    mine = re.compile(re.escape(call.unique).encode() + rb"(?!\d)")
    script = mine.sub(b"%(u)b", block.replace(b"%", b"%%"))
    script = _CHANNEL.sub(lambda found: named(call.channels, b"c", found), script)
    script = _BRIDGE.sub(lambda found: named(call.bridges, b"b", found), script)
    script = _NUMBER.sub(b"%(n)b", _TIME.sub(slot, script))
    return Event(at, name_of(block), script, tuple(times))


def _hold_at(call: Call) -> float:
    """Just after the talk began; where there was none, while the flow waits for a key."""
    events = call.streams.get("everything", [])
    bridged = [event.at for event in events if event.name == b"BridgeEnter"]
    if bridged:
        return max(bridged) + 0.2
    keyed = [at for at, told in call.door if isinstance(told, DigitsCollected)]
    ends = [event.at for event in events if event.name in ENDS and b"Uniqueid: %(u)b\r\n" in event.script]
    return min((*(at - 0.05 for at in keyed), *(at - 0.001 for at in ends)), default=0.0)


def _seen(survey: bytes, call: Call) -> tuple[Event, ...]:
    """The channels of a call in the first list that shows it where it can be lengthened."""
    looks: dict[bytes, list[bytes]] = {}
    for block in blocks(survey):
        if name_of(block) == b"Status" and call.unique.encode() in _UNIQUE.findall(block):
            looks.setdefault(block[block.find(b"ActionID: ") :], []).append(block)
    for look in looks.values():
        if not call.legs or call.hold_at < call.legs[0] or all(b"BridgeID: \r\n" not in block for block in look):
            return tuple(_event(_asked_by(block), call, 0.0) for block in look)
    return ()


def _asked_by(block: bytes) -> bytes:
    return block[: block.find(b"ActionID: ")] + b"ActionID: @\r\n\r\n"
