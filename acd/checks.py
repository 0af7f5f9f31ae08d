"""What must hold between any two messages, checked the slow and plain way from the records alone.

It does not know how the router keeps its indexes. Tests, the simulator and a live audit ask it; the router
never does.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from acd.agents import AgentRecord, AgentState
from acd.contacts import ContactRecord, ContactState
from acd.offers import OPEN, OfferRecord, OfferState
from acd.skills import fits, has_skills

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from acd.board import Snapshot
    from acd.matching import House

BUSY = {OfferState.PENDING: AgentState.OFFERED, OfferState.ACCEPTED: AgentState.TALKING}
HELD = {OfferState.PENDING: ContactState.OFFERED, OfferState.ACCEPTED: ContactState.TALKING}


def faults(snapshot: Snapshot, house: House) -> list[str]:
    """Tell in plain sentences what is wrong; empty when all is well."""
    return [
        *_twice(snapshot),
        *_open_offers(snapshot),
        *_agents(snapshot.agents, {offer.offer: offer for offer in snapshot.offers}),
        *_contacts(snapshot.contacts, {offer.offer: offer for offer in snapshot.offers}),
        *_served(snapshot, house),
        *_left_waiting(snapshot, house),
    ]


def _twice(snapshot: Snapshot) -> Iterator[str]:
    """Nobody is in two open offers."""
    live = [offer for offer in snapshot.offers if offer.state in OPEN]
    for who, count in Counter(offer.agent for offer in live).items():
        if count > 1:
            yield f"agent {who} is in {count} open offers"
    for contact, count in Counter(offer.contact for offer in live).items():
        if count > 1:
            yield f"contact {contact} is in {count} open offers"


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
        if contact is None or (contact.state, contact.offer) != (HELD[offer.state], offer.offer):
            yield f"offer {offer.offer} is {offer.state}, but contact {offer.contact} does not have it"


def _agents(agents: Iterable[AgentRecord], offers: dict[str, OfferRecord]) -> Iterator[str]:
    """Who is offered or talking has the open offer that says so; the fields fit the state."""
    for agent in agents:
        offer = offers.get(agent.offer)
        busy = agent.state in BUSY.values()
        if busy and (offer is None or BUSY.get(offer.state) is not agent.state):
            yield f"agent {agent.agent} is {agent.state} without an offer that says so"
        if not busy and agent.state is not AgentState.WRAP_UP and agent.offer:
            yield f"agent {agent.agent} is {agent.state} and still holds offer {agent.offer}"
        if (agent.state is AgentState.WRAP_UP) != (agent.until > 0):
            yield f"agent {agent.agent} is {agent.state} with an end of wrap-up at {agent.until}"
        if agent.state in (AgentState.READY, AgentState.OFFERED) and not agent.idle_since:
            yield f"agent {agent.agent} is {agent.state} without a place among the idle"


def _contacts(contacts: Iterable[ContactRecord], offers: dict[str, OfferRecord]) -> Iterator[str]:
    """Who is offered or talking has the open offer that says so; who waits has none."""
    for contact in contacts:
        offer = offers.get(contact.offer)
        if contact.state is ContactState.WAITING and contact.offer:
            yield f"contact {contact.contact} waits and still holds offer {contact.offer}"
        if contact.state is ContactState.GONE:
            yield f"contact {contact.contact} is gone and still on record"
        if contact.state in HELD.values() and (offer is None or HELD.get(offer.state) is not contact.state):
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
        if contact.queue not in profile.queues or not has_skills(profile.skills, contact.skills):
            yield f"agent {agent.agent} is rung for contact {contact.contact}, for which he is not fit"


def _left_waiting(snapshot: Snapshot, house: House) -> Iterator[str]:
    """No contact waits while an agent who is fit for it is ready."""
    waiting = [contact for contact in snapshot.contacts if contact.state is ContactState.WAITING]
    for agent in snapshot.agents:
        profile = house.profiles.get(agent.agent)
        if agent.state is not AgentState.READY or profile is None:
            continue
        for contact in waiting:
            if fits(agent, profile, contact.line, house.rules(contact.queue)):
                yield f"contact {contact.contact} waits while agent {agent.agent} is ready and fit"
