"""Lists, rejects and a campaign's results as CSV that a spreadsheet opens and of which it executes nothing.

It does not know who asked, nor whom a cell is about.

UTF-8 with a mark at its beginning, by which spreadsheets know the encoding. A cell that would be run as a formula gets
an apostrophe in front (`desk/sheets.py`); an import takes it off a number again. A file appears whole.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

from desk.sheets import plain_cell
from journal.lead_file import LeadFile
from journal.lead_rows import LeadRow, Standing
from journal.lead_store import LeadStore
from switchroom.list_reasons import reason

_PAGE: Final = 2000
_LEAD: Final = ("list", "row", "number", "other", "name", "person", "language", "segment", "priority", "zone", "owner",
                "consent")  # fmt: skip
_STANDS: Final = ("state", "tries", "outcome", "last_at", "result", "agent", "amount", "note", "due", "promised",
                  "refused")  # fmt: skip
_REJECT: Final = ("row", "column", "reason", "原因", "value")
Line = Sequence[object]


def write_csv(out: TextIO, heads: Line, lines: Iterable[Line]) -> int:
    """Write heads and lines; return how many lines."""
    writer, count = csv.writer(out), 0
    writer.writerow(map(plain_cell, heads))
    for line in lines:
        writer.writerow(map(plain_cell, line))
        count += 1
    return count


def save_csv(path: Path, heads: Line, lines: Iterable[Line]) -> int:
    """Write a file that appears whole or not at all; return how many lines. Raises `OSError`."""
    handle, made = tempfile.mkstemp(".part", path.name, path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
            count = write_csv(out, heads, lines)
        Path(made).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(made).unlink()
        raise
    return count


def rejects_of(file: LeadFile) -> tuple[Line, Iterator[Line]]:
    """Heads and lines of what an import refused: row, column, reason in both languages, and the row as it stood."""

    def lines() -> Iterator[Line]:
        for cell in file.rejects():
            cells = file.cells_of(cell.row)
            yield (cell.row, cell.column, reason(cell, chinese=False), reason(cell, chinese=True), cell.value, *cells)

    return (*_REJECT, *file.told.columns), lines()


def results_of(
    store: LeadStore, campaign: str, lists: Sequence[str], zone: tzinfo
) -> tuple[tuple[str, ...], Iterator[Line]]:
    """Heads and lines of every lead of these lists, and how each stands in the campaign ("": leads alone)."""
    files = [(name, file) for name in lists if (file := store.file(name))]
    fields = tuple(dict.fromkeys(head for _, file in files for head in file.heads))
    heads = (*_LEAD, *fields, *(_STANDS if campaign else ()))

    def lines() -> Iterator[Line]:
        for name, file in files:
            leads = file.all_leads()
            while page := list(islice(leads, _PAGE)):
                stands = store.standings(campaign, name, [lead.row for lead in page]) if campaign else {}
                for lead in page:
                    line = _lead_cells(name, lead, fields)
                    stand = stands.get(lead.row, Standing(next=lead.due))
                    yield (*line, *_stand_cells(stand, zone)) if campaign else line

    return heads, lines()


def _lead_cells(name: str, lead: LeadRow, fields: Sequence[str]) -> tuple[object, ...]:
    shown = dict(lead.fields)
    return (
        name, lead.row, lead.number, " ".join(lead.others), lead.name, lead.person, lead.language, lead.segment,
        lead.priority, " ".join(lead.zones), lead.owner, lead.consent, *(shown.get(head, "") for head in fields),
    )  # fmt: skip


def _stand_cells(stand: Standing, zone: tzinfo) -> tuple[object, ...]:
    return (
        _state(stand), stand.tries, stand.last, moment(stand.at, zone), stand.result, stand.agent, stand.amount,
        stand.note, moment(stand.next, zone), moment(stand.promised, zone), stand.refused,
    )  # fmt: skip


def _state(stand: Standing) -> str:
    if stand.air:
        return "in_air"
    if stand.ended:
        return "ended"
    return "waiting" if stand.tries or stand.last or stand.refused or stand.promised else "fresh"


def moment(at: float, zone: tzinfo) -> str:
    """A moment as people and spreadsheets read it, "" for none."""
    return datetime.fromtimestamp(at, zone).isoformat(" ", "seconds")[:19] if at else ""
