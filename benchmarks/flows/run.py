"""`benchmarks/flows`: how long checking and proving flows takes, and refusing what means harm.

It prints a table and, with --json, writes it. Exit code 0 when it ran, whatever it found.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.flows.measure import Figure, measure

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "flows.json"


def main(words: list[str] | None = None) -> int:
    """Measure, show, write."""
    options = _options(words)
    told = Console(stderr=True)
    flows, rounds = (20, 1) if options.quick else (options.flows, options.rounds)
    with tempfile.TemporaryDirectory(prefix="switchroom-flows-") as made:
        figures = measure(Path(made), flows, rounds, lambda text: told.print(text, markup=False, highlight=False))
    conditions = {"python": platform.python_version(), "libyaml": bool(yaml.__with_libyaml__), "rounds": rounds}
    _show(figures, conditions, Console() if sys.stdout.isatty() else Console(width=120))
    rows = [{**asdict(figure), "met": figure.met} for figure in figures]
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"conditions": conditions, "figures": rows}, indent=2) + "\n", encoding="utf-8")
    return 0


def _show(figures: list[Figure], conditions: dict[str, object], console: Console) -> None:
    title = "flows: " + ", ".join(f"{name} {value}" for name, value in conditions.items())
    table = Table("what", "of what", title=title, title_justify="left")
    for name in ("median ms", "worst ms", "aim ms", "met"):
        table.add_column(name, justify="right")
    for each in figures:
        aim = "" if each.aim is None else f"{each.aim * 1000:.0f}"
        met = {True: "yes", False: "NO", None: ""}[each.met]
        table.add_row(each.what, each.size, f"{each.median * 1000:.0f}", f"{each.worst * 1000:.0f}", aim, met)
    console.print(table)


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/flows", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="few flows, once: does it run?")
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    parser.add_argument("--flows", type=int, default=200, help="how many flows are checked (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each thing is timed (%(default)s)")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
