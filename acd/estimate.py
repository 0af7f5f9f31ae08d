"""An estimate of a wait: an interval, and the arithmetic of turns, of what was learned, and of errors.

It does not know callers, agents or queues: numbers come in, numbers go out.

The interval is honest when four in five of the waits fall into it: `missed` tells of one wait how it fell, and by how
much the likely value was wrong.
"""

from __future__ import annotations

from math import exp, log, log1p

from lean import dataclass

INSIDE = 0.8
SOFTENED = 4.0  # seconds: below these, a wait that is twice as long as was thought is no error worth a scale
STEP = 0.03
BELIEVED = 10_000.0  # seconds of waits that must have been seen to move a scale half of the way
REMEMBERED = 0.999


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long a caller will still wait, in seconds: four in five wait between `low` and `high`."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Miss:
    """How an estimate compares with what happened. `inside`: the wait lay in the interval, its ends included."""

    inside: bool
    error: float


def missed(estimate: Estimate, waited: float) -> Miss:
    """Compare an estimate with the wait that followed; the error is positive when it was longer than was likely."""
    return Miss(estimate.low <= waited <= estimate.high, waited - estimate.likely)


def turn_after(ahead: float, agents: float, work: float, leaving: float) -> float:
    """Give the mean time until it is one's turn behind `ahead` others.

    `agents` are at work on contacts that take `work` seconds each; each of those ahead leaves at the rate `leaving`.
    """
    plain = (ahead + 1) * work / agents
    return log1p(leaving * plain) / leaving if leaving * plain > 1e-6 else plain


class Scale:
    """How much longer waits are than arithmetic has them, learned slowly: at first not at all."""

    __slots__ = ("_thought", "_waited")

    def __init__(self) -> None:
        self._waited = self._thought = BELIEVED

    @property
    def factor(self) -> float:
        return self._waited / self._thought

    def learn(self, thought: float, waited: float) -> None:
        self._waited = self._waited * REMEMBERED + waited
        self._thought = self._thought * REMEMBERED + thought


class Bounds:
    """The tenth and ninetieth percentile of what happened over what was likely, learned one by one."""

    __slots__ = ("high", "low", "seen")

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high, self.seen = log(low), log(high), 0

    def around(self, likely: float) -> Estimate:
        base = likely + SOFTENED
        low, high = exp(self.low) * base - SOFTENED, exp(self.high) * base - SOFTENED
        return Estimate(max(0.0, min(low, likely)), likely, max(high, likely, 0.0))

    def learn(self, likely: float, truth: float) -> None:
        """Move each bound a step, so that in the long run one in ten lies beyond it; the first steps are longer."""
        self.seen += 1
        step = STEP * (1 + 4 / (1 + self.seen / 8))
        ratio = log((truth + SOFTENED) / (likely + SOFTENED))
        tail = (1 - INSIDE) / 2
        self.low += step * (tail - (ratio < self.low))
        self.high += step * ((1 - tail) - (ratio < self.high))
