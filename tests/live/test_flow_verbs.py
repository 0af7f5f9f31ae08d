"""Fillers and recordings of a flow on a real Asterisk with real SIP calls; none is lost when the server dies."""

from __future__ import annotations

import asyncio
import wave
from array import array
from pathlib import Path

import pytest
from patience import PATIENCE
from stage import read_wav
from verb_floor import NODE, Floor, floor, pieces, strongest  # noqa: F401 - fixtures

from cti.vocabulary import (
    CallEnded,
    CallerArrived,
    CallerRecorded,
    CollectDigits,
    DigitsCollected,
    EndCall,
    PlayFiller,
    PlayPrompt,
    PromptEnded,
    RecordCaller,
)

pytestmark = pytest.mark.live


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def loudest(samples: array[int]) -> int:
    return max((abs(sample) for sample in samples), default=0)


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
