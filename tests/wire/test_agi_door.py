"""The door: what strangers do to it harms nobody, and callers are told, sent on and gone."""

from __future__ import annotations

import asyncio

import pytest
from agi_house import CALL, NODE, Channel, House, caller, collect, house  # noqa: F401 - fixtures
from patience import PATIENCE, meanwhile

from cti.asterisk import agi
from cti.asterisk.agi import AgiDoor
from cti.asterisk.agi_lines import LONGEST_HEADER
from cti.vocabulary import (
    CallerArrived,
    EndCall,
    FetchCaller,
    HoldCaller,
    NodeId,
    PlayPrompt,
    PromptEnded,
)

pytestmark = pytest.mark.wire


# ── who may come in ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_caller_is_told(house: House, caller: Channel) -> None:
    assert house.told == [CallerArrived(NODE, CALL, "5551234", "Bob", "100")]
    assert house.door.holds(CALL)


async def test_the_token_tells_the_node_and_the_last_talk_is_told(house: House) -> None:
    await Channel.knock(house.door.port, token="other", arg_2="a1-1.2.1", arg_3="1732220000.125")
    assert await house.until(1) == CallerArrived(
        NodeId("a2"), CALL, "5551234", "Bob", "100", leg="a1-1.2.1", answered_at=1732220000.125
    )


async def test_an_introduction_cut_anywhere_is_read(house: House) -> None:
    channel = await Channel.connect(house.door.port)
    for letter in f"agi_request: agi://h/right\nagi_uniqueid: {CALL}\n\n":
        channel.writer.write(letter.encode())
        await channel.writer.drain()
        await asyncio.sleep(0)
    assert isinstance(await house.until(1), CallerArrived)


@pytest.mark.parametrize("token", ["wrong", "", "right2", "Right", "x" * 500, "wörng"])
def test_a_wrong_token_opens_nothing(token: str) -> None:
    assert AgiDoor("127.0.0.1", 0, {"right": NODE}, print).node_of(token) is None


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n\n\n", b"\x16\x03\x01\x02\0\x01\n\n", b"\n\n", b"x" * (LONGEST_HEADER + 1),
        b"agi_request: agi://h/wrong\nagi_uniqueid: 1\n\n", b"agi_request: agi://h/right\n\n", b"\xff\xfe\n\n",
    ],
)  # fmt: skip
async def test_strangers_are_cut_at_once_and_harm_nobody(house: House, caller: Channel, said: bytes) -> None:
    stranger = await Channel.connect(house.door.port)
    stranger.writer.write(said)
    assert await stranger.hear() == ""
    assert house.door.refused == 1
    house.door.perform(PlayPrompt(NODE, CALL, ("hello",)))
    assert await caller.hear() == 'STREAM FILE hello ""'


@pytest.mark.parametrize("said", [b"", b"agi_requ", b"agi_request: agi://h/right\nagi_uniqueid: 1\n"])
async def test_silence_or_half_an_introduction_has_a_deadline(
    house: House, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """panoramisk's server freezes the whole loop on an empty connection."""
    monkeypatch.setattr(agi, "INTRODUCED_WITHIN", 1.0)
    stranger = await Channel.connect(house.door.port)
    stranger.writer.write(said)
    channel = await Channel.knock(house.door.port)
    assert isinstance(await house.until(1), CallerArrived)  # not held up meanwhile
    assert await stranger.hear() == ""
    assert (house.door.refused, len(house.door._strangers)) == (1, 0)
    channel.writer.close()


async def test_a_slow_stranger_wins_no_time_by_trickling(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agi, "INTRODUCED_WITHIN", 0.3)
    stranger = await Channel.connect(house.door.port)
    began = asyncio.get_running_loop().time()
    with pytest.raises(OSError):  # noqa: PT012 (the trickle goes on until it is cut)
        while asyncio.get_running_loop().time() - began < PATIENCE:
            stranger.writer.write(b"a")
            await stranger.writer.drain()
            await asyncio.sleep(0.02)


async def test_a_crowd_of_strangers_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agi, "MOST_STRANGERS", 5)
    crowd = [await Channel.connect(house.door.port) for _ in range(9)]
    await meanwhile(lambda: house.door.refused >= 4, "the fourth refusal")
    assert len(house.door._strangers) == 5
    for each in crowd:
        each.writer.close()


async def test_addresses_are_looked_at_first() -> None:
    door = AgiDoor("127.0.0.1", 0, {"right": NODE}, print, allowed=("10.0.0.0/8", "::1/128"))
    await door.start()
    stranger = await Channel.knock(door.port)
    assert await stranger.hear() == ""
    assert [door.admits(each) for each in ("10.1.2.3", "::ffff:10.1.2.3", "::1", "11.0.0.1", "", "x")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    await door.stop()


async def test_a_caller_who_knocks_again_replaces_his_dead_connection(house: House, caller: Channel) -> None:
    again = await Channel.knock(house.door.port)
    await house.until(2)
    assert await caller.hear() == ""
    house.door.perform(PlayPrompt(NODE, CALL, ("hello",)))
    assert await again.hear() == 'STREAM FILE hello ""'


async def test_who_has_gone_is_no_longer_here(house: House, caller: Channel) -> None:
    caller.writer.close()
    await meanwhile(lambda: not house.door.holds(CALL), "his end")
    assert not house.door.perform(PlayPrompt(NODE, CALL, ("hello",)))


# ── sent on, and gone ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_caller_is_sent_into_the_music(house: House, caller: Channel) -> None:
    assert house.door.perform(HoldCaller(NODE, CALL, music="soft"))
    assert await caller.hear() == 'SET VARIABLE "SR_KEY" ""'
    assert await caller.hear() == 'SET VARIABLE "SR_MUSIC" soft'
    assert await caller.hear() == 'SET VARIABLE "SR_DONE" hold'
    assert await caller.hear() == ""  # our side is closed; his answers still find an open socket
    assert not house.door.holds(CALL)
    caller.say("200 result=1")


async def test_a_call_is_ended_in_the_middle_of_a_prompt(house: House, caller: Channel) -> None:
    house.door.perform(PlayPrompt(NODE, CALL, ("hello",)))
    await caller.hear()
    assert house.door.perform(EndCall(NODE, CALL, 21))
    assert [await caller.hear() for _ in range(3)] == ['SET VARIABLE "SR_CAUSE" 21', 'SET VARIABLE "SR_DONE" end', ""]
    caller.say("200 result=1\n200 result=1")
    caller.writer.close()
    assert not house.door.perform(EndCall(NODE, CALL, 21))
    assert len(house.told) == 1


async def test_fetching_who_is_here_tells_him_again(house: House, caller: Channel) -> None:
    house.door.perform(FetchCaller(NODE, CALL))
    assert await house.until(2) == house.told[0]


async def test_a_hangup_ends_the_visit_and_tells_nothing(house: House, caller: Channel) -> None:
    """The end of a call is told over AMI, with its cause and its time."""
    collect(house, "ask")
    await caller.hear()
    caller.say("200 result=-1\nHANGUP")
    assert await caller.hear() in {"", 'GET DATA "" 3000 4'}
    await meanwhile(lambda: not house.door.holds(CALL), "his end")
    assert len(house.told) == 1


@pytest.mark.parametrize(
    "said", ["511 Command Not Permitted on a dead channel or intercept routine", "nonsense", "x" * 5000]
)
async def test_a_dead_channel_or_nonsense_ends_the_visit(house: House, caller: Channel, said: str) -> None:
    collect(house, "ask")
    await caller.hear()
    caller.say(said)
    assert await caller.hear() == ""
    assert len(house.told) == 1


async def test_usage_lines_of_a_bad_command_are_passed_over(house: House, caller: Channel) -> None:
    house.door.perform(PlayPrompt(NODE, CALL, ("hello",)))
    await caller.hear()
    caller.say("520-Invalid command syntax.  Proper usage follows:\nUsage: STREAM FILE\n\tSend the file")
    caller.say("520 End of proper usage.")
    assert await house.until(2) == PromptEnded(CALL, failed=True)


async def test_keys_are_in_no_log(
    house: House, caller: Channel, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    collect(house, "pin")
    await caller.hear()
    caller.say("200 result=90210")
    caller.say("bad 90210")
    await house.until(2)
    await caller.hear()
    await asyncio.sleep(0.05)
    shown = capsys.readouterr()
    assert "90210" not in shown.out + shown.err + caplog.text


async def test_a_closed_door_leaves_no_connection(house: House, caller: Channel) -> None:
    stranger = await Channel.connect(house.door.port)
    await meanwhile(lambda: house.door._strangers, "the stranger at the door")
    await house.door.stop()
    assert await caller.hear() == ""
    assert await stranger.hear() == ""
    with pytest.raises(OSError):
        await Channel.connect(house.door.port)
