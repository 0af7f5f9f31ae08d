"""Talks rebuilt from facts: holds, consults, who has the caller, who listens.

It does not read the journal, and knows of the fold only the records that it is handed: waiting contacts and offers of
the router, by their ids there. A consult's facts carry the caller's contact; the router's own id of it is in the offer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import journal.facts as facts
import journal.talk_facts as told_of
from acd import contacts as acd_contacts
from acd.contacts import FAILED_IT, ContactRecord, ContactState
from acd.messages import AgentId, ContactId, OfferId
from acd.offers import OfferRecord, OfferState
from cti import ids
from switchroom import consults, passing_on, supervising, talks
from switchroom.centre import Centre
from switchroom.contact import Contact
from switchroom.talk import Standing, Step


class Fold(Protocol):
    """What the facts have said so far."""

    centre: Centre
    waiting: dict[str, ContactRecord]
    offers: dict[str, OfferRecord]


Reader = Callable[[Fold, Any], None]


def reader_of(fact: Any) -> Reader | None:
    """Who reads this fact: of a talk, or of a consult's offer; None for any other."""
    if ids.is_consult(getattr(fact, "offer", "")) and type(fact) in OF_CONSULTS:
        return OF_CONSULTS[type(fact)]
    return READERS.get(type(fact))


def _contact(fold: Fold, fact: Any) -> Contact | None:
    return fold.centre.contacts.get(fact.contact)


# ── a consult's offers, as the router has them ──────────────────────────────────────────────────────────────────────


def _name(offer: str) -> str:
    return offer.rpartition(".")[0]


def _offer_made(fold: Fold, fact: facts.OfferMade) -> None:
    name, contact = _name(fact.offer), _contact(fold, fact)
    if contact is not None and contact.stand.consult is not None:
        consults.rung(contact.stand.consult, fact)
    fold.offers[fact.offer] = OfferRecord(
        OfferId(fact.offer), ContactId(name), AgentId(fact.agent), fact.until, reason=fact.reason
    )
    if name in fold.waiting:
        record = fold.waiting[name]
        fold.waiting[name] = replace(
            record, state=ContactState.OFFERED, offers=(*record.offers, OfferId(fact.offer)), made=record.made + 1
        )


def _agent_rang(fold: Fold, fact: facts.AgentRang) -> None:
    contact = _contact(fold, fact)
    if contact is not None and contact.stand.consult is not None:
        contact.stand.consult.rang = True


def _offer_closed(fold: Fold, fact: facts.OfferClosed) -> None:
    contact, record = _contact(fold, fact), fold.waiting.get(_name(fact.offer))
    if contact is not None and contact.stand.consult is not None and contact.stand.consult.leg == fact.offer:
        consults.closed(contact.stand.consult)
    _close(fold, fact.offer, OfferState(fact.outcome), fact.at)
    if record is not None:
        new = fact.outcome in FAILED_IT and fact.agent not in record.tried
        tried = (*record.tried, AgentId(fact.agent)) if new else record.tried
        fold.waiting[record.contact] = replace(
            record, state=ContactState.WAITING, offers=(), tried=tried, at_head=True
        )


def _close(fold: Fold, offer: str, state: OfferState, at: float) -> None:
    if offer in fold.offers:
        fold.offers[offer] = replace(fold.offers[offer], state=state, closed_at=at)


def _talk_ended(fold: Fold, fact: facts.TalkEnded) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        contact.ended(fact.at)
    _close(fold, fact.offer, OfferState.OVER, fact.at)
    fold.waiting.pop(_name(fact.offer), None)


OF_CONSULTS: dict[type, Reader] = {
    facts.OfferMade: _offer_made,
    facts.AgentRang: _agent_rang,
    facts.OfferClosed: _offer_closed,
    facts.TalkEnded: _talk_ended,
}


# ── the talk ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _hold_began(fold: Fold, fact: told_of.HoldBegan) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        talk = contact.stand
        talk.standing, talk.since, talk.held_at, talk.in_room = Standing.HELD, fact.at, fact.at, False


def _hold_ended(fold: Fold, fact: told_of.HoldEnded) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        talk = contact.stand
        talk.standing, talk.since, talk.held_at = Standing.TOGETHER, fact.at, 0.0


def _consult_asked(fold: Fold, fact: told_of.ConsultAsked) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        contact.stand.standing, contact.stand.since = Standing.ASKING, fact.at
        consult = consults.opened(contact, fact)
        if not consult.leg:
            fold.waiting[consult.name] = acd_contacts.arrived(consults.arrival(contact, consult), None)


def _consult_widened(fold: Fold, fact: told_of.ConsultWidened) -> None:
    contact = _contact(fold, fact)
    consult = contact.stand.consult if contact is not None else None
    if consult is not None and consult.name in fold.waiting:
        fold.waiting[consult.name] = replace(fold.waiting[consult.name], stage=fact.stage, only=fact.only)


def _consult_began(fold: Fold, fact: told_of.ConsultBegan) -> None:
    contact, name = _contact(fold, fact), _name(fact.offer)
    if contact is not None and contact.stand.consult is not None:
        contact.stand.step(Step.MET, fact.at)
        contact.stand.consult.began_at = fact.at
    if name in fold.waiting:
        fold.waiting[name] = replace(
            fold.waiting[name], state=ContactState.TALKING, offers=(OfferId(fact.offer),), tried=()
        )
    if fact.offer in fold.offers:
        fold.offers[fact.offer] = replace(fold.offers[fact.offer], state=OfferState.ACCEPTED)


def _consult_ended(fold: Fold, fact: told_of.ConsultEnded) -> None:
    contact = _contact(fold, fact)
    if contact is None or contact.stand.consult is None:
        return
    talk, consult = contact.stand, contact.stand.consult
    fold.waiting.pop(consult.name, None)
    if fact.talked or consult.began_at:
        _close(fold, fact.offer, OfferState.OVER, fact.at)
    talk.consult = None
    if talk.standing in {Standing.ASKING, Standing.CONSULTING}:
        talk.standing, talk.since = Standing.HELD, fact.at
    elif talk.standing in {Standing.CONFERRING, Standing.WITH_CALLER}:
        talk.standing, talk.since = Standing.TOGETHER, fact.at


def _consult_swapped(fold: Fold, fact: told_of.ConsultSwapped) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        talk = contact.stand
        talk.standing = Standing.WITH_CALLER if fact.with_caller else Standing.CONSULTING
        talk.since = fact.at


def _conference_began(fold: Fold, fact: told_of.ConferenceBegan) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        talk = contact.stand
        talk.standing, talk.since, talk.in_room = Standing.CONFERRING, fact.at, True


def _transferred(fold: Fold, fact: told_of.CallerTransferred) -> None:
    contact = _contact(fold, fact)
    if contact is None:
        return
    if fact.warm:
        in_room = contact.stand.in_room
        talks.taken(contact, fact.agent, fact.to_offer, fact.at)
        contact.stand.in_room = in_room
        return
    contact.stand.passed_on_by = fact.agent
    if fact.task:
        contact.stand.moves = fact.task - passing_on.FIRST_MOVE
    passing_on.passed_on(contact, fact.kind, fact.target)


def _transfer_made(fold: Fold, fact: facts.TransferMade) -> None:
    """Only a caller who was passed on by an agent returns by it; one whom a flow sent goes on in his step."""
    contact = _contact(fold, fact)
    if contact is not None:
        talks.came_back(contact, fact.why)


# ── who listens ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _joined(fold: Fold, fact: told_of.SupervisorJoined) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        supervising.joined(contact, fact)


def _heard(fold: Fold, fact: told_of.SupervisorHeard) -> None:
    contact = _contact(fold, fact)
    if contact is not None and fact.leg in contact.stand.listeners:
        contact.stand.listeners[fact.leg].heard_at = fact.at


def _changed(fold: Fold, fact: told_of.SupervisorChanged) -> None:
    contact = _contact(fold, fact)
    if contact is not None and fact.leg in contact.stand.listeners:
        supervising.changed(contact.stand.listeners[fact.leg], fact.ear)


def _left(fold: Fold, fact: told_of.SupervisorLeft) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        contact.stand.listeners.pop(fact.leg, None)


def _taken_over(fold: Fold, fact: told_of.TalkTakenOver) -> None:
    contact = _contact(fold, fact)
    if contact is not None:
        supervising.has(contact, fact)


READERS: dict[type, Reader] = {
    told_of.HoldBegan: _hold_began,
    told_of.HoldEnded: _hold_ended,
    told_of.ConsultAsked: _consult_asked,
    told_of.ConsultWidened: _consult_widened,
    told_of.ConsultBegan: _consult_began,
    told_of.ConsultSwapped: _consult_swapped,
    told_of.ConsultEnded: _consult_ended,
    told_of.ConferenceBegan: _conference_began,
    told_of.CallerTransferred: _transferred,
    facts.TransferMade: _transfer_made,
    told_of.SupervisorJoined: _joined,
    told_of.SupervisorHeard: _heard,
    told_of.SupervisorChanged: _changed,
    told_of.SupervisorLeft: _left,
    told_of.TalkTakenOver: _taken_over,
}
