"""What screens may see of campaigns: how each stands now, what an agent has of one, what a slider would change.

It does not know who dials, nor who asks. Shares are from 0 to 1 and None where nothing can be said yet; times are POSIX
seconds, lengths seconds; 0 is "not known" or "none" where a field says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PaceView:
    """How many lines may be in the air now, what bounds it, the chance that one more answer would find no agent."""

    lines: int = 0
    why: str = ""
    risk: float = 0.0


@dataclass(frozen=True, slots=True)
class DropView:
    """The share of persons abandoned by one law's own formula: its base `persons` in its window of `window` seconds.

    `cap` is the campaign's limit, at most the law's. `window` 0 is the campaign's whole life.
    """

    law: str
    persons: float
    abandoned: float
    share: float | None
    cap: float
    window: float


@dataclass(frozen=True, slots=True)
class CrewView:
    """The agents who serve a campaign, by what they do. `idle` is how long they waited between two talks, on average.

    `talk_share` is how much of their time on duty they talked. `room`: so many may be used now, and why not more.
    """

    free: int = 0
    offered: int = 0
    talking: int = 0
    wrap_up: int = 0
    away: int = 0
    idle: float | None = None
    talk_share: float | None = None
    room: int = 0
    room_why: str = ""


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign now. `state`: planned, running, paused, stopped, resting or done; `why` and `by`: how it came to it.

    In the air are `dialling` (no answer yet), `listening` (somebody or something has answered, and is listened to),
    `waiting` (persons without an agent) and `talking`. `dialled` and `outcomes` (`outbound/lead.py`, each with its
    count) are of today, as are `refused` (reasons of the law) and `results` (agents' words). `left` leads are not at
    their end, `total` in all; `ends_at` is when they will be at this pace, 0 if nobody can tell. `drops` begins with
    its own law's. `until`: it rests, for it is no time for calls anywhere on its lists; then it will be. 0 for not.
    `lines_used` of `lines_most` are this campaign's; `house_used` of `house_most` everybody's.
    `pilot`: it pauses by itself after so many more contacts, 0 for not.
    """

    campaign: str
    mode: str
    state: str
    why: str
    by: str
    since: float
    queue: str
    law: str
    ratio: float
    cap: float
    law_cap: float
    labels: Mapping[str, str] = field(default_factory=dict)
    department: str = ""
    lists: tuple[str, ...] = ()
    dialling: int = 0
    listening: int = 0
    waiting: int = 0
    talking: int = 0
    dialled: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    refused: tuple[tuple[str, int], ...] = ()
    results: tuple[tuple[str, int], ...] = ()
    successes: int = 0
    left: int = 0
    total: int = 0
    ends_at: float = 0.0
    dials_a_minute: float = 0.0
    pace: PaceView = PaceView()
    drops: tuple[DropView, ...] = ()
    crew: CrewView = CrewView()
    lines_used: int = 0
    lines_most: int = 0
    house_used: int = 0
    house_most: int = 0
    pilot: int = 0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class LeadCard:
    """One person of a list, as an agent sees him before or while he is called. `last` is how the last try ended."""

    lead: str
    name: str
    number: str
    language: str = ""
    segment: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    tries: int = 0
    last: str = ""
    promised: float = 0.0


@dataclass(frozen=True, slots=True)
class AgentWork:
    """What an agent has of campaigns now.

    `contact` is the call that he talks in or wraps up for, and may say his word on; `campaign` is of it, else of what
    he is shown (`preview`), or of who is dialled for him just now (`card`). `script` by language; `results` are the
    words that he may say, each with whether it is a success; `given` is what he said already. `dials`: campaigns for
    which he may dial by hand.
    """

    agent: str
    campaign: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    script: Mapping[str, str] = field(default_factory=dict)
    results: tuple[tuple[str, bool], ...] = ()
    given: str = ""
    card: LeadCard | None = None
    preview: LeadCard | None = None
    dials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """What a slider would change: the shares of persons abandoned, and of agents' time talked, at these settings."""

    campaign: str
    mode: str
    ratio: float
    cap: float
    dropped: float | None
    talking: float | None


class Overtaken(Exception):
    """Who asked has asked something newer; nobody waits for this answer."""


class CampaignDesk(Protocol):
    """What the desk asks of the running campaigns. All but `projected` answer at once, from memory."""

    def views(self) -> Sequence[CampaignView]:
        """Tell how all campaigns stand, by name."""
        ...

    def works(self) -> Mapping[str, AgentWork]:
        """Tell what each agent has of campaigns now; who has nothing is not in it."""
        ...

    async def projected(self, by: str, campaign: str, mode: str, ratio: float, cap: float) -> Projection | None:
        """Tell what would come of these settings; None for a campaign that is not there.

        Raises `Overtaken` when `by` has asked something else before there was an answer.
        """
        ...


class NoCampaigns:
    """The desk of a house that calls nobody."""

    def views(self) -> Sequence[CampaignView]:
        return ()

    def works(self) -> Mapping[str, AgentWork]:
        return {}

    async def projected(self, by: str, campaign: str, mode: str, ratio: float, cap: float) -> Projection | None:
        del by, campaign, mode, ratio, cap
        return None
