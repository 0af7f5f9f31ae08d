"""The arms on one private Asterisk: our phones press keys, the recorder notes every packet, SIPp is the load beside.

It does not judge. Everything is started here and ends with us.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.arena import HOST, NODE, ArenaError, Server, ServerPlace, end, free_ports, raise_file_limit
from benchmarks.barge_in.audio import Stop, read_stops
from benchmarks.barge_in.floor import KEYS, LOAD, NUMBER, PLAIN, TONES, plain_dialplan, write_floor
from benchmarks.capture import Recorder
from benchmarks.sipp import Callers, start_callers
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import write_layout
from cti.asterisk.settings import ExchangeSettings, Trunk
from cti.prompts import render_prompts
from cti.sip.call import PhoneError
from cti.sip.phone import Account, RobotPhone
from journal.facts import CallStarted, StepLeft
from journal.views import JournalReader

if TYPE_CHECKING:
    from typing import Self

    from cti.asterisk.package import Package

SCENARIO = Path(__file__).parent / "scenarios" / "load.xml"
AUDIO = (12000, 13998)  # outside the range from which the callers' ports are drawn, and off the usual ones
LISTEN = 1.0  # seconds of the prompt before the key
TYPED = 20  # keys of a caller who types ahead
_AT_ONCE = 4  # measured callers side by side
_SETTLE = 1.0
_LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Typed:
    """One caller who typed ahead: what he pressed, and what the journal says he pressed."""

    caller: str
    pressed: str
    kept: str


class Stage:
    """`with` starts the Asterisk and our server."""

    def __init__(self, folder: Path, package: Package) -> None:
        self.folder = folder
        self._package = package
        self._runs = 0
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        raise_file_limit()
        self._sip, self._callers = free_ports(2)
        ami, agi, http = free_ports(3, socket.SOCK_STREAM)
        floor = write_floor(self.folder / "dialplans")
        place = ServerPlace(self.folder, floor, http, agi)
        spoken = {(name, "en"): name for name in TONES}
        sounds = render_prompts(spoken, place.data / "sounds", None, floor / "recordings")
        layout = write_layout(
            ExchangeSettings(
                name=NODE,
                folder=self.folder / "asterisk",
                sip_port=self._sip,
                ami_port=ami,
                agi_port=agi,
                rtp_ports=(AUDIO[0], AUDIO[1] + 1),
                trunks=(Trunk("callers", HOST),),
                applications=("app_read", "app_playback"),
            ),
            self._package,
        )
        dialplan = layout.conf.parent / "extensions.conf"
        plain = plain_dialplan({name: sounds[name, "en"] for name in TONES})
        dialplan.write_text(dialplan.read_text(encoding="utf-8") + plain, encoding="utf-8")
        daemon = Daemon(layout, self._package, dies_with_us=True)
        self._stack.callback(daemon.stop)
        daemon.start()
        self._stack.enter_context(Server(place, layout))
        self._journal = f"sqlite:///{place.data / 'journal.db'}"
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def stops(self, arm: str, calls: int) -> list[Stop]:
        """`calls` callers of one arm, some side by side, each pressing one key into the long prompt."""
        number = PLAIN if arm == "plain" else NUMBER
        with Recorder(0, self.folder / "audio.bin", audio=AUDIO) as recorder:
            asyncio.run(self._callers_of(number, calls))
            time.sleep(_SETTLE)
        if recorder.dropped:
            raise ArenaError(f"the recorder lost {recorder.dropped} packets: the machine is too busy to measure")
        return read_stops(recorder.packets(), AUDIO)

    @contextlib.contextmanager
    def load(self, rate: float, seconds: float) -> Iterator[None]:
        """Other callers at so many a second, each pressing three keys in four seconds."""
        self._runs += 1
        crowd = Callers(SCENARIO, f"7{self._runs:04}", LOAD, rate, round(rate * seconds), self._sip, self._callers)
        child = start_callers(crowd, self.folder)
        try:
            time.sleep(4.0)  # until as many calls are up as there will be
            yield
            if child.poll() is not None:
                raise ArenaError("the load ended before the measurement")
        finally:
            end(child)

    def typed_ahead(self, calls: int, seed: int) -> list[Typed]:
        """`calls` callers at once, each typing `TYPED` keys without waiting for anything."""
        chance = random.Random(seed)  # noqa: S311 (keys of a benchmark)
        callers = {f"139{seed:03}{n:05}": "".join(chance.choices("0123456789", k=TYPED)) for n in range(calls)}
        asyncio.run(self._typists(callers))
        time.sleep(_SETTLE)
        reader = JournalReader.open_reader(self._journal)
        try:
            facts = [stored.fact for stored in reader.facts(kinds=("CallStarted", "StepLeft"))]
        finally:
            reader.close()
        numbers = {fact.contact: fact.number for fact in facts if isinstance(fact, CallStarted)}
        kept: dict[str, str] = dict.fromkeys(callers, "")
        for fact in facts:
            if isinstance(fact, StepLeft) and numbers.get(fact.contact, "")[-11:] in kept:
                kept[numbers[fact.contact][-11:]] += fact.keys
        return [Typed(caller, pressed, kept[caller]) for caller, pressed in callers.items()]

    async def _callers_of(self, number: str, calls: int) -> None:
        free = asyncio.Semaphore(_AT_ONCE)
        async with RobotPhone(Account(HOST, self._sip, "caller")) as phone:

            async def one(place: int) -> None:
                async with free:
                    call = phone.call(number, f"1380000{place:04}")
                    await call.answered(_LONGEST)
                    await asyncio.sleep(LISTEN + place % 20 / 1000)  # at any place within a packet
                    await call.press("1")
                    await call.ended(_LONGEST)

            await asyncio.gather(*(one(place) for place in range(calls)))

    async def _typists(self, callers: dict[str, str]) -> None:
        async with RobotPhone(Account(HOST, self._sip, "caller")) as phone:

            async def one(place: int, caller: str, keys: str) -> None:
                await asyncio.sleep(place * 0.01)
                call = phone.call(KEYS, caller)
                await call.answered(_LONGEST)
                with contextlib.suppress(PhoneError):  # hung up after the last key
                    await call.press(keys)
                await call.ended(_LONGEST)

            await asyncio.gather(*(one(place, *caller) for place, caller in enumerate(callers.items())))
