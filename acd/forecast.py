"""The next ten minutes of a queue: what share of its callers will be answered in time.

It does not know single agents or contacts, nor what is done about it: it is given a pool and looks ahead.

A pool is everybody who can serve the queue, with everything that competes for them. The number of callers in it, being
served or waiting, is followed through the ten minutes as a normal variable by its mean and variance: callers come at
their rate, those already in a talk leave by how long they have talked, later ones by the mean, those who wait give up.
Excess over the agents is what waits. (Such closures of the equations of a queue with a moving load are due to Massey
and Pender; `tests/unit/test_forecast.py` holds this one against Erlang A and against simulation.) That the rate itself
is not known for sure is a variance, too. A caller is answered in time when those before him, less those who will have
left within the target, are fewer than the agents.

Customers whom we have called take agents who are free, and never wait: they make it likelier that a caller finds all
taken, but no line of callers grows by them, however many there are.
"""

from __future__ import annotations

from math import ceil, erfc, exp, pi, sqrt
from typing import TYPE_CHECKING, Final

from lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

HORIZON: Final = 600.0
TIMES: Final = (
    *(10.0, 20.0, 30.0, 45.0, 60.0, 80.0, 100.0, 130.0, 160.0),
    *(200.0, 240.0, 290.0, 340.0, 400.0, 460.0, 530.0, HORIZON),
)
_STEPS: Final = tuple(at - before for before, at in zip((0.0, *TIMES[:-1]), TIMES, strict=True))
_LONGEST: Final = max(_STEPS)
_LEAST_VARIANCE: Final = 0.25
_FINE: Final = 0.5  # of a talk, or of a caller's patience: no step is longer
_PER_ROOT: Final = 1 / sqrt(2 * pi)
_ROOT: Final = sqrt(0.5)


@dataclass(frozen=True, slots=True)
class Pool:
    """What stands before a queue: `seats` agents, `present` callers with them or waiting for them.

    `busy` is how many of the agents are taken now, `still` how many of those will be at each of `TIMES`. `rate` is of
    all callers who compete for them, in contacts a second, and `course` its factor at each of `TIMES`; `doubt` is the
    rate's standard deviation. `work` and `patience` are means in seconds. `dialled` is the rate of customers whom we
    have called and who come to these agents.
    """

    seats: float
    present: float
    busy: float
    still: tuple[float, ...]
    rate: float
    doubt: float
    work: float
    patience: float
    course: tuple[float, ...] = (1.0,) * len(TIMES)
    dialled: float = 0.0


def share_in_time(pool: Pool, target: float) -> float:
    """Tell which share (0 to 1) of those who ask within `HORIZON` will be answered within `target` seconds."""
    if pool.seats <= 0:
        return 0.0
    seats, serving, leaving = pool.seats, 1.0 / pool.work, 1.0 / pool.patience
    mean, spread, drift = pool.present, _LEAST_VARIANCE, 0.0
    old = pool.busy
    good = asked = 0.0
    for step, still, factor in _spells(pool):
        here = sqrt(spread + (pool.doubt * drift) ** 2)
        above = (mean - seats) / here
        crowded = 0.5 * erfc(-above * _ROOT)  # the chance that somebody waits
        waiting = here * (above * crowded + _PER_ROOT * exp(-0.5 * above * above))
        served = max(0.0, mean - waiting)
        come = pool.rate * factor * step
        taken = min(pool.dialled * step * (1.0 - crowded), max(0.0, seats - mean)) if pool.dialled else 0.0
        gone = min(old - still + max(0.0, served - old) * serving * step, served)
        lost = min(waiting, waiting * leaving * step)
        pull = (serving * (1.0 - crowded) + leaving * crowded) * step
        after = max(0.0, mean + come + taken - gone - lost)
        widened = max(_LEAST_VARIANCE, (spread + come + gone + lost) / (1.0 + 2.0 * pull))
        drifted = (drift + factor * step) / (1.0 + pull)
        width = 0.5 * (spread + widened + pool.doubt * pool.doubt * (drift * drift + drifted * drifted))
        asked += come
        good += come * _in_time(pool, target, 0.5 * (mean + after), width, (gone + lost) / step)
        mean, spread, drift, old = after, widened, drifted, min(old, still)
    return good / asked if asked > 0 else _in_time(pool, target, mean, spread, seats * serving)


def _spells(pool: Pool) -> Iterator[tuple[float, float, float]]:
    """Give each step's length, how many of the first are still busy at its end, and the rate's factor in it.

    A step in which one talk follows another is cut: what leaves is reckoned from what was there at its beginning.
    """
    before, quickest = pool.busy, min(pool.work, pool.patience) * _FINE
    if quickest >= _LONGEST:
        yield from zip(_STEPS, pool.still, pool.course, strict=True)
        return
    for step, still, factor in zip(_STEPS, pool.still, pool.course, strict=True):
        parts = max(1, ceil(step / quickest))
        for part in range(1, parts + 1):
            yield step / parts, before + (still - before) * part / parts, factor
        before = still


def _in_time(pool: Pool, target: float, mean: float, spread: float, going: float) -> float:
    """Tell the chance that one who asks now is answered within the target: not too many before him, and he stays."""
    leave = max(going, pool.seats / pool.work) * target if mean > pool.seats else pool.seats / pool.work * target
    short = (mean + 0.5 - pool.seats - leave) / sqrt(spread + leave)
    late = 0.5 * erfc(-short * _ROOT)
    at_once = 0.5 * erfc((mean + 0.5 - pool.seats) / sqrt(spread) * _ROOT)
    waits_well = max(0.0, 1.0 - late - at_once)
    return max(0.0, 1.0 - late - waits_well * min(1.0, 0.5 * target / pool.patience))
