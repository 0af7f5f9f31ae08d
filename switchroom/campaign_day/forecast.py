"""What several dry runs of one campaign say together: time, work, cost, abandonment and its risk.

It does not know how a dry run is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from switchroom.campaign_day.dry_told import Told


@dataclass(frozen=True, slots=True)
class Span:
    """The mean of several draws, the least and the most."""

    mean: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Over all draws. `finished` is in how many every lead was at its end; `broken` in how many the cap was broken.

    `days` until the end, from the start, of those that finished. Money is in hundredths.
    """

    draws: int
    finished: int
    days: Span | None
    dials: Span
    connected: Span
    talking: Span
    abandonment: Span
    broken: int
    misheard: Span
    idle: Span
    line_cost: Span
    agent_cost: Span
    cost_a_connect: Span | None
    left: Span
    outcomes: dict[str, float]
    refusals: dict[str, float]


def forecast(runs: Sequence[Told], start: float, cap: float, prices: tuple[int, int]) -> Forecast:
    """Sum up. `start` is the POSIX time of the first midnight; prices: a line's minute, an agent's hour."""
    lines = [run.paid_seconds / 60 * prices[0] for run in runs]
    agents = [run.count.present / 3600 * prices[1] for run in runs]
    done = [(run.done_at - start) / 86_400 for run in runs if run.done_at]
    talks = [run.count.connected for run in runs]
    both = [(line + agent) / many for many, line, agent in zip(talks, lines, agents, strict=True) if many]
    return Forecast(
        len(runs),
        len(done),
        _span(done) if done else None,
        _span([run.count.dials for run in runs]),
        _span([run.count.connected for run in runs]),
        _span([run.day.utilisation for run in runs]),
        _span([run.day.abandonment for run in runs]),
        sum(run.day.abandonment > cap for run in runs),
        _span([run.count.misheard for run in runs]),
        _span([fmean(run.count.idle) if run.count.idle else 0.0 for run in runs]),
        _span(lines),
        _span(agents),
        _span(both) if both else None,
        _span([run.left for run in runs]),
        _mean_of([run.outcomes for run in runs]),
        _mean_of([run.refusals for run in runs]),
    )


def _span(values: Sequence[float]) -> Span:
    return Span(fmean(values), min(values), max(values))


def _mean_of(counts: Sequence[dict[str, int]]) -> dict[str, float]:
    names = sorted({name for count in counts for name in count})
    return {name: sum(count.get(name, 0) for count in counts) / len(counts) for name in names}
