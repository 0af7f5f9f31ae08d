"""What the screens can tell the centre about calls that we make: words to a campaign, an agent's words about a talk.

It knows nothing of HTTP, nor of what a campaign makes of it. Each says who wants it.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk.campaign_view import LeadCard
from desk.law_view import LawAgreeAsked

# ── told: of campaigns ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CampaignStartAsked:
    """It shall run, from its beginning or after a pause. `pilot`: pause by itself after so many contacts, 0: not."""

    by: str
    campaign: str
    why: str = ""
    pilot: int = 0


@dataclass(frozen=True, slots=True)
class CampaignPauseAsked:
    """Nothing new shall be dialled; what rings may be answered and is served."""

    by: str
    campaign: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CampaignStopAsked:
    """The red key: nothing new, and whatever rings without an answer shall be hung up now."""

    by: str
    campaign: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CampaignTuneAsked:
    """It shall run so from now on, over its text, until the text changes that value; None leaves what is.

    `mode` is a value of `outbound.campaign.Mode`; `ratio` lines for each free agent; `cap` the share of persons who
    may be abandoned (only an administrator may tell it, never above the law's); `lines` the most that ring at once.
    """

    by: str
    campaign: str
    why: str = ""
    mode: str | None = None
    ratio: float | None = None
    cap: float | None = None
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class TrialCallAsked:
    """Call this number of ours as a customer of the campaign would be called; no lead, and in no figure of the law."""

    by: str
    campaign: str
    number: str


# ── told: of agents ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OutcomeGiven:
    """The agent's word on a talk of his: a name out of the campaign's results.

    `again` is when he is to be called back (POSIX seconds, 0: not), by the agent `whom` alone or by any (""). `block`:
    he wants no more calls. `amount` is decimal text. Said again, the last word counts.
    """

    agent: str
    contact: str
    result: str
    again: float = 0.0
    whom: str = ""
    note: str = ""
    amount: str = ""
    block: bool = False


@dataclass(frozen=True, slots=True)
class PreviewAnswered:
    """The agent calls the lead that he was shown, or passes it over (`take` false), and why."""

    agent: str
    campaign: str
    lead: str
    take: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class NumberDialAsked:
    """The agent dials a number by hand for a campaign; the law is asked as for any other."""

    agent: str
    campaign: str
    number: str


# ── told: of numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NumberBlockAsked:
    """Never call this number (E.164), or all that begin so (`prefix`). `scope` is "" for the house, or a campaign."""

    by: str
    number: str
    why: str
    scope: str = ""
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class NumberUnblockAsked:
    """An administrator's act, on record."""

    by: str
    number: str
    why: str
    scope: str = ""
    prefix: bool = False


OfCampaigns = (
    CampaignStartAsked
    | CampaignPauseAsked
    | CampaignStopAsked
    | CampaignTuneAsked
    | TrialCallAsked
    | OutcomeGiven
    | PreviewAnswered
    | NumberDialAsked
    | NumberBlockAsked
    | NumberUnblockAsked
    | LawAgreeAsked
)


# ── asked ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ShowLead:
    """Show the agent whom he may call next, before anything is dialled; with no card, take it off his screen."""

    agent: str
    campaign: str
    card: LeadCard | None
