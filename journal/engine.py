"""Opening the database: one way for writing, one for reading.

It does not know what is written or read. All that belongs to SQLite alone is in here.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from journal.errors import JournalError
from journal.remedies import explained

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine, Select
    from sqlalchemy.engine import URL

_SYNC: Final = {"crash": "NORMAL", "power": "FULL"}
_PATIENCE_MS: Final = 5000
_NO_TEXT: Final = "Could not decode to UTF-8"


def parse_url(url: str) -> URL:
    """Return the address of the database; `JournalError` where it is none that a journal can live in."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise JournalError(
            f"journal url {url!r} is not readable; write for instance sqlite:///var/journal.db"
        ) from None
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise JournalError(f"journal url {url!r} names no file; a journal must outlive its server")
    return parsed


def open_engine(url: URL, *, writes: bool, durability: str = "crash") -> Engine:
    """Return an engine. `durability`: crash (safe against kill -9), power (also against loss of power)."""
    if durability not in _SYNC:
        raise JournalError(f"journal durability {durability!r} is unknown; use {' or '.join(_SYNC)}")
    if url.get_backend_name() != "sqlite":
        return _engine(url, pool_size=4, pool_pre_ping=not writes)
    engine = _engine(url, connect_args={"check_same_thread": False, "timeout": _PATIENCE_MS / 1000})
    pragmas = [f"synchronous={_SYNC[durability]}", "foreign_keys=OFF", "temp_store=MEMORY"]
    pragmas += ["wal_autocheckpoint=0"] if writes else ["query_only=ON"]
    start = "BEGIN IMMEDIATE" if writes else "BEGIN"

    def connected(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # the driver's own BEGIN comes too late and is not IMMEDIATE
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}")

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(start)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _engine(url: URL, **options: Any) -> Engine:
    try:
        return create_engine(url, **options)
    except (ArgumentError, ModuleNotFoundError) as fault:
        raise JournalError(
            f"journal url {url}: {fault}; for PostgreSQL write postgresql+psycopg://... and install psycopg"
        ) from fault


def in_use(engine: Engine) -> int:
    """How many of its connections somebody holds now; 0 where each is made anew."""
    return engine.pool.checkedout() if isinstance(engine.pool, QueuePool) else 0


def read(reader: Engine, query: Select[Any]) -> Sequence[Any]:
    """Return all rows, asked in a connection of their own. Raises `JournalError` with a remedy."""
    try:
        with reader.connect() as connection:
            return rows_of(connection, query)
    except (SQLAlchemyError, sqlite3.Error) as fault:
        raise explained("the journal cannot be read", fault) from fault


def rows_of(connection: Connection, query: Select[Any]) -> Sequence[Any]:
    """Return all rows. A damaged text reads with a mark for each broken letter, and does not hide the other rows."""
    try:
        return connection.execute(query).all()
    except OperationalError as fault:
        raw = connection.connection.driver_connection
        if _NO_TEXT not in str(fault.orig) or not isinstance(raw, sqlite3.Connection):
            raise
        kept, raw.text_factory = raw.text_factory, lambda text: text.decode("utf-8", "replace")
        try:
            return connection.execute(query).all()
        finally:
            raw.text_factory = kept


def use_write_ahead_log(engine: Engine) -> None:
    """Let SQLite write ahead, so that readers never stop the writer; other databases do so by themselves."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()
