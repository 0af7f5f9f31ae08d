"""`benchmarks/faults`: storms of simulated calls on the product's own centre; no invariant may break.

It prints a table and, with --json, writes it; docs/benchmarks.md tells what is played and judged. Exit code 1 when an
invariant broke: `--seed N --seasons 1` plays that storm again, turn for turn.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console
from rich.table import Table

from benchmarks.arena import machine
from benchmarks.faults.season import Season, play

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "faults.json"
USUAL, QUICK = 100_000, 5_000
A_SEASON = 2_000  # calls


def main() -> int:
    """Play, show, write."""
    options = _options()
    begun, cpu = time.monotonic(), time.process_time()
    seasons: list[Season] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):  # stopped before its end: what was played counts
        for season in _played(options):
            seasons.append(season)  # noqa: PERF402 (each counts as soon as it is played)
    took = time.monotonic() - begun
    children = os.times()
    spent = time.process_time() - cpu + children.children_user + children.children_system
    found = _found(seasons, took, spent)
    _show(found, seasons)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"machine": machine(), **found}, indent=1) + "\n", encoding="utf-8")
    return 1 if found["broken"] else 0


def _played(options: argparse.Namespace) -> Iterator[Season]:
    """Season after season, until there were calls enough; a broken one ends nothing, so that all are seen."""
    most = options.seasons or 2 + 2 * options.calls // options.season
    seeds = range(options.seed, options.seed + most)
    calls, told = 0, Console(stderr=True)
    with get_context("spawn").Pool(options.jobs, _leave_signals_to_the_parent, maxtasksperchild=50) as pool:
        for season in pool.imap(partial(play, calls=options.season), seeds):
            calls += season.calls
            if season.broken:
                told.print(f"seed {season.seed}: {season.broken[:600]}", markup=False, highlight=False, style="red")
            if season.seed % 20 == 0:
                told.print(f"{calls} calls", highlight=False)
            yield season
            if not options.seasons and calls >= options.calls:
                pool.terminate()
                return


def _leave_signals_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _found(seasons: Iterable[Season], took: float, spent: float) -> dict[str, object]:
    seasons = list(seasons)
    outcomes: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    whole = hashlib.blake2b(digest_size=16)
    for season in seasons:
        outcomes.update(dict(season.outcomes))
        seen.update(dict(season.seen))
        faults.update(dict(season.faults))
        whole.update(season.hash.encode())
    return {
        "calls": sum(season.calls for season in seasons),
        "seasons": len(seasons),
        "turns": sum(season.turns for season in seasons),
        "facts": sum(season.facts for season in seasons),
        "faults": dict(faults.most_common()),
        "outcomes": dict(outcomes.most_common()),
        "facts seen": dict(seen.most_common()),
        "hash": whole.hexdigest(),
        "wall seconds": round(took, 1),
        "processor seconds": round(spent, 1),
        "broken": [asdict(season) for season in seasons if season.broken],
    }


def _show(found: dict[str, object], seasons: list[Season]) -> None:
    table = Table(title=f"faults: {found['calls']} simulated calls in {len(seasons)} storms")
    table.add_column("what")
    table.add_column("count", justify="right")
    for name in ("turns", "facts", "wall seconds", "processor seconds"):
        table.add_row(name, str(found[name]))
    for name in ("faults", "outcomes"):
        for key, count in dict(found[name]).items():  # type: ignore[call-overload] # the two that are counts
            table.add_row(f"{name}: {key}", str(count))
    table.add_row("hash of every fact", str(found["hash"]))
    table.add_row("invariants broken", str(sum(bool(season.broken) for season in seasons)))
    Console(width=100).print(table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/faults", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--calls", type=int, help=f"stop after so many ({USUAL})")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} calls: does it run?")
    parser.add_argument("--seed", type=int, default=1, help="the first storm's integer (%(default)s)")
    parser.add_argument("--seasons", type=int, default=0, help="play so many storms instead")
    parser.add_argument("--season", type=int, default=A_SEASON, help="calls of one storm (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="storms at once, each on a core (%(default)s)")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    options = parser.parse_args()
    options.calls = options.calls or (QUICK if options.quick else USUAL)
    return options


if __name__ == "__main__":
    sys.exit(main())
