"""`benchmarks/lists`: a million rows into a list, beside the plain way of the same libraries, and who is next in it.

Seconds by the clock show what else the machine did; seconds of the processor do so less. A plain arm would take very
long: it reads a tenth of the rows, and is told by the row.
It prints tables and, with --json, writes them. Exit code 1 when two arms that read the same file find other leads.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from rich.console import Console
from rich.table import Table

from benchmarks.lists.made import write_csv, write_workbook
from benchmarks.lists.standing import make, measure

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "lists.json"
ARMS = Path(__file__).with_name("arms.py")


def main(words: list[str] | None = None) -> int:
    """Make the files, run the arms, ask the store, show, write."""
    options = _options(words)
    rows = options.rows or (20_000 if options.quick else 1_000_000)
    with tempfile.TemporaryDirectory(prefix="switchroom-lists-") as made:
        imports = _imports(Path(made), rows, options.seed)
        make(Path(made) / "store", rows, options.seed)
        standing = measure(Path(made) / "store", 20 if options.quick else 200, options.seed)
    conditions = {"rows": rows, "seed": options.seed, "python": platform.python_version()}
    _show(imports, standing, conditions, Console() if sys.stdout.isatty() else Console(width=130))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    told = {"conditions": conditions, "imports": imports, "standing": standing}
    options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0 if _agree(imports) else 1


def _imports(folder: Path, rows: int, seed: int) -> list[dict[str, Any]]:
    few, found = max(rows // 10, 2000), []
    for encoding in ("utf-8", "gb18030", "utf-16"):
        write_csv(folder / f"{encoding}.csv", rows, seed, encoding)
        found.append(_run("ours", folder / f"{encoding}.csv", f"CSV, {encoding}"))
    write_csv(folder / "twice.csv", rows * 2, seed, "utf-8")
    found.append(_run("ours", folder / "twice.csv", "CSV, twice as long"))
    write_workbook(folder / "whole.xlsx", rows, seed)
    found.append(_run("ours", folder / "whole.xlsx", "XLSX"))
    write_csv(folder / "tenth.csv", few, seed, "utf-8")
    write_workbook(folder / "tenth.xlsx", few, seed)
    pairs = (("ours", "tenth.csv"), ("plain", "tenth.csv"), ("ours", "tenth.xlsx"), ("plain_workbook", "tenth.xlsx"))
    found += [_run(arm, folder / name, name) for arm, name in pairs]
    return found


def _run(arm: str, path: Path, what: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, str(ARMS), arm, str(path)], capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    return {"arm": arm, "file": what, "mb": path.stat().st_size / 1e6, **figures}


def _agree(imports: list[dict[str, Any]]) -> bool:
    """Whether all found the same leads; we alone refuse premium numbers, of which the made list has one, often."""
    for size in {one["rows"] for one in imports}:
        leads = {one["leads"] for one in imports if one["rows"] == size and one["arm"] == "ours"}
        plain = {one["leads"] for one in imports if one["rows"] == size and one["arm"] != "ours"}
        if len(leads) != 1 or len(plain) > 1 or any(abs(one - min(leads)) > 1 for one in plain):
            return False
    return True


def _show(
    imports: list[dict[str, Any]], standing: dict[str, Any], conditions: dict[str, Any], console: Console
) -> None:
    table = Table(title=f"a file becomes a list ({conditions})")
    for head in ("arm", "file", "MB", "rows", "leads", "seconds", "processor s", "rows/s", "us a row", "peak MB"):
        table.add_column(head, justify="left" if head in {"arm", "file"} else "right")
    for one in imports:
        each = one["processor"] / one["rows"] * 1e6
        cells = (f"{one['mb']:.0f}", one["rows"], one["leads"], f"{one['seconds']:.1f}", f"{one['processor']:.1f}",
                 f"{one['rows'] / one['seconds']:.0f}", f"{each:.1f}", f"{one['peak_mb']:.0f}")  # fmt: skip
        table.add_row(one["arm"], one["file"], *map(str, cells))
    console.print(table)
    table = Table(title=f"200 leads that are due, of {standing['leads']}")
    for head in ("when", "median ms", "95 % ms", "processor ms"):
        table.add_column(head, justify="left" if head == "when" else "right")
    for when in ("untouched", "half_tried", "all_tried", "due_again"):
        one = standing[when]
        table.add_row(when, *(f"{one[key]:.2f}" for key in ("median_ms", "p95_ms", "processor_ms")))
    console.print(table)
    rest = ("first_after_restart_ms", "left_ms", "facts_per_second")
    console.print(", ".join(f"{name} {standing[name]:.1f}" for name in rest))


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=0, help="rows of the files (a million)")
    parser.add_argument("--quick", action="store_true", help="20,000 rows: whether it works, not how fast it is")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, default=DEFAULT_JSON, metavar="FILE")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
