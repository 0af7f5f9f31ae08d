"""One person's way through all campaigns: every attempt on a number or a person, and what is recorded of it.

It does not know how it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from journal.lead_rows import AttemptRow
from journal.lead_store import LeadStore
from journal.views import JournalReader
from outbound.listing.numbers import Number, Numbers


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt. `recordings` are paths below the recordings folder, without extension."""

    attempt: AttemptRow
    recordings: tuple[str, ...]


def journey(store: LeadStore, journal: JournalReader | None, who: str, numbers: Numbers) -> list[Step]:
    """Return every attempt on this number, however it is written, or on this person, in order."""
    number = numbers.read(who)
    found = store.attempts.on(number.e164 if isinstance(number, Number) else who)
    return [Step(one, _recordings(journal, one.contact)) for one in found]


def _recordings(journal: JournalReader | None, contact: str) -> tuple[str, ...]:
    if journal is None:
        return ()
    return tuple(offer.recording for offer in journal.offers(contact) if offer.recording and offer.answered_at)
