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
    """Return every attempt on this person, or on whomever this number, however it is written, is known of; in order."""
    if journal is None:
        return []
    number = numbers.read(who)
    named = journal.attempts.of_person(number.e164 if isinstance(number, Number) else who)
    found = {one.contact: one for one in named}
    for person in {one.person for one in named}:
        found |= {one.contact: one for one in journal.attempts.of_person(person)}
    talks = journal.attempts.talks(list(found))
    way = sorted(found.values(), key=lambda one: (one.begun_at, len(one.contact), one.contact))
    return [Step(one, talks[one.contact].recording if one.contact in talks else "") for one in way]
