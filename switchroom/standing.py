"""What a caller brings to a queue beside what the flow asks for: his priority, and the agents for whom he waits.

It does not know who is at his desk, nor how the router weighs any of it.

For whom he waits, one after the other: the agent whom the flow or the customer file names, who served him last, who
served somebody of his household last; each for as long as the queue's rules say, and only where they say so. A name
that is no agent's is passed over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import acd.messages as acd
import journal.facts as facts
from acd.contacts import ContactState

if TYPE_CHECKING:
    from customers.context import Context, EarlierContact
    from switchroom.centre import Centre
    from switchroom.turn import Turn

HOUSEHOLD_SHOWN = 5


def priority_of(centre: Centre, queue: str, segment: str, asked: int) -> int:
    """The priority of a caller in a queue: what the flow asked for, or more if his segment has more there."""
    plan = centre.plan.queues.get(queue)
    return plan.least_priority(segment, asked) if plan else asked


def rerank(centre: Centre, turn: Turn) -> None:
    """The queues' rules are others: callers who wait have the priority that they would have now."""
    for record in list(centre.router.contacts().values()):
        contact = centre.contacts.get(record.contact)
        if contact is None or record.state is not ContactState.WAITING:
            continue
        priority = priority_of(centre, record.queue, record.segment, contact.priority)
        if priority != record.priority:
            turn.fact(facts.CallerReranked(turn.now, contact.contact, record.queue, priority))
            again = acd.ContactArrived(
                record.contact, record.node, record.queue, record.skills, priority, record.asked_at, record.limit,
                made=record.made, segment=record.segment, wanted=record.wanted, singly=record.singly,
            )
            centre.route(again, turn)


def household_of(centre: Centre, customer: str) -> tuple[EarlierContact, ...]:
    """The last contacts of those who live with a customer, newest first, each with its caller's name."""
    found = [
        replace(contact, caller=centre.plan.name_of(member) or member)
        for member in centre.plan.household(customer)
        for contact in centre.history.earlier(member)
    ]
    return tuple(sorted(found, key=lambda contact: (-contact.at, contact.contact))[:HOUSEHOLD_SHOWN])


def wanted_by(centre: Centre, context: Context, named: str = "") -> tuple[acd.Wanted, ...]:
    """The agents for whom this caller waits in his queue. `named` is the one whom his flow asks for, "" for none."""
    plan = centre.plan.queues.get(context.queue)
    if plan is None:
        return ()
    found: dict[str, acd.Wanted] = {}
    for agent, patience, fit in (
        (named or centre.plan.looked_after_by(context.customer), plan.named_agent, False),
        (centre.history.served_by(context.customer or context.number), plan.last_agent, True),
        (centre.history.served_by(*centre.plan.household(context.customer)), plan.household, True),
    ):
        if patience and agent in centre.plan.agents:
            found.setdefault(agent, acd.Wanted(acd.AgentId(agent), patience, fit))
    return tuple(found.values())
