"""Reading what was dialled: a person's attempts, a campaign's, and the numbers that are blocked.

It does not know how the facts are followed; `journal/lead_store.py` does.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from typing import Final

from journal.lead_projection import attempt
from journal.lead_rows import AttemptRow
from journal.lead_tables import ATTEMPT

_ALL: Final = f"SELECT {', '.join(ATTEMPT)} FROM attempt"  # noqa: S608  our own names
_PAGE: Final = 5000
_AT: Final = ATTEMPT.index("begun_at")


class Attempts:
    """The attempts of a store. Safe from any thread."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def on(self, who: str) -> list[AttemptRow]:
        """Return every attempt on this number or person, in order."""
        query = f"{_ALL} WHERE number = ? OR person = ? ORDER BY begun_at, contact"
        with self._lock:
            return [attempt(raw) for raw in self._db.execute(query, (who, who))]

    def last_on(self, lead: str, campaign: str) -> AttemptRow | None:
        """Return the last attempt on a lead in a campaign."""
        query = f"{_ALL} WHERE lead = ? AND campaign = ? ORDER BY begun_at DESC, contact DESC LIMIT 1"
        with self._lock:
            found = self._db.execute(query, (lead, campaign)).fetchone()
        return attempt(found) if found else None

    def of(self, campaign: str, since: float = 0.0, until: float = 1e12) -> Iterator[AttemptRow]:
        """Yield the attempts of a campaign begun in [since, until), in order."""
        query = f"{_ALL} WHERE campaign = ? AND (begun_at, contact) > (?, ?) AND begun_at < ? "
        after: tuple[float, str] = (since, "")
        while True:
            with self._lock:
                rows = self._db.execute(query + f"ORDER BY begun_at, contact LIMIT {_PAGE}", (campaign, *after, until))
                page = rows.fetchall()
            if not page:
                return
            yield from map(attempt, page)
            after = (page[-1][_AT], page[-1][0])
