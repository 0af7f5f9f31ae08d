"""The agents of a campaign: who is free, and who will be when, each by the age of what he does now.

It does not know lines or customers. Talks and wrap-ups are learned as they end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from enum import StrEnum
from itertools import accumulate
from math import exp
from operator import add, mul, sub

from outbound.pacing.air import GRID, SHAPED, STEPS
from outbound.pacing.lasting import Lasting, exponential, humped
from outbound.pacing.sight import Event, Happened

EDGES = (
    *(2.0 * i for i in range(20)),
    *(40.0 + 5.0 * i for i in range(16)),
    *(120.0 + 15.0 * i for i in range(16)),
    *(360.0 + 60.0 * i for i in range(19)),
)
AGES = (
    *(float(i) for i in range(40)),
    *(40.0 + 5.0 * i for i in range(16)),
    *(120.0, 135.0, 150.0, 170.0, 190.0, 215.0, 240.0, 270.0, 300.0, 350.0, 420.0, 520.0, 650.0, 800.0, 1000.0),
)
OF_WRAPS = (0.125, 0.375, 0.625, 0.875)
LATELY = 1800.0  # seconds for which it counts how many others took
SEEN = 2.0  # seconds for which a look at a large floor serves
SEVERAL = 24  # ages up to which one is taken after the other
SMALL = 40  # agents up to which everybody is looked at anew each time


class Doing(StrEnum):
    """What an agent does, as far as a pacer cares."""

    FREE = "free"
    TALK = "talk"
    WRAP = "wrap"
    ELSEWHERE = "elsewhere"


class Chances:
    """Of agents who do one thing: by age (a place in `AGES`), the chances to be free by each moment of the grid."""

    __slots__ = ("columns", "rows", "spreads")

    def __init__(self, rows: list[list[float]]) -> None:
        self.rows = rows
        self.columns = [*zip(*rows, strict=True)]
        self.spreads = [[chance * (1.0 - chance) for chance in column] for column in self.columns]


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
        each = [(count, chances.rows[age]) for age, count in enumerate(counts) if count]
        if len(each) < SEVERAL:
            mean, spread = _summed(each)
        else:
            mean = [sum(map(mul, counts, column)) for column in chances.columns]
            spread = [sum(map(mul, counts, column)) for column in chances.spreads]
        self.mean = [*map(add, self.mean, mean)]
        self.spread = [*map(add, self.spread, spread)]
        if alike:
            self._talking, self._talk = sum(counts), mean
        else:
            self._others += each

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


class Crew:
    """Agents by what they do. `wait` is how long a person may wait: whoever is free by then serves him."""

    __slots__ = (
        *("_begun", "_chances", "_elsewhere", "_freed", "_freed_at", "_learned", "_made", "_since", "_talks", "_wraps"),
        *("_looked", "_open", "_taken", "wait"),
    )

    def __init__(self, wait: float = 2.0) -> None:
        self.wait = wait
        self._talks = Lasting(EDGES, humped(100.0), 8.0, 1500.0)
        self._wraps = Lasting(EDGES, exponential(12.0), 5.0, 1500.0)
        self._elsewhere = Lasting(EDGES, exponential(180.0), 5.0, 500.0)
        self._since: dict[str, tuple[Doing, float]] = {}
        self._begun: dict[Doing, dict[str, float]] = {doing: {} for doing in Doing}  # each in the order of time
        self._chances: dict[Doing, Chances] = {}
        self._made = 0.0
        self._learned = 0
        self._freed: Freed | None = None
        self._freed_at = 0.0
        self._taken, self._open, self._looked = 0.0, 0.0, 0.0

    @property
    def free(self) -> int:
        return len(self._begun[Doing.FREE])

    @property
    def ours(self) -> int:
        """Who talks or wraps up for this campaign."""
        return len(self._begun[Doing.TALK]) + len(self._begun[Doing.WRAP])

    @property
    def all(self) -> int:
        return len(self._since)

    @property
    def handling(self) -> float:
        """Mean seconds of a talk and its wrap-up."""
        return self._talks.mean + self._wraps.mean

    def happened(self, told: Happened) -> None:
        """Take in what became of an agent."""
        event = told.event
        if event is Event.CAME:
            if told.agent not in self._since:
                self._now(told, Doing.FREE)
        elif event is Event.LEFT:
            self._gone(told.agent)
        elif event is Event.CONNECTED:
            self._now(told, Doing.TALK)
        elif event is Event.BUSY_ELSEWHERE:
            self._took(told.at)
            self._now(told, Doing.ELSEWHERE)
        elif told.agent in self._since:
            self._over(told)

    def look(self, now: float) -> None:
        """Reckon what follows from what happened, if what is known is not fresh any more."""
        learned = self._talks.learned + self._wraps.learned + self._elsewhere.learned
        since = now - self._made
        news = learned != self._learned if since >= SHAPED else since >= SEEN and learned > 1.2 * self._learned + 3.0
        if news or not self._chances:
            self._learned = learned
            self._foresee(now)
        if len(self._since) <= SMALL:
            self._freed = None
        elif self._freed is None or now - self._freed_at >= SEEN:
            self._freed, self._freed_at = self._look(now), now

    def _took(self, now: float) -> None:
        """One was taken by others: how many a second are, lately."""
        since = min(now - self._looked, 60.0) if self._looked else 60.0
        self._looked = now
        keep = exp(-since / LATELY)
        self._taken = self._taken * keep + 1.0
        self._open = self._open * keep + since

    def taken(self) -> list[float]:
        """The chance that one of the free is taken by others by each moment of the grid."""
        if not self._taken:
            return []
        rate = self._taken / max(self._open, 60.0)
        return [1.0 - exp(-rate * soon) for soon in GRID]

    def _over(self, told: Happened) -> None:
        doing, since = self._since[told.agent]
        lasted = told.at - since
        if told.event is Event.TALK_OVER:
            if doing is Doing.TALK:
                self._talks.learn(lasted)
            self._now(told, Doing.WRAP)
        elif told.event is Event.FREE:
            if doing is Doing.ELSEWHERE:
                self._elsewhere.learn(lasted)
            elif doing is Doing.WRAP:
                self._wraps.learn(lasted)
            elif doing is Doing.TALK:
                self._talks.learn(lasted)
                self._wraps.learn(0.0)
            self._now(told, Doing.FREE)

    def _now(self, told: Happened, doing: Doing) -> None:
        self._gone(told.agent)
        self._since[told.agent] = (doing, told.at)
        self._begun[doing][told.agent] = told.at

    def _gone(self, agent: str) -> None:
        known = self._since.pop(agent, None)
        if known is not None:
            del self._begun[known[0]][agent]

    def _foresee(self, now: float) -> None:
        self._made = now
        ahead = [int(2 * (soon + self.wait)) for soon in GRID]
        most = 2 * int(AGES[-1]) + ahead[-1] + 1
        talks = self._talks.each_half(most, self._ages(Doing.TALK, now))
        wraps = [int(2 * self._wraps.reached(share)) for share in OF_WRAPS]
        self._chances = {Doing.TALK: Chances(_after_wraps(talks, ahead, wraps))}
        for doing, lasting in ((Doing.WRAP, self._wraps), (Doing.ELSEWHERE, self._elsewhere)):
            beyond = lasting.each_half(most, self._ages(doing, now))
            self._chances[doing] = Chances(_after_wraps(beyond, ahead, [0]))

    def _ages(self, doing: Doing, now: float) -> list[float]:
        return [now - since for since in self._begun[doing].values()]

    def freed(self, now: float) -> Freed:
        """Who of the busy gets free by when. On a large floor that changes slowly, and was seen a moment ago."""
        return self._freed or self._look(now)

    def _look(self, now: float) -> Freed:
        freed = Freed()
        if not self._chances:
            self._foresee(now)
        for doing, chances in self._chances.items():
            begun = self._begun[doing]
            if begun:
                freed.add(_by_age(begun.values(), now), chances, alike=doing is Doing.TALK)
        return freed


def _by_age(begun: Collection[float], now: float) -> list[int]:
    """How many are of each of the ages: one after the other where they are few, age by age where they are many."""
    if len(begun) < len(AGES):
        counts = [0] * len(AGES)
        for since in begun:
            counts[bisect_right(AGES, now - since) - 1 if now > since else 0] += 1
        return counts
    first_first = sorted(begun)
    reached = [len(begun), *(bisect_right(first_first, now - age) for age in AGES[1:]), 0]
    return [*map(sub, reached, reached[1:])]


def _after_wraps(beyond: list[float], ahead: list[int], wraps: list[int]) -> list[list[float]]:
    """For each of the ages, the chances of being free so far ahead, when a wrap-up follows that is one of these."""
    rows = []
    for age in AGES:
        here = int(2 * age)
        left = beyond[here] * len(wraps)
        row = []
        for soon in ahead:
            free = 0.0
            for wrap in wraps:
                if soon > wrap:
                    free += beyond[here] - beyond[here + soon - wrap]
            row.append(free / left if left > 1e-9 else 1.0)
        rows.append(row)
    return rows
