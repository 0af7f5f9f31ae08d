"""Weighs many open calls in one process: memory, collector pauses, time to hear the truth again. A child process.

    python -m benchmarks.events.weigh FOLDER [--trace]

`FOLDER` was filled by `weights.py`, in another process so that nothing it left behind is weighed. Prints one line of
JSON. The server's own objects are weighed (connection protocol, translator, centre), not the journal nor the screens.
With `--trace` it tells by tracemalloc which room holds how much, and nothing else. It does not know what the figures
are compared with.
"""

from __future__ import annotations

import asyncio
import gc
import json
import pickle
import sys
import time
import tracemalloc
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

from benchmarks.events.arms import ToDecision
from benchmarks.events.compose import Stream
from benchmarks.events.driver import Player
from benchmarks.events.floor import IDLE, NODE, Floor
from cti.asterisk.node import AsteriskNode
from cti.asterisk.node_settings import NodeSettings
from cti.vocabulary import NodeFound, NodeSurveyed, Told

ROOT = Path(__file__).parents[2]
LOAD = "load.pickle"
CHUNK = 16384


@dataclass(frozen=True, slots=True)
class Load:
    """What is weighed. `stream.beside` holds pickles; `counts` are channels, kept ends and bytes of the answers."""

    stream: Stream
    full_at: float
    outcomes: Counter[str]
    counts: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Resync:
    """Seconds. `linked`: connected and logged in; `surveyed`: all lists read; `compared`: the centre agrees.

    `stall` is the longest time for which the event loop did nothing else. `effects`: what the centre did about it,
    0 when it had been right.
    """

    channels: int
    ended: int
    phones: int
    size: int
    linked: float
    surveyed: float
    compared: float
    stall: float
    effects: int


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes by the process's own private memory; seconds. `pause` is the collector's longest."""

    calls: int
    open: int
    per_call: float
    per_agent: float
    events_per_second: float
    pause: float
    paused: float
    full_collections: int
    agrees: bool
    resync: Resync


class FreshTold(ToDecision):
    """Makes what is told beside the stream anew from its pickle, so that what the centre keeps of it is weighed too."""

    def beside(self, told: Any, at: float) -> None:
        super().beside(pickle.loads(told), at)  # noqa: S301 (pickled by this process)


class Pauses:
    """Watches the collector."""

    def __init__(self) -> None:
        self.longest = self.sum = 0.0
        self.full = 0
        self._began = 0.0

    def __call__(self, phase: str, about: dict[str, int]) -> None:
        now = time.perf_counter()
        if phase == "start":
            self._began = now
            return
        self.longest = max(self.longest, now - self._began)
        self.sum += now - self._began
        self.full += about["generation"] == 2


def private_bytes() -> int:
    """What this process holds for itself alone."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))


async def weigh(load: Load, folder: Path) -> Weight:
    """Fill, look, log in anew, drain."""
    stream, calls = load.stream, load.stream.calls
    wire = stream.path.read_bytes()
    gc.collect()
    gc.freeze()  # the stream is no part of a server
    empty = private_bytes()
    floor = Floor(calls + IDLE)
    staffed = private_bytes()
    arm, pauses = FreshTold(floor), Pauses()
    player = Player(arm, stream)
    gc.callbacks.append(pauses)
    began = time.perf_counter()
    _feed(player, wire[: stream.full])
    filled = time.perf_counter() - began
    gc.callbacks.remove(pauses)
    gc.collect()
    full, opened = private_bytes(), len(floor.centre.contacts)
    resync = await measure_resync(load, floor, folder)
    gc.callbacks.append(pauses)
    began = time.perf_counter()
    _feed(player, wire[stream.full :])
    drained = time.perf_counter() - began
    gc.callbacks.remove(pauses)
    return Weight(
        calls, opened, (full - staffed) / calls, (staffed - empty) / (calls + IDLE),
        stream.events / (filled + drained), pauses.longest, pauses.sum / (filled + drained), pauses.full,
        arm.outcomes == load.outcomes, resync,
    )  # fmt: skip


def _feed(player: Player, wire: bytes) -> None:
    for at in range(0, len(wire), CHUNK):
        player.feed(wire[at : at + CHUNK])


async def trace(load: Load) -> dict[str, float]:
    """Bytes a call by room, as Python counts its own objects."""
    stream = load.stream
    wire = stream.path.read_bytes()[: stream.full]
    player = Player(FreshTold(Floor(stream.calls + IDLE)), stream)
    tracemalloc.start()
    _feed(player, wire)
    gc.collect()
    held: Counter[str] = Counter()
    for line in tracemalloc.take_snapshot().statistics("filename"):
        path = Path(line.traceback[0].filename)
        ours = path.is_relative_to(ROOT) and ".venv" not in path.parts
        held[path.relative_to(ROOT).parts[0] if ours else "other"] += line.size
    return {room: size / stream.calls for room, size in held.most_common() if size >= stream.calls}


async def measure_resync(load: Load, floor: Floor, folder: Path) -> Resync:
    """Log in to an Asterisk that holds these calls, and let the centre compare."""
    phones = b"".join(_phone(phone, number < floor.at_work) for number, phone in enumerate(floor.phones))
    (folder / "phones.answer").write_bytes(phones)
    channels, ended, size = load.counts
    counts = (channels, ended, len(floor.phones), size + len(phones))
    words = [sys.executable, "-m", "benchmarks.events.asterisk", str(folder)]
    asterisk = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=PIPE)
    try:
        port = int(await asterisk.stdout.readline()) if asterisk.stdout else 0
        return await _resync(port, load.full_at, floor, counts)
    finally:
        asterisk.kill()
        await asterisk.wait()


async def _resync(port: int, now: float, floor: Floor, counts: tuple[int, int, int, int]) -> Resync:
    told: list[tuple[float, Told]] = []
    surveyed = asyncio.Event()

    def tell(message: Told) -> None:
        told.append((time.perf_counter(), message))
        if isinstance(message, NodeSurveyed):
            surveyed.set()

    node = AsteriskNode(NodeSettings(NODE, "127.0.0.1", port, "switchroom", "x", agi_token="x"), tell, lambda: now)  # noqa: S106 (nobody's)
    stalls: list[float] = [0.0]
    watching = asyncio.create_task(_watch(stalls))
    began = time.perf_counter()
    await node.start()
    async with asyncio.timeout(120):
        await surveyed.wait()
    seen_at, seen = told[-1]
    effects = floor.centre.handle(seen, now)
    compared = time.perf_counter()
    await node.stop()
    watching.cancel()
    found_at = next(at for at, message in told if isinstance(message, NodeFound))
    return Resync(
        *counts, found_at - began, seen_at - found_at, compared - seen_at,
        max(stalls[0], compared - seen_at), len(effects),
    )  # fmt: skip


async def _watch(stalls: list[float]) -> None:
    """Keep the longest time between two turns of the loop."""
    last = time.perf_counter()
    while True:
        await asyncio.sleep(0)
        now = time.perf_counter()
        stalls[0], last = max(stalls[0], now - last), now


def _phone(name: str, reachable: bool) -> bytes:
    state = "INUSE" if reachable else "UNAVAILABLE"
    return f"Event: DeviceStateChange\r\nActionID: @\r\nDevice: PJSIP/{name}\r\nState: {state}\r\n\r\n".encode()


def main() -> None:
    """Weigh, and print."""
    folder = Path(sys.argv[1])
    load = pickle.loads((folder / LOAD).read_bytes())  # noqa: S301 (written by our parent process)
    if "--trace" in sys.argv:
        print(json.dumps(asyncio.run(trace(load))))
    else:
        print(json.dumps(asdict(asyncio.run(weigh(load, folder)))))


if __name__ == "__main__":
    main()
