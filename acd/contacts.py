"""A contact that wants a person: its record, its place in the queue, and the one table of how it moves.

It does not know of agents' states, nor who is best for it.

A contact that is offered and leaves, or asks for another queue, first has its offers closed (OfferClosed),
then the message is applied. One that leaves or asks again while talking first has its talk over (TalkOver).
One that rings at several agents stays offered until the last of its offers has closed: only that one moves it.
`gone` is never stored: a contact that is gone is forgotten, and the same id may arrive again later.
"""

from __future__ import annotations

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
from lean import dataclass


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
    (ContactState.OFFERED, MakeOffer): ContactState.OFFERED,
    (ContactState.OFFERED, OfferClosed): ContactState.WAITING,
    (ContactState.OFFERED, OfferAccepted): ContactState.TALKING,
    (ContactState.TALKING, TalkOver): ContactState.GONE,
}

FAILED_IT = frozenset({Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.FAILED})

LineKey = tuple[str, str, tuple[tuple[str, int], ...], int, str]


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact at one moment. `made` counts its offers; `tried` are the agents who let it pass, in order.

    `offers` are those that ring, or the one that talks. `stage` relaxations of its queue have begun for it, `only` is
    the agent for whom it waits ("" for none), and `widens_at` is when either may change next, 0 for never.
    """

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
    offers: tuple[OfferId, ...] = ()
    tried: tuple[AgentId, ...] = ()
    segment: str = ""
    wanted: tuple[Wanted, ...] = ()
    stage: int = 0
    only: str = ""
    widens_at: float = 0.0
    singly: bool = False

    @property
    def line(self) -> LineKey:
        """What it asks for now. An agent fits all contacts of a line, or none."""
        return (self.node, self.queue, self.skills, self.stage, self.only)

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
    """Make the waiting record; a second request of who waits already (`known`) keeps first time, offers and head."""
    asked_at, at_head, made, tried = message.asked_at, message.at_head, message.made, _NOBODY
    if known is not None:
        asked_at, at_head = min(asked_at, known.asked_at), at_head or known.at_head
        made, tried = max(made, known.made), known.tried
    return ContactRecord(
        message.contact,
        target(known.state if known else ContactState.GONE, ContactArrived),
        message.node,
        message.queue,
        message.skills,
        message.priority,
        asked_at,
        message.limit,
        at_head,
        made,
        (),
        tried,
        message.segment,
        message.wanted,
        singly=message.singly,
    )


_NOBODY: tuple[AgentId, ...] = ()


def offered(record: ContactRecord, offer: OfferId, made: int) -> ContactRecord:
    """Hold one more offer, the contact's `made`th."""
    state = target(record.state, MakeOffer)
    return _moved(record, state, record.at_head, made, (*record.offers, offer), record.tried)


def accepted(record: ContactRecord, offer: OfferId) -> ContactRecord:
    """Talk; who let it pass before is forgotten."""
    state = target(record.state, OfferAccepted)
    return _moved(record, state, record.at_head, record.made, (offer,), _NOBODY)


def returned(record: ContactRecord, closed: OfferClosed) -> ContactRecord:
    """Note an agent who failed it. A contact whose last offer came to nothing is put back to the head."""
    tried = record.tried
    if closed.outcome in FAILED_IT and closed.agent not in tried:
        tried = (*tried, closed.agent)
    state = target(record.state, OfferClosed)
    ringing = tuple([offer for offer in record.offers if offer != closed.offer])
    if ringing:
        return _moved(record, record.state, record.at_head, record.made, ringing, tried)
    return _moved(record, state, True, record.made, (), tried)


def _moved(  # noqa: PLR0913, PLR0917 - all that a step can change, in the order of the fields
    record: ContactRecord,
    state: ContactState,
    at_head: bool,
    made: int,
    held: tuple[OfferId, ...],
    tried: tuple[AgentId, ...],
) -> ContactRecord:
    """Write all fields in a row: `replace` takes twenty times as long, and every call comes here."""
    return ContactRecord(
        record.contact,
        state,
        record.node,
        record.queue,
        record.skills,
        record.priority,
        record.asked_at,
        record.limit,
        at_head,
        made,
        held,
        tried,
        record.segment,
        record.wanted,
        record.stage,
        record.only,
        record.widens_at,
        record.singly,
    )


def widened(record: ContactRecord, stage: int, only: str, widens_at: float) -> ContactRecord:
    """Be open to others than before."""
    return ContactRecord(
        record.contact,
        record.state,
        record.node,
        record.queue,
        record.skills,
        record.priority,
        record.asked_at,
        record.limit,
        record.at_head,
        record.made,
        record.offers,
        record.tried,
        record.segment,
        record.wanted,
        stage,
        only,
        widens_at,
        record.singly,
    )
