"""The leads of a dry run: who is due, in the order of the real list, kept in memory.

It does not know the law, the pace, nor what an attempt comes to. Nothing is written anywhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from math import inf

from outbound.lead import NOT_HIS, Due, Lead, Outcome


class DryList:
    """Promised ones first, then by priority, fewest tries, who has been due longest, and row; as the store of lists."""

    def __init__(self, due: Iterable[Due]) -> None:
        self._leads: dict[str, tuple[int, Lead]] = {}
        self._tries: dict[str, int] = {}
        self._last: dict[str, Outcome] = {}
        self._ready: list[tuple[int, int, float, int, str]] = []
        for row, one in enumerate(due):
            lead = one.lead
            self._leads[lead.lead] = (row, lead)
            self._tries[lead.lead] = one.tries
            if one.last is not None:
                self._last[lead.lead] = one.last
            self._ready.append((-lead.priority, one.tries, 0.0, row, lead.lead))
        heapq.heapify(self._ready)
        self._later: list[tuple[float, str]] = []
        self.left = len(self._leads)
        self.given = 0  # given out, and neither over nor standing aside

    def fetch(self, count: int, held: Collection[str], now: float) -> tuple[Due, ...]:
        """Give out up to `count` that are due."""
        while self._later and self._later[0][0] <= now:
            at, name = heapq.heappop(self._later)
            row, lead = self._leads[name]
            heapq.heappush(self._ready, (-lead.priority, self._tries.get(name, 0), at, row, name))
        given: list[Due] = []
        while self._ready and len(given) < count:
            name = heapq.heappop(self._ready)[-1]
            if name not in held:
                given.append(Due(self._leads[name][1], self._tries.get(name, 0), self._last.get(name)))
        self.given += len(given)
        return tuple(given)

    def due_at(self) -> float:
        """When somebody is due who is not given out: 0 for now, infinity for nobody."""
        if self._ready:
            return 0.0
        return self._later[0][0] if self._later else inf

    def came_to(self, lead: str, outcome: Outcome, again: float) -> None:
        """An attempt is over: due again then, or at its end."""
        self._last[lead] = outcome
        if outcome not in NOT_HIS:
            self._tries[lead] = self._tries.get(lead, 0) + 1
        self.stands_aside(lead, again)

    def stands_aside(self, lead: str, until: float) -> None:
        """He is not to be had until then; 0 for never."""
        self.given -= 1
        if until > 0:
            heapq.heappush(self._later, (until, lead))
        else:
            self.left -= 1
