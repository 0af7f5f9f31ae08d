"""How far one could go at all: every bound of a workload, and the part of the way to it that ours goes.

It does not know how a bound is worked out. Each lies above what it stands for in another way: none of the floors has
agents who can do everything, nobody knows the day beforehand, and callers do not come as an even stream.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from benchmarks.service_level import fluid
from benchmarks.service_level.hindsight import Hindsight, Terms
from benchmarks.service_level.loss import of_day
from benchmarks.service_level.measure import Summary
from benchmarks.service_level.play import WORKLOADS, crowd_of, on_all_processors
from benchmarks.service_level.verdict import Interval, closed

HINDSIGHT, FAIR = "hindsight", "hindsight, fair, talks unknown"


@dataclass(frozen=True, slots=True)
class Bound:
    """What nobody is beyond, SL20 in percent over `days`, and how much of the gap from app_queue to it ours closes."""

    name: str
    days: int
    rate: float
    closed: Interval
    from_tuned: Interval


class Work(NamedTuple):
    """A day's hindsight, to be worked out."""

    workload: str
    seed: int
    terms: Terms
    steps: int


@dataclass(frozen=True, slots=True)
class Arms:
    """Those of the contest who are needed; of first come, how many gave up by seed, and its longest waits."""

    ours: Summary
    default: Summary
    tuned: Summary
    pooled: Summary
    skip: Summary
    given_up: tuple[int, ...]
    p99: float


def work_out(work: Work) -> float:
    """One day's bound, in percent."""
    return Hindsight(WORKLOADS[work.workload].day, crowd_of(work.workload, work.seed), work.terms).bound(work.steps)


def bounds(workload: str, seeds: Sequence[int], arms: Arms, steps: int, told: Callable[[str], None]) -> list[Bound]:
    """All bounds on these seeds, the first of those that the arms were played on."""
    day = WORKLOADS[workload].day
    crowds = [crowd_of(workload, seed) for seed in seeds]
    rates: dict[str, Sequence[float]] = {"pooled, best speed, guard": arms.pooled.each}
    if len({seat.shifts for seat in day.seats}) == 1:
        rates["loss formula, all skills"] = [of_day(day)] * len(arms.ours.each)
    rates["pooled, skip (unfair)"] = arms.skip.each
    rates["fluid, skills as they are"] = [fluid.of_day(day, crowd.factors["busyness"]) for crowd in crowds]
    fair = [Terms(abandoned=float(count), late=1.10 * arms.p99, blind=True) for count in arms.given_up]
    for name, terms in ((HINDSIGHT, [Terms()] * len(seeds)), (FAIR, fair[: len(seeds)])):
        works = [Work(workload, seed, each, steps) for seed, each in zip(seeds, terms, strict=True)]
        rates[name] = list(on_all_processors(work_out, works))
        told(f"{workload}: {name} of {len(seeds)} days")
    return [
        Bound(
            name,
            len(each),
            fmean(each),
            closed(arms.ours.each, arms.default.each, each),
            closed(arms.ours.each, arms.tuned.each, each),
        )
        for name, each in rates.items()
    ]
