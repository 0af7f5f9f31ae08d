"""Publishing facts to an MQTT broker: all of them, in order, at least once.

It does not know what a fact means or where it is kept: it reads records after a number and marks how far it has come.
Nothing waits for the broker. While it is away the facts stay where they are kept, and are published when it is back.

A record goes to `<prefix>/facts/<kind>/<contact, agent or "floor">` with QoS 1. The payload is a JSON object
`{"seq": 17, "kind": "CallEnded", "fact": {...}}`; `seq` grows by one from fact to fact. A consumer that sees a number
again drops the duplicate; one that misses a number knows that it was away.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import aiomqtt
import structlog

if TYPE_CHECKING:
    import ssl

_log = structlog.get_logger(__name__)
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_NOT_IN_A_LEVEL: Final = re.compile(r"[%+#/\x00-\x1f\x7f]")
_IN_FLIGHT: Final = 100  # records published before the first of them must be acknowledged


@dataclass(frozen=True, slots=True)
class BusRecord:
    """One fact as it is published. `body` is its JSON text; contact and agent are "" where it has none."""

    seq: int
    kind: str
    contact: str
    agent: str
    body: str


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and who we are there. `tls` None is plain TCP: on this machine or a network of its own."""

    host: str
    port: int = 1883
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None
    prefix: str = "switchroom"


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds before trying again: `first`, then twice as long each time, up to `most`."""

    first: float = 0.5
    most: float = 15.0


Read = Callable[[int], Awaitable[Sequence[BusRecord]]]
Mark = Callable[[int], Awaitable[object]]


class Bus:
    """Publishes what `read` gives after the number `after`, in order, and tells `mark` the last acknowledged one.

    `read(seq)` returns the next records above `seq`, as many as it likes, none when there are no more.
    """

    def __init__(
        self, address: BrokerAddress, read: Read, mark: Mark, *, after: int, backoff: Backoff | None = None
    ) -> None:
        self._address = address
        self._read = read
        self._mark = mark
        self._done = after
        self._backoff = backoff or Backoff()
        self._wake = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._trouble = "not connected yet"
        self._task: asyncio.Task[None] | None = None

    @property
    def done(self) -> int:
        """The number of the last fact that the broker acknowledged."""
        return self._done

    def trouble(self) -> str:
        """Say why nothing is published now; "" while all is well."""
        return self._trouble

    def wake(self) -> None:
        """Say that there are new facts. Returns at once, whatever the broker does."""
        self._caught_up.clear()
        self._wake.set()

    async def start(self) -> None:
        """Begin to publish; does not wait for the broker."""
        self.wake()
        self._task = asyncio.create_task(self._run(), name="bus")

    async def stop(self, patience: float = 1.0) -> None:
        """End, after letting what is left go out for up to `patience` seconds when the broker is there."""
        if self._task is None:
            return
        if not self._trouble:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._caught_up.wait(), patience)
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    async def _run(self) -> None:
        pause = self._backoff.first
        while True:
            before = self._done
            try:
                await self._connected()
            except* Exception as faults:  # noqa: BLE001 - the bus must never take the floor down with it
                self._note(faults)
            pause = self._backoff.first if self._done > before else min(pause * 2, self._backoff.most)
            await asyncio.sleep(pause)

    def _note(self, faults: BaseExceptionGroup[Exception]) -> None:
        fault: BaseException = faults
        while isinstance(fault, BaseExceptionGroup):
            fault = fault.exceptions[0]
        trouble = f"{self._address.host}:{self._address.port}: {fault or type(fault).__name__}"
        if not self._trouble or self._trouble == "not connected yet":
            _log.warning("bus_down", why=trouble, published=self._done)
        self._trouble = trouble

    async def _connected(self) -> None:
        address = self._address
        client = aiomqtt.Client(
            address.host,
            address.port,
            username=address.username or None,
            password=address.password or None,
            tls_context=address.tls,
            keepalive=10,
        )
        async with client, asyncio.TaskGroup() as tasks:
            _log.info("bus_up", host=address.host, port=address.port, published=self._done)
            self._trouble = ""
            tasks.create_task(_until_lost(client))
            tasks.create_task(self._publish(client))

    async def _publish(self, client: aiomqtt.Client) -> None:
        while True:
            self._wake.clear()
            while records := await self._read(self._done):
                for first in range(0, len(records), _IN_FLIGHT):
                    await self._publish_some(client, records[first : first + _IN_FLIGHT])
            if not self._wake.is_set():
                self._caught_up.set()
            await self._wake.wait()

    async def _publish_some(self, client: aiomqtt.Client, records: Sequence[BusRecord]) -> None:
        # Each task hands its record to the client before the next one runs, so the order holds; only the
        # acknowledgements are awaited together.
        sent = [client.publish(topic(self._address.prefix, one), payload(one), qos=1) for one in records]
        await asyncio.gather(*sent)
        self._done = records[-1].seq
        await self._mark(self._done)


async def _until_lost(client: aiomqtt.Client) -> None:
    """Raise when the broker goes away, also while there is nothing to publish."""
    async for _ in client.messages:
        pass


def topic(prefix: str, record: BusRecord) -> str:
    """Return where a record is published. Characters that mean something in a topic are written as `%2F`."""
    whom = record.contact or record.agent or "floor"
    return f"{prefix}/facts/{record.kind}/{_NOT_IN_A_LEVEL.sub(lambda found: f'%{ord(found[0]):02X}', whom)}"


def payload(record: BusRecord) -> str:
    """Return the JSON text that is published."""
    return f'{{"seq":{record.seq},"kind":{json.dumps(record.kind)},"fact":{record.body}}}'


def parse_broker_url(
    url: str, *, username: str = "", password: str = "", tls: ssl.SSLContext | None = None
) -> BrokerAddress:
    """Read `mqtt://HOST[:PORT]` or, with a `tls` context, `mqtts://HOST[:PORT]`. Raises `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is no broker; write mqtt://HOST:PORT or mqtts://HOST:PORT")
    if (parts.scheme == "mqtts") != (tls is not None):
        raise ValueError(f"{parts.scheme} needs {'a' if parts.scheme == 'mqtts' else 'no'} TLS context")
    return BrokerAddress(parts.hostname, parts.port or _PORTS[parts.scheme], username, password, tls)
