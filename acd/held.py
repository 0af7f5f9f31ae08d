"""How long a talk holds its agent: a law made of the talks that were seen, and what it says of one under way.

It does not know agents or queues. Lengths are counted by `EDGES`, each half as long again as the one before; between
two edges all lengths are as likely. Talks that go on count, too, as far as they have come (a life table): else a floor
that has just opened would know its shortest talks alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import erfc, log, sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from acd.habits import Habits

EDGES: Final = tuple(8.0 * 1.5**step for step in range(16))  # seconds: 8 to 3,500
MOST_USUAL: Final = 40.0  # other days count for at most so many talks
_GUESS: Final = (180.0, 0.8, 4.0)  # mean, deviation / mean, and for how many talks it counts


@dataclass(frozen=True, slots=True)
class Law:
    """`survival` is the share of talks that last longer than each of `EDGES`; `mean` in seconds."""

    survival: tuple[float, ...]
    mean: float

    def goes_on(self, age: float, more: float) -> float:
        """Tell the chance that a talk of this age goes on for `more` seconds."""
        if more <= 0:
            return 1.0
        here = self._beyond(age)
        return self._beyond(age + more) / here if here > 0 else 0.0

    def _beyond(self, length: float) -> float:
        place = bisect_right(EDGES, length)
        if place >= len(EDGES):
            return 0.0
        before, share = (EDGES[place - 1], self.survival[place - 1]) if place else (0.0, 1.0)
        return share + (self.survival[place] - share) * (length - before) / (EDGES[place] - before)


def counted(lengths: Iterable[float], counts: list[float] | None = None) -> list[float]:
    """Count lengths by `EDGES`, on top of `counts`; what is beyond the last edge is counted with the last."""
    found = [0.0] * len(EDGES) if counts is None else counts
    for length in lengths:
        found[min(bisect_right(EDGES, length), len(EDGES) - 1)] += 1.0
    return found


def law_of(before: Iterable[float], lengths: Iterable[float], ages: Iterable[float] = ()) -> Law:
    """Make a law of what was thought before, counted, and what was seen; `ages` are of talks that go on."""
    counts, going = counted(lengths, list(before)), counted(ages)
    left, beyond = sum(counts) + sum(going), 1.0
    survival = []
    for count, gone_on in zip(counts[:-1], going, strict=False):
        risked = left - gone_on / 2  # who goes on in this step has come half through it
        beyond *= max(0.0, 1.0 - count / risked) if risked > 0 else 1.0
        left -= count + gone_on
        survival.append(beyond)
    survival.append(0.0)
    return Law(tuple(survival), _mean(survival))


def usual(habits: Habits | None, lengths: Collection[float], ages: Collection[float]) -> list[float]:
    """Give what other days say, counted by `EDGES`; or a guess of the same mean as the talks so far."""
    whole = sum(habits.held) if habits else 0.0
    if habits is None or whole <= 0:
        mean, deviation, weight = _GUESS
        so_far = (mean + sum(lengths) + sum(ages)) / (1 + len(lengths))
        return list(_lognormal(so_far, deviation, weight)) if lengths else list(_GUESSED)
    return [each * min(1.0, MOST_USUAL / whole) for each in habits.held]


def _mean(survival: list[float]) -> float:
    before, share, mean = 0.0, 1.0, 0.0
    for edge, after in zip(EDGES, survival, strict=True):
        mean += (edge - before) * (share + after) / 2
        before, share = edge, after
    return mean


def _lognormal(mean: float, deviation: float, weight: float) -> tuple[float, ...]:
    variance = log(1.0 + deviation**2)
    middle = log(mean) - variance / 2
    beyond = [0.5 * erfc((log(edge) - middle) / sqrt(2 * variance)) for edge in EDGES]
    return tuple(weight * (one - other) for one, other in zip((1.0, *beyond[:-1]), beyond, strict=True))


_GUESSED: Final = _lognormal(*_GUESS)
GUESS: Final = law_of(_GUESSED, ())
