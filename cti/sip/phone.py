"""A telephone for tests, probes and robot agents: it calls, answers, plays, presses keys and listens.

It does not know why it is called or what it plays; it is never in a customer's call path.

`RobotPhone` is the asyncio face of the threads in `line`, `signalling` and `rtp`: everything that those tell
crosses over by `call_soon_threadsafe`, so that nothing here needs a lock. Eight talking phones take about 4 %
of one core.

    async with RobotPhone(Account("127.0.0.1", 5060, "1001", "secret")) as phone:
        await phone.register()
        call = await phone.next_call(within=30)
        call.answer()
        await call.press("5")
        call.play(speech(), again=True)
        await call.ended(within=60)
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cti.sip.call import CallEnd, PhoneError, RobotCall
from cti.sip.line import Line, LineCall
from cti.sip.signalling import Registration

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Account:
    """Where a phone belongs. `password` "": a trunk knows us by address. `own_ip` is this machine's side."""

    server: str
    port: int
    user: str
    password: str = ""
    own_ip: str = "127.0.0.1"
    own_port: int = 0


class RobotPhone:
    """A phone on a socket of its own. Use it as `async with`; leaving hangs up everything and signs off."""

    def __init__(self, account: Account, on_call: Callable[[RobotCall], None] | None = None) -> None:
        self.account = account
        self._on_call = on_call
        self._loop = asyncio.get_running_loop()
        self._calls: dict[str, RobotCall] = {}
        self._came: asyncio.Queue[RobotCall] = asyncio.Queue()
        self._changed = asyncio.Event()
        self.registration = Registration.NONE
        who = (account.server, account.port, account.user, account.password)
        self._line = Line(who, (account.own_ip, account.own_port), _Crossing(self, self._loop))

    async def __aenter__(self) -> Self:
        self._line.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for call in list(self._calls.values()):
            call.hang_up()
        if self.registration == Registration.REGISTERED:
            await self.unregister()
        self._line.stop()

    @property
    def port(self) -> int:
        """The UDP port that this phone listens on."""
        return int(self._line.sip.myPort)

    async def register(self, within: float = 5.0) -> None:
        """Register and stay registered. Raises PhoneError when refused or not answered in time."""
        self._line.sip.register()
        while self.registration != Registration.REGISTERED:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), within)
            except TimeoutError:
                raise self._failure(f"no answer to REGISTER within {within:g} s") from None
            if self.registration == Registration.REFUSED:
                raise self._failure("registration refused; check user and password")

    async def unregister(self, within: float = 1.0) -> None:
        """Sign off. A registrar that does not answer is left to forget us by itself."""
        self._line.sip.deregister()
        await asyncio.to_thread(self._line.sip.left.wait, within)

    async def next_call(self, within: float) -> RobotCall:
        """Wait for the next call here. Raises PhoneError after `within` seconds."""
        try:
            return await asyncio.wait_for(self._came.get(), within)
        except TimeoutError:
            raise self._failure(f"nobody called within {within:g} s") from None

    def call(self, number: str, sender: str = "", name: str = "") -> RobotCall:
        """Call a number, showing `sender` and `name`. Raises PhoneError for text that cannot be sent."""
        if not re.fullmatch(r"[0-9A-Za-z+*#._-]{1,64}", number):
            raise PhoneError(f"{number!r} cannot be dialled; use digits, +, * and #")
        if re.search(r'[\x00-\x1f"<>@;\\]', sender + name):
            raise PhoneError("a caller's number or name holds a character that cannot be sent")
        line_call = self._line.dial(number, sender or self.account.user, name)
        call = RobotCall(line_call, self._loop)
        return self._calls.setdefault(line_call.call_id, call)

    def ring_silently(self) -> None:
        """Take calls without 180 Ringing from now on, as a phone does whose bell is broken."""
        self._line.ring = False

    # ── told by the line, on the loop ───────────────────────────────────────────────────────────────────────

    def registration_is(self, state: Registration) -> None:
        self.registration = state
        self._changed.set()

    def call_came(self, line_call: LineCall) -> None:
        call = self._calls[line_call.call_id] = RobotCall(line_call, self._loop)
        call.rings(call.began_at)
        if self._on_call is not None:
            self._on_call(call)
        else:
            self._came.put_nowait(call)

    def told(self, line_call: LineCall, step: Callable[[RobotCall], None]) -> None:
        call = self._calls.get(line_call.call_id)
        if call is not None:
            step(call)
            if call.end is not None:
                del self._calls[line_call.call_id]

    def _failure(self, text: str) -> PhoneError:
        return PhoneError(f"phone {self.account.user} at {self.account.server}:{self.account.port}: {text}")


class _Crossing:
    """Carries what the line tells, from its threads into the loop."""

    def __init__(self, phone: RobotPhone, loop: asyncio.AbstractEventLoop) -> None:
        self._phone = phone
        self._loop = loop

    def _cross(self, step: Callable[..., None], *what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to tell
            self._loop.call_soon_threadsafe(step, *what)

    def registration(self, state: Registration) -> None:
        self._cross(self._phone.registration_is, state)

    def call_came(self, call: LineCall) -> None:
        self._cross(self._phone.call_came, call)

    def call_rings(self, call: LineCall) -> None:
        at = time.monotonic()
        self._cross(self._phone.told, call, lambda robot: robot.rings(at))

    def call_answered(self, call: LineCall) -> None:
        at = time.monotonic()
        self._cross(self._phone.told, call, lambda robot: robot.is_answered(at))

    def call_ended(self, call: LineCall, by: str, code: int, reason: str) -> None:
        end = CallEnd(by, code, reason, time.monotonic())
        self._cross(self._phone.told, call, lambda robot: robot.is_over(end))

    def digit_came(self, call: LineCall, digit: str) -> None:
        self._cross(self._phone.told, call, lambda robot: robot.digit_came(digit))
