"""What the router answers. Everybody has these words, and the ids, from `acd/messages.py`.

It does not know how a phone is rung, nor what was told.
"""

from __future__ import annotations

from typing import NewType

from lean import dataclass

ContactId = NewType("ContactId", str)
AgentId = NewType("AgentId", str)
OfferId = NewType("OfferId", str)


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
