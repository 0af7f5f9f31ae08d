"""A contact that wants a person: its record, its place in the queue, and the one table of how it moves.

It does not know of agents' states, nor who is best for it.

A contact that is offered and leaves, or asks for another queue, first has its offer closed (OfferClosed),
then the message is applied. One that leaves or asks again while talking first has its talk over (TalkOver).
`gone` is never stored: a contact that is gone is forgotten, and the same id may arrive again later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from acd.errors import IllegalTransition
from acd.messages import (
    AgentId,
    ContactArrived,
    ContactId,
    ContactLeft,
    MakeOffer,
    OfferAccepted,
    OfferClosed,
    OfferId,
    ReleaseContact,
    TalkOver,
    Wanted,
)
from acd.offers import Outcome


class ContactState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    GONE = "gone"


ContactEvent = ContactArrived | ContactLeft | MakeOffer | OfferClosed | OfferAccepted | TalkOver | ReleaseContact

TABLE: dict[tuple[ContactState, type[ContactEvent]], ContactState] = {
    (ContactState.GONE, ContactArrived): ContactState.WAITING,
    (ContactState.GONE, ContactLeft): ContactState.GONE,
    (ContactState.WAITING, ContactArrived): ContactState.WAITING,
    (ContactState.WAITING, ContactLeft): ContactState.GONE,
    (ContactState.WAITING, ReleaseContact): ContactState.GONE,
    (ContactState.WAITING, MakeOffer): ContactState.OFFERED,
    (ContactState.OFFERED, ContactArrived): ContactState.OFFERED,
    (ContactState.OFFERED, OfferClosed): ContactState.WAITING,
    (ContactState.OFFERED, OfferAccepted): ContactState.TALKING,
    (ContactState.TALKING, TalkOver): ContactState.GONE,
}

FAILED_IT = frozenset({Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.FAILED})

Place = tuple[int, bool, float, str]


@dataclass(frozen=True, slots=True)
class Line:
    """What a contact asks for. An agent fits all contacts of a line, or none."""

    node: str
    queue: str
    skills: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact at one moment. `made` counts its offers; `tried` are the agents who let it pass, in order."""

    contact: ContactId
    state: ContactState
    node: str
    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    asked_at: float
    limit: float = 0.0
    at_head: bool = False
    made: int = 0
    offer: str = ""
    tried: tuple[AgentId, ...] = ()
    segment: str = ""
    wanted: tuple[Wanted, ...] = ()

    @property
    def place(self) -> Place:
        """The order of service, smallest first: priority, returns to the head, first asked, id."""
        return (-self.priority, not self.at_head, self.asked_at, self.contact)

    @property
    def line(self) -> Line:
        """What it asks for."""
        return Line(self.node, self.queue, self.skills)

    @property
    def due(self) -> float | None:
        """When the longest wait is over; None when there is no limit."""
        return self.asked_at + self.limit if self.limit > 0 else None


def target(state: ContactState, event: type[ContactEvent]) -> ContactState:
    """Look up where the table leads; raises IllegalTransition when it does not list the pair."""
    try:
        return TABLE[state, event]
    except KeyError:
        raise IllegalTransition(f"a contact that is {state} cannot have {event.__name__}") from None


def arrived(message: ContactArrived, known: ContactRecord | None) -> ContactRecord:
    """Make the waiting record of a contact that asks for a person.

    A second request of one that waits already (`known`) keeps the first time, the count of offers, and the
    head.
    """
    state = target(known.state if known else ContactState.GONE, ContactArrived)
    fresh = ContactRecord(
        message.contact,
        state,
        message.node,
        message.queue,
        message.skills,
        message.priority,
        message.asked_at,
        message.limit,
        message.at_head,
        message.made,
        segment=message.segment,
        wanted=message.wanted,
    )
    if known is None:
        return fresh
    return replace(
        fresh,
        asked_at=min(message.asked_at, known.asked_at),
        at_head=message.at_head or known.at_head,
        made=max(message.made, known.made),
        tried=known.tried,
    )


def offered(record: ContactRecord, offer: OfferId, made: int) -> ContactRecord:
    """Hold the offer, the contact's `made`th."""
    return _moved(record, MakeOffer, made, offer, record.tried)


def accepted(record: ContactRecord) -> ContactRecord:
    """Talk; who let it pass before is forgotten."""
    return _moved(record, OfferAccepted, record.made, record.offer, ())


def returned(record: ContactRecord, closed: OfferClosed) -> ContactRecord:
    """Put a contact whose offer came to nothing back to the head, and note an agent who failed it."""
    tried = record.tried
    if closed.outcome in FAILED_IT and closed.agent not in tried:
        tried = (*tried, closed.agent)
    return replace(_moved(record, OfferClosed, record.made, "", tried), at_head=True)


def _moved(
    record: ContactRecord, event: type[ContactEvent], made: int, offer: str, tried: tuple[AgentId, ...]
) -> ContactRecord:
    """Take one listed step. All fields in a row: `replace` takes twice as long, and every call comes here."""
    return ContactRecord(
        record.contact,
        target(record.state, event),
        record.node,
        record.queue,
        record.skills,
        record.priority,
        record.asked_at,
        record.limit,
        record.at_head,
        made,
        offer,
        tried,
        record.segment,
        record.wanted,
    )
