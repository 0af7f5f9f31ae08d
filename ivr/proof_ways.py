"""The shortest way to each situation: the fewest keys, and of equally many the soonest.

It does not know flows, only situations and moves.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from ivr.proof_reach import Allowed, Price, Way
from ivr.proof_space import Edge, Space


@dataclass(frozen=True, slots=True)
class _Came:
    """How a situation is come to."""

    price: Price
    before: int = -1
    edge: Edge | None = None


_FAR = _Came((inf, inf))


class Ways:
    """The ways from the start of a space by the moves that are allowed."""

    def __init__(self, space: Space, allowed: Allowed = lambda _, __: True) -> None:
        self.came = {space.start: _Came((0.0, 0.0))}
        heap = [((0.0, 0.0), space.start)]
        settled: set[int] = set()
        while heap:
            price, number = heapq.heappop(heap)
            if number in settled:
                continue
            settled.add(number)
            for edge in space.situations[number].edges:
                total = (price[0] + len(edge.move.keys), price[1] + edge.move.quick)
                if total < self.came.get(edge.target, _FAR).price and allowed(number, edge):
                    self.came[edge.target] = _Came(total, number, edge)
                    heapq.heappush(heap, (total, edge.target))

    def to(self, number: int) -> Way:
        """The moves to a situation."""
        way: Way = []
        at = self.came.get(number)
        while at is not None and at.edge is not None:
            way.append((at.before, at.edge))
            at = self.came[at.before]
        return way[::-1]

    def nearest(self, numbers: Iterable[int]) -> list[int]:
        """Those that can be come to, the nearest first."""
        return sorted((n for n in numbers if n in self.came), key=lambda n: (self.came[n].price, n))
