"""The one loop that drives the centre: take, decide, journal, act, publish, arm one timer.

It does not know what is decided, nor how anything is carried out.

The order is the promise. Nothing is done before the facts that say so are committed, so a server that dies at any
instant has done at most what its journal says, and its successor finds out the rest by asking Asterisk. While one
commit is on its way to the disk, messages gather, and the next turn takes them all: groups form by themselves exactly
when there is load. Facts from which nothing follows wait a moment (`PATIENCE`) for the next commit: if we die before,
they are found out like everything else that happened while nobody listened.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import structlog

import acd.messages as acd
import cti.vocabulary as cti
import customers.messages as customers
from desk.vocabulary import FloorView, Refused
from desk.vocabulary import Told as DeskTold
from journal.facts import Fact
from switchroom import tape
from switchroom.centre import Centre
from switchroom.edition import FloorChanged
from switchroom.log import where
from switchroom.turn import Effect, Message, is_fact

log = structlog.get_logger()

AT_ONCE = 256
PATIENCE = 0.05  # seconds
TEMPORARY_FAILURE = 41


class Memory(Protocol):
    """What the loop needs of the journal: one commit at a time, the number of its last fact back."""

    def at_once(self, facts: Sequence[Fact], tape: str | None) -> int | None:
        """Write it here and now; None when that must wait, and nothing was written."""
        ...

    async def append(self, facts: Sequence[Fact], tape: str | None) -> int:
        """Write it as soon as the disk allows."""
        ...


@dataclass(slots=True)
class _Waiting:
    message: Message
    done: asyncio.Future[None] | None = None


@dataclass(slots=True)
class _Turn:
    """What was decided and is not committed yet."""

    effects: list[Effect] = field(default_factory=list)
    taped: list[tuple[float, Message]] = field(default_factory=list)
    told: list[asyncio.Future[None]] = field(default_factory=list)

    def presses(self) -> bool:
        """Whether something is to be done, or somebody waits for the commit."""
        return bool(self.told) or not all(map(is_fact, self.effects))


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
        self._woken = False
        self._running: asyncio.Future[None] | None = None
        self._committing: asyncio.Future[int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0.0
        self._flush: asyncio.TimerHandle | None = None
        self._due = False
        self._turn = _Turn()
        self.settled: Callable[[], None] = _nothing  # called when all that was decided is committed and published

    # ── told ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def told(self, message: Message) -> None:
        """Something happened. Returns at once; order is kept."""
        self._queue.append(_Waiting(message))
        if not self._woken:
            self.wake()

    async def tell(self, message: DeskTold | FloorChanged) -> None:
        """Something a user wants. Returns when it is journalled and done; raises `Refused` with the reason."""
        done = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(message, done))
        self.wake()
        await done

    def look(self) -> FloorView:
        """Everything live."""
        return self.centre.look(self.clock())

    def wake(self) -> None:
        """Have a turn soon, also where nothing was told. Before `run`, messages wait."""
        if not self._woken and self._running is not None:
            self._woken = True
            asyncio.get_running_loop().call_soon(self._take_turn)

    # ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Until cancelled. An error of the journal (a lost lease above all) ends it: then nothing more is done."""
        self._running = asyncio.get_running_loop().create_future()
        self._arm()
        self.wake()
        await self._running

    def _take_turn(self) -> None:
        """One turn, unless the last one's commit is still on its way: its end begins the next."""
        self._woken = False
        if self._is_open() and not self._committing:
            self._guarded(self._work)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do it; whatever it raises ends `run`."""
        try:
            work()
        except Exception as fault:  # noqa: BLE001 - `run` raises it
            if self._running is not None and not self._running.done():
                self._running.set_exception(fault)

    def _is_open(self) -> bool:
        return self._running is not None and not self._running.done()

    def _work(self) -> None:
        """Decide all that was told; commit what presses, or what has waited long enough."""
        while self._queue:
            for _ in range(min(AT_ONCE, len(self._queue))):
                self._decide(self._queue.popleft())
            if (self._turn.presses() or len(self._turn.taped) >= AT_ONCE) and not self._commit():
                return
        if self._due and self._turn.taped and not self._commit():
            return
        if not self._turn.taped:
            self.settled()
        elif self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(PATIENCE, self._ripe)
        self._arm()

    def _ripe(self) -> None:
        """The oldest of what waits has waited long enough, unless a commit has taken it: then the next one waits on."""
        self._flush = None
        if self._turn.taped:
            left = self._turn.taped[0][0] + PATIENCE - self.clock()
            if left > 0:
                self._flush = asyncio.get_running_loop().call_later(left, self._ripe)
            else:
                self._due = True
                self.wake()

    def _commit(self) -> bool:
        """Write the turn and do what follows; False when the disk has to be waited for, and that comes later."""
        turn, self._turn = self._turn, _Turn()
        self._due = False
        facts = [effect for effect in turn.effects if is_fact(effect)]
        text = tape.write(turn.taped) if turn.taped else None
        last = self._memory.at_once(facts, text) if text is not None else 0
        if last is None:
            self._committing = asyncio.ensure_future(self._memory.append(facts, text))
            done = partial(self._written, turn, facts)
            self._committing.add_done_callback(lambda written: self._guarded(partial(done, written)))
            return False
        self._follow(turn, facts, last)
        return True

    def _written(self, turn: _Turn, facts: Sequence[Fact], written: asyncio.Future[int]) -> None:
        self._committing = None
        if self._is_open() and not written.cancelled():
            self._follow(turn, facts, written.result())
            self._work()

    def _follow(self, turn: _Turn, facts: Sequence[Fact], last: int) -> None:
        """The facts are safe: do what was decided, and tell."""
        for effect in turn.effects:
            if not is_fact(effect):
                self._act(effect)
        for seq, fact in enumerate(facts, last - len(facts) + 1):
            self._publish(seq, fact)
        for done in turn.told:
            if not done.done():
                done.set_result(None)
        self.settled()

    def _decide(self, waiting: _Waiting) -> None:
        message, now = waiting.message, self.clock()
        secret = True  # until it is known that it is none
        try:
            secret = self.centre.keying_secret(message)
            shown = self._shown(message, now) if secret else message
            effects = self.centre.handle(message, now)
        except Refused as refused:
            if waiting.done is not None:
                waiting.done.set_exception(refused)
            return
        except Exception as fault:  # noqa: BLE001 - it is told
            self.faults += 1
            _tell_fault("centre_fault", fault, secret, message=type(message).__name__, contact=_call(message))
            if waiting.done is not None:
                waiting.done.set_exception(Refused(f"the centre failed on this: {type(fault).__name__}"))
            self._turn.effects += self._let_go(message)
            return
        self._turn.effects += effects
        self._turn.taped.append((now, shown))
        if waiting.done is not None:
            self._turn.told.append(waiting.done)

    def _shown(self, message: Message, now: float) -> Message:
        """Secret keys as the tape may keep them."""
        if isinstance(message, cti.DigitsCollected):
            return tape.masked(message, self.centre.takes_keys(message, now))
        return message

    def _let_go(self, message: Message) -> list[Effect]:
        """A caller at the door whom the centre failed on must not stand there in silence: end his call."""
        if isinstance(message, cti.CallerArrived):
            return [cti.EndCall(message.node, message.call, TEMPORARY_FAILURE)]
        contact = self.centre.caller(_in_flow(message))
        return [cti.EndCall(contact.node, contact.call, TEMPORARY_FAILURE)] if contact is not None else []

    def _act(self, action: Effect) -> None:
        try:
            self._doers[type(action)](action)
        except Exception as fault:  # noqa: BLE001 - it is told
            self.faults += 1
            secret = isinstance(action, customers.LookUp) and bool(action.secrets)
            _tell_fault("action_fault", fault, secret, action=type(action).__name__, contact=_call(action))

    def _arm(self) -> None:
        """One timer, for the next deadline. One that rings too early does no harm: the tick finds nothing due."""
        due = self.centre.next_deadline()
        if self._timer is not None and (due is None or due >= self._timer_due):
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if due is not None:
            self._timer_due = due
            self._timer = asyncio.get_running_loop().call_later(max(0.0, due - self.clock()), self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.told(acd.Tick())


def _tell_fault(event: str, fault: Exception, secret: bool, **about: str) -> None:
    """Log it; without its text, which may hold what was keyed, where that is secret."""
    if secret:
        log.error(event, **about, fault=type(fault).__name__, where=where(fault))
    else:
        log.error(event, **about, exc_info=fault)


def _call(of: Effect | Message) -> str:
    return str(getattr(of, "call", ""))


def _nothing() -> None:
    """Nobody wants to know."""


def _in_flow(message: Message) -> str:
    """Whose flow waits for this message, "" where it is no such message."""
    if isinstance(message, customers.LookedUp):
        return message.contact
    awaited = cti.PromptEnded | cti.DigitsCollected | cti.CallerRecorded | cti.ForwardEnded
    return message.call if isinstance(message, awaited) else ""
