"""`benchmarks/transcripts`: how many scenarios `switchroom simulate` plays in a second, from what was read before.

Two kinds: short ones of a small floor, and those of the floor that is shipped, with its lookups and proofs. It prints a
table and, with --json, writes it. A scenario that does not come true makes the run worth nothing (exit code 1).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console
from rich.table import Table

from journal.facts import StepEntered
from switchroom.trial.floor import read_files, transcript_files, trial_plan
from switchroom.trial.script import Transcript
from switchroom.trial.verdict import Verdict, judge
from switchroom.trial.walk import Walk

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROUND = 200  # scenarios between two looks at the clock
AIM = 1000
FLOORS = (("short", HERE / "dialplans"), ("shipped", ROOT / "dialplans"))
DEFAULT_JSON = ROOT / "var" / "benchmarks" / "transcripts.json"


class NotTrueError(Exception):
    """A scenario did not come true. The text says how."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One floor: scenarios a second by the clock (median of rounds) and by the processor's time, in one process."""

    floor: str
    kinds: int
    steps_each: float
    a_second: int
    a_cpu_second: int
    steps_a_cpu_second: int
    reading_seconds: float


def main() -> int:
    """Measure, show, write."""
    options = _options()
    try:
        figures = [_measure(name, folder, options.seconds) for name, folder in FLOORS]
    except NotTrueError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    _show(figures)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps([asdict(each) for each in figures], indent=2) + "\n", encoding="utf-8")
    return 0


def _measure(name: str, folder: Path, seconds: float) -> Figures:
    began = time.perf_counter()
    plan = trial_plan(folder, "86")
    transcripts, faults = read_files(transcript_files((), folder))
    reading = time.perf_counter() - began
    if faults or not transcripts:
        raise NotTrueError("\n".join(map(str, faults)) or f"no transcripts in {folder}")
    rates, steps, cpu = [], 0, time.process_time()
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        for verdict in _played(transcripts, lambda one: judge(Walk(plan, one.opening), one)):
            steps += sum(isinstance(fact, StepEntered) for fact in verdict.facts)
        rates.append(ROUND / (time.perf_counter() - start))
    played, used = ROUND * len(rates), time.process_time() - cpu
    return Figures(
        name, len(transcripts), round(steps / played, 1), round(statistics.median(rates)), round(played / used),
        round(steps / used), round(reading, 3),
    )  # fmt: skip


def _played(transcripts: list[Transcript], play: Callable[[Transcript], Verdict]) -> Iterator[Verdict]:
    for at in range(ROUND):
        verdict = play(transcripts[at % len(transcripts)])
        if not verdict.passed:
            raise NotTrueError(str(verdict.difference))
        yield verdict


def _show(figures: list[Figures]) -> None:
    table = Table(title=f"scenarios played through the real centre, one process (aim {AIM} a second)")
    heads = ("floor", "scenarios", "steps each", "a second", "a CPU second", "steps a CPU second", "read in s", "met")
    for head in heads:
        table.add_column(head, justify="left" if head == "floor" else "right")
    for each in figures:
        met = "yes" if each.a_second >= AIM else "NO"
        table.add_row(*map(str, asdict(each).values()), met)
    (Console() if sys.stdout.isatty() else Console(width=120)).print(table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each floor")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
