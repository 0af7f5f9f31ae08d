"""How many agents work that we begin ourselves may use now: calls out, later written work, yield to those who call in.

It does not dial, and does not know whom. The dialler asks `room` before it begins anything, and hands what it has
begun to the router like every other contact; the router gives an agent one contact at a time, so nobody gets both.

The rule of a queue of calls out: of the agents who also serve callers, `keep` who are ready are left alone; while any
caller waits whom such an agent serves, none of them is used; when the forecast of one of their queues falls below
`below`, it yields (none of them is used) until it has been above `above` for `calm`. Agents who serve no caller are
always used. What is left is multiplied by the autopilot's pace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import floor

from acd.acts import Forecast
from acd.agents import AgentProfile, AgentRecord, AgentState
from acd.messages import AgentId


@dataclass(frozen=True, slots=True)
class Yielding:
    """The rule of a queue of calls that we make. Shares are from 0 to 1, `calm` in seconds."""

    queue: str
    keep: int = 1
    below: float = 0.8
    above: float = 0.9
    calm: float = 60.0

    def __post_init__(self) -> None:
        if self.keep < 0 or not 0 <= self.below < self.above <= 1:
            raise ValueError(f"queue {self.queue}: keep must be 0 or more, below less than above, both from 0 to 1")


class Why(StrEnum):
    """What bounds the room."""

    AGENTS = "agents"  # all who may be used are
    KEPT = "kept"  # as many are ready as are left alone
    WAITING = "waiting"  # somebody waits
    YIELDS = "yields"  # the forecast is low
    PACE = "pace"  # the autopilot slows


@dataclass(frozen=True, slots=True)
class Room:
    """`agents` may be used now. `alone` are those of the ready who serve nobody else, `shared` the others."""

    agents: int
    why: Why
    alone: int
    shared: int


class Blending:
    """Which of the yielding queues yield now. Look each second, ask as often as wanted."""

    def __init__(self, rules: Mapping[str, Yielding]) -> None:
        self.rules = dict(rules)
        self._yields: dict[str, float | None] = {}  # queue: good since; None while it is not

    def look(self, forecasts: Mapping[str, Forecast], profiles: Iterable[AgentProfile], now: float) -> None:
        """Take the present forecasts of the queues whose agents are shared."""
        shared: dict[str, set[str]] = {queue: set() for queue in self.rules}
        for profile in profiles:
            for queue in self.rules.keys() & profile.queues:
                shared[queue] |= profile.queues - self.rules.keys()
        for queue, rule in self.rules.items():
            seen = [forecasts[other].share for other in shared[queue] if other in forecasts]
            shares = [share for share in seen if share is not None]
            self._notice(rule, min(shares, default=1.0), now)

    def _notice(self, rule: Yielding, worst: float, now: float) -> None:
        if worst < rule.below:
            self._yields[rule.queue] = None
        elif rule.queue in self._yields:
            since = self._yields[rule.queue]
            if worst <= rule.above:
                self._yields[rule.queue] = None
            elif since is None:
                self._yields[rule.queue] = now
            elif now - since >= rule.calm:
                del self._yields[rule.queue]

    def is_yielding(self, queue: str) -> bool:
        """Tell whether a queue of calls out leaves all shared agents to those who call in."""
        return queue in self._yields

    def room(
        self,
        queue: str,
        agents: Mapping[AgentId, AgentRecord],
        profiles: Mapping[AgentId, AgentProfile],
        waiting: Mapping[str, int],
        pace: float = 1.0,
    ) -> Room:
        """Tell how many agents calls of this queue may use now. `waiting` counts the callers who wait in each queue."""
        alone = shared = 0
        crowded = False
        for who, profile in profiles.items():
            if queue not in profile.queues:
                continue
            others = profile.queues - self.rules.keys()
            crowded = crowded or any(waiting.get(other, 0) for other in others)
            record = agents.get(who)
            if record is not None and record.state is AgentState.READY and record.node:
                alone, shared = (alone, shared + 1) if others else (alone + 1, shared)
        free, why = self._free(queue, shared, crowded=crowded)
        whole = alone + free
        paced = floor(whole * pace + 1e-9)
        return Room(paced, why if paced == whole else Why.PACE, alone, shared)

    def _free(self, queue: str, shared: int, *, crowded: bool) -> tuple[int, Why]:
        """Tell how many of the shared ready agents may be used, and what keeps the others."""
        if self.is_yielding(queue):
            return 0, Why.YIELDS
        if crowded:
            return 0, Why.WAITING
        keep = min(self.rules[queue].keep if queue in self.rules else 0, shared)
        return shared - keep, Why.KEPT if keep else Why.AGENTS
