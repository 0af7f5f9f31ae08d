"""What a flow can ask for besides prompts and keys, on a real Asterisk with real SIP calls.

Fillers, recordings and forwards; and that the caller loses none of them when the server dies.
"""

from __future__ import annotations

import asyncio
import time
import wave
from array import array
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from patience import PATIENCE, meanwhile
from stage import read_wav, strength

from cti.asterisk.daemon import Daemon
from cti.asterisk.node import NodeSettings
from cti.asterisk.switch import Switch
from cti.vocabulary import (
    CallEnded,
    CallerArrived,
    CallerRecorded,
    CallId,
    CollectDigits,
    DigitsCollected,
    DropLeg,
    EndCall,
    ForwardCaller,
    ForwardEnded,
    LegAnswered,
    LegEnded,
    LegId,
    NodeId,
    NodeSurveyed,
    PlayFiller,
    PlayPrompt,
    PromptEnded,
    RecordCaller,
    RingAgent,
    SeenLeg,
    TalkBegan,
    Told,
)

pytestmark = pytest.mark.live

NODE = NodeId("exchange")
PERSON, BUSY, NOBODY, CONGESTED, AGENT = "5551000", "5552000", "5553000", "5554000", "5556000"
BACK = CallId("B-exchange-1795300000.7")
LEG = LegId(f"{BACK}.1")
CALLERS = """
[speaker]
exten => s,1,MixMonitor(${HEARD},r(${HEARD}))
 same => n,Wait(600)
exten => leave,1,Hangup()
exten => act,1,PlayTones(440)
 same => n,Wait(${SPEAKS})
 same => n,StopPlayTones()
 same => n,ExecIf($["${KEYS}" != ""]?SendDTMF(${KEYS},100,100))
 same => n,Wait(${STAYS})
"""


class Floor:
    """A real Asterisk, our switch over it, and a carrier that sends callers and plays the people outside."""

    def __init__(self, exchange, carrier, folder: Path) -> None:
        self.carrier: Daemon = carrier.daemon
        self.layout = exchange.layout
        self.heard = folder / "heard.wav"
        self.told: list[Told] = []
        self.settings = NodeSettings(
            NODE, self.layout.ami_host, self.layout.ami_port, self.layout.ami_user, self.layout.secrets.ami,
            self.layout.secrets.agi_token, dial="PJSIP/{phone}@carrier", outside=("555",),
        )  # fmt: skip
        self.switch = self.new_switch()

    def new_switch(self) -> Switch:
        return Switch([self.settings], "127.0.0.1", self.layout.settings.agi_port, self.told.append, time.time)

    async def restart(self, meanwhile: Callable[[], object]) -> int:
        """Our server dies; the next one comes when `meanwhile` is true. Returns how much was told before."""
        await self.switch.stop()
        await self.meanwhile(meanwhile)
        told = len(self.told)
        self.switch = self.new_switch()
        await self.switch.start()
        return told

    def of(self, kind: type[Told], after: int = 0) -> list[Told]:
        return [each for each in self.told[after:] if isinstance(each, kind)]

    async def until(self, kind: type[Told], count: int = 1, after: int = 0) -> Told:
        await self.meanwhile(lambda: len(self.of(kind, after)) >= count, kind.__name__)
        return self.of(kind, after)[count - 1]

    async def meanwhile(self, true: Callable[[], object], what: str = "it") -> None:
        await meanwhile(true, what, seen=self.told)

    async def call(self) -> CallId:
        """A caller comes over SIP. Returns when he stands at the door."""
        await asyncio.to_thread(self._originate)
        arrived = await self.until(CallerArrived)
        assert isinstance(arrived, CallerArrived)
        return arrived.call

    def act(self, *, speaks: float = 0.0, keys: str = "", stays: float = 600.0) -> None:
        """The caller hums, keys and stays, in this order and from now on."""
        self._send("act", SPEAKS=str(speaks), KEYS=keys, STAYS=str(stays))

    def leave(self) -> None:
        """The caller hangs up."""
        self._send("leave")

    def _send(self, where: str, **variables: str) -> None:
        with self.carrier.probe(patience=PATIENCE) as probe:
            [caller] = [line["Channel"] for line in probe.ask("Status")[1:] if line.get("Context") == "speaker"]
            for name, value in variables.items():
                probe.ask("Setvar", {"Channel": caller, "Variable": name, "Value": value})
            probe.ask("Redirect", {"Channel": caller, "Context": "speaker", "Exten": where, "Priority": "1"})

    async def recording(self, name: str) -> Path:
        """Wait until a message is being recorded."""
        path = self.message(name)
        await self.meanwhile(path.exists, name)
        return path

    def _originate(self) -> None:
        headers = {
            "Channel": "PJSIP/800@exchange", "Context": "speaker", "Exten": "s", "Priority": "1",
            "CallerID": '"Bob" <5551234>', "Async": "true",
        }  # fmt: skip
        with self.carrier.probe(patience=PATIENCE) as probe:
            probe.ask("Originate", headers, {"HEARD": str(self.heard)})

    def message(self, name: str) -> Path:
        return self.layout.recordings / f"{name}.wav"

    def outside_talks(self) -> bool:
        """Whether somebody whom the exchange has dialled has answered."""
        with self.carrier.probe(patience=PATIENCE) as probe:
            lines = probe.ask("Status")[1:]
        return any(line.get("Context", "") == "customer-1" and line.get("ChannelState") == "6" for line in lines)

    def hang_up_outside(self) -> None:
        """The person outside hangs up."""
        with self.carrier.probe(patience=PATIENCE) as probe:
            for line in probe.ask("Status")[1:]:
                if line.get("Context") == "customer-1":
                    probe.ask("Hangup", {"Channel": line["Channel"]})

    def call_back(self, number: str, recording: str = "") -> None:
        """Ring an agent, who answers at once, for a customer who is to be called back."""
        self.switch.perform(
            RingAgent(NODE, LEG, BACK, AGENT, PATIENCE, number, "Bob", recording, number, 1.5, "4008001")
        )

    def dialled(self) -> int:
        """How many calls the outside world has got from the exchange, those that ended included."""
        with self.carrier.probe(patience=PATIENCE) as probe:
            ended = [line for line in probe.ask("DBGetTree", {"Family": "carrier-calls"})[1:] if "Val" in line]
            live = [line for line in probe.ask("Status")[1:] if line.get("Context", "").startswith("customer")]
        return len(ended) + len(live)


@pytest.fixture
async def floor(exchange, carrier, tmp_path: Path) -> AsyncIterator[Floor]:
    with (carrier.layout.conf.parent / "extensions.conf").open("a") as dialplan:
        dialplan.write(CALLERS)
    await asyncio.to_thread(carrier.daemon.command, "dialplan reload")
    floor = Floor(exchange, carrier, tmp_path)
    await floor.switch.start()
    await floor.until(NodeSurveyed)
    yield floor
    await floor.switch.stop()


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def pieces(samples: array[int]) -> list[array[int]]:
    """The tenths of a second."""
    return [samples[at : at + 800] for at in range(0, len(samples) - 800, 800)]


def loudest(samples: array[int]) -> int:
    return max((abs(sample) for sample in samples), default=0)


def strongest(samples: array[int], hertz: int) -> float:
    return max(strength(piece, hertz) for piece in pieces(samples))


# ── fillers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_filler_is_sounds_then_music_and_the_next_thing_ends_it_at_once(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(PlayFiller(NODE, call, ("digits/1",)))
    await asyncio.sleep(2.5)
    floor.switch.perform(PlayPrompt(NODE, call, ()))
    assert await floor.until(PromptEnded) == PromptEnded(call)
    await asyncio.sleep(0.5)
    floor.switch.perform(EndCall(NODE, call))
    await floor.until(CallEnded)
    loud = [loudest(piece) > 1000 for piece in pieces(await asyncio.to_thread(read_wav, floor.heard))]
    assert sum(loud) > 10, "more than the word: music"
    assert not any(loud[-3:]), "until something else was to be heard"


async def test_keys_pressed_during_a_filler_are_the_beginning_of_the_next_answer(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(CollectDigits(NODE, call, (), 1, PATIENCE))
    floor.act(keys="12345678")
    assert await floor.until(DigitsCollected) == DigitsCollected(call, "1")
    floor.switch.perform(PlayFiller(NODE, call, ("digits/1",)))
    await asyncio.sleep(1.0)
    floor.switch.perform(CollectDigits(NODE, call, (), 7, PATIENCE))
    assert await floor.until(DigitsCollected, 2) == DigitsCollected(call, "2345678")


# ── recordings ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_a_caller_says_is_recorded_until_a_key(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(RecordCaller(NODE, call, ("digits/1",), "2026/11/21/one-m1", 60.0, 30.0, task=4))
    await floor.recording("2026/11/21/one-m1")
    floor.act(speaks=2.0, keys="#")
    recorded = await floor.until(CallerRecorded)
    assert isinstance(recorded, CallerRecorded)
    assert (recorded.call, recorded.recording, recorded.task) == (call, "2026/11/21/one-m1", 4)
    assert recorded.seconds == pytest.approx(seconds(floor.message("2026/11/21/one-m1")), abs=0.02)
    assert recorded.seconds > 1.5
    assert strongest(read_wav(floor.message("2026/11/21/one-m1")), 440) > 1000
    arrived = floor.of(CallerArrived)[-1]
    assert isinstance(arrived, CallerArrived)
    assert (len(floor.of(CallerArrived)), arrived.task) == (2, 4)
    floor.switch.perform(PlayPrompt(NODE, call, ("digits/1",)))
    assert await floor.until(PromptEnded) == PromptEnded(call)


async def test_a_caller_who_says_nothing_has_left_no_message(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(RecordCaller(NODE, call, (), "nothing", 30.0, 2.0, 1))
    recorded = await floor.until(CallerRecorded)
    assert recorded == CallerRecorded(call, "nothing", 0.0, 1)


async def test_a_caller_who_hangs_up_while_he_speaks_has_left_his_message(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(RecordCaller(NODE, call, (), "cut", 60.0, 30.0, task=2))
    await floor.recording("cut")
    floor.act(speaks=2.5, stays=0)
    ended = await floor.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert isinstance(ended.doing, CallerRecorded)
    assert (ended.doing.recording, ended.doing.task) == ("cut", 2)
    assert ended.doing.seconds == pytest.approx(seconds(floor.message("cut")), abs=0.02)
    assert ended.doing.seconds > 1.0


async def test_a_server_that_dies_while_a_caller_speaks_learns_of_his_message(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(RecordCaller(NODE, call, (), "over-a-crash", 60.0, 30.0, task=3))
    message = await floor.recording("over-a-crash")
    floor.act(speaks=3.0, keys="#")
    after = await floor.restart(lambda: is_closed(message))
    arrived = await floor.until(CallerArrived, after=after)
    recorded = await floor.until(CallerRecorded, after=after)
    assert isinstance(arrived, CallerArrived)
    assert isinstance(recorded, CallerRecorded)
    assert (arrived.call, arrived.task, recorded.task) == (call, 3, 3)
    assert recorded.seconds > 2.0


def is_closed(path: Path) -> bool:
    """Asterisk writes the length into a file's head when it closes it."""
    try:
        return seconds(path) > 0.0
    except (OSError, EOFError, wave.Error):
        return False


async def test_an_unsafe_file_name_is_refused_and_the_caller_stays(floor: Floor) -> None:
    call = await floor.call()
    names = ["../outside", "/etc/passwd", "a;b", "a${X}", "a\nb", ""]
    for number, name in enumerate(names, 1):
        floor.switch.perform(RecordCaller(NODE, call, (), name, 5.0, 2.0, number))
        assert await floor.until(CallerRecorded, number) == CallerRecorded(call, name, 0.0, number)
    floor.switch.perform(PlayPrompt(NODE, call, ("digits/1",)))
    assert await floor.until(PromptEnded) == PromptEnded(call)


# ── forwards ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_caller_talks_with_somebody_outside_and_comes_back(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(ForwardCaller(NODE, call, PERSON, PATIENCE, task=2))
    await floor.meanwhile(floor.outside_talks)
    await asyncio.sleep(1.0)
    floor.hang_up_outside()
    assert await floor.until(ForwardEnded) == ForwardEnded(call, "answered", PERSON, 2)
    floor.switch.perform(EndCall(NODE, call))
    ended = await floor.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert ended.doing == ForwardEnded(call, "answered", PERSON, 2)
    heard = await asyncio.to_thread(read_wav, floor.heard)
    assert strongest(heard, 350) > 500


async def test_who_is_not_reached_is_told_and_the_caller_is_back(floor: Floor) -> None:
    call = await floor.call()
    whys = {BUSY: "busy", NOBODY: "no_answer", CONGESTED: "failed", "5550000": "failed"}
    for task, (number, why) in enumerate(whys.items(), 1):
        floor.switch.perform(ForwardCaller(NODE, call, number, 1.0 if number == NOBODY else PATIENCE, task))
        assert await floor.until(ForwardEnded, task) == ForwardEnded(call, why, number, task)
    floor.switch.perform(PlayPrompt(NODE, call, ("digits/1",)))
    assert await floor.until(PromptEnded) == PromptEnded(call)


async def test_a_caller_who_is_forwarded_hears_it_ring(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(ForwardCaller(NODE, call, NOBODY, 2.0))
    await floor.until(ForwardEnded)
    floor.switch.perform(EndCall(NODE, call))
    await floor.until(CallEnded)
    heard = await asyncio.to_thread(read_wav, floor.heard)
    assert strongest(heard, 480) > 500


async def test_a_number_that_is_not_allowed_is_never_dialled(floor: Floor) -> None:
    call = await floor.call()
    numbers = ["6661000", "+5551000", "", "5551000,tT", "5551000@carrier&PJSIP/1", "555 1000"]
    for task, number in enumerate(numbers, 1):
        floor.switch.perform(ForwardCaller(NODE, call, number, 1.0, task))
        assert await floor.until(ForwardEnded, task) == ForwardEnded(call, "failed", number, task)
    assert len(floor.of(CallerArrived)) == 1
    assert floor.dialled() == 0


async def test_a_forwarded_caller_outlives_the_server_and_is_not_forwarded_twice(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(ForwardCaller(NODE, call, PERSON, PATIENCE, task=5))
    await floor.meanwhile(floor.outside_talks)
    after = await floor.restart(lambda: True)
    seen = await floor.until(NodeSurveyed, after=after)
    assert isinstance(seen, NodeSurveyed)
    assert [(each.call, each.place) for each in seen.calls] == [(call, "talk")]
    assert floor.outside_talks()
    floor.hang_up_outside()
    assert await floor.until(ForwardEnded, after=after) == ForwardEnded(call, "answered", PERSON, 5)
    assert floor.dialled() == 1


async def test_a_caller_who_hangs_up_in_a_forwarded_talk_ends_both(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(ForwardCaller(NODE, call, PERSON, PATIENCE, 1))
    await floor.meanwhile(floor.outside_talks)
    floor.leave()
    ended = await floor.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert ended.doing == ForwardEnded(call, "answered", PERSON, 1)
    await floor.meanwhile(lambda: not floor.outside_talks())


# ── call-backs ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_agent_answers_and_his_leg_dials_the_customer_who_sees_our_number(floor: Floor) -> None:
    floor.call_back(PERSON, "2026/back")
    assert await floor.until(LegAnswered) == LegAnswered(LEG)
    assert floor.of(TalkBegan) == []
    assert await floor.until(TalkBegan) == TalkBegan(BACK, LEG)
    with floor.carrier.probe(patience=PATIENCE) as probe:
        [customer] = [line for line in probe.ask("Status")[1:] if line.get("Context") == "customer-1"]
    assert customer["CallerIDNum"] == "4008001"
    await asyncio.sleep(1.0)
    floor.hang_up_outside()
    arrived = await floor.until(CallerArrived)
    assert isinstance(arrived, CallerArrived)
    assert (arrived.call, arrived.called, arrived.task) == (LEG, "", 1)
    assert await floor.until(ForwardEnded) == ForwardEnded(CallId(LEG), "answered", PERSON, 1)
    floor.switch.perform(EndCall(NODE, CallId(LEG)))
    assert await floor.until(LegEnded) == LegEnded(NODE, LEG, 16)
    for leg in ("caller", "agent"):
        assert strongest(read_wav(floor.message(f"2026/back-{leg}")), 350) > 500
    assert (len(floor.of(LegAnswered)), len(floor.of(TalkBegan)), floor.dialled()) == (1, 1, 2)


async def test_a_customer_who_is_not_reached_is_told_by_the_leg(floor: Floor) -> None:
    floor.call_back(BUSY)
    assert await floor.until(ForwardEnded) == ForwardEnded(CallId(LEG), "busy", BUSY, 1)
    floor.switch.perform(EndCall(NODE, CallId(LEG)))
    await floor.until(LegEnded)
    assert floor.of(TalkBegan) == []


async def test_a_call_back_to_a_number_that_is_not_allowed_rings_nobody(floor: Floor) -> None:
    floor.call_back("6661000")
    assert await floor.until(ForwardEnded) == ForwardEnded(CallId(LEG), "forbidden", "6661000", 0)
    assert floor.dialled() == 0


async def test_a_call_back_outlives_the_server_and_the_agents_hang_up_ends_both(floor: Floor) -> None:
    floor.call_back(PERSON)
    await floor.until(TalkBegan)
    after = await floor.restart(lambda: True)
    seen = await floor.until(NodeSurveyed, after=after)
    assert isinstance(seen, NodeSurveyed)
    assert seen.legs == (SeenLeg(LEG, "talk", BACK),)
    assert seen.calls == ()
    floor.switch.perform(DropLeg(NODE, LEG))
    assert await floor.until(LegEnded, after=after) == LegEnded(NODE, LEG, 16)
    await floor.meanwhile(lambda: not floor.outside_talks())
