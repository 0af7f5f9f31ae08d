"""Sending one commit: the fence, the facts and the tape, in one transaction. Facts wait for nothing else.

It does not know what a fact is, nor why a fence refuses. A commit runs some hundred times a second, mostly from cold
caches, so that every line it passes through counts: for SQLite it goes straight to the driver. Other databases may
lose their connection, and SQLAlchemy knows how each of them says so.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from journal.errors import JournalError
from journal.remedies import explained, not_written
from journal.tables import FACTS, TAPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from journal.statements import Row, Statements

_FACT: Final = [column.name for column in FACTS.columns]
_TAPE: Final = [column.name for column in TAPE.columns]
_REFUSED: Final = "the journal refused what it was given"


class Commits(Protocol):
    """Rows are tuples in the order of the table's columns."""

    def write(self, move: Row, facts: Sequence[tuple[Any, ...]], tapes: Sequence[tuple[Any, ...]]) -> bool:
        """Write all of it and return True, or nothing and False when the fence refused `move`.

        Raises `NotWritten` (try again), `JournalError` (it will never be taken).
        """
        ...

    def never_wait(self) -> None:
        """From now on a database that somebody else has locked is `NotWritten` at once, where it can be told so."""


def commits_for(connection: Connection, statements: Statements) -> Commits:
    """Return the quickest way that this database has."""
    if connection.dialect.name == "sqlite":
        return _SqliteCommits(connection, statements)
    return _AnyCommits(connection, statements)


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """Run a transaction; `NotWritten` or `JournalError` where the database refuses it."""
    try:
        with connection.begin():
            yield connection
    except (OperationalError, sqlite3.OperationalError) as fault:
        raise not_written(fault) from fault
    except (SQLAlchemyError, sqlite3.Error) as fault:
        raise explained(_REFUSED, fault) from fault


class _AnyCommits:
    def __init__(self, connection: Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def write(self, move: Row, facts: Sequence[tuple[Any, ...]], tapes: Sequence[tuple[Any, ...]]) -> bool:
        with transaction(self._connection) as connection:
            passed = self._statements.fence.run(connection, (move,)) == 1
            if passed:
                self._statements.fact.run(connection, [dict(zip(_FACT, row, strict=True)) for row in facts])
                self._statements.tape.run(connection, [dict(zip(_TAPE, row, strict=True)) for row in tapes])
        return passed

    def never_wait(self) -> None:
        """Nobody waits for a lock here: rows are locked by this writer alone."""


class _SqliteCommits:
    def __init__(self, connection: Connection, statements: Statements) -> None:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):  # pragma: no cover - the dialect says what the driver is
            raise JournalError(f"the driver of {connection.engine.url} is not Python's own")
        self._raw = raw
        self._cursor = raw.cursor()
        self._fence = statements.fence
        self._fact, self._tape = statements.fact.sql, statements.tape.sql

    def never_wait(self) -> None:
        self._cursor.execute("PRAGMA busy_timeout=0")

    def write(self, move: Row, facts: Sequence[tuple[Any, ...]], tapes: Sequence[tuple[Any, ...]]) -> bool:
        cursor = self._cursor
        try:
            cursor.execute("BEGIN IMMEDIATE")
            if cursor.execute(self._fence.sql, self._fence.ordered(move)).rowcount != 1:
                cursor.execute("ROLLBACK")
                return False
            if facts:
                cursor.executemany(self._fact, facts)
            if tapes:
                cursor.executemany(self._tape, tapes)
            cursor.execute("COMMIT")
        except BaseException as fault:
            if self._raw.in_transaction:
                cursor.execute("ROLLBACK")
            if isinstance(fault, sqlite3.OperationalError):
                raise not_written(fault) from fault
            if isinstance(fault, sqlite3.Error):
                raise explained(_REFUSED, fault) from fault
            raise
        return True
