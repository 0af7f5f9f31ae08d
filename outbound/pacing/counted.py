"""One line for each free agent, and so many lines for each: the modes that count and do not predict.

They know nothing of ages. Progressive abandons nobody, as long as free agents are not taken by others; a fixed ratio
would abandon what it may, so it falls back to one line for each free agent while the cap is spent.
"""

from __future__ import annotations

from math import floor

from outbound.pacing.air import Air
from outbound.pacing.crew import Crew
from outbound.pacing.sight import Bounds, Happened


def usable(crew: Crew, air: Air, bounds: Bounds) -> int:
    """Agents who are free for a person who answers now: neither promised to one who waits, nor to be left alone."""
    return max(min(crew.free, bounds.agents - crew.ours) - air.waiting, 0)


def one_each(crew: Crew, air: Air, bounds: Bounds) -> int:
    """How many more lines make one for each free agent, within the trunks."""
    return max(min(usable(crew, air, bounds) - air.lines, bounds.most - air.lines), 0)


class Ratio:
    """`ratio` lines for each free agent, rounded down, at least one."""

    def __init__(self, ratio: float) -> None:
        self._ratio = max(ratio, 1.0)
        self._crew = Crew()
        self._air = Air()
        self._why = ""
        self._risk = 0.0

    def happened(self, told: Happened) -> None:
        self._crew.happened(told)
        self._air.happened(told)

    def lines(self, bounds: Bounds, now: float) -> int:
        self._air.look(now)
        free = usable(self._crew, self._air, bounds)
        wanted = floor(free * self._ratio + 1e-9)
        self._why = "agents" if self._ratio <= 1.0 else "ratio"
        if wanted > free and bounds.abandoned + 1 > bounds.cap * bounds.persons + 1.0 / (1.0 + bounds.persons):
            wanted, self._why = free, "cap"
        if wanted > bounds.most:
            wanted, self._why = bounds.most, "most"
        hoped = self._air.new[-1] * max(wanted, self._air.lines)
        self._risk = max(0.0, 1.0 - free / hoped) if hoped > 0.0 else 0.0
        return max(wanted - self._air.lines, 0)

    def why(self) -> str:
        return self._why

    def risk(self) -> float:
        return self._risk


class Progressive(Ratio):
    """One line for each free agent."""

    def __init__(self) -> None:
        super().__init__(1.0)
