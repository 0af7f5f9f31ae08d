"""A supervisor at a talk: he hears it, speaks to the agent alone, speaks to both, or takes it over. All of it is kept.

It does not know who is a supervisor (the desk does), nor how a leg hears another.

His phone is rung like an agent's, on a leg `S1-CONTACT.1` that is in no bridge. When the caller is passed on, he goes
on at the ear of whoever has him then. To take a talk over needs his answer: if he does not hear it yet, he is rung
first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cti.moves as moves
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.talk_facts as told_of
from cti import ids
from desk.talk_vocabulary import Ear, SupervisorAskedEar, SupervisorWentOff
from recordings.naming import recording_path
from recordings.policy import is_recorded
from switchroom import consults, hold
from switchroom.contact import Contact, Place
from switchroom.talk import APART, Listener
from switchroom.turn import Turn

if TYPE_CHECKING:
    from switchroom.centre import Centre

RING_FOR = 30.0  # seconds
RUNG = {"listen": moves.Ear.LISTEN, "whisper": moves.Ear.WHISPER, "barge": moves.Ear.BARGE}


def asked(centre: Centre, told: SupervisorAskedEar, turn: Turn) -> None:
    """A supervisor wants to hear a talk, or to hear it otherwise. Raises `Refused` with what would help."""
    contact = centre.contacts.get(told.contact)
    if contact is None or contact.place is not Place.TALKING or not contact.offer or contact.to_dial:
        raise desk.Refused("nobody talks with this caller now; choose a contact that is talking")
    if contact.agent == told.by:
        if told.ear is Ear.TAKE_OVER:
            return
        raise desk.Refused("you have this caller yourself")
    mine = next(((leg, one) for leg, one in contact.stand.listeners.items() if one.by == told.by), None)
    if mine is not None:
        _change(centre, contact, *mine, told.ear, turn)
        return
    if any(one.by == told.by for c in centre.contacts.values() for one in c.stand.listeners.values()):
        raise desk.Refused("you are at another talk; leave that one first")
    if not told.phone:
        raise desk.Refused("say which phone of yours to ring")
    _check_phone(centre, contact, told)
    _join(contact, told, turn)


def _check_phone(centre: Centre, contact: Contact, told: SupervisorAskedEar) -> None:
    """His own phone, and none that an agent sits at: it would ring there."""
    sits = [agent for agent in centre.plan.agents_at(contact.node, told.phone) if agent.agent != told.by]
    if sits:
        raise desk.Refused(f"{told.phone} is the phone of {sits[0].name}; name your own")


def _join(contact: Contact, told: SupervisorAskedEar, turn: Turn) -> None:
    takes = told.ear is Ear.TAKE_OVER
    ear = Ear.LISTEN if takes else told.ear
    leg = ids.listener_leg(contact.contact, contact.stand.listeners_made + 1)
    fact = told_of.SupervisorJoined(
        turn.now, contact.contact, contact.agent, told.by, leg, ear, told.phone, takes
    )
    turn.fact(fact)
    joined(contact, fact)
    turn.ask(
        moves.ListenIn(
            contact.node, leg, contact.call, told.phone, RING_FOR, cti.LegId(contact.offer), RUNG[ear],
            contact.agent,
        )
    )


def joined(contact: Contact, fact: told_of.SupervisorJoined) -> None:
    """Note a supervisor who is being rung. Told again by recovery."""
    contact.stand.listeners[fact.leg] = Listener(fact.by, fact.ear, fact.phone, fact.at, fact.takes)
    contact.stand.listeners_made += 1


def _change(centre: Centre, contact: Contact, leg: str, mine: Listener, ear: Ear, turn: Turn) -> None:  # noqa: PLR0913, PLR0917 - a listener, and what he wants
    if ear is Ear.TAKE_OVER and mine.heard_at:
        take(centre, contact, leg, turn)
    elif changed(mine, ear):
        _tell_change(contact, leg, mine, turn)
        if mine.heard_at:
            turn.ask(moves.ChangeEar(contact.node, cti.LegId(leg), cti.LegId(contact.offer), RUNG[ear]))


def changed(mine: Listener, ear: str) -> bool:
    """Note what he wants now; False when he wanted it already. Told again by recovery."""
    before = (mine.ear, mine.takes)
    mine.takes = ear == Ear.TAKE_OVER
    mine.ear = mine.ear if mine.takes else ear
    return (mine.ear, mine.takes) != before


def _tell_change(contact: Contact, leg: str, mine: Listener, turn: Turn) -> None:
    ear = Ear.TAKE_OVER if mine.takes else mine.ear
    turn.fact(told_of.SupervisorChanged(turn.now, contact.contact, contact.agent, mine.by, leg, ear))


def went_off(centre: Centre, told: SupervisorWentOff, turn: Turn) -> None:
    """A supervisor has heard enough. One who is at no talk is told nothing."""
    contact = centre.contacts.get(told.contact)
    for leg, mine in [*contact.stand.listeners.items()] if contact is not None else ():
        if contact is not None and mine.by == told.by:
            gone(contact, leg, "left", turn)
            turn.ask(cti.DropLeg(contact.node, cti.LegId(leg)))


def of_leg(centre: Centre, leg: str) -> tuple[Contact, Listener] | None:
    """The contact and the supervisor whose leg this is."""
    contact = centre.contacts.get(ids.call_of(leg))
    mine = contact.stand.listeners.get(leg) if contact is not None else None
    return (contact, mine) if contact is not None and mine is not None else None


def leg_answered(centre: Centre, leg: str, turn: Turn) -> None:
    """He has answered; he may have wanted to take the talk over, or the caller may be with another by now."""
    found = of_leg(centre, leg)
    if found is None or found[1].heard_at:
        return
    contact, mine = found
    mine.heard_at = turn.now
    turn.fact(told_of.SupervisorHeard(turn.now, contact.contact, contact.agent, mine.by, leg))
    if contact.place is not Place.TALKING:
        turn.ask(cti.DropLeg(contact.node, cti.LegId(leg)))
    elif mine.takes:
        take(centre, contact, leg, turn)


def leg_ended(centre: Centre, leg: str, turn: Turn) -> None:
    """He has hung up, or did not come; or the talk that he heard is over."""
    found = of_leg(centre, leg)
    if found is not None:
        contact, _ = found
        gone(contact, leg, "left" if contact.place is Place.TALKING else "talk_over", turn)


def gone(contact: Contact, leg: str, why: str, turn: Turn, when: float | None = None) -> None:
    """Note that he hears it no more."""
    at, mine = when or turn.now, contact.stand.listeners.pop(leg)
    heard = max(0.0, at - mine.heard_at) if mine.heard_at else 0.0
    turn.fact(told_of.SupervisorLeft(at, contact.contact, contact.agent, mine.by, leg, heard, why))


def move(contact: Contact, turn: Turn) -> None:
    """The caller is with somebody else: who listens goes on at that one's ear."""
    for leg, mine in contact.stand.listeners.items():
        if mine.heard_at:
            _tell_change(contact, leg, mine, turn)
            turn.ask(
                moves.ChangeEar(contact.node, cti.LegId(leg), cti.LegId(contact.offer), RUNG[mine.ear])
            )


def take(centre: Centre, contact: Contact, leg: str, turn: Turn) -> None:
    """The supervisor has the caller from now on; the agent wraps up, and whoever was asked is let go."""
    agent, old = contact.agent, contact.offer
    apart = contact.stand.standing in APART
    by = contact.stand.listeners[leg].by
    consults.part(centre, contact, "moved", turn)
    centre.talk_ended(contact, "taken_over", turn)
    gone(contact, leg, "taken_over", turn)
    queue = centre.plan.queues[contact.context.queue]
    kept = is_recorded(contact.contact, float(queue.record))
    fact = told_of.TalkTakenOver(
        turn.now, contact.contact, old, agent, by, leg, recording_path(leg, turn.now) if kept else ""
    )
    turn.fact(fact)
    has(contact, fact)
    if not apart:
        turn.ask(moves.PutOnHold(contact.node, contact.call, cti.LegId(old)))
    hold.connect(contact, turn, contact.recording)
    turn.ask(cti.DropLeg(contact.node, cti.LegId(old)))
    move(contact, turn)


def has(contact: Contact, fact: told_of.TalkTakenOver) -> None:
    """The supervisor has the caller. Told again by recovery."""
    contact.place, contact.back = Place.TALKING, ""
    contact.offer, contact.agent, contact.recording = fact.leg, fact.by, fact.recording
    contact.offered_at = contact.answered_at = contact.stand.since = fact.at
    contact.stand.passed_on_by = fact.agent


def caller_gone(contact: Contact, when: float, turn: Turn) -> None:
    """The caller has hung up: nobody listens any more."""
    for leg in [*contact.stand.listeners]:
        gone(contact, leg, "talk_over", turn, when)
        turn.ask(cti.DropLeg(contact.node, cti.LegId(leg)))
