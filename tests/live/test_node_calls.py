"""The switch against a real Asterisk: one caller through all of his life, and every way in which a leg ends."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from node_stage import NODE, Stage, stage  # noqa: F401 - fixtures
from patience import PATIENCE

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
    PlayPrompt,
    PromptEnded,
    RingAgent,
    SeenLeg,
    TalkBegan,
)

pytestmark = pytest.mark.live


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
