"""The one loop that drives the centre: take, decide, journal, act, publish, arm one timer.

It does not know what is decided, nor how anything is carried out.

The order is the promise. Nothing is done before the facts that say so are committed, so a server that dies at any
instant has done at most what its journal says, and its successor finds out the rest by asking Asterisk. While one
commit is on its way to the disk, messages gather, and the next turn takes them all: groups form by themselves exactly
when there is load.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

import acd.messages as acd
import cti.vocabulary as cti
from desk.vocabulary import FloorView, Refused
from desk.vocabulary import Told as DeskTold
from journal.facts import Fact
from switchroom import tape
from switchroom.centre import Centre
from switchroom.turn import Action, Effect, Message

log = structlog.get_logger()

AT_ONCE = 256
TEMPORARY_FAILURE = 41


class Memory(Protocol):
    """What the loop needs of the journal: one commit at a time, the number of its last fact back."""

    async def append(self, facts: Sequence[Fact], tape: str | None) -> int: ...


@dataclass(slots=True)
class _Waiting:
    message: Message
    done: asyncio.Future[None] | None = None


class Loop:
    """`doers` carries out each kind of action; `publish(seq, fact)` is called for each committed fact, in order.

    `clock` gives POSIX seconds and never runs backwards.
    """

    def __init__(
        self,
        centre: Centre,
        memory: Memory,
        clock: Callable[[], float],
        doers: Mapping[type, Callable[[Any], object]],
        publish: Callable[[int, Fact], None],
    ) -> None:
        self.centre = centre
        self.faults = 0
        self._memory = memory
        self.clock = clock
        self._doers = doers
        self._publish = publish
        self._queue: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    # ── told ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def told(self, message: Message) -> None:
        """Something happened. Returns at once; order is kept."""
        self._queue.append(_Waiting(message))
        self._wake.set()

    async def tell(self, message: DeskTold) -> None:
        """Something a user wants. Returns when it is journalled and done; raises `Refused` with the reason."""
        done = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(message, done))
        self._wake.set()
        await done

    def look(self) -> FloorView:
        """Everything live."""
        return self.centre.look(self.clock())

    # ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Until cancelled. An error of the journal (a lost lease above all) ends it: then nothing more is done."""
        self._arm()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await self._turn([self._queue.popleft() for _ in range(min(AT_ONCE, len(self._queue)))])

    async def _turn(self, told: list[_Waiting]) -> None:
        effects: list[Effect] = []
        taped: list[tuple[float, Message]] = []
        for waiting in told:
            effects += self._decide(waiting, taped)
        facts = [effect for effect in effects if isinstance(effect, Fact)]
        last = await self._memory.append(facts, tape.write(taped)) if taped else 0
        for effect in effects:
            if not isinstance(effect, Fact):
                self._act(effect)
        for seq, fact in enumerate(facts, last - len(facts) + 1):
            self._publish(seq, fact)
        for waiting in told:
            if waiting.done is not None and not waiting.done.done():
                waiting.done.set_result(None)
        self._arm()

    def _decide(self, waiting: _Waiting, taped: list[tuple[float, Message]]) -> list[Effect]:
        message, now = waiting.message, self.clock()
        shown = tape.masked(message) if self.centre.keying_secret(message) else message
        try:
            effects = self.centre.handle(message, now)
        except Refused as refused:
            if waiting.done is not None:
                waiting.done.set_exception(refused)
            return []
        except Exception as fault:
            self.faults += 1
            log.exception("centre_fault", message=type(message).__name__, contact=getattr(message, "call", ""))
            if waiting.done is not None:
                waiting.done.set_exception(Refused(f"the centre failed on this: {type(fault).__name__}"))
            return self._let_go(message)
        taped.append((now, shown))
        return effects

    def _let_go(self, message: Message) -> list[Effect]:
        """A caller at the door whom the centre failed on must not stand there in silence: end his call."""
        if isinstance(message, cti.CallerArrived):
            return [cti.EndCall(message.node, message.call, TEMPORARY_FAILURE)]
        if isinstance(message, cti.PromptEnded | cti.DigitsCollected) and message.call in self.centre.contacts:
            return [cti.EndCall(self.centre.contacts[message.call].node, message.call, TEMPORARY_FAILURE)]
        return []

    def _act(self, action: Action) -> None:
        try:
            self._doers[type(action)](action)
        except Exception:
            self.faults += 1
            log.exception("action_fault", action=type(action).__name__, contact=getattr(action, "call", ""))

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.centre.next_deadline()
        if due is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, due - self.clock()), self.told, acd.Tick())
