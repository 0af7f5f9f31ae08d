"""Keeping SQLite's write-ahead file short, beside the commits and in a thread of its own.

It does not know what is written. Only the last few pages are moved between two commits, by whoever writes them
(`finish`): that is when the file is used anew.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from journal.store import Journal

_EVERY: Final = 1000  # commits
_ROUNDS: Final = 4
_FEW_PAGES: Final = 200


class KeepShort:
    """`count` is told of commits; when `is_nearly_done`, `finish` belongs between two of them."""

    def __init__(self, journal: Journal) -> None:
        self.is_nearly_done = False
        self._journal = journal
        self._since = 0
        self._closing = False
        self._due = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-checkpoint", daemon=True)
        self._thread.start()

    def count(self, commits: int) -> None:
        self._since += commits
        if self._since >= _EVERY:
            self._since = 0
            self._due.set()

    def finish(self) -> None:
        """Move the pages left over."""
        self.is_nearly_done = False
        with suppress(SQLAlchemyError, sqlite3.Error):
            self._journal.finish_checkpoint()

    def close(self) -> None:
        """End it. `join` waits for that."""
        self._closing = True
        self._due.set()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        while not self._closing:
            self._due.wait()
            self._due.clear()
            with suppress(SQLAlchemyError, sqlite3.Error):  # the file only grows longer; the next round tries again
                for _ in range(_ROUNDS):
                    if self._closing or self._journal.checkpoint() < _FEW_PAGES:
                        break
                self.is_nearly_done = True
