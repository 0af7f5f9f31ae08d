"""One call of a robot phone, seen from asyncio: who it is with, how far it came, what is played and pressed in it.

It does not know why it is made, nor how its phone registers or is called.

Everything but the waiting is told by the phone (`cti/sip/phone.py`), on the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cti.sip.line import LineCall
from cti.sip.pyvoip import CallState
from cti.sip.rtp import Ear

if TYPE_CHECKING:
    from collections.abc import Callable


class PhoneError(Exception):
    """A phone could not do what it was asked; the text says which phone and why."""


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a call ended. `by`: us, them or nobody (no answer to INVITE). `code`: a refusal's status, or 0."""

    by: str
    code: int
    reason: str
    at: float


class RobotCall:
    """One call, seen from asyncio. Times are `time.monotonic()` seconds, None until it happened."""

    def __init__(self, call: LineCall, loop: asyncio.AbstractEventLoop) -> None:
        self._call = call
        self._loop = loop
        self._answered = asyncio.Event()
        self._over = asyncio.Event()
        self._digit = asyncio.Event()
        self.began_at = time.monotonic()
        self.rang_at: float | None = None
        self.answered_at: float | None = None
        self.end: CallEnd | None = None
        self.digits = ""

    @property
    def number(self) -> str:
        """The other side's number as it was shown to us."""
        return str(self._call.request.headers["From"]["number"] or "")

    @property
    def name(self) -> str:
        return str(self._call.request.headers["From"]["caller"])

    @property
    def at_once(self) -> bool:
        """Whether the phone is asked to answer by itself (`Call-Info: ...;answer-after=0`)."""
        return "answer-after=0" in str(self._call.request.headers.get("Call-Info", ""))

    @property
    def ear(self) -> Ear:
        """What came in; empty before there was any media."""
        return self._call.stream.ear if self._call.stream else Ear()

    @property
    def talking(self) -> bool:
        return self.end is None and self._call.state == CallState.ANSWERED

    def answer(self) -> None:
        self._call.answer()

    def refuse(self, code: int = 486) -> None:
        """Refuse a ringing call with a SIP status: 486 busy, 603 declined."""
        self._call.refuse(code)

    def hang_up(self) -> None:
        """End it in whatever state: BYE, CANCEL or a refusal. Nothing happens when it has ended."""
        if self.end is None:
            self._call.hang_up()

    def silence_media(self) -> None:
        """Send no RTP at all from now on, as a phone behind a broken firewall does."""
        if self._call.stream:
            self._call.stream.silent = True

    def listen(self, heard: Callable[[float, int, bytes], None] | None) -> None:
        """Give each packet of sound to `heard`, on the media's thread: seconds, RTP timestamp, mu-law bytes."""
        if self._call.stream:
            self._call.stream.on_sound = heard

    def play(self, sound: bytes, *, again: bool = False) -> None:
        """Play mu-law sound (see `sound`); `again`: for ever."""
        if self._call.stream:
            self._call.stream.play(sound, again=again)

    async def play_through(self, sound: bytes) -> None:
        """Play sound to its end, or to the call's."""
        await self._media(lambda done: self._call.stream.play(sound, done=done) if self._call.stream else done())

    async def press(self, digits: str) -> None:
        """Send RFC 4733 digits, 220 ms each; return when the last is out. Raises PhoneError."""
        if not self.talking or self._call.stream is None:
            raise PhoneError(f"cannot press keys: the call with {self.number or 'nobody'} is not answered")
        stream = self._call.stream
        try:
            await self._media(lambda done: stream.send_digits(digits, done))
        except ValueError as error:
            raise PhoneError(str(error)) from error

    async def answered(self, within: float) -> bool:
        """Wait for the answer. False when the call ended first. Raises PhoneError after `within` seconds."""
        await self._first(self._answered, within, "was not answered")
        return self.answered_at is not None

    async def ended(self, within: float) -> CallEnd:
        """Wait for the end. Raises PhoneError after `within` seconds."""
        await self._first(self._over, within, "did not end")
        if self.end is None:
            raise PhoneError("the call ended without a word")
        return self.end

    async def over_within(self, seconds: float) -> bool:
        """Let the call go on for `seconds`; True when it ended meanwhile."""
        with contextlib.suppress(PhoneError):
            await self.ended(seconds)
        return self.end is not None

    async def heard_digit(self, wanted: str, within: float) -> bool:
        """Wait for any digit of `wanted`. False after `within` seconds, or at the end of the call."""
        deadline = time.monotonic() + within
        while not any(digit in wanted for digit in self.digits) and self.end is None:
            self._digit.clear()
            try:
                await self._first(self._digit, deadline - time.monotonic(), "")
            except PhoneError:
                break
        return any(digit in wanted for digit in self.digits)

    async def _first(self, event: asyncio.Event, within: float, complaint: str) -> None:
        waits = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._over.wait())}
        try:
            done, _ = await asyncio.wait(waits, timeout=max(within, 0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not done:
            raise PhoneError(f"the call with {self.number} {complaint} within {within:g} s")

    async def _media(self, begin: Callable[[Callable[[], None]], None]) -> None:
        done = asyncio.Event()

        def cross() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
                self._loop.call_soon_threadsafe(done.set)

        begin(cross)
        await self._first(done, 600, "")

    # ── told by the phone, on the loop ──────────────────────────────────────────────────────────────────────

    def rings(self, at: float) -> None:
        self.rang_at = self.rang_at or at

    def is_answered(self, at: float) -> None:
        self.answered_at = at
        self._answered.set()

    def digit_came(self, digit: str) -> None:
        self.digits += digit
        self._digit.set()

    def is_over(self, end: CallEnd) -> None:
        self.end = end
        self._over.set()
