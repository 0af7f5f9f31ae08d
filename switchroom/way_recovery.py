"""A caller's way through his flow rebuilt from facts: steps, breakpoints, and who he is.

It does not read the journal, nor run a flow: the session's own fold (`ivr/session.py`) puts it where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

import ivr.messages as ivr
import journal.facts as facts
from ivr.session import Recorded, Session, rebuild
from switchroom import resume, way
from switchroom.contact import Contact, Place

if TYPE_CHECKING:
    from switchroom.centre import Centre


class Fold(Protocol):
    """What the facts have said so far."""

    centre: Centre


def _step_entered(fold: Fold, fact: facts.StepEntered) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        contact.context = contact.context.entered(fact.step, fact.verb, fact.at)
        _follow(contact, ivr.StepEntered(fact.step, fact.verb, fact.tries, fact.goal))
        contact.place = Place.FLOW


def _step_left(fold: Fold, fact: facts.StepLeft) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        shown = "•" * fact.key_count if fact.secret else fact.keys
        contact.context = contact.context.left(fact.exit, shown, fact.kept, fact.at)
        left = ivr.StepLeft(fact.step, fact.exit, fact.keys, fact.secret, fact.key_count, fact.kept)
        _follow(contact, left)
        if contact.session.state.ended:
            contact.place = Place.ENDING


def _follow(contact: Contact, fact: Recorded) -> None:
    flow = contact.session.flow
    contact.session = Session(flow, rebuild(flow, contact.session.state, fact))


def _breakpoint_kept(fold: Fold, fact: facts.BreakpointKept) -> None:
    fold.centre.breakpoints.keep(resume.from_kept(fact))


def _breakpoint_taken(fold: Fold, fact: facts.BreakpointTaken) -> None:
    fold.centre.breakpoints.drop(fact.earlier)
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        resume.take(fold.centre, contact, resume.from_taken(fact))


def _resume_offered(fold: Fold, fact: facts.ResumeOffered) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        _follow(contact, ivr.Resumed(fact.step, fact.answer, fact.fallen_from, fact.kept))
        resume.answered(contact, fact)


def _caller_identified(fold: Fold, fact: facts.CallerIdentified) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        who = ivr.CallerIdentified(fact.level, fact.customer, fact.customer_name, fact.segment)
        _follow(contact, who)
        way.recognise(fold.centre, contact, fact)


READERS: Final[dict[type, Callable[[Fold, Any], None]]] = {
    facts.StepEntered: _step_entered,
    facts.StepLeft: _step_left,
    facts.BreakpointKept: _breakpoint_kept,
    facts.BreakpointTaken: _breakpoint_taken,
    facts.ResumeOffered: _resume_offered,
    facts.CallerIdentified: _caller_identified,
}
