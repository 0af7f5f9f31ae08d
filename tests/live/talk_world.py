"""Phones around one real Asterisk and our switch over it, each with a tone of its own: one hears who hears whom."""

from __future__ import annotations

import contextlib
import time
from array import array
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from patience import PATIENCE, meanwhile
from stage import strength

from cti.asterisk.music import tone, write_wav
from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.switch import Switch
from cti.sip.call import RobotCall
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import from_mulaw, read_sound
from cti.vocabulary import CallerArrived, CallId, HoldCaller, LegId, NodeId, NodeSurveyed, RingAgent, SurveyNode, Told

HOST, NODE = "127.0.0.1", NodeId("exchange")
TONES = {"caller": 350, "alice": 620, "bob": 950, "carol": 1400}
PIECE = 1600  # samples: a fifth of a second, whole periods of each tone
HEARD, NOT_HEARD = 900.0, 150.0


@dataclass
class Voice:
    """One end of a call: plays its tone for ever, and keeps the last second of what it hears."""

    name: str
    call: RobotCall
    heard: array[int] = field(default_factory=lambda: array("h"))
    heard_at: float = 0.0

    def begin(self, tones: dict[str, bytes]) -> None:
        self.call.listen(self._listen)
        self.call.play(tones[self.name], again=True)

    def _listen(self, _at: float, _stamp: int, packet: bytes) -> None:
        self.heard_at = time.monotonic()
        self.heard.extend(from_mulaw(byte) for byte in packet)
        if len(self.heard) > 5 * PIECE:
            del self.heard[: -5 * PIECE]

    def hears(self) -> set[str]:
        """Whose tones are in the last piece."""
        piece = self.heard[-PIECE:]
        if len(piece) < PIECE or time.monotonic() > self.heard_at + 1.0:
            return set()
        return {name for name, hertz in TONES.items() if strength(piece, hertz) > HEARD and name != self.name}


@dataclass
class TalkWorld:
    """The switch and everybody's phones."""

    switch: Switch
    told: list[Told]
    outside: RobotPhone
    phones: dict[str, RobotPhone]
    tones: dict[str, bytes]
    recordings: Path
    voices: dict[str, Voice] = field(default_factory=dict)

    def of(self, kind: type[Told]) -> list[Told]:
        return [each for each in self.told if isinstance(each, kind)]

    async def until(self, true: Callable[[], object], what: str) -> None:
        await meanwhile(true, what, seen=self.told)

    async def hears(self, who: str, whom: set[str]) -> None:
        """Wait until a voice hears exactly these."""
        voice = self.voices[who]
        with contextlib.suppress(AssertionError):
            await self.until(lambda: voice.hears() == whom, "sound")
            return
        raise AssertionError(f"{who} hears {voice.hears()}, not {whom}: {self.strengths(who)}; {self.told[-8:]}")

    def strengths(self, who: str) -> dict[str, int]:
        piece = self.voices[who].heard[-PIECE:]
        return {name: round(strength(piece, hertz)) for name, hertz in TONES.items()} if piece else {}

    async def caller(self, *, last: bool = False) -> CallId:
        """Ring in, and wait in the music."""
        before = len(self.of(CallerArrived))
        call = self.outside.call("800", "5551234")
        assert await call.answered(PATIENCE)
        self.voices["caller"] = Voice("caller", call)
        self.voices["caller"].begin(self.tones)
        await self.until(lambda: len(self.of(CallerArrived)) > before, "the caller")
        arrived = self.of(CallerArrived)[before]
        assert isinstance(arrived, CallerArrived)
        self.switch.perform(HoldCaller(NODE, arrived.call, last))
        await self.seen(lambda seen: any(c.call == arrived.call and c.place == "hold" for c in seen.calls), "hold")
        return arrived.call

    async def ring(self, agent: str, leg: LegId, peer: str, recording: str = "", lock: int = 0) -> None:
        """Ring an agent for a peer, who answers at once."""
        self.switch.perform(
            RingAgent(NODE, leg, CallId(peer), agent, PATIENCE, "5551234", "Bob", recording, round=lock)
        )
        await self.answers(agent)

    async def answers(self, agent: str) -> None:
        call = await self.phones[agent].next_call(PATIENCE)
        call.answer()
        self.voices[agent] = Voice(agent, call)
        self.voices[agent].begin(self.tones)

    async def survey(self) -> NodeSurveyed:
        before = len(self.of(NodeSurveyed))
        self.switch.perform(SurveyNode(NODE))
        await self.until(lambda: len(self.of(NodeSurveyed)) > before, "a survey")
        seen = self.of(NodeSurveyed)[before]
        assert isinstance(seen, NodeSurveyed)
        return seen

    async def seen(self, true: Callable[[NodeSurveyed], object], what: str) -> NodeSurveyed:
        """Survey until the channels stand so."""
        deadline = time.monotonic() + PATIENCE
        while not true(seen := await self.survey()):
            assert time.monotonic() < deadline, f"{what}: {seen}"
        return seen


@contextlib.asynccontextmanager
async def talk_world(exchange, folder: Path) -> AsyncIterator[TalkWorld]:
    layout = exchange.layout
    told: list[Told] = []
    settings = NodeSettings(
        NODE, layout.ami_host, layout.ami_port, layout.ami_user, layout.secrets.ami, layout.secrets.agi_token,
        outside=("9",),
    )  # fmt: skip
    tones = {}
    for name, hertz in TONES.items():
        write_wav(folder / f"{name}.wav", tone(hertz, 1.0))
        tones[name] = read_sound(folder / f"{name}.wav")
    switch = Switch([settings], HOST, layout.settings.agi_port, told.append, time.time)
    async with contextlib.AsyncExitStack() as stack:
        outside = await stack.enter_async_context(RobotPhone(Account(HOST, layout.settings.sip_port, "caller")))
        phones = {}
        for name, secret in layout.secrets.phones.items():
            account = Account(HOST, layout.settings.sip_port, name, secret)
            phones[name] = await stack.enter_async_context(RobotPhone(account))
            await phones[name].register(PATIENCE)
        await switch.start()
        stack.push_async_callback(switch.stop)
        made = TalkWorld(switch, told, outside, phones, tones, layout.recordings)
        await made.until(lambda: made.of(NodeSurveyed), "the first survey")
        yield made
