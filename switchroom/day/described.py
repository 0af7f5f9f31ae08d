"""A day as it is described: who calls how often, how people behave, and who works when.

It does not know what comes of it: nothing here is drawn yet, and no router is named.

All times within a day are seconds from its beginning (`opens_at`, a POSIX time).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from acd.agents import AgentProfile
from acd.messages import AgentId
from switchroom.day.laws import AT_ONCE, Law

if TYPE_CHECKING:
    from collections.abc import Mapping

OPENS_AT = 1_700_000_000.0


@dataclass(frozen=True, slots=True)
class Rate:
    """From this second on, so many calls an hour."""

    since: float
    an_hour: float


@dataclass(frozen=True, slots=True)
class CallerKind:
    """A class of callers. `rates` are in order and begin at 0.

    `wrap_up` of None leaves wrap-up to the queue's own rule; a law lasts as drawn, whatever the rule says
    (the rule must be longer: see `switchroom.day.engine`). `pick_up` is how long the agent lets it ring.
    `unrest` is over-dispersion within the day: each `UNREST_SECONDS` the rate is multiplied by a gamma variable
    of mean 1 and of this shape; 0 for none.
    """

    name: str
    queue: str
    rates: tuple[Rate, ...]
    talk: Law
    patience: Law
    wrap_up: Law | None = None
    pick_up: Law = AT_ONCE
    skills: tuple[tuple[str, int], ...] = ()
    priority: int = 0
    segment: str = ""
    limit: float = 0.0
    unrest: float = 0.0

    def rate_at(self, second: float) -> float:
        """Calls a second, before any chance."""
        place = bisect_right(self.rates, second, key=lambda rate: rate.since) - 1
        return self.rates[place].an_hour / 3600 if place >= 0 else 0.0

    def mean_work(self, wrap_up: float = 0.0) -> float:
        """Seconds of an agent's time a call takes; `wrap_up` stands for the queue's rule."""
        return self.talk.mean + (wrap_up if self.wrap_up is None else self.wrap_up.mean)


@dataclass(frozen=True, slots=True)
class Spell:
    """Some seconds of the day: a shift, or a break with its reason."""

    since: float
    until: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent: what he can do, how long his work takes (`pace` times the talk drawn), when he is there."""

    profile: AgentProfile
    shifts: tuple[Spell, ...]
    breaks: tuple[Spell, ...] = ()
    pace: float = 1.0

    @property
    def agent(self) -> AgentId:
        return self.profile.agent


@dataclass(frozen=True, slots=True)
class Day:
    """A described day. `busyness` is the shape of one gamma variable of mean 1 for the whole day; 0 for none."""

    name: str
    seconds: float
    kinds: tuple[CallerKind, ...]
    seats: tuple[Seat, ...]
    busyness: float = 0.0
    opens_at: float = OPENS_AT

    def profiles(self) -> Mapping[AgentId, AgentProfile]:
        return {seat.agent: seat.profile for seat in self.seats}

    def queues(self) -> tuple[str, ...]:
        return tuple(sorted({kind.queue for kind in self.kinds} | {q for s in self.seats for q in s.profile.queues}))


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who will call: all of him is drawn before the day begins."""

    at: float
    kind: int
    patience: float
    talk: float
    wrap_up: float | None
    pick_up: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """All who will call on a day, in order of their calls. The same crowd meets every policy."""

    kinds: tuple[CallerKind, ...]
    callers: tuple[Caller, ...]
    seed: int = 0
    factors: Mapping[str, float] = field(default_factory=dict)
