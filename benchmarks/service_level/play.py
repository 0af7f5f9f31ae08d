"""Plays many days on all processors: one task is one policy on one day of one seed.

It does not know what is done with the results. The same tasks give the same results, in whatever order they end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from benchmarks.service_level.measure import GuardWatch, Measured, measured
from benchmarks.service_level.workloads import workloads
from switchroom.day.crowd import draw
from switchroom.day.engine import run

if TYPE_CHECKING:
    from benchmarks.service_level.arms import Arm
    from switchroom.day.described import Crowd

A = TypeVar("A")
B = TypeVar("B")
PROCESSES = os.cpu_count() or 1
Played = dict[tuple[str, "Arm", int], Measured]


class Task(NamedTuple):
    workload: str
    arm: Arm
    seed: int


@lru_cache(maxsize=4)
def crowd_of(workload: str, seed: int) -> Crowd:
    """The callers of a day. Drawn from the described day as it is, so pooling or fewer agents change nobody."""
    return draw(WORKLOADS[workload].day, seed)


WORKLOADS = workloads()


def play(task: Task) -> Measured:
    """Run one day."""
    workload, arm = WORKLOADS[task.workload], task.arm
    day = workload.pooled() if arm.pooled else workload.fewer(arm.fewer)
    crowd = crowd_of(task.workload, task.seed)
    watch = GuardWatch(day) if arm.guarded else None
    result = run(day, crowd, arm.make(day), watch)
    return measured(result, watch.overtaken if watch else 0)


def play_all(tasks: Iterable[Task], told: Callable[[str], None], what: str) -> Played:
    """Run all, seed by seed so that a crowd is drawn once in each process, and tell how far it is."""
    todo = sorted(set(tasks), key=lambda task: (task.workload, task.seed, task.arm.name, repr(task.arm.settings)))
    played: Played = {}
    for task, result in zip(todo, on_all_processors(play, todo, chunk=8), strict=True):
        played[task] = result
        if len(played) % 200 == 0 or len(played) == len(todo):
            told(f"{what}: {len(played)} of {len(todo)} days")
    return played


def on_all_processors(do: Callable[[A], B], many: Sequence[A], chunk: int = 1) -> Iterator[B]:
    """Do something with each of many, in order; by other processes, where there are other processors."""
    if min(len(many), PROCESSES) <= 1:
        yield from map(do, many)
        return
    with ProcessPoolExecutor(PROCESSES, initializer=_yield_to_others) as pool:
        yield from pool.map(do, many, chunksize=chunk)


def _yield_to_others() -> None:
    """Let whatever else runs on the machine go first: nothing is timed here."""
    os.nice(10)
