"""How many persons would find no agent, if so many lines are in the air: exactly for few, by the normal law for many.

It does not know what is worth how much, nor how agents and lines are learned: only who gets free and who answers when.

Both ways answer one question: of one more line, how likely is it that *because of it* one more person finds nobody?
That is the chance that, from the moment of its answer on, the free agents run out once. Summed line by line it is what
all of them cost together, so the sum is a forecast that can be held against what came.
"""

from __future__ import annotations

from math import erfc, exp, pi, sqrt
from operator import add
from typing import Protocol

from outbound.pacing.air import STEPS
from outbound.pacing.freed import Freed

MOST = 20  # answers up to which every case is counted
FREED = 14  # and agents who get free
TINY = 1e-5
LITTLE = 1e-4  # chances that are no part of a price
ROOT_HALF = sqrt(0.5)
OFTEN = 1.6  # of several moments the worst is as much likelier than each
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
        *("_at_most", "_between", "_chances", "_dropped", "_free", "_freed", "_most", "_new", "_risks", "_standing"),
        "_times",
    )

    def __init__(self, free: int, freed: Freed, ages: list[tuple[int, list[float]]], air: Hopes) -> None:
        new = air.new
        self._free = free
        self._freed = freed
        self._most = min(freed.busy, FREED)
        self._at_most: list[list[float]] = [[]] * STEPS
        self._between: list[list[float]] = [[]] * STEPS
        self._new = new[-1]
        self._standing = self._chances = self._answers(ages)
        self._times = self._moments(ages, new)
        self._dropped = [0.0] * (free + 1)
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
            for step in range(STEPS):
                times[step] += count * row[step]
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
        worst = [0.0] * (answers - self._free)
        come = [_at_least(answers, time) for time in self._times]
        most = self._most
        for nth in range(self._free + 1, answers + 1):
            over = nth - self._free
            chances = [0.0] * min(over, most + 1)
            for step in range(1, STEPS):
                share = come[step][nth] - come[step - 1][nth]
                if share > TINY:
                    freed = self._known(step)
                    chances = [chance + share * few for chance, few in zip(chances, freed, strict=False)]
            for short in range(over):
                worst[short] = max(worst[short], chances[min(over - 1 - short, most)])
        return sum(worst)

    def _known(self, step: int) -> list[float]:
        """The chances that at most so many are free between the moment before and this one."""
        if not self._between[step]:
            both = zip(self._by(step - 1), self._by(step), strict=True)
            self._between[step] = [(before + after) / 2 for before, after in both]
        return self._between[step]

    def _by(self, step: int) -> list[float]:
        if not self._at_most[step]:
            self._at_most[step] = self._freed.at_most(step, self._most)
        return self._at_most[step]

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
            if chance > TINY and answers > self._free:
                lost += chance * self._lost(answers)
        return lost / persons if persons > TINY else 0.0


def _at_least(of: int, share: float) -> list[float]:
    """The chances that at least 0, 1, 2, ... `of` answers have come, each having come with this chance."""
    if share >= 1.0:
        return [1.0] * (of + 1)
    here = (1.0 - share) ** of
    left, chances = 1.0, []
    for count in range(of + 1):
        chances.append(left)
        left -= here
        here *= (of - count) / (count + 1) * share / (1.0 - share)
    return chances


def _one_more(chances: list[float], hope: float) -> list[float]:
    """The chances of each number of answers, with one more line of this hope."""
    after = [chance * (1.0 - hope) for chance in chances]
    after.append(0.0)
    for answers, chance in enumerate(chances):
        after[answers + 1] += chance * hope
    if after[-1] < TINY and len(after) > MOST:
        after.pop()
    return after


class Many:
    """Free agents at each moment of the grid by mean and spread: the worst moment after the answer is what counts.

    `doubt` is how far off the share of answers may be, as a share of it: where lines are many, that is what is risked.
    """

    __slots__ = ("_answers", "_doubt", "_free", "_new", "_risks", "_spread")

    def __init__(self, free: int, freed: Freed, answers: tuple[list[float], list[float]], air: Hopes) -> None:
        self._new, self._doubt = air.new, air.doubt
        self._free = [free + gained for gained in freed.mean]
        self._answers = answers[0]
        self._risks: dict[int, float] = {}
        self._spread = [*map(add, freed.spread, answers[1])]

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
        new, worst, cost = self._new, 0.0, 0.0
        for step in range(STEPS - 1, 0, -1):
            hope = new[step]
            answers = self._answers[step] + more * hope
            unsure = self._doubt * answers
            spread = self._spread[step] + more * hope * (1.0 - hope) + unsure * unsure
            far = self._free[step] - answers - 0.5
            short = 0.5 * erfc(far / sqrt(spread) * ROOT_HALF) if spread > TINY else float(far < 0.0)
            worst = max(worst, min(OFTEN * short, 1.0))
            cost += (hope - new[step - 1]) * worst
        return cost / new[-1] if new[-1] > TINY else 0.0

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
