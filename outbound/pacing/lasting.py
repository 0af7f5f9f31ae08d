"""How long something of one kind lasts, learned from what was seen: a histogram that begins with a guess and forgets.

It does not know what the times are of. Mixtures (short refusals beside long sales) show in it by themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from math import ceil, exp

HEAVY = 1e9
TOGETHER = 1000  # that ended are weighed together at the latest, asked or not


def exponential(mean: float) -> Callable[[float], float]:
    """A guess without memory: the share that lasts longer than an age."""
    return lambda age: exp(-age / mean)


def humped(mean: float) -> Callable[[float], float]:
    """A guess with a hump: few are very short, few are very long."""
    return lambda age: (1.0 + 2.0 * age / mean) * exp(-2.0 * age / mean)


class Lasting:
    """`edges` begin with 0. `weight` is how many sightings the guess counts for, `memory` how many are remembered."""

    __slots__ = ("_beyond", "_each", "_edges", "_ended", "_growth", "_stale", "_weights", "learned")

    def __init__(self, edges: tuple[float, ...], guess: Callable[[float], float], weight: float, memory: float) -> None:
        ends = [guess(edge) for edge in edges] + [0.0]
        self._edges = edges
        self._weights = [weight * (ends[i] - ends[i + 1]) for i in range(len(edges))]
        self._each = 1.0
        self._growth = 1.0 + 1.0 / memory
        self._beyond: list[float] = []
        self._ended: list[float] = []
        self._stale = True
        self.learned = 0

    def learn(self, lasted: float) -> None:
        """One of them has ended, after so many seconds."""
        self.learned += 1
        self._ended.append(lasted)
        self._stale = True
        if len(self._ended) >= TOGETHER:
            self._weigh()

    def _weigh(self) -> None:
        """Those that ended since, in their order, each a little heavier than the one before."""
        edges, weights, each, growth = self._edges, self._weights, self._each, self._growth
        for lasted in self._ended:
            weights[bisect_right(edges, max(lasted, 0.0)) - 1] += each
            each *= growth
            if each > HEAVY:
                weights = [weight / HEAVY for weight in weights]
                each /= HEAVY
        self._weights, self._each = weights, each
        self._ended.clear()

    def each_half(self, count: int, running: Iterable[float] = ()) -> list[float]:
        """`beyond` of 0, 0.5, 1, 1.5, ... seconds, so many of them. `running` are the ages of those that go on.

        They count as having lasted so long at least: of those begun a minute ago only the short ones have ended.
        """
        self._settle(running)
        edges, known = self._edges, self._beyond
        beyond: list[float] = []
        for at in range(len(edges) - 1):
            if len(beyond) >= count:
                return beyond[:count]
            here, step = known[at], (known[at + 1] - known[at]) / (edges[at + 1] - edges[at])
            halves = range(len(beyond), ceil(2.0 * edges[at + 1]))
            beyond += [here + step * (0.5 * half - edges[at]) for half in halves]
        last, width = edges[-1], edges[-1] - edges[-2]
        beyond += [known[-1] * exp((last - 0.5 * half) / width) for half in range(len(beyond), count)]
        return beyond[:count]

    def reached(self, share: float) -> float:
        """The time within which this share of them ends."""
        if self._stale:
            self._settle()
        edges, beyond = self._edges, self._beyond
        left = 1.0 - share
        for at in range(len(edges) - 1):
            if beyond[at + 1] <= left:
                step = beyond[at] - beyond[at + 1]
                return edges[at] + (edges[at + 1] - edges[at]) * ((beyond[at] - left) / step if step > 0.0 else 0.0)
        return edges[-1]

    @property
    def mean(self) -> float:
        """The mean, the last open step counted as twice as wide as the one before it."""
        if self._stale:
            self._settle()
        edges, beyond = self._edges, self._beyond
        mean = sum((edges[i + 1] - edges[i]) * (beyond[i] + beyond[i + 1]) / 2 for i in range(len(edges) - 1))
        return mean + beyond[-1] * (edges[-1] - edges[-2])

    def _settle(self, running: Iterable[float] = ()) -> None:
        """Step by step: of all that reached this step, so many ended in it; who is in it has half of it behind him."""
        self._weigh()
        edges = self._edges
        here = [0.0] * len(edges)
        for age in running:
            here[bisect_right(edges, max(age, 0.0)) - 1] += self._each
        reached = sum(self._weights, 0.0) + sum(here, 0.0)
        left, beyond = 1.0, []
        for weight, going in zip(self._weights, here, strict=True):
            beyond.append(left)
            at_risk = reached - going / 2
            left *= 1.0 - weight / at_risk if at_risk > weight else 0.0
            reached -= weight + going
        self._beyond = beyond
        self._stale = False
