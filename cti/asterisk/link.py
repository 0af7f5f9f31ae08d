"""The standing link to one Asterisk: connects, logs in, waits until it has booted, and comes back after every loss.

panoramisk makes the connection, the login and the reconnection; what is said on it is ours (`protocol.py`). It does
not know what is asked or what an event means.

Each connection is new: what was asked on the old one has been answered as lost, and is never sent again.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import field
from enum import StrEnum
from typing import Any

import panoramisk
import structlog

from cti.asterisk.actions import Action, EncodeError
from cti.asterisk.codec import Message
from cti.asterisk.protocol import AmiProtocol, Answer, Answered, Ears
from lean import dataclass

log = structlog.get_logger()

FIRST_RETRY = 0.2  # seconds; doubled after each failure up to the slowest
SLOWEST_RETRY = 3.0
REFUSED_RETRY = 10.0
CONNECT_WITHIN = 5.0
EVENT_CLASSES = "system,call,user"


class LinkState(StrEnum):
    """DOWN: no connection. REFUSED: Asterisk does not accept our name or secret. BOOTING: logged in. UP: usable."""

    DOWN = "down"
    REFUSED = "refused"
    BOOTING = "booting"
    UP = "up"


@dataclass(frozen=True, slots=True)
class AmiAccess:
    """Where an Asterisk's manager port is and who we are there. `tls` None = plain TCP, for loopback only."""

    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears of the link. All are called synchronously, in the order in which it happened.

    `up` gets the seconds since Asterisk booted.
    """

    event: Callable[[Message], None]
    up: Callable[[float], None]
    down: Callable[[], None]


class AmiLink:
    """`wanted` are the names of events to hand on; `name` is for the log only."""

    def __init__(self, name: str, access: AmiAccess, wanted: frozenset[str], listener: Listener) -> None:
        self.state = LinkState.DOWN
        self.fault = ""  # the last reason why the link is not up, in words for an operator
        self._name = name
        self._access = access
        self._wanted = wanted | {"FullyBooted"}
        self._listener = listener
        self._connection: _Connection | None = None
        self._settled = asyncio.Event()

    @property
    def unanswered(self) -> int:
        """How many actions wait for their answers now."""
        protocol = self._connection.protocol if self._connection is not None else None
        return protocol.unanswered if protocol is not None else 0

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._connection = _Connection(self._access, self._protocol)
        self._connection.connect()

    async def settled(self, within: float) -> LinkState:
        """Wait up to `within` seconds for the link to be up or refused; return how it stands."""
        try:
            async with asyncio.timeout(within):
                await self._settled.wait()
        except TimeoutError:
            pass
        return self.state

    def stop(self) -> None:
        """Close for good; `Listener.down` is not called."""
        if self._connection is not None:
            self._connection.stop()
        self.state, self.fault = LinkState.DOWN, "stopped"

    def ask(self, action: Action, answered: Answered | None = None, action_id: str = "") -> bool:
        """Send one action; False, and nothing sent, when the link is not up. Raises `EncodeError`.

        `answered` is called exactly once when True is returned.
        """
        protocol = self._connection.protocol if self._connection is not None else None
        if self.state is not LinkState.UP or protocol is None:
            action.headers()
            return False
        protocol.ask(action, answered, action_id)
        return True

    def _protocol(self) -> AmiProtocol:
        return AmiProtocol(self._wanted, Ears(self._heard, self._refused, self._closed))

    def _heard(self, message: Message) -> None:
        if message.event != "FullyBooted":
            self._listener.event(message)
        elif self.state is not LinkState.UP:
            self.state, self.fault = LinkState.UP, ""
            if self._connection is not None:
                self._connection.reconnect_timeout = FIRST_RETRY
            self._settled.set()
            self._listener.up(_seconds(message.get("uptime")))

    def _refused(self, words: str) -> None:
        self.state = LinkState.REFUSED
        self.fault = (
            f"Asterisk at {self._access.host}:{self._access.port} refused the login of "
            f"{self._access.username!r} ({words}): compare the secret and the permit lines in its manager.conf"
        )
        log.error("ami.login_refused", node=self._name, problem=self.fault)
        self._settled.set()

    def _closed(self, exc: Exception | None) -> None:
        connection = self._connection
        if connection is None:
            return
        refused = self.state is LinkState.REFUSED
        self._went_down(f"connection closed ({exc or 'by the other side'})")
        connection.lost(exc, REFUSED_RETRY if refused else None)

    def _went_down(self, why: str) -> None:
        was, self.state = self.state, LinkState.DOWN
        if was is LinkState.UP:
            self.fault = why
            self._settled.clear()
            self._listener.down()
        elif was is LinkState.REFUSED:
            self.state = was  # until a login succeeds, that is what an operator must know


class _Connection(panoramisk.Manager):  # type: ignore[misc]  # panoramisk ships no types
    """panoramisk's part: TCP or TLS, login, reconnection. Its pings are unwatched and so are left to our protocol."""

    protocol: AmiProtocol | None

    def __init__(self, access: AmiAccess, protocol_factory: Callable[[], AmiProtocol]) -> None:
        super().__init__(
            loop=asyncio.get_running_loop(),
            host=access.host,
            port=access.port,
            username=access.username,
            secret=access.secret,
            ssl=access.tls or False,
            events=EVENT_CLASSES,
            protocol_factory=protocol_factory,
            log=_Quiet(),
        )
        self.reconnect_timeout: float = FIRST_RETRY
        self._stopped = False
        self._task: asyncio.Task[Any] | None = None

    def connect(self, *_args: object, **_kwargs: object) -> None:
        """Try once, within a time; the end of the try decides about the next."""
        if self._stopped:
            return
        task: asyncio.Task[Any] = super().connect()
        self._task = task
        self.loop.call_later(CONNECT_WITHIN, task.cancel)

    def connection_made(self, f: asyncio.Future[Any]) -> None:
        """Go on with the login, or try again later."""
        if f.cancelled() or self._stopped:
            if not self._stopped:
                self.loop.call_later(self.reconnect_timeout, self.connect)
            return
        super().connection_made(f)
        if f.exception() is not None:
            self._slow_down()

    def ping(self) -> None:
        """Leave it to the protocol, which watches the answer."""

    def lost(self, exc: Exception | None, retry: float | None) -> None:
        """A standing connection is gone: connect again after `retry` seconds, or after the usual pause."""
        if self._stopped:
            return
        usual = self.reconnect_timeout
        self.reconnect_timeout = retry or usual
        super().connection_lost(exc)
        self.reconnect_timeout = usual
        self._slow_down()

    def stop(self) -> None:
        """Close, and never connect again."""
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
        self.close()

    def _slow_down(self) -> None:
        self.reconnect_timeout = min(SLOWEST_RETRY, self.reconnect_timeout * 2)


class _Quiet:
    """Takes panoramisk's log lines: what they say is told in our own words, without the login in them."""

    def debug(self, *_args: object) -> None: ...
    def info(self, *_args: object) -> None: ...
    def warning(self, *_args: object) -> None: ...
    def error(self, *_args: object) -> None: ...
    def exception(self, *_args: object) -> None: ...


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() else 0.0


__all__ = ["AmiAccess", "AmiLink", "Answer", "EncodeError", "LinkState", "Listener"]
