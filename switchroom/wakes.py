"""When each of many is to be looked at again: one time for each name, and the next one at once, however many there are.

It does not know what is to be done then.
"""

from __future__ import annotations

import heapq
import sys

SPARE = 64  # times that may be noted in vain before the heap is gone through


class Wakes:
    """One time for each name; noting another one replaces it."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []

    def __contains__(self, name: str) -> bool:
        return name in self._due

    def set(self, name: str, due: float) -> None:
        """Wake this one then."""
        self._due[name] = due
        heapq.heappush(self._heap, (due, name))
        if len(self._heap) > 2 * len(self._due) + SPARE:
            self._heap = sorted((at, each) for each, at in self._due.items())

    def drop(self, name: str) -> None:
        """Do not wake this one any more."""
        self._due.pop(name, None)

    def due(self, name: str) -> float:
        """When this one is to be woken; 0 for never."""
        return self._due.get(name, 0.0)

    def next(self) -> float | None:
        """When the next one is to be woken; None for nobody."""
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self, now: float, most: int = sys.maxsize) -> list[str]:
        """Take out those whose time has come, in the order of their times; `most` of them, the others stay due."""
        names: list[str] = []
        while len(names) < most and (due := self.next()) is not None and due <= now:
            name = heapq.heappop(self._heap)[1]
            del self._due[name]
            names.append(name)
        return names
