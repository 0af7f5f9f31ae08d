"""The figures of one run as tables for people and as JSON for programs. It measures nothing."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.events.arms import Panoramisk, ToDecision
from benchmarks.events.memory import Cut, Lap, agree
from benchmarks.events.weigh import Weight
from benchmarks.events.wire import Lag, Sprint

ABOUT = {
    "everything": "no event filter, read = all (TestEvent of Debian's build in it)",
    "filtered": "with the event filter of our manager.conf",
}


@dataclass(slots=True)
class Figures:
    """Everything that one run found; dicts by the stream's name."""

    calls: int
    seed: int
    quick: bool
    asterisk: str
    recorded: int
    laps: dict[str, list[Lap]] = field(default_factory=dict)
    cuts: dict[str, list[Cut]] = field(default_factory=dict)
    sprints: dict[str, list[Sprint]] = field(default_factory=dict)
    lags: dict[str, list[Lag]] = field(default_factory=dict)
    decisions_agree: bool = True
    weight: Weight | None = None
    held: dict[str, float] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether all tables were equal, at every cut, and all decisions those that the real server took."""
        laps, cuts = all(map(agree, self.laps.values())), all(c.equal for found in self.cuts.values() for c in found)
        tables = {sprint.digest for found in self.sprints.values() for sprint in found if sprint.digest}
        weighed = self.weight is None or self.weight.agrees
        return laps and cuts and len(tables) <= 1 and self.decisions_agree and weighed


def machine() -> dict[str, str]:
    """What the figures were found on."""
    return {
        "python": platform.python_version(),
        "panoramisk": version("panoramisk"),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.2f} (1 minute, when the run ended)",
    }


def as_json(figures: Figures) -> dict[str, Any]:
    """All figures, and the ratios that the tables show."""
    ratios = {
        name: {lap.arm: dict(zip(("median", "p10", "p90"), lap.against(laps[0]), strict=True)) for lap in laps}
        for name, laps in figures.laps.items()
    }
    return {"machine": machine(), "sound": figures.sound, "ratio_to_panoramisk": ratios, **asdict(figures)}


def show(figures: Figures, console: Console) -> None:
    """Print everything."""
    here = machine()
    console.print(
        f"{figures.calls:,} overlapping calls made of {figures.recorded} real ones (SIP and RTP, recording on, "
        f"Asterisk {figures.asterisk}), seed {figures.seed}. Python {here['python']}, panoramisk {here['panoramisk']}, "
        f"{here['cores']} cores ({here['system']}), load {here['load']}.",
        highlight=False,
    )
    for name in figures.laps:
        console.print(_memory(name, figures.laps[name]))
        console.print(_cut_line(figures.cuts[name]), highlight=False)
        console.print(_socket(name, figures.sprints[name]))
        console.print(_lag(name, figures.lags[name]))
    if figures.weight is not None:
        console.print(_weight(figures.weight, figures.held))
    verdict = "All tables and decisions agree." if figures.sound else "TABLES OR DECISIONS DIFFER: no figure counts."
    console.print(verdict, style="green" if figures.sound else "red")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _memory(name: str, laps: list[Lap]) -> Table:
    table = _table(
        f"From memory, {name}: {ABOUT[name]}; {laps[0].events / laps[0].calls:.1f} events and "
        f"{laps[0].size / laps[0].calls / 1000:.1f} kB a call",
        "arm", "events/s", "MB/s", "calls/s", "times panoramisk (10-90 %)", "call table",
    )  # fmt: skip
    for lap in laps:
        middle, low, high = lap.against(laps[0])
        ratio = "1" if lap.arm == Panoramisk.name else f"{middle:.2f} ({low:.2f}-{high:.2f})"
        table.add_row(lap.arm, *_speeds(lap, lap.total), ratio, lap.last_digest or "none: framing only")
    return table


def _socket(name: str, sprints: list[Sprint]) -> Table:
    table = _table(
        f"Over a local socket, {name}, the sender in a process of its own",
        "arm", "events/s", "MB/s", "calls/s", "times panoramisk", "call table",
    )  # fmt: skip
    for sprint in sprints:
        none = "decides instead" if sprint.arm == ToDecision.name else "none: framing only"
        ratio = sprints[0].seconds / sprint.seconds
        table.add_row(sprint.arm, *_speeds(sprint, sprint.seconds), f"{ratio:.2f}", sprint.digest or none)
    return table


def _speeds(run: Lap | Sprint, seconds: float) -> tuple[str, str, str]:
    return f"{run.events / seconds:,.0f}", f"{run.size / seconds / 1e6:.1f}", f"{run.calls / seconds:,.0f}"


def _cut_line(cuts: list[Cut]) -> str:
    sizes = ", ".join(f"{cut.size:,}" for cut in cuts)
    bad = [cut.size for cut in cuts if not cut.equal]
    return f"Reads of {sizes} bytes: " + (f"TABLES DIFFER at {bad}" if bad else "equal tables at every size and arm")


def _lag(name: str, lags: list[Lag]) -> Table:
    table = _table(
        f"Lag at a steady {lags[0].rate:,.0f} events/s, {name}: from the instant due on the wire to the effect, ms",
        "arm", "wanted events", "p50", "p99", "worst",
    )  # fmt: skip
    for lag in lags:
        table.add_row(lag.arm, f"{lag.wanted:,}", f"{lag.p50:.2f}", f"{lag.p99:.2f}", f"{lag.worst:.2f}")
    return table


def _weight(weight: Weight, held: dict[str, float]) -> Table:
    again = weight.resync
    table = _table(f"{weight.open:,} calls open at once in protocol, translator and centre", "what", "figure")
    rooms = ", ".join(f"{room} {size:,.0f}" for room, size in held.items())
    rows = {
        "memory a call (private pages)": f"{weight.per_call:,.0f} B",
        "memory an agent": f"{weight.per_agent:,.0f} B",
        "memory a call by tracemalloc": f"{sum(held.values()):,.0f} B: {rooms}",
        "events to decisions, filtered, filling and draining": f"{weight.events_per_second:,.0f}/s",
        "collector: longest pause, share of time, full collections": (
            f"{1000 * weight.pause:.0f} ms, {100 * weight.paused:.1f} %, {weight.full_collections}"
        ),
        "resync: what Asterisk answered": (
            f"{again.channels:,} channels, {again.ended:,} ends, {again.phones:,} phones, {again.size / 1e6:.1f} MB"
        ),
        "resync: login, lists read, centre compared": (
            f"{again.linked:.3f} + {again.surveyed:.2f} + {again.compared:.2f} s"
        ),
        "resync: longest time without another turn of the loop": f"{again.stall:.2f} s",
        "resync: what the centre had to mend": f"{again.effects}",
        "decisions as in the recording": "yes" if weight.agrees else "NO",
    }
    for what, figure in rows.items():
        table.add_row(what, figure)
    return table


