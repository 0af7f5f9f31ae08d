"""`benchmarks/routing`: how fast the router decides who answers whom, by size of the floor, beside other searches.

It prints a table and writes it as JSON. Exit code 0 when it ran, 1 when router and scan ever answered otherwise.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console
from rich.table import Table

from benchmarks.routing.drive import Drive, Times
from benchmarks.routing.floors import Size
from benchmarks.routing.naive import ScanningRouter
from benchmarks.routing.rivals import MemberScan, SqlSearch, crowd_of, search

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "routing.json"
AGENTS, WAITING, SKILLS = (50, 500, 5_000), (0, 100, 10_000), (10, 50, 200)
SMALLEST, LARGEST = Size(50, 100, 10), Size(5_000, 10_000, 200)
QUICK = (SMALLEST, Size(500, 100, 50))
ENOUGH, PATIENCE = 200, 8.0  # decisions that are asked of the scan, or seconds of the processor if these are over first


@dataclass(frozen=True, slots=True)
class Figure:
    """One floor. Times in microseconds of the processor; medians, but for the mean on which `a_second` stands.

    `learning` are milliseconds for each second of the floor's time.
    """

    size: str
    decisions: int
    a_second: float
    median: float
    p99: float
    worst: float
    rest: float
    learning: float
    scan: float
    scan_mean: float
    compared: int
    differed: int
    members: float
    sql: float
    sql_tuned: float

    @property
    def times_scan(self) -> float:
        """How many times slower the scan is, mean against mean."""
        return self.scan_mean * self.a_second / 1e6


def main(words: list[str] | None = None) -> int:
    """Measure every size, show, write."""
    options = _options(words)
    told = Console(stderr=True)
    sizes = QUICK if options.quick else tuple(Size(a, w, s) for a in AGENTS for w in WAITING for s in SKILLS)
    figures = []
    for size in sizes:
        told.print(f"{size} ...", highlight=False)
        figures.append(measure(size, options.seed, 1_000 if options.quick else options.decisions))
    conditions = {
        "python": platform.python_version(), "processors": os.cpu_count(), "seed": options.seed,
        "load": round(os.getloadavg()[0], 1), "quick": options.quick,
    }  # fmt: skip
    _show(figures, conditions, Console() if sys.stdout.isatty() else Console(width=150))
    rows = [{**asdict(figure), "times_scan": figure.times_scan} for figure in figures]
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"conditions": conditions, "figures": rows}, indent=2) + "\n", encoding="utf-8")
    return 1 if any(figure.differed for figure in figures) else 0


def measure(size: Size, seed: int, decisions: int) -> Figure:
    """One floor, all ways to search."""
    ours = Drive(size, seed)
    gc.collect()
    gc.freeze()  # as `switchroom serve` does when it has opened, with the same thresholds
    before = gc.get_threshold()
    gc.set_threshold(20_000, 20, 20)
    checked, scan = ours.twin(type(ours.router), keep=True), ours.twin(ScanningRouter, keep=True)
    plain, began = scan.times, time.thread_time()
    while len(plain.decisions) < ENOUGH and time.thread_time() - began < PATIENCE:
        plain = scan.run(len(plain.decisions) + 1)
    mine = checked.run(len(plain.decisions))
    differed = sum(one != other for one, other in zip(mine.answers, plain.answers, strict=False))
    differed += abs(len(mine.answers) - len(plain.answers))
    del checked, scan
    times = ours.run(decisions)
    people, some = crowd_of(size, seed), min(decisions, 200)
    sql = search(SqlSearch(people, tuned=False), size, seed, some)
    tuned = search(SqlSearch(people, tuned=True), size, seed, some)
    members = search(MemberScan(people), size, seed, some)
    gc.unfreeze()
    gc.set_threshold(*before)
    return _figure(size, times, plain, (len(mine.answers), differed), (members, sql, tuned))


def _figure(
    size: Size, times: Times, scan: Times, compared: tuple[int, int], rivals: tuple[list[float], ...]
) -> Figure:
    ours = sorted(times.decisions)
    members, sql, tuned = (_median(sorted(each)) for each in rivals)
    return Figure(
        str(size), len(ours), len(ours) / sum(ours), _median(ours), _at(ours, 0.99), _at(ours, 1.0),
        times.rest / max(1, times.others) * 1e6, times.learning / times.seconds * 1e3, _median(sorted(scan.decisions)),
        sum(scan.decisions) / len(scan.decisions) * 1e6, *compared, members, sql, tuned,
    )  # fmt: skip


def _median(ordered: list[float]) -> float:
    return _at(ordered, 0.5)


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1e6


def _show(figures: list[Figure], conditions: dict[str, object], console: Console) -> None:
    title = "routing: " + ", ".join(f"{name} {value}" for name, value in conditions.items())
    table = Table("agents x waiting x skills", title=title, title_justify="left", caption=_verdict(figures))
    names = ("decisions/s", "p50 us", "p99 us", "max us", "rest us", "learn ms/s", "scan p50", "scan/ours", "equal")
    for name in (*names, "members", "SQL", "SQL tuned"):
        table.add_column(name, justify="right")
    for each in figures:
        equal = f"{each.compared - each.differed}/{each.compared}"
        table.add_row(
            each.size, f"{each.a_second:,.0f}", f"{each.median:.0f}", f"{each.p99:.0f}", f"{each.worst:.0f}",
            f"{each.rest:.0f}", f"{each.learning:.1f}", f"{each.scan:,.0f}", f"{each.times_scan:,.0f}", equal,
            f"{each.members:,.0f}", f"{each.sql:,.0f}", f"{each.sql_tuned:,.0f}",
        )  # fmt: skip
    console.print(table)


def _verdict(figures: list[Figure]) -> str:
    """The sentence about the largest floor, if it was measured."""
    by_size = {figure.size: figure for figure in figures}
    least, most = by_size.get(str(SMALLEST)), by_size.get(str(LARGEST))
    if least is None or most is None:
        return "a quick look: sizes and counts too small for a verdict"
    scaling = least.a_second / most.a_second
    return (
        f"largest against smallest: {scaling:.2f} times the cost a decision (floor 3, aim 1.5); {most.a_second:,.0f}/s "
        f"(floor 20,000, aim 200,000); p99 {most.p99:.0f} us (floor 1,000, aim 50); scan {most.times_scan:,.0f} times "
        "slower (floor 50, aim 300)"
    )


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/routing", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="two small floors: does it run?")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of floor and callers (%(default)s)")
    parser.add_argument("--decisions", type=int, default=5_000, help="timed on each floor (%(default)s)")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
