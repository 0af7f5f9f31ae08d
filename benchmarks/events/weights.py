"""Prepares what `weigh.py` weighs, runs it, and reads its figures. It does not know how anything is weighed."""

from __future__ import annotations

import json
import pickle
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from subprocess import run
from typing import Any

from benchmarks.events.compose import Crowd, Stream, play
from benchmarks.events.weigh import LOAD, ROOT, Load, Resync, Weight

ENDS_KEPT = 10_000  # calls whose last words Asterisk keeps for a server that was away
LONGEST = 300.0  # seconds


def weigh(crowd: Crowd, stream: Stream, folder: Path) -> tuple[Weight, dict[str, float]]:
    """Return what the open calls of this crowd weigh, and by tracemalloc the bytes a call in each room."""
    channels = [play(event, part) for part in crowd.parts for event in part.call.seen]
    ends = [_end(number) for number in range(ENDS_KEPT)]
    size = 0
    for name, items in (("status", channels), ("ended", ends)):
        size += (folder / f"{name}.answer").write_bytes(b"".join(items))
    beside = [(place, at, pickle.dumps(told)) for place, at, told in stream.beside]
    load = Load(
        replace(stream, beside=beside),  # type: ignore[arg-type]  # pickles, made anew one by one
        crowd.full_at,
        Counter(part.call.outcome for part in crowd.parts),
        (len(channels), len(ends), size),
    )
    (folder / LOAD).write_bytes(pickle.dumps(load))
    found = _child(folder)
    return Weight(**{**found, "resync": Resync(**found["resync"])}), _child(folder, "--trace")


def _child(folder: Path, *words: str) -> dict[str, Any]:
    done = run(
        [sys.executable, "-m", "benchmarks.events.weigh", str(folder), *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"weighing failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _end(number: int) -> bytes:
    call = f"a1-1799990000.{number}"
    words = f"{call}|{1_799_990_000 + number}.125|16|{call}.1|{1_799_989_000 + number}.250|4008009|138{number:08}"
    key = f"/switchroom-ended/{number}"
    return f"Event: DBGetTreeResponse\r\nKey: {key}\r\nVal: {words}\r\nActionID: @\r\n\r\n".encode()
