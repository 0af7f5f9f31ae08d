"""How long the server's loop is held while a slider is answered: by a thread of it, and by the process that it has now.

    python benchmarks/campaign_hands/slider.py

A loop turns each 5 ms and notes how much later it came than it should. Beside it nothing runs, then the question is
played in a thread of the same program, then by the product's own process (`switchroom/projection_asking.py`).
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a file, from anywhere

from benchmarks.figures import percentile
from switchroom.projecting import Learned
from switchroom.projection_asking import Projector
from switchroom.projection_worker import Question, answered

TURN = 0.005
LEARNED = Learned(share=0.3, unanswered=0.8, ring=9.0, talk=60.0, wrap_up=10.0)
ASKED = Question("cards", "predictive", 1.0, 0.03, 25.0, agents=12, most=60, learned=LEARNED)
WAYS: tuple[tuple[str, Callable[[], Awaitable[object]]], ...] = (
    ("nothing", lambda: asyncio.sleep(3.0)),
    ("a thread", lambda: asyncio.to_thread(answered, ASKED)),
    ("the process", lambda: Projector().answer("ann", ASKED)),
)


async def main() -> None:
    """Print a line for each way."""
    sys.setswitchinterval(0.0005)  # as the server does
    print(f"load {os.getloadavg()[0]:.1f}")
    for name, way in WAYS:
        began, task, late = time.perf_counter(), asyncio.ensure_future(way()), []
        while not task.done():
            before = time.perf_counter()
            await asyncio.sleep(TURN)
            late.append(1000 * (time.perf_counter() - before - TURN))
        spread = "  ".join(f"p{part} {percentile(late, part):.2f}" for part in (50, 95, 100))
        print(f"{name}: {time.perf_counter() - began:.1f} s, {len(late)} turns, late by ms: {spread}")


if __name__ == "__main__":
    asyncio.run(main())
