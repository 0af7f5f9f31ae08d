"""Asterisk's `app_queue` as its source (22.10) has it: one queue for each class, members who are in several.

It does not know calls across queues: every caller looks after himself. One who joins is served at once when it is
his turn and a member is free. Else he looks again once a second, counted from his own joining (`RECHECK`), and it is
his turn when fewer callers stand before him in his queue than there are free members (`ringall`: only the first has a
turn). A free member is taken by whichever caller looks first, so the order across queues is chance, unless `order`
keeps him from it: "longest" is `force_longest_waiting_caller` (a member waits for who joined another of his queues
in an earlier second), the others are queue weights (a member waits for a heavier queue that has as many callers as
free members). An attempt that finds nobody rests for `retry` seconds.

Members are ranked by penalty, then by the strategy; `shared_lastcall` is on, so last calls and their number are those
of all queues. What it is spared here: device states that lag, and wrap-up that is forgotten across queues.
A test holds it against callers who look by themselves every second; `benchmarks/surge` against an Asterisk.
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
ORDERS = ("chance", "longest", "scarcest first", "short first")
Rank = tuple[int, float, int]


class AppQueue(LeanFloor):
    """`strategy` of `STRATEGIES`, penalties of `PENALTIES`, across queues one of `ORDERS`."""

    def __init__(
        self, day: Day, strategy: str = "rrmemory", penalty: str = "none", retry: float = 5.0, order: str = "chance"
    ) -> None:
        super().__init__(day)
        self.strategy, self.penalty, self.retry, self.order = strategy, PENALTIES[penalty], retry, order
        self._members = [[w for w in self.workers.values() if kind in w.able] for kind in range(len(self.lines))]
        self._place = [{w.agent: n for n, w in enumerate(members)} for members in self._members]
        self._weights = self._weighed()
        self._next = [0] * len(self.lines)
        self._after = 0, 0
        self._then: dict[m.ContactId, tuple[int, int]] = {}
        self._chance = Random(1)  # noqa: S311 - a simulation wants repeatable chance
        self._looks: list[tuple[float, m.ContactId, int]] = []
        self._asked: dict[m.ContactId, float] = {}
        self._paces: dict[m.ContactId, float] = {}

    def _weighed(self) -> list[int]:
        """A heavier queue for whom few serve, or whose talks are short."""
        sizes = self.works if self.order == "short first" else [len(members) for members in self._members]
        ranked = sorted(set(sizes), reverse=True)
        return [ranked.index(size) if self.order.endswith("first") else 0 for size in sizes]

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
        return self._best(kind, self.now) if self._turns(kind) > len(self.lines[kind]) else None

    def arrived(self, message: m.ContactArrived) -> None:
        kind = self.number[message.queue]
        tries = self._turns(kind) > len(self.lines[kind])
        super().arrived(message)
        if message.contact in self.class_of:
            self._asked[message.contact] = self._paces[message.contact] = self.now
            if tries:
                self._rest(message.contact, kind)
            else:
                self._wake(kind)

    def left(self, message: m.ContactLeft) -> None:
        kind = self.class_of.get(message.contact)
        self._turn_goes_on(message.contact)
        super().left(message)
        if kind is not None:
            self._wake(kind)

    def offer(self, contact: m.ContactId, worker: Worker) -> None:
        self._then[contact] = self._after
        super().offer(contact, worker)

    def accepted(self, message: m.OfferAccepted) -> None:
        self._turn_goes_on(self._who[message.offer][1])
        super().accepted(message)

    def choose_call(self, worker: Worker) -> None:
        """Nobody is told that a member is free: those who have a turn find it out when they look."""
        for kind in worker.able:
            self._wake(kind)

    def _wake(self, kind: int) -> None:
        """Note when those look next who have a turn now; looks that would find no turn are not played."""
        for contact in self._who_may(kind):
            since = self.now - self._paces[contact]
            heapq.heappush(self._looks, (self.now + RECHECK * math.ceil(since / RECHECK + 1e-9) - since, contact, kind))

    def _who_may(self, kind: int) -> list[m.ContactId]:
        """Those whose turn it is, first to join first."""
        line, turns = self.lines[kind], self._turns(kind)
        if not turns:
            return []
        line.head()
        return [line.ids[place] for place in islice(line.all_here(), turns)]

    def _look(self, contact: m.ContactId, kind: int) -> None:
        if self._paces.get(contact, 0.0) > self.now or contact not in self._who_may(kind):
            return
        worker = self._best(kind, self._asked[contact])
        if worker is None:
            self._rest(contact, kind)
        else:
            self.take(kind, self.lines[kind].ids.index(contact, self.lines[kind].start), worker)

    def _rest(self, contact: m.ContactId, kind: int) -> None:
        """He has tried in vain; he looks at whole seconds from the end of his rest."""
        self._paces[contact] = self.now + self.retry
        heapq.heappush(self._looks, (self.now + self.retry, contact, kind))

    def _turns(self, kind: int) -> int:
        free = len(self.ready[kind])
        return min(free, 1) if self.strategy == "ringall" else free

    # ── members ──

    def _best(self, kind: int, asked: float) -> Worker | None:
        """The free member whom he who joined at `asked` tries first, of those whom no other queue keeps from him."""
        free = self.ready[kind].values()
        rank = self._rank(kind)
        if self.order != "chance":
            free = [worker for worker in free if not any(self._kept(kind, asked, other) for other in worker.able)]
        best = min(free, key=rank, default=None)
        if best is not None and self.strategy == "rrmemory":
            taken = rank(best)
            later = min((rank(worker) for worker in self._members[kind] if rank(worker) > taken), default=(0, 0.0, 0))
            self._after = kind, later[2]
        return best

    def _kept(self, kind: int, asked: float, other: int) -> bool:
        line = self.lines[other]
        if other == kind or not len(line):
            return False
        if self.order == "longest":
            return math.floor(line.asked[line.head()]) < math.floor(asked)
        return self._weights[other] > self._weights[kind] and len(line) >= len(self.ready[other])

    def _rank(self, kind: int) -> Callable[[Worker], Rank]:
        """By penalty, then by the strategy, then by his place in the queue's list."""
        penalty, metric, place = self.penalty, self._metric(kind), self._place[kind]
        return lambda worker: (penalty(worker, kind), metric(worker), place[worker.agent])

    def _metric(self, kind: int) -> Callable[[Worker], float]:
        if self.strategy == "rrmemory":
            place, begins = self._place[kind], self._next[kind]
            return lambda worker: (place[worker.agent] < begins) * 1000 + place[worker.agent]
        if self.strategy == "leastrecent":
            return lambda worker: math.floor(worker.idle_since) if worker.calls else 0.0
        if self.strategy == "fewestcalls":
            return lambda worker: worker.calls
        return lambda _worker: self._chance.random()

    def _turn_goes_on(self, contact: m.ContactId) -> None:
        """When a phone has rung, rrmemory goes on with the next in rank, free or not; after the last with the first."""
        kind, place = self._then.pop(contact, (0, self._next[0]))
        self._next[kind] = place
