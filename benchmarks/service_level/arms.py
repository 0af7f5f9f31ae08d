"""Every policy that is run, by name, and what each is tuned over.

It does not know workloads' results. A policy is written as a family and its settings, so that it can be made anew in
another process.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from acd.router import Router
from acd.rules import QueueRules
from benchmarks.service_level.app_queue import ORDERS, PENALTIES, STRATEGIES, AppQueue
from benchmarks.service_level.rivals import (
    Bullseye,
    CostRate,
    Deadlines,
    FirstCome,
    QueueRatio,
    Thresholds,
    WeightBased,
    Weights,
)

if TYPE_CHECKING:
    from switchroom.day.described import Day
    from switchroom.day.engine import Deciding


def switchroom(day: Day, guard: float = 60.0, choose: str = "sparing") -> Router:
    """The product's router, as the server runs it."""
    rules = {q: QueueRules(q, wrap_up=0.0, order="deadline", choose=choose, guard=guard) for q in day.queues()}
    return Router(rules, {agent: replace(profile, skills={}) for agent, profile in day.profiles().items()})


def thresholds(day: Day, by: str = "scarcest first", reserve: int = 1) -> Thresholds:
    """Fixed priorities: classes whom few serve first, or short work first."""
    floor = FirstCome(day)
    able = [sum(kind in worker.able for worker in floor.workers.values()) for kind in range(len(floor.lines))]
    rank = floor.works if by == "short first" else able
    return Thresholds(day, tuple(sorted(range(len(rank)), key=lambda kind: (rank[kind], kind))), reserve)


def weight_based(day: Day, guest: float = 0.0, skill: float = 0.0, fast: float = 0.0) -> WeightBased:
    return WeightBased(day, Weights(guest, skill, fast))


FAMILIES: dict[str, Callable[..., Deciding]] = {
    "app_queue": AppQueue,
    "first come": FirstCome,
    "thresholds": thresholds,
    "bullseye": Bullseye,
    "queue ratio": QueueRatio,
    "c-mu": CostRate,
    "weights": weight_based,
    "deadlines": Deadlines,
    "switchroom": switchroom,
}

Settings = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Arm:
    """A row of the table. `tries` are settings to be tuned over; the first are the defaults."""

    name: str
    family: str
    tries: tuple[Settings, ...] = ((),)
    pooled: bool = False
    fewer: int = 0
    guarded: bool = False

    @property
    def settings(self) -> Settings:
        return self.tries[0]

    def at(self, settings: Settings) -> Arm:
        return replace(self, tries=(settings,))

    def make(self, day: Day) -> Deciding:
        return FAMILIES[self.family](day, *self.settings)


def _weights(count: int) -> Iterable[Settings]:
    chance = Random(2014)  # noqa: S311 - the same tries in every run
    yield ()
    for _ in range(count):
        guest, skill = chance.choice((0.0, 3.0, 10.0, 30.0, 90.0)), chance.choice((0.0, 10.0, 60.0, 240.0))
        yield guest, skill, round(chance.choice((0.0, 0.3, 0.7, 1.0)), 1)


OURS = Arm("switchroom", "switchroom", guarded=True)
OURS_LATER = Arm("switchroom, guard 90 s", "switchroom", ((90.0,),))
FCFS = Arm("first come, longest idle", "first come")
DEFAULT = Arm("app_queue rrmemory", "app_queue", (("rrmemory",),))
TUNED = Arm(
    "app_queue, tuned",
    "app_queue",
    (*product(STRATEGIES[:4], PENALTIES), *product(("leastrecent",), PENALTIES, (1.0,), ORDERS[1:])),
)
POOLED = Arm("pooled, best speed, guard", "deadlines", ((60.0, "fastest"),), pooled=True)
POOLED_LATER = Arm("pooled, guard 90 s", "deadlines", ((90.0, "fastest"),), pooled=True)
SKIP_POOLED = Arm("pooled, skip (unfair)", "deadlines", ((math.inf, "fastest"),), pooled=True)
SKIP = Arm("skip who is late (unfair)", "deadlines", ((math.inf, "sparing"),))

ARMS = (
    DEFAULT,
    *(Arm(f"app_queue {name}", "app_queue", ((name,),)) for name in STRATEGIES[1:4]),
    TUNED,
    FCFS,
    Arm("priorities, thresholds", "thresholds"),
    Arm("priorities, thresholds, tuned", "thresholds", tuple(product(("scarcest first", "short first"), (0, 1, 2, 3)))),
    Arm("bullseye 10 s, 20 s", "bullseye"),
    Arm("bullseye, tuned", "bullseye", (((10.0, 20.0),), ((2.0, 5.0),), ((5.0, 10.0),), ((20.0, 40.0),))),
    Arm("queue ratio (QIR)", "queue ratio"),
    Arm("generalised c-mu", "c-mu"),
    Arm("generalised c-mu, tuned", "c-mu", ((2.0,), (1.1,), (1.5,), (3.0,), (5.0,))),
    Arm("weights (CKL)", "weights"),
    Arm("weights (CKL), tuned", "weights", tuple(_weights(24))),
    SKIP,
    OURS,
    OURS_LATER,
    POOLED,
    POOLED_LATER,
    Arm("pooled, first come", "first come", pooled=True),
    SKIP_POOLED,
)
RING_ALL = Arm("app_queue ringall", "app_queue", (("ringall",),))
