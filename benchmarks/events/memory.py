"""How many events a second each arm takes from memory, all arms in turn on the same slice of the stream.

Every arm reads the whole stream once. Slice by slice the arms take turns, so that whatever else the machine does falls
on all of them; the ratio of two arms is the median of their ratios on single slices. It does not know what is in the
stream.
"""

from __future__ import annotations

import gc
import mmap
import time
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median, quantiles

from benchmarks.events.arms import COMPARED, Arm, DictProtocol, Panoramisk, Readline, ToState
from benchmarks.events.compose import Stream
from benchmarks.events.driver import Player

SLICES = 40
CHUNK = 65536
CUTS = (1, 7, 100, 1460, 4096, 65536)  # bytes a read
CUT_BYTES = 400_000  # of the stream, for the run at every cut
CUT_BYTES_AT_ONE = 60_000  # the others copy what they hold with every byte that comes


@dataclass(slots=True)
class Lap:
    """One arm's way through one stream. `seconds` are its slices; digests are "" for an arm without a table."""

    arm: str
    events: int
    size: int
    calls: int
    seconds: list[float] = field(default_factory=list)
    full_digest: str = ""
    last_digest: str = ""

    @property
    def total(self) -> float:
        return sum(self.seconds)

    def against(self, other: Lap) -> tuple[float, float, float]:
        """How many times faster than another: median over slices, and its 10th and 90th percentile."""
        return spread([theirs / ours for ours, theirs in zip(self.seconds, other.seconds, strict=True)])


def spread(ratios: list[float]) -> tuple[float, float, float]:
    """The median, the 10th and the 90th percentile."""
    tenths = quantiles(ratios, n=10) if len(ratios) > 1 else [ratios[0]] * 9
    return median(ratios), tenths[0], tenths[-1]


async def race(stream: Stream, arms: tuple[type[Arm], ...] = COMPARED) -> list[Lap]:
    """Let all arms read the stream."""
    players = [Player(arm(), stream) for arm in arms]
    laps = [Lap(arm.name, stream.events, stream.size, stream.calls) for arm in arms]
    gc.collect()
    gc.freeze()  # the streams' own lists are no part of any arm's work
    try:
        with stream.path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as wire:
            for number, (begin, end) in enumerate(_slices(stream)):
                pieces = [wire[at : min(at + CHUNK, end)] for at in range(begin, end, CHUNK)]
                turn = number % len(players)
                for who in (*range(turn, len(players)), *range(turn)):
                    laps[who].seconds.append(await _run(players[who], pieces))
                if end == stream.full:
                    _digest(players, laps, "full_digest")
    finally:
        gc.unfreeze()
    for player in players:
        await player.arm.close()
    _digest(players, laps, "last_digest")
    return laps


def _slices(stream: Stream) -> list[tuple[int, int]]:
    marks = {stream.size * number // SLICES for number in range(SLICES + 1)} | {stream.full}
    return list(pairwise(sorted(marks)))


async def _run(player: Player, pieces: list[bytes]) -> float:
    began = time.perf_counter()
    for piece in pieces:
        player.feed(piece)
        await player.arm.settle()
    return time.perf_counter() - began


def _digest(players: list[Player], laps: list[Lap], which: str) -> None:
    for player, lap in zip(players, laps, strict=True):
        setattr(lap, which, player.arm.digest())


def agree(laps: list[Lap]) -> bool:
    """Whether all tables were equal, when every call was open and at the end."""
    kept = [lap for lap in laps if lap.last_digest]
    return len({(lap.full_digest, lap.last_digest) for lap in kept}) == 1


@dataclass(frozen=True, slots=True)
class Cut:
    """All arms with a table, fed the beginning of a stream in reads of `size` bytes. `equal`: all tables are."""

    size: int
    read: int
    equal: bool


async def cuts(stream: Stream) -> list[Cut]:
    """Feed the same bytes cut at every size, and compare all tables with that of one whole read."""
    found = []
    for size in CUTS:
        read = min(stream.size, CUT_BYTES_AT_ONE if size == 1 else CUT_BYTES)
        wire = _beginning(stream, read)
        whole = {await _table(ToState(), stream, [wire])}
        pieces = [wire[at : at + size] for at in range(0, read, size)]
        whole |= {await _table(arm(), stream, pieces) for arm in (Panoramisk, Readline, DictProtocol, ToState)}
        found.append(Cut(size, read, len(whole) == 1))
    return found


def _beginning(stream: Stream, read: int) -> bytes:
    with stream.path.open("rb") as file:
        return file.read(read)


async def _table(arm: Arm, stream: Stream, pieces: list[bytes]) -> str:
    player = Player(arm, stream)
    for piece in pieces:
        player.feed(piece)
        await arm.settle()
    await arm.close()
    return arm.digest()
