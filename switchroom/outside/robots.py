"""Robot agents: a real SIP phone each, and for most a real screen, with manners drawn by seeded lot.

They know nothing of the server's insides: they register, log in, are rung, and do what people do: answer
and greet, let it ring, refuse, talk, hang up first or wait for the caller to do so.

The greeting is an RFC 4733 `D`, a key that no telephone has: callers of the carrier and of `switchroom
call` know by it that an agent is on the line.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cti.sip.call import PhoneError, RobotCall
from cti.sip.caller import GREETING
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import speech
from switchroom.outside.campaign_floor import BEGINS
from switchroom.outside.screens import Login, Pop, RobotScreen

if TYPE_CHECKING:
    from collections.abc import Callable

TOGETHER = 0.005  # a page's bytes pass through more turns of our loop than a ring: closer than this nobody can tell
_LATE = 2.0  # a pop so soon after a ring that had none belongs to it
_LONGEST_TALK = 600.0


@dataclass(frozen=True, slots=True)
class Manners:
    """How robots behave. Times in seconds, chances from 0 to 1.

    A customer whom a campaign has dialled has said hello already, and the law gives an agent two seconds: they answer
    him at once.
    """

    answer_after: tuple[float, float] = (0.6, 2.5)
    answer_customer_after: tuple[float, float] = (0.1, 0.3)
    talk_mean: float = 14.0
    talk_least: float = 3.0
    hangs_up_first: float = 0.5
    lets_it_ring: float = 0.03
    refuses: float = 0.02


@dataclass(frozen=True, slots=True)
class Seat:
    """One agent's place: his phone's account, and his page unless he has nothing but a phone."""

    agent: str
    phone: Account
    login: Login | None = None


@dataclass(slots=True)
class Deeds:
    """What one robot did and saw.

    `pop_leads` are the seconds by which pops came before their rings, as read here; `pops_with_ring` were read too
    close to the ring to tell. `rings_without_pop` had none; `pops_after_ring` are the seconds by which one came late.
    """

    rings: int = 0
    answered: int = 0
    refused: int = 0
    let_ring: int = 0
    talked: float = 0.0
    pop_leads: list[float] = field(default_factory=list)
    rings_without_pop: int = 0
    pops_with_ring: int = 0
    pops_after_ring: list[float] = field(default_factory=list)


class RobotAgent:
    """One agent. `on_ring(agent, number)` is called whenever his phone rings."""

    def __init__(self, seat: Seat, manners: Manners, seed: int, on_ring: Callable[[str, str], None]) -> None:
        self.seat = seat
        self.deeds = Deeds()
        self._manners = manners
        self._chance = random.Random(f"{seed} {seat.agent}")  # noqa: S311 - a demo's dice
        self._on_ring = on_ring
        self._pops: list[Pop] = []
        self._talks: set[asyncio.Task[None]] = set()
        self._unannounced_at = 0.0
        self.screen = RobotScreen(seat.login, self._popped) if seat.login else None
        self._at_work = asyncio.Event()

    async def at_work(self, within: float) -> None:
        """Wait until the phone is registered and the page says ready. Raises TimeoutError."""
        async with asyncio.timeout(within):
            await self._at_work.wait()
            if self.screen:
                await self.screen.ready.wait()

    async def work(self) -> None:
        """Sit at the phone and the screen until cancelled. Raises PhoneError when the phone cannot register."""
        watching = asyncio.create_task(self.screen.watch()) if self.screen else None
        try:
            async with RobotPhone(self.seat.phone, self._rung) as phone:
                await phone.register(within=10.0)
                self._at_work.set()
                await asyncio.Event().wait()
        finally:
            for task in (*self._talks, *([watching] if watching else [])):
                task.cancel()

    def _rung(self, call: RobotCall) -> None:
        self.deeds.rings += 1
        self._note_pop(call)
        self._on_ring(self.seat.agent, call.number)
        talk = asyncio.create_task(self._serve(call))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    def _popped(self, pop: Pop) -> None:
        late = pop.at - self._unannounced_at
        if self._unannounced_at and late < _LATE:
            self._unannounced_at = 0.0
            if late < TOGETHER:
                self.deeds.rings_without_pop -= 1
                self.deeds.pops_with_ring += 1
            else:
                self.deeds.pops_after_ring.append(round(late, 4))
        else:
            self._pops.append(pop)

    def _note_pop(self, call: RobotCall) -> None:
        if self.screen is None:
            return
        lead = call.began_at - self._pops[-1].at if self._pops else -1.0
        if lead >= 0:
            self.deeds.pop_leads.append(round(lead, 4))
        else:
            self.deeds.rings_without_pop += 1
            self._unannounced_at = call.began_at
        self._pops.clear()

    async def _serve(self, call: RobotCall) -> None:
        with contextlib.suppress(PhoneError):  # the caller was quicker; the exchange has told us so
            dice = self._chance.random()
            if call.at_once:
                await self._talk(call)
            elif call.number.startswith(BEGINS):
                if not await call.over_within(self._chance.uniform(*self._manners.answer_customer_after)):
                    await self._talk(call)
            elif dice < self._manners.lets_it_ring:
                self.deeds.let_ring += 1
                await call.ended(_LONGEST_TALK)
            elif await call.over_within(self._chance.uniform(*self._manners.answer_after)):
                return
            elif dice < self._manners.lets_it_ring + self._manners.refuses:
                self.deeds.refused += 1
                call.refuse(486)
            else:
                await self._talk(call)

    async def _talk(self, call: RobotCall) -> None:
        call.answer()
        began = time.monotonic()
        self.deeds.answered += 1
        try:
            await self._greet(call)
            call.play(speech(seed=self._chance.randint(1, 9)), again=True)
            own_end = self._manners.talk_least + self._chance.expovariate(1 / self._manners.talk_mean)
            hangs_up = self._chance.random() < self._manners.hangs_up_first
            await call.over_within(own_end if hangs_up else _LONGEST_TALK)
        finally:
            call.hang_up()
            self.deeds.talked += time.monotonic() - began

    async def _greet(self, call: RobotCall) -> None:
        """Greet twice: the first may be spoken before the exchange has joined the two."""
        for pause in (0.2, 0.8):
            if await call.over_within(pause):
                return
            await call.press(GREETING)
