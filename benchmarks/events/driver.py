"""Plays a stream into an arm: what is told beside it at its place, then the bytes.

It does not know which arm it is, nor whether it will be timed.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.events.arms import Arm
from benchmarks.events.compose import Stream


@dataclass(slots=True)
class Player:
    """Feeds one arm from the beginning of one stream. `place` is the byte that it has come to."""

    arm: Arm
    stream: Stream
    place: int = 0
    _next: int = 0

    def feed(self, wire: bytes) -> None:
        """Give the arm the next bytes of the stream, and before them what is told beside them."""
        end = self.place + len(wire)
        beside, arm = self.stream.beside, self.arm
        while self._next < len(beside) and beside[self._next][0] <= end:
            _, at, told = beside[self._next]
            arm.beside(told, at)
            self._next += 1
        arm.feed(wire, self.stream.time_at(end))
        self.place = end
