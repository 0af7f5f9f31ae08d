"""The customer of a call-back who has answered: from here on his contact has a line, and is a caller like any.

It does not know how he was dialled (`switchroom/calling_back.py`), nor what is done with him.

The agent's leg dials him, so his call has an id that nobody chose. It is told with the talk, seen in a survey, or left
in the call's last words, each time beside the leg that has him: `CallbackReached` keeps which contact's call it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import journal.facts as facts
from cti import ids
from cti.vocabulary import CallEnded, CallId, LegAnswered, NodeSurveyed, SeenCall
from switchroom import calling_back

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.contact import Contact
    from switchroom.turn import Turn


def of_call_back(leg: str | None) -> bool:
    """Whether who talked on this leg was called back."""
    return bool(leg) and ids.is_call_back(ids.call_of(str(leg)))


def awaited(centre: Centre, leg: str | None) -> Contact | None:
    """The contact for whose customer this leg was to dial, while nobody knows his line."""
    contact = centre.of_leg(str(leg)) if of_call_back(leg) else None
    return contact if contact is not None and contact.to_dial else None


def reach(centre: Centre, call: str, leg: str | None, turn: Turn) -> Contact | None:
    """He is on this call, as is told beside the leg that has him. None when nobody awaits him."""
    contact = awaited(centre, leg)
    if contact is None or ids.is_call_back(call):
        return None
    fact = facts.CallbackReached(turn.now, contact.contact, str(leg), call)
    turn.fact(fact)
    has_line(centre, contact, fact)
    return contact


def has_line(centre: Centre, contact: Contact, fact: facts.CallbackReached) -> None:
    """He is on the line: nobody dials for him any more, at no hour. Told again by recovery."""
    contact.call = CallId(fact.line)
    centre.lines[contact.call] = contact.contact
    centre.waiting_room.resting.drop(contact.contact)


def compare(centre: Centre, told: NodeSurveyed, turn: Turn) -> None:
    """Those who were reached while nobody listened, who may be gone again."""
    told_of: list[SeenCall | CallEnded] = [*told.calls, *told.ended]
    for seen in told_of:
        if seen.leg is not None and awaited(centre, seen.leg) is not None:
            calling_back.leg_answered(centre, LegAnswered(seen.leg), turn)
            reach(centre, seen.call, seen.leg, turn)
            centre.talk_began(seen.leg, seen.answered_at or told.asked_at, turn)
