"""Calling customers back: the wish of a caller who has hung up waits on in the queue, as a contact without a call.

It does not know who is free (the router does), nor how a number is dialled (the agent's leg does it by itself).

    CallbackAsked    a flow notes the wish; nothing happens while the caller is still there
    CallEnded        his call is over: the wish becomes a contact of its own, with his place, and waits in the queue
    CallbackDeferred ... unless he has chosen a time, or nobody is called at this hour: then it waits for that
    MakeOffer        the agent's screen shows whom he will call, then his phone rings
    LegAnswered      he has answered; the customer's number is dialled from his leg
    TalkBegan        two-way audio: answered, and counted for the agent like any talk
    ForwardEnded     the customer was not reached; he is tried again later, `TRIES` times in all, then never more

A time that he has chosen is kept: at that moment it comes to the head of the queue. Where the queue's text names a
calendar for call-backs, nobody is rung for one while that is closed, and at closing time it leaves the line, to come
back to its place when it opens.

A call-back is in no rate of the service level: nobody waits at a telephone. A number is dialled once for each time that
an agent has answered for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import acd.messages as acd
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from customers.context import Context, write_context
from ivr.opening_hours import Calendar
from ivr.session import Session, first_state
from ivr.waiting.times import closes_at, opens_at
from switchroom import consults, standing, supervising, waiting
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
FORBIDDEN = "forbidden"
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
        _give_up(centre, contact, CLOSED, turn)  # nobody is called in the next two weeks
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


def _limit(contact: Contact, asked_at: float) -> float:
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
    contact.priority, limit = wish.priority, _limit(contact, wish.asked_at)
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


# ── an agent has answered for it ────────────────────────────────────────────────────────────────────────────────────


def leg_answered(centre: Centre, told: cti.LegAnswered, turn: Turn) -> None:
    """The agent has taken it, and the customer is being dialled."""
    contact = centre.of_leg(told.leg)
    if contact is not None and contact.place is Place.WAITING and contact.to_dial:
        contact.take(told.leg)
        contact.place = Place.CALLING
        number = contact.to_dial
        turn.fact(facts.CallbackDialled(turn.now, contact.contact, contact.offer, contact.agent, number))
        centre.route(acd.OfferAccepted(acd.OfferId(told.leg)), turn)


def leg_came(centre: Centre, told: cti.CallerArrived, turn: Turn) -> None:
    """The leg stands at the door: what came of its dialling is told next. One that nobody wants any more is ended."""
    if centre.of_leg(told.call) is None or not told.task:
        turn.ask(cti.EndCall(told.node, told.call))


def dialled(centre: Centre, told: cti.ForwardEnded, turn: Turn) -> None:
    """The leg has dialled the customer, or must not: it was a talk, or he was not reached."""
    contact = centre.of_leg(told.call)
    if contact is None:
        return
    if told.why == FORBIDDEN:
        _give_up(centre, contact, FORBIDDEN, turn)
        return
    turn.ask(cti.EndCall(contact.node, told.call))
    leg_answered(centre, cti.LegAnswered(cti.LegId(told.call)), turn)  # in case nobody heard of it
    if contact.place is Place.CALLING and told.why == "answered":
        centre.talk_began(told.call, turn.now, turn)  # nor of the talk, until it was over
    if contact.place is Place.TALKING:
        _talked(centre, contact, "caller", turn)
    else:
        _failed(centre, contact, told.why, turn)


def leg_ended(centre: Centre, contact: Contact, why: str, turn: Turn) -> None:
    """The leg of a call-back is gone: after the talk, or before the customer answered. `why`: agent, unknown."""
    if contact.place is Place.TALKING:
        _talked(centre, contact, why, turn)
    else:
        _failed(centre, contact, why, turn)


def _talked(centre: Centre, contact: Contact, ended_by: str, turn: Turn) -> None:
    consults.part(centre, contact, "caller", turn)
    centre.talk_ended(contact, ended_by, turn)
    supervising.caller_gone(contact, turn.now, turn)
    _close(centre, contact, "answered", turn)


def _failed(centre: Centre, contact: Contact, why: str, turn: Turn) -> None:
    """The customer was not reached: the agent wraps up, and the wish rests until it is tried again."""
    offer, agent, again_at = contact.offer, contact.agent, turn.now + AGAIN_AFTER
    contact.tries += 1
    turn.fact(facts.OfferClosed(turn.now, contact.contact, offer, agent, NOT_REACHED))
    turn.ask(desk.ClearContact(agent, offer, NOT_REACHED))
    contact.offer = contact.agent = contact.recording = ""
    contact.place = Place.RESTING
    centre.route(acd.TalkOver(acd.OfferId(offer)), turn)
    if contact.tries >= TRIES or again_at > contact.context.asked_at + _limit(contact, contact.context.asked_at):
        _give_up(centre, contact, why, turn)
    else:
        centre.waiting_room.resting.set(contact.contact, again_at)
        turn.fact(facts.CallbackFailed(turn.now, contact.contact, why, again_at))


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


def compare(centre: Centre, told: cti.NodeSurveyed, missing: Callable[[Contact, str], bool], turn: Turn) -> None:
    """Bring the call-backs of a node in line with its legs. `missing`: a leg should be there, and is not."""
    talking = {leg.leg for leg in told.legs if leg.state == "talk"}
    ours = [c for c in centre.contacts.values() if c.to_dial and c.node == told.node]
    for contact, leg in [(one, leg) for one in ours for leg in one.legs()]:
        if leg in talking:
            leg_answered(centre, cti.LegAnswered(cti.LegId(leg)), turn)
            if contact.place is Place.CALLING:
                centre.talk_began(leg, told.asked_at, turn)
        elif missing(contact, leg) and contact.place is Place.WAITING:
            centre.route(acd.OfferFailed(acd.OfferId(leg), "unknown"), turn)
        elif missing(contact, leg):
            leg_ended(centre, contact, "unknown", turn)


def released(centre: Centre, contact: Contact, why: str, turn: Turn) -> None:
    """It has waited for as long as anybody is called back; or its queue would not have it now, so it comes again."""
    if why != "limit" and contact.wish is not None and turn.now < contact.wish.asked_at + LONGEST:
        calendar = _calendar(centre, contact.wish)
        opens = opens_at(calendar, turn.now) if calendar is not None else turn.now
        _defer(centre, contact, opens if opens > turn.now else turn.now + AGAIN_AFTER, why, turn)
        return
    waited = turn.now - contact.context.asked_at
    turn.fact(facts.CallerLeftQueue(turn.now, contact.contact, contact.context.queue, why, waited))
    _close(centre, contact, NOT_REACHED, turn)


def _give_up(centre: Centre, contact: Contact, why: str, turn: Turn) -> None:
    if contact.place is Place.WAITING:
        centre.route(acd.ContactLeft(acd.ContactId(contact.contact)), turn)
    turn.fact(facts.CallbackFailed(turn.now, contact.contact, why, 0.0))
    _close(centre, contact, NOT_REACHED, turn)


def _close(centre: Centre, contact: Contact, outcome: str, turn: Turn) -> None:
    turn.fact(facts.CallEnded(turn.now, contact.contact, outcome, NORMAL))
    centre.remember(contact, outcome, "", turn.now)
