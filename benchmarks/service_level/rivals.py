"""The policies that the router is compared with, each as two choices on the lean floor.

They do not know the future, nor how long a caller will talk or wait; they may know the classes' rates and mean handle
times, the agents' skills, and, where speeds differ, their paces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import acd.messages as m
from benchmarks.service_level.lean import LeanFloor, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from switchroom.day.described import Day

TARGET = 20.0
GUARD = 60.0


def longest_idle(workers: dict[object, Worker]) -> Worker | None:
    return min(workers.values(), key=lambda worker: (worker.idle_since, worker.number), default=None)


class FirstCome(LeanFloor):
    """First come, first served over all classes; the agent who is idle longest."""

    def choose_call(self, worker: Worker) -> tuple[int, int] | None:
        best = min(self.heads(worker), default=None)
        return None if best is None else best[1:]

    def choose_agent(self, kind: int) -> Worker | None:
        return longest_idle(self.ready[kind])

    def heads(self, worker: Worker) -> Iterator[tuple[float, int, int]]:
        """(asked at, class, place) of the first of every line he can serve."""
        for kind in worker.able:
            place = self.lines[kind].head()
            if place >= 0:
                yield self.lines[kind].asked[place], kind, place


class Deadlines(FirstCome):
    """Beyond the guard oldest first; else the oldest who is still in time; else the oldest.

    `agents`: longest_idle, scarce (fewest skills first), fastest, or sparing (see `acd.strategies`). A guard of
    infinity skips whoever is too late as long as anybody is in time: unfair, and shown as such.
    """

    def __init__(self, day: Day, guard: float = GUARD, agents: str = "longest_idle") -> None:
        super().__init__(day)
        self.guard, self.agents = guard, agents

    def choose_call(self, worker: Worker) -> tuple[int, int] | None:
        heads = list(self.heads(worker))
        if not heads:
            return None
        first = min(heads)
        if self.now - first[0] >= self.guard:
            return first[1:]
        in_time = []
        for _, kind, _ in heads:
            place = self.lines[kind].first_since(self.now - TARGET)
            if place >= 0:
                in_time.append((self.lines[kind].asked[place], kind, place))
        return min(in_time, default=first)[1:]

    def choose_agent(self, kind: int) -> Worker | None:
        free = self.ready[kind]
        if self.agents == "longest_idle" or len(free) < 2:
            return longest_idle(free)
        return min(free.values(), key=lambda worker: (self._cost(worker, kind), worker.idle_since, worker.number))

    def _cost(self, worker: Worker, kind: int) -> float:
        if self.agents == "fastest":
            return worker.pace
        if self.agents == "scarce":
            return len(worker.able)
        return sum(other != kind and len(self.ready[other]) <= LAST for other in worker.able)


LAST = 6


class Thresholds(FirstCome):
    """Classes by fixed priority; a guest is taken only while `reserve` of the agent's home pool stay ready."""

    def __init__(self, day: Day, order: tuple[int, ...], reserve: int = 1) -> None:
        super().__init__(day)
        self.rank = {kind: n for n, kind in enumerate(order)}
        self.reserve = reserve

    def choose_call(self, worker: Worker) -> tuple[int, int] | None:
        spare = self._spare(worker)
        able = [(self.rank[k], k, p) for _, k, p in self.heads(worker) if k == worker.home or spare]
        return min(able)[1:] if able else None

    def choose_agent(self, kind: int) -> Worker | None:
        free = [w for w in self.ready[kind].values() if w.home == kind or self._spare(w)]
        return min(free, key=lambda w: (w.home != kind, w.idle_since, w.number), default=None)

    def _spare(self, worker: Worker) -> bool:
        home = self.ready[worker.home].values()
        return sum(w.home == worker.home for w in home) > self.reserve


class Bullseye(FirstCome):
    """Rings: at once those whose home it is, after a while those who have it second, then all. Oldest first."""

    def __init__(self, day: Day, after: tuple[float, ...] = (10.0, 20.0)) -> None:
        super().__init__(day)
        self.after = (0.0, *after)
        self._due: list[tuple[float, int]] = []

    def _waits_for(self, worker: Worker, kind: int) -> float:
        return self.after[min(worker.able.index(kind), len(self.after) - 1)]

    def choose_call(self, worker: Worker) -> tuple[int, int] | None:
        heads = (h for h in self.heads(worker) if self.now - h[0] >= self._waits_for(worker, h[1]) - 1e-9)
        best = min(heads, default=None)
        return None if best is None else best[1:]

    def choose_agent(self, kind: int) -> Worker | None:
        return longest_idle({w.agent: w for w in self.ready[kind].values() if not self._waits_for(w, kind)})

    def next_deadline(self) -> float | None:
        """The next moment at which a ring opens for somebody who is ready."""
        ready = {w.agent: w for ready in self.ready for w in ready.values()}
        opens = [
            asked + self._waits_for(worker, kind) for worker in ready.values() for asked, kind, _ in self.heads(worker)
        ]
        return max(min(opens), self.now) if opens else None

    def tick(self, _message: m.Tick) -> None:
        ready = {w.number: w for ready in self.ready for w in ready.values()}
        for worker in sorted(ready.values(), key=lambda w: (w.idle_since, w.number)):
            chosen = self.choose_call(worker)
            if chosen is not None:
                self.take(*chosen, worker)


class QueueRatio(FirstCome):
    """Queue-and-idleness ratio: class and pool that are furthest above their shares of all who wait or are idle."""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        self.shares = [rate / sum(self.rates) for rate in self.rates]
        sizes = [sum(w.pool == pool for w in self.workers.values()) for pool in range(len(self.pools))]
        self.sizes = [size / len(self.workers) for size in sizes]

    def choose_call(self, worker: Worker) -> tuple[int, int] | None:
        all_ = sum(len(line) for line in self.lines)
        over = [(len(self.lines[k]) - self.shares[k] * all_, -asked, k, p) for asked, k, p in self.heads(worker)]
        return max(over)[2:] if over else None

    def choose_agent(self, kind: int) -> Worker | None:
        free = self.ready[kind]
        if len(free) < 2:
            return longest_idle(free)
        idle: dict[int, int] = {}
        for worker in {w.number: w for ready in self.ready for w in ready.values()}.values():
            idle[worker.pool] = idle.get(worker.pool, 0) + 1
        all_ = sum(idle.values())
        over = {pool: count - self.sizes[pool] * all_ for pool, count in idle.items()}
        return min(free.values(), key=lambda w: (-over[w.pool], w.idle_since, w.number))


class CostRate(FirstCome):
    """Generalised c-mu: the highest marginal cost of waiting times the rate of service; cost is wait to `power`."""

    def __init__(self, day: Day, power: float = 2.0) -> None:
        super().__init__(day)
        self.power = power

    def choose_call(self, worker: Worker) -> tuple[int, int] | None:
        cost = [
            (self.power * (self.now - asked + 1e-3) ** (self.power - 1) / self.works[k], k, p)
            for asked, k, p in self.heads(worker)
        ]
        return max(cost)[1:] if cost else None


@dataclass(frozen=True, slots=True)
class Weights:
    """What is tuned, in seconds: the price of a guest, and of each skill of an agent; what fast classes count more."""

    guest: float = 0.0
    skill: float = 0.0
    fast: float = 0.0


class WeightBased(FirstCome):
    """Chan, Koole, L'Ecuyer (2014): the pair with the highest weight, affine in the longest wait and the idle time."""

    def __init__(self, day: Day, weights: Weights) -> None:
        super().__init__(day)
        mean = sum(self.works) / len(self.works)
        self.weights, self.slopes = weights, [1 + weights.fast * (mean / work - 1) for work in self.works]

    def choose_call(self, worker: Worker) -> tuple[int, int] | None:
        heads = [
            (self.slopes[k] * (self.now - asked) - self.weights.guest * (k != worker.home), k, p)
            for asked, k, p in self.heads(worker)
        ]
        return max(heads)[1:] if heads else None

    def choose_agent(self, kind: int) -> Worker | None:
        cost = self.weights
        return max(
            self.ready[kind].values(),
            key=lambda w: (
                self.now - w.idle_since - cost.guest * (w.home != kind) - cost.skill * len(w.able),
                -w.number,
            ),
            default=None,
        )
