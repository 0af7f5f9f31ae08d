"""The part of the permanent vocabulary that queues have made: who waits, who is rung for him, and how it ends.

It does not know who is free. `journal/facts.py` says what holds for every fact, and names them all.
"""

from __future__ import annotations

from lean import dataclass


@dataclass(frozen=True, slots=True)
class CallerWidened:
    """Others may serve a waiting caller now: `stage` relaxations of his queue have begun for him.

    `only` is the agent for whom he waits, "" for none. Without this fact it is (0, "").
    """

    at: float
    contact: str
    queue: str
    stage: int
    only: str


@dataclass(frozen=True, slots=True)
class CallerQueued:
    """The caller asked for a person. `asked_at` is the first time in this contact: the clock never restarts.

    `at_head` marks a return to the head of the queue. `skills` are (name, least level) pairs; `limit` is the longest
    wait in seconds, 0 for none. `breakpoint` is the flow step from which he came. `wanted` are agents for whom he
    waits: (agent, seconds, only if he is fit). `asked_priority` is what the flow asked for, -1
    where that is not told: customers of a segment may have more.
    """

    at: float
    contact: str
    queue: str
    skills: tuple[tuple[str, int], ...]
    priority: int
    asked_at: float
    limit: float
    breakpoint: str
    segment: str = ""
    wanted: tuple[tuple[str, float, bool], ...] = ()
    asked_priority: int = -1
    at_head: bool = False


@dataclass(frozen=True, slots=True)
class OfferMade:
    """One agent is rung for one caller until `until`. `offer` is also the id of the agent's leg.

    `reason`: why this agent, as the router says it (`acd.messages.MakeOffer`). `queue` is the one that the caller
    waits in.
    """

    at: float
    contact: str
    offer: str
    agent: str
    node: str
    until: float
    recording: str = ""
    reason: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class AgentRang:
    """The agent's phone reported ringing."""

    at: float
    contact: str
    offer: str
    agent: str


@dataclass(frozen=True, slots=True)
class OfferClosed:
    """An offer ended without a talk. `outcome`: refused, timed_out, withdrawn, failed, unknown, not_reached."""

    at: float
    contact: str
    offer: str
    agent: str
    outcome: str
    cause: int = 0


@dataclass(frozen=True, slots=True)
class AgentAnswered:
    """Two-way audio. `waited` in seconds since the caller first asked for a person."""

    at: float
    contact: str
    offer: str
    agent: str
    waited: float


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The talk is over. `ended_by`: caller, agent, or unknown where nobody listened."""

    at: float
    contact: str
    offer: str
    agent: str
    talked: float
    ended_by: str


@dataclass(frozen=True, slots=True)
class CallerLeftQueue:
    """The caller left the queue otherwise than by an answer or a hang-up (`why`: limit, full, closed, no_agent)."""

    at: float
    contact: str
    queue: str
    why: str
    waited: float
