"""The lock that tells whether another living server holds this journal.

It does not know about epochs: those are in the database and are checked in every commit (`journal.store`). The lock
only keeps a second server from taking over while the first one lives; the kernel frees it at the holder's death,
however that came.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from journal.errors import FloorTaken

if TYPE_CHECKING:
    from pathlib import Path


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
