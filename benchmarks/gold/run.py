"""`benchmarks/gold`: how much sooner a gold customer is answered, by priority and by seats of his own, and who pays.

    python benchmarks/gold/run.py [--seeds N] [--json FILE]

It does not know how a customer is recognised: the flow has done that before the queue (docs/queues.md). It measures and
does not judge: every arm meets the same callers, seed by seed, through the product's own router; intervals are of 95 %.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from acd.agents import AgentProfile
from acd.messages import AgentId
from acd.router import Router
from acd.rules import QueueRules
from acd.tally import How
from switchroom.day.crowd import draw
from switchroom.day.described import CallerKind, Day, Rate, Seat, Spell
from switchroom.day.engine import run
from switchroom.day.laws import Exponential, LogNormal, Mixture
from switchroom.day.study import Value

DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "gold.json"
HOURS, WORK, AGENTS, LOAD, SHARE = 8.0, 240.0, 20, 0.92, 0.1
OWN_SEATS, PRIORITY = 2, 8  # 2 of 20 are as many as gold callers need at their share
TARGET = 20.0


@dataclass(frozen=True, slots=True)
class Arm:
    """Agents who serve gold alone, and gold's priority. `guard` 0: nobody goes first for having waited long."""

    name: str
    seats: int = 0
    priority: int = 0
    guard: float = 60.0

    def day(self) -> Day:
        """Gold and everybody else, in two queues of one floor."""
        whole = (Spell(0.0, (HOURS + 2) * 3600),)
        everybody = frozenset({"gold", "others"})
        seats = [
            Seat(_profile(n, frozenset({"gold"}) if n < self.seats else everybody, n < self.seats), whole)
            for n in range(AGENTS)
        ]
        calls = LOAD * AGENTS * 3600 / WORK
        kinds = (_kind("gold", calls * SHARE, self.priority), _kind("others", calls * (1 - SHARE), 0))
        return Day("gold", HOURS * 3600, kinds, tuple(seats), busyness=100.0)

    def router(self, day: Day) -> Router:
        """Gold's own seats are rung before others."""
        usual = QueueRules("others", wrap_up=0.0, order="deadline", guard=self.guard)
        return Router({"others": usual, "gold": replace(usual, name="gold", prefer=(("gold", 1),))}, day.profiles())


ARMS = (
    Arm("all alike"),
    Arm("gold has priority", priority=PRIORITY),
    Arm("gold has two seats", seats=OWN_SEATS),
    Arm("both", OWN_SEATS, PRIORITY),
    Arm("both, no guard", OWN_SEATS, PRIORITY, guard=0.0),
)


def _profile(number: int, queues: frozenset[str], own: bool) -> AgentProfile:
    return AgentProfile(AgentId(f"a{number:02}"), queues, {"gold": 5} if own else {})


def _kind(queue: str, an_hour: float, priority: int) -> CallerKind:
    patience = Mixture(((0.04, Exponential(3.0)), (0.96, Exponential(360.0))))
    return CallerKind(queue, queue, (Rate(0.0, an_hour),), LogNormal(WORK, 1.0), patience, priority=priority)


def figures(arm: Arm, seed: int) -> dict[str, float]:
    """Of gold and of others: in time of all, mean wait and 95th percentile of the answered, abandoned."""
    day = arm.day()
    done = run(day, draw(day, seed), arm.router(day))
    found: dict[str, float] = {}
    for number, kind in enumerate(done.crowd.kinds):
        ends = [end for caller, end in zip(done.crowd.callers, done.ends, strict=True) if caller.kind == number]
        waits = sorted(end.ended - end.asked for end in ends if end.how is How.ANSWERED and end.ended is not None)
        found[f"{kind.name}: in time"] = 100 * sum(wait <= TARGET for wait in waits) / len(ends)
        found[f"{kind.name}: mean wait"] = sum(waits) / len(waits)
        found[f"{kind.name}: p95"] = waits[int(0.95 * (len(waits) - 1))]
        found[f"{kind.name}: abandoned"] = 100 * sum(end.how is How.ABANDONED for end in ends) / len(ends)
    found["gap in mean wait"] = found["others: mean wait"] - found["gold: mean wait"]
    return found


def measure(seeds: range) -> dict[str, dict[str, Value]]:
    """Every arm on every seed."""
    found = {}
    for arm in ARMS:
        rows = [figures(arm, seed) for seed in seeds]
        found[arm.name] = {key: Value.of([row[key] for row in rows]) for key in rows[0]}
    return found


def main(words: list[str] | None = None) -> int:
    """Measure, show, write."""
    asked = argparse.ArgumentParser(prog="benchmarks/gold", description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--seeds", type=int, default=24, help="days (%(default)s)")
    asked.add_argument("--json", type=Path, default=DEFAULT_JSON, help="where the figures go (%(default)s)")
    options = asked.parse_args(words)
    found = measure(range(101, 101 + options.seeds))
    keys = list(next(iter(found.values())))
    print(f"{'':22}" + "".join(f"{key:>20}" for key in keys))
    for name, row in found.items():
        cells = (f"{row[key].mean:.1f} ±{row[key].half or 0.0:.1f}" for key in keys)
        print(f"{name:22}" + "".join(f"{cell:>20}" for cell in cells))
    told = {name: {key: [value.mean, value.half] for key, value in row.items()} for name, row in found.items()}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"seeds": options.seeds, "arms": told}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
