"""The caller on hold and off it again: what is noted, and what the switch is asked.

It does not know why he is put on hold.
"""

from __future__ import annotations

import cti.moves as moves
import cti.vocabulary as cti
import journal.talk_facts as told_of
from switchroom.contact import Contact
from switchroom.turn import Turn


def begin(contact: Contact, turn: Turn) -> None:
    """Note that the caller hears music from now on, unless he does already."""
    talk = contact.stand
    talk.in_room = False
    if not talk.held_at:
        talk.held_at = turn.now
        turn.fact(told_of.HoldBegan(turn.now, contact.contact, contact.offer, contact.agent))


def end(contact: Contact, when: float, turn: Turn) -> None:
    """Note that he hears it no more, if he did."""
    talk = contact.stand
    if talk.held_at:
        held, talk.held_at = max(0.0, when - talk.held_at), 0.0
        turn.fact(told_of.HoldEnded(when, contact.contact, contact.offer, contact.agent, held))


def connect(contact: Contact, turn: Turn, recording: str = "") -> None:
    """Bridge him with the leg that has him."""
    turn.ask(moves.Connect(contact.node, contact.call, cti.LegId(contact.offer), recording))


def conference(contact: Contact, third: str) -> moves.Confer:
    """Caller, agent and a third in one room."""
    return moves.Confer(
        contact.node, contact.call, (cti.LegId(contact.offer), cti.LegId(third)), contact.contact
    )
