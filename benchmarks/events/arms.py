"""The arms: everything between the bytes of an AMI session and an updated state, each in its own way.

Ours are the product's own classes. The others are panoramisk as it is installed, and the two parsers that people write
by hand; they feed `HeaderTable`. No arm knows whether its bytes come from memory or from a socket.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import panoramisk
from panoramisk.ami_protocol import AMIProtocol

from acd.messages import Tick
from benchmarks.events.compose import LegAsked, Told
from benchmarks.events.floor import NODE, Floor
from benchmarks.events.table import Headers, HeaderTable, Table, ToldTable
from cti.asterisk.codec import Decoder, Message
from cti.asterisk.protocol import AmiProtocol, Ears
from cti.asterisk.survey import SURVEY_EVENTS
from cti.asterisk.translate import HEARD_EVENTS, Translator
from cti.vocabulary import CallerArrived, RingAgent
from journal.facts import CallEnded
from switchroom.turn import Message as CentreMessage

WANTED = HEARD_EVENTS | SURVEY_EVENTS | {"FullyBooted"}  # what a node asks its link for
_PANORAMISK_LOG = logging.getLogger("benchmarks.events.panoramisk")
_PANORAMISK_LOG.setLevel(logging.CRITICAL)


class Arm:
    """`heard` counts the events that have taken effect. `on_wanted` is called after each, when it is set."""

    name = ""
    keeps_table = True

    def __init__(self) -> None:
        self.heard = 0
        self.on_wanted: Callable[[], None] | None = None
        self.table: Table | None = None

    def beside(self, told: Told, at: float) -> None:  # noqa: ARG002 (only the centre asks for the time)
        """Take what is not said over AMI: a caller at the door, a leg that we asked for. `at` in POSIX seconds."""
        table = self.table
        if table is None:
            return
        if isinstance(told, CallerArrived):
            table.arrived(told.call)
        elif isinstance(told, LegAsked):
            table.asked(told.leg, told.call)

    def feed(self, wire: bytes, now: float) -> None:
        """Take the next bytes, cut anywhere; `now` is the time at their end."""
        raise NotImplementedError

    async def settle(self) -> None:
        """Wait until all that was fed has taken effect."""

    async def close(self) -> None:
        """No more will be fed: wait until all has taken effect."""

    def digest(self) -> str:
        """What the table amounts to; "" for an arm without one."""
        return self.table.digest() if self.table is not None else ""

    def _wanted(self) -> None:
        self.heard += 1
        if self.on_wanted is not None:
            self.on_wanted()


class Panoramisk(Arm):
    """panoramisk's own protocol and dispatch, with one callback for each wanted event."""

    name = "panoramisk 1.4"

    def __init__(self) -> None:
        super().__init__()
        table = self.table = HeaderTable()
        self._factory = panoramisk.Manager(loop=asyncio.get_running_loop(), log=_PANORAMISK_LOG)
        for name, read in table.readers.items():
            self._factory.register_event(name, self._callback(read))
        self._protocol = AMIProtocol()
        self._protocol.connection_made(None)
        self._protocol.factory, self._protocol.encoding = self._factory, "utf8"
        self._protocol.log = _PANORAMISK_LOG

    def _callback(self, read: Callable[[Headers], None]) -> Callable[[object, Headers], None]:
        def callback(_factory: object, event: Headers) -> None:
            read(event)
            self._wanted()

        return callback

    def feed(self, wire: bytes, now: float) -> None:  # noqa: ARG002 (only the centre asks for the time)
        self._protocol.data_received(wire)


class HandMade(Arm):
    """What both parsers written by hand share: a dict of headers goes to the reader of its event."""

    def __init__(self) -> None:
        super().__init__()
        self.table = HeaderTable()
        self._readers: Mapping[str, Callable[[Headers], None]] = self.table.readers

    def _take(self, headers: dict[str, str]) -> None:
        read = self._readers.get(headers.get("Event", ""))
        if read is not None:
            read(headers)
            self._wanted()


class Readline(HandMade):
    """`await reader.readline()` and a dict."""

    name = "StreamReader.readline + dict"

    def __init__(self) -> None:
        super().__init__()
        self._reader = asyncio.StreamReader()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        headers: dict[str, str] = {}
        while line := await self._reader.readline():
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            if text:
                key, _, value = text.partition(": ")
                headers[key] = value
            else:
                self._take(headers)
                headers = {}

    def feed(self, wire: bytes, now: float) -> None:  # noqa: ARG002 (only the centre asks for the time)
        self._reader.feed_data(wire)

    async def settle(self) -> None:
        for _ in range(4):  # the reader's task is woken by a future, which takes some turns of the loop
            await asyncio.sleep(0)

    async def close(self) -> None:
        self._reader.feed_eof()
        await self._task


class DictProtocol(HandMade):
    """A protocol that splits at blank lines and makes a dict of each message."""

    name = "Protocol + dict"

    def __init__(self) -> None:
        super().__init__()
        self._rest = b""

    def feed(self, wire: bytes, now: float) -> None:  # noqa: ARG002 (only the centre asks for the time)
        *messages, self._rest = (self._rest + wire).split(b"\r\n\r\n")
        for message in messages:
            headers = {}
            for line in message.decode("utf-8", "replace").split("\r\n"):
                key, _, value = line.partition(": ")
                headers[key] = value
            self._take(headers)


class Framing(Arm):
    """Ours: messages framed, names looked at, unwanted ones dropped. Nothing is done with the rest."""

    name = "ours: framing and filter only"
    keeps_table = False

    def __init__(self) -> None:
        super().__init__()
        self._decoder = Decoder(WANTED)

    def feed(self, wire: bytes, now: float) -> None:  # noqa: ARG002 (only the centre asks for the time)
        self.heard += len(self._decoder.feed(wire))


class ToState(Arm):
    """Ours: connection protocol, translator, and what is told put into a table."""

    name = "ours: to state (translator)"

    def __init__(self) -> None:
        super().__init__()
        self._translator = Translator(NODE)
        self._protocol = AmiProtocol(WANTED, Ears(self._heard, lambda _: None, lambda _: None))
        self._told = ToldTable()
        self.table = self._told

    def beside(self, told: Told, at: float) -> None:
        super().beside(told, at)
        if isinstance(told, CallerArrived):
            self._translator.call_arrived(told.call)
        elif isinstance(told, LegAsked):
            self._translator.leg_asked(told.leg, told.call, at)

    def feed(self, wire: bytes, now: float) -> None:  # noqa: ARG002 (only the centre asks for the time)
        self._protocol.data_received(wire)

    def _heard(self, event: Message) -> None:
        for told in self._translator.heard(event):
            self._told.apply(told)
        if event.event in HEARD_EVENTS:
            self._wanted()


class ToDecision(Arm):
    """Ours: the same, and the whole centre decides on everything told. More work than any other arm does.

    `outcomes` counts the calls that ended, `rung` are the legs that the centre asked for. There is no journal, and
    nobody carries out what the centre asks.
    """

    name = "ours: to decision (centre)"
    keeps_table = False

    def __init__(self, floor: Floor) -> None:
        super().__init__()
        self.floor = floor
        self.centre = floor.centre
        self.outcomes: Counter[str] = Counter()
        self.rung: set[str] = set()
        self._now = 0.0
        self._translator = Translator(NODE)
        self._protocol = AmiProtocol(WANTED, Ears(self._heard, lambda _: None, lambda _: None))

    def beside(self, told: Told, at: float) -> None:
        self._tick(at)
        if isinstance(told, LegAsked):
            return  # the centre asks for it by itself
        if isinstance(told, CallerArrived):
            self._translator.call_arrived(told.call)
        self._tell(told)

    def feed(self, wire: bytes, now: float) -> None:
        self._tick(now)
        self._protocol.data_received(wire)

    def _heard(self, event: Message) -> None:
        for told in self._translator.heard(event):
            self._tell(told)
        if event.event in HEARD_EVENTS:
            self._wanted()

    def _tell(self, message: CentreMessage) -> None:
        for effect in self.centre.handle(message, self._now):
            kind = type(effect)
            if kind is RingAgent:
                self._ring(effect)
            elif kind is CallEnded:
                self.outcomes[effect.outcome] += 1  # type: ignore[union-attr]  # its type was just looked at

    def _ring(self, effect: Any) -> None:
        self.rung.add(effect.leg)
        self._translator.leg_asked(effect.leg, effect.call, self._now)
        self.floor.one_more(self._now)

    def _tick(self, now: float) -> None:
        while (due := self.centre.next_deadline()) is not None and due <= now:
            self._now = max(self._now, due)
            self._tell(Tick())
        self._now = max(self._now, now)


COMPARED: tuple[type[Arm], ...] = (Panoramisk, Readline, DictProtocol, Framing, ToState)
