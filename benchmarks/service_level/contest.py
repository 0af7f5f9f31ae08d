"""One workload's contest: tune the rivals on seeds of their own, then play everybody on others.

It does not know how results are shown. Every rival is tuned for the rate alone, by the best of its tries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from statistics import fmean

from benchmarks.service_level.arms import (
    ARMS,
    DEFAULT,
    FCFS,
    OURS,
    OURS_LATER,
    POOLED,
    POOLED_LATER,
    RING_ALL,
    SKIP_POOLED,
    TUNED,
    Arm,
)
from benchmarks.service_level.bounds import Arms, Bound, bounds
from benchmarks.service_level.hindsight import STEPS
from benchmarks.service_level.measure import Summary, summary
from benchmarks.service_level.play import Played, Task, play_all
from benchmarks.service_level.verdict import Constraint, Interval, constraints, gain, gap, saved
from benchmarks.service_level.workloads import Workload

QUICK_TRIES = 3  # of each policy, when there is but one seed to tune on
QUICK_STEPS = 4  # towards the prices of hindsight: a loose bound
FEWER = (3.0, 6.0, 9.0, 13.0)  # percent of the agents taken away to find the staffing equivalent


@dataclass(frozen=True, slots=True)
class Row:
    """A policy's figures, and the settings that tuning chose."""

    name: str
    settings: str
    figures: Summary
    closed: Interval


@dataclass(frozen=True, slots=True)
class Contest:
    """A workload's results. `closed` and `gained` are ours, against app_queue by default and tuned.

    `later` is ours against app_queue by default where both, ours and the pooled bound, have a guard of 90 s.
    """

    workload: str
    says: str
    days: int
    calls: float
    rows: tuple[Row, ...]
    closed: dict[str, Interval]
    gained: dict[str, Interval]
    constraints: tuple[Constraint, ...]
    saved: float | None
    agents: int
    bounds: tuple[Bound, ...]
    later: Interval
    later_constraints: tuple[Constraint, ...]


def contest(workload: Workload, seeds: tuple[range, range], told: Callable[[str], None], bounded: int = 0) -> Contest:
    """Play it all; the bounds of hindsight are worked out of so many days."""
    tuning, reporting = seeds
    arms = _tuned(workload, tuning, told)
    less = _fewer(workload) if len(tuning) > 1 else ()
    played = play_all(
        (Task(workload.name, arm, seed) for arm in (*arms, *less) for seed in reporting), told, workload.name
    )
    sums = {arm: _sum(played, workload, arm, reporting) for arm in (*arms, *less)}
    named = {arm.name: figures for arm, figures in sums.items() if not arm.fewer}
    ours, bound = sums[OURS], sums[POOLED]
    best = next(arm for arm in arms if arm.name == TUNED.name)
    rivals = {DEFAULT.name: sums[DEFAULT], TUNED.name: sums[best]}
    rates = [(0, ours.sl), *((arm.fewer, sums[arm].sl) for arm in less)]
    return Contest(
        workload.name,
        workload.says,
        len(reporting),
        fmean(len(played[Task(workload.name, OURS, seed)].waits) for seed in reporting),
        tuple(Row(arm.name, _said(arm), sums[arm], gap(sums[arm], sums[DEFAULT], bound)) for arm in arms),
        {name: gap(ours, rival, bound) for name, rival in rivals.items()},
        {name: gain(ours, rival) for name, rival in rivals.items()},
        constraints(ours, named[FCFS.name], sums[DEFAULT]),
        saved(rates, sums[DEFAULT].sl) if less else None,
        len(workload.day.seats),
        tuple(_bounds(workload, reporting[:bounded], (sums, played, sums[best]), told, len(tuning) > 1)),
        gap(sums[OURS_LATER], sums[DEFAULT], sums[POOLED_LATER]),
        constraints(sums[OURS_LATER], named[FCFS.name], sums[DEFAULT]),
    )


def _bounds(
    workload: Workload,
    seeds: range,
    results: tuple[dict[Arm, Summary], Played, Summary],
    told: Callable[[str], None],
    whole: bool,
) -> list[Bound]:
    if not seeds:
        return []
    sums, played, tuned = results
    given_up = tuple(played[Task(workload.name, FCFS, seed)].abandoned for seed in seeds)
    arms = Arms(sums[OURS], sums[DEFAULT], tuned, sums[POOLED], sums[SKIP_POOLED], given_up, sums[FCFS].p99)
    return bounds(workload.name, seeds, arms, STEPS if whole else QUICK_STEPS, told)


def _tuned(workload: Workload, seeds: range, told: Callable[[str], None]) -> list[Arm]:
    """Every arm with its best settings on the seeds for tuning."""
    arms = [*ARMS, RING_ALL] if workload.name.startswith("W6") else list(ARMS)
    most = None if len(seeds) > 1 else QUICK_TRIES
    tries = {arm: [arm.at(settings) for settings in arm.tries[:most]] for arm in arms if len(arm.tries) > 1}
    played = play_all(
        (Task(workload.name, one, seed) for many in tries.values() for one in many for seed in seeds),
        told,
        f"{workload.name}, tuning",
    )

    def rate(one: Arm) -> float:
        return fmean(played[Task(workload.name, one, seed)].sl for seed in seeds)

    return [max(tries[arm], key=rate) if arm in tries else arm for arm in arms]


def _fewer(workload: Workload) -> tuple[Arm, ...]:
    size = len(workload.day.seats)
    counts = sorted({max(1, round(size * share / 100)) for share in FEWER})
    return tuple(replace(OURS, fewer=count, guarded=False) for count in counts)


def _sum(played: Played, workload: Workload, arm: Arm, seeds: Iterable[int]) -> Summary:
    return summary([played[Task(workload.name, arm, seed)] for seed in seeds])


def _said(arm: Arm) -> str:
    return ", ".join(str(each) for each in arm.settings)
