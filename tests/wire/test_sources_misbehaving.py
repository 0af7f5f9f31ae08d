"""What sources of records do to callers when they misbehave: nothing beyond the deadline."""

from __future__ import annotations

import asyncio

import pytest
from bank import Asked, Bank, Handled, World, answers, floods, hangs, resets, world  # noqa: F401 - fixtures
from patience import PATIENCE

from customers.messages import LookUp
from switchroom.http_source import LONGEST_ANSWER

pytestmark = pytest.mark.wire


async def trickles(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    for _ in range(6000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def resets_in_the_middle(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"name"')
    await writer.drain()
    writer.transport.abort()


async def speaks_no_http(bank: Bank, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 what?\r\n\r\n")


# ── misbehaviour ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mood", [hangs, trickles])
async def test_a_source_that_hangs_or_trickles_holds_nobody_beyond_the_deadline(world: World, mood: Handled) -> None:
    world.has(timeout=30.0)
    world.bank.mood = mood
    found = await world.ask(deadline=0.4)
    assert found.outcome == "timed_out"
    assert 0.3 < found.took < 20, "its deadline, and not the source's own time-out"


async def test_its_own_time_out_comes_before_the_deadline(world: World) -> None:
    world.has(timeout=0.2)
    world.bank.mood = hangs
    found = await world.ask(deadline=PATIENCE)
    assert found.outcome == "timed_out"
    assert found.took < PATIENCE / 2


@pytest.mark.parametrize(
    "mood",
    [resets, resets_in_the_middle, floods, speaks_no_http, answers(raw=b""), answers(raw=b"{"),
     answers(raw=b"\xff\xfe"),
     answers(raw=b"[1]"), answers(raw=b'"name"'), answers(raw=b"[" * 60_000), answers(raw=b'{"name": {"a": 1}}'),
     answers(raw=b'{"name": ["a"]}'), answers(raw=b" " * (LONGEST_ANSWER + 1)),
     answers(raw=b"\x1f\x8b\x08\x00", Content_Encoding="gzip")],
)  # fmt: skip
async def test_nonsense_is_a_failure_and_the_next_question_is_answered(world: World, mood: Handled) -> None:
    world.has()
    world.bank.mood = mood
    assert (await world.ask()).outcome == "failed"
    world.bank.mood = answers()
    assert (await world.ask()).outcome == "found"


async def test_nobody_there_and_no_such_source_are_failures(world: World) -> None:
    world.has(url="http://127.0.0.1:1/{card}")
    assert (await world.ask()).outcome == "failed"
    assert (await world.ask("unheard-of")).outcome == "failed"


async def test_a_source_that_keeps_failing_gets_a_rest_and_is_tried_again(world: World) -> None:
    world.has()
    world.bank.mood = resets
    assert {(await world.ask()).outcome for _ in range(5)} == {"failed"}
    world.bank.mood = answers()
    asked = len(world.bank.heard)
    assert (await world.ask()).outcome == "failed"
    assert len(world.bank.heard) == asked
    world.now += 6
    assert (await world.ask()).outcome == "found"
    assert (await world.ask()).outcome == "found"


async def test_a_hundred_callers_at_a_hanging_source_are_told_in_time(world: World) -> None:
    world.has()
    world.table()
    world.bank.mood = hangs
    waiting = [asyncio.create_task(world.ask(deadline=0.5)) for _ in range(100)]
    await asyncio.sleep(0)
    assert (await world.ask("cards")).outcome == "found"
    assert {(await one).outcome for one in waiting} <= {"timed_out", "failed"}


async def test_a_question_under_way_is_not_asked_twice(world: World) -> None:
    world.has()
    asked = LookUp("q", "a1-1", "bank", (("card", "1"),), PATIENCE)
    world.sources.look_up(asked)
    world.sources.look_up(asked)
    await world.answer("q")
    await world.ask()
    assert len([each for each in world.told if each.question == "q"]) == 1
    assert len(world.bank.heard) == 2


async def test_stopping_leaves_nothing_behind(world: World) -> None:
    world.has()
    world.bank.mood = hangs
    world.sources.look_up(LookUp("q", "a1-1", "bank", (("card", "1"),), 30.0))
    await asyncio.sleep(0.05)
    await world.sources.stop()
    assert not world.told
    assert [task for task in asyncio.all_tasks() if "_answer" in repr(task)] == []
