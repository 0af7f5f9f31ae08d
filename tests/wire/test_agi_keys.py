"""Prompts and keys at the door: what our Asterisk says becomes what is told, and no key is lost or taken twice."""

from __future__ import annotations

import pytest
from agi_house import CALL, NODE, SILENCE, Channel, House, caller, collect, house  # noqa: F401 - fixtures

from cti.asterisk.agi_lines import BadLineError
from cti.vocabulary import (
    DigitsCollected,
    PlayPrompt,
    PromptEnded,
)

pytestmark = pytest.mark.wire


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
