"""One cell's contest: tune the rivals on seeds of their own, then play everybody on others.

It does not know how results are shown. Tuning is by hindsight: the best utilisation whose abandonment kept to the cap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from benchmarks.dialler.arms import (
    DEFAULTS,
    METHODS,
    OPTIMUM,
    OURS,
    SWEEPS,
    VICIDIAL_2S,
    WALKED_FROM,
    Arm,
    vicidial_choices,
)
from benchmarks.dialler.mdp import known
from benchmarks.dialler.verdict import Figures, figures
from benchmarks.dialler.worlds import Cell, day_of
from switchroom.campaign_day.engine import run_day
from switchroom.campaign_day.outcome import DayOutcome

LENIENT = 1.05  # a rival is taken as keeping to the cap up to 5 % over it, to its advantage
PROTOTYPE = "look-ahead"
PER_FREE = "ratio of free"


@dataclass(frozen=True, slots=True)
class Plan:
    """Seeds to tune on and to report on, and whether the product, rivals and tuned rivals are played at all."""

    tuning: range
    reporting: range
    ours: bool = True
    tuned: bool = True
    rivals: bool = True

    @property
    def seeds(self) -> str:
        """What an earlier run's rivals must agree in."""
        return f"{self.tuning} {self.reporting} {'tuned' if self.tuned else 'untuned'}"


@dataclass(frozen=True, slots=True)
class Row:
    """One arm's figures in a cell. `settings` are what tuning chose."""

    name: str
    kind: str
    settings: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Contest:
    """One cell's results. `optimum` is the exact best utilisation where it is known, else 0."""

    cell: Cell
    rows: tuple[Row, ...]
    optimum: float

    @property
    def ours(self) -> Row | None:
        return next((row for row in self.rows if row.kind == OURS.kind), None)

    @property
    def best_rival(self) -> Row | None:
        """The best that kept to the cap; the prototype and the exact optimum are no rivals of the field."""
        return self._best(frozenset({OURS.kind, OPTIMUM.kind, PROTOTYPE}))

    @property
    def best_as_designed(self) -> Row | None:
        """As above, but of fixed ratios only the one per agent: the aims were set by that one's figures."""
        return self._best(frozenset({OURS.kind, OPTIMUM.kind, PROTOTYPE, PER_FREE}))

    def _best(self, without: frozenset[str]) -> Row | None:
        kept = [row for row in self.rows if row.kind not in without]
        kept = [row for row in kept if row.figures.abandonment <= LENIENT * self.cell.cap]
        return max(kept, key=lambda row: row.figures.utilisation, default=None)

    @property
    def idle_ratio(self) -> float | None:
        return self._against(self.best_rival)

    @property
    def idle_ratio_as_designed(self) -> float | None:
        return self._against(self.best_as_designed)

    def _against(self, rival: Row | None) -> float | None:
        return self.ours.figures.idle / rival.figures.idle if self.ours and rival else None


def contest(cell: Cell, plan: Plan, before: tuple[Row, ...] = ()) -> Contest:
    """Tune and play. `before` are rivals' rows of an earlier run by the same plan: they are not played again."""
    best = known(cell.agents, cell.answers, cell.cap) if cell.scenario == "memoryless" else None
    arms = _rivals(cell, plan, exact=best is not None) if plan.rivals else []
    rows = before or tuple(_row(cell, arm, plan) for arm in arms)
    if plan.ours:
        rows = (_row(cell, OURS, plan), *rows)
    return Contest(cell, rows, best.utilisation if best else 0.0)


def _rivals(cell: Cell, plan: Plan, *, exact: bool) -> list[Arm]:
    arms = [*DEFAULTS, *METHODS] if cell.scenario == "stationary" else list(DEFAULTS)
    if plan.tuned:
        arms += [_swept(cell, first, settings, plan.tuning) for first, settings in SWEEPS.values()]
        arms.append(_walked(cell, plan.tuning))
    return [*arms, OPTIMUM] if exact else arms


def _row(cell: Cell, arm: Arm, plan: Plan) -> Row:
    days = _days(cell, arm, plan.reporting)
    return Row(arm.name, arm.kind, arm.said, figures(days, cell.cap, stepped=cell.scenario in {"step", "step_up"}))


def _days(cell: Cell, arm: Arm, seeds: range) -> list[DayOutcome]:
    return [play(cell, arm, seed) for seed in seeds]


def play(cell: Cell, arm: Arm, seed: int) -> DayOutcome:
    """One day of one arm."""
    day = day_of(cell)
    if arm.hold is not None and day.hold > 0:
        day = replace(day, hold=arm.hold)
    return run_day(day, arm.pacer(cell, seed), seed, arm.every)


@lru_cache(maxsize=10_000)
def _tried(cell: Cell, arm: Arm, seeds: range) -> tuple[float, float]:
    """Utilisation and abandonment on the seeds for tuning."""
    days = _days(cell, arm, seeds)
    return sum(day.utilisation for day in days) / len(days), sum(day.abandonment for day in days) / len(days)


def _worth(cell: Cell, arm: Arm, seeds: range) -> float:
    """Utilisation, or how far it is over the cap, below any that keeps to it."""
    used, abandoned = _tried(cell, arm, seeds)
    return used if abandoned <= cell.cap else cell.cap - abandoned


def _swept(cell: Cell, first: Arm, settings: tuple[float, ...], seeds: range) -> Arm:
    """Halve the range until the last setting that keeps to the cap is found."""
    low, high = 0, len(settings)
    while high - low > 1:
        middle = (low + high) // 2
        keeps = _tried(cell, replace(first, settings=settings[middle]), seeds)[1] <= cell.cap
        low, high = (middle, high) if keeps else (low, middle)
    near = {max(0, low - 1), low, min(low + 1, len(settings) - 1)}
    return max((replace(first, settings=settings[at]) for at in sorted(near)), key=lambda arm: _worth(cell, arm, seeds))


def _walked(cell: Cell, seeds: range) -> Arm:
    """Walk along one setting of VICIdial's after the other, twice, always to the best."""
    choices = vicidial_choices(cell.agents)
    best = replace(VICIDIAL_2S, name="VICIdial tuned, 2 s", settings=WALKED_FROM)
    for _ in range(2):
        before = best
        for name, values in choices.items():
            tries = [replace(best, settings=replace(best.settings, **{name: value})) for value in values]
            best = max((best, *tries), key=lambda arm: _worth(cell, arm, seeds))
        if best == before:
            break
    return best
