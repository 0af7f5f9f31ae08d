"""What the dialler is told, and what it answers. Ids are opaque text, but for what is said of them here.

It does not know how a number is dialled, nor how an agent is found.

An *attempt* is one dial of one number for one lead: its id is `D<n>`, n counting the attempts of the house from 1, so
equal histories give equal ids. It is the id of the call as well, and for ever: no number is used twice. The lead stands
in `AttemptBegun`: its id would put dots and hyphens where ids of legs have theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from outbound.campaign import Campaign, Mode
from outbound.lead import Due, Lead, Outcome

AttemptId = NewType("AttemptId", str)


# ── told: campaigns and lists ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CampaignPlanned:
    """The campaign's text, new or changed. What it has in flight goes on; a change of mode is in force at once."""

    campaign: Campaign


@dataclass(frozen=True, slots=True)
class CampaignDropped:
    """It is in no text any more: what is in flight ends by itself, nothing new begins."""

    campaign: str


@dataclass(frozen=True, slots=True)
class CampaignStarted:
    campaign: str
    by: str


@dataclass(frozen=True, slots=True)
class CampaignPaused:
    """Nothing new is dialled from this moment; what rings may be answered and is served."""

    campaign: str
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CampaignStopped:
    """The red key: nothing new, and whatever rings without an answer is hung up now."""

    campaign: str
    by: str


@dataclass(frozen=True, slots=True)
class LeadsFetched:
    """What a list gave for `FetchLeads`, in the order of dialling. Fewer than asked for: no more are due now."""

    campaign: str
    due: tuple[Due, ...]
    left: int = 0  # leads of the campaign that are not at their end


# ── told: agents ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AgentSeen:
    """What an agent who may serve these campaigns does since when: ready, offered, talking, wrap_up or away.

    `attempt` is whom he talks with or wraps up for, "" for a caller of another queue.
    """

    agent: str
    campaigns: frozenset[str]
    doing: str
    since: float
    attempt: str = ""


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """So many agents may calls of this campaign use now at the most (`acd/blending.py`), all things considered."""

    campaign: str
    agents: int
    why: str


# ── told: the line ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CustomerRang:
    """His telephone rings (or his network says so)."""

    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class CustomerAnswered:
    """Somebody or something answered at `at`; what it is is still to be heard."""

    attempt: AttemptId
    at: float


@dataclass(frozen=True, slots=True)
class CustomerHeard:
    """What answered: human, machine, fax, silent or unsure (treated as human). `greeted_at`: the greeting was over."""

    attempt: AttemptId
    heard: str
    greeted_at: float


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """It was never answered, or the network says that it never will be."""

    attempt: AttemptId
    outcome: Outcome
    cause: int = 0


@dataclass(frozen=True, slots=True)
class CustomerConnected:
    attempt: AttemptId
    agent: str
    at: float


@dataclass(frozen=True, slots=True)
class MessageGiven:
    """He has heard the law's message or the campaign's, whole or till he hung up."""

    attempt: AttemptId


@dataclass(frozen=True, slots=True)
class AttemptOver:
    """His channel is gone, after an answer."""

    attempt: AttemptId
    at: float


@dataclass(frozen=True, slots=True)
class AttemptUnknown:
    """A survey of its node shows neither it nor its end: it will never be known."""

    attempt: AttemptId


# ── told: people ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OutcomeSaid:
    """The agent's word on a talk: a name out of the campaign's results; a call-back at `again` (0: none) for `whom`.

    `whom` is the agent himself or "" for any.
    """

    attempt: AttemptId
    agent: str
    result: str
    again: float = 0.0
    whom: str = ""
    note: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class PreviewTaken:
    """The agent calls the lead that he was shown, or passes it over (`take` false) with a reason."""

    campaign: str
    lead: str
    agent: str
    take: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class NumberDialled:
    """An agent dials a number by hand for a campaign; the law is asked as for any other."""

    campaign: str
    agent: str
    number: str


@dataclass(frozen=True, slots=True)
class NumberBlocked:
    """Never call this number (E.164) or all that begin so (`prefix`). `scope` is "" for the house, or a campaign."""

    number: str
    by: str
    why: str
    scope: str = ""
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class NumberUnblocked:
    """An administrator's act, on record."""

    number: str
    by: str
    why: str
    scope: str = ""
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class PersonCalledIn:
    """This person is on the line or has been just now, by himself: he is not dialled meanwhile (glare)."""

    person: str
    number: str
    open: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A deadline is reached."""


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

    `ring_for` in seconds. `detect`: whether it is to be heard who answers. `agent` is rung first in the modes in which
    an agent dials (manual, preview), "" in the others.
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


@dataclass(frozen=True, slots=True)
class ResultKept:
    attempt: AttemptId
    campaign: str
    lead: str
    agent: str
    result: str
    again: float
    whom: str
    note: str
    amount: str


@dataclass(frozen=True, slots=True)
class CampaignMoved:
    """`state` is running, paused, stopped, resting (out of hours, no leads due) or done."""

    campaign: str
    state: str
    by: str
    why: str


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
