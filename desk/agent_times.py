"""What agents did with their time: sheets by state and reason, occupancy, utilisation, and how the plan was kept.

It does not know who shows them, nor any formula: those are `acd.agent_time`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Protocol

from acd.agent_time import (
    Kept,
    Part,
    Period,
    Planned,
    TimeSheet,
    adherence,
    kept_of,
    occupancy,
    sheet_of,
    together,
    utilisation,
)
from acd.agents import AgentState
from acd.grid import cells

Plan = Callable[[str, int, int], Sequence[Planned]]


class SeenPeriod(Protocol):
    """A period as the journal gives it back, uncut."""

    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def since_ms(self) -> int: ...
    @property
    def until_ms(self) -> int | None: ...


class Source(Protocol):
    """Where agents' time comes from; `journal.figure_views.FigureReader` is one."""

    def time_by_state(self, since: float, until: float, now: float) -> Mapping[tuple[str, str, str], int]: ...
    def periods(self, agent: str, since: float, until: float) -> Sequence[SeenPeriod]: ...


def nothing_planned(agent: str, since: int, until: int) -> Sequence[Planned]:
    """The plan where nobody wrote one."""
    del agent, since, until
    return ()


@dataclass(frozen=True, slots=True)
class TimesWanted:
    """A question: the time of all agents, or of one, in [since, until) as far as it is over by `now`.

    `plan(agent, since, until)` says what was planned, in milliseconds and in order. `grain` ("" for none) divides the
    interval as `acd.grid` does; `zone` is where clocks on the wall show days and hours.
    """

    since: float
    until: float
    now: float
    agent: str | None = None
    plan: Plan = nothing_planned
    grain: str = ""
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class AgentTime:
    """One agent, or ("") all together. Times in whole milliseconds, shares in percent, None without a base.

    `interval` is the begin of the cell on the wall clock, "" where the time is not divided.
    """

    interval: str
    agent: str
    on_duty: int
    ready: int
    ringing: int
    talking: int
    wrap_up: int
    not_ready: int
    parts: tuple[Part, ...]
    occupancy: float | None
    utilisation: float | None
    planned: int
    kept: int
    adherence: float | None


@dataclass(frozen=True, slots=True)
class AgentTimes:
    """Everybody who was signed on or planned, by interval and name, and all together."""

    since: float
    until: float
    agents: tuple[AgentTime, ...]
    total: AgentTime


def times_of(source: Source, wanted: TimesWanted) -> AgentTimes:
    """Read and work out. Raises `acd.grid.TooFine` where nobody could read so many lines."""
    whole = _times_in(source, wanted, "")
    if not wanted.grain:
        return whole
    found: list[AgentTime] = []
    for cell in cells(wanted.since, min(wanted.until, max(wanted.since, wanted.now)), wanted.grain, wanted.zone):
        found += _times_in(source, replace(wanted, since=cell.since, until=cell.until), cell.name).agents
    return replace(whole, agents=tuple(found))


def _times_in(source: Source, wanted: TimesWanted, name: str) -> AgentTimes:
    taken: dict[str, dict[tuple[str, str], int]] = {}
    for (agent, state, reason), took in source.time_by_state(wanted.since, wanted.until, wanted.now).items():
        if wanted.agent in {None, agent}:
            taken.setdefault(agent, {})[state, reason] = took
    sheets = {agent: sheet_of(parts) for agent, parts in sorted(taken.items())}
    kept = {agent: _kept(source, agent, wanted) for agent in sheets}
    seen = {agent for agent in sheets if sheets[agent].parts or kept[agent].planned}
    every = Kept(sum(kept[agent].planned for agent in seen), sum(kept[agent].kept for agent in seen))
    return AgentTimes(
        wanted.since,
        min(wanted.until, wanted.now),
        tuple(_time(name, agent, sheets[agent], kept[agent]) for agent in sheets if agent in seen),
        _time(name, "", together(sheets.values()), every),
    )


def _time(interval: str, agent: str, sheet: TimeSheet, kept: Kept) -> AgentTime:
    return AgentTime(
        interval=interval,
        agent=agent,
        on_duty=sheet.on_duty,
        ready=sheet.of(AgentState.READY),
        ringing=sheet.of(AgentState.OFFERED, AgentState.DIALLING),
        talking=sheet.of(AgentState.TALKING),
        wrap_up=sheet.of(AgentState.WRAP_UP),
        not_ready=sheet.of(AgentState.NOT_READY),
        parts=sheet.parts,
        occupancy=occupancy(sheet),
        utilisation=utilisation(sheet),
        planned=kept.planned,
        kept=kept.kept,
        adherence=adherence(kept),
    )


def _kept(source: Source, agent: str, wanted: TimesWanted) -> Kept:
    begin, end = round(wanted.since * 1000), round(min(wanted.until, wanted.now) * 1000)
    plan = list(_clipped(wanted.plan(agent, begin, end), begin, end))
    if not plan:
        return Kept()
    seen = source.periods(agent, wanted.since, wanted.until)
    periods = [
        Period(one.since_ms, end if one.until_ms is None else one.until_ms, one.state, one.reason) for one in seen
    ]
    return kept_of(plan, periods)


def _clipped(plan: Iterable[Planned], begin: int, end: int) -> Iterator[Planned]:
    for one in plan:
        since, until = max(begin, one.since), min(end, one.until)
        if since < until:
            yield Planned(since, until, one.activity)
