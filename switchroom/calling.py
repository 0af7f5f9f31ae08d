"""What a running server has of its calls out, made in one place: leads, the day's counts, what screens may see.

It does not decide anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from desk.attempts import JournalAttempts
from desk.outbound import OutboundDesk
from journal.facts import ListImported
from journal.lead_store import LeadStore
from journal.outbound_facts import LISTS
from switchroom.campaign_counts import CampaignCounts, midnight_in
from switchroom.campaign_desk import FloorCampaigns
from switchroom.dial_crew import can_take
from switchroom.dial_desk import LeadDesk
from switchroom.forgetting import FloorForgetting, Recordings, whole_number
from switchroom.lawmaking import FloorLaws
from switchroom.lead_shelf import store_folder
from switchroom.list_desk import FloorLists
from switchroom.list_keeping import ListSweeper
from switchroom.node_settings import recordings_of
from switchroom.projection_asking import Projector

if TYPE_CHECKING:
    from journal.facts import Fact
    from journal.store import Journal
    from journal.thread import AsyncJournal
    from switchroom.centre import Centre
    from switchroom.settings import Settings


@dataclass(frozen=True, slots=True)
class Calling:
    """`published` is to be called for each committed fact of its `KINDS`."""

    KINDS: ClassVar = CampaignCounts.READERS.keys()

    leads: LeadDesk
    lists: FloorLists
    counts: CampaignCounts
    campaigns: FloorCampaigns
    laws: FloorLaws
    people: FloorForgetting
    sweeper: ListSweeper

    def published(self, seq: int, fact: Fact) -> None:
        """A fact is safe."""
        del seq
        self.counts.heard(fact)

    def troubles(self) -> dict[str, Callable[[], str]]:
        """What may be wrong, for the page of health."""
        return {"leads": self.leads.trouble}

    def desk(self, journal: Journal) -> OutboundDesk:
        """What the desk holds of it."""
        return OutboundDesk(self.campaigns, JournalAttempts(journal), self.lists, self.laws, self.people)


def open_calling(settings: Settings, centre: Centre, memory: AsyncJournal, clock: Callable[[], float]) -> Calling:
    """Everything, with the day so far."""
    store, midnight = LeadStore(store_folder(settings.server.data)), midnight_in(ZoneInfo(settings.server.timezone))
    counts, now, journal = CampaignCounts(midnight), clock(), memory.journal
    for name in centre.outbound.dialler.campaigns:
        day = name, midnight(now), now + 1.0
        counts.begin(name, journal.attempts.counts(*day), journal.attempts.refusals(*day), now)
    known = [stored.fact.name for stored in journal.facts(contact=LISTS) if isinstance(stored.fact, ListImported)]
    lists = FloorLists(store, memory, settings, clock, known)

    def used() -> dict[str, tuple[str, ...]]:
        runs = centre.outbound.dialler.campaigns.values()
        return {run.name: run.campaign.lists for run in runs if not run.dropped}

    sweeper = ListSweeper(store, used, clock, settings.lists.keep_days)

    def serving(queue: str) -> int:
        return sum(can_take(centre, profile, queue) for profile in centre.autopilot.profiles.values())

    campaigns = FloorCampaigns(lambda: centre.outbound.dialler, counts, lists.rows, clock, Projector().answer, serving)
    leads = LeadDesk(store, journal, centre, clock)
    kept = Recordings(recordings_of(settings), settings.recordings.keep_days)
    people = FloorForgetting(store, memory, whole_number(settings.server.country), clock, kept)
    return Calling(leads, lists, counts, campaigns, FloorLaws(lambda: centre, clock), people, sweeper)
