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
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console
from rich.table import Table

from journal.facts import StepEntered
from switchroom.trial.floor import read_files, transcript_files, trial_plan
from switchroom.trial.together import play_all
from switchroom.trial.verdict import Verdict, judge
from switchroom.trial.walk import Walk

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROUND = 1000  # scenarios between two looks at the clock
AIM = 1000
FLOORS = (("short", HERE / "dialplans"), ("shipped", ROOT / "dialplans"))
DEFAULT_JSON = ROOT / "var" / "benchmarks" / "transcripts.json"


class NotTrueError(Exception):
    """A scenario did not come true. The text says how."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One floor: scenarios a second, as `simulate` plays many of them (median of rounds) and in one process alone."""

    floor: str
    kinds: int
    steps_each: float
    a_second: int
    in_one_process: int
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
    heap = [transcripts[at % len(transcripts)] for at in range(ROUND)]
    rates, alone, cpu, steps = [], [], 0.0, 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        _all_true(play_all(plan, heap)[0])
        rates.append(ROUND / (time.perf_counter() - start))
        start, used = time.perf_counter(), time.process_time()
        verdicts = [judge(Walk(plan, one.opening), one) for one in heap]
        cpu += time.process_time() - used
        alone.append(ROUND / (time.perf_counter() - start))
        _all_true(verdicts)
        steps += sum(isinstance(fact, StepEntered) for verdict in verdicts for fact in verdict.facts)
    played = ROUND * len(rates)
    return Figures(
        name, len(transcripts), round(steps / played, 1), round(statistics.median(rates)),
        round(statistics.median(alone)), round(played / cpu), round(steps / cpu), round(reading, 3),
    )  # fmt: skip


def _all_true(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        if not verdict.passed:
            raise NotTrueError(str(verdict.difference))


def _show(figures: list[Figures]) -> None:
    table = Table(title=f"scenarios played through the real centre (aim {AIM} a second)")
    heads = (
        "floor", "scenarios", "steps each", "a second", "one process", "a CPU second", "steps a CPU second",
        "read in s", "met",
    )  # fmt: skip
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
