"""A bound that needs no simulation: the fraction that M/M/N+D loses when nobody too late is served and nobody gives up.

It does not know guards, nor skills: all agents can do everything, whoever cannot begin within the target is lost at
once and costs nothing. No policy does better in the long run at an even load without abandonment. On a day whose load
swings it is worked out step by step as if each were long; that, and callers who give up and so make room, let a
simulated day lie a little above it.
"""

from __future__ import annotations

from math import exp
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchroom.day.described import Day

TARGET = 20.0


def in_time(servers: int, rate: float, work: float, target: float = TARGET) -> float:
    """The share of calls that begin within the target, when those who would not are turned away at once."""
    load = rate * work
    weights = [1.0]  # of N-1, N-2 ... 0 busy
    for busy in range(servers - 1, 0, -1):
        weights.append(weights[-1] * busy / load)
    slack = servers / work - rate
    waiting = rate * (target if abs(slack * target) < 1e-9 else (1 - exp(-slack * target)) / slack)
    late = rate * exp(-slack * target) / (servers / work)
    return 1 - late / (sum(weights) + waiting + late)


def of_day(day: Day, draws: int = 200) -> float:
    """The same over a described day and its busyness, in percent of all calls; shifts and breaks are not seen."""
    chance = Random(1)  # noqa: S311 - the same figure in every run
    factors = [chance.gammavariate(day.busyness, 1 / day.busyness) for _ in range(draws)] if day.busyness else [1.0]
    works = [kind.talk.mean for kind in day.kinds]
    pace = fmean(1 / seat.pace for seat in day.seats)
    calls = good = 0.0
    for at in range(0, int(day.seconds), 300):
        rates = [kind.rate_at(at) for kind in day.kinds]
        work = sum(rate * each for rate, each in zip(rates, works, strict=True)) / sum(rates) / pace
        for factor in factors:
            calls += sum(rates) * factor
            good += sum(rates) * factor * in_time(len(day.seats), sum(rates) * factor, work)
    return 100 * good / calls
