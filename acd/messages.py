"""What the router is told; `acd/answers.py` has what it answers. Ids are opaque text; the router never looks inside.

It does not know how a phone is rung, nor who the caller is.

An *offer* is one agent rung for one waiting contact; its id is `<contact>.<n>`, n counting the contact's
offers from 1, so equal histories give equal ids.

All words of the room are imported from here, whichever file they stand in.
"""

from __future__ import annotations

from acd.answers import (
    AgentId,
    AgentMoved,
    Answer,
    ContactId,
    ContactWidened,
    MakeOffer,
    OfferClosed,
    OfferId,
    ReleaseContact,
    WithdrawOffer,
)
from lean import dataclass

__all__ = [
    "AgentId", "AgentMadeNotReady", "AgentMadeReady", "AgentMoved", "AgentSignedOff", "AgentSignedOn", "Answer",
    "ContactArrived", "ContactId", "ContactLeft", "ContactWidened", "DialBegun", "DialOver", "MakeOffer",
    "OfferAccepted", "OfferClosed", "OfferFailed", "OfferId", "PhoneFound", "PhoneLost", "QueueClosed", "QueueOpened",
    "ReleaseContact", "ReliefGiven", "TalkOver", "Tick", "Told", "Wanted", "WithdrawOffer", "WrapUpEnded",
    "WrapUpExtended",
]  # fmt: skip


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
class WrapUpExtended:
    """The agent needs `seconds` more for his wrap-up. Without effect when he is not wrapping up."""

    agent: AgentId
    seconds: float


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """The agent ended his wrap-up early."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class DialBegun:
    """A customer is dialled for this agent, if he is ready: then he is offered nothing else until `DialOver`."""

    agent: AgentId
    contact: ContactId


@dataclass(frozen=True, slots=True)
class DialOver:
    """Nobody comes of that dial: the agent is free again, in his place among the idle."""

    agent: AgentId
    contact: ContactId


@dataclass(frozen=True, slots=True)
class Wanted:
    """An agent for whom a caller waits, and for how many seconds before others may have him.

    `fit`: only if he serves the queue and has what the caller needs; else whoever he is, as long as he can be rung.
    """

    agent: AgentId
    patience: float
    fit: bool = True


@dataclass(frozen=True, slots=True)
class ContactArrived:
    """A caller asks for a person. `asked_at` is his first time in this contact; his place goes by it.

    `skills` are (name, least level), beside what the queue needs. `limit` is the longest wait in seconds from
    `asked_at`, 0 for none. `at_head` puts him before all others of his priority (an agent failed him). `made` is how
    many offers this contact has had in earlier stays, so that an offer id is never used twice. `segment` is what he is
    worth to the relaxations. `wanted` are agents for whom he waits, one after the other; one who is signed off or not
    fit is skipped at once, and the next has the time of both. `singly`: he rings at one agent at a time, whatever the
    queue's group.
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
    segment: str = ""
    wanted: tuple[Wanted, ...] = ()
    singly: bool = False


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
class QueueClosed:
    """Nobody new may wait in this queue. `empties`: those who wait already are let go, too; else they are served."""

    queue: str
    empties: bool = False


@dataclass(frozen=True, slots=True)
class QueueOpened:
    queue: str


@dataclass(frozen=True, slots=True)
class ReliefGiven:
    """Help for a queue in trouble: relaxations begin `sooner` seconds earlier, reserve agents serve. Zeros undo it."""

    queue: str
    sooner: float = 0.0
    reserve: bool = False


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
    | WrapUpExtended
    | WrapUpEnded
    | DialBegun
    | DialOver
    | ContactArrived
    | ContactLeft
    | OfferAccepted
    | OfferFailed
    | TalkOver
    | QueueClosed
    | QueueOpened
    | ReliefGiven
    | Tick
)
