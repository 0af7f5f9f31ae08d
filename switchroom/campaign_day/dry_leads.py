"""Whom a dry run calls: the leads of the campaign's lists as they stand now, or as many made ones.

It does not know what becomes of them. The store of lists is only read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from outbound.lead import Due, Lead
from switchroom.lead_shelf import due_of

if TYPE_CHECKING:
    from journal.lead_store import LeadStore
    from outbound.campaign import Campaign

MOST = 50_000  # leads of a real list, from the first in its order


def leads_of(store: LeadStore, campaign: Campaign, until: float) -> list[Due]:
    """Everybody who is due before `until`; who is due only later in the run stands as due at once."""
    return [due_of(row) for row in store.due(campaign.name, campaign.lists, MOST, frozenset(), until)]


def made_leads(count: int, zone: str, prefix: str = "+999") -> Iterator[Due]:
    """Made people whose numbers are nobody's, all in one zone."""
    for row in range(1, count + 1):
        yield Due(Lead(f"made.{row}", f"made-{row}", f"{prefix}{row:08d}", zones=(zone,), consent="dry run"))
