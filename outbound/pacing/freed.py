"""Who of the busy agents gets free, and when: at each moment of the grid how many, in the mean, as a variance, exactly.

It does not know how long anything lasts: it is given the chances of each agent by the age of what he does.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from operator import add, mul

from outbound.pacing.air import GRID, STEPS

SEVERAL = 24  # ages up to which one is taken after the other


class Chances:
    """Of agents who do one thing: by age (a place in `AGES`), the chances to be free by each moment of the grid."""

    __slots__ = ("_spreads", "columns", "rows")

    def __init__(self, rows: list[list[float]]) -> None:
        self.rows = rows
        self.columns = [*zip(*rows, strict=True)]
        self._spreads = [[chance * (1.0 - chance) for chance in column] for column in self.columns]

    def spread(self, counts: list[int]) -> list[float]:
        """The variance at each moment, of so many of each age."""
        return [sum(map(mul, counts, spread)) for spread in self._spreads]


class Freed:
    """Who gets free: at each moment of the grid how many do, in the mean and as a variance.

    Those who are in a talk are much alike and are counted together, the `others` one by one: a wrap-up that ends within
    seconds is nearly certain.
    """

    __slots__ = ("_others", "_talk", "_talking", "mean", "spread")

    def __init__(self) -> None:
        self.mean = [0.0] * STEPS
        self.spread = [0.0] * STEPS
        self._talk = [0.0] * STEPS
        self._talking = 0
        self._others: list[tuple[int, list[float]]] = []

    def add(self, counts: list[int], chances: Chances, *, alike: bool) -> None:
        """So many busy agents of each age, each free by then with these chances."""
        many = sum(counts)
        each = [(count, chances.rows[age]) for age, count in enumerate(counts) if count]
        if len(each) < SEVERAL:
            mean, spread = _summed(each)
        else:
            mean = [sum(map(mul, counts, column)) for column in chances.columns]
            spread = [each * (1.0 - each / many) for each in mean] if alike else chances.spread(counts)
        self.mean = [*map(add, self.mean, mean)]
        self.spread = [*map(add, self.spread, spread)]
        if alike:
            self._talking, self._talk = many, mean
        else:
            self._others += each

    def later(self, since: float, wait: float) -> Freed:
        """The same seen again so many seconds later: who got free meanwhile is no longer to come."""
        after = Freed()
        ahead = [_between(self.mean, soon + since) for soon in GRID]
        gone = _between(self.mean, since - wait) if since > wait else self.mean[0] * since / max(wait, since)
        after.mean = [max(mean - gone, 0.0) for mean in ahead]
        after.spread = [_between(self.spread, soon + since) for soon in GRID]
        after._talk, after._talking, after._others = self._talk, self._talking, self._others
        return after

    @property
    def busy(self) -> int:
        """How many there are to get free."""
        return self._talking + sum(count for count, _ in self._others)

    def at_most(self, step: int, most: int) -> list[float]:
        """The chances that at most 0, 1, 2, ... `most` are free by this moment of the grid."""
        chances = _binomial(self._talking, self._talk[step], most)
        for count, other in self._others:
            if other[step] > 0.0:
                for _ in range(count):
                    _one_more(chances, other[step])
        return [*accumulate(chances)]


def _between(known: list[float], soon: float) -> float:
    """The value at this moment, on a straight line between the moments of the grid around it."""
    after = bisect_right(GRID, soon)
    if after >= STEPS:
        return known[-1]
    part = (soon - GRID[after - 1]) / (GRID[after] - GRID[after - 1])
    return known[after - 1] + part * (known[after] - known[after - 1])


def _summed(each: list[tuple[int, list[float]]]) -> tuple[list[float], list[float]]:
    """Mean and variance at each moment, of so many with these chances each."""
    mean, spread = [0.0] * STEPS, [0.0] * STEPS
    for count, chances in each:
        for step, chance in enumerate(chances):
            if chance > 0.0:
                mean[step] += count * chance
                spread[step] += count * chance * (1.0 - chance)
    return mean, spread


def _one_more(chances: list[float], chance: float) -> None:
    """The chances of each number, with one more who is free with this chance; in place."""
    before = 0.0
    for count, here in enumerate(chances):
        chances[count] = here + chance * (before - here)
        before = here


def _binomial(of: int, mean: float, most: int) -> list[float]:
    """The chances of 0, 1, 2, ... `most` of so many that are alike."""
    chance = mean / of if of else 0.0
    if chance > 0.999:
        return [float(count == of) for count in range(most + 1)]
    here = (1.0 - chance) ** of
    chances = []
    for count in range(most + 1):
        chances.append(here)
        here *= (of - count) / (count + 1) * chance / (1.0 - chance)
    return chances
