"""The ledger's files: a line for each record, a file for each month, opened by one server at a time.

It does not know what is recorded. A crash may leave half a line, which is cut off when the ledger is opened again: what
it told is still in the journal, and comes again. Records are kept for five years at the least (16 CFR 310.5): nothing
here deletes one.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, Self

from switchroom.dial_ledger.chain import BrokenChain, Entry, Head, head_in, line_of

FOLDER: Final = "dial-ledger"
_GLOB: Final = "[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"
_LONGEST: Final = 1 << 16  # bytes of a line
_HALF_WRITTEN: Final = 0.5  # seconds after which a running server has written its line to the end


class LedgerTaken(Exception):
    """Another server writes this ledger."""


class LedgerFiles:
    """The ledger of a folder, opened for writing. `head` is the last record's."""

    def __init__(self, folder: Path, lock: IO[str]) -> None:
        self._folder = folder
        self._lock = lock
        found = files_of(folder)
        self._name = found[-1].name if found else ""
        self._file: IO[bytes] | None = None
        self.head = _last_head(found)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open it, and cut half a line off. Raises `LedgerTaken`, `BrokenChain`, `OSError`."""
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for path in files_of(folder)[-1:]:
                _cut_half_line(path)
            return cls(folder, lock)
        except BlockingIOError as fault:
            lock.close()
            raise LedgerTaken(str(folder)) from fault
        except BaseException:
            lock.close()
            raise

    def append(self, entries: Sequence[Entry]) -> None:
        """Write them behind the last record, in one piece for each file."""
        head, lines = self.head, b""
        for entry in entries:
            name = max(self._name, datetime.fromtimestamp(entry.at, UTC).strftime("%Y-%m.jsonl"))
            if name != self._name:
                self._write(lines)
                lines = b""
                self._turn_to(name)
            line, head = line_of(head, entry)
            lines += f"{line}\n".encode()
        self._write(lines)
        self.head = head

    def sync(self) -> None:
        """Wait until the disk has everything."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the ledger up."""
        self._close_file()
        self._lock.close()

    def _turn_to(self, name: str) -> None:
        self._close_file()
        self._name = name

    def _write(self, lines: bytes) -> None:
        if not lines:
            return
        if self._file is None:
            self._file = (self._folder / self._name).open("ab", buffering=0)
        self._file.write(lines)

    def _close_file(self) -> None:
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None


def files_of(folder: Path) -> list[Path]:
    """The ledger's files, oldest first."""
    return sorted(folder.glob(_GLOB))


def lines_of(folder: Path) -> Iterator[bytes]:
    """Every line with its end. A server may be writing the last one just now: it is given a moment to end it."""
    for path in files_of(folder):
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    time.sleep(_HALF_WRITTEN)
                    yield line + file.readline()
                else:
                    yield line


def _cut_half_line(path: Path) -> None:
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        tail = _tail(file, size)
        whole = tail.rfind(b"\n") + 1
        if whole < len(tail):
            file.truncate(size - len(tail) + whole)


def _tail(file: IO[bytes], size: int) -> bytes:
    file.seek(max(0, size - 2 * _LONGEST))
    return file.read()


def _last_head(paths: Sequence[Path]) -> Head:
    for path in reversed(paths):
        with path.open("rb") as file:
            lines = _tail(file, file.seek(0, os.SEEK_END)).splitlines()
        if lines:
            return head_in(lines[-1])
    return Head()


__all__ = ["FOLDER", "BrokenChain", "LedgerFiles", "LedgerTaken", "files_of", "lines_of"]
