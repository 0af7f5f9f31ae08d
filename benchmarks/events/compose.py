"""Makes of the recorded calls as many overlapping ones as are wanted, in the order in which Asterisk tells of them.

Calls come at Asterisk's own limit of 150 a second; each is a recorded one under other names. Talks (and, where a caller
never came to one, the flow) are lengthened until all calls are open at once; nothing else of a call's time is changed.
It does not know who will read the stream.
"""

from __future__ import annotations

import random
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.events.sample import Call, Event, Sample
from cti.asterisk.translate import HEARD_EVENTS
from cti.vocabulary import CallerArrived, CallId, DigitsCollected, LegId, PromptEnded

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
OPENED = 1_800_000_000.0  # POSIX seconds of the first call: the same in every run
PER_SECOND = 150.0  # calls; what a two-core Asterisk bridges at most
QUIET = 2.0  # seconds in which all calls are open and nothing happens
_WANTED = frozenset(name.encode() for name in HEARD_EVENTS)
_WRITE_AT = 4_000_000


@dataclass(frozen=True, slots=True)
class LegAsked:
    """Our server asked for an agent's leg."""

    leg: LegId
    call: CallId


Told = CallerArrived | PromptEnded | DigitsCollected | LegAsked


@dataclass(frozen=True, slots=True)
class Part:
    """One call of the crowd: a recorded call, its new name, and when it comes."""

    call: Call
    unique: str
    number: str
    begins: float
    ends_later: float  # seconds by which what follows its hold is late
    names: dict[bytes, bytes]

    def at(self, seconds: float) -> float:
        """When something happens that was recorded `seconds` after the call's beginning."""
        return self.begins + seconds + (self.ends_later if seconds > self.call.hold_at else 0.0)


@dataclass(frozen=True, slots=True)
class Crowd:
    """All calls of a run, and the instant at which all of them are open and nothing is on its way."""

    parts: tuple[Part, ...]
    full_at: float


@dataclass(slots=True)
class Stream:
    """An AMI session as a file, and what is told beside it.

    `beside` are (byte, time, told): what our server has been told or has asked when it has read that far. `ends` are
    the bytes at which events end, `wanted` the numbers of the events that a server needs, `full` the byte at which all
    calls are open.
    """

    name: str
    path: Path
    calls: int
    size: int = 0
    full: int = 0
    ends: array[int] = None  # type: ignore[assignment]  # filled by `write_stream`
    wanted: array[int] = None  # type: ignore[assignment]  # as above
    beside: list[tuple[int, float, Told]] = None  # type: ignore[assignment]  # as above
    clock: tuple[array[int], array[float]] = None  # type: ignore[assignment]  # as above

    @property
    def events(self) -> int:
        """How many events it holds."""
        return len(self.ends)

    def time_at(self, byte: int) -> float:
        """The time, POSIX seconds, when the stream has come so far."""
        places, times = self.clock
        return times[max(0, bisect_right(places, byte) - 1)]


def gather(sample: Sample, calls: int, seed: int) -> Crowd:
    """Draw the calls of a run."""
    chance = random.Random(seed)  # noqa: S311 (a repeatable crowd, no secret)
    longest = max(call.hold_at for call in sample.calls)
    full_at = calls / PER_SECOND + longest + QUIET / 2
    parts = []
    for number in range(calls):
        call = chance.choice(sample.calls)
        begins = (number + chance.random()) / PER_SECOND
        unique = f"a1-{int(OPENED + begins)}.{3 * number}"
        phone = f"139{number:08d}"
        names = {b"u": unique.encode(), b"n": phone.encode()}
        for name, slot in call.channels.items():
            names[slot] = b"%b-%08x" % (name.rpartition(b"-")[0], 3 * number + int(slot[1:]))
        for slot in call.bridges.values():
            names[slot] = b"%08x-0000-4000-8000-%012x" % (number, int(slot[1:]))
        later = full_at + QUIET / 2 - begins - call.hold_at + number / PER_SECOND
        parts.append(Part(call, unique, phone, OPENED + begins, later, names))
    return Crowd(tuple(parts), OPENED + full_at)


def write_stream(crowd: Crowd, name: str, folder: Path) -> Stream:
    """Write the stream of one recorded session for this crowd."""
    stream = Stream(name, folder / f"{name}.ami", len(crowd.parts))
    stream.ends, stream.wanted, stream.beside = array("Q"), array("L"), []
    stream.clock = (array("Q"), array("d"))
    with stream.path.open("wb") as file:
        file.write(BANNER)
        _write(stream, crowd, file.write)
    return stream


def _write(stream: Stream, crowd: Crowd, write: Callable[[bytes], object]) -> None:
    place, kept = len(BANNER), []
    for at, part, what in _in_order(crowd, stream.name):
        if not stream.full and at > crowd.full_at:
            stream.full = place
        if not isinstance(what, Event):
            stream.beside.append((place, at, what))
            continue
        wire = play(what, part)
        kept.append(wire)
        place += len(wire)
        if len(stream.ends) % 100 == 0:
            stream.clock[0].append(place)
            stream.clock[1].append(at)
        if what.name in _WANTED:
            stream.wanted.append(len(stream.ends))
        stream.ends.append(place)
        if len(kept) > _WRITE_AT // 400:
            write(b"".join(kept))
            kept.clear()
    write(b"".join(kept))
    stream.size = place


def _in_order(crowd: Crowd, stream: str) -> Iterator[tuple[float, Part, Event | Told]]:
    """Everything of all calls by time; what happens at one time, by call and in its recorded order."""
    order: list[tuple[float, int, int]] = []
    told: dict[int, tuple[Told, ...]] = {}
    for number, part in enumerate(crowd.parts):
        beside = tuple(_beside(part))
        told[number] = tuple(what for _, what in beside)
        order += [(at, number, -1 - place) for place, (at, _) in enumerate(beside)]
        events = part.call.streams[stream]
        order += [(part.at(event.at), number, place) for place, event in enumerate(events)]
    order.sort()
    for at, number, place in order:
        part = crowd.parts[number]
        yield at, part, part.call.streams[stream][place] if place >= 0 else told[number][-1 - place]


def _beside(part: Part) -> Iterator[tuple[float, Told]]:
    call = CallId(part.unique)
    for seconds, told in part.call.door:
        if isinstance(told, CallerArrived):
            leg = LegId(told.leg.replace(part.call.unique, part.unique)) if told.leg else None
            answered = part.at(told.answered_at - part.call.began) if told.answered_at else None
            yield part.at(seconds), replace(told, call=call, number=part.number, leg=leg, answered_at=answered)
        elif isinstance(told, PromptEnded | DigitsCollected):
            yield part.at(seconds), replace(told, call=call)
    for number, seconds in enumerate(part.call.legs, 1):
        yield part.at(seconds), LegAsked(LegId(f"{call}.{number}"), call)


def play(event: Event, part: Part) -> bytes:
    """One event under the names and times of one call of the crowd."""
    names = part.names
    for number, (at, decimals) in enumerate(event.times):
        names[b"t%d" % number] = b"%.*f" % (decimals, part.at(at))
    wire: bytes = event.script % names
    return wire
