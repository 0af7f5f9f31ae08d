"""What the house's lines can take: how many calls, how many dials a second, and how long to leave a full trunk alone.

It does not know campaigns: the lines and the rate are those of all of them together, over all nodes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from outbound.lead import Outcome

IN_A_ROW = 3  # dials that found no line, one after the other, before we wait
LONGEST = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class House:
    """The lines of the house that calls out may use, and the most dials a second. 0 lines: no calls out at all."""

    lines: int = 10
    rate: float = 5.0


class Pulse:
    """At most `rate` dials in any second (or, for less than one a second, one in any 1/`rate` seconds)."""

    def __init__(self, rate: float) -> None:
        self.become(rate)
        self._last: deque[float] = deque()

    def become(self, rate: float) -> None:
        """Another rate counts from now on."""
        self._span = max(1.0, 1.0 / rate) if rate > 0 else 0.0
        self._most = max(1, int(rate * self._span + 1e-9)) if rate > 0 else 0

    def room(self, now: float) -> int:
        """Tell how many may be dialled at this moment."""
        while self._last and self._last[0] <= now - self._span:
            self._last.popleft()
        return max(0, self._most - len(self._last))

    def dialled(self, now: float) -> None:
        """One more."""
        self._last.append(now)

    def opens_at(self, now: float) -> float:
        """When there is room again, if there is none now."""
        return self._last[0] + self._span if self._last and not self.room(now) else now


class Trunk:
    """The lines in use, the pulse of dialling, and the rest after congestion: 1 s, doubled until one gets through."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.used = 0
        self.until = 0.0  # we wait for the trunk until then
        self.pulse = Pulse(house.rate)
        self._refused = 0
        self._rest = 0.0

    def become(self, house: House) -> None:
        """Another edition of the text says other figures."""
        self.house = house
        self.pulse.become(house.rate)

    def room(self, now: float) -> int:
        """Tell how many dials the trunk takes now."""
        if now < self.until:
            return 0
        return max(0, min(self.house.lines - self.used, self.pulse.room(now)))

    def dialled(self, now: float) -> None:
        """A line more is in use."""
        self.used += 1
        self.pulse.dialled(now)

    def freed(self) -> None:
        """A line is free again."""
        self.used -= 1

    def came_to(self, outcome: Outcome, now: float) -> bool:
        """Learn from an attempt. True where this one begins a rest: that is an alarm."""
        if outcome is not Outcome.CONGESTION:
            if outcome is not Outcome.CANCELLED:
                self._refused, self._rest = 0, 0.0
            return False
        self._refused += 1
        if self._refused < IN_A_ROW or now < self.until:
            return False
        self._rest = min(LONGEST, self._rest * 2 or 1.0)
        self.until = now + self._rest
        return True
