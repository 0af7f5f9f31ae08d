"""Saving what can be read of a damaged SQLite journal into a new one. The damaged file is not changed.

It does not know why the file is damaged. Facts and tape are copied row by row as they are; a row that lies on a broken
page is left out, and its number stays free, so that the gap can be seen. The read models are made again from the facts.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from journal.engine import parse_url
from journal.errors import JournalError
from journal.lease import FileLock
from journal.remedies import explained
from journal.store import Journal
from journal.tables import FACTS, TAPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

_AT_ONCE: Final = 500
_GIVE_UP: Final = 200_000  # numbers in a row under which nothing could be read


@dataclass(frozen=True, slots=True)
class Saved:
    """How many rows were saved; `missing` are facts of the old journal that could not be."""

    facts: int
    tape: int
    missing: int


def salvage(url: str, target: Path) -> Saved:
    """Copy what can be read of the journal at `url` to the new file `target`.

    Raises `JournalError` (with a remedy): the file exists, a server is running, or nothing can be read at all.
    """
    address = parse_url(url)
    if address.get_backend_name() != "sqlite":
        raise JournalError(f"{address} is no file of SQLite; put its backup back with the tools of its own database")
    damaged = Path(str(address.database))
    if not damaged.exists():
        raise JournalError(f"there is no journal at {damaged}; name the one that the server writes")
    if target.exists():
        raise JournalError(f"{target} exists already; name a file that does not")
    lock = FileLock(damaged.with_name(f"{damaged.name}.lock"), "salvage")
    try:
        return _saved(damaged, target)
    except sqlite3.Error as fault:
        raise explained(f"nothing can be read of {damaged}", fault) from fault
    finally:
        lock.free()


def _saved(damaged: Path, target: Path) -> Saved:
    with closing(sqlite3.connect(damaged)) as old:
        old.text_factory = lambda text: text.decode("utf-8", "replace")
        old.execute("PRAGMA query_only = ON")
        old.execute("SELECT name FROM sqlite_master").fetchall()  # a damaged first page: nothing can be found
        Journal.open(f"sqlite:///{target}", holder="salvage", now=0.0).close()
        with closing(sqlite3.connect(target)) as new:
            last = max(_last(old, "seq"), 0)
            facts = _copy(old, new, FACTS, last)
            tape = _copy(old, new, TAPE, _last(old, "tape_seq"))
            _copy_lease(old, new)
            new.execute("DELETE FROM cursors WHERE name = 'read models'")
            new.commit()
    journal = Journal.open(f"sqlite:///{target}", holder="salvage", now=0.0)
    last = max(last, journal.last_seq())
    journal.close()
    return Saved(facts, tape, last - facts)


def _last(old: sqlite3.Connection, column: str) -> int:
    """The last number that the lease knows, 0 when that cannot be read."""
    with suppress(sqlite3.Error, TypeError):
        return int(old.execute(f"SELECT {column} FROM lease").fetchone()[0])  # noqa: S608 - two names of ours
    return 0


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: Table, last: int) -> int:
    names = [column.name for column in table.columns]
    read = f"SELECT {', '.join(names)} FROM {table.name} WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608 - ours
    write = f"INSERT OR IGNORE INTO {table.name} VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - ours
    copied = 0
    for rows in _pages(old, read, last):
        copied += new.executemany(write, rows).rowcount
    return copied


def _pages(old: sqlite3.Connection, read: str, last: int) -> Iterator[list[Any]]:
    """Read on behind each broken page: fewer rows at once, then one number after the other, until it goes on."""
    after, at_once, failed = 0, _AT_ONCE, 0
    while failed < _GIVE_UP and (after < last or not failed):
        try:
            rows = old.execute(read, (after, at_once)).fetchall()
        except sqlite3.Error:
            at_once, after, failed = (1, after + 1, failed + 1) if at_once == 1 else (1, after, failed)
            continue
        if not rows:
            return
        yield rows
        after, at_once, failed = rows[-1][0], _AT_ONCE, 0


def _copy_lease(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error, TypeError):
        row = old.execute("SELECT epoch, holder, taken_at, seq, tape_seq FROM lease").fetchone()
        new.execute("UPDATE lease SET epoch = ?, holder = ?, taken_at = ?, seq = ?, tape_seq = ?", row)
    with suppress(sqlite3.Error):
        cursors = old.execute("SELECT name, seq FROM cursors").fetchall()
        new.executemany("INSERT OR REPLACE INTO cursors VALUES (?, ?)", cursors)
