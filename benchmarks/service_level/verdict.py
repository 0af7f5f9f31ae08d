"""What the rows come to: the part of the gap that is closed, whether the constraints are held, the agents saved.

It does not know how rows are shown. Intervals are of 95 %, by drawing the seeds anew two thousand times,
policies of one seed staying together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from statistics import fmean, quantiles

from benchmarks.service_level.measure import Summary

DRAWS = 2000
AIM, FLOOR = 60.0, 30.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and where it lies with a chance of 95 %."""

    value: float
    low: float
    high: float


def by_seeds(count: int, worth: Callable[[Sequence[int]], float]) -> Interval:
    """Give `worth` of all seeds (by place), and its interval."""
    chance = Random(95)  # noqa: S311 - the same interval in every run
    drawn = sorted(worth(chance.choices(range(count), k=count)) for _ in range(DRAWS))
    ends = quantiles(drawn, n=40)
    return Interval(worth(range(count)), ends[0], ends[-1])


def gap(ours: Summary, rival: Summary, bound: Summary) -> Interval:
    """(ours - rival) / (bound - rival), in percent."""
    return closed(ours.each, rival.each, bound.each)


def closed(ours: Sequence[float], rival: Sequence[float], bound: Sequence[float]) -> Interval:
    """The same of rates by seed; the seeds of the fewest count."""

    def part(seeds: Sequence[int]) -> float:
        a, b, c = (fmean(each[seed] for seed in seeds) for each in (ours, rival, bound))
        return 100 * (a - b) / (c - b)

    return by_seeds(min(len(each) for each in (ours, rival, bound)), part)


def gain(ours: Summary, rival: Summary) -> Interval:
    """Points of the rate more than a rival."""
    return by_seeds(len(ours.each), lambda seeds: fmean(ours.each[s] - rival.each[s] for s in seeds))


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition under which the rate counts."""

    name: str
    value: float
    limit: float
    held: bool


def constraints(ours: Summary, fcfs: Summary, rival: Summary) -> tuple[Constraint, ...]:
    """The conditions of a fair comparison."""
    low = (
        ("p99 wait <= 1.10 of first come's", ours.p99, 1.10 * fcfs.p99),
        ("abandoned <= first come's", ours.abandoned, fcfs.abandoned),
        ("occupancy spread <= app_queue's + 3", ours.spread, rival.spread + 3),
        ("passed over beyond the guard", float(ours.overtaken), 0.0),
    )
    made = [Constraint(name, value, limit, value <= limit) for name, value, limit in low]
    worst = Constraint("worst class >= app_queue's", ours.worst, rival.worst, ours.worst >= rival.worst)
    return (*made, worst)


def saved(fewer: Sequence[tuple[int, float]], rival: float) -> float | None:
    """How many agents fewer give the rival's rate: between two counts in a straight line; None beyond those tried."""
    for (count, rate), (more, less) in pairwise(fewer):
        if less <= rival <= rate:
            return count + (more - count) * (rate - rival) / (rate - less) if rate > less else float(count)
    return None
