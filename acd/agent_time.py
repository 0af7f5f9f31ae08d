"""An agent's time: divided among states and reasons without a rest, and held against what was planned.

It does not know what he did in it, nor where the periods or the plan come from. Times are whole milliseconds.

From sign-on to sign-off an agent is in exactly one state, and each period begins where the one before ends: the parts
of a sheet add up to his time on duty to the millisecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from acd.agents import AgentState
from acd.service_level import percent

OFF = AgentState.OFFLINE
AT_WORK = frozenset(AgentState) - {AgentState.OFFLINE, AgentState.NOT_READY}
WORK = "work"


@dataclass(frozen=True, slots=True)
class Part:
    """How long an agent was in a state for a reason ("" where the state has none)."""

    state: str
    reason: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class TimeSheet:
    """An agent's time in an interval, by state and reason; signed off is not in it."""

    parts: tuple[Part, ...] = ()

    @property
    def on_duty(self) -> int:
        """Milliseconds from sign-on to sign-off within the interval."""
        return sum(part.milliseconds for part in self.parts)

    def of(self, *states: AgentState) -> int:
        """Milliseconds in these states."""
        return sum(part.milliseconds for part in self.parts if part.state in states)

    @property
    def with_calls(self) -> int:
        """Milliseconds of talk, hold and wrap-up."""
        return self.of(AgentState.TALKING, AgentState.WRAP_UP)


def sheet_of(taken: Mapping[tuple[str, str], int]) -> TimeSheet:
    """The sheet of these milliseconds by (state, reason)."""
    parts = (Part(state, reason, took) for (state, reason), took in sorted(taken.items()) if state != OFF)
    return TimeSheet(tuple(part for part in parts if part.milliseconds))


def together(sheets: Iterable[TimeSheet]) -> TimeSheet:
    """The time of several agents as one sheet."""
    taken: dict[tuple[str, str], int] = {}
    for sheet in sheets:
        for part in sheet.parts:
            taken[part.state, part.reason] = taken.get((part.state, part.reason), 0) + part.milliseconds
    return sheet_of(taken)


def occupancy(sheet: TimeSheet) -> float | None:
    """(talk + hold + wrap-up) / (talk + hold + wrap-up + ready). Ringing and breaks are in neither."""
    return percent(sheet.with_calls, sheet.with_calls + sheet.of(AgentState.READY))


def utilisation(sheet: TimeSheet) -> float | None:
    """(talk + hold + wrap-up) / time signed on, breaks and ringing included."""
    return percent(sheet.with_calls, sheet.on_duty)


# ── adherence ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Planned:
    """What an agent should do in [since, until): `work`, or to be not ready for this reason."""

    since: int
    until: int
    activity: str


@dataclass(frozen=True, slots=True)
class Period:
    """What an agent did in [since, until)."""

    since: int
    until: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Milliseconds planned, and those of them in which the agent did as planned."""

    planned: int = 0
    kept: int = 0


def adherence(kept: Kept) -> float | None:
    """Time in the planned state / time planned."""
    return percent(kept.kept, kept.planned)


def fits(activity: str, state: str, reason: str) -> bool:
    """Whether an agent in this state does what is planned."""
    if activity == WORK:
        return state in AT_WORK
    return state == AgentState.NOT_READY and reason == activity


def kept_of(plan: Sequence[Planned], periods: Sequence[Period]) -> Kept:
    """Hold what was done against the plan. Neither may overlap itself; both in order of time."""
    planned = sum(one.until - one.since for one in plan)
    kept, first = 0, 0
    for one in plan:
        while first < len(periods) and periods[first].until <= one.since:
            first += 1
        for period in periods[first:]:
            if period.since >= one.until:
                break
            if fits(one.activity, period.state, period.reason):
                kept += min(one.until, period.until) - max(one.since, period.since)
    return Kept(planned, kept)
