"""The door: what strangers do to it harms nobody, and what our Asterisk says becomes what is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvloop
from patience import PATIENCE, meanwhile

from cti.asterisk import agi
from cti.asterisk.agi import AgiDoor
from cti.asterisk.agi_lines import LONGEST_HEADER, BadLineError
from cti.vocabulary import (
    CallerArrived,
    CallerRecorded,
    CallId,
    CollectDigits,
    DigitsCollected,
    EndCall,
    FetchCaller,
    ForwardCaller,
    ForwardEnded,
    HoldCaller,
    NodeId,
    PlayFiller,
    PlayPrompt,
    PromptEnded,
    RecordCaller,
    Told,
)

pytestmark = pytest.mark.wire

NODE, CALL = NodeId("a1"), CallId("a1-1.2")
KEYS = "0123456789*#ABCD"
SILENCE = 'STREAM FILE "silence/10" "0123456789*#ABCD" 64000'


class House:
    """A door and all it told."""

    def __init__(self, door: AgiDoor, told: list[Told]) -> None:
        self.door, self.told = door, told

    async def until(self, count: int) -> Told:
        await meanwhile(lambda: len(self.told) >= count, f"word {count}", seen=self.told)
        return self.told[count - 1]


class Channel:
    """What Asterisk does on an AGI connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> Channel:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    @classmethod
    async def knock(cls, port: int, token: str = "right", **more: str) -> Channel:  # noqa: S107 (a test's own token)
        channel = await cls.connect(port)
        lines = {"request": f"agi://127.0.0.1/{token}", "uniqueid": CALL, "callerid": "5551234", "calleridname": "Bob"}
        lines |= {"arg_1": "100", "arg_2": "", "arg_3": ""} | more
        channel.say("".join(f"agi_{name}: {value}\n" for name, value in lines.items()))
        return channel

    def say(self, text: str) -> None:
        self.writer.write(text.encode() + b"\n")

    async def hear(self, within: float = PATIENCE) -> str:
        """The next line, "" at the end of the connection."""
        try:
            return (await asyncio.wait_for(self.reader.readline(), within)).decode().rstrip("\n")
        except ConnectionResetError:
            return ""

    async def silent(self, seconds: float = 0.1) -> bool:
        """Whether nothing is said for a while."""
        try:
            await asyncio.wait_for(self.reader.readline(), seconds)
        except TimeoutError:
            return True
        return False


@pytest.fixture
async def house() -> AsyncIterator[House]:
    told: list[Told] = []
    door = AgiDoor("127.0.0.1", 0, {"right": NODE, "other": NodeId("a2")}, told.append)
    await door.start()
    yield House(door, told)
    await door.stop()


@pytest.fixture
async def caller(house: House) -> AsyncIterator[Channel]:
    channel = await Channel.knock(house.door.port)
    await house.until(1)
    yield channel
    channel.writer.close()


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


# ── prompts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_sounds_are_played_one_after_the_other(house: House, caller: Channel) -> None:
    house.door.perform(PlayPrompt(NODE, CALL, ("one", "my sounds/two")))
    assert await caller.hear() == 'STREAM FILE one ""'
    caller.say("200 result=0 endpos=100")
    assert await caller.hear() == 'STREAM FILE "my sounds/two" ""'
    assert len(house.told) == 1
    caller.say("200 result=0 endpos=100")
    assert await house.until(2) == PromptEnded(CALL)


@pytest.mark.parametrize(
    "answer", ["200 result=0 endpos=0", "200 result=-1 endpos=0", "510 Invalid or unknown command"]
)
async def test_a_sound_that_cannot_be_played_is_told(house: House, caller: Channel, answer: str) -> None:
    house.door.perform(PlayPrompt(NODE, CALL, ("gone", "there")))
    await caller.hear()
    caller.say(answer)
    await caller.hear()
    caller.say("200 result=0 endpos=100")
    assert await house.until(2) == PromptEnded(CALL, failed=True)


async def test_a_prompt_without_sounds_ends(house: House, caller: Channel) -> None:
    house.door.perform(PlayPrompt(NODE, CALL, ()))
    assert await house.until(2) == PromptEnded(CALL)


async def test_a_dangerous_sound_is_refused_before_anything_is_sent(house: House, caller: Channel) -> None:
    with pytest.raises(BadLineError):
        house.door.perform(PlayPrompt(NODE, CALL, ("a\nHANGUP",)))
    assert await caller.silent()


# ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def collect(house: House, *sounds: str, at_most: int = 4, wait: float = 3.0) -> None:
    house.door.perform(CollectDigits(NODE, CALL, sounds, at_most, wait))


@pytest.mark.parametrize(
    ("answer", "at_most", "ended"),
    [
        ("200 result=1234", 4, DigitsCollected(CALL, "1234")),
        ("200 result=12 (timeout)", 4, DigitsCollected(CALL, "12", complete=False)),
        ("200 result= (timeout)", 4, DigitsCollected(CALL, "", complete=False)),
        ("200 result=12", 4, DigitsCollected(CALL, "12")),
        ("200 result=", 4, DigitsCollected(CALL, "")),
        ("200 result=7", 2, DigitsCollected(CALL, "7")),
    ],
)
async def test_one_sound_and_keys_are_one_command(
    house: House, caller: Channel, answer: str, at_most: int, ended: DigitsCollected
) -> None:
    collect(house, "ask", at_most=at_most)
    assert await caller.hear() == f"GET DATA ask 3000 {at_most}"
    caller.say(answer)
    assert await house.until(2) == ended


@pytest.mark.parametrize("key", "0159*#A")
async def test_one_sound_and_one_key_are_one_command(house: House, caller: Channel, key: str) -> None:
    collect(house, "ask", at_most=1)
    assert await caller.hear() == 'GET OPTION ask "0123456789*#ABCD" 3000'
    caller.say(f"200 result={ord(key)} endpos=800")
    assert await house.until(2) == DigitsCollected(CALL, key)


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        ("200 result= (timeout)", DigitsCollected(CALL, "", complete=False)),
        ("200 result=7", DigitsCollected(CALL, "7")),
        ("200 result=", DigitsCollected(CALL, "#")),
        ("200 result=*", DigitsCollected(CALL, "*")),
    ],
)
async def test_who_has_pressed_no_key_is_asked_once_more_for_a_moment(
    house: House, caller: Channel, answer: str, ended: DigitsCollected
) -> None:
    collect(house, "ask", at_most=1)
    await caller.hear()
    caller.say("200 result=0 endpos=8000")
    assert await caller.hear() == 'GET DATA "" 1 1'
    caller.say(answer)
    assert await house.until(2) == ended


async def test_who_hangs_up_in_the_silence_after_a_sound_has_not_let_the_time_pass(
    house: House, caller: Channel
) -> None:
    collect(house, "ask", at_most=1)
    await caller.hear()
    caller.say("200 result=0 endpos=8000")  # what GET OPTION says of a hang-up, too
    assert await caller.hear() == 'GET DATA "" 1 1'
    caller.say("200 result=-1\nHANGUP")
    assert await caller.hear() == ""
    assert len(house.told) == 1


@pytest.mark.parametrize("answer", ["200 result=0 endpos=0", "200 result=-1 endpos=0", "510 Invalid command"])
async def test_a_key_is_waited_for_though_its_question_cannot_be_played(
    house: House, caller: Channel, answer: str
) -> None:
    collect(house, "gone", at_most=1)
    await caller.hear()
    caller.say(answer)
    assert await caller.hear() == 'GET DATA "" 3000 1'
    caller.say("200 result=7")
    assert await house.until(2) == DigitsCollected(CALL, "7")


async def test_a_question_that_follows_listening_ahead_is_one_whose_answer_cannot_be_taken_for_that_of_the_silence(
    house: House, caller: Channel
) -> None:
    collect(house, "menu", at_most=1)
    await caller.hear()
    caller.say("200 result=50 endpos=800")
    assert await caller.hear() == SILENCE
    collect(house, "more", at_most=1)
    assert await caller.hear() == "GET DATA more 3000 1"


async def test_a_key_in_an_earlier_sound_stops_the_rest_and_counts(house: House, caller: Channel) -> None:
    collect(house, "one", "two", "three")
    assert await caller.hear() == 'STREAM FILE one "0123456789*#ABCD"'
    caller.say("200 result=0 endpos=800")
    assert await caller.hear() == 'STREAM FILE two "0123456789*#ABCD"'
    caller.say("200 result=52 endpos=800")
    assert await caller.hear() == 'GET DATA "" 3000 3'
    caller.say("200 result=711")
    assert await house.until(2) == DigitsCollected(CALL, "4711")


@pytest.mark.parametrize(("key", "at_most", "digits"), [("35", 4, ""), ("35", 1, "#"), ("42", 1, "*"), ("49", 1, "1")])
async def test_a_key_in_an_earlier_sound_may_be_the_whole_entry(
    house: House, caller: Channel, key: str, at_most: int, digits: str
) -> None:
    collect(house, "one", "two", at_most=at_most)
    await caller.hear()
    caller.say(f"200 result={key} endpos=800")
    assert await house.until(2) == DigitsCollected(CALL, digits)


async def test_a_question_that_cannot_be_played_still_collects(house: House, caller: Channel) -> None:
    collect(house, "gone")
    await caller.hear()
    caller.say("200 result=-1")
    assert await caller.hear() == 'GET DATA "" 3000 4'
    caller.say("200 result=12 (timeout)")
    assert await house.until(2) == DigitsCollected(CALL, "12", complete=False)


async def test_keys_between_two_questions_begin_the_next_answer(house: House, caller: Channel) -> None:
    collect(house, "menu", at_most=1)
    await caller.hear()
    caller.say("200 result=50 endpos=800")
    assert await caller.hear() == SILENCE
    caller.say("200 result=52 endpos=800")  # 4
    assert await caller.hear() == SILENCE
    caller.say("200 result=55 endpos=800")  # 7
    assert await caller.hear() == SILENCE
    collect(house, "number", at_most=4)
    assert await caller.hear() == 'GET DATA "" 3000 2'  # who has begun is not asked again
    caller.say("200 result=11")
    assert await house.until(3) == DigitsCollected(CALL, "4711")


async def test_a_whole_answer_keyed_ahead_is_taken_and_the_rest_kept(house: House, caller: Channel) -> None:
    collect(house, "menu", at_most=1)
    await caller.hear()
    caller.say("200 result=50 endpos=800")
    for key in "12#3":
        assert await caller.hear() == SILENCE
        caller.say(f"200 result={ord(key)} endpos=800")
    assert await caller.hear() == SILENCE
    collect(house, "number", at_most=4)
    assert await house.until(3) == DigitsCollected(CALL, "12")
    collect(house, "menu", at_most=1)
    assert await house.until(4) == DigitsCollected(CALL, "3")
    assert await caller.silent()  # the silent collection is still the one running


async def test_a_key_in_the_instant_of_the_next_question_is_not_taken_for_its_answer(
    house: House, caller: Channel
) -> None:
    collect(house, "menu", at_most=1)
    await caller.hear()
    caller.say("200 result=50 endpos=800")
    assert await caller.hear() == SILENCE
    collect(house, "number", at_most=2)
    assert await caller.hear() == "GET DATA number 3000 2"
    caller.say("200 result=52 endpos=800")  # of the silent collection: on its way when the question was asked
    assert await caller.hear() == "SWITCHROOM"
    caller.say("200 result=71")
    caller.say("510 Invalid or unknown command")
    assert await house.until(3) == DigitsCollected(CALL, "71")
    assert await caller.hear() == SILENCE
    collect(house, "more", at_most=1)
    assert await house.until(4) == DigitsCollected(CALL, "4")


@pytest.mark.parametrize(("ended_by", "question"), [("0 endpos=80000", "GET DATA number 3000 2"),
                                                     ("52 endpos=66000", 'GET DATA "" 3000 1')])  # fmt: skip
async def test_a_question_that_asterisk_read_but_did_not_see_is_asked_again(
    house: House, caller: Channel, ended_by: str, question: str
) -> None:
    """Asterisk read the silence and the question at once: it answers the silence and waits for ever."""
    collect(house, "menu", at_most=1)
    await caller.hear()
    caller.say("200 result=50 endpos=800")
    assert await caller.hear() == SILENCE
    collect(house, "number", at_most=2)
    assert await caller.hear() == "GET DATA number 3000 2"
    caller.say(f"200 result={ended_by}")
    assert await caller.hear() == "SWITCHROOM"
    assert await caller.silent()
    caller.say("510 Invalid or unknown command")
    assert await caller.hear() == question
    caller.say("200 result=71" if "number" in question else "200 result=7")
    assert await house.until(3) == DigitsCollected(CALL, "71" if "number" in question else "47")
    assert await caller.hear() == SILENCE


async def test_a_prompt_that_asterisk_read_but_did_not_see_is_played_again(house: House, caller: Channel) -> None:
    collect(house, "menu", at_most=1)
    await caller.hear()
    caller.say("200 result=50 endpos=800")
    await caller.hear()
    house.door.perform(PlayPrompt(NODE, CALL, ("hello",)))
    assert await caller.hear() == 'STREAM FILE hello ""'
    caller.say("200 result=0 endpos=80000")
    assert await caller.hear() == "SWITCHROOM"
    caller.say("510 Invalid or unknown command")
    assert await caller.hear() == 'STREAM FILE hello ""'
    caller.say("200 result=0 endpos=100")
    assert await house.until(3) == PromptEnded(CALL)


async def test_a_prompt_forgets_what_was_keyed_ahead(house: House, caller: Channel) -> None:
    collect(house, "menu", at_most=1)
    await caller.hear()
    caller.say("200 result=50 endpos=800")
    await caller.hear()
    caller.say("200 result=52 endpos=800")
    await caller.hear()
    house.door.perform(PlayPrompt(NODE, CALL, ("hello",)))
    await caller.hear()
    caller.say("200 result=0 endpos=100")
    await house.until(3)
    collect(house, "menu", at_most=1)
    assert await caller.hear() == 'GET OPTION menu "0123456789*#ABCD" 3000'


async def test_silence_that_cannot_be_played_is_not_tried_for_ever(house: House, caller: Channel) -> None:
    collect(house, "menu", at_most=1)
    await caller.hear()
    caller.say("200 result=50 endpos=800")
    assert await caller.hear() == SILENCE
    caller.say("200 result=0 endpos=0")
    assert await caller.silent()


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
