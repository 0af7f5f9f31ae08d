"""Talks compared with a survey: what was journalled and never moved is moved, who is gone is noted.

It does not know when a survey is made. What was moved within `GRACE` seconds before the question is left where it is:
the list may rightly show it as it was. But an agent's leg that is missing has ended, for a move makes none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cti.moves as moves
import cti.vocabulary as cti
from switchroom import alternating, consults, hold, supervising, talks
from switchroom.contact import Contact
from switchroom.talk import APART, Standing
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

GRACE = 2.0


def compare(centre: Centre, contact: Contact, seen: cti.SeenCall, told: cti.NodeSurveyed, turn: Turn) -> None:
    """Bring one talk in line with what is seen of its caller and its legs."""
    alive = {leg.leg for leg in told.legs}
    _listeners(centre, contact, alive, told.asked_at, turn)
    if contact.begun(contact.offer) > told.asked_at - GRACE:
        return
    if contact.offer not in alive:  # no move makes a leg: this one has ended, however short ago its talk was moved
        talks.leg_ended(centre, contact, "unknown", turn)
        return
    if contact.stand.since > told.asked_at - GRACE:
        return
    consult = contact.stand.consult
    if consult is not None and consult.leg and consult.leg not in alive and consult.rung_at < told.asked_at - GRACE:
        consults.leg_ended(centre, consult.leg, "unknown", turn)
    elif consult is not None and any(leg.leg == consult.leg and leg.state == "talk" for leg in told.legs):
        consults.met(centre, consult.leg, turn)
    _move_again(contact, seen, told, turn)
    _turn_again(contact, seen, told, turn)


def _move_again(contact: Contact, seen: cti.SeenCall, told: cti.NodeSurveyed, turn: Turn) -> None:
    """The caller is not where he should be: whoever was to move him died before."""
    standing, leg = contact.stand.standing, cti.LegId(contact.offer)
    if standing in {Standing.HELD, Standing.ASKING} and seen.place in {"talk", "room"}:
        turn.ask(moves.PutOnHold(contact.node, contact.call, leg, standing is Standing.ASKING))
    elif standing is Standing.TOGETHER and seen.place == "hold":
        hold.connect(contact, turn)
    elif standing is Standing.TOGETHER and seen.leg is not None and _with_another(contact, seen, told):
        turn.ask(moves.PutOnHold(contact.node, contact.call, seen.leg))
        hold.connect(contact, turn)
    elif standing is Standing.CONFERRING and seen.place == "hold" and contact.stand.consult is not None:
        turn.ask(hold.conference(contact, contact.stand.consult.leg))
    elif standing in APART and seen.place == "flow":
        turn.ask(cti.HoldCaller(contact.node, contact.call))


def _with_another(contact: Contact, seen: cti.SeenCall, told: cti.NodeSurveyed) -> bool:
    """Whether he talks with the leg that had him before, and the leg that has him waits for him alone."""
    states = {leg.leg: leg.state for leg in told.legs}
    apart = seen.place == "talk" and seen.leg != contact.offer and states.get(cti.LegId(str(seen.leg))) == "talk"
    return apart and states.get(cti.LegId(contact.offer)) == "answered"


def _turn_again(contact: Contact, seen: cti.SeenCall, told: cti.NodeSurveyed, turn: Turn) -> None:
    """The agent is not with whom he turned to: with the caller, or with who was asked."""
    standing, consult = contact.stand.standing, contact.stand.consult
    if consult is None:
        return
    if standing is Standing.WITH_CALLER and seen.place == "hold":
        turn.ask(alternating.to_him(contact, consult))
    elif standing is Standing.CONSULTING:
        alone = any(leg.leg == consult.leg and leg.state == "answered" for leg in told.legs)
        if seen.place in {"talk", "room"}:
            alternating.apart(contact, turn)
        if alone or seen.place in {"talk", "room"}:
            turn.ask(alternating.with_asked(contact, consult))


def _listeners(centre: Centre, contact: Contact, alive: set[cti.LegId], asked_at: float, turn: Turn) -> None:
    for leg, mine in [*contact.stand.listeners.items()]:
        if leg not in alive and max(mine.rung_at, mine.heard_at) < asked_at - GRACE:
            supervising.leg_ended(centre, leg, turn)
