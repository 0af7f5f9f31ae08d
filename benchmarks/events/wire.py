"""The same arms behind a local socket, the sender being a process of its own: at full speed, and paced for the lag.

It does not know what is in the stream. The lag of an event is counted from the instant in which it was due on the wire,
so a sender or a reader that falls behind makes it longer and hides nothing.
"""

from __future__ import annotations

import asyncio
import gc
import io
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.events.arms import Arm
from benchmarks.events.compose import Stream
from benchmarks.events.driver import Player
from benchmarks.events.sender import due_of

ROOT = Path(__file__).parents[2]
LONGEST = 300.0  # seconds for one run
NewArm = Callable[[], Arm]


@dataclass(frozen=True, slots=True)
class Sprint:
    """One arm's way through a stream at full speed, in seconds from the first byte to the last effect."""

    arm: str
    events: int
    size: int
    calls: int
    seconds: float
    digest: str


@dataclass(frozen=True, slots=True)
class Lag:
    """Milliseconds from the instant in which a wanted event was due to its effect."""

    arm: str
    rate: float
    wanted: int
    p50: float
    p99: float
    worst: float


class _Socket(asyncio.Protocol):
    """Passes on what comes; `over` when the sender has closed."""

    def __init__(self, player: Player) -> None:
        self.over = asyncio.Event()
        self.first = 0.0
        self._player = player

    def data_received(self, data: bytes) -> None:
        """Bytes came, cut anywhere."""
        if not self.first:
            self.first = time.perf_counter()
        self._player.feed(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        """The sender has sent everything."""
        self.over.set()


async def sprint(stream: Stream, new_arm: NewArm, folder: Path) -> Sprint:
    """Read the whole stream from a socket as fast as it goes."""
    arm = new_arm()
    seconds, _ = await _read(stream, arm, folder, 0.0, stream.events)
    return Sprint(arm.name, stream.events, stream.size, stream.calls, seconds, arm.digest())


async def lag(stream: Stream, new_arm: NewArm, folder: Path, rate: float, seconds: float) -> Lag:
    """Read events that come at a steady rate, and take the time of each effect."""
    arm = new_arm()
    effects = array("d")
    arm.on_wanted = lambda: effects.append(time.monotonic())
    events = min(stream.events, int(rate * seconds))
    _, began = await _read(stream, arm, folder, rate, events)
    late = sorted(1000 * (at - began - due_of(n, rate)) for at, n in zip(effects, stream.wanted, strict=False))
    if not late:
        raise ValueError(f"{arm.name} took none of {events} events")
    return Lag(arm.name, rate, len(late), late[len(late) // 2], late[int(len(late) * 0.99)], late[-1])


async def _read(stream: Stream, arm: Arm, folder: Path, rate: float, events: int) -> tuple[float, float]:
    """Return the seconds from the first byte to the last effect, and when the sender began (CLOCK_MONOTONIC)."""
    ends = folder / f"{stream.name}.ends"
    if not ends.exists():
        ends.write_bytes(stream.ends.tobytes())
    gc.collect()
    gc.freeze()  # the streams' own lists are no part of any arm's work
    with _sender(stream.path, ends, rate, events) as sender:
        words = sender.stdout or io.BytesIO()
        port = int(await asyncio.to_thread(words.readline))
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(lambda: _Socket(Player(arm, stream)), "127.0.0.1", port)
        async with asyncio.timeout(LONGEST):
            await socket.over.wait()
        await arm.close()
        seconds = time.perf_counter() - socket.first
        began = float(words.readline())
    gc.unfreeze()
    return seconds, began


@contextmanager
def _sender(stream: Path, ends: Path, rate: float, events: int) -> Iterator[Popen[bytes]]:
    words = [sys.executable, "-m", "benchmarks.events.sender", str(stream), str(ends), str(rate), str(events)]
    with Popen(words, cwd=ROOT, stdout=PIPE) as sender:
        try:
            yield sender
        finally:
            sender.kill()
