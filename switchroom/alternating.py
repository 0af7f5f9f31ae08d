"""An agent who goes to and fro between the caller and who was asked: one speaks with him, the other hears music.

It does not know how a leg is moved. Who is left is told nothing; whoever hangs up while he waits is simply gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cti.moves as moves
import journal.talk_facts as told_of
from cti.vocabulary import CallId, LegId
from switchroom import hold
from switchroom.talk import Standing, Step

if TYPE_CHECKING:
    from switchroom.centre import Centre
    from switchroom.contact import Contact
    from switchroom.talk import Consult
    from switchroom.turn import Turn


def to_caller(centre: Centre, contact: Contact, turn: Turn) -> None:
    """To the caller, while who was asked waits. Raises NotNow."""
    del centre
    consult = contact.stand.consult
    if contact.stand.step(Step.TO_CALLER, turn.now) and consult is not None:
        hold.end(contact, turn.now, turn)
        _tell(contact, consult, turn)
        turn.ask(to_him(contact, consult))


def to_asked(centre: Centre, contact: Contact, turn: Turn) -> None:
    """Back to who was asked, while the caller waits. Raises NotNow."""
    del centre
    consult = contact.stand.consult
    if contact.stand.step(Step.TO_ASKED, turn.now) and consult is not None:
        hold.begin(contact, turn)
        _tell(contact, consult, turn)
        apart(contact, turn)
        turn.ask(with_asked(contact, consult))


def _tell(contact: Contact, consult: Consult, turn: Turn) -> None:
    with_caller = contact.stand.standing is Standing.WITH_CALLER
    turn.fact(told_of.ConsultSwapped(turn.now, contact.contact, consult.leg, consult.agent, with_caller))


def apart(contact: Contact, turn: Turn) -> None:
    """Caller and agent leave the bridge that they share, so that neither goes where a talk's end would send him."""
    turn.ask(moves.PutOnHold(contact.node, contact.call, LegId(contact.offer)))


def to_him(contact: Contact, consult: Consult) -> moves.Alternate:
    """The agent's leg goes from who was asked to the caller."""
    return moves.Alternate(contact.node, contact.call, LegId(contact.offer), LegId(consult.leg))


def with_asked(contact: Contact, consult: Consult) -> moves.Connect:
    """Who was asked is bridged with the agent's leg, which waits alone."""
    return moves.Connect(contact.node, CallId(contact.offer), LegId(consult.leg))
