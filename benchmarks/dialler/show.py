"""Shows contests as tables.

It does not know how a figure was come by.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.dialler.contest import Contest, Row


def show(results: Sequence[Contest], conditions: dict[str, object], console: Console) -> None:
    """The policies of each cell, then ours against the best rival of each."""
    title = "dialler, simulated: " + ", ".join(f"{name} {value}" for name, value in conditions.items())
    console.print(title, highlight=False)
    for result in results:
        console.print(_policies(result))
    if any(result.ours for result in results):
        console.print(_verdicts(results))


def _policies(result: Contest) -> Table:
    table = Table("policy", "settings", title=str(result.cell), title_justify="left")
    heads = ("utilisation", "abandoned", "worst day", "agent idle p95", "dials a connect", "persons a day")
    for name in (*heads, "misheard", "back after"):
        table.add_column(name, justify="right")
    for row in result.rows:
        table.add_row(*_cells(row, result.cell.cap))
    if result.optimum:
        table.add_row("MDP optimum, computed", "", f"{result.optimum:.3f}", f"{result.cell.cap:.2%}")
    return table


def _cells(row: Row, cap: float) -> list[str]:
    f = row.figures
    over = " !" if f.abandonment > cap else ""
    return [
        row.name, row.settings, f"{f.utilisation:.3f} ±{f.spread:.3f}", f"{f.abandonment:.2%}{over}", f"{f.worst:.2%}",
        f"{f.idle_p95:.0f} s", f"{f.dials_per_connect:.2f}", f"{f.persons:.0f}",
        f"{f.misheard:.1%}" if f.misheard else "", f"{f.back_after:.0f} min" if f.back_after >= 0 else "",
    ]  # fmt: skip


def _verdicts(results: Sequence[Contest]) -> Table:
    table = Table("cell", title="ours against the best tuned rival that kept to the cap", title_justify="left")
    heads = ("ours", "abandoned", "worst day", "best rival", "utilisation", "idle ratio", "aim")
    for name in (*heads, "as designed", "aim", "of the optimum"):
        table.add_column(name, justify="right")
    for result in results:
        ours, rival, ratio, other = result.ours, result.best_rival, result.idle_ratio, result.idle_ratio_as_designed
        if ours is None or rival is None or ratio is None or other is None:
            continue
        f = ours.figures
        aim = 0.75 if result.cell.agents < 50 else 0.6
        table.add_row(
            str(result.cell), f"{f.utilisation:.3f}", f"{f.abandonment:.2%}", f"{f.worst:.2%}", rival.name,
            f"{rival.figures.utilisation:.3f}", f"{ratio:.2f}", "yes" if ratio <= aim else "NO",
            f"{other:.2f}", "yes" if other <= aim else "NO",
            f"{f.utilisation / result.optimum:.3f}" if result.optimum else "",
        )  # fmt: skip
    return table
