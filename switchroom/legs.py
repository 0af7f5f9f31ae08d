"""What is heard of a leg: it rings, is answered, talks, is gone. Each goes to whom the leg belongs.

It does not know what follows: a leg may be an offer's, a talk's, a call-back's, a consult's or a supervisor's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
import recordings.messages as rec
from cti import ids
from recordings.chain import link
from switchroom import calling_back, consults, reached, supervising, talks
from switchroom.contact import Place
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

# Q.850, and what it means of a phone that was rung; 26: another was quicker
REFUSALS = {17: "refused", 21: "refused", 18: "timed_out", 19: "timed_out", 26: "unknown"}


def leg_rang(centre: Centre, told: cti.LegRang, turn: Turn) -> None:
    consults.leg_rang(centre, told.leg, turn)
    contact = centre.of_leg(told.leg)
    ring = contact.rings.get(told.leg) if contact is not None else None
    if contact is not None and ring is not None and not ring.rang:
        ring.rang = True
        turn.fact(facts.AgentRang(turn.now, contact.contact, told.leg, ring.agent))


def leg_answered(centre: Centre, told: cti.LegAnswered, turn: Turn) -> None:
    if ids.is_listener(told.leg):
        supervising.leg_answered(centre, told.leg, turn)
    else:
        calling_back.leg_answered(centre, told, turn)


def talk_began(centre: Centre, told: cti.TalkBegan, turn: Turn) -> None:
    if not consults.met(centre, told.leg, turn):
        reached.reach(centre, told.call, told.leg, turn)
        centre.talk_began(told.leg, turn.now, turn)


def leg_ended(centre: Centre, told: cti.LegEnded, turn: Turn) -> None:
    outcome = REFUSALS.get(told.cause, "failed")
    supervising.leg_ended(centre, told.leg, turn)
    consults.leg_ended(centre, told.leg, outcome, turn)
    contact = centre.of_leg(told.leg)
    if contact is None:
        return
    if contact.to_dial and contact.place is not Place.WAITING:
        calling_back.leg_ended(centre, contact, "agent", turn)
    elif contact.place is Place.TALKING:
        talks.leg_ended(centre, contact, "agent", turn)
    elif contact.place is Place.WAITING and turn.now > centre.unseen.get(contact.node, 0.0):
        centre.route(acd.OfferFailed(acd.OfferId(told.leg), outcome), turn)


def recording_looked_at(centre: Centre, told: rec.RecordingLookedAt, turn: Turn) -> None:
    """The recording of a leg that is gone has been looked at."""
    centre.recordings_head = link(centre.recordings_head, told)
    turn.fact(
        facts.RecordingKept(
            turn.now, told.contact, told.offer, told.legs, told.seconds, told.talked, told.state, told.sha256,
            centre.recordings_head,
        )
    )


ROUTES: dict[type, Callable[..., None]] = {
    cti.LegRang: leg_rang,
    cti.LegAnswered: leg_answered,
    cti.TalkBegan: talk_began,
    cti.LegEnded: leg_ended,
    rec.RecordingLookedAt: recording_looked_at,
}
