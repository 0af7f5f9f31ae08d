"""`benchmarks/service_level`: six workloads, who answers whom by our router and by its rivals, the very same callers.

It prints tables and, with --json, writes them. Exit code 0 when it ran, whatever it found.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console

from benchmarks.figures import percentile
from benchmarks.service_level.contest import Contest, contest
from benchmarks.service_level.estimates import Judged, judge
from benchmarks.service_level.show import show, show_estimates
from benchmarks.service_level.workloads import Workload, workloads

ESTIMATED = ("W1", "W2 0.92", "W4", "W6")  # the floors on which wait estimates are judged
DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "service_level.json"


def main(words: list[str] | None = None) -> int:
    """Tune, play, show, write."""
    options = _options(words)
    told = Console(stderr=True)
    chosen = [each for each in workloads().values() if each.name.startswith(tuple(options.workloads.split(",")))]
    results = [
        contest(
            each,
            _seeds(options, each),
            lambda text: told.print(text, markup=False, highlight=False),
            1 if options.quick else options.bounds,
        )
        for each in chosen
    ]
    estimates = [judge(each.name, _seeds(options, each)[1]) for each in chosen if each.name.startswith(ESTIMATED)]
    conditions = {"python": platform.python_version(), "seed": options.seed, "quick": options.quick, "simulated": True}
    console = Console() if sys.stdout.isatty() else Console(width=200)
    show(results, conditions, console)
    show_estimates(estimates, console)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(_written(results, estimates, conditions), indent=1) + "\n", encoding="utf-8")
    return 0


def _seeds(options: argparse.Namespace, workload: Workload) -> tuple[range, range]:
    """Seeds for tuning, and others for reporting."""
    tuning, reporting = (1, min(6, max(3, workload.seeds // 6))) if options.quick else (4, workload.seeds)
    reporting = options.days or reporting
    return range(options.seed, options.seed + tuning), range(options.seed + 100, options.seed + 100 + reporting)


def _written(
    results: list[Contest], estimates: list[tuple[list[Judged], list[float]]], conditions: dict[str, object]
) -> dict[str, object]:
    told = [
        {**asdict(each), "took_p50": percentile(took, 50), "took_p99": percentile(took, 99)}
        for many, took in estimates
        for each in many
    ]
    return {"conditions": conditions, "workloads": [asdict(result) for result in results], "estimates": told}


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/service_level", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--quick", action="store_true", help="few seeds, no fewer agents: does it run?")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="first seed for tuning; reporting begins 100 later")
    parser.add_argument("--days", type=int, default=0, help="so many days of each workload (else by its length)")
    parser.add_argument("--bounds", type=int, default=4, help="days of each for hindsight; 0: no bounds (%(default)s)")
    parser.add_argument("--workloads", default="W", help="which, by how their names begin (%(default)s: all)")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
