"""Building the centre again from facts, after a stop of any kind.

It does not read the journal and decides nothing: facts in, the same state out. That it is the same state is a property
test: at any cut of any run, `restore(facts so far)` equals the live centre.

Of contacts that have ended only the last ones are needed, so that none is counted again. What happened while nobody
listened is not here either: the first survey of each node closes that gap (`switchroom/truth.py`). Two things are known
again only then: which phones are registered, and keys that a flow marks secret, which the flow asks for once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import cti.vocabulary as cti
import journal.facts as facts
from acd.agents import AgentRecord, AgentState
from acd.contacts import FAILED_IT, ContactRecord, ContactState
from acd.messages import AgentId, ContactId, OfferId, Wanted
from acd.offers import OfferRecord, OfferState
from acd.router import Router
from acd.widening import widens
from customers.context import Context
from ivr.session import Session, first_state
from ivr.waiting.announcing import Heard
from switchroom import (
    alterations,
    callback_recovery,
    callbacks,
    deployment,
    dial_recovery,
    dialled,
    piloting,
    standing,
    talk_recovery,
    waiting,
    way_recovery,
)
from switchroom.centre import Centre
from switchroom.contact import Contact, Place, Ring

OFFER_STATES, AGENT_STATES = frozenset(OfferState), frozenset(AgentState)


def restore(centre: Centre, told: Iterable[Any], heard_until: float | None = None) -> tuple[Any, ...]:
    """Put a new centre into the state that these facts describe. `told` in journal order; unknown kinds are passed.

    `heard_until` is the time of the journal's last fact; None when that is the last one told here. Returns the facts
    that name a state unknown to this version: they were set aside.
    """
    fold = _Fold(centre)
    for fact in told:
        centre.heard_until = fact.at
        fold.logbook.note(fact)
        dial_recovery.note(centre, fact)
        reader = talk_recovery.reader_of(fact) or READERS.get(type(fact))
        if reader is not None:
            reader(fold, fact)
    if heard_until is not None:
        centre.heard_until = heard_until
    fold.finish()
    return tuple(fold.strange)


class _Fold:
    """What the facts have said so far."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.agents: dict[str, AgentRecord] = {}
        self.waiting: dict[str, ContactRecord] = {}
        self.offers: dict[str, OfferRecord] = {}
        self.strange: list[Any] = []
        self.logbook = piloting.Logbook()

    def finish(self) -> None:
        """Hand the records to the router, which must know the queues that older calls may go to."""
        plan = deployment.plan_beside_calls(self.centre)
        if plan is not self.centre.plan:
            self.centre.plan, self.centre.router = plan, Router(plan.queue_rules(), plan.agent_profiles())
        rules = plan.queue_rules()
        for record in [*self.waiting.values()]:
            if record.queue in rules and widens(record, rules[record.queue]):
                self._move(record.contact, widens_at=record.asked_at)  # looked at again at once
        relief = self.logbook.hand_over(self.centre, self.centre.heard_until)
        closed = sorted(self.centre.hours.closed.items())
        records = (self.agents.values(), self.waiting.values(), self.offers.values())
        self.centre.router.restore(*records, closed=closed, relief=relief)
        waiting.reschedule(self.centre)
        dial_recovery.finish(self.centre, self.centre.heard_until)

    # ── the caller ──────────────────────────────────────────────────────────────────────────────────────────────────

    def call_started(self, fact: facts.CallStarted) -> None:
        centre = self.centre
        if not fact.call:
            callbacks.opened(centre, fact)
            return
        if cti.is_dialled(fact.call):
            dialled.opened(centre, fact)
            return
        edition = centre.editions.of_call(fact.flow, fact.version)
        flow = edition.plan.flow_named(fact.flow, fact.called)
        who = centre.plan.customer(fact.number)
        state = first_state(flow, centre.plan.caller(fact.number, fact.name, fact.called, who))
        context = Context(
            contact=fact.contact, number=fact.number, name=fact.name, called=fact.called, flow=fact.flow,
            language=fact.language, started_at=fact.at, customer=fact.customer, customer_name=fact.customer_name,
            segment=fact.segment, earlier=centre.history.earlier(fact.customer or fact.number),
            household=standing.household_of(centre, fact.customer),
        )
        centre.contacts[fact.contact] = Contact(
            fact.contact, cti.CallId(fact.call), cti.NodeId(fact.node), Session(flow, state), context, edition
        )

    def call_ended(self, fact: facts.CallEnded) -> None:
        self.centre.waiting_room.resting.drop(fact.contact)
        contact = self.centre.contacts.pop(fact.contact, None)
        if contact is not None:
            self.centre.lines.pop(contact.call, None)
        self.waiting.pop(fact.contact, None)
        self.centre.closed[fact.contact] = None

    # ── the queue and its offers ────────────────────────────────────────────────────────────────────────────────────

    def caller_queued(self, fact: facts.CallerQueued) -> None:
        contact = self.centre.contacts.get(fact.contact)
        if contact is None:
            return
        contact.context = contact.context.queued(fact.queue, fact.asked_at)
        contact.place = Place.WAITING
        contact.priority = fact.priority if fact.asked_priority < 0 else fact.asked_priority
        contact.stayed(fact)
        if contact.to_dial:
            self.centre.waiting_room.resting.drop(fact.contact)
            contact.wish = contact.wish or facts.CallbackAsked(
                fact.at, "", contact.to_dial, fact.queue, fact.skills, contact.priority,
                fact.asked_at,
            )
            callbacks.mind_closing(self.centre, contact, fact.at)
        contact.heard, contact.talk = Heard(fact.at), None
        self.waiting[fact.contact] = ContactRecord(
            ContactId(fact.contact), ContactState.WAITING, contact.node, fact.queue, fact.skills, fact.priority,
            fact.asked_at, fact.limit, fact.at_head, contact.offers,
            segment=fact.segment,
            wanted=tuple(Wanted(AgentId(agent), patience, fit) for agent, patience, fit in fact.wanted),
            singly=bool(contact.to_dial) or (cti.is_dialled(fact.contact) and not contact.answered_at),
        )

    def caller_widened(self, fact: facts.CallerWidened) -> None:
        self._move(fact.contact, stage=fact.stage, only=fact.only)

    def caller_reranked(self, fact: facts.CallerReranked) -> None:
        self._move(fact.contact, priority=fact.priority, stage=0, only="")  # his circle is told of anew

    def offer_made(self, fact: facts.OfferMade) -> None:
        contact = self.centre.contacts.get(fact.contact)
        if contact is None:
            return
        contact.rings[fact.offer] = Ring(fact.agent, fact.at, fact.recording)
        contact.offers += 1
        self.offers[fact.offer] = OfferRecord(
            OfferId(fact.offer), ContactId(fact.contact), AgentId(fact.agent), fact.until, reason=fact.reason
        )
        held = self.waiting[fact.contact].offers if fact.contact in self.waiting else ()
        rings = (*held, OfferId(fact.offer))
        self._move(fact.contact, state=ContactState.OFFERED, offers=rings, made=contact.offers)

    def agent_rang(self, fact: facts.AgentRang) -> None:
        contact = self.centre.contacts.get(fact.contact)
        if contact is not None and fact.offer in contact.rings:
            contact.rings[fact.offer].rang = True

    def offer_closed(self, fact: facts.OfferClosed) -> None:
        contact = self.centre.contacts.get(fact.contact)
        if contact is not None:
            contact.rings.pop(fact.offer, None)
            if contact.offer == fact.offer:
                contact.offer = contact.agent = contact.recording = ""
        if fact.outcome == callbacks.NOT_REACHED:
            self._close(fact.offer, OfferState.OVER, fact.at)
            self.waiting.pop(fact.contact, None)
            return
        if fact.outcome not in OFFER_STATES:
            self.strange.append(fact)
        state = OfferState(fact.outcome) if fact.outcome in OFFER_STATES else OfferState.UNKNOWN
        self._close(fact.offer, state, fact.at)
        record = self.waiting.get(fact.contact)
        if record is not None and fact.offer in record.offers:
            new = fact.outcome in FAILED_IT and fact.agent not in record.tried
            tried = (*record.tried, AgentId(fact.agent)) if new else record.tried
            rings = tuple(offer for offer in record.offers if offer != fact.offer)
            self._move(fact.contact, offers=rings, tried=tried)
            if not rings:
                self._move(fact.contact, state=ContactState.WAITING, at_head=True)

    def caller_left_queue(self, fact: facts.CallerLeftQueue) -> None:
        contact = self.centre.contacts.get(fact.contact)
        if contact is not None:
            contact.place, contact.back = Place.RETURNING, fact.why
            if fact.why == waiting.CALLED_BACK:
                contact.place = Place.ENDING
            contact.reached = contact.reached or "flowed_out"
        self.waiting.pop(fact.contact, None)

    def agent_answered(self, fact: facts.AgentAnswered) -> None:
        contact = self.centre.contacts.get(fact.contact)
        if contact is not None:
            if fact.offer in contact.rings:
                contact.take(fact.offer)
            contact.place, contact.reached, contact.answered_at = Place.TALKING, "answered", fact.at
        self.taken(fact.contact, fact.offer)

    def taken(self, contact: str, offer: str) -> None:
        """The router's records of an offer that was accepted."""
        self._move(contact, state=ContactState.TALKING, offers=(OfferId(offer),), tried=())
        if offer in self.offers:
            self.offers[offer] = replace(self.offers[offer], state=OfferState.ACCEPTED)

    def talk_ended(self, fact: facts.TalkEnded) -> None:
        contact = self.centre.contacts.get(fact.contact)
        if contact is not None:
            contact.ended(fact.at)
        self._close(fact.offer, OfferState.OVER, fact.at)
        self.waiting.pop(fact.contact, None)

    # ── agents and nodes ────────────────────────────────────────────────────────────────────────────────────────────

    def agent_changed(self, fact: facts.AgentChanged) -> None:
        if fact.state not in AGENT_STATES:
            self.strange.append(fact)  # he is offline until he signs on, or his phone is found
            return
        self.centre.since[fact.agent] = fact.at
        self.agents[fact.agent] = AgentRecord(
            AgentId(fact.agent), AgentState(fact.state), fact.reason, fact.until, fact.offer, fact.idle_since,
            misses=fact.misses, then=fact.then, then_reason=fact.then_reason, calls=fact.calls, rung_at=fact.rung_at,
        )

    def agent_altered(self, fact: facts.AgentAltered) -> None:
        alterations.note(self.centre, fact)

    def queue_switched(self, fact: facts.QueueSwitched) -> None:
        self.centre.hours.note(fact)

    def _move(self, contact: str, **changes: Any) -> None:
        if contact in self.waiting:
            self.waiting[contact] = replace(self.waiting[contact], **changes)

    def _close(self, offer: str, state: OfferState, at: float) -> None:
        if offer in self.offers:
            self.offers[offer] = replace(self.offers[offer], state=state, closed_at=at)


READERS: dict[type, Callable[[_Fold, Any], None]] = {
    **way_recovery.READERS,
    **callback_recovery.READERS,
    facts.CallStarted: _Fold.call_started,
    facts.CallEnded: _Fold.call_ended,
    facts.CallerQueued: _Fold.caller_queued,
    facts.CallerWidened: _Fold.caller_widened,
    facts.CallerReranked: _Fold.caller_reranked,
    facts.OfferMade: _Fold.offer_made,
    facts.AgentRang: _Fold.agent_rang,
    facts.OfferClosed: _Fold.offer_closed,
    facts.CallerLeftQueue: _Fold.caller_left_queue,
    facts.AgentAnswered: _Fold.agent_answered,
    facts.TalkEnded: _Fold.talk_ended,
    facts.AgentChanged: _Fold.agent_changed,
    facts.AgentAltered: _Fold.agent_altered,
    facts.QueueSwitched: _Fold.queue_switched,
}
