"""Who answers whom: the only place where a caller and an agent are matched.

It does not know how a phone is rung, who the caller is, nor what an agent's screen shows. Time comes in as
`now` (POSIX seconds); nothing is random, ties are broken by id, so equal messages at equal times give equal
answers.

The order of service: a contact is served by priority, then those whom an agent failed (`at_head`), then by
the first time it asked for a person, then by id, across all queues. An agent gets the first in that order
among those he is fit for; a contact gets the first of the fit ready agents by its queue's strategy, those
who let it pass before coming last.

Between two messages there is never a ready agent and a waiting contact that fit: so after a message only
the agents and contacts that it touched need to be looked at. Every message is checked first and changes
records last; an exception leaves the router as it was.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from acd import agents, contacts, offers
from acd.agents import AgentProfile, AgentRecord, AgentState
from acd.board import Board, Due, Snapshot
from acd.contacts import ContactEvent, ContactRecord, ContactState, Line
from acd.errors import UnknownAgent, UnknownQueue
from acd.matching import House, next_pair
from acd.messages import (
    AgentId,
    AgentMadeNotReady,
    AgentMadeReady,
    AgentSignedOff,
    AgentSignedOn,
    Answer,
    ContactArrived,
    ContactId,
    ContactLeft,
    MakeOffer,
    OfferAccepted,
    OfferClosed,
    OfferFailed,
    OfferId,
    PhoneFound,
    PhoneLost,
    QueueClosed,
    QueueOpened,
    ReleaseContact,
    ReliefGiven,
    TalkOver,
    Tick,
    Told,
    WithdrawOffer,
    WrapUpEnded,
    WrapUpExtended,
)
from acd.offers import OfferRecord, OfferState, Outcome
from acd.rules import QueueRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["AgentProfile", "QueueRules", "Router"]

AgentSaid = AgentSignedOn | AgentSignedOff | AgentMadeReady | AgentMadeNotReady | PhoneLost | WrapUpExtended


class Router:
    """Matches contacts and agents: tell it what happened, do what it answers, tick it at its deadline."""

    def __init__(self, queues: Mapping[str, QueueRules], profiles: Mapping[AgentId, AgentProfile]) -> None:
        self._house = House(dict(queues), dict(profiles))
        self._board = Board()
        for agent in profiles:
            self._board.put_agent(AgentRecord(agent))
        self._answers: list[Answer] = []
        self._touched_agents: set[AgentId] = set()
        self._touched_contacts: set[ContactId] = set()
        self._closed: set[str] = set()
        self._relief: dict[str, ReliefGiven] = {}

    # ── the contract ──

    def handle(self, message: Told, now: float) -> list[Answer]:
        """Take what happened and answer what follows.

        Raises UnknownAgent, UnknownQueue, ValueError (an outcome that is none) and IllegalTransition (what
        cannot be); then nothing has changed. Late and repeated telephony messages are no errors: the tables
        say what they mean.
        """
        self._answers = []
        self._touched_agents.clear()
        self._touched_contacts.clear()
        self._heard[type(message)](self, message, now)
        self._match(now)
        self._board.forget_closed(now)
        return self._answers

    def next_deadline(self) -> float | None:
        """Tell when to send Tick: for a time-out, a wrap-up's end, a limit; None for nothing."""
        return self._board.next_deadline()

    def restore(
        self, agents: Iterable[AgentRecord], contacts: Iterable[ContactRecord], offers: Iterable[OfferRecord]
    ) -> None:
        """Take these records for all there are, as they were before a crash; nothing is answered.

        Agents with a profile but no record start offline. An agent or queue no longer configured may appear:
        what runs is finished, nothing new is offered.
        """
        given = tuple(record for record in agents if not self._is_nobody(record))
        missing = self._house.profiles.keys() - {record.agent for record in given}
        new = tuple(AgentRecord(agent) for agent in sorted(missing))
        self._board.replace_all(Snapshot(given + new, tuple(contacts), tuple(offers)))

    def reconfigure(
        self, queues: Mapping[str, QueueRules], profiles: Mapping[AgentId, AgentProfile], now: float
    ) -> list[Answer]:
        """Take other rules and profiles, and offer what they allow; who is rung or talks goes on.

        New agents are offline. Who has no profile any more is offered nothing: sign him off, and he is forgotten.
        """
        self._answers = []
        self._house = House(dict(queues), dict(profiles))
        for agent in sorted(profiles.keys() - self._board.agents.keys()):
            self._board.put_agent(AgentRecord(agent))
        for record in [record for record in self._board.agents.values() if self._is_nobody(record)]:
            self._board.forget_agent(record.agent)
        self._touched_agents = set(self._board.agents)
        self._touched_contacts = set(self._board.contacts)
        self._match(now)
        return self._answers

    # ── for screens and tests ──

    def agents(self) -> Mapping[AgentId, AgentRecord]:
        return MappingProxyType(self._board.agents)

    def contacts(self) -> Mapping[ContactId, ContactRecord]:
        """Show all that wait, are offered or talk; `ContactRecord.place` is the order of service."""
        return MappingProxyType(self._board.contacts)

    def offers(self) -> Mapping[OfferId, OfferRecord]:
        """Show the open offers, and those closed in the last minute."""
        return MappingProxyType(self._board.offers)

    def snapshot(self) -> Snapshot:
        """Take all records: two routers with equal snapshots answer equally."""
        return self._board.snapshot()

    # ── agents ──

    def _agent(self, agent: AgentId) -> AgentRecord:
        try:
            return self._board.agents[agent]
        except KeyError:
            raise UnknownAgent(f"no agent {agent!r} is configured") from None

    def _put_agent(self, record: AgentRecord) -> None:
        """Store, tell the world when it can see the change, and remember who may now be offered something."""
        before = self._board.agents[record.agent]
        if record == before:
            return
        self._board.put_agent(record)
        # The world sees all but the phone, so only a record with another phone can look the same.
        if record.node == before.node or record.moved() != before.moved():
            self._answers.append(record.moved())
        if record.state is AgentState.READY:
            self._touched_agents.add(record.agent)
        if self._is_nobody(record):
            self._touched_agents.discard(record.agent)
            self._board.forget_agent(record.agent)

    def _is_nobody(self, record: AgentRecord) -> bool:
        """Whether somebody is configured no longer, and has nothing to finish."""
        return record.state is AgentState.OFFLINE and record.agent not in self._house.profiles

    def _hear_agent(self, message: AgentSaid, now: float) -> None:
        record = self._agent(message.agent)
        after = agents.advance(record, message, now)
        self._put_agent(agents.settle(after, now))

    def _hear_gone(self, message: AgentSignedOff | AgentMadeNotReady | PhoneLost, now: float) -> None:
        """Close the offer first when he who goes is being rung, unless he may answer all the same."""
        record = self._agent(message.agent)
        if record.state is not AgentState.OFFERED:
            self._hear_agent(message, now)
            return
        if isinstance(message, PhoneLost) and message.may_ring:
            self._put_agent(replace(record, node=""))
            return
        offer = self._board.offers[OfferId(record.offer)]
        closed = self._withdraw(offer, Outcome.WITHDRAWN, now)
        freed = agents.advance(record, closed, now)
        self._put_agent(agents.advance(freed, message, now))
        self._put_back(self._board.contacts[offer.contact], closed, now)

    def _hear_phone_found(self, message: PhoneFound, now: float) -> None:
        record = self._agent(message.agent)
        self._put_agent(agents.phone_back(record, message, now))
        if self._board.agents[message.agent].state is AgentState.READY:
            self._touched_agents.add(message.agent)

    def _hear_wrap_up_ended(self, message: WrapUpEnded, now: float) -> None:
        record = self._agent(message.agent)
        ends = record.state is AgentState.WRAP_UP
        self._put_agent(agents.end_wrap_up(record, now) if ends else agents.advance(record, message, now))

    # ── contacts ──

    def _hear_arrived(self, message: ContactArrived, now: float) -> None:
        if message.queue not in self._house.queues:
            raise UnknownQueue(f"contact {message.contact}: no queue {message.queue!r} is configured")
        known = self._board.contacts.get(message.contact)
        wanted = Line(message.node, message.queue, message.skills)
        if known and known.state is ContactState.OFFERED and known.line == wanted:
            return
        if message.queue in self._closed and known is None:
            self._answers.append(ReleaseContact(message.contact, message.queue, "closed"))
            return
        self._stop(known, now)
        asked = contacts.arrived(message, self._board.contacts.get(message.contact))
        if known and known.made > asked.made:
            asked = replace(asked, made=known.made)
        self._board.put_contact(asked)
        self._touched_contacts.add(asked.contact)

    def _hear_left(self, message: ContactLeft, now: float) -> None:
        self._stop(self._board.contacts.get(message.contact), now)
        if waiting := self._board.contacts.get(message.contact):
            self._let_go(waiting, ContactLeft)

    def _stop(self, contact: ContactRecord | None, now: float) -> None:
        """End the ringing or the talk that a contact leaves. Who was rung keeps his place among the idle."""
        if contact is None or not contact.offer:
            return
        offer = self._board.offers[OfferId(contact.offer)]
        if offer.state is OfferState.ACCEPTED:
            self._end_talk(offer, now)
            return
        closed = self._withdraw(offer, Outcome.WITHDRAWN, now)
        state = contacts.target(contact.state, OfferClosed)
        self._board.put_contact(replace(contact, state=state, offer=""))
        self._put_agent(agents.settle(agents.advance(self._agent(offer.agent), closed, now), now))

    def _put_back(self, contact: ContactRecord, closed: OfferClosed, now: float) -> None:
        """Put it back to the head of the queue, or out of it when its longest wait has passed meanwhile."""
        self._board.put_contact(contacts.returned(contact, closed))
        if contact.due is not None and contact.due <= now:
            self._release(self._board.contacts[contact.contact])
        else:
            self._touched_contacts.add(contact.contact)

    def _release(self, contact: ContactRecord, why: str = "limit") -> None:
        self._let_go(contact, ReleaseContact)
        self._answers.append(ReleaseContact(contact.contact, contact.queue, why))

    def _let_go(self, contact: ContactRecord, event: type[ContactEvent]) -> None:
        """Forget it; raises IllegalTransition when the table does not list that it goes so."""
        contacts.target(contact.state, event)
        self._board.forget_contact(contact.contact)

    # ── queues ──

    def _hear_closed(self, message: QueueClosed, _now: float) -> None:
        self._closed.add(message.queue)
        if message.empties:
            for contact in [each for each in self._board.contacts.values() if each.queue == message.queue]:
                if contact.state is ContactState.WAITING:
                    self._release(contact, "closed")

    def _hear_opened(self, message: QueueOpened, _now: float) -> None:
        self._closed.discard(message.queue)

    def _hear_relief(self, message: ReliefGiven, _now: float) -> None:
        self._relief[message.queue] = message

    # ── offers ──

    def _close(self, offer: OfferRecord, outcome: Outcome, now: float) -> OfferClosed:
        self._board.put_offer(_moved(offer, outcome, now))
        closed = OfferClosed(offer.offer, offer.contact, offer.agent, outcome.value)
        self._answers.append(closed)
        return closed

    def _withdraw(self, offer: OfferRecord, outcome: Outcome, now: float) -> OfferClosed:
        self._answers.append(WithdrawOffer(offer.offer, offer.contact, offer.agent, outcome.value))
        return self._close(offer, outcome, now)

    def _passed(self, offer: OfferRecord, closed: OfferClosed, now: float) -> None:
        """Put agent and contact back, each to where the rules say: the agent did not take it."""
        contact = self._board.contacts[offer.contact]
        allowed = self._house.rules(contact.queue).misses
        self._put_agent(agents.let_pass(self._agent(offer.agent), closed, allowed, now))
        self._put_back(contact, closed, now)

    def _hear_accepted(self, message: OfferAccepted, now: float) -> None:
        offer = self._board.offers.get(message.offer)
        if offer is None or offer.state in offers.CLOSED:
            self._answers.append(offers.too_late(message.offer, offer))
            return
        if offer.state is OfferState.ACCEPTED:
            return
        contact = self._board.contacts[offer.contact]
        talking = contacts.accepted(contact)
        agent = agents.advance(self._agent(offer.agent), message, now)
        self._board.put_offer(_moved(offer, OfferAccepted, 0.0))
        self._board.put_contact(talking)
        self._put_agent(agent)

    def _hear_failed(self, message: OfferFailed, now: float) -> None:
        if message.outcome not in offers.REPORTED:
            allowed = ", ".join(sorted(offers.REPORTED))
            raise ValueError(f"offer {message.offer}: outcome {message.outcome!r} is none of {allowed}")
        outcome = Outcome(message.outcome)
        offer = self._board.offers.get(message.offer)
        if offer is not None and offers.target(offer.state, outcome) is not offer.state:
            self._passed(offer, self._close(offer, outcome, now), now)

    def _hear_talk_over(self, message: TalkOver, now: float) -> None:
        offer = self._board.offers.get(message.offer)
        if offer is not None and offers.target(offer.state, TalkOver) is not offer.state:
            self._end_talk(offer, now)

    def _end_talk(self, offer: OfferRecord, now: float) -> None:
        """Let the contact go, and the agent wrap up."""
        contact = self._board.contacts[offer.contact]
        over = TalkOver(offer.offer)
        after = agents.end_talk(self._agent(offer.agent), over, self._house.rules(contact.queue).wrap_up, now)
        ended = _moved(offer, TalkOver, now)
        self._let_go(contact, TalkOver)
        self._board.put_offer(ended)
        self._put_agent(after)

    # ── time ──

    def _hear_tick(self, _message: Tick, now: float) -> None:
        """Do all that is due, in the order of time; who is freed by one thing is matched before the next."""
        while due := self._board.pop_due(now):
            what, key = due
            if what is Due.WRAP_UP:
                self._put_agent(agents.end_wrap_up(self._agent(AgentId(key)), now))
            elif what is Due.OFFER:
                offer = self._board.offers[OfferId(key)]
                self._passed(offer, self._withdraw(offer, Outcome.TIMED_OUT, now), now)
            else:
                self._release(self._board.contacts[ContactId(key)])
            self._match(now)

    # ── matching ──

    def _match(self, now: float) -> None:
        """Offer until no touched agent or contact can be served, first in the order of service first."""
        if not self._touched_agents and not self._touched_contacts:
            return
        while pair := next_pair(self._board, self._house, self._touched_agents, self._touched_contacts):
            self._make_offer(*pair, now)

    def _make_offer(self, contact: ContactRecord, agent: AgentRecord, now: float) -> None:
        made = contact.made + 1
        until = now + self._house.rules(contact.queue).ring_for
        offer = OfferRecord(offers.offer_id(contact.contact, made), contact.contact, agent.agent, until)
        message = MakeOffer(offer.offer, contact.contact, agent.agent, until)
        rung = contacts.offered(contact, offer.offer, made)
        self._board.put_offer(offer)
        self._board.put_contact(rung)
        self._put_agent(agents.advance(agent, message, now))
        self._answers.append(message)

    _heard: ClassVar[dict[type[Told], Callable[[Router, Any, float], None]]] = {
        AgentSignedOn: _hear_agent,
        AgentSignedOff: _hear_gone,
        AgentMadeReady: _hear_agent,
        AgentMadeNotReady: _hear_gone,
        PhoneFound: _hear_phone_found,
        PhoneLost: _hear_gone,
        WrapUpExtended: _hear_agent,
        WrapUpEnded: _hear_wrap_up_ended,
        ContactArrived: _hear_arrived,
        ContactLeft: _hear_left,
        OfferAccepted: _hear_accepted,
        OfferFailed: _hear_failed,
        TalkOver: _hear_talk_over,
        QueueClosed: _hear_closed,
        QueueOpened: _hear_opened,
        ReliefGiven: _hear_relief,
        Tick: _hear_tick,
    }


def _moved(offer: OfferRecord, event: offers.OfferEvent, closed_at: float) -> OfferRecord:
    """Take one listed step of an offer; `closed_at` is 0 while it is open."""
    state = offers.target(offer.state, event)
    return OfferRecord(offer.offer, offer.contact, offer.agent, offer.until, state, closed_at)
