"""What a caller brings to a queue beside what the flow asks for: his priority, and the agents for whom he waits.

It does not know who is at his desk, nor how the router weighs any of it.

For whom he waits, one after the other: the agent whom the customer file names, who served him last, who
served somebody of his household last; each for as long as the queue's rules say, and only where they say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import acd.messages as acd
import journal.facts as facts
from acd.contacts import ContactState

if TYPE_CHECKING:
    from customers.context import Context
    from switchroom.centre import Centre
    from switchroom.turn import Turn


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
                made=record.made, segment=record.segment, wanted=record.wanted,
            )
            centre.route(again, turn)


def wanted_by(centre: Centre, context: Context) -> tuple[acd.Wanted, ...]:
    """The agents for whom this caller waits in his queue."""
    plan = centre.plan.queues.get(context.queue)
    if plan is None:
        return ()
    found: dict[str, acd.Wanted] = {}
    for agent, patience, fit in (
        (centre.plan.looked_after_by(context.customer), plan.named_agent, False),
        (centre.history.served_by(context.customer or context.number), plan.last_agent, True),
        (centre.history.served_by(*centre.plan.household(context.customer)), plan.household, True),
    ):
        if patience and agent in centre.plan.agents:
            found.setdefault(agent, acd.Wanted(acd.AgentId(agent), patience, fit))
    return tuple(found.values())
