"""How fast Asterisk's events become state: recorded calls, made into thousands that overlap, read by every arm in turn.

    .venv/bin/python -m benchmarks.events [--quick] [--calls N] [--seed N] [--json FILE]

Needs no Asterisk: it replays `recorded/` (see `record.py`). Exit code 1 when the arms' tables or our decisions differ.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from benchmarks.events.arms import Arm, DictProtocol, Framing, Panoramisk, Readline, ToDecision, ToState
from benchmarks.events.compose import Crowd, Stream, gather, write_stream
from benchmarks.events.floor import IDLE, Floor
from benchmarks.events.memory import cuts, race
from benchmarks.events.report import Figures, as_json, show
from benchmarks.events.sample import STREAMS, read_sample
from benchmarks.events.weights import weigh
from benchmarks.events.wire import lag, sprint

EVENTS_PER_SECOND = 13_600.0  # what two cores of Asterisk say at most, without a filter
LEAST_READS = 2  # of a stream over the socket; the better one counts


async def measure(calls: int, seed: int, *, quick: bool, say: Callable[[str], None]) -> Figures:
    """Run everything once."""
    sample = read_sample()
    crowd = gather(sample, calls, seed)
    figures = Figures(calls, seed, quick, sample.asterisk, len(sample.calls))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        streams = [write_stream(crowd, stream, folder) for stream in STREAMS]
        for stream in streams:
            say(f"{stream.name}: {stream.events:,} events, {stream.size / 1e6:.0f} MB, from memory ...")
            figures.laps[stream.name] = await race(stream)
            figures.cuts[stream.name] = await cuts(stream)
            say(f"{stream.name}: over a socket ...")
            await _over_socket(figures, crowd, stream, folder)
        for stream in streams:
            say(f"{stream.name}: lag ...")
            rate = EVENTS_PER_SECOND * stream.events / streams[0].events
            arms: list[Callable[[], Arm]] = [Panoramisk, ToState, lambda: ToDecision(Floor(calls + IDLE))]
            found = [await lag(stream, arm, folder, rate, 2.0 if quick else 10.0) for arm in arms]
            figures.lags[stream.name] = found
        say("what open calls weigh, and resync ...")
        figures.weight, figures.held = await asyncio.to_thread(weigh, crowd, streams[-1], folder)
    return figures


async def _over_socket(figures: Figures, crowd: Crowd, stream: Stream, folder: Path) -> None:
    """All arms in turn, then all again; the centre once, for it does much more."""
    arms: list[type[Arm]] = [Panoramisk, Readline, DictProtocol, Framing, ToState]
    rounds = [[await sprint(stream, arm, folder) for arm in arms] for _ in range(LEAST_READS)]
    best = [min(found, key=lambda one: one.seconds) for found in zip(*rounds, strict=True)]
    decider = ToDecision(Floor(figures.calls + IDLE))
    best.append(await sprint(stream, lambda: decider, folder))
    figures.sprints[stream.name] = best
    figures.decisions_agree &= decider.outcomes == Counter(part.call.outcome for part in crowd.parts)


def main() -> int:
    """Measure, print, write."""
    words = argparse.ArgumentParser(prog="benchmarks.events", description=(__doc__ or "").splitlines()[0])
    words.add_argument("--calls", type=int, help="overlapping calls (10000; 500 with --quick)")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--quick", action="store_true", help="a small run, for a look: its figures prove nothing")
    words.add_argument("--json", type=Path, default=Path("var/benchmarks/events.json"), help="where the figures go")
    chosen = words.parse_args()
    calls = chosen.calls or (500 if chosen.quick else 10_000)
    if calls < 100:
        words.error("--calls must be 100 or more: fewer tell nothing")
    console = Console()
    figures = asyncio.run(
        measure(calls, chosen.seed, quick=chosen.quick, say=lambda text: print(text, file=sys.stderr, flush=True))
    )
    show(figures, console)
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(json.dumps(as_json(figures), indent=1) + "\n", encoding="utf-8")
    console.print(f"Written to {chosen.json}", highlight=False)
    return 0 if figures.sound else 1


if __name__ == "__main__":
    sys.exit(main())
