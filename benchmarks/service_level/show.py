"""Shows the contests as tables.

It does not know how a figure was come by.
"""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benchmarks.figures import percentile
from benchmarks.service_level.contest import Contest, Row
from benchmarks.service_level.estimates import RIVALS, Judged
from benchmarks.service_level.optimum_run import known
from benchmarks.service_level.verdict import AIM, FLOOR, Interval


def show(results: list[Contest], conditions: dict[str, object], console: Console) -> None:
    """A table of policies for each workload, then the verdicts on ours."""
    title = "service level, simulated: " + ", ".join(f"{name} {value}" for name, value in conditions.items())
    console.print(title, highlight=False)
    for result in results:
        console.print(_policies(result))
        console.print(_held(result))
    console.print(_verdicts(results))
    console.print(_bounds(results))
    console.print(_optima())


def _policies(result: Contest) -> Table:
    calls = f"{result.days} days of {result.calls:.0f} calls"
    table = Table("policy", "settings", title=f"{result.workload}: {result.says}, {calls}", title_justify="left")
    for name in (
        "SL20",
        "of all",
        "SL60",
        "abandoned",
        "ASA",
        "over 20 s",
        "p99",
        "worst class",
        "spread",
        "gap closed",
    ):
        table.add_column(name, justify="right")
    for row in result.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> list[str]:
    f = row.figures
    return [
        row.name, row.settings, f"{f.sl:.1f}", f"{f.of_all:.1f}", f"{f.later:.1f}", f"{f.abandoned:.2f}",
        f"{f.asa:.1f}", f"{f.excess:.1f}", f"{f.p99:.0f}", f"{f.worst:.1f}", f"{f.spread:.1f}",
        f"{row.closed.value:.0f} %",
    ]  # fmt: skip


def _held(result: Contest) -> Table:
    table = Table(f"{result.workload}: ours", "value", "limit", "held")
    for each in result.constraints:
        table.add_row(each.name, f"{each.value:.2f}", f"{each.limit:.2f}", "yes" if each.held else "NO")
    return table


def _verdicts(results: list[Contest]) -> Table:
    table = Table("workload", title="ours: part of the gap to the pooled bound that is closed", title_justify="left")
    heads = (
        "from app_queue",
        "from app_queue tuned",
        f">= {FLOOR:.0f} %",
        f">= {AIM:.0f} %",
        "points",
        "points, tuned",
        "agents saved",
        "constraints",
        "both guards 90 s",
        "constraints then",
    )
    for name in heads:
        table.add_column(name, justify="right")
    for result in results:
        default, tuned = result.closed.values()
        points, against_tuned = result.gained.values()
        share = "" if result.saved is None else f"{result.saved:.1f} = {100 * result.saved / result.agents:.1f} %"
        table.add_row(
            result.workload, _interval(default, " %"), _interval(tuned, " %"),
            "yes" if default.value >= FLOOR else "NO", "yes" if default.value >= AIM else "NO",
            _interval(points), _interval(against_tuned), share,
            "held" if all(each.held for each in result.constraints) else "BROKEN",
            _interval(result.later, " %"),
            "held" if all(each.held for each in result.later_constraints) else "BROKEN",
        )  # fmt: skip
    return table


def _bounds(results: list[Contest]) -> Table:
    """Every bound, and the part of the gap from app_queue to it that ours closes."""
    table = Table("workload", "bound", title="ours: part of the gap to each bound", title_justify="left")
    for name in ("days", "SL20", "closed from app_queue", "from app_queue tuned"):
        table.add_column(name, justify="right")
    for result in results:
        for each in result.bounds:
            parts = _interval(each.closed, " %"), _interval(each.from_tuned, " %")
            table.add_row(result.workload, each.name, str(each.days), f"{each.rate:.1f}", *parts)
    return table


def _optima() -> Table:
    """Small memoryless floors, from the table that `optimum_run.py` writes."""
    table = Table("small memoryless floor", title="in time of all, beside the exact optimum", title_justify="left")
    heads = ("load", "app_queue", "first come", "ours", "optimum", "closed", "ours / optimum", "unguarded", "pooled")
    for name in heads:
        table.add_column(name, justify="right")
    for row in known():
        rates = [f"{rate:.2f}" for rate in (row.app_queue, row.first_come, row.ours, row.optimum)]
        parts = (f"{row.closed:.0f} %", f"{row.ours / row.optimum:.3f}", f"{row.unguarded:.2f}", f"{row.pooled:.2f}")
        table.add_row(row.floor, f"{row.load:.2f}", *rates, *parts)
    return table


def show_estimates(estimates: list[tuple[list[Judged], list[float]]], console: Console) -> None:
    """A table of errors and coverages, and what an answer costs."""
    table = Table(
        "workload", "when", title="wait estimates: error beside the rivals', and intervals", title_justify="left"
    )
    for name in ("waits", "mean", "RMSE", *RIVALS, "of the best", "bias", "inside", "by class", "by hour", "width"):
        table.add_column(name, justify="right")
    for each in (one for many, _ in estimates for one in many):
        table.add_row(
            each.workload, each.when, f"{each.guesses}", f"{each.waited:.0f} s", f"{each.rmse:.1f}",
            *(f"{rival:.1f}" for rival in each.rivals), f"{each.ratio:.2f}", f"{each.bias:+.1f}",
            f"{each.covered:.0f} %", _range(each.classes), _range(each.hours), f"{each.width:.0f} s",
        )  # fmt: skip
    console.print(table)
    took = sorted(1e6 * seconds for _, many in estimates for seconds in many)
    if took:
        console.print(f"an answer takes {percentile(took, 50):.0f} us (p50), {percentile(took, 99):.0f} us (p99)")


def _range(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.0f} to {ends[1]:.0f} %" if ends[1] else ""


def _interval(it: Interval, unit: str = "") -> str:
    digits = 0 if unit else 1
    return f"{it.value:.{digits}f}{unit} ({it.low:.{digits}f} to {it.high:.{digits}f})"
