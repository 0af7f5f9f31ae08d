"""The rules of a queue: whom it needs, whom it prefers, how it chooses, and how it relaxes while callers wait.

It does not know who waits or who is free, nor where the rules are written.

Rules may change at any moment: they count at once for those who wait already. Every rule is checked when it is made, so
the router meets no senseless one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from acd.needs import ANYBODY, Need
from acd.orders import ORDERS
from acd.strategies import STRATEGIES

MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class When:
    """What must hold besides the time for a relaxation to begin; with nothing said it always does.

    `estimate_over`: the caller's likely wait is longer, in seconds. `segments`: he is one of these. `between`: from the
    first minute of the day to before the second, in `zone`; the second may be on the next day.
    """

    estimate_over: float | None = None
    segments: frozenset[str] = frozenset()
    between: tuple[int, int] | None = None
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.between is not None and not all(0 <= minute <= MINUTES for minute in self.between):
            raise ValueError(f"'between' holds minutes of the day from 0 to {MINUTES}, not {self.between}")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as fault:
            raise ValueError(f"no time zone is called {self.zone!r}") from fault

    def holds(self, segment: str, likely: float | None, now: float) -> bool:
        """Tell whether it holds for a caller of this segment whose likely wait is `likely` (None: unknown)."""
        if self.segments and segment not in self.segments:
            return False
        if self.estimate_over is not None and (likely is None or likely <= self.estimate_over):
            return False
        return self.between is None or self._is_between(*self.between, now)

    @property
    def may_change(self) -> bool:
        """Whether what does not hold for a caller now may hold for him later."""
        return self.estimate_over is not None or self.between is not None

    def _is_between(self, first: int, last: int, now: float) -> bool:
        at = datetime.fromtimestamp(now, ZoneInfo(self.zone))
        minute = at.hour * 60 + at.minute
        return first <= minute < last if first <= last else minute >= first or minute < last


ALWAYS = When()


@dataclass(frozen=True, slots=True)
class Relaxation:
    """From `after` seconds of wait on, `need` stands in place of the queue's own.

    `drop` forgets the skills that the caller's flow asked for, too. A caller whose time has come while `when` does not
    hold is looked at again every few seconds.
    """

    after: float
    need: Need = ANYBODY
    when: When = ALWAYS
    drop: bool = False


@dataclass(frozen=True, slots=True)
class QueueRules:
    """How a queue treats its callers and agents. Times in seconds. Raises ValueError when a value makes no sense.

    `misses` offers let pass in a row take an agent for absent. `target` is the wait in which callers should be
    answered. `prefer` are (skill, weight): of those who meet the need, he with the highest sum of weight times level
    goes first, before `choose` (a name in `acd.strategies`) ranks the equal. `order` (in `acd.orders`) ranks the
    callers. Whoever has waited `guard` seconds goes before all who have not; 0 for never. `ageing` is how many seconds
    of wait weigh as much as one step of priority, where the order lets priority age. `seed` is for `random`. `group`
    agents are rung at once. `full`: more than so many may not wait, 0 for no bound. `no_agent`: let a caller go whom
    nobody who is signed on could ever serve.
    """

    name: str
    ring_for: float = 15.0
    wrap_up: float = 10.0
    misses: int = 1
    target: float = 20.0
    need: Need = ANYBODY
    prefer: tuple[tuple[str, int], ...] = ()
    choose: str = "longest_idle"
    order: str = "oldest"
    guard: float = 60.0
    ageing: float = 20.0
    seed: int = 0
    relax: tuple[Relaxation, ...] = ()
    group: int = 1
    full: int = 0
    no_agent: bool = False

    def __post_init__(self) -> None:
        for is_sound, told in (
            (self.ring_for > 0 and self.wrap_up >= 0, "ring_for must be above 0, wrap_up at least 0"),
            (self.misses >= 1 and self.group >= 1, "misses and group must be at least 1"),
            (self.choose in STRATEGIES, f"no strategy {self.choose!r}; there are {', '.join(STRATEGIES)}"),
            (self.order in ORDERS, f"no order {self.order!r}; there are {', '.join(ORDERS)}"),
            (self.target > 0, "target must be above 0"),
            (min(self.guard, self.ageing, self.full) >= 0, "guard, ageing and full must be at least 0"),
            (self._steps_in_turn(), "relaxations must begin at times above 0, each later than the last"),
        ):
            if not is_sound:
                raise ValueError(f"queue {self.name}: {told}")

    def _steps_in_turn(self) -> bool:
        times = [0.0, *(step.after for step in self.relax)]
        return all(before < after for before, after in pairwise(times))
