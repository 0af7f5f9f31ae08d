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
    Wait,
    connect_rate,
    rates,
    short_abandon_rate,
)
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
    worked = rates(waits, target, short)
    return Figures(
        since=since,
        until=until,
        queue=queue,
        target=target,
        short=short,
        headline=HEADLINE.key,
        beside=BESIDE.key,
        rates=tuple(
            Rate(
                one.key,
                one.name("en", target, short),
                one.name("zh", target, short),
                one.text,
                worked.value(one),
            )
            for one in DEFINITIONS
        ),
        counts=worked.counts,
        asked=worked.counts.asked,
        abandoned_percent=worked.abandon_rate,
        answered_after=worked.asa,
        longest_wait=worked.longest_wait,
        connected_percent=connect_rate(worked.counts),
        short_abandoned_percent=short_abandon_rate(worked.counts),
        level=level,
    )


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


async def work_out(library: Library, wanted: Wanted) -> Figures:
    """Read the waits and work out their figures, both beside the loop."""
    waits = await library.waits(wanted.since, wanted.until, wanted.queue, wanted.level)
    return await asyncio.to_thread(
        figures_of,
        waits,
        since=wanted.since,
        until=wanted.until,
        queue=wanted.queue,
        target=wanted.target,
        short=wanted.short,
        level=wanted.level,
    )


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
