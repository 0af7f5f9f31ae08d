"""Runs SIPp: callers at a rate, and one process that is all agents' phones.

It does not know what the calls mean; the scenarios are files beside the benchmark.
"""

from __future__ import annotations

import csv
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arena import HOST, ArenaError, end, spawn

MOST = "15000"  # calls at once; must stay below the limit of open files


@dataclass(frozen=True, slots=True)
class Callers:
    """`count` callers of `number` at `rate` a second, evenly spaced; `run` (digits) begins the numbers they show."""

    scenario: Path
    run: str
    number: str
    rate: float
    count: int
    target_port: int
    port: int


@dataclass(frozen=True, slots=True)
class SippCount:
    """What SIPp itself counted."""

    good: int
    bad: int
    retransmitted: int


def start_phones(scenario: Path, port: int, talks: Iterable[float], folder: Path) -> subprocess.Popen[bytes]:
    """All agents' phones at one port; each takes the next of `talks` (seconds), over and over, and hangs up."""
    lengths = folder / "talks.csv"
    lengths.write_text("SEQUENTIAL\n" + "".join(f"{round(talk * 1000)}\n" for talk in talks), encoding="utf-8")
    words = ["sipp", "-sf", str(scenario), "-i", HOST, "-p", str(port), "-mi", HOST, "-nostdin",
             "-inf", str(lengths), "-l", MOST, "-buff_size", str(1 << 22),
             "-trace_err", "-error_file", str(folder / f"phones-{port}.err")]  # fmt: skip
    with (folder / f"phones-{port}.out").open("wb") as out:
        child = spawn(words, out)
    time.sleep(0.2)
    if child.poll() is not None:
        raise ArenaError(f"SIPp as phones ended at once: {_last_words(folder / f'phones-{port}.out')}")
    return child


def start_callers(callers: Callers, folder: Path) -> subprocess.Popen[bytes]:
    """Send them; the process ends when the last one has hung up, or given up."""
    counted = folder / f"callers-{callers.run}.csv"
    words = ["sipp", "-sf", str(callers.scenario), "-i", HOST, "-p", str(callers.port), "-mi", HOST, "-nostdin",
             "-s", callers.number, "-key", "run", callers.run, "-buff_size", str(1 << 22),
             "-r", str(round(callers.rate * 1000)), "-rp", "1000000", "-m", str(callers.count), "-l", MOST,
             "-trace_stat", "-stf", str(counted), "-fd", "1",
             "-trace_err", "-error_file", str(folder / f"callers-{callers.run}.err"),
             f"{HOST}:{callers.target_port}"]  # fmt: skip
    with (folder / f"callers-{callers.run}.out").open("wb") as out:
        return spawn(words, out)


def await_callers(child: subprocess.Popen[bytes], within: float) -> None:
    """Wait for the last caller. Ends those who are still there after `within` seconds: they count as failed."""
    try:
        child.wait(within)
    except subprocess.TimeoutExpired:
        end(child)


def read_count(callers: Callers, folder: Path) -> SippCount:
    """Read what SIPp counted for these callers."""
    file = folder / f"callers-{callers.run}.csv"
    if not file.exists():
        raise ArenaError(f"SIPp as callers counted nothing: {_last_words(folder / f'callers-{callers.run}.out')}")
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text, delimiter=";"))
    last = rows[-1] if rows else {}
    return SippCount(
        int(last.get("SuccessfulCall(C)") or 0),
        int(last.get("FailedCall(C)") or 0),
        int(last.get("Retransmissions(C)") or 0),
    )


def _last_words(file: Path) -> str:
    lines = [line.strip() for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return " / ".join(lines[-3:]) or "it wrote nothing"
