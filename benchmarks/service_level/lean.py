"""A lean floor that keeps the router's contract: the bookkeeping that all rivals share.

It does not know who answers whom: `choose_call` and `choose_agent` are a rival's. A caller may leave while a
phone rings for him: its agent is idle again, since when he was. No faults are played here, so there are no misses,
limits or lost phones in it; the product's router has them all and is measured as it is.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, ClassVar

import acd.messages as m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from switchroom.day.described import Day

STATES = ("offline", "not_ready", "ready", "offered", "talking", "wrap_up")


class Line:
    """The callers of one class in order of asking; who has gone is skipped, and dropped when he is first."""

    __slots__ = ("asked", "here", "ids", "start")

    def __init__(self) -> None:
        self.ids: list[m.ContactId] = []
        self.asked: list[float] = []
        self.here: set[m.ContactId] = set()
        self.start = 0

    def __len__(self) -> int:
        return len(self.here)

    def join(self, contact: m.ContactId, asked: float) -> None:
        self.ids.append(contact)
        self.asked.append(asked)
        self.here.add(contact)

    def head(self) -> int:
        """The place of the first who is here, or -1."""
        if not self.here:
            self.start = len(self.ids)
            return -1
        while self.ids[self.start] not in self.here:
            self.start += 1
        return self.start

    def first_since(self, asked: float) -> int:
        """The place of the first who asked at `asked` or later and is here, or -1."""
        place = bisect_left(self.asked, asked, self.start)
        while place < len(self.ids) and self.ids[place] not in self.here:
            place += 1
        return place if place < len(self.ids) else -1

    def all_here(self) -> Iterator[int]:
        """The places of all, first to ask first."""
        return (place for place in range(self.start, len(self.ids)) if self.ids[place] in self.here)


class Worker:
    """An agent: his classes, home first, and since when he is idle."""

    __slots__ = ("able", "agent", "calls", "gone", "home", "idle_since", "number", "offers", "pace", "pool")

    def __init__(self, number: int, agent: m.AgentId, able: tuple[int, ...], pace: float, pool: int) -> None:
        self.number, self.agent, self.able, self.home, self.pace, self.pool = number, agent, able, able[0], pace, pool
        self.idle_since = self.calls = 0.0
        self.gone = False
        self.offers = {state: m.AgentMoved(agent, state) for state in STATES}


class LeanFloor:
    """Lines, ready workers, and the messages; see `choose_call` and `choose_agent`."""

    def __init__(self, day: Day) -> None:
        names = [kind.name for kind in day.kinds]
        self.number = {kind.queue: n for n, kind in enumerate(day.kinds)}
        self.lines = [Line() for _ in names]
        self.works = [kind.talk.mean for kind in day.kinds]
        self.rates = [sum(rate.an_hour for rate in kind.rates) / len(kind.rates) / 3600 for kind in day.kinds]
        pools: dict[tuple[int, ...], int] = {}
        self.workers: dict[m.AgentId, Worker] = {}
        for n, seat in enumerate(day.seats):
            levels = seat.profile.skills
            homes_first = sorted(seat.profile.queues, key=lambda queue: (-levels.get(queue, 0), queue))
            able = tuple(self.number[queue] for queue in homes_first if queue in self.number)
            pool = pools.setdefault(tuple(sorted(able)), len(pools))
            self.workers[seat.agent] = Worker(n, seat.agent, able, seat.pace, pool)
        self.pools = list(pools)
        self.ready: list[dict[m.AgentId, Worker]] = [{} for _ in names]
        self.class_of: dict[m.ContactId, int] = {}
        self.now = 0.0
        self.answers: list[m.Answer] = []
        self._made = 0
        self._who: dict[m.OfferId, tuple[Worker, m.ContactId]] = {}
        self._rings: dict[m.ContactId, m.OfferId] = {}
        self._hears = {told: getattr(self, name) for told, name in self._heard.items()}

    # ── what a rival decides ──

    def choose_call(self, worker: Worker) -> tuple[int, int] | None:
        """The class and the place in its line of him whom this worker takes now; None leaves him idle."""
        raise NotImplementedError

    def choose_agent(self, kind: int) -> Worker | None:
        """The ready worker for one who calls now; None makes him wait."""
        raise NotImplementedError

    # ── the contract ──

    def handle(self, message: m.Told, now: float) -> list[m.Answer]:
        self.now, self.answers = now, []
        do = self._hears.get(type(message))
        if do is not None:
            do(message)
        return self.answers

    def next_deadline(self) -> float | None:
        return None

    def arrived(self, message: m.ContactArrived) -> None:
        kind = self.number[message.queue]
        worker = self.choose_agent(kind)
        if worker is not None:
            self.offer(message.contact, worker)
            return
        self.class_of[message.contact] = kind
        self.lines[kind].join(message.contact, message.asked_at)

    def tick(self, _message: m.Tick) -> None:
        """A rival's own deadline has come."""

    def left(self, message: m.ContactLeft) -> None:
        kind = self.class_of.pop(message.contact, None)
        if kind is not None:
            self.lines[kind].here.discard(message.contact)
        elif (offer := self._rings.pop(message.contact, None)) is not None:
            worker, _ = self._who.pop(offer)
            worker.calls -= 1
            self.frees(worker)

    def is_ready(self, message: m.AgentMadeReady) -> None:
        worker = self.workers[message.agent]
        worker.idle_since = self.now
        self.frees(worker)

    def is_gone(self, message: m.AgentSignedOff) -> None:
        worker = self.workers[message.agent]
        worker.gone = True
        if worker.agent in self.ready[worker.home]:
            self._is_away(worker)
            self.answers.append(worker.offers["offline"])

    def _is_away(self, worker: Worker) -> None:
        for kind in worker.able:
            del self.ready[kind][worker.agent]

    def is_over(self, message: m.TalkOver) -> None:
        worker, _ = self._who.pop(message.offer)
        worker.idle_since = self.now
        self.frees(worker)

    def accepted(self, message: m.OfferAccepted) -> None:
        worker, contact = self._who[message.offer]
        del self._rings[contact]
        self.answers.append(worker.offers["talking"])

    def frees(self, worker: Worker) -> None:
        if worker.gone:
            self.answers.append(worker.offers["offline"])
            return
        for kind in worker.able:
            self.ready[kind][worker.agent] = worker
        chosen = self.choose_call(worker)
        if chosen is None:
            self.answers.append(worker.offers["ready"])
        else:
            self.take(*chosen, worker)

    def take(self, kind: int, place: int, worker: Worker) -> None:
        """Bring one from the line and this worker together."""
        contact = self.lines[kind].ids[place]
        self.lines[kind].here.discard(contact)
        del self.class_of[contact]
        self.offer(contact, worker)

    def offer(self, contact: m.ContactId, worker: Worker) -> None:
        self._is_away(worker)
        self._made += 1
        worker.calls += 1
        made = m.OfferId(f"{contact}.{self._made}")
        self._who[made] = (worker, contact)
        self._rings[contact] = made
        self.answers += (worker.offers["offered"], m.MakeOffer(made, contact, worker.agent, self.now + 15.0))

    _heard: ClassVar[dict[type[Any], str]] = {
        m.ContactArrived: "arrived",
        m.ContactLeft: "left",
        m.AgentMadeReady: "is_ready",
        m.AgentSignedOff: "is_gone",
        m.TalkOver: "is_over",
        m.OfferAccepted: "accepted",
        m.Tick: "tick",
    }
