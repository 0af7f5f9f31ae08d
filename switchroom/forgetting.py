"""A person taken out of what the running server keeps, so that the ledger's proof still holds.

It does not decide who may ask for it. First it is written down which facts will change and what their fingerprints will
be (`PersonErased`), then they are rewritten: a server that dies in between has promised and not done it, and whoever
asks again has it done. Recordings of talks with him are deleted in between, where that is wanted and no law wants them
kept, each with a fact that says so. Copies that people have made (exports, backups) are theirs to find.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from desk.forgetting_view import Forgotten, NotForgotten
from journal.erasing import Person
from journal.erasing_rows import ERASED
from journal.facts import RecordingKept
from journal.lead_erasing import Listed, erase_rows, rows_of_person
from journal.outbound_facts import PersonErased
from outbound.listing.numbers import Number, Numbers, region_of_country
from recordings.erasing import erase
from switchroom.dial_ledger.entries import print_of

if TYPE_CHECKING:
    from pathlib import Path

    from journal.erasing_rows import OwnCall, Rewriting, TalkRecorded, Touched
    from journal.lead_store import LeadStore
    from journal.thread import AsyncJournal

DAY: Final = 86_400.0
_WHOLE: Final = re.compile(r"\+[1-9][0-9]{6,14}\Z", re.ASCII)  # as it may stand in a list, though no plan has it
_LETTERS: Final = "abcdefghijklmnop"  # no digit: no part of a word may look like a number


@dataclass(frozen=True, slots=True)
class _Found:
    numbers: tuple[str, ...]
    ids: tuple[str, ...]
    rows: tuple[Listed, ...]
    attempts: tuple[Touched, ...]
    own: tuple[OwnCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Recordings:
    """Where recordings are, and for how many days after its talk a law wants each kept; 0: none does."""

    folder: Path
    keep_days: int = 0


class FloorForgetting:
    """The desk's `Forgetting`. `whole` makes E.164 of a number as people write it, "" of what is none."""

    def __init__(
        self,
        store: LeadStore,
        memory: AsyncJournal,
        whole: Callable[[str], str],
        clock: Callable[[], float],
        recordings: Recordings,
    ) -> None:
        self._recordings = recordings
        self._store = store
        self._memory = memory
        self._whole = whole
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def numbers(self, number: str) -> Sequence[str]:
        return (await asyncio.to_thread(self._find, self._known(number))).numbers

    async def forget(self, number: str, by: str, why: str, *, recordings: bool = False) -> Forgotten:
        async with self._one_at_a_time:
            found = await asyncio.to_thread(self._find, self._known(number))
            if any(one.is_open for one in found.attempts) or any(one.is_open for one in found.own):
                raise NotForgotten("he is on the line just now; ask again when the call is over")
            person = _person(found, self._written_by_number(found.numbers))
            persons = self._memory.journal.persons
            there = await asyncio.to_thread(persons.recordings, person.calls | person.own)
            if recordings:
                self._may_be_deleted(there)
            await asyncio.to_thread(erase_rows, self._store.folder, found.rows, person)
            wanted = await asyncio.to_thread(persons.rewriting, person)
            word = next(iter(person.numbers.values()))
            facts = await asyncio.to_thread(self._fingerprints, wanted)
            await self._memory.append([PersonErased(self._clock(), word, by, why, len(found.rows), facts)], None)
            deleted = await self._delete(there) if recordings else ()
            await self._memory.rewrite(wanted)
            await asyncio.to_thread(self._store.without_notes, [(one.list, one.row) for one in found.rows])
            return Forgotten(
                word, found.numbers, len(found.rows), len(found.attempts), len(wanted.facts), len(wanted.tape),
                tuple(one.path for one in there if one.path not in deleted), deleted, len(found.own),
            )  # fmt: skip

    def _may_be_deleted(self, there: Sequence[TalkRecorded]) -> None:
        days = self._recordings.keep_days
        until = max((one.at for one in there), default=0.0) + days * DAY
        if days and until > self._clock():
            raise NotForgotten(
                f"recordings must be kept for {days} days (recordings.keep_days): of talks with him until "
                f"{datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M} UTC; ask without them, or again then"
            )

    async def _delete(self, there: Sequence[TalkRecorded]) -> tuple[str, ...]:
        """Delete them, and write down of each that it is gone."""
        deleted = await asyncio.to_thread(erase, self._recordings.folder, [one.path for one in there])
        gone = [
            RecordingKept(self._clock(), one.contact, one.offer, (), 0.0, one.talked, ERASED)
            for one in there
            if one.path in deleted
        ]
        if gone:
            await self._memory.append(gone, None)
        return deleted

    def _known(self, number: str) -> str:
        whole = self._whole(number.strip())
        if not whole:
            raise NotForgotten("this is no telephone number")
        return whole

    def _find(self, number: str) -> _Found:
        """Everything that hangs together: a number has rows and persons, and these have other numbers."""
        numbers, ids = {number}, set[str]()
        while True:
            before = len(numbers) + len(ids)
            rows = rows_of_person(self._store.folder, numbers, ids)
            attempts = self._memory.journal.persons.attempts(numbers, ids)
            numbers |= {one for row in rows for one in row.numbers} | {one.number for one in attempts}
            ids |= {row.person for row in rows if row.person} | {one.person for one in attempts if one.person}
            numbers = {one for one in numbers if one.startswith("+")}
            if len(numbers) + len(ids) == before:
                own = self._memory.journal.persons.own_calls(self._as_written(numbers))
                return _Found(tuple(sorted(numbers)), tuple(sorted(ids)), tuple(rows), tuple(attempts), tuple(own))

    def _as_written(self, numbers: Iterable[str]) -> set[str]:
        """As callers' numbers may stand in the journal: whole, or as they came in, with less before them or more."""
        found = set(numbers)
        for number in numbers:
            digits = number[1:]
            tails = [digits[cut:] for cut in range(4)]
            found |= {one for tail in tails for one in (tail, f"0{tail}", f"00{tail}") if self._whole(one) == number}
        return found

    def _written_by_number(self, numbers: Iterable[str]) -> dict[str, str]:
        """What else each of his numbers is written as, with the number."""
        return {one: number for number in numbers for one in sorted(self._as_written((number,)) - {number})}

    def _fingerprints(self, wanted: Rewriting) -> tuple[tuple[int, str], ...]:
        found = []
        for seq, text in wanted.facts:
            raw = next(iter(self._memory.journal.raw_facts(seq - 1, 1)))
            found.append((seq, print_of(replace(raw, body=text))))
        return tuple(found)


def _person(found: _Found, written: Mapping[str, str]) -> Person:
    word = "erased-" + "".join(secrets.choice(_LETTERS) for _ in range(12))
    numbers = dict(zip(found.numbers, _words(word, found.numbers), strict=True))
    ids = {one: numbers.get(one, f"{word}-id{place * '-'}") for place, one in enumerate(found.ids)}
    leads = {f"{row.list}.{row.row}" for row in found.rows} | {one.lead for one in found.attempts}
    calls, own = (frozenset(one.contact for one in them) for them in (found.attempts, found.own))
    forms = {form: numbers[number] for form, number in written.items()}
    return Person(numbers, ids, calls, frozenset(leads), own, forms)


def _words(word: str, of: Iterable[str]) -> list[str]:
    return [word + "-" * place for place, _ in enumerate(of)]


def whole_number(country: str) -> Callable[[str], str]:
    """What makes E.164 of a number as it is written in the country of this code, "" of what is none."""
    region = region_of_country(country)
    numbers = Numbers(region) if region else None

    def whole(text: str) -> str:
        read = numbers.read(text) if numbers is not None else None
        return read.e164 if isinstance(read, Number) else text if _WHOLE.match(text) else ""

    return whole
