"""An offer: one agent rung for one contact. Its record, and the one table of how it ends.

It does not know why an offer was made, nor what follows from its end.

A closed offer is kept for a while (`KEPT` seconds), because telephony speaks late: an agent may pick up in
the very moment in which ringing was stopped. Such messages are listed here as steps to the same state; the
router's answer to an acceptance after the close is to withdraw the offer again, so that the leg is dropped.
"""

from __future__ import annotations

from enum import StrEnum

from acd.errors import IllegalTransition
from acd.messages import AgentId, ContactId, OfferAccepted, OfferId, TalkOver, WithdrawOffer
from lean import dataclass

KEPT = 60.0


class OfferState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    UNKNOWN = "unknown"
    OVER = "over"


class Outcome(StrEnum):
    """How an offer can end without a talk."""

    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    UNKNOWN = "unknown"


REPORTED = (Outcome.REFUSED, Outcome.TIMED_OUT, Outcome.FAILED, Outcome.UNKNOWN)
OPEN = frozenset({OfferState.PENDING, OfferState.ACCEPTED})
CLOSED = tuple(state for state in OfferState if state not in OPEN)

OfferEvent = type[OfferAccepted] | type[TalkOver] | Outcome

TABLE: dict[tuple[OfferState, OfferEvent], OfferState] = {
    (OfferState.PENDING, OfferAccepted): OfferState.ACCEPTED,
    **{(OfferState.PENDING, outcome): OfferState(outcome.value) for outcome in Outcome},
    (OfferState.ACCEPTED, TalkOver): OfferState.OVER,
    (OfferState.ACCEPTED, OfferAccepted): OfferState.ACCEPTED,
    **{(OfferState.ACCEPTED, outcome): OfferState.ACCEPTED for outcome in REPORTED},
    **{(closed, OfferAccepted): closed for closed in CLOSED},
    **{(closed, TalkOver): closed for closed in CLOSED},
    **{(closed, outcome): closed for closed in CLOSED for outcome in REPORTED},
}


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """An offer at one moment. `closed_at` is 0 while pending or accepted; `reason` is why it was this agent."""

    offer: OfferId
    contact: ContactId
    agent: AgentId
    until: float
    state: OfferState = OfferState.PENDING
    closed_at: float = 0.0
    reason: str = ""


def target(state: OfferState, event: OfferEvent) -> OfferState:
    """Look up where the table leads; raises IllegalTransition when it does not list the pair."""
    try:
        return TABLE[state, event]
    except KeyError:
        name = event.value if isinstance(event, Outcome) else event.__name__
        raise IllegalTransition(f"an offer that is {state} cannot have {name}") from None


def moved(offer: OfferRecord, event: OfferEvent, closed_at: float) -> OfferRecord:
    """Take one listed step of an offer; `closed_at` is 0 while it is open."""
    state = target(offer.state, event)
    return OfferRecord(offer.offer, offer.contact, offer.agent, offer.until, state, closed_at, offer.reason)


def offer_id(contact: ContactId, number: int) -> OfferId:
    return OfferId(f"{contact}.{number}")


def too_late(offer: OfferId, record: OfferRecord | None) -> WithdrawOffer:
    """Answer an acceptance that came after the end: drop the leg. Of one long closed only the id is left."""
    contact = record.contact if record else ContactId(offer.rpartition(".")[0])
    agent = record.agent if record else AgentId("")
    return WithdrawOffer(offer, contact, agent, Outcome.WITHDRAWN.value)
