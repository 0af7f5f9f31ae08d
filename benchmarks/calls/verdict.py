"""Compares the arms: the rate each held, the ratios, and which aims are met. Pure.

It does not know how anything was measured or is shown. Ours is compared with the better app_queue arm of each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.calls.arms import OURS
from benchmarks.calls.rounds import Figures, Screens
from benchmarks.figures import ratio


@dataclass(frozen=True, slots=True)
class Aim:
    """One row of the verdict. `ratio` is ours / app_queue's; `met` is None when it could not be judged."""

    name: str
    unit: str
    ours: float | None
    theirs: float | None
    ratio: float | None
    aim: str
    met: bool | None


def rate_held(ramp: Sequence[Figures], arm: str) -> float:
    """The highest rate that an arm carried without failing a lower one; 0 when it carried none."""
    held = {each.rate: False for each in ramp if each.arm == arm}
    for each in ramp:
        if each.arm == arm:
            held[each.rate] |= each.held
    highest = 0.0
    for rate in sorted(held):
        if not held[rate]:
            break
        highest = rate
    return highest


def judge(ramp: Sequence[Figures], busy: Sequence[Figures], shown: Screens | None, aim_rate: float) -> list[Aim]:
    """Every aim of this benchmark."""
    return [_rate(ramp), _join(ramp, aim_rate), _freed(busy), _cpu(ramp, aim_rate), _pop(shown)]


def _rate(ramp: Sequence[Figures]) -> Aim:
    ours = rate_held(ramp, OURS)
    theirs = max((rate_held(ramp, arm) for arm in {each.arm for each in ramp} - {OURS}), default=0.0)
    found = ratio(ours, theirs)
    return Aim("rate held", "calls/s", ours, theirs, found, "≥ 1.0 of app_queue's", _below(1.0, found))


def _join(ramp: Sequence[Figures], rate: float) -> Aim:
    at_rate = _last_at(ramp, rate)
    ours = at_rate[OURS].join_to_ring.p95 if OURS in at_rate else None
    theirs = _least(figures.join_to_ring.p95 for arm, figures in at_rate.items() if arm != OURS)
    found = ratio(ours, theirs)
    return Aim(f"join to ring, p95 at {rate:g}/s", "ms", ours, theirs, found, "≤ 1.0", _below(found, 1.0))


def _freed(busy: Sequence[Figures]) -> Aim:
    ours = next((each.freed_to_ring.p50 for each in busy if each.arm == OURS), None)
    theirs = _least(each.freed_to_ring.p50 for each in busy if each.arm != OURS)
    found = ratio(ours, theirs)
    return Aim("agent freed to next ring, p50", "ms", ours, theirs, found, "≤ 0.05 (1/20)", _below(found, 0.05))


def _cpu(ramp: Sequence[Figures], rate: float) -> Aim:
    own = _last_at(ramp, rate).get(OURS)
    found = ratio(own.cpu_beside, own.cpu_asterisk) if own else None
    return Aim(
        f"our CPU / Asterisk's in the same calls, at {rate:g}/s",
        "ms a call",
        own.cpu_beside if own else None,
        own.cpu_asterisk if own else None,
        found,
        "≤ 0.3",
        _below(found, 0.3),
    )


def _pop(shown: Screens | None) -> Aim:
    share = 100 * shown.popped_before / shown.rings if shown and shown.rings else None
    return Aim("on the screen before the ring", "%", share, None, None, "100", None if share is None else share == 100)


def _last_at(ramp: Sequence[Figures], rate: float) -> dict[str, Figures]:
    """Each arm's last attempt at a rate."""
    return {each.arm: each for each in ramp if each.rate == rate}


def _least(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return min(known, default=None)


def _below(low: float | None, high: float | None) -> bool | None:
    return None if low is None or high is None else low <= high
