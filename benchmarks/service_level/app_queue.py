"""Asterisk's `app_queue` as its source has it: one queue for each class, members who are in several.

It does not know calls across queues: every caller looks after himself. One who joins is served at once when it is
his turn and a member is free. Else he looks again once a second, counted from his own joining (`RECHECK`), and it is
his turn when fewer callers stand before him in his queue than there are free members (`ringall`: only the first has a
turn). A free member is taken by whichever caller looks first, so the order across queues is chance.
An attempt that finds nobody rests for `retry` seconds. Members are ranked by penalty, then by the strategy. What it is
spared here: device states that lag, and wrap-up that is forgotten across queues.
"""

from __future__ import annotations

import heapq
import math
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

import acd.messages as m
from benchmarks.service_level.lean import LeanFloor, Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from switchroom.day.described import Day

RECHECK = 1.0
STRATEGIES = ("rrmemory", "leastrecent", "fewestcalls", "random", "ringall")
PENALTIES: dict[str, Callable[[Worker, int], int]] = {
    "none": lambda _worker, _kind: 0,
    "home first": lambda worker, kind: worker.able.index(kind),
    "fewest skills first": lambda worker, _kind: len(worker.able),
}


class AppQueue(LeanFloor):
    """`strategy` of `STRATEGIES`, penalties of `PENALTIES`."""

    def __init__(self, day: Day, strategy: str = "rrmemory", penalty: str = "none", retry: float = 5.0) -> None:
        super().__init__(day)
        self.strategy, self.penalty, self.retry = strategy, PENALTIES[penalty], retry
        self._members = [[w for w in self.workers.values() if kind in w.able] for kind in range(len(self.lines))]
        self._place = [{w.agent: n for n, w in enumerate(members)} for members in self._members]
        self._next = [0] * len(self.lines)
        self._calls: list[dict[m.AgentId, int]] = [{} for _ in self.lines]
        self._chance = Random(1)  # noqa: S311 - a simulation wants repeatable chance
        self._looks: list[tuple[float, m.ContactId, int]] = []
        self._asked: dict[m.ContactId, float] = {}
        self._rests: dict[m.ContactId, float] = {}

    # ── callers look by themselves ──

    def next_deadline(self) -> float | None:
        return self._looks[0][0] if self._looks else None

    def handle(self, message: m.Told, now: float) -> list[m.Answer]:
        if type(message) is not m.Tick:
            return super().handle(message, now)
        self.now, self.answers = now, []
        while self._looks and self._looks[0][0] <= now:
            _, contact, kind = heapq.heappop(self._looks)
            self._look(contact, kind)
        return self.answers

    def choose_agent(self, kind: int) -> Worker | None:
        """He who joins looks at once."""
        return self._best(kind) if self._turns(kind) > len(self.lines[kind]) else None

    def arrived(self, message: m.ContactArrived) -> None:
        super().arrived(message)
        kind = self.class_of.get(message.contact)
        if kind is not None:
            self._asked[message.contact] = message.asked_at
            if self.ready[kind]:
                self._wake(kind)

    def left(self, message: m.ContactLeft) -> None:
        kind = self.class_of.get(message.contact)
        super().left(message)
        if kind is not None and self.ready[kind]:
            self._wake(kind)

    def choose_call(self, worker: Worker) -> None:
        """Nobody is told that a member is free: those who have a turn find it out when they look."""
        for kind in worker.able:
            self._wake(kind)

    def _wake(self, kind: int) -> None:
        """Note when those look next who have a turn now; looks that would find no turn are not played."""
        line, turns = self.lines[kind], self._turns(kind)
        line.head()
        for place in islice(line.all_here(), turns):
            contact = line.ids[place]
            since = self.now - self._asked[contact]
            heapq.heappush(self._looks, (self.now + RECHECK * math.ceil(since / RECHECK + 1e-9) - since, contact, kind))

    def _look(self, contact: m.ContactId, kind: int) -> None:
        line = self.lines[kind]
        if contact not in line.here or self._rests.get(contact, 0.0) > self.now:
            return
        line.head()
        for place in islice(line.all_here(), self._turns(kind)):
            if line.ids[place] == contact:
                self._try(kind, place, contact)
                return

    def _try(self, kind: int, place: int, contact: m.ContactId) -> None:
        worker = self._best(kind)
        if worker is None:
            self._rests[contact] = self.now + self.retry
            heapq.heappush(self._looks, (self.now + self.retry, contact, kind))
            return
        self.take(kind, place, worker)

    def _turns(self, kind: int) -> int:
        free = len(self.ready[kind])
        return min(free, 1) if self.strategy == "ringall" else free

    # ── members ──

    def _best(self, kind: int) -> Worker | None:
        free = self.ready[kind]
        if not free:
            return None
        rank, members = self._rank(kind), self._place[kind]
        best = min(free.values(), key=lambda w: (self.penalty(w, kind), rank(w), members[w.agent]))
        self._next[kind] = (members[best.agent] + 1) % len(members)
        calls = self._calls[kind]
        calls[best.agent] = calls.get(best.agent, 0) + 1
        return best

    def _rank(self, kind: int) -> Callable[[Worker], float]:
        if self.strategy == "rrmemory":
            members, after = self._place[kind], self._next[kind]
            return lambda worker: (members[worker.agent] - after) % len(members)
        if self.strategy == "leastrecent":
            return lambda worker: worker.idle_since
        if self.strategy == "fewestcalls":
            return lambda worker: self._calls[kind].get(worker.agent, 0)
        return lambda _worker: self._chance.random()
