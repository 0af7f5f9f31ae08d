"""Calling customers back: the wish of a caller who has hung up waits on in the queue, as a contact without a call.

It does not know who is free (the router does), nor what happens once an agent has answered for it
(`switchroom/calling_back.py`).

    CallbackAsked    a flow notes the wish; nothing happens while the caller is still there
    CallEnded        his call is over: the wish becomes a contact of its own, with his place, and waits in the queue
    CallbackDeferred ... unless he has chosen a time, or nobody is called at this hour: then it waits for that
    MakeOffer        the agent's screen shows whom he will call, then his phone rings

A time that he has chosen is kept: at that moment it comes to the head of the queue. Where the queue's text names a
calendar for call-backs, nobody is rung for one while that is closed, and at closing time it leaves the line, to come
back to its place when it opens.

A call-back is in no rate of the service level: nobody waits at a telephone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
from customers.context import Context, write_context
from ivr.opening_hours import Calendar
from ivr.session import Session, first_state
from ivr.waiting.times import closes_at, opens_at
from switchroom import standing, waiting
from switchroom.contact import Contact, Place
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

TRIES = 3
AGAIN_AFTER = 600.0  # seconds between two tries
NOT_AFTER = 86_400.0  # seconds after the caller first asked for a person
LONGEST = 14 * 86_400.0  # seconds for which a queue may refuse one
LOOK_AGAIN = 15.0  # seconds after which one that an agent was rung for at closing time is looked at again
NORMAL = 16  # Q.850
CHOSEN, CLOSED = "chosen", "closed"  # why one is deferred
NOT_REACHED = "not_reached"


# ── a wish becomes a contact ────────────────────────────────────────────────────────────────────────────────────────


def begin(centre: Centre, caller: Contact, turn: Turn) -> None:
    """The caller is gone: his wish, if he had one, waits on in his place."""
    wish, seen = caller.wish, caller.context
    if wish is None or wish.contact != caller.contact:
        return  # none, or the one for which he was called himself
    name = f"{cti.CALL_BACK}{caller.contact}"
    started = facts.CallStarted(
        turn.now, name, "", caller.node, wish.number, seen.name, seen.called, "", "", seen.language, seen.customer,
        seen.customer_name, seen.segment,
    )
    context = replace(seen, contact=name, number=wish.number, callback=wish.number, queue="", asked_at=0.0)
    turn.fact(started)
    turn.fact(
        facts.CallbackBegun(
            turn.now, name, caller.contact, wish.number, write_context(context), wish.queue, wish.skills, wish.priority,
            wish.asked_at, wish.due, wish.at_head,
        )
    )
    contact = opened(centre, started)
    contact.context, contact.wish = context, wish
    _queue_in_time(centre, contact, turn)


def stands_at_head(contact: Contact) -> bool:
    """Whether a call-back comes before the others of its priority: its time was promised, or an agent failed him."""
    return bool(contact.to_dial and contact.wish and (contact.wish.at_head or contact.wish.due))


def _calendar(centre: Centre, wish: facts.CallbackAsked) -> Calendar | None:
    """When this customer may be called back: as his queue's text says, else in its hours; None for always."""
    plan = centre.plan.queues.get(wish.queue)
    if plan is None:
        return None
    rule = plan.waiting.callback
    return (rule.calendar_of(wish.number) if rule is not None else None) or centre.plan.floor.calendars.get(plan.hours)


def _queue_in_time(centre: Centre, contact: Contact, turn: Turn) -> None:
    """It waits in the queue, from the time that was promised, or from when people are called again."""
    wish = contact.wish
    if wish is None:
        return
    promised = wish.due if not contact.tries else 0.0
    calendar = _calendar(centre, wish) if not promised else None
    opens = opens_at(calendar, turn.now) if calendar is not None else turn.now
    if promised > turn.now:
        _defer(centre, contact, promised, CHOSEN, turn)
    elif opens > turn.now:
        _defer(centre, contact, opens, CLOSED, turn)
    elif opens < turn.now:
        give_up(centre, contact, CLOSED, turn)  # nobody is called in the next two weeks
    else:
        _queue(centre, contact, turn)
        mind_closing(centre, contact, turn.now)


def mind_closing(centre: Centre, contact: Contact, now: float) -> None:
    """It waits in the queue since `now`: note when nobody is called any more. A time that was promised is kept."""
    wish = contact.wish
    calendar = _calendar(centre, wish) if wish is not None and (contact.tries or not wish.due) else None
    if calendar is not None and (closes := closes_at(calendar, now)):
        centre.waiting_room.resting.set(contact.contact, closes)


def _defer(centre: Centre, contact: Contact, until: float, why: str, turn: Turn) -> None:
    contact.place, contact.deferred = Place.RESTING, until
    centre.waiting_room.resting.set(contact.contact, until)
    turn.fact(facts.CallbackDeferred(turn.now, contact.contact, until, why))


def _closing(centre: Centre, contact: Contact, turn: Turn) -> None:
    """Nobody is called any more today: it leaves the line, unless an agent is rung for it at this moment."""
    if contact.place is not Place.WAITING:
        return
    if contact.rings:
        centre.waiting_room.resting.set(contact.contact, turn.now + LOOK_AGAIN)
        return
    centre.route(acd.ContactLeft(acd.ContactId(contact.contact)), turn)
    _queue_in_time(centre, contact, turn)


def longest_wait(contact: Contact, asked_at: float) -> float:
    """How long it may wait, from when the caller first asked for a person; that it was deferred is no wait."""
    return max(0.0, contact.deferred - asked_at) + NOT_AFTER


def opened(centre: Centre, started: facts.CallStarted) -> Contact:
    """A contact without a call. It has a flow only because every contact has one; nobody goes through it."""
    edition = centre.editions.present
    flow = edition.plan.flow_named(started.flow, started.called)
    who = centre.plan.customer(started.number)
    caller = centre.plan.caller(started.number, started.name, started.called, who)
    session = Session(flow, first_state(flow, caller))
    context = Context(
        contact=started.contact, number=started.number, name=started.name, called=started.called, flow="",
        language=started.language, started_at=started.at, callback=started.number,
    )
    contact = Contact(
        started.contact, cti.CallId(started.contact), cti.NodeId(started.node), session, context, edition
    )
    centre.contacts[started.contact] = contact
    return contact


def _queue(centre: Centre, contact: Contact, turn: Turn) -> None:
    wish = contact.wish
    if wish is None:
        return
    contact.context = contact.context.queued(wish.queue, wish.asked_at)
    contact.place = Place.WAITING
    contact.priority, limit = wish.priority, longest_wait(contact, wish.asked_at)
    priority = standing.priority_of(centre, wish.queue, contact.context.segment, wish.priority)
    fact = facts.CallerQueued(
        turn.now, contact.contact, wish.queue, wish.skills, priority, wish.asked_at, limit,
        contact.context.breakpoint, contact.context.segment, asked_priority=wish.priority,
        at_head=stands_at_head(contact),
    )
    contact.stayed(fact)
    turn.fact(fact)
    centre.route(
        acd.ContactArrived(
            acd.ContactId(contact.contact), contact.node, wish.queue, wish.skills, priority, wish.asked_at,
            limit, stands_at_head(contact), contact.offers, contact.context.segment, singly=True,
        ),
        turn,
    )


# ── in time, and the end ────────────────────────────────────────────────────────────────────────────────────────────


def tick(centre: Centre, told: acd.Tick, turn: Turn) -> None:
    """Wishes that have rested wait in the queue again; then the router has its turn."""
    for name in centre.waiting_room.resting.pop(turn.now):
        contact = centre.contacts.get(name)
        if contact is not None and contact.place is Place.RESTING:
            _queue_in_time(centre, contact, turn)
        elif contact is not None:
            _closing(centre, contact, turn)
    centre.route(told, turn)
    waiting.tick(centre, turn)


def released(centre: Centre, contact: Contact, why: str, turn: Turn) -> None:
    """It has waited for as long as anybody is called back; or its queue would not have it now, so it comes again."""
    if why != "limit" and contact.wish is not None and turn.now < contact.wish.asked_at + LONGEST:
        calendar = _calendar(centre, contact.wish)
        opens = opens_at(calendar, turn.now) if calendar is not None else turn.now
        _defer(centre, contact, opens if opens > turn.now else turn.now + AGAIN_AFTER, why, turn)
        return
    waited = turn.now - contact.context.asked_at
    turn.fact(facts.CallerLeftQueue(turn.now, contact.contact, contact.context.queue, why, waited))
    close(centre, contact, NOT_REACHED, turn)


def give_up(centre: Centre, contact: Contact, why: str, turn: Turn) -> None:
    """He is not called any more, wherever his wish waits."""
    if contact.place is Place.WAITING:
        centre.route(acd.ContactLeft(acd.ContactId(contact.contact)), turn)
    turn.fact(facts.CallbackFailed(turn.now, contact.contact, why, 0.0))
    close(centre, contact, NOT_REACHED, turn)


def close(centre: Centre, contact: Contact, outcome: str, turn: Turn) -> None:
    """The contact without a call is over."""
    turn.fact(facts.CallEnded(turn.now, contact.contact, outcome, NORMAL))
    centre.remember(contact, outcome, "", turn.now)
