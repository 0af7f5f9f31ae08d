"""The sources of customers' records as this server asks them: which are in force, their headers, the locks of before.

It does not know how a source is asked (`switchroom/asked_sources.py`).
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal.facts import LookupDone
from switchroom.asked_sources import Sources
from switchroom.http_source import HttpSources

if TYPE_CHECKING:
    from pathlib import Path

    from journal.store import Journal
    from switchroom.floorplan import FloorPlan

LONGEST_LOCK = 86_400.0  # seconds; `lock_for` in sources.yaml is at most this
LONGEST_HEADERS = 16 * 1024  # bytes


def open_sources(
    floor: Callable[[], FloorPlan], secrets: Path, journal: Journal, clock: Callable[[], float]
) -> Sources:
    """Everything that flows may ask. `secrets` is the folder of the files that `headers_from` names."""
    sources = Sources(floor, HttpSources(HeaderFiles(secrets).read), clock)
    told = (stored.fact for stored in journal.of_callers(clock() - LONGEST_LOCK, (LookupDone,)))
    sources.remember((fact.wrong, fact.at) for fact in told if isinstance(fact, LookupDone) and fact.wrong)
    return sources


@dataclass
class HeaderFiles:
    """Files with one `Name: value` header a line, read again when they change."""

    folder: Path
    _read: dict[str, tuple[float, Mapping[str, str]]] = field(default_factory=dict)

    def read(self, name: str) -> Mapping[str, str]:
        """The headers in a file. Raises `OSError`, or `ValueError` when it is open to others or holds no headers."""
        path = self.folder / name
        found = path.stat()
        at, headers = self._read.get(name, (0.0, {}))
        if at == found.st_mtime:
            return headers
        if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077 or found.st_size > LONGEST_HEADERS:
            raise ValueError("a file of headers must be a small file that only its owner can read (chmod 600)")
        pairs = [line.partition(":") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        if not all(colon and name.strip() for name, colon, _ in pairs):
            raise ValueError("a line of a file of headers is not of the form Name: value")
        headers = {name.strip(): value.strip() for name, _, value in pairs}
        self._read[name] = (found.st_mtime, headers)
        return headers
