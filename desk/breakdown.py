"""Figures line by line: by queue, skill, agent and interval, each line worked out as the whole is.

It does not know who shows them, nor any formula: those are `acd.service_level`'s and `acd.handling`'s.

The total is counted by itself, not added up from the lines: a caller who asked for two skills is in two lines and once
in the total. Waits belong to the moment when the caller asked, offers with their talks and wrap-ups to the moment when
they were made. Who was answered by nobody has no agent: by agent he is in the line of "".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from itertools import product
from typing import Final, Protocol

from acd.grid import GRAINS, Cell, cells
from acd.handling import Handling, Work, acceptance, aht, average_hold, average_talk, average_wrap_up, came_of
from acd.service_level import (
    DEFINITIONS,
    SHORT,
    TARGET,
    Counts,
    abandon_rate,
    asa,
    connect_rate,
    longest_wait,
    short_abandon_rate,
)
from acd.tally import How, Sums, Tally
from journal.figure_views import Limits

GROUPS: Final = ("queue", "skill", "agent")
BY: Final = (*GROUPS, *GRAINS)
CONTACT: Final = "contact"
Key = tuple[str, ...]


class CountedWaits(Protocol):
    """Waits of one sort that ended alike, as the journal counts them."""

    @property
    def queue(self) -> str: ...
    @property
    def skills(self) -> str: ...
    @property
    def agent(self) -> str: ...
    @property
    def how(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def in_time(self) -> int: ...
    @property
    def short(self) -> int: ...
    @property
    def waited_ms(self) -> int: ...
    @property
    def longest_ms(self) -> int: ...


class SummedOffers(Protocol):
    """Offers of one agent for one queue that came to the same."""

    @property
    def agent(self) -> str: ...
    @property
    def queue(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def talked_ms(self) -> int: ...
    @property
    def held_ms(self) -> int: ...
    @property
    def wrap_ms(self) -> int: ...
    @property
    def passed_on(self) -> int: ...


class Source(Protocol):
    """Where waits and offers come from; `journal.figure_views.FigureReader` is one."""

    def waits(self, since: float, until: float, limits: Limits) -> Sequence[CountedWaits]: ...
    def visits(self, since: float, until: float, limits: Limits) -> Sequence[CountedWaits]: ...
    def offers(self, since: float, until: float) -> Sequence[SummedOffers]: ...
    def offers_by_skills(self, since: float, until: float) -> Sequence[tuple[str, SummedOffers]]: ...


@dataclass(frozen=True, slots=True)
class BreakdownWanted:
    """A question: figures of [since, until), by each of `by` (queue, skill, agent, 15min, 30min, hour, day, month).

    `queue` is None for all. `zone` is where clocks on the wall show days and hours.
    """

    since: float
    until: float
    by: tuple[str, ...]
    queue: str | None = None
    target: float = TARGET
    short: float = SHORT
    level: str = CONTACT
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Of `queue`, `skill`, `agent` and `interval` those are set by which the report is divided.

    Shares in percent, times in seconds, None without a base; `counts` and `handling` in whole milliseconds.
    """

    queue: str
    skill: str
    agent: str
    interval: str
    asked: int
    rates: dict[str, float | None]
    abandoned_percent: float | None
    short_abandoned_percent: float | None
    connected_percent: float | None
    answered_after: float | None
    longest_wait: float | None
    handled: int
    handling_time: float | None
    talk_time: float | None
    hold_time: float | None
    wrap_up_time: float | None
    accepted_percent: float | None
    counts: Counts
    handling: Handling


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The lines in order, and everything together."""

    since: float
    until: float
    by: tuple[str, ...]
    level: str
    queue: str | None
    target: float
    short: float
    lines: tuple[Line, ...]
    total: Line


@dataclass(slots=True)
class _Cell:
    """What one line is made of."""

    tally: Tally
    work: Work = field(default_factory=Work)


class _Count:
    """The lines while they are counted."""

    def __init__(self, wanted: BreakdownWanted) -> None:
        self.wanted = wanted
        self.grain = next((one for one in wanted.by if one in GRAINS), "")
        whole = (Cell("", wanted.since, wanted.until),)
        self.cells = cells(wanted.since, wanted.until, self.grain, wanted.zone) if self.grain else whole
        self.lines: dict[Key, _Cell] = {}
        self.total = self._new()

    def _new(self) -> _Cell:
        return _Cell(Tally(self.wanted.target, self.wanted.short))

    def keys(self, queue: str, skills: str, agent: str, cell: Cell) -> Iterable[Key]:
        said = {"queue": (queue,), "skill": skills.split() or ("",), "agent": (agent,)}
        return product(*[said.get(one, (cell.name,)) for one in self.wanted.by])

    def line(self, key: Key) -> _Cell:
        found = self.lines.get(key)
        if found is None:
            found = self.lines[key] = self._new()
        return found

    def waits(self, one: CountedWaits, cell: Cell) -> None:
        how, sums = How(one.how), Sums(one.number, one.in_time, one.short, one.waited_ms, one.longest_ms)
        self.total.tally.fold(how, sums)
        for key in self.keys(one.queue, one.skills, one.agent, cell):
            self.line(key).tally.fold(how, sums)

    def offers(self, skills: str, one: SummedOffers, cell: Cell) -> None:
        if self.wanted.queue is not None and one.queue != self.wanted.queue:
            return
        for key in self.keys(one.queue, skills, one.agent, cell):
            _add(self.line(key).work, one)
        _add(self.total.work, one)


def break_down(source: Source, wanted: BreakdownWanted) -> Breakdown:
    """Read and count. Raises `acd.grid.TooFine` where nobody could read so many lines."""
    count = _Count(wanted)
    limits = limits_of(wanted.target, wanted.short, wanted.by, wanted.queue)
    read = source.waits if wanted.level == CONTACT else source.visits
    for cell in count.cells:
        for sort in read(cell.since, cell.until, limits):
            count.waits(sort, cell)
        if "skill" in wanted.by:
            for skills, one in source.offers_by_skills(cell.since, cell.until):
                count.offers(skills, one, cell)
        else:
            for one in source.offers(cell.since, cell.until):
                count.offers("", one, cell)
    lines = tuple(_line(dict(zip(wanted.by, key, strict=True)), made) for key, made in sorted(count.lines.items()))
    return Breakdown(
        wanted.since, wanted.until, wanted.by, wanted.level, wanted.queue, wanted.target, wanted.short, lines,
        _line({}, count.total),
    )  # fmt: skip


def limits_of(target: float, short: float, by: Collection[str] = (), queue: str | None = None) -> Limits:
    """What the journal is asked to hold the waits against, and to count apart."""
    tally = Tally(target, short)
    apart = {"skills" if one == "skill" else one for one in by if one in GROUPS}
    return Limits(tally.target_ms, tally.short_ms, frozenset(apart), queue)


def counts_of(source: Source, wanted: BreakdownWanted) -> Counts:
    """Everything together, of waits alone."""
    tally = Tally(wanted.target, wanted.short)
    read = source.waits if wanted.level == CONTACT else source.visits
    for one in read(wanted.since, wanted.until, limits_of(wanted.target, wanted.short, queue=wanted.queue)):
        tally.fold(How(one.how), Sums(one.number, one.in_time, one.short, one.waited_ms, one.longest_ms))
    return tally.counts()


def _add(work: Work, one: SummedOffers) -> None:
    work.add(
        came_of(one.outcome), talked=one.talked_ms, held=one.held_ms, wrap_up=one.wrap_ms, count=one.count,
        passed_on=one.passed_on,
    )  # fmt: skip


def _line(key: dict[str, str], made: _Cell) -> Line:
    c, h = made.tally.counts(), made.work.handling()
    return Line(
        queue=key.get("queue", ""),
        skill=key.get("skill", ""),
        agent=key.get("agent", ""),
        interval=next((key[grain] for grain in GRAINS if grain in key), ""),
        asked=c.asked,
        rates={one.key: one.formula(c) for one in DEFINITIONS},
        abandoned_percent=abandon_rate(c),
        short_abandoned_percent=short_abandon_rate(c),
        connected_percent=connect_rate(c),
        answered_after=asa(c),
        longest_wait=longest_wait(c),
        handled=h.handled,
        handling_time=aht(h),
        talk_time=average_talk(h),
        hold_time=average_hold(h),
        wrap_up_time=average_wrap_up(h),
        accepted_percent=acceptance(h),
        counts=c,
        handling=h,
    )
