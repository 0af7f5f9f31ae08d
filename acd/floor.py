"""The floor as it changes: every step by which agents, contacts and offers move, and what is answered for each.

It does not know which message made it necessary: `acd.hearing` says what each message does, in these steps.

Every step looks up where the tables lead first and changes records last. What may now be served is noted in `touched`
and matched when the message is done.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from acd import agents, chains, contacts, offers
from acd.agents import AgentRecord, AgentState
from acd.board import Board
from acd.chances import dialled_for, is_there, turned_away
from acd.contacts import ContactEvent, ContactRecord, ContactState
from acd.errors import UnknownAgent
from acd.matching import Pairs, best_agent
from acd.messages import (
    AgentId,
    Answer,
    ContactId,
    ContactWidened,
    MakeOffer,
    OfferClosed,
    ReleaseContact,
    TalkOver,
    WithdrawOffer,
)
from acd.offers import OfferRecord, Outcome
from acd.widening import Circumstances, reviewed, widens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from acd.house import House


class Floor:
    """The board, what is answered for the message at hand, and what it touched."""

    def __init__(self, house: House, likely: Callable[[ContactId, float], float | None]) -> None:
        self.board = Board(house)
        self.answers: list[Answer] = []
        self._agents: set[AgentId] = set()
        self._contacts: set[ContactId] = set()
        self._doubted: dict[ContactId, bool] = {}
        self._likely = likely

    @property
    def house(self) -> House:
        return self.board.house

    def begin(self) -> None:
        """Forget what the message before answered and touched."""
        self.answers = []
        self._agents.clear()
        self._contacts.clear()
        self._doubted.clear()

    def rehouse(self, house: House, now: float) -> None:
        """Take other rules and profiles: for all who wait as if no relaxation had begun."""
        self.board.rehouse(house)
        for record in [record for record in self.board.agents.values() if self.is_nobody(record)]:
            self.board.forget_agent(record.agent)
        for queue in sorted({each.queue for each in self.board.contacts.values()} - house.queues.keys()):
            self.empty(queue)
        for key in sorted(self.board.contacts):
            self.review(self.board.contacts[key], now, anew=True)
            self._doubted.setdefault(key, False)
        self._agents.update(self.board.agents)
        self._contacts.update(self.board.contacts)

    # ── agents ──

    def agent(self, agent: AgentId) -> AgentRecord:
        try:
            return self.board.agents[agent]
        except KeyError:
            raise UnknownAgent(f"no agent {agent!r} is configured") from None

    def put_agent(self, record: AgentRecord, now: float) -> None:
        """Store, tell the world when it can see the change, and remember who may now be offered something."""
        before = self.board.agents[record.agent]
        if record.state is before.state and record == before:
            return
        self.board.put_agent(record)
        # The world sees all but the phone, so only a record with another phone can look the same.
        if record.node == before.node or record.moved() != before.moved():
            self.answers.append(record.moved())
        if record.state is AgentState.READY:
            self._agents.add(record.agent)
        if before.state is not record.state and AgentState.OFFLINE in (before.state, record.state):
            self._came_or_went(record, now)

    def first_fit(self, contact: ContactRecord) -> tuple[AgentId, str] | None:
        """Find the best agent for somebody who comes and need not wait."""
        return best_agent(self.board, self.board.lines.line(contact.line), contact)

    def might_be_left(self) -> Iterable[ContactId]:
        """Give those who wait in queues that let go whom nobody can serve."""
        if not any(rules.no_agent for rules in self.house.queues.values()):
            return ()
        lines = [line for line in self.board.lines.open() if line.rules.no_agent]
        return [contact for line in lines for contact in line.contacts()]

    def touch_agent(self, agent: AgentId) -> None:
        """Note that an agent may be offered something, though his state is the same."""
        if self.board.agents[agent].state is AgentState.READY:
            self._agents.add(agent)

    def is_nobody(self, record: AgentRecord) -> bool:
        """Whether somebody is configured no longer, and has nothing to finish."""
        return record.state is AgentState.OFFLINE and record.agent not in self.house.profiles

    def _came_or_went(self, record: AgentRecord, now: float) -> None:
        """Look again at those who wait for him, and, when he went, at those whom nobody else may ever serve."""
        for contact in sorted(self.board.wanted_by.get(record.agent, ())):
            self.review(self.board.contacts[contact], now)
        if record.state is not AgentState.OFFLINE:
            return
        if record.agent in self.house.profiles:
            for contact in self.might_be_left():
                self._doubted.setdefault(contact, False)
        else:
            self._agents.discard(record.agent)
            self.board.forget_agent(record.agent)

    # ── contacts ──

    def put_contact(self, record: ContactRecord) -> None:
        """Store one that waits, to be matched."""
        self.board.put_contact(record)
        self._contacts.add(record.contact)

    def arrive(self, record: ContactRecord, now: float, *, is_new: bool) -> None:
        """Let a contact wait. A new one may find the queue full, or nobody who could serve it."""
        asked, rules = self._widened(record, now), self.house.rules(record.queue)
        if dialler := dialled_for(self.board, asked):
            self.make_offer(asked, dialler, "dialled", now)
            return
        is_alone = not self._agents and not self._contacts
        if is_alone and (best := self.first_fit(asked)):
            self.make_offer(asked, *best, now)
            if rules.group > 1:
                self._contacts.add(asked.contact)
            return
        self.board.put_contact(asked)
        if not is_alone:
            self._contacts.add(asked.contact)
        if rules.full or rules.no_agent:
            self._doubted[asked.contact] = is_new

    def touch_contact(self, contact: ContactId) -> None:
        """Note that a contact may be served, though its record is the same."""
        self._contacts.add(contact)

    def turn_away(self, contact: ContactId, queue: str, why: str) -> None:
        """Let a contact go that may not begin to wait."""
        self.board.forget_contact(contact)
        self.answers.append(ReleaseContact(contact, queue, why))

    def empty(self, queue: str) -> None:
        """Let all go who wait in a queue. Who rings may still be answered."""
        for contact in sorted(key for key, each in self.board.contacts.items() if each.queue == queue):
            if self.board.contacts[contact].state is ContactState.WAITING:
                self.release(self.board.contacts[contact], "closed")

    def review(self, record: ContactRecord, now: float, *, anew: bool = False) -> None:
        """Look at who may serve a waiting contact now; `anew`: as if no relaxation had begun."""
        if record.state is ContactState.WAITING:
            after = self._widened(replace(record, stage=0) if anew else record, now, record)
            if after != record:
                self.put_contact(after)
                self._doubted.setdefault(after.contact, False)

    def _widened(self, record: ContactRecord, now: float, told: ContactRecord | None = None) -> ContactRecord:
        """Give the record as it should be now, and tell the world what it does not know (`told`: what it does)."""
        rules = self.house.rules(record.queue)
        if not widens(record, rules) and not told:
            return record
        relief = self.board.relief.get(record.queue)
        around = Circumstances(
            rules,
            relief.sooner if relief else 0.0,
            lambda wanted: is_there(self.board, wanted, record),
            lambda: self._likely(record.contact, now),
        )
        after = reviewed(record, around, now)
        known = (told.stage, told.only) if told else (0, "")
        if (after.stage, after.only) != known:
            self.answers.append(ContactWidened(after.contact, after.queue, after.stage, after.only))
        return after

    def stop(self, contact: ContactRecord | None, now: float) -> None:
        """End the ringing or the talk that a contact leaves. Who was rung keeps his place among the idle."""
        if contact is None or not contact.offers:
            return
        if contact.state is ContactState.TALKING:
            self.end_talk(self.board.offers[contact.offers[0]], now)
            return
        state = contacts.target(contact.state, OfferClosed)
        for offer in contact.offers:
            self.withdraw_for(self.board.offers[offer], now)
        self.board.put_contact(replace(contact, state=state, offers=()))

    def put_back(self, contact: ContactRecord, closed: OfferClosed, now: float) -> None:
        """Note what became of an offer. Whose last one it was is at the head again, or out if his time has passed."""
        after = contacts.returned(contact, closed)
        if after.state is not ContactState.WAITING:
            self.put_contact(after)
            return
        is_over = after.due is not None and after.due <= now
        if is_over or self.board.closed.get(after.queue):
            self.board.put_contact(after)
            self.release(after, "limit" if is_over else "closed")
            return
        may_widen = widens(after, self.house.rules(after.queue))
        self.put_contact(self._widened(after, now, after) if may_widen else after)
        if self.house.rules(contact.queue).no_agent:
            self._doubted.setdefault(contact.contact, False)

    def release(self, contact: ContactRecord, why: str) -> None:
        """Let a waiting contact go to where its flow says."""
        self.let_go(contact, ReleaseContact)
        self.answers.append(ReleaseContact(contact.contact, contact.queue, why))

    def let_go(self, contact: ContactRecord, event: type[ContactEvent]) -> None:
        """Forget it; raises IllegalTransition when the table does not list that it goes so."""
        contacts.target(contact.state, event)
        self.board.forget_contact(contact.contact)

    # ── offers ──

    def close(self, offer: OfferRecord, outcome: Outcome, now: float) -> OfferClosed:
        self.board.put_offer(offers.moved(offer, outcome, now))
        closed = OfferClosed(offer.offer, offer.contact, offer.agent, outcome.value)
        self.answers.append(closed)
        return closed

    def withdraw(self, offer: OfferRecord, outcome: Outcome, now: float) -> OfferClosed:
        self.answers.append(WithdrawOffer(offer.offer, offer.contact, offer.agent, outcome.value))
        return self.close(offer, outcome, now)

    def withdraw_for(self, offer: OfferRecord, now: float) -> None:
        """Stop ringing at an agent who has done nothing: he is ready again, in his place among the idle."""
        closed = self.withdraw(offer, Outcome.WITHDRAWN, now)
        self.put_agent(chains.settle(agents.advance(self.agent(offer.agent), closed, now), now), now)

    def passed(self, offer: OfferRecord, closed: OfferClosed, now: float) -> None:
        """Put agent and contact back, each to where the rules say: the agent did not take it."""
        contact = self.board.contacts[offer.contact]
        allowed = self.house.rules(contact.queue).misses
        self.put_agent(chains.let_pass(self.agent(offer.agent), closed, allowed, now), now)
        self.put_back(contact, closed, now)

    def end_talk(self, offer: OfferRecord, now: float) -> None:
        """Let the contact go, and the agent wrap up."""
        contact = self.board.contacts[offer.contact]
        over = TalkOver(offer.offer)
        after = chains.end_talk(self.agent(offer.agent), over, self.house.rules(contact.queue).wrap_up, now)
        ended = offers.moved(offer, TalkOver, now)
        self.let_go(contact, TalkOver)
        self.board.put_offer(ended)
        self.put_agent(after, now)

    # ── matching ──

    def match(self, now: float) -> None:
        """Offer until nothing touched can be served, then turn away who may not or need not wait."""
        if self._agents or self._contacts:
            self.offer_all(self._agents, self._contacts, now)
            self._agents.clear()
            self._contacts.clear()
        if self._doubted:
            doubted, self._doubted = self._doubted, {}
            for contact, why in turned_away(self.board, doubted):
                self.release(contact, why)

    def offer_all(self, agents: Iterable[AgentId], contacts: Iterable[ContactId], now: float) -> None:
        """Make all offers that follow from what was touched."""
        pairs = Pairs(self.board, agents, contacts, now)
        while pair := pairs.next():
            self.make_offer(*pair, now)

    def make_offer(self, contact: ContactRecord, agent: AgentId, reason: str, now: float) -> None:
        made = contact.made + 1
        until = now + self.house.rules(contact.queue).ring_for
        offer = OfferRecord(offers.offer_id(contact.contact, made), contact.contact, agent, until, reason=reason)
        message = MakeOffer(offer.offer, contact.contact, agent, until, reason)
        rung = contacts.offered(contact, offer.offer, made)
        self.board.put_offer(offer)
        self.board.put_contact(rung)
        self.put_agent(agents.advance(self.agent(agent), message, now), now)
        self.answers.append(message)
