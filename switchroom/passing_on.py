"""Where a caller is who was passed on: in a queue again, in another flow, on his way to a number outside.

It does not know who passed him on, nor what becomes of who did.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import acd.messages as acd
import journal.facts as facts
from desk.talk_vocabulary import Kind
from ivr.session import Session, first_state
from switchroom import standing, waiting
from switchroom.contact import Contact, Place
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

FIRST_MOVE = 500_000  # tasks of a flow are numbered below


def task_of(contact: Contact) -> int:
    """The number of a caller's last forward to outside."""
    return FIRST_MOVE + contact.stand.moves if contact.stand.moves else 0


def passed_on(contact: Contact, kind: str, target: str) -> None:
    """Where the caller is now. Told again by recovery; one who waits is told of by `CallerQueued`."""
    if kind == Kind.OUTSIDE:
        contact.place, contact.stand.outside = Place.OUTSIDE, target
    elif kind == Kind.FLOW:
        old = contact.session.state
        flow = contact.edition.plan.flow_named(target, contact.context.called)
        # Visits go on being counted: what he did in the first flow must not be taken for what he does in this one.
        state = replace(first_state(flow, old.caller), visits=old.visits, level=old.level, language=old.language)
        contact.session, contact.place = Session(flow, state), Place.FLOW
        contact.context = contact.context.changed(flow=flow.name)


def requeue(  # noqa: PLR0913 - each by its own name
    centre: Centre,
    contact: Contact,
    queue: str,
    turn: Turn,
    *,
    wanted: tuple[tuple[str, float, bool], ...] = (),
    at_head: bool = False,
) -> None:
    """He waits for a person again: his place goes by his first request, his limit begins anew."""
    seen, asked = contact.context, contact.asked
    skills = asked.skills if asked is not None and asked.queue == queue else ()
    contact.context = seen.changed(queue=queue)
    contact.place, contact.back = Place.WAITING, ""
    priority = standing.priority_of(centre, queue, seen.segment, contact.priority)
    fact = facts.CallerQueued(
        turn.now, contact.contact, queue, skills, priority, seen.asked_at, _limit(contact, turn.now), seen.breakpoint,
        seen.segment, wanted, contact.priority, at_head,
    )
    contact.stayed(fact)
    turn.fact(fact)
    centre.route(
        acd.ContactArrived(
            acd.ContactId(contact.contact), contact.node, queue, skills, priority, seen.asked_at, fact.limit,
            at_head, contact.offers, seen.segment,
            tuple(acd.Wanted(acd.AgentId(agent), patience, fit) for agent, patience, fit in wanted),
        ),
        turn,
    )
    if contact.place is Place.WAITING:
        waiting.begins(centre, contact, turn)


def _limit(contact: Contact, now: float) -> float:
    """As long as he was to wait the first time, from now on; counted, as every limit, from his first request."""
    asked = contact.asked
    if asked is None or not asked.limit:
        return 0.0
    left = asked.limit - (asked.at - asked.asked_at)
    return now - asked.asked_at + (left if left > 0 else asked.limit)
