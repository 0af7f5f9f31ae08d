"""What came of a day: how each caller's wait ended, and how each agent's time was spent.

It does not know how a day is run, nor what a good day is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from acd.service_level import SHORT, TARGET
from acd.tally import How, Rates, Tally, Wait

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from acd.messages import AgentId
    from switchroom.day.described import Crowd

DOINGS = ("offline", "not_ready", "ready", "offered", "talking", "wrap_up")


@dataclass(frozen=True, slots=True)
class End:
    """How a wait ended, in seconds of the day; `ended` is None for one who still waits, `agent` "" without a talk."""

    asked: float
    ended: float | None
    how: How
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """Seconds of an agent's day by what he did, within the day alone."""

    offline: float = 0.0
    not_ready: float = 0.0
    ready: float = 0.0
    offered: float = 0.0
    talking: float = 0.0
    wrap_up: float = 0.0
    talks: int = 0

    @property
    def busy(self) -> float:
        return self.talking + self.wrap_up

    @property
    def occupancy(self) -> float | None:
        """Talk and wrap-up over that and ready idle; None for one who was never there."""
        there = self.busy + self.ready
        return self.busy / there if there else None


@dataclass(frozen=True, slots=True)
class DayRun:
    """A day that was run: `ends` in the order of the crowd's callers, and everybody's hours."""

    crowd: Crowd
    ends: tuple[End, ...]
    hours: Mapping[AgentId, Hours]
    opens_at: float
    messages: int

    def waits(self, kind: int | None = None) -> Iterator[Wait]:
        """All waits, or those of one kind of callers, as the figures want them: in POSIX time."""
        for caller, end in zip(self.crowd.callers, self.ends, strict=True):
            if kind is None or caller.kind == kind:
                ended = None if end.ended is None else self.opens_at + end.ended
                yield Wait(self.opens_at + end.asked, ended, end.how)

    def rates(self, kind: int | None = None, target: float = TARGET, short: float = SHORT) -> Rates:
        """Every rate of the day, or of one kind of callers, by the formulas that screens use."""
        tally = Tally(target, short)
        for wait in self.waits(kind):
            tally.add(wait)
        return tally.rates()

    def by_kind(self, target: float = TARGET) -> Mapping[str, Rates]:
        return {kind.name: self.rates(number, target) for number, kind in enumerate(self.crowd.kinds)}

    def occupancies(self) -> list[float]:
        """Everybody's occupancy who was there, least first."""
        return sorted(share for hours in self.hours.values() if (share := hours.occupancy) is not None)
