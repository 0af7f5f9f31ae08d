"""Between the dialler, which asks for leads, and the store of lists (`journal/lead_store.py`): one in words of each.

It does not know who asks, nor when; the calls block, so a server makes them in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from journal.lead_rows import DueRow, lead_id
from journal.lead_store import LeadStore
from journal.views import JournalReader
from outbound.lead import Due, Lead, Outcome
from outbound.messages import FetchLeads, LeadsFetched


def store_folder(data: Path) -> Path:
    """Where the lists of a server with this data folder are."""
    return data / "lists"


def fetch(store: LeadStore, journal: JournalReader, wish: FetchLeads, lists: Sequence[str], now: float) -> LeadsFetched:
    """Answer the dialler's wish out of these lists, after the store has taken in all that the journal has."""
    store.follow(journal)
    rows = store.due(wish.campaign, lists, wish.count, wish.held, now)
    due = tuple(map(due_of, rows))
    return LeadsFetched(wish.campaign, due, store.left(wish.campaign, lists), store.places(lists))


def due_of(row: DueRow) -> Due:
    """A stored lead in the dialler's words."""
    lead = row.lead
    whole = Lead(
        lead=lead_id(row.list, lead.row),
        person=lead.person,
        number=lead.number,
        name=lead.name,
        others=lead.others,
        zones=lead.zones,
        language=lead.language,
        fields=lead.fields,
        owner=lead.owner,
        consent=lead.consent,
        priority=lead.priority,
        segment=lead.segment,
    )
    return Due(whole, row.tries, Outcome(row.last) if row.last else None, row.promised, row.whom)
