"""All records of the router, and the indexes that make "who is ready" and "who waits" cheap to ask.

It does not know why a record changes. Records are frozen; putting one here is the only way anything
changes. The indexes (ready agents in turn, waiting contacts in lines, deadlines) follow from the records
alone and can be rebuilt.

A *line* holds the waiting contacts that ask for exactly the same: node, queue and skills. An agent fits all
of a line or none, so the best contact for him is the best among the heads of the lines he fits: no walk
through all who wait.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections import OrderedDict
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from acd.agents import AgentRecord, AgentState, Turn
from acd.contacts import ContactRecord, ContactState, Line, Place
from acd.messages import AgentId, ContactId, OfferId
from acd.offers import KEPT, OPEN, OfferRecord, OfferState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


SPARE = 64  # deadlines that may be noted in vain before the list is gone through


class Due(IntEnum):
    """What a deadline ends. At the same instant: first who becomes free, last who has waited too long."""

    WRAP_UP = 1
    OFFER = 2
    LIMIT = 3


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All records, each sorted by id: equal snapshots are equal routers."""

    agents: tuple[AgentRecord, ...]
    contacts: tuple[ContactRecord, ...]
    offers: tuple[OfferRecord, ...]


class Board:
    """The records and their indexes."""

    def __init__(self) -> None:
        self.agents: dict[AgentId, AgentRecord] = {}
        self.contacts: dict[ContactId, ContactRecord] = {}
        self.offers: dict[OfferId, OfferRecord] = {}
        self._ready: dict[str, list[Turn]] = {}
        self._lines: dict[str, dict[Line, list[Place]]] = {}
        self._due: list[tuple[float, Due, str]] = []
        self._room = SPARE
        self._closed: OrderedDict[OfferId, float] = OrderedDict()

    # ── putting ──

    def put_agent(self, record: AgentRecord) -> None:
        before = self.agents.get(record.agent)
        if before and before.state is AgentState.READY and before.node:
            ready = self._ready[before.node]
            del ready[bisect_left(ready, before.turn)]
        self.agents[record.agent] = record
        if record.state is AgentState.READY and record.node:
            insort(self._ready.setdefault(record.node, []), record.turn)
        if record.state is AgentState.WRAP_UP:
            self._watch(record.until, Due.WRAP_UP, record.agent)
        if record.state is AgentState.OFFERED and record.offer in self.offers:
            self._watch(self.offers[OfferId(record.offer)].until, Due.OFFER, record.offer)

    def forget_agent(self, agent: AgentId) -> None:
        """Forget somebody who is offline: he is in no index."""
        del self.agents[agent]

    def put_contact(self, record: ContactRecord) -> None:
        """Store it; a contact that is gone is forgotten."""
        if record.state is ContactState.GONE:
            self.forget_contact(record.contact)
            return
        self._leave_line(self.contacts.get(record.contact))
        self.contacts[record.contact] = record
        if record.state is ContactState.WAITING:
            lines = self._lines.setdefault(record.queue, {})
            insort(lines.setdefault(record.line, []), record.place)
            if record.due is not None:
                self._watch(record.due, Due.LIMIT, record.contact)

    def forget_contact(self, contact: ContactId) -> None:
        self._leave_line(self.contacts.pop(contact, None))

    def _leave_line(self, record: ContactRecord | None) -> None:
        if record is None or record.state is not ContactState.WAITING:
            return
        lines = self._lines[record.queue]
        line = lines[record.line]
        del line[bisect_left(line, record.place)]
        if not line:
            del lines[record.line]

    def put_offer(self, record: OfferRecord) -> None:
        self.offers[record.offer] = record
        self._closed.pop(record.offer, None)
        if record.state is OfferState.PENDING:
            self._watch(record.until, Due.OFFER, record.offer)
        elif record.state not in OPEN:
            self._closed[record.offer] = record.closed_at

    def forget_closed(self, now: float) -> None:
        """Drop the offers that closed long ago. Time only grows, so the oldest are first."""
        while self._closed:
            offer = next(iter(self._closed))
            if self._closed[offer] + KEPT > now:
                return
            del self._closed[offer]
            del self.offers[offer]

    def replace_all(self, snapshot: Snapshot) -> None:
        """Take these records for all there are, and build the indexes anew."""
        self.__init__()  # type: ignore[misc] # the same empty board that a new router starts with
        for agent in snapshot.agents:
            self.put_agent(agent)
        for contact in snapshot.contacts:
            self.put_contact(contact)
        for offer in sorted(snapshot.offers, key=lambda each: (each.closed_at, each.offer)):
            self.put_offer(offer)

    # ── asking ──

    def snapshot(self) -> Snapshot:
        return Snapshot(
            tuple(self.agents[key] for key in sorted(self.agents)),
            tuple(self.contacts[key] for key in sorted(self.contacts)),
            tuple(self.offers[key] for key in sorted(self.offers)),
        )

    def ready_on(self, node: str) -> Iterable[Turn]:
        """Give the turns of the ready agents whose phone is on this node, smallest first."""
        return self._ready.get(node, ())

    def heads(self, queues: Iterable[str]) -> Iterator[tuple[Line, Place]]:
        """Every line of these queues with the place of its first contact."""
        for queue in queues:
            for line, places in self._lines.get(queue, {}).items():
                yield line, places[0]

    def next_deadline(self) -> float | None:
        """Give the next instant at which something ends by itself; drop entries that no longer hold."""
        while self._due and not self._holds(*self._due[0]):
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def pop_due(self, now: float) -> tuple[Due, str] | None:
        """Take off the next thing that ends at `now` or before; None when there is none."""
        deadline = self.next_deadline()
        if deadline is None or deadline > now:
            return None
        _, what, key = heapq.heappop(self._due)
        return what, key

    def _watch(self, at: float, what: Due, key: str) -> None:
        """Note a deadline; when half of the noted no longer hold, drop those (a far one would stay for long)."""
        heapq.heappush(self._due, (at, what, key))
        if len(self._due) > self._room:
            self._due = sorted({each for each in self._due if self._holds(*each)})  # a sorted list is a heap
            self._room = 2 * len(self._due) + SPARE

    def _holds(self, at: float, what: Due, key: str) -> bool:
        if what is Due.WRAP_UP:
            agent = self.agents.get(AgentId(key))
            return agent is not None and agent.state is AgentState.WRAP_UP and agent.until == at
        if what is Due.OFFER:
            offer = self.offers.get(OfferId(key))
            return offer is not None and offer.state is OfferState.PENDING and offer.until == at and self._seen(offer)
        contact = self.contacts.get(ContactId(key))
        return contact is not None and contact.state is ContactState.WAITING and contact.due == at

    def _seen(self, offer: OfferRecord) -> bool:
        """Whether the phone that rings is in sight. One that is not may have been answered: that is found out first."""
        agent = self.agents.get(offer.agent)
        return agent is not None and bool(agent.node)
