"""Who answers whom: the only place where a caller and an agent are matched.

It does not know how a phone is rung, who the caller is, nor what an agent's screen shows. Time comes in as
`now` (POSIX seconds); nothing is random, ties are broken by id, so equal messages at equal times give equal
answers.

Two choices are made, apart from each other. Among callers, the first in the order of service (`acd.places`) across
all queues: each queue has its `order`. Among agents who are fit and ready, the best by the queue's `choose`; those who
let the caller pass before come last. What an agent must be is the queue's need and the caller's own skills, and widens
while the caller waits (`acd.widening`).

Between two messages there is never a ready agent and a waiting contact that fit: so after a message only the agents and
contacts that it touched need to be looked at. Every message is checked first and changes records last; an exception
leaves the router as it was.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from acd.agents import AgentProfile, AgentRecord
from acd.board import Snapshot
from acd.estimate import Estimate
from acd.estimator import Estimator
from acd.floor import Floor
from acd.hearing import HEARD
from acd.house import House
from acd.messages import AgentId, Answer, ContactId, OfferId, ReliefGiven, Told
from acd.rules import QueueRules
from acd.why import Why, explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from acd.contacts import ContactRecord
    from acd.habits import Remembered
    from acd.offers import OfferRecord

__all__ = ["AgentProfile", "QueueRules", "Router"]


class Router:
    """Matches contacts and agents: tell it what happened, do what it answers, tick it at its deadline."""

    def __init__(self, queues: Mapping[str, QueueRules], profiles: Mapping[AgentId, AgentProfile]) -> None:
        self._floor = self._open(House(queues, profiles))
        self._estimator = Estimator()
        for agent in profiles:
            self._floor.board.put_agent(AgentRecord(agent))

    # ── the contract ──

    def handle(self, message: Told, now: float) -> list[Answer]:
        """Take what happened and answer what follows.

        Raises UnknownAgent, UnknownQueue, ValueError (an outcome that is none) and IllegalTransition (what
        cannot be); then nothing has changed. Late and repeated telephony messages are no errors: the tables
        say what they mean.
        """
        floor = self._floor
        floor.begin()
        HEARD[type(message)](floor, message, now)
        floor.match(now)
        floor.board.forget_closed(now)
        self._estimator.heard(floor.board, message, floor.answers, now)
        return floor.answers

    def next_deadline(self) -> float | None:
        """Tell when to send Tick: for a time-out, a wrap-up's end, a wider circle, a limit; None for nothing."""
        return self._floor.board.next_deadline()

    def restore(
        self,
        agents: Iterable[AgentRecord],
        contacts: Iterable[ContactRecord],
        offers: Iterable[OfferRecord],
        closed: Iterable[tuple[str, bool]] = (),
        relief: Iterable[ReliefGiven] = (),
    ) -> None:
        """Take these records for all there are, as they were before a crash; nothing is answered.

        Agents with a profile but no record start offline. An agent or queue no longer configured may appear:
        what runs is finished, nothing new is offered.
        """
        given = tuple(record for record in agents if not self._floor.is_nobody(record))
        missing = self._floor.house.profiles.keys() - {record.agent for record in given}
        new = tuple(AgentRecord(agent) for agent in sorted(missing))
        whole = Snapshot(given + new, tuple(contacts), tuple(offers), tuple(closed), tuple(relief))
        self._floor.board.replace_all(whole)
        self._estimator.found(self._floor.board)

    def reconfigure(
        self, queues: Mapping[str, QueueRules], profiles: Mapping[AgentId, AgentProfile], now: float
    ) -> list[Answer]:
        """Take other rules and profiles, and offer what they allow; who is rung or talks goes on.

        They count for those who wait already; who waits in a queue that is no more is released. New agents are offline.
        Who has no profile any more is offered nothing: sign him off, and he is forgotten.
        """
        self._floor.begin()
        self._floor.rehouse(House(queues, profiles), now)
        self._floor.match(now)
        return self._floor.answers

    def estimate(self, contact: ContactId, now: float) -> Estimate | None:
        """Tell how long a waiting contact will still wait; None when that is not known (`acd.estimator`)."""
        return self._estimator.estimate(self._floor.board, contact, now)

    def remember(self, told: Remembered) -> None:
        """Take in what estimates can learn from before a restart."""
        self._estimator.remember(told)

    # ── for screens and tests ──

    def agents(self) -> Mapping[AgentId, AgentRecord]:
        return MappingProxyType(self._floor.board.agents)

    def contacts(self) -> Mapping[ContactId, ContactRecord]:
        """Show all that wait, are offered or talk; `acd.places` gives their order of service."""
        return MappingProxyType(self._floor.board.contacts)

    def offers(self) -> Mapping[OfferId, OfferRecord]:
        """Show the open offers, and those closed in the last minute."""
        return MappingProxyType(self._floor.board.offers)

    def why(self, contact: ContactId, now: float) -> Why | None:
        """Tell why a contact is with whom it is, or with nobody: every agent and his reason. None: no such contact."""
        record = self._floor.board.contacts.get(contact)
        return None if record is None else explain(self._floor.board, record, now)

    def snapshot(self) -> Snapshot:
        """Take all records: two routers of one house with equal snapshots answer equally."""
        return self._floor.board.snapshot()

    def _open(self, house: House) -> Floor:
        return Floor(house, self._likely)

    def _likely(self, contact: ContactId, now: float) -> float | None:
        """Give the likely wait of a contact from now on, for relaxations that go by it."""
        estimate = self.estimate(contact, now)
        return None if estimate is None else estimate.likely
