"""The journal's facts on the bus: reads what is committed, remembers how far it came.

It does not know MQTT; `cti/bus.py` does, and does not know the journal.

Nothing waits for the broker. The journal is the queue: a broker that was away for a day gets that day's facts in order,
and a restarted server goes on behind the last fact that the broker acknowledged.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence

import structlog

from cti.broker import LoopbackBroker
from cti.bus import BrokerAddress, Bus, BusRecord, parse_broker_url
from journal.store import Journal
from journal.thread import AsyncJournal
from switchroom.secret_files import read_secret
from switchroom.settings import BusMode, BusSettings

log = structlog.get_logger()

CURSOR = "bus"
AT_ONCE = 500


class FactsBus:
    """Publishes every fact, or nothing when the settings say so."""

    def __init__(self, settings: BusSettings, journal: Journal, memory: AsyncJournal) -> None:
        self._journal = journal
        self._memory = memory
        self._broker: LoopbackBroker | None = None
        self._bus: Bus | None = None
        if settings.mode is not BusMode.NONE:
            self._bus = Bus(address_of(settings), self._read, self._mark, after=journal.cursor(CURSOR))
        if settings.mode is BusMode.IN_PROCESS:
            self._broker = LoopbackBroker(address_of(settings).port)

    def wake(self) -> None:
        """New facts are committed."""
        if self._bus is not None:
            self._bus.wake()

    def trouble(self) -> str:
        """Why nothing is published now, "" when all is well."""
        return self._bus.trouble() if self._bus is not None else ""

    async def start(self) -> None:
        """Begin behind the last acknowledged fact. That a broker of ours cannot listen is no reason to stop."""
        if self._broker is not None:
            try:
                await self._broker.start()
            except Exception as fault:  # noqa: BLE001 - amqtt raises what it likes; the floor opens without a bus
                log.warning("broker_not_started", why=str(fault))
        if self._bus is not None:
            await self._bus.start()

    async def stop(self) -> None:
        """Stop; what is left is published by the next server."""
        if self._bus is not None:
            await self._bus.stop()
        if self._broker is not None:
            await self._broker.stop()

    async def _read(self, after: int) -> Sequence[BusRecord]:
        raw = await asyncio.to_thread(self._journal.raw_facts, after, AT_ONCE)
        return [BusRecord(one.seq, one.kind, one.contact, one.agent, one.body) for one in raw]

    async def _mark(self, seq: int) -> None:
        await self._memory.save_cursor(CURSOR, seq)


def address_of(settings: BusSettings) -> BrokerAddress:
    """Where the settings say that the broker is. Raises `ValueError` for a URL that is none."""
    password = read_secret(settings.password_file) if settings.password_file is not None else ""
    tls = ssl.create_default_context() if settings.url.startswith("mqtts:") else None
    return parse_broker_url(settings.url, username=settings.username, password=password, tls=tls)
