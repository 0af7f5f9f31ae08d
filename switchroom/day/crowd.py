"""Draws the crowd of a described day from a seed.

It does not know of agents or routers. Each kind of callers draws from streams of its own, so that a change of one
kind leaves the others as they were; and arrivals draw apart from people, so that a busier day adds callers
without changing who they are.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from switchroom.day.described import Caller, CallerKind, Crowd, Day

if TYPE_CHECKING:
    from collections.abc import Iterator

UNREST_SECONDS = 1800.0


def draw(day: Day, seed: int) -> Crowd:
    """Draw everybody. The same day and seed give the same crowd."""
    busy = _gamma(Random(f"{seed}:day"), day.busyness)  # noqa: S311 - a simulation wants repeatable chance
    callers: list[Caller] = []
    for number, kind in enumerate(day.kinds):
        arrivals = Random(f"{seed}:{kind.name}:arrivals")  # noqa: S311 - a simulation wants repeatable chance
        people = Random(f"{seed}:{kind.name}:people")  # noqa: S311 - a simulation wants repeatable chance
        callers += [_caller(at, number, kind, people) for at in _arrivals(day, kind, busy, arrivals)]
    callers.sort(key=lambda caller: (caller.at, caller.kind))
    return Crowd(day.kinds, tuple(callers), seed, {"busyness": busy})


def _gamma(chance: Random, shape: float) -> float:
    return chance.gammavariate(shape, 1 / shape) if shape else 1.0


def _arrivals(day: Day, kind: CallerKind, busy: float, chance: Random) -> Iterator[float]:
    """Walk through the day in unit exponentials: each call takes one, whatever the rate is meanwhile."""
    need = chance.expovariate(1.0)
    for since, until in _pieces(day, kind):
        rate, at = kind.rate_at(since) * busy * _gamma(chance, kind.unrest), since
        while rate > 0 and at + need / rate < until:
            at += need / rate
            yield at
            need = chance.expovariate(1.0)
        need -= rate * (until - at)


def _pieces(day: Day, kind: CallerKind) -> Iterator[tuple[float, float]]:
    """The spells of the day within which the rate does not change."""
    marks = {rate.since for rate in kind.rates} | {0.0, day.seconds}
    if kind.unrest:
        marks |= {n * UNREST_SECONDS for n in range(int(day.seconds // UNREST_SECONDS) + 1)}
    ordered = sorted(mark for mark in marks if mark <= day.seconds)
    yield from pairwise(ordered)


def _caller(at: float, number: int, kind: CallerKind, chance: Random) -> Caller:
    """Draw a person: always four draws, so that a law more or less leaves the next person as he was."""
    patience, talk, wrap_up, pick_up = (chance.random() for _ in range(4))
    return Caller(
        at,
        number,
        kind.patience.at(patience),
        kind.talk.at(talk),
        None if kind.wrap_up is None else kind.wrap_up.at(wrap_up),
        kind.pick_up.at(pick_up),
    )
