"""One AMI connection: matches answers to what was asked, watches every deadline, hands events on in order.

It does not know how the connection is made, what an event means, or that there may be a next connection: what was
asked on this one ends with it, and nothing is ever sent again. panoramisk drives it through `protocol_factory`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import structlog

from cti.asterisk.actions import Action, EncodeError, Headers
from cti.asterisk.codec import Decoder, FramingLostError, Message, encode

log = structlog.get_logger()

CHECK_EVERY = 0.5  # seconds between two looks at the deadlines
PING_EVERY = 3.0  # seconds; with its deadline a frozen Asterisk is noticed within 6.5 s
LOGIN_WITHIN = 3.0


@dataclass(frozen=True, slots=True)
class Answer:
    """How an action ended. `fault` is "" when Asterisk granted it, its own words when it refused.

    `lost` is True when no answer came (deadline, or the connection closed): the outcome is unknown. `value` is that of
    the variable that was asked for.
    """

    fault: str = ""
    lost: bool = False
    items: tuple[Message, ...] = ()
    value: str = ""


Answered = Callable[[Answer], None]


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """What panoramisk looks at after its login."""

    success: bool


@dataclass(frozen=True, slots=True)
class _Ping:
    within: ClassVar[float] = 3.0
    listing: ClassVar[str] = ""

    def headers(self) -> Headers:
        return (("Action", "Ping"),)


@dataclass(slots=True)
class _Pending:
    deadline: float
    answered: Answered | None
    listing: str
    items: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears of what happens on a connection. Each is called in the order of the bytes, and must not block."""

    event: Callable[[Message], None]
    refused: Callable[[str], None]  # the login, with Asterisk's words
    closed: Callable[[Exception | None], None]


class AmiProtocol(asyncio.Protocol):
    """`wanted` are the names of the events to hand on. panoramisk sets the attributes without underscore itself."""

    def __init__(self, wanted: frozenset[str], ears: Ears) -> None:
        self.queue: Any = None
        self.responses: Any = None
        self.factory: Any = None
        self.config: Any = None
        self.log: Any = None
        self.encoding = "utf-8"
        self.late = 0  # answers that came after their deadline
        self._loop = asyncio.get_running_loop()
        self._ears = ears
        self._decoder = Decoder(wanted)
        self._pending: dict[str, _Pending] = {}
        self._listings = 0
        self._count = 0
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._next_ping = self._loop.time() + PING_EVERY

    @property
    def unwanted(self) -> int:
        """How many events Asterisk sent that nobody here wants; its own filter should keep this near 0."""
        return self._decoder.unwanted

    @property
    def unanswered(self) -> int:
        """How many actions wait for their answers now."""
        return len(self._pending)

    # ── what asyncio calls ──────────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The TCP connection stands."""
        self._transport = transport  # type: ignore[assignment]  # asyncio gives a stream protocol a Transport
        self._timer = self._loop.call_later(CHECK_EVERY, self._check)

    def data_received(self, data: bytes) -> None:
        """Bytes came, cut anywhere."""
        try:
            messages = self._decoder.feed(data)
        except FramingLostError as error:
            log.error("ami.framing_lost", problem=str(error))  # noqa: TRY400 (the text says all)
            self.abort()
            return
        for message in messages:
            try:
                self._take(message)
            except Exception:
                log.exception("ami.message_failed", kind=message.event or "response")

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: everything asked on it ends now, with an unknown outcome."""
        self._end(exc, "connection closed")

    # ── what panoramisk calls ───────────────────────────────────────────────────────────────────────────────────────

    def send(self, action: Mapping[str, str], as_list: bool | None = None) -> asyncio.Future[LoginAnswer]:  # noqa: ARG002 (panoramisk's signature)
        """Send panoramisk's login. The future stays open for ever when the connection goes first."""
        future: asyncio.Future[LoginAnswer] = self._loop.create_future()

        def answered(answer: Answer) -> None:
            if answer.lost:
                self.abort()
                return
            if answer.fault:
                self._ears.refused(answer.fault)
            if not future.done():
                future.set_result(LoginAnswer(not answer.fault))

        self._write(tuple(action.items()), self._next_id(), _Pending(self._loop.time() + LOGIN_WITHIN, answered, ""))
        return future

    def close(self) -> None:
        """Close for good; `Ears.closed` is not called."""
        self._ears = Ears(self._ears.event, self._ears.refused, lambda _exc: None)
        transport = self._transport
        self._end(None, "connection closed")
        if transport is not None:
            transport.close()

    # ── what the link calls ─────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, action: Action | _Ping, answered: Answered | None = None, action_id: str = "") -> None:
        """Send one action; `answered` is called exactly once, possibly at once. Raises `EncodeError` before sending."""
        name = action_id or self._next_id()
        self._write(action.headers(), name, _Pending(self._loop.time() + action.within, answered, action.listing))

    def abort(self) -> None:
        """Cut the connection now; `connection_lost` follows."""
        if self._transport is not None:
            self._transport.abort()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _next_id(self) -> str:
        self._count += 1
        return f"sr-{self._count}"

    def _write(self, headers: Headers, name: str, pending: _Pending) -> None:
        wire = encode(headers, name)
        if self._transport is None or self._transport.is_closing():
            _finish(pending, Answer("connection closed", lost=True))
            return
        if name in self._pending:
            raise EncodeError("this action was sent already and is not answered yet; it must not be sent twice")
        self._pending[name] = pending
        self._listings += bool(pending.listing)
        self._transport.write(wire)

    def _take(self, message: Message) -> None:
        if not message.event:
            self._take_response(message)
            return
        if self._listings:
            name = message.get("ActionID")
            pending = self._pending.get(name)
            if pending is not None and pending.listing:
                self._take_item(name, pending, message)
                return
        self._ears.event(message)

    def _take_response(self, message: Message) -> None:
        name = message.get("ActionID")
        pending = self._pending.get(name)
        if pending is None:
            self.late += 1
        elif not message.succeeded:
            self._forget(name)
            _finish(pending, Answer(message.get("Message") or "refused without a reason"))
        elif not pending.listing:
            self._forget(name)
            _finish(pending, Answer(value=message.get("Value")))

    def _take_item(self, name: str, pending: _Pending, message: Message) -> None:
        if message.event != pending.listing:
            pending.items.append(message)
            return
        self._forget(name)
        _finish(pending, Answer(items=tuple(pending.items)))

    def _forget(self, name: str) -> None:
        self._listings -= bool(self._pending.pop(name).listing)

    def _check(self) -> None:
        now = self._loop.time()
        overdue = [name for name, pending in self._pending.items() if pending.deadline <= now]
        for name in overdue:
            pending = self._pending[name]
            self._forget(name)
            _finish(pending, Answer("no answer in time", lost=True))
        if self._transport is None:
            return
        if now >= self._next_ping and self.version:
            self._next_ping = now + PING_EVERY
            self.ask(_Ping(), self._pinged)
        self._timer = self._loop.call_later(CHECK_EVERY, self._check)

    def _pinged(self, answer: Answer) -> None:
        if answer.lost and self._transport is not None:
            log.error("ami.frozen", problem="Asterisk did not answer a ping; the connection is cut and made anew")
            self.abort()

    @property
    def version(self) -> str:
        """The AMI version of the greeting, "" before it."""
        return self._decoder.version

    def _end(self, exc: Exception | None, why: str) -> None:
        if self._transport is None:
            return
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        pending, self._pending, self._listings = self._pending, {}, 0
        for each in pending.values():
            _finish(each, Answer(why, lost=True))
        self._ears.closed(exc)


def _finish(pending: _Pending, answer: Answer) -> None:
    """Call back once; a receiver's fault must not end the connection of all others."""
    if pending.answered is None:
        return
    try:
        pending.answered(answer)
    except Exception:
        log.exception("ami.answer_failed")
