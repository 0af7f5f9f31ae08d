"""An agent calls a customer back: he has answered for it, the customer is dialled from his leg, they talk, or do not.

It does not know how the wish came to wait in the queue (`switchroom/callbacks.py`), nor how a number is dialled: the
agent's leg does it by itself. A number is dialled once for each time that an agent has answered for it.

    LegAnswered      he has answered; the customer's number is dialled from his leg
    TalkBegan        two-way audio: answered, and counted for the agent like any talk
    ForwardEnded     the customer was not reached; he is tried again later, `TRIES` times in all, then never more
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import acd.messages as acd
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from switchroom import callbacks, consults, supervising
from switchroom.contact import Contact, Place

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.turn import Turn

FORBIDDEN = "forbidden"


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
        callbacks.give_up(centre, contact, FORBIDDEN, turn)
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
    callbacks.close(centre, contact, "answered", turn)


def _failed(centre: Centre, contact: Contact, why: str, turn: Turn) -> None:
    """The customer was not reached: the agent wraps up, and the wish rests until it is tried again."""
    offer, agent, again_at = contact.offer, contact.agent, turn.now + callbacks.AGAIN_AFTER
    asked_at = contact.context.asked_at
    contact.tries += 1
    turn.fact(facts.OfferClosed(turn.now, contact.contact, offer, agent, callbacks.NOT_REACHED))
    turn.ask(desk.ClearContact(agent, offer, callbacks.NOT_REACHED))
    contact.offer = contact.agent = contact.recording = ""
    contact.place = Place.RESTING
    centre.route(acd.TalkOver(acd.OfferId(offer)), turn)
    if contact.tries >= callbacks.TRIES or again_at > asked_at + callbacks.longest_wait(contact, asked_at):
        callbacks.give_up(centre, contact, why, turn)
    else:
        centre.waiting_room.resting.set(contact.contact, again_at)
        turn.fact(facts.CallbackFailed(turn.now, contact.contact, why, again_at))


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
