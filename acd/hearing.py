"""What each message does to the floor: one function a message, and the table of them.

It does not know how records are kept, nor who is matched with whom: the floor does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from acd import agents, chains, contacts, offers
from acd.agents import AgentState
from acd.board import Due
from acd.contacts import ContactState
from acd.errors import UnknownQueue
from acd.floor import Floor
from acd.messages import (
    AgentId,
    AgentMadeNotReady,
    AgentMadeReady,
    AgentSignedOff,
    AgentSignedOn,
    ContactArrived,
    ContactId,
    ContactLeft,
    DialBegun,
    DialOver,
    OfferAccepted,
    OfferFailed,
    OfferId,
    PhoneFound,
    PhoneLost,
    QueueClosed,
    QueueOpened,
    ReliefGiven,
    TalkOver,
    Tick,
    Told,
    WrapUpEnded,
    WrapUpExtended,
)
from acd.offers import OfferState, Outcome

if TYPE_CHECKING:
    from acd.contacts import ContactRecord

AgentSaid = AgentSignedOn | AgentSignedOff | AgentMadeReady | AgentMadeNotReady | PhoneLost | WrapUpExtended


# ── agents ──


def agent_said(floor: Floor, message: AgentSaid, now: float) -> None:
    record = floor.agent(message.agent)
    after = agents.advance(record, message, now)
    floor.put_agent(chains.settle(after, now), now)


def agent_gone(floor: Floor, message: AgentSignedOff | AgentMadeNotReady | PhoneLost, now: float) -> None:
    """Close the offer first when he who goes is being rung, unless he may answer all the same."""
    record = floor.agent(message.agent)
    if record.state is not AgentState.OFFERED:
        agent_said(floor, message, now)
        return
    if isinstance(message, PhoneLost) and message.may_ring:
        floor.put_agent(replace(record, node=""), now)
        return
    offer = floor.board.offers[OfferId(record.offer)]
    closed = floor.withdraw(offer, Outcome.WITHDRAWN, now)
    freed = agents.advance(record, closed, now)
    floor.put_agent(agents.advance(freed, message, now), now)
    floor.put_back(floor.board.contacts[offer.contact], closed, now)


def phone_found(floor: Floor, message: PhoneFound, now: float) -> None:
    record = floor.agent(message.agent)
    floor.put_agent(chains.phone_back(record, message, now), now)
    floor.touch_agent(message.agent)


def wrap_up_ended(floor: Floor, message: WrapUpEnded, now: float) -> None:
    record = floor.agent(message.agent)
    ends = record.state is AgentState.WRAP_UP
    floor.put_agent(chains.end_wrap_up(record, now) if ends else agents.advance(record, message, now), now)


def dial_begun(floor: Floor, message: DialBegun, now: float) -> None:
    """Keep him for his customer, if he is ready."""
    record = floor.agent(message.agent)
    if record.state is AgentState.READY:
        floor.put_agent(agents.advance(record, message, now), now)


def dial_over(floor: Floor, message: DialOver, now: float) -> None:
    """Let him go, if it is that customer for whom he is kept."""
    record = floor.agent(message.agent)
    if record.state is AgentState.DIALLING and record.offer == message.contact:
        floor.put_agent(chains.settle(agents.advance(record, message, now), now), now)


# ── contacts ──


def contact_arrived(floor: Floor, message: ContactArrived, now: float) -> None:
    if message.queue not in floor.house.queues:
        raise UnknownQueue(f"contact {message.contact}: no queue {message.queue!r} is configured")
    known = floor.board.contacts.get(message.contact)
    if known and known.state is ContactState.OFFERED and _asks_the_same(known, message):
        return
    floor.stop(known, now)
    waiting = floor.board.contacts.get(message.contact)
    asked = contacts.arrived(message, waiting)
    if known and known.made > asked.made:
        asked = replace(asked, made=known.made)
    is_new = waiting is None or waiting.queue != asked.queue
    if is_new and message.queue in floor.board.closed:
        floor.turn_away(asked.contact, asked.queue, "closed")
        return
    floor.arrive(asked, now, is_new=is_new)


def _asks_the_same(known: ContactRecord, message: ContactArrived) -> bool:
    asked = (message.node, message.queue, message.skills, message.wanted)
    return (known.node, known.queue, known.skills, known.wanted) == asked


def contact_left(floor: Floor, message: ContactLeft, now: float) -> None:
    floor.stop(floor.board.contacts.get(message.contact), now)
    if waiting := floor.board.contacts.get(message.contact):
        floor.let_go(waiting, ContactLeft)


# ── offers ──


def offer_accepted(floor: Floor, message: OfferAccepted, now: float) -> None:
    """Let the first who accepts have the contact; whoever else rings for it is withdrawn."""
    offer = floor.board.offers.get(message.offer)
    if offer is None or offer.state in offers.CLOSED:
        floor.answers.append(offers.too_late(message.offer, offer))
        return
    if offer.state is OfferState.ACCEPTED:
        return
    contact = floor.board.contacts[offer.contact]
    talking = contacts.accepted(contact, offer.offer)
    agent = agents.advance(floor.agent(offer.agent), message, now)
    floor.board.put_offer(offers.moved(offer, OfferAccepted, 0.0))
    floor.board.put_contact(talking)
    floor.put_agent(agent, now)
    for other in contact.offers:
        if other != offer.offer:
            floor.withdraw_for(floor.board.offers[other], now)


def offer_failed(floor: Floor, message: OfferFailed, now: float) -> None:
    if message.outcome not in offers.REPORTED:
        allowed = ", ".join(sorted(offers.REPORTED))
        raise ValueError(f"offer {message.offer}: outcome {message.outcome!r} is none of {allowed}")
    outcome = Outcome(message.outcome)
    offer = floor.board.offers.get(message.offer)
    if offer is not None and offers.target(offer.state, outcome) is not offer.state:
        floor.passed(offer, floor.close(offer, outcome, now), now)


def talk_over(floor: Floor, message: TalkOver, now: float) -> None:
    offer = floor.board.offers.get(message.offer)
    if offer is not None and offers.target(offer.state, TalkOver) is not offer.state:
        floor.end_talk(offer, now)


# ── queues ──


def queue_closed(floor: Floor, message: QueueClosed, _now: float) -> None:
    """Let nobody new wait there; with `empties` nobody at all, once his phone has stopped ringing in vain."""
    _configured(floor, message.queue)
    floor.board.closed[message.queue] = message.empties
    if message.empties:
        floor.empty(message.queue)


def queue_opened(floor: Floor, message: QueueOpened, _now: float) -> None:
    _configured(floor, message.queue)
    floor.board.closed.pop(message.queue, None)


def relief_given(floor: Floor, message: ReliefGiven, now: float) -> None:
    """Look at all who wait in the queue as if no relaxation had begun, and at the reserve."""
    _configured(floor, message.queue)
    if message.sooner or message.reserve:
        floor.board.relief[message.queue] = message
    else:
        floor.board.relief.pop(message.queue, None)
    for contact in [each for each in floor.board.contacts.values() if each.queue == message.queue]:
        floor.review(contact, now, anew=True)
        floor.touch_contact(contact.contact)


def _configured(floor: Floor, queue: str) -> None:
    if queue not in floor.house.queues:
        raise UnknownQueue(f"no queue {queue!r} is configured")


# ── time ──


def ticked(floor: Floor, _message: Tick, now: float) -> None:
    """Do all that is due, in the order of time; who is freed by one thing is matched before the next."""
    while due := floor.board.pop_due(now):
        what, key = due
        if what is Due.WRAP_UP:
            floor.put_agent(chains.end_wrap_up(floor.agent(AgentId(key)), now), now)
        elif what is Due.OFFER:
            offer = floor.board.offers[OfferId(key)]
            floor.passed(offer, floor.withdraw(offer, Outcome.TIMED_OUT, now), now)
        elif what is Due.WIDEN:
            floor.review(floor.board.contacts[ContactId(key)], now)
        else:
            floor.release(floor.board.contacts[ContactId(key)], "limit")
        floor.match(now)


HEARD: Mapping[type[Told], Callable[[Floor, Any, float], None]] = {
    AgentSignedOn: agent_said,
    AgentSignedOff: agent_gone,
    AgentMadeReady: agent_said,
    AgentMadeNotReady: agent_gone,
    PhoneFound: phone_found,
    PhoneLost: agent_gone,
    WrapUpExtended: agent_said,
    WrapUpEnded: wrap_up_ended,
    DialBegun: dial_begun,
    DialOver: dial_over,
    ContactArrived: contact_arrived,
    ContactLeft: contact_left,
    OfferAccepted: offer_accepted,
    OfferFailed: offer_failed,
    TalkOver: talk_over,
    QueueClosed: queue_closed,
    QueueOpened: queue_opened,
    ReliefGiven: relief_given,
    Tick: ticked,
}
