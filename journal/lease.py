"""The lock that tells whether another living server holds this journal.

It does not know about epochs: those are in the database and are checked in every commit (`journal.store`). The lock
only keeps a second server from taking over while the first one lives; the kernel frees it at the holder's death,
however that came.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from journal.errors import FloorTaken

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_KEY: Final = 0x5717C4B0  # PostgreSQL numbers its locks; this number is ours in each database


class Lock(Protocol):
    """Held from its making until `free` or the holder's death."""

    def free(self) -> None: ...


def take_lock(address: URL, holder: str) -> Lock:
    """Take the lock of the journal at this address; `FloorTaken` when a living server has it."""
    if address.get_backend_name() == "sqlite":
        return FileLock(Path(f"{address.database}.lock"), holder)
    return SessionLock(address)


class FileLock:
    """A lock on `path`; the file stays when the lock goes, and tells who held it last."""

    def __init__(self, path: Path, holder: str) -> None:
        """Take the lock; `FloorTaken` when a living process has it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(self._file, 400, 0).decode("utf-8", "replace").strip()
            self.free()
            raise FloorTaken(str(path), owner or "its name is not known") from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{holder}, process {os.getpid()}\n".encode(), 0)

    def free(self) -> None:
        """Give the lock up; a second time does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class SessionLock:
    """A lock that lives as long as our session with PostgreSQL.

    A broken session frees it while we may still be alive: then the epoch keeps us from writing.
    """

    def __init__(self, address: URL) -> None:
        """Take the lock; `FloorTaken` when another session has it."""
        self._engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._session = self._engine.connect()
        if not self._session.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}):
            owner = self._owner()
            self.free()
            raise FloorTaken(address.render_as_string(), owner)

    def _owner(self) -> str:
        try:
            return self._session.scalar(text("SELECT holder FROM lease")) or "its name is not known"
        except ProgrammingError:
            return "it is making the tables now"

    def free(self) -> None:
        """Give the lock up; a second time does nothing."""
        self._session.close()
        self._engine.dispose()
