"""One imported list: a SQLite file of its own, written once (`journal/lead_filling.py`) and only read from then on.

It does not know campaigns, nor what became of its leads; `journal/lead_store.py` does.

A list that never changes needs no lock and no write-ahead file, can be read by everybody at once, and goes as a whole
when its file goes.
"""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any, Final

from journal.errors import JournalError
from journal.lead_rows import BadCell, LeadRow, ListRow
from journal.remedies import explained

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ENDING: Final = ".list"
SHAPE: Final = 1  # of the tables below; PRAGMA user_version
TABLES: Final = (
    """CREATE TABLE lead (
        row INTEGER PRIMARY KEY, number TEXT NOT NULL, sink INTEGER NOT NULL, due REAL NOT NULL, person TEXT NOT NULL,
        name TEXT NOT NULL, others TEXT NOT NULL, zones TEXT NOT NULL, language TEXT NOT NULL, owner TEXT NOT NULL,
        consent TEXT NOT NULL, segment TEXT NOT NULL, fields TEXT NOT NULL)""",
    """CREATE TABLE reject (
        row INTEGER NOT NULL, place INTEGER NOT NULL, head TEXT NOT NULL, why TEXT NOT NULL, value TEXT NOT NULL,
        told TEXT NOT NULL, left_out INTEGER NOT NULL)""",
    "CREATE TABLE bad_row (row INTEGER PRIMARY KEY, cells TEXT NOT NULL)",
    "CREATE TABLE said (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)
COLUMNS: Final = "row, number, sink, due, person, name, others, zones, language, owner, consent, segment, fields"
FIELD: Final = "\x1f"  # stands between the values of `fields`
_REJECT: Final = "row, head, why, value, told, left_out"


class LeadFile:
    """A list, opened for reading. Safe from any thread, one at a time."""

    def __init__(self, path: Path) -> None:
        """Open the list of this file. `JournalError` where there is none, or one of another version."""
        self.path = path
        try:
            self._db = sqlite3.connect(f"file:{quoted(path)}?mode=ro", uri=True, check_same_thread=False)
            self._db.isolation_level = None
            shape = self._db.execute("PRAGMA user_version").fetchone()[0]
            said = {name: json.loads(value) for name, value in self._db.execute("SELECT name, value FROM said")}
        except (sqlite3.Error, ValueError) as fault:
            raise explained(f"the list {path} cannot be read", fault) from fault
        if shape != SHAPE:
            raise JournalError(f"the list {path} has the shape {shape}, this version knows {SHAPE}; import it again")
        self.told = row_of(said)
        self.heads: tuple[str, ...] = tuple(said["fields"])
        self._places: tuple[tuple[str, ...], ...] | None = None  # found when first asked for: it takes a walk

    def close(self) -> None:
        self._db.close()

    def leads(self, rows: Sequence[int]) -> dict[int, LeadRow]:
        """Return the leads of these rows, as far as there are such."""
        query = f"SELECT {COLUMNS} FROM lead WHERE row IN (SELECT value FROM json_each(?))"  # noqa: S608  our own names
        return {raw[0]: self._lead(raw) for raw in self._db.execute(query, (json.dumps(list(rows)),))}

    def all_leads(self, after: int = 0) -> Iterator[LeadRow]:
        """Yield all leads in the order of the file."""
        query = f"SELECT {COLUMNS} FROM lead WHERE row > ? ORDER BY row LIMIT 5000"  # noqa: S608  our own names
        while page := self._db.execute(query, (after,)).fetchall():
            yield from map(self._lead, page)
            after = page[-1][0]

    def places(self) -> tuple[tuple[str, ...], ...]:
        """Return the zones in which its numbers may be, each set of them once."""
        if self._places is None:
            found = self._db.execute("SELECT DISTINCT zones FROM lead ORDER BY 1")
            self._places = tuple(tuple(zones.split()) for (zones,) in found)
        return self._places

    def numbered(self, number: str) -> list[LeadRow]:
        """Return the leads with this number."""
        query = f"SELECT {COLUMNS} FROM lead WHERE number = ?"  # noqa: S608  our own names
        return [self._lead(raw) for raw in self._db.execute(query, (number,))]

    def sinks(self, rows: Sequence[int]) -> dict[int, tuple[int, float]]:
        """Return for each of these rows how far back it stands (0 minus its priority), and its first moment."""
        query = "SELECT row, sink, due FROM lead WHERE row IN (SELECT value FROM json_each(?))"
        return {row: (sink, due) for row, sink, due in self._db.execute(query, (json.dumps(list(rows)),))}

    def in_order(self, after: tuple[int, int], limit: int) -> list[tuple[int, int]]:
        """Return (sink, row) of the leads that may be called at any time, in their order, from behind `after`."""
        # Two steps, for SQLite looks a pair up in an index by its first part alone.
        same = "SELECT sink, row FROM lead WHERE due = 0 AND sink = ? AND row > ? ORDER BY row LIMIT ?"
        further = "SELECT sink, row FROM lead WHERE due = 0 AND sink > ? ORDER BY sink, row LIMIT ?"
        found = self._db.execute(same, (*after, limit)).fetchall()
        if len(found) < limit:
            found += self._db.execute(further, (after[0], limit - len(found))).fetchall()
        return found

    def later_ones(self) -> Iterator[tuple[int, int, float]]:
        """Yield (row, sink, due) of the leads that may not be called before a moment of their own."""
        return self._db.execute("SELECT row, sink, due FROM lead WHERE due > 0")

    def rejects(self, after: int = 0, limit: int = 0) -> Iterator[BadCell]:
        """Yield what was refused, by row, behind row `after`; 0 is no limit."""
        query = f"SELECT {_REJECT} FROM reject WHERE row > ? ORDER BY row, place LIMIT ?"  # noqa: S608  our own names
        for row, head, why, value, told, left_out in self._db.execute(query, (after, limit or -1)):
            yield BadCell(row, head, why, value, told, bool(left_out))

    def cells_of(self, row: int) -> tuple[str, ...]:
        """Return the cells of a bad row as they stood in the file, () where they were not kept."""
        found = self._db.execute("SELECT cells FROM bad_row WHERE row = ?", (row,)).fetchone()
        return tuple(json.loads(found[0])) if found else ()

    def _lead(self, raw: Sequence[Any]) -> LeadRow:
        row, number, sink, due, person, name, others, zones, language, owner, consent, segment, fields = raw
        values = zip(self.heads, fields.split(FIELD), strict=False) if fields else ()
        return LeadRow(
            row=row,
            person=person or number,
            number=number,
            name=name,
            others=tuple(others.split()),
            zones=tuple(zones.split()),
            language=language,
            fields=tuple((head, value) for head, value in values if value),
            owner=owner,
            consent=consent,
            priority=-sink,
            segment=segment,
            due=due,
        )


def row_of(said: dict[str, Any]) -> ListRow:
    """A list's own words, as they come out of JSON."""
    known = {name: said[name] for name in ListRow.__dataclass_fields__ if name in said}
    known["mapping"] = tuple((str(name), str(head)) for name, head in known.get("mapping", ()))
    return ListRow(**{**known, "columns": tuple(known.get("columns", ()))})


def quoted(path: Path) -> str:
    """The path as a part of SQLite's addresses."""
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
