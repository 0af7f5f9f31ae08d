"""Appending to the journal from asyncio: at once where that is quick, else by a thread that the loop does not wait for.

It does not know what a fact is. A commit that needs no word from the disk (`Journal.is_quick`) is written by the loop
itself while the thread has nothing to do: that takes less than waking a thread and being woken by it. While the thread
works, or where another program has locked the file, commits are queued for it, and everything that is queued while one
runs goes into the next one (group commit). Order is kept. After a fault that lasts, the journal is shut for good: a
server that cannot remember must stop, or it would act on what a restart forgets.

The read models follow by themselves, a quarter of a second behind at most. Where commits are quick the loop brings them
up to date as well, a piece at a time: a thread that waits for its turn to run would hold the commits up meanwhile, ten
times as long as the piece takes. When they are far behind the thread does it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from journal.errors import JournalError, NotWritten
from journal.keeping_short import KeepShort

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journal.erasing_rows import Rewriting
    from journal.facts import Fact
    from journal.store import Journal

_GROUP: Final = 256
_RETRY_PAUSE: Final = 0.05
_PROJECT_EVERY: Final = 0.25
_FAR_BEHIND: Final = 1000  # facts
_PIECE: Final = 64  # facts that the read models take at once: so long a commit waits, some two milliseconds


@dataclass(slots=True)
class _Waiting:
    facts: Sequence[Fact]
    tape: str | None
    written: asyncio.Future[int]


@dataclass(slots=True)
class _Aside:
    """Something else for the thread to do."""

    work: Callable[[], object]
    done: asyncio.Future[object] | None = None


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
        self._floor = threading.Lock()  # held by whoever works on the connection: the thread, or the loop
        self._queued = 0  # commits that the thread has not answered; as long as there is one, none may overtake it
        self._reminded = False
        self._queue: SimpleQueue[_Waiting | _Aside | None] = SimpleQueue()  # None: nothing comes any more
        self._project_at: float | None = None
        self._closing = False
        self._broken: JournalError | None = None
        self._short = KeepShort(journal)
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many commits are queued."""
        return self._queue.qsize()

    async def append(self, facts: Sequence[Fact], tape: str | None = None) -> int:
        """Return the last fact's number once the facts are safe.

        Raises `LeaseLost` or `NotWritten`, and from then on always: stop the server. A caller that is cancelled has
        appended all the same.
        """
        last = self.at_once(facts, tape)
        if last is not None:
            return last
        async with self._room:
            return await self.submit(facts, tape)

    def at_once(self, facts: Sequence[Fact], tape: str | None = None) -> int | None:
        """Write it here and now; None, and nothing written, where the thread must do it. Raises as `append` does."""
        if not self._is_free() or not self._floor.acquire(blocking=False):
            return None
        try:
            return self._here(facts, tape)
        finally:
            self._floor.release()

    def submit(self, facts: Sequence[Fact], tape: str | None = None) -> asyncio.Future[int]:
        """Queue a commit at once, without a bound, and return what will be the last fact's number.

        For a loop that goes on with its next message meanwhile; it should watch `waiting`. Futures are done in order.
        """
        self._refuse_if_shut()
        one = _Waiting(facts, tape, self._loop.create_future())
        self._queued += 1
        self._queue.put(one)
        return one.written

    def _is_free(self) -> bool:
        """Whether the loop may write by itself: the thread has no commit in hand, nor is it behind with its work."""
        if self._queued or self._short.is_nearly_done:
            return False
        return self.journal.is_quick and self.journal.behind < 2 * _FAR_BEHIND

    def _here(self, facts: Sequence[Fact], tape: str | None) -> int | None:
        """None when the file is locked or refuses, so that the thread must try on."""
        self._refuse_if_shut()
        try:
            last = self.journal.append(facts, tape)
        except NotWritten:
            return None
        except JournalError as fault:
            self._broken = fault
            raise
        self._remind()
        self._short.count(1)
        return last

    def _remind(self) -> None:
        """The read models are to follow in a moment, if that is not on its way."""
        if not self._reminded:
            self._reminded = True
            self._loop.call_later(_PROJECT_EVERY, self._project_here)

    def _project_here(self) -> None:
        """One piece, and another one when the loop has seen to the rest; the thread does what cannot be done here."""
        if not self.journal.behind or self._closing or self._broken is not None:
            self._reminded = False
        elif self.journal.behind >= _FAR_BEHIND or not self._piece_here():
            self._queue.put(_Aside(self._project))
            self._reminded = False
        else:
            self._loop.call_soon(self._project_here)

    def _piece_here(self) -> bool:
        if not self._is_free() or not self._floor.acquire(blocking=False):
            return False
        try:
            self.journal.project(_PIECE)
        except JournalError:  # the thread tries again, and shuts the journal if that does not help
            return False
        finally:
            self._floor.release()
        return True

    async def save_cursor(self, name: str, seq: int) -> None:
        """Remember how far the reader of this name has come."""
        await self._aside(lambda: self.journal.save_cursor(name, seq))

    async def rewrite(self, wanted: Rewriting) -> None:
        """Write rows of the journal without a person."""
        await self._aside(lambda: self.journal.rewrite(wanted))

    async def close(self) -> None:
        """Write what is queued, end the threads and give the floor up."""
        self._closing = True
        self._queue.put(None)
        self._short.close()
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._short.join)
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
            with self._floor:
                self._work_through(group, asides)

    def _work_through(self, group: list[_Waiting], asides: list[_Aside]) -> None:
        if group:
            self._write_group(group)
        for aside in asides:
            done = self._tried(aside.work)
            if aside.done is not None:
                self._answer([(aside.done, done)])
        if not self.journal.is_quick:
            self._project_in_time()
        if self._short.is_nearly_done:
            self._short.finish()

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
            self._tried(self._project_piece)
            goes_on = self._broken is None and self.journal.behind > 0
            self._project_at = now if goes_on else None

    def _project_piece(self) -> None:
        self.journal.project(max(_PIECE, self.journal.behind // 4))

    def _project(self) -> None:
        """What the loop could not do: a piece, and the rest by whom it is quicker."""
        self._project_piece()
        if self.journal.behind >= _FAR_BEHIND:
            self._queue.put(_Aside(self._project))
        else:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._remind)

    def _write_group(self, group: list[_Waiting]) -> None:
        commits = [(one.facts, one.tape) for one in group]
        result = self._tried(lambda: self.journal.append_group(commits))
        numbers = result if isinstance(result, list) else [result] * len(group)
        self._answer([(one.written, number) for one, number in zip(group, numbers, strict=True)], len(group))
        self._short.count(len(group))

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

    def _answer(self, results: Sequence[tuple[asyncio.Future[Any], object]], commits: int = 0) -> None:
        # The loop may be closed already when a program ends in a hurry; then nobody waits for the answer.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._settle, results, commits)

    def _settle(self, results: Sequence[tuple[asyncio.Future[Any], object]], commits: int) -> None:
        self._queued -= commits
        if self.journal.is_quick:
            self._remind()
        for future, result in results:
            if future.done():
                continue  # its caller was cancelled
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
