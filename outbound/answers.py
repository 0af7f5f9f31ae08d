"""What the dialler answers: what to ask of others, and what has happened. `outbound/messages.py` is what it is told.

It does not know how a number is dialled, nor how an agent is found.
"""

from __future__ import annotations

from typing import NewType

from lean import dataclass
from outbound.campaign import Mode
from outbound.lead import Due, Lead, Outcome

AttemptId = NewType("AttemptId", str)


# ── answered: asked of others ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FetchLeads:
    """Give me up to `count` leads of this campaign that are due; none of `held`, which I have."""

    campaign: str
    count: int
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """Dial. Never sent twice for one attempt; journalled before it is sent.

    `ring_for` in seconds. `detect`: whether it is to be heard who answers. `agent` is for whom alone it
    is dialled, "" for any.
    """

    attempt: AttemptId
    campaign: str
    lead: Lead
    number: str
    shown: str
    ring_for: float
    detect: bool
    mode: Mode
    agent: str = ""


@dataclass(frozen=True, slots=True)
class HoldAgent:
    """This customer is dialled for this agent: he is offered nothing else until he has him, or `FreeAgent`."""

    agent: str
    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class FreeAgent:
    """Nobody comes of that dial."""

    agent: str
    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class FindAgent:
    """A person answers: let the queue find him an agent, before everybody who waits in it. Until `by` at the latest."""

    attempt: AttemptId
    campaign: str
    queue: str
    by: float
    agent: str = ""


@dataclass(frozen=True, slots=True)
class GiveMessage:
    """No agent in time, or a campaign without agents: take him from the queue and let him hear `flow`."""

    attempt: AttemptId
    flow: str
    why: str


@dataclass(frozen=True, slots=True)
class EndAttempt:
    """Hang up, wherever it is."""

    attempt: AttemptId
    why: str


@dataclass(frozen=True, slots=True)
class ShowPreview:
    """Show the agent whom he may call next, before anything is dialled."""

    agent: str
    campaign: str
    due: Due


@dataclass(frozen=True, slots=True)
class HidePreview:
    """Take it off his screen: he has a caller, or is away, or the lead is called."""

    agent: str
    campaign: str


# ── answered: what happened (facts, in the centre's words) ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AttemptBegun:
    """`why` is the reason that this lead was next; `rules` the version of the law profile that allowed it."""

    attempt: AttemptId
    campaign: str
    lead: Lead
    number: str
    shown: str
    tries: int
    why: str
    rules: str
    mode: Mode
    agent: str = ""


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The one end of an attempt. `again` is when the lead is due again, 0 for never.

    `lines` are seconds from dialling to the answer or the end, `waited` from the end of the greeting to the agent.
    """

    attempt: AttemptId
    campaign: str
    lead: str
    person: str
    number: str
    outcome: Outcome
    again: float
    cause: int = 0
    agent: str = ""
    lines: float = 0.0
    waited: float = 0.0
    talked: float = 0.0


@dataclass(frozen=True, slots=True)
class DialRefused:
    """The law or the campaign's rules forbid this dial. `until`: when it may be asked again, 0 for never."""

    campaign: str
    lead: str
    number: str
    reason: str
    until: float
    rules: str = ""


@dataclass(frozen=True, slots=True)
class ResultKept:
    """The last word of an agent on a talk counts."""

    attempt: AttemptId
    campaign: str
    lead: str
    agent: str
    result: str
    again: float
    whom: str
    note: str
    amount: str
    success: bool = False


@dataclass(frozen=True, slots=True)
class CampaignMoved:
    """`state` is running, paused, stopped, resting (out of hours, no leads due) or done. `pilot`: contacts to go.

    `until`: out of hours, and that is when they begin; 0 for any other reason.
    """

    campaign: str
    state: str
    by: str
    why: str
    pilot: int = 0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class PaceSet:
    """How many lines are dialled or ring at the most now, and why not more. Told when it changes, once a second."""

    campaign: str
    lines: int
    why: str
    risk: float  # the chance that one more answer would find no agent


@dataclass(frozen=True, slots=True)
class BlockKept:
    number: str
    by: str
    why: str
    scope: str
    prefix: bool
    lifted: bool = False
