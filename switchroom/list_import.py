"""A file becomes a list: looked at, tried, or taken in; whole or not at all, in memory that does not grow with it.

It does not know who wants it (command line, page), nor how its progress is shown.

`preview` reads twenty rows. `stage` reads all of them into a file that nobody sees, refuses doubles and blocked numbers
there, and can tell everything of it; only `Staged.keep` lets the list appear.
"""

from __future__ import annotations

import hashlib
import json
import re
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final, Self

from journal.lead_file import LeadFile
from journal.lead_filling import NewList, refuse_taken
from journal.lead_rows import ListRow
from journal.lead_store import LeadStore
from outbound.listing.columns import Column, Columns, ColumnsFault, columns_of
from outbound.listing.faults import Fault
from outbound.listing.numbers import Numbers
from outbound.listing.row import LONGEST_CELL, Listed, RowReader
from switchroom.list_source import Reading, Source, source_of
from switchroom.list_text import Broken, Cells

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z")
PREVIEW: Final = 20
_BATCH: Final = 2000
Progress = Callable[[int, int, int], None]  # bytes read, of so many, rows so far


class BadName(ValueError):
    """A list's name is of small letters, digits and hyphens, up to 40."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be imported, and how it is to be read. `columns` are `column=header`; `without` are other lists.

    `region` is where numbers without a country code are (CN), `zone` the house's for moments. `called` is how a person
    calls the file, "" for its own name; `consent` the evidence of all rows that name none.
    """

    path: Path
    name: str
    region: str
    zone: str
    by: str
    columns: tuple[str, ...] = ()
    reading: Reading = field(default_factory=Reading)
    without: tuple[str, ...] = ()
    called: str = ""
    consent: str = ""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the file, and the lead that it would be, or the faults."""

    row: int
    cells: tuple[str, ...]
    lead: Listed | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file. `fault` says why its columns cannot be told apart, None where they can."""

    shape: str
    heads: tuple[str, ...]
    columns: Columns | None
    rows: tuple[PreviewRow, ...]
    fault: ColumnsFault | None = None


def preview(wish: Wish) -> Preview:
    """Look at the file. Raises `NoText`, `NoWorkbook`, `UnknownRegion`, `OSError`."""
    numbers = Numbers(wish.region)
    source = source_of(wish.path, wish.reading, numbers)
    try:
        columns = _columns(source, wish)
    except ColumnsFault as fault:
        bare = [PreviewRow(row, _shown(cells), None, ()) for row, cells in islice(source.rows(), PREVIEW)]
        return Preview(source.shape, source.heads, None, tuple(bare), fault)
    reader = _reader(columns, numbers, wish)
    rows = [PreviewRow(row, _shown(cells), *_read(reader, row, cells)) for row, cells in islice(source.rows(), PREVIEW)]
    return Preview(source.shape, source.heads, columns, tuple(rows))


@dataclass(slots=True)
class Staged:
    """A list that was read whole and is seen by nobody yet. `told` says how many rows became what."""

    told: ListRow
    new: NewList

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()

    def opened(self) -> LeadFile:
        """The list for reading, with its rejects; close it."""
        return LeadFile(self.new.path)

    def keep(self) -> ListRow:
        """Let the list appear. Raises `NameTaken`, `JournalError`."""
        self.new.keep(self.told.name)
        return self.told

    def drop(self) -> None:
        """Forget it."""
        self.new.drop()


def stage(store: LeadStore, wish: Wish, now: float, progress: Progress = lambda *_: None) -> Staged:
    """Read the whole file. Raises what `preview` does, and `BadName`, `NameTaken`, `ColumnsFault`, `JournalError`."""
    if not NAME.match(wish.name):
        raise BadName(wish.name)
    refuse_taken(store.folder, wish.name)
    others = [file.path for name in wish.without if (file := store.file(name))]
    numbers = Numbers(wish.region)
    source = source_of(wish.path, wish.reading, numbers)
    columns = _columns(source, wish)
    new = NewList(store.folder)
    try:
        rows, bad = _fill(new, source, _reader(columns, numbers, wish), progress)
        head = columns.head(columns.places[Column.NUMBER][0])
        double = new.without_doubles(head)
        blocked = new.without_blocked(store.blocked(), head)
        double += sum(new.without_those_of(path, head) for path in others)
        told = _told(wish, source, columns, now)
        told = replace(told, rows=rows, good=new.count(), bad=bad, double=double, blocked=blocked)
        new.finish(told, [shown for _, shown in columns.fields])
    except BaseException:
        new.drop()
        raise
    return Staged(told, new)


def _columns(source: Source, wish: Wish) -> Columns:
    return columns_of(source.heads, wish.columns)


def _reader(columns: Columns, numbers: Numbers, wish: Wish) -> RowReader:
    known = {name.lower(): name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC"}
    return RowReader(columns, numbers, known, zoneinfo.ZoneInfo(wish.zone), consent=wish.consent.strip())


def _read(reader: RowReader, row: int, cells: Cells) -> tuple[Listed | None, tuple[Fault, ...]]:
    if isinstance(cells, Broken):
        return None, (Fault(0, cells.why, cells.text),)
    lead, faults = reader.read(row, cells)
    return lead, tuple(faults)


def _fill(new: NewList, source: Source, reader: RowReader, progress: Progress) -> tuple[int, int]:
    """Read all rows into the new list; return how many there were, and how many are no leads."""
    counted, bad, done = 0, 0, 0

    def told(read: int) -> None:
        nonlocal done
        done = read

    for batch in _batches(source.rows(told)):
        leads, rejects, raw = [], [], []
        for row, cells in batch:
            lead, faults = _read(reader, row, cells)
            if lead is not None:
                leads.append(lead)
            else:
                raw.append((row, json.dumps(_shown(cells), ensure_ascii=False)))
            rejects += [_reject(row, fault, reader.columns) for fault in faults]
        new.add(leads, rejects, raw)
        counted, bad = counted + len(batch), bad + len(raw)
        progress(done, source.size, counted)
    return counted, bad


def _batches(rows: Iterator[tuple[int, Cells]]) -> Iterator[list[tuple[int, Cells]]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _reject(row: int, fault: Fault, columns: Columns) -> tuple[object, ...]:
    value = _sound(fault.value)
    return row, fault.place, columns.head(fault.place), fault.why, value, fault.told, fault.left_out


def _shown(cells: Cells) -> tuple[str, ...]:
    texts = cells if isinstance(cells, list) else [cells.text]
    return tuple(_sound(cell) for cell in texts[:500])


def _sound(text: str) -> str:
    """As much of a cell as is kept of a bad one, in letters that every database takes."""
    return text[:LONGEST_CELL].encode("utf-8", "replace").decode()


def _told(wish: Wish, source: Source, columns: Columns, now: float) -> ListRow:
    with wish.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    mapping = tuple((str(column), columns.head(place)) for column, places in columns.places.items() for place in places)
    heads = tuple(columns.head(place) for place in range(len(columns.heads)))
    return ListRow(
        wish.name, wish.by, wish.called or wish.path.name, sha256, now, 0, 0, 0, 0, 0,
        columns=heads, region=wish.region, zone=wish.zone, mapping=mapping, shape=source.shape,
    )  # fmt: skip
