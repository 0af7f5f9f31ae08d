"""Whose talk it is, and to whom a caller can be passed on.

It does not know what becomes of him there. What cannot be is refused with what would help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import acd.messages as acd
import desk.vocabulary as desk
from desk.talk_vocabulary import Kind
from switchroom.contact import Contact, Place

if TYPE_CHECKING:
    from switchroom.centre import Centre


def of_agent(centre: Centre, agent: str, contact: str) -> Contact | None:
    """The talk of this agent, None when he has passed this caller on himself. Raises `Refused` for any other."""
    found = centre.contacts.get(contact)
    if found is not None and found.place is Place.TALKING and found.agent == agent and found.offer:
        if found.to_dial:
            raise desk.Refused("this customer's line is not known yet; try again in ten seconds")
        return found
    if found is not None and found.stand.passed_on_by == agent:
        return None
    raise desk.Refused("you have no talk with this caller; look at your screen for the one you have")


def check_target(centre: Centre, contact: Contact, kind: Kind, target: str) -> None:
    """Raise `Refused` when a caller cannot be passed on to this."""
    if kind is Kind.QUEUE and target not in centre.plan.queues:
        raise desk.Refused(f"no queue is called '{target}'; there are {', '.join(sorted(centre.plan.queues))}")
    if kind is Kind.FLOW and target not in contact.edition.plan.floor.flows:
        flows = ", ".join(sorted(contact.edition.plan.floor.flows))
        raise desk.Refused(f"no flow is called '{target}'; there are {flows}")
    if kind is Kind.AGENT:
        record = centre.router.agents().get(acd.AgentId(target))
        if record is None:
            raise desk.Refused(f"no agent is called '{target}' on this floor")
        if target == contact.agent:
            raise desk.Refused("you have this caller yourself; name another agent")
        if record.state == "offline" or record.node != contact.node:
            raise desk.Refused(f"{target} cannot be rung now: pass the caller on to a queue, or to another agent")


def queue_of(centre: Centre, contact: Contact, agent: str) -> str:
    """The queue in which a caller waits for one agent: his own where that agent serves it, else one of the agent's."""
    served = centre.plan.agent_profiles()[acd.AgentId(agent)].queues
    here = contact.context.queue
    return here if here in served or not served else min(served)
