"""Laws of chance of a described day: how long people talk, wait, wrap up.

It knows nothing of calls. A law turns one number u, drawn evenly from 0 to 1, into seconds; the same u always gives
the same seconds, so that every policy that is compared meets the very same people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()
_LEAST, _MOST = 1e-12, 1.0 - 1e-12  # a draw of exactly 0 or 1 has no finite quantile


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same."""

    seconds: float

    @property
    def mean(self) -> float:
        return self.seconds

    def at(self, _u: float) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True)
class Exponential:
    """Without memory."""

    mean: float

    def at(self, u: float) -> float:
        return -self.mean * math.log1p(-min(u, _MOST))


@dataclass(frozen=True, slots=True)
class LogNormal:
    """As talks are: many short, few long. `cv` is the standard deviation over the mean."""

    mean: float
    cv: float

    def at(self, u: float) -> float:
        spread = math.log1p(self.cv * self.cv)
        z = _NORMAL.inv_cdf(min(max(u, _LEAST), _MOST))
        return self.mean * math.exp(math.sqrt(spread) * z - spread / 2)


@dataclass(frozen=True, slots=True)
class Hazard:
    """Patience by hazard: (until second, chance a second) in order, and the last rate goes on for ever.

    Raises ValueError when nobody would ever give up, or a rate is negative.
    """

    steps: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.steps or self.steps[-1][1] <= 0 or any(rate < 0 for _, rate in self.steps):
            raise ValueError("a hazard needs rates from 0 up, and a last one above 0")

    @property
    def mean(self) -> float:
        """The mean, as the area below the share of those who still wait."""
        total, since, left = 0.0, 0.0, 1.0
        for until, rate in self.steps[:-1]:
            stay = math.exp(-rate * (until - since))
            total += left * ((1 - stay) / rate if rate else until - since)
            since, left = until, left * stay
        return total + left / self.steps[-1][1]

    def at(self, u: float) -> float:
        need, since = -math.log1p(-min(u, _MOST)), 0.0
        for until, rate in self.steps[:-1]:
            if need < rate * (until - since):
                return since + need / rate
            need -= rate * (until - since)
            since = until
        return since + need / self.steps[-1][1]


@dataclass(frozen=True, slots=True)
class Mixture:
    """One law or another: (share, law), shares adding up to 1."""

    parts: tuple[tuple[float, Law], ...]

    def __post_init__(self) -> None:
        if abs(sum(share for share, _ in self.parts) - 1.0) > 1e-9:
            raise ValueError("the shares of a mixture add up to 1")

    @property
    def mean(self) -> float:
        return sum(share * law.mean for share, law in self.parts)

    def at(self, u: float) -> float:
        for share, law in self.parts[:-1]:
            if u < share:
                return law.at(u / share)
            u -= share
        share, law = self.parts[-1]
        return law.at(min(u / share, _MOST))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was seen: any of the values with the same chance. `values` are sorted."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        return sum(self.values) / len(self.values)

    def at(self, u: float) -> float:
        return self.values[min(int(u * len(self.values)), len(self.values) - 1)]


Law = Fixed | Exponential | LogNormal | Hazard | Mixture | Measured
FOREVER = Fixed(math.inf)
AT_ONCE = Fixed(0.0)
