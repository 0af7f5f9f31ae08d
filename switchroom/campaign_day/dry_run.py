"""A dry run of one campaign, from the beginning, with one draw of customers.

It does not know where a campaign, its law and its leads come from; it is given them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from outbound.campaign import Campaign
from outbound.dialler import Dialler
from outbound.lead import Due
from outbound.permission import Permission
from outbound.running import NewPacer
from outbound.trunk import House
from switchroom.campaign_day.dry_floor import DryFloor
from switchroom.campaign_day.dry_list import DryList
from switchroom.campaign_day.dry_text import DryText
from switchroom.campaign_day.dry_told import Told


@dataclass(frozen=True, slots=True)
class DryRun:
    """A campaign with all that the server would give it. `law` makes a book of law as it stands at the beginning."""

    campaign: Campaign
    house: House
    law: Callable[[], Permission]
    new_pacer: NewPacer
    people: DryText
    due: Sequence[Due]

    def once(self, start: datetime, days: int, seed: int) -> Told:
        """One run, from this midnight on."""
        dialler = Dialler(self.house, self.law(), self.new_pacer)
        day = self.people.day(self.campaign.name, start, days)
        return DryFloor(dialler, self.campaign, DryList(self.due), day, seed).run()
