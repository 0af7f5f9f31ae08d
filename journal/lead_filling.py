"""Writing a new list: rows go into a file that nobody sees, and the whole of it appears at once, or never.

It does not know what a good row is, nor where rows come from.

The file is written without a journal of its own: it is worthless until it is whole, and it gets its name by one
`link`, which also refuses a name that is taken. A killed import leaves a `.part` file that nobody holds locked; the
next one removes it.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from journal.errors import JournalError
from journal.lead_file import ENDING, SHAPE, TABLES, quoted
from journal.remedies import explained

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.lead_rows import ListRow

PART: Final = ".part"
DOUBLE: Final = "double"
BLOCKED: Final = "blocked"
ELSEWHERE: Final = "elsewhere"
_INTO_LEAD: Final = "INSERT INTO lead VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
_INTO_REJECT: Final = "INSERT INTO reject VALUES (?,?,?,?,?,?,?)"


class NameTaken(JournalError):
    """There is or was a list of this name. Names are not used twice: a lead's id would mean two persons."""


class NewList:
    """A list that is being written. Ends in `keep` or `drop`; neither is one more way to say `drop`."""

    def __init__(self, folder: Path) -> None:
        """Begin. Removes what killed imports left in the folder."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            sweep(folder)
            self._lock, self.path = _locked_file(folder)
            self._folder = folder
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, uri=True)
            self._prepare()
        except (OSError, sqlite3.Error) as fault:
            raise explained("the list cannot be written", fault) from fault

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()

    def _prepare(self) -> None:
        pragmas = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-32000")
        for pragma in (*pragmas, f"user_version={SHAPE}"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("BEGIN")
        for table in TABLES:
            self._db.execute(table)

    def add(self, leads: Iterable[Sequence[Any]], rejects: Iterable[Sequence[Any]], rows: Iterable[Any]) -> None:
        """Add leads in the order of `lead_file.COLUMNS`, bad cells, and the bad rows' cells. Raises JournalError."""
        with _writing():
            self._db.executemany(_INTO_LEAD, leads)
            self._db.executemany(_INTO_REJECT, rejects)
            self._db.executemany("INSERT OR REPLACE INTO bad_row VALUES (?, ?)", rows)

    def without_doubles(self, head: str) -> int:
        """Refuse every row whose number an earlier row has; return how many. `head` names the column of numbers."""
        with _writing():
            self._db.execute("CREATE INDEX lead_number ON lead (number)")
        first = "(SELECT min(row) FROM lead WHERE number = one.number)"
        return self._refuse(f"one.row > {first}", DOUBLE, head, told=first)

    def without_those_of(self, other: Path, head: str) -> int:
        """Refuse every row whose number the list in this file has; return how many."""
        self._db.execute("COMMIT")
        self._db.execute("ATTACH ? AS other", (f"file:{quoted(other)}?mode=ro",))
        self._db.execute("BEGIN")
        try:
            row = "(SELECT min(row) FROM other.lead WHERE number = one.number)"
            told = f"'{other.stem}.' || {row}"
            return self._refuse("one.number IN (SELECT number FROM other.lead)", ELSEWHERE, head, told=told)
        finally:
            self._db.execute("COMMIT")
            self._db.execute("DETACH other")
            self._db.execute("BEGIN")

    def without_blocked(self, numbers: Iterable[tuple[str, bool]], head: str) -> int:
        """Refuse every row with one of these numbers (prefixes, where True); return how many."""
        exact = "INSERT OR IGNORE INTO barred SELECT row FROM lead WHERE number = ?"
        begins = "INSERT OR IGNORE INTO barred SELECT row FROM lead WHERE number >= ? AND number < ?"
        with _writing():
            self._db.execute("CREATE TEMP TABLE barred (row INTEGER PRIMARY KEY)")
            for number, prefix in numbers:
                self._db.execute(begins if prefix else exact, (number, number + ":") if prefix else (number,))
        gone = self._refuse("one.row IN (SELECT row FROM temp.barred)", BLOCKED, head, told="''")
        self._db.execute("DROP TABLE barred")
        return gone

    def _refuse(self, which: str, why: str, head: str, told: str) -> int:
        query = (
            f"INSERT INTO reject SELECT one.row, 0, ?, ?, one.number, {told}, 0 "  # noqa: S608  our own words
            f"FROM lead AS one WHERE {which}"
        )
        with _writing():
            gone = self._db.execute(query, (head, why)).rowcount
            if gone:
                named = "SELECT row FROM reject WHERE why = ? AND left_out = 0"
                self._db.execute(f"DELETE FROM lead WHERE row IN ({named})", (why,))  # noqa: S608  our own words
        return gone

    def count(self) -> int:
        """How many leads there are now."""
        return int(self._db.execute("SELECT count(*) FROM lead").fetchone()[0])

    def finish(self, told: ListRow, fields: Sequence[str]) -> None:
        """Write what the list says of itself, and its order. It can be read from now on, and is not kept yet."""
        said = [(name, json.dumps(value)) for name, value in {**asdict(told), "fields": list(fields)}.items()]
        with _writing():
            self._db.executemany("INSERT OR REPLACE INTO said VALUES (?, ?)", said)
            self._db.execute("CREATE INDEX lead_order ON lead (sink, row) WHERE due = 0")
            self._db.execute("CREATE INDEX lead_later ON lead (due) WHERE due > 0")
            self._db.execute("CREATE INDEX reject_row ON reject (row, place)")
            self._db.execute("COMMIT")
            self._db.close()

    def keep(self, name: str) -> Path:
        """Let the list appear under this name, on the disk before it is seen. `NameTaken`, `JournalError`."""
        place = self._folder / f"{name}{ENDING}"
        refuse_taken(self._folder, name)
        try:
            os.fsync(self._lock)
            place.hardlink_to(self.path)
            _sync(self._folder)
        except FileExistsError as fault:
            raise NameTaken(name) from fault
        except OSError as fault:
            raise explained(f"the list {name} cannot be kept", fault) from fault
        self.drop()
        return place

    def drop(self) -> None:
        """Let it go; nothing was ever seen of it."""
        self._db.close()
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            os.close(self._lock)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as fault:
        raise explained("the list cannot be written", fault) from fault


def refuse_taken(folder: Path, name: str) -> None:
    """Raise `NameTaken` where a list of this name is or was."""
    if (folder / f"{name}{ENDING}").exists() or (folder / f"{name}.gone").exists():
        raise NameTaken(name)


def sweep(folder: Path) -> int:
    """Remove what killed imports left; return how many files. One that is being written is locked, and stays."""
    gone = 0
    for path in folder.glob(f"*{PART}"):
        with suppress(OSError), path.open("rb") as part:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            gone += 1
    return gone


def _locked_file(folder: Path) -> tuple[int, Path]:
    """A new file, and the lock that says that its import lives."""
    while True:
        handle, name = tempfile.mkstemp(PART, "", folder)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:  # else another import swept it away before it was locked
            return handle, Path(name)
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
