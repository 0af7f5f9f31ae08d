"""One person's way through all campaigns: every attempt on a number or a person, and what is recorded of it.

It does not know how it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from journal.attempt_views import AttemptRow
from journal.views import JournalReader
from outbound.listing.numbers import Number, Numbers


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt. `recording` is a path below the recordings folder without extension, "" where there is none."""

    attempt: AttemptRow
    recording: str


def journey(journal: JournalReader | None, who: str, numbers: Numbers) -> list[Step]:
    """Return every attempt on this number, however it is written, or on this person, in order."""
    if journal is None:
        return []
    number = numbers.read(who)
    found = journal.attempts.of_person(number.e164 if isinstance(number, Number) else who)
    talks = journal.attempts.talks([one.contact for one in found])
    return [Step(one, talks[one.contact].recording if one.contact in talks else "") for one in reversed(found)]
