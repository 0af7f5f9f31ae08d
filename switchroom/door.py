"""A caller at our door: who he is, whether we know him already, and what he is there for.

It does not know his flow (`switchroom/way.py` goes on in it), nor how he waits. Who comes for the first time is let in:
a contact with a flow session and the fact of his call. Who comes back, does so from where he was: the music, a talk, a
number outside, or a server that died.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cti.vocabulary as cti
import ivr.messages as ivr
import journal.facts as facts
from customers.context import Context
from ivr.session import Session, first_state
from switchroom import calling_back, dial_line, dialled, reached, resume, ringing_back, standing, talks, waiting, way
from switchroom.contact import Contact, Place

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Turn


def came(centre: Centre, told: cti.CallerArrived, turn: Turn) -> None:
    """Somebody stands at the door: a caller, a customer whom we dialled, or an agent's leg that has called back."""
    if cti.is_call_back(told.call):
        calling_back.leg_came(centre, told, turn)
        return
    contact = centre.caller(told.call)
    if contact is None and cti.is_dialled(told.call):
        dial_line.came(centre, told, turn)
        return
    if contact is None:
        if told.call in centre.closed or reached.of_call_back(told.leg):
            turn.ask(cti.EndCall(told.node, told.call))
            return
        contact = let_in(centre, told, turn)
        if ringing_back.take(centre, contact, turn):
            return
        resume.offer(centre, contact, turn)
    if contact.place is Place.WAITING and told.leg in contact.rings and told.answered_at:
        centre.talk_began(str(told.leg), told.answered_at, turn)
    if contact.place is Place.TALKING:
        talks.caller_came(centre, contact, told.leg, turn)
    _at_door(centre, contact, told, turn)


def _at_door(centre: Centre, contact: Contact, told: cti.CallerArrived, turn: Turn) -> None:
    if contact.place is Place.WAITING:
        waiting.at_door(centre, contact, told, turn)
    elif contact.place is Place.TALKING:
        waiting.hold(centre, contact, turn)
    elif contact.place is Place.ENDING:
        turn.ask(cti.EndCall(contact.node, contact.call))
    elif contact.place is Place.RETURNING:
        dialled.returned(centre, contact, turn)
    elif contact.place is Place.OUTSIDE:
        talks.forward(contact, told, turn)
    elif not told.task or not way.is_current(contact, told.task):  # else what came of it is told next
        way.go_on(centre, contact, ivr.CallerCame(), turn)


def let_in(centre: Centre, told: cti.CallerArrived, turn: Turn) -> Contact:
    """One who has never been here in this call: he is a contact from now on, and his call has begun."""
    flow = centre.plan.flow_for(told.called)
    who = centre.plan.customer(told.number)
    caller = centre.plan.caller(told.number, told.name, told.called, who)
    session = Session(flow, first_state(flow, caller))
    context = Context(
        contact=told.call, number=told.number, name=told.name, called=told.called, flow=flow.name,
        language=session.state.language, started_at=turn.now, customer=who.customer, customer_name=who.name,
        segment=who.segment, earlier=centre.history.earlier(who.customer or told.number),
        household=standing.household_of(centre, who.customer),
    )
    contact = Contact(told.call, told.call, told.node, session, context, centre.editions.present)
    centre.contacts[told.call] = contact
    turn.fact(
        facts.CallStarted(
            turn.now, told.call, told.call, told.node, told.number, told.name, told.called, flow.name,
            flow.version, session.state.language, who.customer, who.name, who.segment,
        )
    )
    return contact
