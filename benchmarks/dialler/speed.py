"""What a simulated day of 500 agents costs in processor time, the engine and the pacer apart.

It does not know what the day comes to.
"""

from __future__ import annotations

from time import process_time

from benchmarks.dialler.arms import LOOK_AHEAD, OURS, PROGRESSIVE, Arm
from benchmarks.dialler.worlds import Cell, day_of
from outbound.pacing.sight import Bounds, Happened, Pacer
from switchroom.campaign_day.engine import Floor

CELL = Cell("stationary", 500, 0.30)


class Timed:
    """A pacer whose own time is summed up."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.spent = 0.0
        self.calls = 0

    def happened(self, told: Happened) -> None:
        began = process_time()
        self.pacer.happened(told)
        self.spent += process_time() - began

    def lines(self, bounds: Bounds, now: float) -> int:
        began = process_time()
        found = self.pacer.lines(bounds, now)
        self.spent += process_time() - began
        self.calls += 1
        return found

    def why(self) -> str:
        return self.pacer.why()

    def risk(self) -> float:
        return self.pacer.risk()


def speed(seed: int, arms: tuple[Arm, ...] = (OURS, PROGRESSIVE, LOOK_AHEAD)) -> list[str]:
    """A line for each arm: the day as it is, then once more with the pacer's share taken."""
    return [_line(arm, seed) for arm in arms]


def _line(arm: Arm, seed: int) -> str:
    day = day_of(CELL)
    began = process_time()
    done = Floor(day, arm.pacer(CELL, seed), seed, arm.every).run()
    whole = process_time() - began
    timed = Timed(arm.pacer(CELL, seed))
    Floor(day, timed, seed, arm.every).run()
    eight = 8 * 3600 / day.seconds
    return (
        f"{arm.name}: 500 agents, 8 hours of {done.count.dials * eight:.0f} dials in {whole * eight:.1f} CPU s; "
        f"in the pacer about {timed.spent * eight:.1f} s (the taking of times included), asked {timed.calls} times"
    )
