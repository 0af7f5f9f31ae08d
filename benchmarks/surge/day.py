"""The surge W4 with all its times divided, drawn once for every arm; and what the simulation says of it.

It does not know telephones, but for two times of theirs that nobody divides: how long a phone rings, and how long after
his call was taken a caller joins (`JOINS`), for which Asterisk's Answer waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from statistics import fmean, pstdev

from acd.router import Router
from acd.rules import QueueRules
from acd.tally import How, Rates, Tally, Wait
from benchmarks.figures import percentile
from benchmarks.service_level.app_queue import PENALTIES, STRATEGIES, AppQueue
from benchmarks.service_level.workloads import surge
from benchmarks.surge.phones import JOINS, RING
from switchroom.day.crowd import draw
from switchroom.day.described import Caller, Crowd, Day
from switchroom.day.engine import run
from switchroom.day.outcome import End

TARGET, SHORT, GUARD = 20.0, 5.0, 60.0
MOVED, TIMES = 0.1, 16  # seconds by which arrivals are moved to see what chance does, and how often
BEGINS, LASTS = 1800.0, 900.0  # of the workload's own surge, in its own seconds


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of the workload's day, its times divided by `scale`; the first `queues` names are its classes."""

    day: Day
    crowd: Crowd
    scale: float

    @property
    def target(self) -> float:
        return TARGET / self.scale

    def penalty(self, agent: int, queue: str) -> int:
        """0 at an agent's home queue, 1 at his second, ..."""
        return 5 - self.day.seats[agent].profile.skills[queue]


def scene(scale: float, before: float, after: float, seed: int) -> Scene:
    """The surge with so many seconds before and after it (of the workload's own)."""
    whole = surge().day
    crowd, first, last = draw(whole, seed), BEGINS - before, BEGINS + LASTS + after
    callers = tuple(
        replace(one, at=(one.at - first) / scale, patience=one.patience / scale, talk=one.talk / scale, pick_up=RING)
        for one in crowd.callers
        if first <= one.at < last
    )
    return Scene(replace(whole, seconds=(last - first) / scale), replace(crowd, callers=callers), scale)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one caller. Seconds; `waited` until he was answered or gave up."""

    kind: str
    at: float
    waited: float
    answered: bool


def ours(scene: Scene) -> list[Came]:
    """The product's router on it."""
    rules = {
        queue: QueueRules(queue, wrap_up=0.0, order="deadline", choose="sparing", target=scene.target,
                          guard=GUARD / scene.scale, misses=20)
        for queue in scene.day.queues()
    }  # fmt: skip
    return _came(scene, Router(rules, scene.day.profiles()))


def theirs(scene: Scene, strategy: str, penalty: str) -> list[Came]:
    """The model of app_queue on it: its second between two looks is not divided, for nobody can set it."""
    return _came(scene, AppQueue(scene.day, strategy, penalty, retry=1.0))


def by_chance(scene: Scene, play: Callable[[Scene], list[Came]]) -> tuple[float, float]:
    """Mean and spread of the rate when everybody calls a moment sooner or later: a moment decides who is next."""
    dice = [Random(number) for number in range(TIMES)]  # noqa: S311 - a simulation wants repeatable chance
    each = [rates(play(_moved(scene, chance)), scene.scale).sl6 or 0.0 for chance in dice]
    return fmean(each), pstdev(each)


def _moved(scene: Scene, chance: Random) -> Scene:
    callers = (replace(one, at=max(0.0, one.at + chance.uniform(-MOVED, MOVED))) for one in scene.crowd.callers)
    return replace(scene, crowd=replace(scene.crowd, callers=tuple(sorted(callers, key=lambda one: one.at))))


def tuned(scale: float, before: float, after: float, seeds: Iterable[int]) -> tuple[str, str]:
    """The strategy and penalties of app_queue that answer most in time on these seeds, by its model."""
    scenes = [scene(scale, before, after, seed) for seed in seeds]

    def share(setting: tuple[str, str]) -> float:
        return sum(rates(theirs(each, *setting), scale).sl6 or 0.0 for each in scenes)

    return max(product(STRATEGIES[:4], PENALTIES), key=share)


def _came(scene: Scene, router: Router | AppQueue) -> list[Came]:
    """What comes of all; who hangs up before he has joined is told of to nobody."""
    joining = (one for one in scene.crowd.callers if one.patience > JOINS)
    joined = tuple(replace(one, at=one.at + JOINS, patience=one.patience - JOINS) for one in joining)
    ends = iter(run(scene.day, replace(scene.crowd, callers=joined), router).ends)
    return [
        _of(scene, one, next(ends)) if one.patience > JOINS else Came(_kind(scene, one), one.at, one.patience, False)
        for one in scene.crowd.callers
    ]


def _of(scene: Scene, caller: Caller, end: End) -> Came:
    over = end.ended if end.ended is not None else scene.day.seconds
    return Came(_kind(scene, caller), caller.at, over - caller.at, end.how is How.ANSWERED)


def _kind(scene: Scene, caller: Caller) -> str:
    return scene.crowd.kinds[caller.kind].name


def rates(came: Sequence[Came], scale: float) -> Rates:
    """Every rate, with the target and the short wait divided too."""
    tally = Tally(TARGET / scale, SHORT / scale)
    for one in came:
        tally.add(Wait(one.at, one.at + one.waited, How.ANSWERED if one.answered else How.ABANDONED))
    return tally.rates()


def late(came: Sequence[Came]) -> float | None:
    """The wait that 99 in 100 do not exceed, answered or not."""
    return percentile([one.waited for one in came], 99)
