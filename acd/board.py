"""All records of the router, and the indexes that make "who is ready" and "who waits" cheap to ask.

It does not know why a record changes. Records are frozen; putting one here is the only way anything changes. The
indexes (the ready, the lines, who is waited for, deadlines) follow from the records and the house alone and can be
rebuilt.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict
from enum import IntEnum
from typing import TYPE_CHECKING

from acd.agents import AgentRecord, AgentState
from acd.contacts import ContactRecord, ContactState
from acd.lines import Lines
from acd.messages import AgentId, ContactId, OfferId, ReliefGiven
from acd.offers import KEPT, OPEN, OfferRecord, OfferState
from acd.ready import Ready
from lean import dataclass

if TYPE_CHECKING:
    from acd.house import House

SPARE = 64  # deadlines that may be noted in vain before the list is gone through


class Due(IntEnum):
    """What a deadline ends. At the same instant: first who becomes free, last who has waited too long."""

    WRAP_UP = 1
    OFFER = 2
    WIDEN = 3
    LIMIT = 4


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All records, each sorted by id: routers of one house with equal snapshots answer equally."""

    agents: tuple[AgentRecord, ...]
    contacts: tuple[ContactRecord, ...]
    offers: tuple[OfferRecord, ...]
    closed: tuple[tuple[str, bool], ...] = ()
    relief: tuple[ReliefGiven, ...] = ()


class Board:
    """The records and their indexes."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.agents: dict[AgentId, AgentRecord] = {}
        self.contacts: dict[ContactId, ContactRecord] = {}
        self.offers: dict[OfferId, OfferRecord] = {}
        self.closed: dict[str, bool] = {}  # and whether nobody at all may wait
        self.relief: dict[str, ReliefGiven] = {}
        self.ready = Ready(house)
        self.lines = Lines(house)
        self.signed_on = 0
        self.wanted_by: dict[str, set[ContactId]] = {}
        self._due: list[tuple[float, Due, str]] = []
        self._room = SPARE
        self._over: OrderedDict[OfferId, float] = OrderedDict()

    # ── putting ──

    def put_agent(self, record: AgentRecord) -> None:
        before = self.agents.get(record.agent)
        if before and before.state is AgentState.READY and before.node:
            self.ready.leave(before)
        self.agents[record.agent] = record
        if record.state is AgentState.READY and record.node:
            self.ready.join(record)
        elif record.state is AgentState.WRAP_UP:
            self._watch(record.until, Due.WRAP_UP, record.agent)
        elif before and before.state is record.state is AgentState.OFFERED:
            self._watch(self.offers[OfferId(record.offer)].until, Due.OFFER, record.offer)
        if before is None or AgentState.OFFLINE in (before.state, record.state):
            bit = self.house.bit.get(record.agent, 0)
            self.signed_on = self.signed_on & ~bit if record.state is AgentState.OFFLINE else self.signed_on | bit

    def forget_agent(self, agent: AgentId) -> None:
        """Forget somebody who is offline: he is in no index."""
        del self.agents[agent]

    def put_contact(self, record: ContactRecord) -> None:
        """Store it; a contact that is gone is forgotten."""
        if record.state is ContactState.GONE:
            self.forget_contact(record.contact)
            return
        self._leave(self.contacts.get(record.contact))
        self.contacts[record.contact] = record
        if self.in_line(record):
            self.lines.put(record)
        if record.wanted:
            for wanted in record.wanted:
                self.wanted_by.setdefault(wanted.agent, set()).add(record.contact)
        if record.state is ContactState.WAITING:
            if record.widens_at:
                self._watch(record.widens_at, Due.WIDEN, record.contact)
            if record.limit > 0:
                self._watch(record.asked_at + record.limit, Due.LIMIT, record.contact)

    def forget_contact(self, contact: ContactId) -> None:
        record = self.contacts.pop(contact, None)
        self._leave(record)

    def in_line(self, record: ContactRecord) -> bool:
        """Tell whether it could ring at somebody more: it waits, or rings at fewer than its queue's group."""
        if record.state is ContactState.WAITING:
            return True
        if record.state is not ContactState.OFFERED or record.singly:
            return False
        return len(record.offers) < self.house.rules(record.queue).group

    def _leave(self, record: ContactRecord | None) -> None:
        if record is None:
            return
        if self.in_line(record):
            self.lines.take(record)
        for wanted in record.wanted:
            waiting = self.wanted_by.get(wanted.agent)
            if waiting is not None:
                waiting.discard(record.contact)
                if not waiting:
                    del self.wanted_by[wanted.agent]

    def put_offer(self, record: OfferRecord) -> None:
        self.offers[record.offer] = record
        if record.state is OfferState.PENDING:
            self._watch(record.until, Due.OFFER, record.offer)
        elif record.state not in OPEN:
            self._over.pop(record.offer, None)
            self._over[record.offer] = record.closed_at

    def forget_closed(self, now: float) -> None:
        """Drop the offers that closed long ago. Time only grows, so the oldest are first."""
        while self._over:
            offer = next(iter(self._over))
            if self._over[offer] + KEPT > now:
                return
            del self._over[offer]
            del self.offers[offer]

    def replace_all(self, snapshot: Snapshot) -> None:
        """Take these records for all there are, and build the indexes anew."""
        self.__init__(self.house)  # type: ignore[misc] # the same empty board that a new router starts with
        self.closed.update(snapshot.closed)
        self.relief.update({relief.queue: relief for relief in snapshot.relief})
        for agent in snapshot.agents:
            self.put_agent(agent)
        for contact in snapshot.contacts:
            self.put_contact(contact)
        for offer in sorted(snapshot.offers, key=lambda each: (each.closed_at, each.offer)):
            self.put_offer(offer)

    def rehouse(self, house: House) -> None:
        """Keep the records, and build the indexes anew for another house, in which its new agents are offline."""
        self.closed = {queue: empties for queue, empties in self.closed.items() if queue in house.queues}
        self.relief = {queue: relief for queue, relief in self.relief.items() if queue in house.queues}
        snapshot, self.house = self.snapshot(), house
        self.replace_all(snapshot)
        for agent in sorted(house.profiles.keys() - self.agents.keys()):
            self.put_agent(AgentRecord(agent))

    # ── asking ──

    def snapshot(self) -> Snapshot:
        return Snapshot(
            tuple(self.agents[key] for key in sorted(self.agents)),
            tuple(self.contacts[key] for key in sorted(self.contacts)),
            tuple(self.offers[key] for key in sorted(self.offers)),
            tuple(sorted(self.closed.items())),
            tuple(self.relief[key] for key in sorted(self.relief)),
        )

    def calls_reserve(self, queue: str) -> bool:
        """Tell whether reserve agents serve a queue now."""
        relief = self.relief.get(queue) if self.relief else None
        return relief is not None and relief.reserve

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
        if contact is None or contact.state is not ContactState.WAITING:
            return False
        return contact.due == at if what is Due.LIMIT else contact.widens_at == at

    def _seen(self, offer: OfferRecord) -> bool:
        """Whether the phone that rings is in sight. One that is not may have been answered: that is found out first."""
        agent = self.agents.get(offer.agent)
        return agent is not None and bool(agent.node)
