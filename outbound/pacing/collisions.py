"""How many persons would find no agent, if so many lines are in the air: exactly for few, by the normal law for many.

It does not know what is worth how much, nor how agents and lines are learned: only who gets free and who answers when.

Both ways answer one question: of one more line, how likely is it that *because of it* one more person finds nobody?
That is the chance that, from the moment of its answer on, the free agents run out once. Summed line by line it is what
all of them cost together, so the sum is a forecast that can be held against what came.
"""

from __future__ import annotations

from itertools import pairwise
from math import erfc, exp, pi, sqrt
from operator import add, mul, sub
from typing import Protocol

from outbound.pacing.air import STEPS
from outbound.pacing.freed import Freed

MIDDLE = 6  # the moment of the grid around which lines dialled now are answered
MOST = 20  # answers up to which every case is counted
FREED = 14  # and agents who get free
TINY = 1e-5
LITTLE = 1e-4  # chances that are no part of a price
ROOT_HALF = sqrt(0.5)
OFTEN = 1.6  # of several moments the worst is as much likelier than each
FAR = 5.0  # spreads beyond which a chance is less than that
DENSE = 1.0 / sqrt(2.0 * pi)


class Hopes(Protocol):
    """What is known of lines."""

    @property
    def new(self) -> list[float]:
        """The chance that one dialled now is answered by each moment of the grid."""

    @property
    def doubt(self) -> float:
        """How far off the share of answers may be, as a share of it."""


class Collisions(Protocol):
    """The price of lines in a given moment."""

    def within(self, limit: float, room: int) -> int:
        """How many more lines, `room` at the most, each with a risk of at most `limit`."""

    def charge(self, lines: int) -> float:
        """The risks of so many more lines together."""

    def share(self) -> float:
        """Of the persons who will answer as it is, the share that finds nobody."""


class Few:
    """Every number of answers is counted, with its chance, its order in time and the agents who get free meanwhile."""

    __slots__ = (
        *("_chances", "_come", "_dropped", "_free", "_freed", "_known", "_most", "_new", "_risks", "_standing"),
        "_times",
    )

    def __init__(self, free: int, freed: Freed, ages: list[tuple[int, list[float]]], air: Hopes) -> None:
        new = air.new
        self._free = free
        self._freed = freed
        self._most = min(freed.busy, FREED)
        self._known: list[tuple[float, ...]] = []
        self._new = new[-1]
        self._standing = self._chances = self._answers(ages)
        self._times = self._moments(ages, new)
        self._come = [[1.0] * STEPS]  # of none the first to come has come
        self._dropped = [0.0]
        self._risks: list[float] = []  # of one line more, of a second, and so on

    @staticmethod
    def _answers(ages: list[tuple[int, list[float]]]) -> list[float]:
        """The chance of each number of answers."""
        chances = [1.0]
        for count, row in ages:
            hope = row[-1]
            if hope > 1e-4:
                for _ in range(count):
                    chances = _one_more(chances, hope)
        return chances

    @staticmethod
    def _moments(ages: list[tuple[int, list[float]]], new: list[float]) -> list[float]:
        """The share of all answers that has come at each moment of the grid."""
        times = list(new)
        for count, row in ages:
            times = [time + count * here for time, here in zip(times, row, strict=True)]
        whole = times[-1]
        return [time / whole for time in times]

    def _lost(self, answers: int) -> float:
        """Of so many persons who answer, how many find nobody. Beyond what is counted, each further one."""
        dropped = self._dropped
        while len(dropped) <= min(answers, MOST):
            dropped.append(self._count(len(dropped)))
        return dropped[answers] if answers <= MOST else dropped[MOST] + answers - MOST

    def _count(self, answers: int) -> float:
        """One is lost when at some answer the free and the freed are one too few, two when two too few, and so on."""
        self._come = come = _with_one_more(self._come, self._times)
        first = self._free + 1
        if answers < first:
            return 0.0
        known = self._known or self._meanwhile()
        most = len(known) - 1
        shares = [[*map(sub, each[1:], each)] for each in come[first:]]
        lost = 0.0
        for short in range(len(shares)):
            worst = max(sum(map(mul, share, known[min(over, most)])) for over, share in enumerate(shares[short:]))
            lost += worst
            if worst < TINY:
                break
        return lost

    def _meanwhile(self) -> list[tuple[float, ...]]:
        """The chances that at most none, one, two, ... are free between each moment and the one before it."""
        by = [self._freed.at_most(step, self._most) for step in range(STEPS)]
        between = [[(before + after) / 2 for before, after in zip(*both, strict=True)] for both in pairwise(by)]
        self._known = [*zip(*between, strict=True)]
        return self._known

    def within(self, limit: float, room: int) -> int:
        lines = 0
        while lines < room and self._after(lines) <= limit:
            lines += 1
        return lines

    def charge(self, lines: int) -> float:
        return sum(map(self._after, range(lines)))

    def _after(self, more: int) -> float:
        """The chance that the line dialled after so many more, once answered, leaves somebody without an agent."""
        while len(self._risks) <= more:
            self._risks.append(self._next())
            self._chances = _one_more(self._chances, self._new)
        return self._risks[more]

    def _next(self) -> float:
        """The same of the first line that is not looked at yet."""
        cost = 0.0
        for answers, chance in enumerate(self._chances):
            if chance > LITTLE and answers >= self._free:
                cost += chance * (self._lost(answers + 1) - self._lost(answers))
        return cost

    def share(self) -> float:
        persons, lost = 0.0, 0.0
        for answers, chance in enumerate(self._standing):
            persons += answers * chance
            if chance > LITTLE and answers > self._free:
                lost += chance * self._lost(answers)
        return lost / persons if persons > TINY else 0.0


def _with_one_more(come: list[list[float]], times: list[float]) -> list[list[float]]:
    """The chances that at least 0, 1, 2, ... answers have come by each moment, with one answer more."""
    after = [come[0]]
    for fewer, as_many in pairwise([*come, [0.0] * STEPS]):
        after.append([here + time * (less - here) for here, less, time in zip(as_many, fewer, times, strict=True)])
    return after


def _one_more(chances: list[float], hope: float) -> list[float]:
    """The chances of each number of answers, with one more line of this hope."""
    none = 1.0 - hope
    after = [none * here + hope * fewer for here, fewer in zip([*chances, 0.0], [0.0, *chances], strict=True)]
    if after[-1] < TINY:
        after.pop()
    return after


class Many:
    """Free agents at each moment of the grid by mean and spread: the worst moment after the answer is what counts.

    `doubt` is how far off the share of answers may be, as a share of it: where lines are many, that is what is risked.
    """

    __slots__ = ("_answers", "_doubt", "_free", "_last_first", "_new", "_risks", "_spread")

    def __init__(self, free: int, freed: Freed, answers: tuple[list[float], list[float]], air: Hopes) -> None:
        self._new, self._doubt = air.new, air.doubt
        self._free = [free + gained for gained in freed.mean]
        self._answers = answers[0]
        self._risks: dict[int, float] = {}
        self._spread = [*map(add, freed.spread, answers[1])]
        gains = map(sub, self._new[1:], self._new)
        room = [free - 0.5 for free in self._free[1:]]
        self._last_first = [*zip(self._new[1:], gains, room, self._answers[1:], self._spread[1:], strict=True)][::-1]

    def within(self, limit: float, room: int) -> int:
        good, bad = 0, 1
        while bad <= room and self._after(bad - 1) <= limit:
            good, bad = bad, bad * 2
        bad = min(bad, room + 1)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if self._after(middle - 1) <= limit else (good, middle)
        return good

    def charge(self, lines: int) -> float:
        return lines * (self._after(0) + self._after(lines - 1)) / 2 if lines else 0.0

    def _after(self, more: int) -> float:
        """The chance that the line dialled after so many more, once answered, leaves somebody without an agent."""
        known = self._risks.get(more)
        if known is None:
            known = self._risks[more] = self._reckoned(more)
        return known

    def _reckoned(self, more: int) -> float:
        doubt, worst, nearest, cost = self._doubt, TINY, FAR, 0.0
        for hope, gain, free, answered, spread in self._last_first:
            answers = answered + more * hope
            unsure = doubt * answers
            width = spread + more * hope * (1.0 - hope) + unsure * unsure
            far = (free - answers) / sqrt(width + TINY)
            if far < nearest:
                nearest, worst = far, min(max(OFTEN * 0.5 * erfc(far * ROOT_HALF), worst), 1.0)
            cost += gain * worst
        return cost / self._new[-1] if self._new[-1] > TINY else 0.0

    def share(self) -> float:
        """By the normal loss at the worst moment."""
        lost, persons = 0.0, self._answers[-1]
        for step in range(1, STEPS):
            unsure = self._doubt * self._answers[step]
            spread = sqrt(max(self._spread[step] + unsure * unsure, TINY))
            far = (self._free[step] - self._answers[step]) / spread
            loss = spread * (exp(-far * far / 2) * DENSE - far * 0.5 * erfc(far * ROOT_HALF))
            lost = max(lost, loss)
        return min(OFTEN * lost / persons, 1.0) if persons > TINY else 0.0
