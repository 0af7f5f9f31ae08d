"""`benchmarks/dialler`: how many lines to dial, by our pacer and its rivals, the very same customers.

It prints tables and, with --json, writes them. Exit code 0 when it ran, whatever it found.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console

from benchmarks.dialler.arms import OURS
from benchmarks.dialler.campaigns import Campaigns, thousand
from benchmarks.dialler.contest import Contest, Plan, Row, contest
from benchmarks.dialler.show import show
from benchmarks.dialler.speed import speed
from benchmarks.dialler.verdict import Figures
from benchmarks.dialler.worlds import ANSWERS, SCENARIOS, SIZES, Cell

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "dialler.json"
REPORTED_FROM = 100
PROCESSES = os.cpu_count() or 1
DAYS = {5: 6, 10: 6, 25: 4, 50: 4, 200: 2, 500: 1}
USUAL = (
    "stationary:5,10,50:0.30:0.03 memoryless:5,10,25:0.30 drift,step_up,bimodal,detection:5,10:0.30 "
    "shifts,congested,blended:10:0.30 stationary:10:0.12,0.45:0.03 stationary:10:0.30:0.01"
)  # those that are published; the whole grid takes a day of processor time
QUICK = (Cell("stationary", 5, 0.30), Cell("memoryless", 5, 0.30), Cell("step_up", 10, 0.30))


def grid() -> list[Cell]:
    """Every cell of the design: at 3 % all of them, at 1 % the stationary ones."""
    three = [Cell(name, size, share) for size in SIZES for share in ANSWERS for name in SCENARIOS]
    one = [Cell("stationary", size, share, 0.01) for size in SIZES for share in ANSWERS]
    return three + one


def chosen(words: str) -> list[Cell]:
    """Cells by a text: `stationary:5,10:0.30` or `:5:` and several of them after blanks."""
    found = []
    for word in words.split():
        names, sizes, shares, caps = (*word.split(":"), "", "", "")[:4]
        for cell in grid():
            asked = (
                (names, cell.scenario),
                (sizes, str(cell.agents)),
                (shares, f"{cell.answers:.2f}"),
                (caps, f"{cell.cap:.2f}"),
            )
            if cell not in found and all(not told or value in told.split(",") for told, value in asked):
                found.append(cell)
    return found


def main(words: list[str] | None = None) -> int:
    """Tune, play, show, write."""
    options = _options(words)
    told = Console(stderr=True)
    cells = list(QUICK) if options.quick and not options.cells else chosen(options.cells or USUAL)
    kept = _kept(options.reuse) if options.reuse else {}
    tasks = [(cell, plan := _plan(options, cell), kept.get((cell, plan.seeds), ())) for cell in cells]
    results = []
    for result in _on_all_processors(tasks, options.processes):
        results.append(result)
        told.print(f"{result.cell}: {len(results)} of {len(tasks)} cells", markup=False, highlight=False)
        _write(options, results, None, [])
    order = {cell: number for number, cell in enumerate(cells)}
    results.sort(key=lambda result: order[result.cell])
    many = thousand(options.seed, options.campaigns, options.processes) if options.campaigns else None
    spent = speed(options.seed) if options.speed else []
    conditions = _conditions(options)
    console = Console() if sys.stdout.isatty() else Console(width=190)
    show(results, conditions, console)
    for line in spent:
        console.print(line, highlight=False)
    if many is not None:
        console.print(many.said, highlight=False)
    _write(options, results, many, spent)
    return 0


def _plan(options: argparse.Namespace, cell: Cell) -> Plan:
    days = options.days or (2 if options.quick else DAYS[cell.agents])
    tuning = options.tuning
    first = options.seed + REPORTED_FROM
    return Plan(
        range(options.seed, options.seed + tuning),
        range(first, first + days),
        ours=not options.rivals_only,
        tuned=not options.untuned,
        rivals=not options.alone,
    )


def _on_all_processors(tasks: Sequence[tuple[Cell, Plan, tuple[Row, ...]]], processes: int) -> Iterator[Contest]:
    with ProcessPoolExecutor(processes, initializer=_yield_to_others) as pool:
        for done in as_completed([pool.submit(contest, *task) for task in tasks]):
            yield done.result()


def _kept(file: Path) -> dict[tuple[Cell, str], tuple[Row, ...]]:
    """Rivals' rows of an earlier run, by cell and seeds."""
    whole = json.loads(file.read_text(encoding="utf-8"))
    return {
        (Cell(**each["cell"]), each["seeds"]): tuple(
            Row(row["name"], row["kind"], row["settings"], Figures(**row["figures"]))
            for row in each["rows"]
            if row["kind"] != OURS.kind
        )
        for each in whole["cells"]
    }


def _yield_to_others() -> None:
    """Let whatever else runs on the machine go first: nothing is timed here."""
    os.nice(10)


def _conditions(options: argparse.Namespace) -> dict[str, object]:
    return {"python": platform.python_version(), "seed": options.seed, "quick": options.quick, "simulated": True}


def _write(options: argparse.Namespace, results: list[Contest], many: Campaigns | None, spent: list[str]) -> None:
    """Write what there is so far: a long run that is cut short is not lost."""
    rows = [
        {
            "cell": result.cell._asdict(),
            "seeds": _plan(options, result.cell).seeds,
            "idle_ratio": result.idle_ratio,
            "idle_ratio_as_designed": result.idle_ratio_as_designed,
            "optimum": result.optimum,
            "best_rival": result.best_rival.name if result.best_rival else None,
            "rows": [asdict(row) for row in result.rows],
        }
        for result in results
    ]
    whole = {
        "conditions": _conditions(options),
        "written": time.strftime("%Y-%m-%d"),
        "ours": OURS.name,
        "cells": rows,
        "campaigns": asdict(many) if many else None,
        "speed": spent,
    }
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/dialler", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="three cells, few days: does it run?")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="first seed for tuning; reporting begins 100 later")
    parser.add_argument("--days", type=int, default=0, help="days of each arm (else by size)")
    parser.add_argument("--tuning", type=int, default=1, help="days on which each setting is tried (%(default)s)")
    parser.add_argument(
        "--cells", default="", help="which: scenario,..:agents,..:answers,..:cap,..; `:` for all of the grid"
    )
    parser.add_argument("--rivals-only", action="store_true", help="without the product's pacer")
    parser.add_argument("--alone", action="store_true", help="the product's pacer without any rival")
    parser.add_argument("--reuse", type=Path, help="rivals' rows of an earlier run, where cell and seeds agree")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="cells at a time (%(default)s)")
    parser.add_argument("--untuned", action="store_true", help="rivals at their defaults alone")
    parser.add_argument("--campaigns", type=int, default=0, help="so many campaigns with shifts, to count broken caps")
    parser.add_argument("--speed", action="store_true", help="500 agents for 8 hours: engine and pacer, in CPU seconds")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
