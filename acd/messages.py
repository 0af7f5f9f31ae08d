"""What the router is told, and what it answers. Ids are opaque text; the router never looks inside.

It does not know how a phone is rung, nor who the caller is.

An *offer* is one agent rung for one waiting contact; its id is `<contact>.<n>`, n counting the contact's
offers from 1, so equal histories give equal ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

ContactId = NewType("ContactId", str)
AgentId = NewType("AgentId", str)
OfferId = NewType("OfferId", str)


# ── told ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AgentSignedOn:
    """The agent is at his desk, not ready yet. Signing on twice changes nothing."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentSignedOff:
    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentMadeReady:
    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentMadeNotReady:
    """While offered the offer is withdrawn; while talking it takes effect after the talk's wrap-up began."""

    agent: AgentId
    reason: str


@dataclass(frozen=True, slots=True)
class PhoneFound:
    """The agent's phone is registered on `node`."""

    agent: AgentId
    node: str


@dataclass(frozen=True, slots=True)
class PhoneLost:
    """The agent's phone is gone: he cannot be offered anything, whatever his state says.

    `may_ring`: only our link to it is gone. What it rings for now stays offered, for he may answer unseen.
    """

    agent: AgentId
    may_ring: bool = False


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """The agent ended his wrap-up early."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class ContactArrived:
    """A caller asks for a person. `asked_at` is his first time in this contact; his place goes by it.

    `skills` are (name, least level). `limit` is the longest wait in seconds from `asked_at`, 0 for none.
    `at_head` puts him before all others of his priority (an agent failed him). `made` is how many offers
    this contact has had in earlier stays, so that an offer id is never used twice.
    """

    contact: ContactId
    node: str
    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    asked_at: float
    limit: float = 0.0
    at_head: bool = False
    made: int = 0


@dataclass(frozen=True, slots=True)
class ContactLeft:
    """The caller hung up (waiting or being offered), or went elsewhere."""

    contact: ContactId


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """Two-way audio."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """The agent's leg ended before a talk.

    `outcome`: refused, timed_out, failed (unreachable), unknown (our crash).
    """

    offer: OfferId
    outcome: str


@dataclass(frozen=True, slots=True)
class TalkOver:
    """The talk of this offer ended, whoever hung up. The agent goes to wrap-up."""

    offer: OfferId


@dataclass(frozen=True, slots=True)
class Tick:
    """The time of `next_deadline()` has come."""


Told = (
    AgentSignedOn
    | AgentSignedOff
    | AgentMadeReady
    | AgentMadeNotReady
    | PhoneFound
    | PhoneLost
    | WrapUpEnded
    | ContactArrived
    | ContactLeft
    | OfferAccepted
    | OfferFailed
    | TalkOver
    | Tick
)


# ── answered ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MakeOffer:
    """Ring this agent for this contact until `until`."""

    offer: OfferId
    contact: ContactId
    agent: AgentId
    until: float


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """Stop ringing: caller or agent went (withdrawn), or the time is over (timed_out).

    Also the answer to an acceptance that came too late; `agent` is "" when only the id is known any more.
    """

    offer: OfferId
    contact: ContactId
    agent: AgentId
    outcome: str


@dataclass(frozen=True, slots=True)
class ReleaseContact:
    """The contact waited to its limit: the flow decides what follows."""

    contact: ContactId
    queue: str
    why: str


@dataclass(frozen=True, slots=True)
class OfferClosed:
    """An offer ended without a talk; if the caller is still there, he is back at the head of the queue."""

    offer: OfferId
    contact: ContactId
    agent: AgentId
    outcome: str


@dataclass(frozen=True, slots=True)
class AgentMoved:
    """The agent is in another state. Fields as in the journal's `AgentChanged`.

    `then` ("", not_ready, offline) with `then_reason` is what he asked for during a talk, to come after it.
    `misses` are the offers he let pass in a row. With these a record is whole, but for the phone, which
    PhoneFound brings back.
    """

    agent: AgentId
    state: str
    reason: str = ""
    until: float = 0.0
    offer: str = ""
    idle_since: float = 0.0
    then: str = ""
    then_reason: str = ""
    misses: int = 0


Answer = MakeOffer | WithdrawOffer | ReleaseContact | OfferClosed | AgentMoved
