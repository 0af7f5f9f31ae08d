"""Rivals of a few lines: progressive, fixed ratios, and Erlang's loss formula turned into a pace.

They do not learn, but for Erlang's two means, and no brake stops them: tuning in hindsight keeps them to the cap.
"""

from __future__ import annotations

from benchmarks.dialler.onlooker import Onlooker
from outbound.pacing.sight import Bounds, Event, Happened


class Progressive(Onlooker):
    """One line for each free agent who has none yet."""

    def more(self, bounds: Bounds, now: float) -> int:  # noqa: ARG002  the contract's signature
        return len(self.free) - len(self.ringing)


class RatioOfFree(Onlooker):
    """So many lines for each free agent."""

    def __init__(self, ratio: float) -> None:
        super().__init__()
        self.ratio = ratio

    def more(self, bounds: Bounds, now: float) -> int:  # noqa: ARG002  the contract's signature
        return int(self.ratio * len(self.free) + 0.5) - len(self.ringing)


class RatioOfAll(Onlooker):
    """So many calls for each agent who is there, talks counted: at more than 1 it dials though all talk."""

    def __init__(self, ratio: float) -> None:
        super().__init__()
        self.ratio = ratio

    def more(self, bounds: Bounds, now: float) -> int:  # noqa: ARG002  the contract's signature
        busy = len(self.talking) + len(self.wrapping) + len(self.elsewhere)
        return int(self.ratio * self.present + 0.5) - busy - len(self.ringing) - len(self.waiting)


class Erlang(Onlooker):
    """Dials evenly, at the rate at which Erlang's loss formula promises `share` lost; never below progressive."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.worked, self.works = 105.0 * 10, 10  # a prior of ten talks
        self.since: dict[str, float] = {}
        self.last = 0.0
        self.owed = 0.0
        self.offered: dict[int, float] = {}

    def happened(self, told: Happened) -> None:
        super().happened(told)
        if told.event == Event.CONNECTED:
            self.since[told.agent] = told.at
        elif told.event == Event.FREE and told.agent in self.since:
            self.worked += told.at - self.since.pop(told.agent)
            self.works += 1

    def more(self, bounds: Bounds, now: float) -> int:  # noqa: ARG002  the contract's signature
        answers = (self.answered + 3) / (self.ended + 10)
        offered = self._offered(self.present - len(self.elsewhere))
        rate = offered / (self.worked / self.works) / answers
        self.owed += rate * (now - self.last) if self.last else 0.0
        self.last = now
        even = int(self.owed)
        self.owed -= even
        return max(even, len(self.free) - len(self.ringing))

    def _offered(self, agents: int) -> float:
        if agents not in self.offered:
            low, high = 0.0, 2.0 * agents
            for _ in range(40):
                middle = (low + high) / 2
                low, high = (middle, high) if lost(agents, middle) < self.share else (low, middle)
            self.offered[agents] = low
        return self.offered[agents]


def lost(agents: int, offered: float) -> float:
    """Erlang's loss formula."""
    share = 1.0
    for each in range(1, agents + 1):
        share = offered * share / (each + offered * share)
    return share
