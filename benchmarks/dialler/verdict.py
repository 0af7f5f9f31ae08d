"""What figures of many days say: means, the worst day, ratios.

It does not know how days are run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from benchmarks.dialler.worlds import STEP_AT
from benchmarks.figures import percentile
from switchroom.campaign_day.outcome import DayOutcome

FEW = 200  # below so many answers a day's share is only taken as proved: the low end of its interval
ONE_SIDED = 0.05


@dataclass(frozen=True, slots=True)
class Figures:
    """An arm in a cell, over its days. Shares from 0 to 1; `worst` is the worst day's abandonment."""

    days: int
    utilisation: float
    spread: float  # half the 95 % interval of the mean
    abandonment: float
    worst: float
    persons: float
    idle_p95: float
    dials_per_connect: float
    misheard: float  # of all persons: taken for machines
    back_after: float  # minutes after the step until five minutes keep to the cap; -1 where there is no step

    @property
    def idle(self) -> float:
        return 1.0 - self.utilisation


def figures(days: Sequence[DayOutcome], cap: float, *, stepped: bool = False) -> Figures:
    """Sum up the days of one arm in one cell."""
    used = [day.utilisation for day in days]
    idle = [wait for day in days for wait in day.count.idle]
    heard = sum(day.count.persons + day.count.misheard for day in days)
    return Figures(
        len(days),
        fmean(used),
        interval(used),
        fmean(day.abandonment for day in days),
        max(share_of(day.count.abandoned, day.count.persons) for day in days),
        fmean(day.count.persons for day in days),
        percentile(idle, 95) or 0.0,
        sum(day.count.dials for day in days) / max(1, sum(day.count.connected for day in days)),
        sum(day.count.misheard for day in days) / max(1, heard),
        back_after(days, cap) if stepped else -1.0,
    )


def interval(values: Sequence[float]) -> float:
    """Half of the 95 % interval of a mean, by the normal law."""
    return 1.96 * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0


def share_of(abandoned: int, persons: int) -> float:
    """A day's abandonment; of few persons the share that is proved with 95 %."""
    if not persons:
        return 0.0
    return abandoned / persons if persons >= FEW else at_least(abandoned, persons)


def at_least(hits: int, of: int) -> float:
    """The low end of the one-sided 95 % interval of a share, after Clopper and Pearson."""
    if not hits:
        return 0.0
    low, high = 0.0, hits / of
    for _ in range(40):
        middle = (low + high) / 2
        below = sum(math.comb(of, n) * middle**n * (1 - middle) ** (of - n) for n in range(hits))
        low, high = (middle, high) if 1 - below < ONE_SIDED else (low, middle)
    return low


def back_after(days: Sequence[DayOutcome], cap: float) -> float:
    """Minutes from the step until the next five minutes, all days together, keep to the cap."""
    first = int(STEP_AT // 60)
    last = int(days[0].seconds // 60) - 5
    for minute in range(first, last):
        five = [day.count.by_minute.get(each, [0, 0]) for day in days for each in range(minute, minute + 5)]
        persons, abandoned = sum(each[0] for each in five), sum(each[1] for each in five)
        if abandoned <= cap * persons:
            return float(minute - first)
    return float(last - first)
