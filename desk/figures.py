"""The figures of an interval: the one function behind page, API, command line and metrics.

It does not know who shows them. The formulas are `acd.service_level`'s; nothing is worked out a second time here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from acd.service_level import (
    BESIDE,
    DEFINITIONS,
    HEADLINE,
    SHORT,
    TARGET,
    Counts,
    abandon_rate,
    asa,
    connect_rate,
    longest_wait,
    short_abandon_rate,
)
from acd.tally import Wait, rates
from desk.library import Library

FRESH: Final = 0.5
CONTACT: Final = "contact"
QUEUE: Final = "queue"
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Rate:
    """One of the six, never without its names and formula. `percent` is None while it has no base."""

    key: str
    name: str
    name_zh: str
    formula: str
    percent: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All who asked for a person in [since, until). `headline` and `beside` are the keys of the rates to show first.

    `asked` is everyone, whatever became of him; the rest of times is in seconds, of shares in percent, None without a
    base. `queue` is None for all queues together. `level`: `contact` counts everybody once, under the queue that he
    first asked for and from his first request; `queue` counts each stay in a queue with its own clock.
    """

    since: float
    until: float
    queue: str | None
    target: float
    short: float
    headline: str
    beside: str
    rates: tuple[Rate, ...]
    counts: Counts
    asked: int
    abandoned_percent: float | None
    answered_after: float | None
    longest_wait: float | None
    connected_percent: float | None = None
    short_abandoned_percent: float | None = None
    level: str = CONTACT

    def rate(self, key: str) -> Rate:
        """Find one of the six. Raises KeyError."""
        return {rate.key: rate for rate in self.rates}[key]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question: figures of [since, until) for a queue. `live` when `until` is the present."""

    since: float
    until: float
    queue: str | None
    target: float
    short: float
    live: bool = False
    level: str = CONTACT


def figures_of(  # noqa: PLR0913 - an interval, a queue and two limits, each by name
    waits: Iterable[Wait],
    *,
    since: float,
    until: float,
    queue: str | None = None,
    target: float = TARGET,
    short: float = SHORT,
    level: str = CONTACT,
) -> Figures:
    """Work out the figures of these waits, which the caller took from [since, until)."""
    wanted = Wanted(since, until, queue, target, short, level=level)
    return figures_from(rates(waits, target, short).counts, wanted)


def figures_from(c: Counts, wanted: Wanted) -> Figures:
    """Work out the figures of these counts."""
    target, short = wanted.target, wanted.short
    return Figures(
        since=wanted.since,
        until=wanted.until,
        queue=wanted.queue,
        target=target,
        short=short,
        headline=HEADLINE.key,
        beside=BESIDE.key,
        rates=tuple(
            Rate(one.key, one.name("en", target, short), one.name("zh", target, short), one.text, one.formula(c))
            for one in DEFINITIONS
        ),
        counts=c,
        asked=c.asked,
        abandoned_percent=abandon_rate(c),
        answered_after=asa(c),
        longest_wait=longest_wait(c),
        connected_percent=connect_rate(c),
        short_abandoned_percent=short_abandon_rate(c),
        level=wanted.level,
    )


async def work_out(library: Library, wanted: Wanted) -> Figures:
    """Have the waits counted, and work out their figures."""
    return figures_from(await library.counts(wanted), wanted)


class FigureCache:
    """Lets many screens that ask the same at the same moment share one answer, at most half a second old."""

    def __init__(self) -> None:
        self._running: dict[Hashable, tuple[float, asyncio.Task[Any]]] = {}

    async def ask(self, library: Library, wanted: Wanted, now: float) -> Figures:
        if not wanted.live:
            return await work_out(library, wanted)
        return await self.share(replace(wanted, until=0.0), lambda: work_out(library, wanted), now)

    async def share(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, Answer]], now: float) -> Answer:
        """The answer that `make` gives, or gave to somebody else who asked the same a moment ago."""
        begun, task = self._running.get(key, (0.0, None))
        if task is None or not 0 <= now - begun < FRESH or (task.done() and task.exception()):
            self._running = {k: one for k, one in self._running.items() if 0 <= now - one[0] < FRESH}
            task = asyncio.create_task(make())
            self._running[key] = (now, task)
        answer: Answer = await asyncio.shield(task)
        return answer
