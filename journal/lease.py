"""The lock that tells whether another living server holds this journal.

It does not know about epochs: those are in the database and are checked in every commit (`journal.store`). The lock
only keeps a second server from taking over while the first one lives; the kernel frees it at the holder's death,
however that came. Beside the lock's owner the file keeps how far he had come: where the journal later stands further
back than that, something took facts out of it (a write-ahead file that was cut or removed, an older copy put back).
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from journal.errors import FloorTaken

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_KEY: Final = 0x5717C4B0  # PostgreSQL numbers its locks; this number is ours in each database
_MARK: Final = re.compile(r"epoch (\d{1,15}), fact (\d{1,18})")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a server had come: its epoch, and a fact that it certainly had committed."""

    epoch: int
    seq: int


class Lock(Protocol):
    """Held from its making until `free` or the holder's death. `earlier` is the last holder's mark, where known."""

    earlier: Mark | None

    def free(self) -> None: ...

    def note(self, mark: Mark) -> None:
        """Keep how far we have come."""
        ...


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
            owner = self._text().partition("\n")[0]
            self.free()
            raise FloorTaken(str(path), owner or "its name is not known") from None
        found = _MARK.search(self._text())
        self.earlier = Mark(int(found[1]), int(found[2])) if found else None
        self._owner = f"{holder}, process {os.getpid()}\n".encode()
        kept = f"epoch {self.earlier.epoch}, fact {self.earlier.seq}\n" if self.earlier else ""
        text = self._owner + kept.encode()
        with suppress(OSError):  # a full disk: the lock holds without a name, and the mark stays what it was
            os.pwrite(self._file, text, 0)
            os.ftruncate(self._file, len(text))

    def _text(self) -> str:
        return os.pread(self._file or 0, 1000, 0).decode("utf-8", "replace").strip()

    def note(self, mark: Mark) -> None:
        if self._file is not None:
            os.pwrite(self._file, b"%bepoch %d, fact %d\n" % (self._owner, mark.epoch, mark.seq), 0)

    def free(self) -> None:
        """Give the lock up; a second time does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class SessionLock:
    """A lock that lives as long as our session with PostgreSQL.

    A broken session frees it while we may still be alive: then the epoch keeps us from writing.
    """

    earlier: Mark | None = None

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

    def note(self, mark: Mark) -> None:
        """Do nothing: this database keeps what it has acknowledged."""

    def free(self) -> None:
        """Give the lock up; a second time does nothing."""
        self._session.close()
        self._engine.dispose()
