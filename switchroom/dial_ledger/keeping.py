"""The ledger kept up to date beside the running server: it follows the journal's facts, strictly in their order.

It does not know how records are made (`entries.py`) or chained. Nothing waits for it: the journal is its queue, and the
last record is its watermark. Every second it takes what is new; every thousand records, every hour and at the end it
writes the chain's head into the journal as a fact, so that neither the ledger nor the journal can be altered alone, and
who listens on the bus is a witness.

Many writers there are none: the server that holds the floor is the only one, and a lock keeps one that was taken for
dead from writing beside it. One machine that takes over from another and finds no ledger derives it anew from the
journal, byte for byte.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from journal.errors import JournalError
from journal.law_facts import LedgerSealed
from journal.outbound_facts import ERASURES, AttemptEnded, PersonErased
from journal.rows import RawFact
from journal.thread import AsyncJournal
from journal.views import JournalReader
from outbound.law.profile import DAY
from switchroom.dial_ledger.chain import BrokenChain, Entry
from switchroom.dial_ledger.entries import KINDS, Entries, print_of
from switchroom.dial_ledger.files import FOLDER, LedgerFiles, LedgerTaken

log = structlog.get_logger()

CURSOR: Final = "dial ledger"
EVERY: Final = 1.0  # seconds
SEAL_AFTER: Final = 1000  # records
SEAL_EVERY: Final = 3600.0  # seconds
_FAR: Final = 100_000  # facts without a record of their own, after which the cursor is moved on
_PAGE: Final = 1000
_REACH: Final = 31 * DAY  # longer than any law's window


class AnothersLedger(Exception):
    """The ledger was derived from another journal, or this one stands further back than it did."""


class Follower:
    """Brings the ledger's files up to the journal's last fact. Blocking: it belongs in a thread."""

    def __init__(self, journal: JournalReader, folder: Path) -> None:
        self._journal = journal
        self.files = LedgerFiles.open(folder / FOLDER)
        if not self._fits():
            self.files.close()
            raise AnothersLedger(f"{folder / FOLDER} belongs to another journal; move it away, or put that one back")
        self._entries = Entries()
        self.seen = max(self.files.head.seq, journal.cursor(CURSOR) if self.files.head.number else 0)
        self._remember()

    def follow(self) -> int:
        """Record what is new; return how many records that were."""
        begun = self.files.head.number
        last = self._journal.last_seq()
        while self.seen < last:
            page = self._journal.raw_facts(self.seen, _PAGE, KINDS)
            found: list[Entry] = [entry for raw in page if (entry := self._entries.entry(raw)) is not None]
            self.files.append(found)
            self.seen = page[-1].seq if len(page) == _PAGE else max(last, page[-1].seq if page else 0)
            if found:
                self._entries.forget()
        return self.files.head.number - begun

    def _fits(self) -> bool:
        """Whether the last record's fact is in this journal."""
        head = self.files.head
        if not head.number:
            return True
        found = self._journal.raw_facts(head.seq - 1, 1)
        return bool(found) and (print_of(found[0]) == head.fact or self._is_erased(found[0]))

    def _is_erased(self, raw: RawFact) -> bool:
        """Whether a person was taken out of this fact since it was recorded."""
        erasures = (stored.fact for stored in self._journal.facts(contact=ERASURES))
        return any((raw.seq, print_of(raw)) in one.facts for one in erasures if isinstance(one, PersonErased))

    def _before(self, at: float, last: int) -> int:
        """A number up to which all facts are older than `at`: they are in the order of their times but for seconds."""
        old, young = 0, last
        while young - old > _PAGE:
            middle = (old + young) // 2
            found = self._journal.raw_facts(middle, 1)
            if found and found[0].at < at:
                old = middle
            else:
                young = middle
        return old

    def _remember(self) -> None:
        """The ends of all windows that are still open at the last record."""
        last = self.files.head.seq
        newest = next(iter(self._journal.raw_facts(last - 1, 1)), None) if last else None
        if newest is None:
            return
        after = self._before(newest.at - _REACH - DAY, last)
        kinds = (AttemptEnded.__name__,)
        while page := self._journal.raw_facts(after, _PAGE, kinds):
            for raw in page:
                if raw.seq <= last and raw.at > newest.at - _REACH:
                    self._entries.remember(raw)
            after = page[-1].seq
            if after >= last:
                break


class DialLedger:
    """The follower in the service. `memory` takes the seals."""

    def __init__(self, journal: JournalReader, memory: AsyncJournal, data: Path, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._memory = memory
        self._data = data
        self._clock = clock
        self._follower: Follower | None = None
        self._task: asyncio.Task[None] | None = None
        self._sealed = 0
        self._sealed_at = clock()
        self._marked = 0
        self._trouble = ""

    def trouble(self) -> str:
        """Why nothing is recorded now, "" when all is well."""
        return self._trouble

    async def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Record the last facts and seal them."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._follower is not None:
            await self._round(ending=True)
            self._follower.files.close()

    async def _run(self) -> None:
        while True:
            await self._round()
            await asyncio.sleep(EVERY)

    async def _round(self, *, ending: bool = False) -> None:
        """Follow once. That the ledger cannot be written stops no call: it is told, and made up for later."""
        try:
            if self._follower is None:
                self._follower = await asyncio.to_thread(Follower, self._journal, self._data)
                self._sealed = self._follower.files.head.number
            await asyncio.to_thread(self._follower.follow)
            await self._seal(self._follower, ending=ending)
            self._tell("")
        except (OSError, JournalError, LedgerTaken, BrokenChain, AnothersLedger) as fault:
            self._tell(f"{type(fault).__name__}: {fault}")

    async def _seal(self, follower: Follower, *, ending: bool) -> None:
        head, now = follower.files.head, self._clock()
        fresh = head.number - self._sealed
        if fresh >= SEAL_AFTER or (fresh and (ending or now - self._sealed_at >= SEAL_EVERY)):
            await asyncio.to_thread(follower.files.sync)
            await self._memory.append([LedgerSealed(now, head.number, head.hash)], None)
            self._sealed, self._sealed_at = head.number, now
        if follower.seen - self._marked >= _FAR:
            await asyncio.to_thread(follower.files.sync)
            await self._memory.save_cursor(CURSOR, follower.seen)
            self._marked = follower.seen

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.error("dial_ledger.behind", why=trouble, remedy="mend it; the ledger makes up for what it missed")
        self._trouble = trouble
