"""What must hold between any two messages, checked the slow and plain way from the records alone.

It does not know how the router keeps its indexes. Tests, the simulator and a live audit ask it; the router
never does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from acd.agents import AgentRecord, AgentState
from acd.contacts import ContactRecord, ContactState
from acd.messages import OfferId
from acd.offers import OPEN, OfferRecord, OfferState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from acd.agents import AgentProfile
    from acd.board import Snapshot
    from acd.house import House

BUSY = {OfferState.PENDING: AgentState.OFFERED, OfferState.ACCEPTED: AgentState.TALKING}
IDLE = frozenset({AgentState.READY, AgentState.DIALLING, AgentState.OFFERED})
HOLDS = frozenset({AgentState.WRAP_UP, AgentState.DIALLING})
HELD = {OfferState.PENDING: ContactState.OFFERED, OfferState.ACCEPTED: ContactState.TALKING}


def faults(snapshot: Snapshot, house: House) -> list[str]:
    """Tell in plain sentences what is wrong; empty when all is well."""
    return [
        *_twice(snapshot, house),
        *_open_offers(snapshot),
        *_agents(snapshot.agents, {offer.offer: offer for offer in snapshot.offers}),
        *_contacts(snapshot.contacts, {offer.offer: offer for offer in snapshot.offers}),
        *_served(snapshot, house),
        *_left_waiting(snapshot, house),
    ]


def accounts(snapshot: Snapshot, house: House | None = None) -> list[str]:
    """Tell only what takes one walk through the records: cheap enough for a floor of any size, at any time.

    Without a house nothing is said of groups: one that rings may be larger than rules allow that were edited meanwhile.
    """
    offers = {offer.offer: offer for offer in snapshot.offers}
    return [
        *_twice(snapshot, house),
        *_open_offers(snapshot),
        *_agents(snapshot.agents, offers),
        *_contacts(snapshot.contacts, offers),
    ]


def fits(record: AgentRecord, profile: AgentProfile, contact: ContactRecord, house: House) -> bool:
    """Tell whether an agent may be offered a contact as it is now, but for where his phone is and what he does."""
    if contact.only:
        return record.agent == contact.only
    need = house.need(contact.line)
    return contact.queue in profile.queues and need.meets(profile.skills)


def _called(profile: AgentProfile, contact: ContactRecord, snapshot: Snapshot) -> bool:
    """Whether he is no reserve, or the reserve of the queue is called in."""
    relieved = {relief.queue for relief in snapshot.relief if relief.reserve}
    return not profile.reserve or bool(contact.only) or contact.queue in relieved


def _twice(snapshot: Snapshot, house: House | None) -> Iterator[str]:
    """No agent is in two open offers; a contact rings at no more than its queue's group, or talks to one."""
    live = [offer for offer in snapshot.offers if offer.state in OPEN]
    for who, count in Counter(offer.agent for offer in live).items():
        if count > 1:
            yield f"agent {who} is in {count} open offers"
    held: dict[str, list[OfferRecord]] = defaultdict(list)
    for offer in live:
        held[offer.contact].append(offer)
    queues = {contact.contact: contact.queue for contact in snapshot.contacts}
    for contact, its in held.items():
        talks = any(offer.state is OfferState.ACCEPTED for offer in its)
        group = len(its) if house is None else max(1, house.rules(queues.get(its[0].contact, "")).group)
        if len(its) > (1 if talks else group):
            yield f"contact {contact} is in {len(its)} open offers"


def _open_offers(snapshot: Snapshot) -> Iterator[str]:
    """Both sides of an open offer know of it and are in the state that belongs to it."""
    agents = {agent.agent: agent for agent in snapshot.agents}
    contacts = {contact.contact: contact for contact in snapshot.contacts}
    for offer in snapshot.offers:
        if offer.state not in OPEN:
            continue
        agent, contact = agents.get(offer.agent), contacts.get(offer.contact)
        if agent is None or (agent.state, agent.offer) != (BUSY[offer.state], offer.offer):
            yield f"offer {offer.offer} is {offer.state}, but agent {offer.agent} does not have it"
        if contact is None or contact.state is not HELD[offer.state] or offer.offer not in contact.offers:
            yield f"offer {offer.offer} is {offer.state}, but contact {offer.contact} does not have it"


def _agents(agents: Iterable[AgentRecord], offers: dict[OfferId, OfferRecord]) -> Iterator[str]:
    """Who is offered or talking has the open offer that says so; the fields fit the state."""
    for agent in agents:
        offer = offers.get(OfferId(agent.offer))
        busy = agent.state in BUSY.values()
        if busy and (offer is None or BUSY.get(offer.state) is not agent.state):
            yield f"agent {agent.agent} is {agent.state} without an offer that says so"
        if not busy and agent.state not in HOLDS and agent.offer:
            yield f"agent {agent.agent} is {agent.state} and still holds offer {agent.offer}"
        if (agent.state is AgentState.WRAP_UP) != (agent.until > 0):
            yield f"agent {agent.agent} is {agent.state} with an end of wrap-up at {agent.until}"
        if agent.state in IDLE and not agent.idle_since:
            yield f"agent {agent.agent} is {agent.state} without a place among the idle"


def _contacts(contacts: Iterable[ContactRecord], offers: dict[OfferId, OfferRecord]) -> Iterator[str]:
    """Who is offered or talking has open offers that say so; who waits has none."""
    for contact in contacts:
        if contact.state is ContactState.WAITING and contact.offers:
            yield f"contact {contact.contact} waits and still holds {contact.offers}"
        if contact.state is ContactState.GONE:
            yield f"contact {contact.contact} is gone and still on record"
        states = {offers[offer].state if offer in offers else None for offer in contact.offers}
        held = {HELD.get(state) if state else None for state in states}
        if contact.state in HELD.values() and held != {contact.state}:
            yield f"contact {contact.contact} is {contact.state} without an offer that says so"


def _served(snapshot: Snapshot, house: House) -> Iterator[str]:
    """Nobody is rung for a contact for which he is not fit; where his phone is may change while it rings."""
    agents = {agent.agent: agent for agent in snapshot.agents}
    contacts = {contact.contact: contact for contact in snapshot.contacts}
    for offer in snapshot.offers:
        agent, contact = agents.get(offer.agent), contacts.get(offer.contact)
        profile = house.profiles.get(offer.agent)
        if offer.state is not OfferState.PENDING or not agent or not contact or not profile:
            continue
        if not fits(agent, profile, contact, house):
            yield f"agent {agent.agent} is rung for contact {contact.contact}, for which he is not fit"


def _left_waiting(snapshot: Snapshot, house: House) -> Iterator[str]:
    """No contact is in line while an agent who is fit for it is ready."""
    waiting = [contact for contact in snapshot.contacts if _in_line(contact, house)]
    for agent in snapshot.agents:
        profile = house.profiles.get(agent.agent)
        if agent.state is not AgentState.READY or profile is None or not agent.node:
            continue
        for contact in waiting:
            here = agent.node == contact.node and _called(profile, contact, snapshot)
            if here and fits(agent, profile, contact, house):
                yield f"contact {contact.contact} waits while agent {agent.agent} is ready and fit"


def _in_line(contact: ContactRecord, house: House) -> bool:
    rings = contact.state is ContactState.OFFERED and not contact.singly
    return contact.state is ContactState.WAITING or (rings and len(contact.offers) < house.rules(contact.queue).group)
