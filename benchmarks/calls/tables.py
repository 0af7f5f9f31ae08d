"""Shows a run as tables and writes it as JSON. It does not judge."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from benchmarks.calls.rounds import Figures, Screens, Spread
from benchmarks.calls.verdict import Aim


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that one run found. `conditions` are versions, machine and settings, by name."""

    conditions: dict[str, object]
    ramp: tuple[Figures, ...]
    busy: tuple[Figures, ...]
    screens: Screens | None
    aims: tuple[Aim, ...]


def conditions_table(run: Run) -> Table:
    table = Table(title="calls: SIPp callers → prompt and one key → queue → SIPp agents", title_justify="left")
    table.add_column("what")
    table.add_column("is", overflow="fold")
    for name, value in run.conditions.items():
        table.add_row(name, str(value))
    return table


def ramp_table(steps: Sequence[Figures]) -> Table:
    table = _table("rate ramp, arms in turn on one Asterisk; times in ms", "rate", "arm", "good", "re-sent", "held",
                   "key→ring p50", "p95", "p99", "set-up p99", "Asterisk CPU", "beside it")  # fmt: skip
    for each in steps:
        again = f" (try {each.attempt})" if each.attempt > 1 else ""
        table.add_row(
            f"{each.rate:g}",
            each.arm + again,
            f"{each.good}/{each.calls} = {each.share:.5g} %",
            str(each.retransmissions),
            "yes" if each.held else "NO",
            *_times(each.join_to_ring),
            _number(each.setup.p99),
            _number(each.cpu_asterisk),
            _number(each.cpu_beside),
        )
    return table


def busy_table(steps: Sequence[Figures]) -> Table:
    table = _table("few agents, callers always waiting: end of a talk → that agent's next ring, ms", "arm",
                   "callers/s", "freed", "p50", "p95", "p99", "good", "re-sent")  # fmt: skip
    for each in steps:
        table.add_row(
            each.arm,
            f"{each.rate:g}",
            str(each.freed_to_ring.count),
            *_times(each.freed_to_ring),
            f"{each.share:.5g} %",
            str(each.retransmissions),
        )
    return table


def screens_table(shown: Screens) -> Table:
    table = _table("screen before the ring, both seen on the wire; ms", "load", "rings", "shown before", "lead p50")
    table.add_row(f"{shown.rate:g}/s beside", str(shown.rings), str(shown.popped_before), _number(shown.lead.p50))
    return table


def aims_table(aims: Iterable[Aim]) -> Table:
    table = _table("against the aims (app_queue: the better of its arms)", "what", "unit", "Switchroom", "other",
                   "ratio", "aim", "met")  # fmt: skip
    for aim in aims:
        met = {True: "yes", False: "NO", None: "not judged"}[aim.met]
        table.add_row(aim.name, aim.unit, *map(_number, (aim.ours, aim.theirs, aim.ratio)), aim.aim, met)
    return table


def write_json(run: Run, file: Path) -> None:
    """Write everything; `null` is what was not measured."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(run), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if name in {"arm", "what", "aim", "unit", "load"} else "right")
    return table


def _times(times: Spread) -> tuple[str, str, str]:
    return _number(times.p50), _number(times.p95), _number(times.p99)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
