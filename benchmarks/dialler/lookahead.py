"""The prototype: answers in flight against agents about to be free, each by its age, as two normal variables.

It does not plan: it dials while the expected overflow ten seconds ahead stays below a share of the expected answers,
and that share is steered by what was abandoned so far.
"""

from __future__ import annotations

import math

from benchmarks.dialler.onlooker import Onlooker
from outbound.pacing.sight import Bounds, Event, Happened

AHEAD = 10.0
LEARNT_EVERY = 20.0
STEERED_EVERY = 30.0
ROOT = math.sqrt(2 * math.pi)


class Ages:
    """How things of an age go on, from a histogram of the ages at which they ended, in two ways or one."""

    def __init__(self, width: float, cells: int, typical: float, weight: float) -> None:
        self.width, self.cells = width, cells
        self.hits, self.misses = [0.0] * cells, [0.0] * cells
        for cell in range(cells):
            self.hits[cell] = weight * math.exp(-cell * width / typical) * width / typical
        self.chance = [0.0] * cells
        self.learn()

    def add(self, age: float, *, hit: bool) -> None:
        kept = self.hits if hit else self.misses
        kept[min(int(age / self.width), self.cells - 1)] += 1.0

    def learn(self) -> None:
        """The chance that one of each age is a hit within `AHEAD` seconds."""
        ahead = max(1, round(AHEAD / self.width))
        tail, hits_after = 0.0, [0.0] * (self.cells + 1)
        for cell in range(self.cells - 1, -1, -1):
            tail += self.hits[cell] + self.misses[cell]
            hits_after[cell] = hits_after[cell + 1] + self.hits[cell]
            soon = hits_after[cell] - hits_after[min(cell + ahead, self.cells)]
            self.chance[cell] = soon / tail if tail > 0 else 1.0

    def of(self, age: float) -> float:
        return self.chance[min(int(age / self.width), self.cells - 1)]


class LookAhead(Onlooker):
    """`aim` is the share of the cap that it steers for."""

    def __init__(self, aim: float = 1.0) -> None:
        super().__init__()
        self.aim = aim
        self.lines_ages = Ages(1.0, 40, 8.0, 5.0)
        self.lines_ages.misses[20] += 12.0
        self.work = Ages(5.0, 240, 100.0, 10.0)
        self.since: dict[str, float] = {}
        self.learnt = self.steered = 0.0
        self.share: float | None = None

    def happened(self, told: Happened) -> None:
        event = told.event
        if event in {Event.ANSWERED, Event.OTHER}:
            self.lines_ages.add(told.age, hit=event == Event.ANSWERED)
        super().happened(told)
        if event == Event.CONNECTED:
            self.since[told.agent] = told.at
        elif event == Event.FREE and told.agent in self.since:
            self.work.add(told.at - self.since.pop(told.agent), hit=True)
        elif event == Event.LEFT:
            self.since.pop(told.agent, None)

    def more(self, bounds: Bounds, now: float) -> int:
        if now >= self.learnt + LEARNT_EVERY:
            self.learnt = now
            self.lines_ages.learn()
            self.work.learn()
        share = self._share(bounds, now)
        mean, spread = self._sums(self.ringing, self.lines_ages, now)
        soon, unsure = self._sums(self.since, self.work, now)
        agents, spread = len(self.free) - len(self.waiting) + soon, spread + unsure
        fresh = self.lines_ages.of(0.0)
        lines = 0
        while len(self.ringing) + lines < bounds.most:
            after, wide = mean + fresh, spread + fresh * (1 - fresh)
            if _over(after - agents, math.sqrt(wide)) > share * after:
                break
            mean, spread, lines = after, wide, lines + 1
        return max(lines, len(self.free) - len(self.ringing) - len(self.waiting))

    def _sums(self, ages: dict[str, float], law: Ages, now: float) -> tuple[float, float]:
        mean = spread = 0.0
        chance, width, last = law.chance, law.width, law.cells - 1
        for since in ages.values():
            cell = int((now - since) / width)
            p = chance[min(cell, last)]
            mean += p
            spread += p * (1 - p)
        return mean, spread

    def _share(self, bounds: Bounds, now: float) -> float:
        aim = self.aim * bounds.cap
        if self.share is None:
            self.share = aim
        if now >= self.steered + STEERED_EVERY:
            self.steered = now
            so_far = (bounds.abandoned + 2 * aim) / (bounds.persons + 2)
            self.share *= math.exp(0.1 * max(-1.0, min(1.0, (aim - so_far) / aim)))
            self.share = min(max(self.share, aim / 20), 0.3)
        return self.share


def _over(mean: float, spread: float) -> float:
    """The expectation of what of a normal variable is above 0."""
    if spread < 1e-9:
        return max(0.0, mean)
    z = mean / spread
    return mean * 0.5 * math.erfc(-z / math.sqrt(2)) + spread * math.exp(-z * z / 2) / ROOT
