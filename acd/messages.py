"""What the router is told, and what it answers. Ids are opaque text; the router never looks inside.

It does not know how a phone is rung, nor who the caller is.

An *offer* is one agent rung for one waiting contact; its id is `<contact>.<n>`, n counting the contact's
offers from 1, so equal histories give equal ids.
"""

from __future__ import annotations

from typing import NewType

from lean import dataclass

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


# ── answered ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MakeOffer:
    """Ring this agent for this contact until `until`; up to the queue's `group` of them ring at once.

    `reason` says in one word why him: `wanted` (the caller waits for him), `only` (no other fit agent was ready),
    `again` (all the fit have let it pass before), or the name of the strategy that put him first.
    """

    offer: OfferId
    contact: ContactId
    agent: AgentId
    until: float
    reason: str = ""


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
    """The contact does not wait any more: the flow decides what follows.

    `why`: limit (he waited to his limit), full (more may not wait), closed (the queue is closed, or is no more),
    no_agent (nobody who is signed on could ever serve him).
    """

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
    `misses` are the offers he let pass in a row, `calls` his talks since he signed on, `rung_at` when he was last rung.
    With these a record is whole, but for the phone, which PhoneFound brings back.
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
    calls: int = 0
    rung_at: float = 0.0


@dataclass(frozen=True, slots=True)
class ContactWidened:
    """Others may serve a waiting contact now.

    `stage` relaxations have begun for it; `only` is the agent for whom it waits, "" for none. Told when either changes
    while it waits, and at once when it does not begin with (0, "").
    """

    contact: ContactId
    queue: str
    stage: int
    only: str


Answer = MakeOffer | WithdrawOffer | ReleaseContact | OfferClosed | AgentMoved | ContactWidened
