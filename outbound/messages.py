"""What the dialler is told; `outbound/answers.py` has what it answers. Ids are opaque text, but for what is said here.

It does not know how a number is dialled, nor how an agent is found.

An *attempt* is one dial of one number for one lead: its id is `D` and eight digits (`attempt_id`), counting the
attempts of the house from 1, so equal histories give equal ids. It is the id of the call as well, and for ever: no
number is used twice. They are equally long because Asterisk takes an id for used while a longer one lives that begins
so. The lead stands in `AttemptBegun`: its id would put dots and hyphens where ids of legs have theirs.

All words of the room are imported from here, whichever file they stand in.
"""

from __future__ import annotations

from lean import dataclass
from outbound.answers import (
    AttemptBegun,
    AttemptEnded,
    AttemptId,
    BlockKept,
    CampaignMoved,
    DialRefused,
    EndAttempt,
    FetchLeads,
    FindAgent,
    FreeAgent,
    GiveMessage,
    HidePreview,
    HoldAgent,
    PaceSet,
    PlaceCall,
    ResultKept,
    ShowPreview,
)
from outbound.campaign import Campaign, Mode
from outbound.lead import Due
from outbound.line_words import (
    AttemptFailed,
    AttemptInSight,
    AttemptOutOfSight,
    AttemptOver,
    AttemptUnknown,
    CustomerAnswered,
    CustomerConnected,
    CustomerHeard,
    CustomerRang,
    MessageGiven,
)

__all__ = [
    "AgentSeen", "AttemptBegun", "AttemptEnded", "AttemptFailed", "AttemptId", "AttemptInSight", "AttemptOutOfSight",
    "AttemptOver", "AttemptUnknown", "BlockKept", "CampaignDropped", "CampaignMoved", "CampaignPaused",
    "CampaignPlanned", "CampaignStarted", "CampaignStopped", "CampaignTuned", "CustomerAnswered", "CustomerConnected",
    "CustomerHeard", "CustomerRang", "DialRefused", "EndAttempt", "FetchLeads", "FindAgent", "FreeAgent",
    "GiveMessage", "HidePreview", "HoldAgent", "HousePlanned", "LeadsFetched", "MessageGiven", "NumberBlocked",
    "NumberDialled", "NumberUnblocked", "OutcomeSaid", "PaceSet", "PersonCalledIn", "PlaceCall", "PreviewTaken",
    "ResultKept", "RoomSeen", "ShowPreview", "Tick", "TrialWanted",
]  # fmt: skip


def attempt_id(number: int) -> AttemptId:
    """The id of the house's attempt of this number."""
    return AttemptId(f"D{number:08d}")


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
    """`pilot`: it pauses by itself after so many contacts; 0: not."""

    campaign: str
    by: str
    pilot: int = 0
    why: str = ""


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
    why: str = ""


@dataclass(frozen=True, slots=True)
class CampaignTuned:
    """These of its settings are so from now on, over its text, until the text changes them. None leaves one."""

    campaign: str
    by: str
    mode: Mode | None = None
    ratio: float | None = None
    cap: float | None = None
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class TrialWanted:
    """Call this number as a customer of the campaign would be called: nobody's lead, and in no figure."""

    campaign: str
    number: str
    by: str


@dataclass(frozen=True, slots=True)
class HousePlanned:
    """The lines and the dials a second of all campaigns together, over all nodes."""

    lines: int
    rate: float


@dataclass(frozen=True, slots=True)
class LeadsFetched:
    """What a list gave for `FetchLeads`, in the order of dialling. Fewer than asked for: no more are due now.

    `left` leads of the campaign are not at their end. `places` are the zones that any number of its lists may be in,
    each set of them once: where none of these is in its hours, nobody need be looked at.
    """

    campaign: str
    due: tuple[Due, ...]
    left: int = 0
    places: tuple[tuple[str, ...], ...] = ()


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
