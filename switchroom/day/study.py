"""A day run many times, once as it is and once as it might be: every figure with its interval, and the difference.

It does not know where the day comes from, nor how figures are printed.

Both arms meet the same callers with the same patience and the same talks, seed by seed; so the interval of the
difference is that of the pairs, and much narrower than the two beside it. Intervals are of 95 % by Student's law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Final

from acd.acts import BeginAct, Bounds
from acd.agents import AgentProfile
from acd.erlang import Load, impatient, patient, seats_for
from acd.messages import AgentId
from acd.router import Router
from acd.rules import QueueRules
from acd.tally import How, Rates, Tally
from switchroom.day.described import Crowd, Day, Seat
from switchroom.day.engine import run
from switchroom.day.outcome import DayRun
from switchroom.day.piloted import PilotedRouter

QUARTER: Final = 900.0
GOAL: Final = 0.8
LOOKS_EVERY: Final = 5.0  # seconds between two looks of the autopilot: a day takes seconds then
# Student's t for 95 %, by degrees of freedom; beyond the last it is taken for normal.
_STUDENT: Final = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131),
    *(2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045),
)


@dataclass(frozen=True, slots=True)
class Arm:
    """A day, the rules it is run by, and what the autopilot may do (nothing: it is off)."""

    day: Day
    rules: Mapping[str, QueueRules]
    bounds: Mapping[str, Bounds]

    def router(self) -> Router | PilotedRouter:
        """A new router, with the autopilot beside it where it may do anything."""
        profiles: Mapping[AgentId, AgentProfile] = self.day.profiles()
        router = Router(self.rules, profiles)
        return PilotedRouter(router, self.bounds, self.rules, profiles, every=LOOKS_EVERY) if self.bounds else router


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run and one group of callers ("" for all). Rates in percent, times in seconds; None without a base."""

    asked: float
    sl6: float | None
    sl3: float | None
    abandoned: float | None
    asa: float | None
    late: float | None  # the wait that 5 % of the answered exceed
    occupancy: float | None
    acts: float


@dataclass(frozen=True, slots=True)
class Value:
    """A mean over seeds, and half the width of its interval; None for one seed."""

    mean: float
    half: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> Value:
        if len(values) < 2:
            return cls(fmean(values), None)
        student = _STUDENT[len(values) - 2] if len(values) - 2 < len(_STUDENT) else 1.96
        return cls(fmean(values), student * stdev(values) / sqrt(len(values)))


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of a group of callers in the two arms; `change` is of the pairs. None where nothing can be said."""

    group: str
    name: str
    now: Value | None
    then: Value | None
    change: Value | None


def measured(arm: Arm, crowd: Crowd) -> dict[str, Figures]:
    """Run an arm once; give the figures of all callers ("") and of each kind."""
    router = arm.router()
    done = run(arm.day, crowd, router)
    acts = sum(isinstance(change, BeginAct) for _, change in router.changes) if isinstance(router, PilotedRouter) else 0
    busy = fmean(done.occupancies()) * 100 if done.occupancies() else None
    kinds = range(len(crowd.kinds))
    found = {"": _figures(done, list(kinds), arm.rules, busy, acts)}
    if len(kinds) > 1:
        found |= {crowd.kinds[kind].name: _figures(done, [kind], arm.rules, None, 0) for kind in kinds}
    return found


def _figures(done: DayRun, kinds: list[int], rules: Mapping[str, QueueRules], busy: float | None, acts: int) -> Figures:
    """Count every caller against the target of his own queue."""
    rates = _rates(done, kinds, rules)
    waits = sorted(
        each.milliseconds / 1000 for kind in kinds for each in done.waits(kind) if How(each.how) is How.ANSWERED
    )
    late = waits[min(len(waits) - 1, int(0.95 * len(waits)))] if waits else None
    return Figures(
        float(rates.counts.asked), rates.sl6, rates.sl3, rates.abandon_rate, rates.asa, late, busy, float(acts)
    )


def _rates(done: DayRun, kinds: list[int], rules: Mapping[str, QueueRules]) -> Rates:
    targets = {rules[done.crowd.kinds[kind].queue].target for kind in kinds}
    if len(targets) == 1:
        return _tally(done, kinds, targets.pop())
    parts = [_tally(done, [kind], rules[done.crowd.kinds[kind].queue].target) for kind in kinds]
    in_time = sum(part.counts.answered_in_time for part in parts)
    whole = _tally(done, kinds, next(iter(targets)))
    decided, ended = whole.counts.decided, whole.counts.answered + whole.counts.abandoned
    return Rates(
        whole.counts,
        0.0,
        whole.short,
        None,
        None,
        100 * in_time / ended if ended else None,
        None,
        None,
        100 * in_time / decided if decided else None,
        whole.abandon_rate,
        whole.asa,
        whole.longest_wait,
    )


def _tally(done: DayRun, kinds: list[int], target: float) -> Rates:
    tally = Tally(target)
    for kind in kinds:
        for wait in done.waits(kind):
            tally.add(wait)
    return tally.rates()


NAMES: Final = ("asked", "sl6", "sl3", "abandoned", "asa", "late", "occupancy", "acts")


def compared(
    now: Arm, then: Arm | None, crowds: Sequence[Crowd], told: Callable[[int], None] = lambda _n: None
) -> list[Row]:
    """Run both arms over the same crowds. `told` hears how many are done."""
    before, after = [], []
    for number, crowd in enumerate(crowds, 1):
        before.append(measured(now, crowd))
        if then is not None:
            after.append(measured(then, crowd))
        told(number)
    return list(_rows(before, after))


def _rows(before: list[dict[str, Figures]], after: list[dict[str, Figures]]) -> Iterator[Row]:
    for group in before[0]:
        for name in NAMES:
            one = [getattr(run_[group], name) for run_ in before]
            other = [getattr(run_[group], name) for run_ in after]
            pairs = [b - a for a, b in zip(one, other, strict=True) if a is not None and b is not None] if other else []
            now, then = _value(one), _value(other)
            if now is not None or then is not None:
                yield Row(group, name, now, then, Value.of(pairs) if pairs else None)


def _value(values: Sequence[float | None]) -> Value | None:
    known = [value for value in values if value is not None]
    return Value.of(known) if known else None


# ── Erlang beside it ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Erlang:
    """The day's share served in time (percent) by Erlang C and A, as if every agent could serve every caller.

    `busiest` is the quarter of an hour with the most work, in seconds of the day: `there` agents work then, and
    `needed` would serve `GOAL` of its callers in time by Erlang A.
    """

    c: float
    a: float
    busiest: float
    there: int
    needed: int


def erlang_of(arm: Arm) -> Erlang | None:
    """Take each quarter of an hour for itself, with who calls and who works then; None when nobody calls."""
    day, good_c, good_a, asked = arm.day, 0.0, 0.0, 0.0
    at, busiest = 0.0, (0.0, 0.0, 0, 0.0)
    while at < day.seconds:
        seats = sum(_works(seat, at) for seat in day.seats if not seat.profile.reserve)
        load, target = _load(arm, at)
        if load.rate > 0:
            asked += load.rate
            good_c += load.rate * patient(load, seats, target).in_time
            good_a += load.rate * impatient(load, seats, target).in_time
            busiest = max(busiest, (load.erlangs, -at, seats, target))
        at += QUARTER
    if not asked:
        return None
    _, before, seats, target = busiest
    needed = seats_for(_load(arm, -before)[0], target, GOAL)
    return Erlang(100 * good_c / asked, 100 * good_a / asked, -before, seats, needed)


def _works(seat: Seat, at: float) -> bool:
    there = any(shift.since <= at < shift.until for shift in seat.shifts)
    return there and not any(rest.since <= at < rest.until for rest in seat.breaks)


def _load(arm: Arm, at: float) -> tuple[Load, float]:
    """The callers of this time as one kind, each mean weighted by how many they are; and what is left of their target.

    An agent's phone rings for some seconds: they are work, and they are a part of every wait.
    """
    kinds = [(kind.rate_at(at), kind) for kind in arm.day.kinds]
    rate = sum(each for each, _ in kinds)
    if rate <= 0:
        return Load(0.0, 1.0), 0.0
    rings = sum(each * kind.pick_up.mean for each, kind in kinds)
    work = rings + sum(each * kind.mean_work(arm.rules[kind.queue].wrap_up) for each, kind in kinds)
    patience = sum(each * kind.patience.mean for each, kind in kinds)
    target = sum(each * arm.rules[kind.queue].target for each, kind in kinds)
    return Load(rate, work / rate, patience / rate), max(0.0, target - rings) / rate
