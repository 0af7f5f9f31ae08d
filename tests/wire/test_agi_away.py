"""Fillers at the door, and callers who are sent away to be recorded or forwarded, and come back."""

from __future__ import annotations

import asyncio
import socket

import pytest
import uvloop
from agi_house import CALL, NODE, SILENCE, Channel, House, caller, house  # noqa: F401 - fixtures

from cti.asterisk.agi import AgiDoor
from cti.vocabulary import (
    CallerArrived,
    CallerRecorded,
    CollectDigits,
    DigitsCollected,
    ForwardCaller,
    ForwardEnded,
    HoldCaller,
    PlayFiller,
    PlayPrompt,
    PromptEnded,
    RecordCaller,
    Told,
)

pytestmark = pytest.mark.wire


KEYS = "0123456789*#ABCD"


# ── fillers, recordings, forwards ───────────────────────────────────────────────────────────────────────────────────


async def fill(house: House, caller: Channel, *sounds: str) -> None:
    """Ask for a filler after a collection, and let the channel listen ahead meanwhile, as it does."""
    house.door.perform(CollectDigits(NODE, CALL, (), 1, 5.0))
    assert await caller.hear() == 'GET DATA "" 5000 1'
    caller.say("200 result=1")
    await house.until(2)
    house.door.perform(PlayFiller(NODE, CALL, sounds))
    assert await caller.hear() == SILENCE
    assert await caller.hear() == "SET MUSIC OFF"  # ends the silence, which has no answer then
    caller.say("200 result=0")


async def music(house: House, caller: Channel) -> None:
    """A filler of one sound that has come to its music and the wait for a key."""
    await fill(house, caller, "one-moment")
    assert await caller.hear() == f'STREAM FILE "one-moment" "{KEYS}"'
    caller.say("200 result=0 endpos=8000")
    assert await caller.hear() == "SET MUSIC ON"
    caller.say("200 result=0")
    assert await caller.hear() == "WAIT FOR DIGIT 2000"


async def test_a_filler_is_sounds_then_music_and_the_next_command_comes_when_it_is_off(
    house: House, caller: Channel
) -> None:
    await music(house, caller)
    caller.say("200 result=0")  # two seconds without a key
    assert await caller.hear() == "WAIT FOR DIGIT 2000"
    house.door.perform(PlayPrompt(NODE, CALL, ("found",)))
    assert await caller.hear() == "SET MUSIC OFF"
    caller.say("200 result=1")
    assert await caller.silent()
    caller.say("200 result=0")
    assert await caller.hear() == 'STREAM FILE found ""'
    caller.say("200 result=0 endpos=8000")
    assert await house.until(3) == PromptEnded(CALL)


async def test_keys_during_a_filler_are_the_beginning_of_the_next_answer(house: House, caller: Channel) -> None:
    await fill(house, caller, "one-moment", "please")
    await caller.hear()
    caller.say("200 result=52 endpos=100")  # 4 stops the first sound only
    assert await caller.hear() == f'STREAM FILE please "{KEYS}"'
    caller.say("200 result=0 endpos=8000")
    await caller.hear()
    caller.say("200 result=0")
    assert await caller.hear() == "WAIT FOR DIGIT 2000"
    caller.say("200 result=53")
    assert await caller.hear() == "WAIT FOR DIGIT 2000"
    house.door.perform(CollectDigits(NODE, CALL, ("amount",), 3, 5.0))
    assert await caller.hear() == "SET MUSIC OFF"
    caller.say("200 result=1")
    caller.say("200 result=0")
    assert await caller.hear() == 'GET DATA "" 5000 1'
    caller.say("200 result=6")
    assert await house.until(3) == DigitsCollected(CALL, "456")


async def test_a_filler_that_ends_by_itself_in_the_instant_of_the_next_command_hides_none(
    house: House, caller: Channel
) -> None:
    await music(house, caller)
    house.door.perform(CollectDigits(NODE, CALL, (), 2, 5.0))
    assert await caller.hear() == "SET MUSIC OFF"
    caller.say("200 result=55")  # a key, and not the interruption: Asterisk may not have read our command
    assert await caller.hear() == "SWITCHROOM"
    caller.say("200 result=0")
    assert await caller.silent()
    caller.say("510 Invalid or unknown command")
    assert await caller.hear() == 'GET DATA "" 5000 1'
    caller.say("200 result=8")
    assert await house.until(3) == DigitsCollected(CALL, "78")


async def test_a_sound_of_a_filler_that_is_interrupted_has_no_answer(house: House, caller: Channel) -> None:
    await fill(house, caller, "one-moment")
    await caller.hear()
    house.door.perform(PlayPrompt(NODE, CALL, ("found",)))
    assert await caller.hear() == "SET MUSIC OFF"
    caller.say("200 result=0")
    assert await caller.hear() == 'STREAM FILE found ""'


async def test_what_is_found_at_once_needs_no_filler(house: House, caller: Channel) -> None:
    house.door.perform(PlayFiller(NODE, CALL, ("one-moment",)))
    house.door.perform(PlayPrompt(NODE, CALL, ("found",)))
    assert await caller.hear() == 'STREAM FILE found ""'
    assert await caller.silent(0.3)


async def test_a_caller_who_is_sent_on_during_a_filler_is_sent_when_it_is_off(house: House, caller: Channel) -> None:
    await music(house, caller)
    house.door.perform(HoldCaller(NODE, CALL))
    assert not house.door.holds(CALL)
    assert await caller.hear() == "SET MUSIC OFF"
    caller.say("200 result=1")
    caller.say("200 result=0")
    assert [await caller.hear() for _ in range(2)] == ['SET VARIABLE "SR_KEY" ""', 'SET VARIABLE "SR_MUSIC" ""']
    assert await caller.hear() == 'SET VARIABLE "SR_DONE" hold'
    assert await caller.hear() == ""


async def sent_on(caller: Channel) -> dict[str, str]:
    """The variables with which a caller is sent away, in order; the connection is closed after them."""
    words = {}
    while line := await caller.hear():
        _, _, name, value = line.replace('"', "").split(" ", 3)
        words[name] = value
    return words


async def test_a_recording_begins_after_its_prompts_and_a_key_cuts_them_short(house: House, caller: Channel) -> None:
    house.door.perform(RecordCaller(NODE, CALL, ("after-beep", "more"), "2026/11/21/a1-m4", 59.5, 3.0, task=4))
    assert await caller.hear() == f'STREAM FILE "after-beep" "{KEYS}"'
    assert house.door.holds(CALL)
    caller.say("200 result=49 endpos=100")
    words = await sent_on(caller)
    assert words == {
        "SR_AWAY": "4:record:2026/11/21/a1-m4", "SR_WHAT": "2026/11/21/a1-m4", "SR_SILENCE": "3", "SR_LIMIT": "60",
        "SR_DONE": "away-record",
    }  # fmt: skip
    assert list(words)[-1] == "SR_DONE"
    assert not house.door.holds(CALL)


async def test_a_forward_tells_the_dialplan_whom_to_dial(house: House, caller: Channel) -> None:
    house.door.perform(ForwardCaller(NODE, CALL, "+862112345678", 30.0, task=7))
    assert await sent_on(caller) == {
        "SR_AWAY": "7:forward:+862112345678", "SR_WHAT": "+862112345678", "SR_LIMIT": "30",
        "SR_DONE": "away-forward",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("back", "told"),
    [(("3:record:2026/a-m3", "DTMF", "", "160044"), CallerRecorded(CALL, "2026/a-m3", 10.0, 3)),
     (("3:record:2026/a-m3", "SILENCE", "", "16044"), CallerRecorded(CALL, "2026/a-m3", 0.0, 3)),
     (("3:record:2026/a-m3", "TIMEOUT", "", ""), CallerRecorded(CALL, "2026/a-m3", 0.0, 3)),
     (("3:record:2026/a-m3", "DTMF", "", "3000"), CallerRecorded(CALL, "2026/a-m3", 0.0, 3)),
     (("9:forward:5551000", "", "ANSWER", ""), ForwardEnded(CALL, "answered", "5551000", 9)),
     (("9:forward:5551000", "DTMF", "BUSY", "44"), ForwardEnded(CALL, "busy", "5551000", 9)),
     (("9:forward:5551000", "", "NOANSWER", ""), ForwardEnded(CALL, "no_answer", "5551000", 9)),
     (("9:forward:5551000", "", "", ""), ForwardEnded(CALL, "failed", "5551000", 9)),
     (("9:forward:5551000", "", "CHANUNAVAIL", ""), ForwardEnded(CALL, "failed", "5551000", 9))],
)  # fmt: skip
async def test_who_comes_back_is_told_with_what_came_of_it(
    house: House, back: tuple[str, str, str, str], told: Told
) -> None:
    await Channel.knock(house.door.port, **{f"arg_{place}": text for place, text in enumerate(back, 4)})
    arrived = await house.until(1)
    assert isinstance(arrived, CallerArrived)
    assert arrived.task == told.task
    assert await house.until(2) == told


@pytest.mark.parametrize("back", ["x", "3:fly:away", ":record:a", "3:record:", "3:record:a b", "-1:record:a", "9" * 20])
async def test_what_cannot_be_read_of_it_is_passed_over(house: House, back: str) -> None:
    await Channel.knock(house.door.port, arg_4=back)
    assert await house.until(1) == CallerArrived(NODE, CALL, "5551234", "Bob", "100")


@pytest.mark.parametrize("loops", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_each_caller_s_connection_notices_within_half_a_minute_that_the_other_machine_is_gone(loops):
    async def look() -> list[int]:
        told: list[Told] = []
        door = AgiDoor("127.0.0.1", 0, {"right": NODE}, told.append, ["127.0.0.0/8"])
        await door.start()
        channel = await Channel.knock(door.port)
        await House(door, told).until(1)
        sock = door._visits[CALL]._transport.get_extra_info("socket")
        tcp = [socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT]
        found = [bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))]
        found += [sock.getsockopt(socket.IPPROTO_TCP, option) for option in tcp]
        channel.writer.close()
        await door.stop()
        return found

    with asyncio.Runner(loop_factory=loops) as runner:
        assert runner.run(look()) == [True, 15, 5, 3]
