"""`benchmarks/surge`: the surge W4 on a real Asterisk, through app_queue and through Switchroom, beside its simulation.

It prints a table and, with --json, writes it; docs/benchmarks.md tells what is measured and how. Exit code 0 when it
ran, whatever it found: a lost comparison is a result.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console
from rich.table import Table

from benchmarks.arena import ArenaError, machine
from benchmarks.surge.arms import OURS, THEIRS, Stage
from benchmarks.surge.day import Came, Scene, by_chance, late, ours, rates, scene, theirs, tuned
from benchmarks.surge.phones import Call
from cti.asterisk.package import find_or_unpack

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "surge.json"
TUNED_ON = range(1, 9)
MORE_DAYS = range(201, 231)  # the simulation alone, of the same day in its own time


def main() -> int:
    """Measure, show, write."""
    options = _options()
    told = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="switchroom-surge-", ignore_cleanup_errors=True) as folder:
        try:
            found = _measure(Path(folder), options, told)
        except ArenaError as fault:
            told.print(f"surge: {fault}", style="red", markup=False)
            return 3
    _show(found, Console() if sys.stdout.isatty() else Console(width=150))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def _measure(folder: Path, options: argparse.Namespace, told: Console) -> dict[str, object]:
    cut = (options.scale, options.before, options.after)
    strategy, penalty = tuned(*cut, TUNED_ON)
    told.print(f"app_queue, tuned in simulation: {strategy}, penalties {penalty}", highlight=False)
    rows: list[dict[str, object]] = []
    chances: list[dict[str, str]] = []
    for number in range(options.rounds):
        drawn = scene(*cut, options.seed + number)
        rows.append(_row(f"simulated {OURS}", number, drawn, ours(drawn)))
        rows.append(_row(f"simulated {THEIRS}", number, drawn, theirs(drawn, strategy, penalty)))
        chances.append(_chances(drawn, strategy, penalty))
        order = (THEIRS, OURS) if number % 2 == 0 else (OURS, THEIRS)
        for arm in order:
            with Stage(folder / f"{arm}-{number}", find_or_unpack(say=told.print), drawn) as stage:
                came, failed = _came(drawn, stage.play(arm, strategy, penalty))
            rows.append(_row(f"telephone {arm}", number, drawn, came, failed))
            told.print(f"{rows[-1]['arm']}: {rows[-1]['sl6']} % within the target", highlight=False)
    return {
        "machine": machine(), "scale": options.scale, "before": options.before, "after": options.after,
        "seed": options.seed, "app_queue": f"{strategy}, penalties {penalty}, retry=1, autofill=yes, ringinuse=no",
        "rows": rows, "by chance": chances, "undivided": _undivided(options, strategy, penalty),
    }  # fmt: skip


def _chances(drawn: Scene, strategy: str, penalty: str) -> dict[str, str]:
    """What each arm has by simulation when arrivals are moved by a moment: "mean ± spread"."""
    arms = {OURS: by_chance(drawn, ours), THEIRS: by_chance(drawn, lambda moved: theirs(moved, strategy, penalty))}
    return {arm: f"{mean:.1f} ± {spread:.1f}" for arm, (mean, spread) in arms.items()}


def _came(drawn: Scene, calls: Sequence[Call]) -> tuple[list[Came], int]:
    """What came of everybody; a call that was neither answered nor given up is a failure and counted apart."""
    found, failed = [], 0
    for caller, call in zip(drawn.crowd.callers, calls, strict=True):
        kind, over = drawn.crowd.kinds[caller.kind].name, call.answered_at or call.gone_at
        if call.asked_at is None or over is None or (call.answered_at is None and not call.gave_up):
            failed += 1
        else:
            found.append(Came(kind, caller.at, max(0.0, over - call.asked_at), call.answered_at is not None))
    return found, failed


def _row(arm: str, number: int, drawn: Scene, came: list[Came], failed: int = 0) -> dict[str, object]:
    whole = rates(came, drawn.scale)
    kinds = {kind.name: [one for one in came if one.kind == kind.name] for kind in drawn.crowd.kinds}
    return {
        "arm": arm, "round": number + 1, "calls": len(came), "failed": failed,
        **{name: _rounded(getattr(whole, name)) for name in ("sl1", "sl2", "sl3", "sl4", "sl5", "sl6")},
        "abandoned": _rounded(whole.abandon_rate), "asa": _rounded(whole.asa, 3), "p99": _rounded(late(came), 3),
        "by class": {name: _rounded(rates(some, drawn.scale).sl6) for name, some in kinds.items()},
    }  # fmt: skip


def _undivided(options: argparse.Namespace, strategy: str, penalty: str) -> dict[str, object]:
    """The same day in its own time, by simulation: the mean of many seeds."""
    found: dict[str, list[float]] = {OURS: [], THEIRS: []}
    for seed in MORE_DAYS:
        drawn = scene(1.0, options.before, options.after, seed)
        found[OURS].append(rates(ours(drawn), 1.0).sl6 or 0.0)
        found[THEIRS].append(rates(theirs(drawn, strategy, penalty), 1.0).sl6 or 0.0)
    return {arm: _rounded(sum(each) / len(each)) for arm, each in found.items()}


def _rounded(value: float | None, places: int = 1) -> float | None:
    return None if value is None else round(value, places)


def _show(found: dict[str, object], console: Console) -> None:
    table = Table(title=f"surge: W4, its times divided by {found['scale']:g}; app_queue: {found['app_queue']}")
    rows: list[dict[str, object]] = found["rows"]  # type: ignore[assignment] # as _measure made it
    names = ("arm", "round", "calls", "failed", "sl6", "sl3", "sl1", "sl2", "sl4", "sl5", "abandoned", "asa", "p99")
    classes = list(rows[0]["by class"])  # type: ignore[call-overload] # as _row made it
    for name in (*names, *classes):
        table.add_column(name, justify="left" if name == "arm" else "right")
    for row in rows:
        by_class: dict[str, object] = row["by class"]  # type: ignore[assignment] # as _row made it
        table.add_row(*(str(row[name]) for name in names), *(str(by_class[name]) for name in classes))
    console.print(table)
    console.print("gain in sl6, ours over app_queue, points:", *_gains(rows), sep="\n  ", highlight=False)
    for number, by_arm in enumerate(found["by chance"], 1):  # type: ignore[arg-type, var-annotated] # as _measure made it
        console.print(f"simulated, arrivals moved by a moment, day {number}: {by_arm}", highlight=False)
    console.print(f"in its own time, simulated, sl6, mean of {len(MORE_DAYS)} days: {found['undivided']}")


def _gains(rows: Sequence[dict[str, object]]) -> list[str]:
    """What ours answers more in time, on every day and in the mean, by simulation and on the telephone."""
    rate = {(row["arm"], row["round"]): float(str(row["sl6"])) for row in rows if row["sl6"] is not None}
    lines, means = [], []
    for how in ("simulated", "telephone"):
        days = sorted({int(str(number)) for arm, number in rate if arm == f"{how} {OURS}"})
        each = [rate[f"{how} {OURS}", day] - rate[f"{how} {THEIRS}", day] for day in days]
        means.append(sum(each) / len(each))
        lines.append(f"{how}: " + ", ".join(f"{gain:+.1f}" for gain in each) + f"; mean {means[-1]:+.1f}")
    part = f"{means[1] / means[0]:.2f}" if means[0] > 0 else "-"
    return [*lines, f"the telephone's part of the simulation's: {part}"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/surge", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="times divided by 20: does it run? (four minutes)")
    parser.add_argument("--scale", type=float, default=5.0, help="divide all times by (%(default)g)")
    parser.add_argument("--before", type=float, default=600.0, help="seconds before the surge, undivided (%(default)g)")
    parser.add_argument("--after", type=float, default=300.0, help="seconds after it, undivided (%(default)g)")
    parser.add_argument("--rounds", type=int, default=1, help="days, each through both arms in turn (%(default)s)")
    parser.add_argument("--seed", type=int, default=101, help="the dice of the first day's crowd (%(default)s)")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    options = parser.parse_args()
    if options.quick:
        options.scale, options.before, options.after = 20.0, 300.0, 120.0
    return options


if __name__ == "__main__":
    sys.exit(main())
