"""Appending to the journal from asyncio: one thread writes, the loop never waits for the disk.

It does not know what a fact is. Everything that is queued while a commit runs goes into the next one (group commit).
Order is kept. After a fault that lasts, the journal is shut for good: a server that cannot remember must stop, or it
would act on what a restart forgets.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import SQLAlchemyError

from journal.errors import JournalError, NotWritten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journal.facts import Fact
    from journal.store import Journal

_GROUP: Final = 256
_CHECKPOINT_EVERY: Final = 1000  # commits
_CHECKPOINT_ROUNDS: Final = 4
_FEW_PAGES: Final = 200
_RETRY_PAUSE: Final = 0.05


@dataclass(slots=True)
class _Waiting:
    facts: Sequence[Fact]
    tape: str | None
    written: asyncio.Future[int]


class AsyncJournal:
    """The one writer thread of a journal. All its methods belong to the loop that made it.

    `room` commits may wait at most; more callers then wait for room. A commit that the database refuses is tried again
    for `patience` seconds.
    """

    def __init__(self, journal: Journal, *, room: int = 4096, patience: float = 30.0) -> None:
        self.journal = journal
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Semaphore(room)
        self._patience = patience
        self._queue: deque[_Waiting] = deque()
        self._asides: deque[tuple[Callable[[], object], asyncio.Future[object]]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._broken: JournalError | None = None
        self._since_checkpoint = 0
        self._finish_checkpoint = False
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._checkpointing = threading.Event()
        self._keeper = threading.Thread(target=self._keep_short, name="journal-checkpoint", daemon=True)
        self._thread.start()
        self._keeper.start()

    @property
    def waiting(self) -> int:
        """How many commits are queued."""
        return len(self._queue)

    async def append(self, facts: Sequence[Fact], tape: str | None = None) -> int:
        """Return the last fact's number once the facts are safe.

        Raises `LeaseLost` or `NotWritten`, and from then on always: stop the server. A caller that is cancelled has
        appended all the same.
        """
        async with self._room:
            return await self.submit(facts, tape)

    def submit(self, facts: Sequence[Fact], tape: str | None = None) -> asyncio.Future[int]:
        """Queue a commit at once, without a bound, and return what will be the last fact's number.

        For a loop that goes on with its next message meanwhile; it should watch `waiting`. Futures are done in order.
        """
        self._refuse_if_shut()
        one = _Waiting(facts, tape, self._loop.create_future())
        with self._wake:
            self._queue.append(one)
            self._wake.notify()
        return one.written

    async def save_cursor(self, name: str, seq: int) -> None:
        """Remember how far the reader of this name has come."""
        await self._aside(lambda: self.journal.save_cursor(name, seq))

    async def close(self) -> None:
        """Write what is queued, end the threads and give the floor up."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._checkpointing.set()
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._keeper.join)
        self.journal.close()

    async def _aside(self, work: Callable[[], object]) -> None:
        self._refuse_if_shut()
        done: asyncio.Future[object] = self._loop.create_future()
        with self._wake:
            self._asides.append((work, done))
            self._wake.notify()
        await done

    def _refuse_if_shut(self) -> None:
        if self._broken is not None:
            raise self._broken
        if self._closing:
            raise NotWritten("the journal is closed")

    # ── in the writer thread ────────────────────────────────────────────────────────────────────────────────

    def _write(self) -> None:
        while True:
            with self._wake:
                while not (self._queue or self._asides or self._closing):
                    self._wake.wait()
                if not (self._queue or self._asides):
                    return
                group = [self._queue.popleft() for _ in range(min(len(self._queue), _GROUP))]
                asides = list(self._asides)
                self._asides.clear()
            if group:
                self._write_group(group)
            for work, done in asides:
                self._answer([(done, self._tried(work))])

    def _write_group(self, group: list[_Waiting]) -> None:
        commits = [(one.facts, one.tape) for one in group]
        result = self._tried(lambda: self.journal.append_group(commits))
        numbers = result if isinstance(result, list) else [result] * len(group)
        self._answer([(one.written, number) for one, number in zip(group, numbers, strict=True)])
        self._since_checkpoint += len(group)
        if self._finish_checkpoint:
            self._finish_checkpoint = False
            with suppress(SQLAlchemyError, sqlite3.Error):
                self.journal.finish_checkpoint()
        if self._since_checkpoint >= _CHECKPOINT_EVERY:
            self._since_checkpoint = 0
            self._checkpointing.set()

    def _tried(self, work: Callable[[], object]) -> object:
        """Do it, again and again while the database refuses; the result, or the exception that ended it."""
        give_up_at = time.monotonic() + self._patience
        while self._broken is None:
            try:
                return work()
            except NotWritten as fault:
                if time.monotonic() >= give_up_at or self._closing:
                    self._broken = fault
                time.sleep(_RETRY_PAUSE)
            except JournalError as fault:
                self._broken = fault
            except Exception as fault:  # noqa: BLE001 - whatever it was, the caller must hear it and nobody may go on
                self._broken = JournalError(f"the journal's writer failed: {fault!r}")
                self._broken.__cause__ = fault
        return self._broken

    def _answer(self, results: Sequence[tuple[asyncio.Future[Any], object]]) -> None:
        # The loop may be closed already when a program ends in a hurry; then nobody waits for the answer.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_settle, results)

    def _keep_short(self) -> None:
        """Move the write-ahead file's content away beside the commits; only the last few pages between two of them."""
        while not self._closing:
            self._checkpointing.wait()
            self._checkpointing.clear()
            with suppress(SQLAlchemyError, sqlite3.Error):  # the file only grows longer; the next round tries again
                for _ in range(_CHECKPOINT_ROUNDS):
                    if self._closing or self.journal.checkpoint() < _FEW_PAGES:
                        break
                self._finish_checkpoint = True


def _settle(results: Sequence[tuple[asyncio.Future[Any], object]]) -> None:
    for future, result in results:
        if future.done():
            continue  # its caller was cancelled
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
