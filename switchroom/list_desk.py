"""Lists for the people at their screens: a file is taken in, looked at, tried and imported, while the floor goes on.

It does not know HTTP, nor what a row must be. A file is read by a process of its own, one at a time; a page asks how
far it has come. What was brought in and not imported is forgotten when the server ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from desk.list_view import ListView, ListWish, NotTaken, RejectView, UploadView
from journal.errors import JournalError
from journal.facts import ListImported
from journal.lead_file import row_of
from journal.lead_rows import BadCell
from outbound.listing.columns import Column
from outbound.listing.numbers import region_of_country
from switchroom.list_import import Preview, Wish, preview
from switchroom.list_reading import NotRead, carried_out
from switchroom.list_reasons import reason
from switchroom.list_rerun import rerun
from switchroom.list_sentences import ASKED, sentence
from switchroom.list_worker import ListOrder
from switchroom.settings import Language

if TYPE_CHECKING:
    from journal.lead_rows import ListRow
    from journal.lead_store import LeadStore
    from journal.thread import AsyncJournal
    from switchroom.settings import Settings

log = structlog.get_logger()

KINDS: Final = (".csv", ".txt", ".tsv", ".xlsx")
LONGEST_NAME: Final = 200  # bytes; file systems take 255
KEPT: Final = 20  # files at once
REJECTS: Final = "rejects.csv"
SHOWN: Final = 20  # rows and rejects
LOOKED_AT: Final = 5.0  # seconds between two looks at which lists there are


@dataclass(slots=True)
class _File:
    """One file on its way in."""

    folder: Path
    path: Path
    view: UploadView
    task: asyncio.Task[None] | None = field(default=None)


class FloorLists:
    """The desk's `ListDesk` over the store of lists. `memory` keeps that a list was imported, and by whom.

    `known` are the lists of which it has that already; one that a command brought in beside the server is kept, too.
    """

    def __init__(
        self,
        store: LeadStore,
        memory: AsyncJournal,
        settings: Settings,
        clock: Callable[[], float],
        known: Iterable[str] = (),
    ) -> None:
        self._store = store
        self._memory = memory
        self._zone = settings.server.timezone
        self._region = region_of_country(settings.server.country)
        self._folder = settings.server.data / "uploads"
        self._clock = clock
        self._files: dict[str, _File] = {}
        self._one_at_a_time = asyncio.Lock()
        self._rows: Mapping[str, int] = {}
        self._looking: asyncio.Task[None] | None = None
        self._told = set(known)
        self._chinese = settings.server.language == Language.CHINESE

    async def start(self) -> None:
        """Forget what another server was brought, and begin to look which lists there are."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        self._looking = asyncio.create_task(self._keep_looking(), name="lists")

    async def stop(self) -> None:
        tasks = [self._looking, *(file.task for file in self._files.values())]
        for task in tasks:
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def rows(self) -> Mapping[str, int]:
        """How many leads each list has, as of some seconds ago."""
        return self._rows

    # ── the desk's questions ────────────────────────────────────────────────────────────────────────────────────────

    async def lists(self) -> Sequence[ListView]:
        found = await asyncio.to_thread(self._store.lists)
        return sorted(map(_listed, found), key=lambda one: -one.at)

    async def take(self, file: str, pieces: AsyncIterator[bytes], by: str) -> UploadView:
        ending = Path(file).suffix.lower()
        if ending not in KINDS:
            raise NotTaken(f"a list is a file that ends in {', '.join(KINDS)}")
        folder = self._folder / secrets.token_hex(8)
        path = folder / (Path(file).name if len(file.encode()) <= LONGEST_NAME else f"list{ending}")
        await asyncio.to_thread(folder.mkdir, 0o700, parents=True)
        try:
            with path.open("wb") as out:
                async for piece in pieces:
                    await asyncio.to_thread(out.write, piece)
            came = UploadView(folder.name, file, "came", by)
            taken = _File(folder, path, came)
            taken.view = await asyncio.to_thread(self._looked_at, taken, ListWish("list"))
        except BaseException as fault:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            raise _in_words(path, fault) from fault
        self._files[folder.name] = taken
        while len(self._files) > KEPT:
            await self.forget(next(iter(self._files)))
        return taken.view

    async def upload(self, upload: str) -> UploadView | None:
        file = self._files.get(upload)
        return None if file is None else file.view

    async def check(self, upload: str, wish: ListWish) -> UploadView:
        return self._begin(upload, wish, "checking", keep=False)

    async def bring(self, upload: str, wish: ListWish, by: str) -> UploadView:
        file = self._known(upload)
        file.view = replace(file.view, by=by)
        return self._begin(upload, wish, "importing", keep=True)

    async def rejects(self, upload: str) -> Path | None:
        file = self._files.get(upload)
        path = file.folder / REJECTS if file is not None else None
        return path if path is not None and path.exists() else None

    async def forget(self, upload: str) -> None:
        file = self._files.pop(upload, None)
        if file is not None:
            if file.task is not None:
                file.task.cancel()
            await asyncio.to_thread(shutil.rmtree, file.folder, ignore_errors=True)

    async def rerun(self, campaign: str, outcomes: Sequence[str], name: str, by: str) -> ListView:
        def made() -> ListRow:
            with rerun(self._store, campaign, outcomes=outcomes, name=name, by=by, now=self._clock()) as staged:
                return staged.keep()

        try:
            async with self._one_at_a_time:
                told = await asyncio.to_thread(made)
        except (*ASKED, JournalError) as fault:
            raise _in_words(Path(name), fault) from fault
        await self._imported(told)
        return _listed(told)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _known(self, upload: str) -> _File:
        file = self._files.get(upload)
        if file is None:
            raise NotTaken("this file is not here any more; bring it again")
        return file

    def _begin(self, upload: str, wish: ListWish, state: str, *, keep: bool) -> UploadView:
        file = self._known(upload)
        if file.task is not None and not file.task.done():
            raise NotTaken("this file is being read; wait a moment")
        if file.view.state == "imported":
            raise NotTaken("this file is imported already")
        file.view = replace(file.view, state=state, list=wish.name, region=wish.region, fault="", done=0, of=0, rows=0)
        file.task = asyncio.create_task(self._read(file, self._wish(file, wish), keep=keep), name=f"list {upload}")
        return file.view

    async def _read(self, file: _File, wish: Wish, *, keep: bool) -> None:
        try:
            async with self._one_at_a_time:
                told, view = await self._staged(file, wish, keep=keep)
            if keep:
                await self._imported(told)
                await asyncio.to_thread(file.path.unlink, missing_ok=True)  # one copy of people is enough
            file.view = view
        except NotTaken as fault:
            file.view = replace(file.view, state="failed", fault=str(fault))
        except Exception as fault:  # the page must not wait for ever
            log.exception("list_not_read", file=file.view.file)
            file.view = replace(file.view, state="failed", fault=f"the server failed on it: {type(fault).__name__}")

    async def _staged(self, file: _File, wish: Wish, *, keep: bool) -> tuple[ListRow, UploadView]:
        """Have it read by a process of its own; what it has brought in is there when it says so."""
        begun = time.monotonic()

        def progress(done: int, size: int, rows: int) -> None:
            rate = rows / max(0.001, time.monotonic() - begun)
            file.view = replace(file.view, done=done, of=size, rows=rows, rate=rate)

        order = ListOrder(
            "bring" if keep else "check", str(self._store.folder), str(file.path), wish.name, wish.region, wish.zone,
            file.view.by, wish.columns, str(file.folder / REJECTS), file.view.file,
        )  # fmt: skip
        try:
            end = await carried_out(order, progress)
        except NotRead as fault:
            raise NotTaken(str(fault) or "the reader of the file died") from fault
        if keep and not end["kept"]:
            raise NotTaken("no row of it can be taken")
        told = row_of(end["told"])
        return told, replace(
            file.view, state="imported" if keep else "checked", done=file.view.of, rows=told.rows, good=told.good,
            bad=told.bad, double=told.double, blocked=told.blocked, rejects=tuple(map(self._rejected, end["rejects"])),
        )  # fmt: skip

    async def _imported(self, told: ListRow) -> None:
        """Keep that it was, once, and see it."""
        if told.name not in self._told:
            self._told.add(told.name)
            counts = (told.rows, told.good, told.bad, told.double, told.blocked)
            fact = ListImported(self._clock(), told.name, told.by, told.source, told.sha256, *counts)
            await self._memory.append([fact], None)
        self._rows = {**self._rows, told.name: told.good}

    def _rejected(self, one: dict[str, Any]) -> RejectView:
        cell = BadCell(**one)
        return RejectView(cell.row, cell.column, reason(cell, chinese=self._chinese), cell.value)

    def _looked_at(self, file: _File, wish: ListWish) -> UploadView:
        seen = preview(self._wish(file, wish))
        encoding, _, delimiter = seen.shape.partition(", ")
        fault = str(sentence(seen.fault, file.view.file)) if seen.fault is not None else ""
        sample = tuple(row.cells for row in islice(seen.rows, SHOWN))
        return replace(
            file.view, encoding=encoding, delimiter=delimiter, columns=seen.heads, mapping=_mapped(seen), sample=sample,
            fault=fault, region=self._region,
        )  # fmt: skip

    def _wish(self, file: _File, wish: ListWish) -> Wish:
        said = tuple(f"{what}={head}" for head, what in (wish.mapping or {}).items() if what)
        region = wish.region or self._region
        return Wish(file.path, wish.name, region, self._zone, file.view.by, said)

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._look()
            except Exception:  # the counts of a page are no reason to stop anything
                log.exception("lists_not_read")
            await asyncio.sleep(LOOKED_AT)

    async def _look(self) -> None:
        found = await asyncio.to_thread(self._store.lists)
        self._rows = {one.name: one.good for one in found}
        for one in found:
            await self._imported(one)


def _mapped(seen: Preview) -> tuple[tuple[str, str], ...]:
    if seen.columns is None:
        return ()
    places = {place: column for column, some in seen.columns.places.items() for place in some}
    return tuple((seen.columns.head(place), Column(column).value) for place, column in sorted(places.items()))


def _listed(row: ListRow) -> ListView:
    return ListView(row.name, row.source, row.by, row.at, row.rows, row.good, row.bad, row.double, row.blocked)


def _in_words(path: Path, fault: BaseException) -> BaseException:
    """What people are told of it; what nobody foresaw stays what it is."""
    words = sentence(fault, path.name) if isinstance(fault, Exception) else None
    return fault if words is None else NotTaken(words)
