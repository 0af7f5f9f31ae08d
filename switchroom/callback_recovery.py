"""Call-backs rebuilt from facts: wishes, rests and tries; and what a waiting caller was told on the way to one.

It does not read the journal, and knows of the fold only the router's waiting contacts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

import journal.facts as facts
from customers.context import read_context
from switchroom import reached, waiting
from switchroom.contact import Place

if TYPE_CHECKING:
    from acd.contacts import ContactRecord
    from switchroom.centre import Centre


class Fold(Protocol):
    """What the facts have said so far."""

    centre: Centre
    waiting: dict[str, ContactRecord]

    def taken(self, contact: str, offer: str) -> None:
        """The router's records of an offer that was accepted."""


def _callback_asked(fold: Fold, fact: facts.CallbackAsked) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        contact.wish = fact


def _callback_begun(fold: Fold, fact: facts.CallbackBegun) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        contact.context = read_context(fact.context)
        if fact.queue:
            contact.wish = facts.CallbackAsked(
                fact.at, fact.earlier, fact.number, fact.queue, fact.skills, fact.priority, fact.asked_at, fact.due,
                fact.at_head,
            )


def _callback_dialled(fold: Fold, fact: facts.CallbackDialled) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        if fact.offer in contact.rings:
            contact.take(fact.offer)
        contact.place = Place.CALLING
    fold.taken(fact.contact, fact.offer)


def _callback_reached(fold: Fold, fact: facts.CallbackReached) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        reached.has_line(fold.centre, contact, fact)


def _callback_failed(fold: Fold, fact: facts.CallbackFailed) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        contact.place, contact.tries = Place.RESTING, contact.tries + 1
        fold.centre.waiting_room.resting.set(fact.contact, fact.again_at)


def _callback_deferred(fold: Fold, fact: facts.CallbackDeferred) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        contact.place, contact.deferred = Place.RESTING, fact.until
        fold.centre.waiting_room.resting.set(fact.contact, fact.until)
    fold.waiting.pop(fact.contact, None)


def _told(fold: Fold, fact: facts.CallerTold | facts.EstimateTold) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        waiting.restored(contact, fact)


def _callback_talked(fold: Fold, fact: facts.CallbackTalked) -> None:
    contact = fold.centre.contacts.get(fact.contact)
    if contact is not None:
        waiting.restored_talk(contact, fact)


READERS: Final[dict[type, Callable[[Fold, Any], None]]] = {
    facts.CallbackAsked: _callback_asked,
    facts.CallbackBegun: _callback_begun,
    facts.CallbackDialled: _callback_dialled,
    facts.CallbackReached: _callback_reached,
    facts.CallbackFailed: _callback_failed,
    facts.CallbackDeferred: _callback_deferred,
    facts.CallerTold: _told,
    facts.EstimateTold: _told,
    facts.CallbackTalked: _callback_talked,
}
