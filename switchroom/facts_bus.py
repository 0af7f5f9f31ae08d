"""The journal's facts on the bus: reads what is committed, remembers how far it came.

It does not know MQTT; `cti/bus.py` does, and does not know the journal.
"""

from __future__ import annotations

from journal.store import Journal
from journal.thread import AsyncJournal
from switchroom.settings import BusMode, BusSettings


class FactsBus:
    """Nothing waits for it: a dead broker costs a line in the log and a later catching up."""

    def __init__(self, settings: BusSettings, journal: Journal, memory: AsyncJournal) -> None:
        self._settings = settings
        self._journal = journal
        self._memory = memory

    def wake(self) -> None:
        """New facts are committed."""

    def trouble(self) -> str:
        """Why nothing is published now, "" when all is well."""
        return "" if self._settings.mode is BusMode.NONE else "not connected"

    async def start(self) -> None:
        """Begin publishing where the last server stopped."""

    async def stop(self) -> None:
        """Stop; the rest is published by the next server."""
