"""Appending to the journal from asyncio: one thread writes, the loop never waits for the disk.

It does not know what a fact is. Everything that is queued while a commit runs goes into the next one (group commit).
Order is kept. The read models follow by themselves, a quarter of a second behind at most. After a fault that lasts, the
journal is shut for good: a server that cannot remember must stop, or it would act on what a restart forgets.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
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
_PROJECT_EVERY: Final = 0.25
_FAR_BEHIND: Final = 1000  # facts


@dataclass(slots=True)
class _Waiting:
    facts: Sequence[Fact]
    tape: str | None
    written: asyncio.Future[int]


@dataclass(slots=True)
class _Aside:
    work: Callable[[], object]
    done: asyncio.Future[object]


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
        self._queue: SimpleQueue[_Waiting | _Aside | None] = SimpleQueue()  # None: nothing comes any more
        self._project_at: float | None = None
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
        return self._queue.qsize()

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
        self._queue.put(one)
        return one.written

    async def save_cursor(self, name: str, seq: int) -> None:
        """Remember how far the reader of this name has come."""
        await self._aside(lambda: self.journal.save_cursor(name, seq))

    async def close(self) -> None:
        """Write what is queued, end the threads and give the floor up."""
        self._closing = True
        self._queue.put(None)
        self._checkpointing.set()
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._keeper.join)
        self.journal.close()

    async def _aside(self, work: Callable[[], object]) -> None:
        self._refuse_if_shut()
        done: asyncio.Future[object] = self._loop.create_future()
        self._queue.put(_Aside(work, done))
        await done

    def _refuse_if_shut(self) -> None:
        if self._broken is not None:
            raise self._broken
        if self._closing:
            raise NotWritten("the journal is closed")

    # ── in the writer thread ────────────────────────────────────────────────────────────────────────────────

    def _write(self) -> None:
        going_on = True
        while going_on:
            group: list[_Waiting] = []
            asides: list[_Aside] = []
            for one in self._taken():
                if isinstance(one, _Waiting):
                    group.append(one)
                elif isinstance(one, _Aside):
                    asides.append(one)
                else:
                    going_on = False
            if group:
                self._write_group(group)
            for aside in asides:
                self._answer([(aside.done, self._tried(aside.work))])
            self._project_in_time()

    def _taken(self) -> list[_Waiting | _Aside | None]:
        """What is queued, at least one; nothing when it is time for the read models before anything comes."""
        wait = None if self._project_at is None else max(0.0, self._project_at - time.monotonic())
        taken: list[_Waiting | _Aside | None] = []
        with suppress(Empty):
            taken.append(self._queue.get(timeout=wait))
            while len(taken) < _GROUP:
                taken.append(self._queue.get_nowait())
        return taken

    def _project_in_time(self) -> None:
        behind = self.journal.behind
        if not behind:
            self._project_at = None
            return
        now = time.monotonic()
        if self._project_at is None:
            self._project_at = now + _PROJECT_EVERY
        if now >= self._project_at or behind >= _FAR_BEHIND:
            self._project_at = None
            self._tried(self.journal.project)

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
