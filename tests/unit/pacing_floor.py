"""A small floor in virtual time for tests of pacers: lines that ring, persons who answer, agents who talk.

It does not measure: `benchmarks/dialler` does. It keeps what was told, so that a test can tell it again.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random

from outbound.pacing.sight import Bounds, Event, Happened, Pacer


@dataclass
class Seen:
    told: list[Happened] = field(default_factory=list)
    asked: list[tuple[Bounds, float, int]] = field(default_factory=list)  # bounds, lines in the air, answer
    free_when_asked: list[int] = field(default_factory=list)
    persons: int = 0
    abandoned: int = 0
    dials: int = 0


class PacingFloor:
    """`answers` is the share of dials that a person answers, by time; `most` the lines."""

    def __init__(self, pacer: Pacer, agents: int, seed: int, answers=lambda at: 0.3, most: int = 10_000) -> None:
        self.pacer, self.answers, self.most = pacer, answers, most
        self.random = Random(seed)  # noqa: S311  a floor of tests, the same each time
        self.seen = Seen()
        self.heap: list[tuple[float, int, str, str]] = []
        self.count = 0
        self.free: list[str] = []
        self.waiting: list[str] = []
        self.air: dict[str, float] = {}
        self.cap, self.wait, self.room = 0.03, 2.0, 1_000_000
        for number in range(agents):
            self.free.append(f"a{number:03d}")
            self.tell(Event.CAME, 0.0, agent=f"a{number:03d}")

    def tell(self, event: Event, at: float, line: str = "", agent: str = "", age: float = 0.0) -> None:
        told = Happened(event, at, line, agent, age)
        self.seen.told.append(told)
        self.pacer.happened(told)

    def later(self, at: float, what: str, who: str) -> None:
        self.count += 1
        heapq.heappush(self.heap, (at, self.count, what, who))

    def run(self, until: float) -> Seen:
        asked = 0.0
        while asked < until:
            while self.heap and self.heap[0][0] <= asked:
                at, _, what, who = heapq.heappop(self.heap)
                getattr(self, what)(at, who)
            self.ask(asked)
            asked += 0.5
        return self.seen

    def ask(self, now: float) -> None:
        seen = self.seen
        bounds = Bounds(self.cap, seen.persons, seen.abandoned, self.most, self.wait, self.room)
        more = self.pacer.lines(bounds, now)
        seen.asked.append((bounds, len(self.air), more))
        seen.free_when_asked.append(len(self.free))
        for _ in range(more):
            self.dial(now)

    def dial(self, now: float) -> None:
        self.seen.dials += 1
        line = f"D{self.seen.dials}"
        self.air[line] = now
        self.tell(Event.DIALLED, now, line)
        if self.random.random() < self.answers(now):
            self.later(now + self.random.gammavariate(4, 2.5), "answered", line)
        else:
            self.later(now + (25.0 if self.random.random() < 0.7 else 3.0), "other", line)

    def other(self, now: float, line: str) -> None:
        self.tell(Event.OTHER, now, line, age=now - self.air.pop(line))

    def answered(self, now: float, line: str) -> None:
        self.tell(Event.ANSWERED, now, line, age=now - self.air.pop(line))
        self.waiting.append(line)
        self.serve(now)
        if line in self.waiting:
            self.later(now + self.wait, "too_late", line)

    def too_late(self, now: float, line: str) -> None:
        if line in self.waiting:
            self.waiting.remove(line)
            self.seen.persons += 1
            self.seen.abandoned += 1
            self.tell(Event.ABANDONED, now, line)

    def serve(self, now: float) -> None:
        while self.free and self.waiting:
            agent, line = self.free.pop(0), self.waiting.pop(0)
            self.seen.persons += 1
            self.tell(Event.CONNECTED, now, line, agent)
            self.later(now + self.random.lognormvariate(4.05, 0.94), "talked", agent)

    def talked(self, now: float, agent: str) -> None:
        self.tell(Event.TALK_OVER, now, agent=agent)
        self.later(now + 15.0, "wrapped", agent)

    def wrapped(self, now: float, agent: str) -> None:
        self.tell(Event.FREE, now, agent=agent)
        self.free.append(agent)
        self.serve(now)
