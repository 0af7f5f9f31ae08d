"""What the desk holds of calls that we make: the campaigns as they run, the calls of before, the lists, the laws.

It does not know any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from desk.attempts import AttemptLibrary, NoAttempts
from desk.campaign_view import CampaignDesk, NoCampaigns
from desk.forgetting_view import Forgetting, NobodyKept
from desk.law_view import LawDesk, NoLaws
from desk.list_view import ListDesk, NoLists


@dataclass(frozen=True, slots=True)
class OutboundDesk:
    """A house that calls nobody has none of them."""

    campaigns: CampaignDesk = field(default_factory=NoCampaigns)
    attempts: AttemptLibrary = field(default_factory=NoAttempts)
    lists: ListDesk = field(default_factory=NoLists)
    laws: LawDesk = field(default_factory=NoLaws)
    people: Forgetting = field(default_factory=NobodyKept)
