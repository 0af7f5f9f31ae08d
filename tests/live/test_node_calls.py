"""The switch against a real Asterisk: one caller through all of his life, and every way in which a leg ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from patience import PATIENCE, meanwhile

from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import Layout
from cti.asterisk.node import NodeSettings
from cti.asterisk.switch import Switch
from cti.vocabulary import (
    CallEnded,
    CallerArrived,
    CallId,
    CollectDigits,
    DigitsCollected,
    DropLeg,
    EndCall,
    FetchCaller,
    HoldCaller,
    LegEnded,
    LegId,
    LegRang,
    NodeFound,
    NodeId,
    NodeLost,
    NodeSurveyed,
    PlayPrompt,
    PromptEnded,
    RingAgent,
    SeenCall,
    SeenLeg,
    SurveyNode,
    TalkBegan,
    Told,
)

pytestmark = pytest.mark.live

PARTS = """
[agents]
exten => answer,1,Answer()
 same => n,Wait(60)
exten => brief,1,Answer()
 same => n,Wait(0.4)
exten => ring,1,Ringing()
 same => n,Wait(60)
exten => slow,1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Wait(60)
exten => busy,1,Hangup(17)
exten => refuse,1,Hangup(21)
exten => congested,1,Hangup(34)
[callers]
exten => s,1,Wait(600)
exten => leave,1,Hangup()
exten => press,1,SendDTMF(${KEYS},${GAP},60)
 same => n,Wait(600)
"""
NODE = NodeId("exchange")


class Stage:
    """A real Asterisk, our switch over it, and callers and agents played by its own dialplan."""

    def __init__(self, daemon: Daemon, layout: Layout) -> None:
        self.daemon, self.layout = daemon, layout
        self.told: list[Told] = []
        self.settings = NodeSettings(
            NODE, layout.ami_host, layout.ami_port, layout.ami_user, layout.secrets.ami, layout.secrets.agi_token,
            dial="Local/{phone}@agents/n",
        )  # fmt: skip
        self.switch = Switch([self.settings], "127.0.0.1", layout.settings.agi_port, self.told.append, time.time)

    def of(self, kind: type[Told]) -> list[Told]:
        return [each for each in self.told if isinstance(each, kind)]

    async def until(self, kind: type[Told], count: int = 1) -> Told:
        await self.meanwhile(lambda: len(self.of(kind)) >= count, kind.__name__)
        return self.of(kind)[count - 1]

    async def meanwhile(self, true: Callable[[], object], what: str = "it") -> None:
        await meanwhile(true, what, seen=self.told)

    async def call(self) -> CallId:
        """Ring in; return when the caller stands at the door."""
        before = len(self.of(CallerArrived))
        await asyncio.to_thread(self.originate)
        arrived = await self.until(CallerArrived, before + 1)
        assert isinstance(arrived, CallerArrived)
        return arrived.call

    def originate(self) -> None:
        headers = {
            "Channel": "Local/800@switchroom-in/n", "Context": "callers", "Exten": "s", "Priority": "1",
            "CallerID": '"Bob" <5551234>', "Async": "true",
        }  # fmt: skip
        with self.daemon.probe(patience=PATIENCE) as probe:
            probe.ask("Originate", headers)

    def press(self, keys: str, gap: int = 60) -> None:
        """The caller presses keys from now on, with so many milliseconds between."""
        self._send("press", KEYS=keys, GAP=str(gap))

    def leave(self) -> None:
        """The caller hangs up."""
        self._send("leave")

    def _send(self, where: str, **variables: str) -> None:
        with self.daemon.probe(patience=PATIENCE) as probe:
            [caller] = [line["Channel"] for line in probe.ask("Status")[1:] if line.get("Context") == "callers"]
            for name, value in variables.items():
                probe.ask("Setvar", {"Channel": caller, "Variable": name, "Value": value})
            probe.ask("Redirect", {"Channel": caller, "Context": "callers", "Exten": where, "Priority": "1"})

    async def ring(self, call: CallId, phone: str, number: int = 1, ring_for: float = PATIENCE) -> LegId:
        leg = LegId(f"{call}.{number}")
        self.switch.perform(RingAgent(NODE, leg, call, phone, ring_for, "5551234", "Bob"))
        return leg

    async def hold(self, call: CallId, *, last: bool = False) -> None:
        """Send into the music, and wait until he is there."""
        self.switch.perform(HoldCaller(NODE, call, last))
        for _ in range(200):
            if (call, "hold") in [(each.call, each.place) for each in (await self.survey()).calls]:
                return
        raise AssertionError(f"{call} is not on hold")

    async def survey(self) -> NodeSurveyed:
        before = len(self.of(NodeSurveyed))
        self.switch.perform(SurveyNode(NODE))
        seen = await self.until(NodeSurveyed, before + 1)
        assert isinstance(seen, NodeSurveyed)
        return seen


@pytest.fixture
async def stage(exchange) -> AsyncIterator[Stage]:
    with (exchange.layout.conf.parent / "extensions.conf").open("a") as dialplan:
        dialplan.write(PARTS)
    await asyncio.to_thread(exchange.daemon.command, "dialplan reload")
    stage = Stage(exchange.daemon, exchange.layout)
    await stage.switch.start()
    await stage.until(NodeSurveyed)
    yield stage
    await stage.switch.stop()


async def test_a_caller_goes_through_flow_hold_talk_and_end(stage: Stage) -> None:
    call = await stage.call()
    arrived = stage.of(CallerArrived)[0]
    assert arrived == CallerArrived(NODE, call, "5551234", "Bob", "800")
    stage.switch.perform(PlayPrompt(NODE, call, ("digits/1", "digits/2")))
    assert await stage.until(PromptEnded) == PromptEnded(call)
    stage.switch.perform(CollectDigits(NODE, call, ("digits/3", "digits/4"), 6, PATIENCE))
    stage.press("42#")
    collected = await stage.until(DigitsCollected)
    assert isinstance(collected, DigitsCollected)
    assert (collected.digits, collected.complete) == ("42", True)
    await stage.hold(call)

    rung = time.time()
    leg = await stage.ring(call, "slow")
    assert await stage.until(LegRang) == LegRang(leg)
    began = await stage.until(TalkBegan)
    assert began == TalkBegan(call, leg)
    seen = await stage.survey()
    assert [(c.call, c.place, c.leg) for c in seen.calls] == [(call, "talk", leg)]
    assert seen.legs == (SeenLeg(leg, "talk", call),)
    assert seen.calls[0].answered_at is not None
    assert rung - 0.05 < seen.calls[0].answered_at < time.time() + 0.05

    stage.switch.perform(DropLeg(NODE, leg))
    assert await stage.until(LegEnded) == LegEnded(NODE, leg, 16)
    back = await stage.until(CallerArrived, 2)
    assert isinstance(back, CallerArrived)
    assert (back.call, back.leg, back.answered_at) == (call, leg, seen.calls[0].answered_at)

    stage.switch.perform(EndCall(NODE, call, 16))
    ended = await stage.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert (ended.call, ended.cause, ended.leg, ended.answered_at) == (call, 16, leg, back.answered_at)
    assert ended in (await stage.survey()).ended
    assert (len(stage.of(CallEnded)), len(stage.of(LegEnded)), len(stage.of(TalkBegan))) == (1, 1, 1)


@pytest.mark.parametrize(
    ("phone", "cause"), [("busy", 17), ("refuse", 21), ("congested", 34), ("nowhere", 20), ("ring", 19)]
)
async def test_an_unanswered_leg_ends_once_with_its_cause(stage: Stage, phone: str, cause: int) -> None:
    call = await stage.call()
    await stage.hold(call)
    leg = await stage.ring(call, phone, ring_for=0.8 if phone == "ring" else PATIENCE)
    assert await stage.until(LegEnded) == LegEnded(NODE, leg, cause)
    assert (await stage.survey()).legs == ()
    await asyncio.sleep(0.4)  # longer than the wait for the end of a failed leg's channel
    assert len(stage.of(LegEnded)) == 1
    assert stage.of(TalkBegan) == []


async def test_a_phone_that_is_not_registered_ends_the_leg(stage: Stage) -> None:
    call = await stage.call()
    settings = replace(stage.settings, dial="PJSIP/{phone}")
    real = Switch([settings], "127.0.0.1", 0, stage.told.append, time.time)
    await real.start()
    real.perform(RingAgent(NODE, LegId(f"{call}.1"), call, "alice", PATIENCE, "1", "Bob"))
    assert await stage.until(LegEnded) == LegEnded(NODE, LegId(f"{call}.1"), 20)
    await real.stop()


async def test_a_leg_is_dropped_while_it_rings_or_in_the_instant_in_which_it_was_asked_for(stage: Stage) -> None:
    call = await stage.call()
    await stage.hold(call)
    leg = await stage.ring(call, "ring")
    await stage.until(LegRang)
    stage.switch.perform(DropLeg(NODE, leg))
    assert await stage.until(LegEnded) == LegEnded(NODE, leg, 16)
    second = await stage.ring(call, "ring", 2)
    stage.switch.perform(DropLeg(NODE, second))
    ended = await stage.until(LegEnded, 2)
    assert isinstance(ended, LegEnded)
    assert ended.leg == second
    assert (await stage.survey()).legs == ()


async def test_where_nothing_follows_the_talk_asterisk_ends_the_call_by_itself(stage: Stage) -> None:
    call = await stage.call()
    await stage.hold(call, last=True)
    leg = await stage.ring(call, "slow")
    await stage.until(TalkBegan)
    stage.switch.perform(DropLeg(NODE, leg))
    ended = await stage.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert (ended.call, ended.leg) == (call, leg)
    assert len(stage.of(CallerArrived)) == 1


async def test_a_caller_who_waits_on_comes_back_from_a_dropped_leg_all_the_same(stage: Stage) -> None:
    call = await stage.call()
    await stage.hold(call, last=True)
    leg = await stage.ring(call, "slow")
    await stage.until(TalkBegan)
    stage.switch.perform(DropLeg(NODE, leg, call))
    back = await stage.until(CallerArrived, 2)
    assert isinstance(back, CallerArrived)
    assert (back.call, back.leg) == (call, leg)
    assert not stage.of(CallEnded)
    stage.switch.perform(EndCall(NODE, call, 16))
    await stage.until(CallEnded)


async def test_a_caller_who_hangs_up_in_a_talk_ends_both(stage: Stage) -> None:
    call = await stage.call()
    await stage.hold(call)
    leg = await stage.ring(call, "answer")
    await stage.until(TalkBegan)
    stage.leave()
    ended = await stage.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert (ended.call, ended.leg) == (call, leg)
    await stage.until(LegEnded)
    assert (len(stage.of(CallEnded)), len(stage.of(LegEnded))) == (1, 1)


async def test_a_caller_who_hangs_up_in_a_prompt_or_while_keying_ends_once(stage: Stage) -> None:
    call = await stage.call()
    stage.switch.perform(PlayPrompt(NODE, call, ("digits/1",) * 200))
    stage.leave()
    assert isinstance(await stage.until(CallEnded), CallEnded)
    other = await stage.call()
    stage.switch.perform(CollectDigits(NODE, other, (), 5, 2 * PATIENCE))
    stage.leave()
    ended = await stage.until(CallEnded, 2)
    assert isinstance(ended, CallEnded)
    assert ended.call == other
    third = await stage.call()
    stage.switch.perform(CollectDigits(NODE, third, ("digits/1",), 1, 2 * PATIENCE))
    await asyncio.sleep(1.5)  # he hears all of it
    stage.leave()
    ended = await stage.until(CallEnded, 3)
    assert isinstance(ended, CallEnded)
    assert ended.call == third
    assert stage.of(PromptEnded) == stage.of(DigitsCollected) == []


async def test_a_waiting_caller_is_fetched(stage: Stage) -> None:
    call = await stage.call()
    await stage.hold(call)
    stage.switch.perform(FetchCaller(NODE, call))
    assert isinstance(await stage.until(CallerArrived, 2), CallerArrived)
    stage.switch.perform(PlayPrompt(NODE, call, ("digits/1",)))
    assert await stage.until(PromptEnded) == PromptEnded(call)


async def test_a_waiting_caller_is_ended(stage: Stage) -> None:
    call = await stage.call()
    await stage.hold(call)
    stage.switch.perform(EndCall(NODE, call, 21))
    ended = await stage.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert (ended.call, ended.cause) == (call, 21)


async def test_a_channel_named_almost_alike_is_left_alone(stage: Stage) -> None:
    call = await stage.call()
    stage.switch.perform(HoldCaller(NODE, call))
    stage.switch.perform(EndCall(NODE, CallId(call[:-1])))
    stage.switch.perform(DropLeg(NODE, LegId(call[:-1])))
    assert call in [each.call for each in (await stage.survey()).calls]


async def test_sounds_that_are_missing_are_told_and_keys_still_collected(stage: Stage) -> None:
    call = await stage.call()
    stage.switch.perform(PlayPrompt(NODE, call, ("no-such-sound", "digits/1")))
    assert await stage.until(PromptEnded) == PromptEnded(call, failed=True)
    stage.switch.perform(CollectDigits(NODE, call, ("no-such-sound",), 1, PATIENCE))
    stage.press("7")
    assert await stage.until(DigitsCollected) == DigitsCollected(call, "7")


@pytest.mark.parametrize(
    ("keys", "later", "sound"), [("7", 0.0, "vm-nobox"), ("*", 2.0, "digits/1"), ("", 0.0, "digits/1")]
)
async def test_one_key_is_taken_during_its_question_or_after_it(
    stage: Stage, keys: str, later: float, sound: str
) -> None:
    call = await stage.call()
    stage.switch.perform(CollectDigits(NODE, call, (sound,), 1, PATIENCE if keys else 0.5))
    if keys:
        await asyncio.sleep(later)  # of the question, or what is left of it
        stage.press(keys)
    assert await stage.until(DigitsCollected) == DigitsCollected(call, keys, complete=bool(keys))


@pytest.mark.parametrize("gap", [60, 100])
async def test_keys_typed_ahead_of_the_questions_are_not_lost(stage: Stage, gap: int) -> None:
    """Fifteen keys without a pause, into three questions, each asked a while after the answer before it."""
    call = await stage.call()
    answers = []
    for number, at_most in enumerate((1, 8, 8), start=1):
        stage.switch.perform(CollectDigits(NODE, call, ("vm-nobox", "digits/1"), at_most, PATIENCE))
        if number == 1:
            stage.press("1" + "23456" + "#" + "70809011", gap)
        answer = await stage.until(DigitsCollected, number)
        assert isinstance(answer, DigitsCollected)
        answers.append(answer.digits)
        await asyncio.sleep(0.25)  # a lookup
    assert answers == ["1", "23456", "70809011"]


async def test_the_link_is_cut_and_comes_back_with_the_truth(stage: Stage) -> None:
    call = await stage.call()
    waiting = await stage.call()
    await stage.hold(call)
    await stage.hold(waiting)
    leg = await stage.ring(call, "answer")
    await stage.until(TalkBegan)
    protocol = stage.switch._nodes[NODE].link._connection.protocol
    protocol.abort()
    await stage.until(NodeLost)
    with stage.daemon.probe(patience=PATIENCE) as probe:  # somebody leaves while we do not look
        probe.ask("Hangup", {"Channel": waiting, "Cause": "16"})
    found = await stage.until(NodeFound, 2)
    first = stage.of(NodeFound)[0]
    assert isinstance(found, NodeFound)
    assert isinstance(first, NodeFound)
    assert found.booted_at == first.booted_at
    await stage.meanwhile(
        lambda: any(isinstance(each, NodeSurveyed) for each in stage.told[stage.told.index(found, 2) :])
    )
    seen = next(each for each in stage.told[stage.told.index(found, 2) :] if isinstance(each, NodeSurveyed))
    assert [(c.call, c.place) for c in seen.calls] == [(call, "talk")]
    assert seen.legs == (SeenLeg(leg, "talk", call),)
    assert [(end.call, end.cause) for end in seen.ended] == [(waiting, 16)]
    stage.switch.perform(DropLeg(NODE, leg))
    assert await stage.until(LegEnded) == LegEnded(NODE, leg, 16)


async def test_a_restarted_asterisk_has_no_calls_and_another_boot_time(stage: Stage) -> None:
    await stage.call()
    pid = stage.daemon.running()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await stage.until(NodeLost)
    await asyncio.sleep(3.1)  # boot times are told in whole seconds
    await asyncio.to_thread(stage.daemon.start)
    found = await stage.until(NodeFound, 2)
    first = stage.of(NodeFound)[0]
    assert isinstance(found, NodeFound)
    assert isinstance(first, NodeFound)
    assert found.booted_at > first.booted_at + 2
    await stage.until(NodeSurveyed, 2)
    last = stage.of(NodeSurveyed)[-1]
    assert isinstance(last, NodeSurveyed)
    assert last.calls == ()


async def test_a_frozen_asterisk_is_noticed_and_its_calls_are_there_afterwards(stage: Stage) -> None:
    call = await stage.call()
    await stage.hold(call)
    pid = stage.daemon.running()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        await stage.until(NodeLost)
    finally:
        os.kill(pid, signal.SIGCONT)
    await stage.until(NodeFound, 2)
    assert [each.call for each in (await stage.survey()).calls] == [call]


FIRST_SERVER = """
import asyncio, sys, time
from cti.asterisk.node import NodeSettings
from cti.asterisk.switch import Switch
from cti.vocabulary import CallerArrived, PlayPrompt, NodeId

async def main(ami_port, user, secret, token, agi_port):
    def tell(told):
        if isinstance(told, CallerArrived):
            switch.perform(PlayPrompt(told.node, told.call, ("digits/1",) * 300))
            print("playing", told.call, flush=True)
    switch = Switch([NodeSettings(NodeId("exchange"), "127.0.0.1", int(ami_port), user, secret, token)],
                    "127.0.0.1", int(agi_port), tell, time.time)
    await switch.start()
    print("ready", flush=True)
    await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_server_killed_in_the_middle_of_a_prompt_is_followed_by_another(stage: Stage) -> None:
    await stage.switch.stop()
    settings = stage.settings
    words = [
        str(settings.port),
        settings.username,
        settings.secret,
        settings.agi_token,
        str(stage.layout.settings.agi_port),
    ]
    root = Path(__file__).parents[2]
    first = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FIRST_SERVER, *words, cwd=root, stdout=subprocess.PIPE
    )
    assert first.stdout is not None
    assert await asyncio.wait_for(first.stdout.readline(), PATIENCE) == b"ready\n"
    await asyncio.to_thread(stage.originate)
    playing, call = (await asyncio.wait_for(first.stdout.readline(), PATIENCE)).decode().split()
    assert playing == "playing"
    first.kill()
    await first.wait()

    log = stage.layout.messages
    await stage.meanwhile(lambda: "FastAGI failed" in log.read_text(), "a knock that nobody answers")
    before = len(stage.told)
    stage.switch = Switch([settings], "127.0.0.1", stage.layout.settings.agi_port, stage.told.append, time.time)
    await stage.switch.start()
    await stage.meanwhile(lambda: any(isinstance(each, CallerArrived) for each in stage.told[before:]))
    arrived = next(each for each in stage.told[before:] if isinstance(each, CallerArrived))
    assert arrived.call == call
    seen = next(each for each in stage.told[before:] if isinstance(each, NodeSurveyed))
    assert seen.calls == (SeenCall(CallId(call), "flow"),)
    stage.switch.perform(PlayPrompt(NODE, CallId(call), ("digits/1",)))
    assert await stage.until(PromptEnded) == PromptEnded(CallId(call))


async def test_a_sip_agent_on_a_real_line_is_rung_and_talks(stage: Stage, carrier, ports) -> None:
    """Over SIP and RTP: an outside line of the carrier that answers at once, one that is busy, one that only rings."""
    settings = stage.settings
    await stage.switch.stop()
    stage.told.clear()
    over_sip = replace(settings, dial="PJSIP/{phone}@carrier")
    stage.switch = Switch([over_sip], "127.0.0.1", stage.layout.settings.agi_port, stage.told.append, time.time)
    await stage.switch.start()
    call = await stage.call()
    await stage.hold(call)
    busy = await stage.ring(call, "5552000", 1)
    assert await stage.until(LegEnded) == LegEnded(NODE, busy, 17)
    silent = await stage.ring(call, "5553000", 2, ring_for=3.0)
    assert await stage.until(LegRang) == LegRang(silent)
    assert await stage.until(LegEnded, 2) == LegEnded(NODE, silent, 19)
    leg = await stage.ring(call, "5556000", 3)
    assert await stage.until(TalkBegan) == TalkBegan(call, leg)
    stage.switch.perform(EndCall(NODE, call))
    await stage.until(CallEnded)
    await stage.until(LegEnded, 3)
    assert len(stage.of(LegEnded)) == 3
