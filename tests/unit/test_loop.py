"""The loop's promise: nothing is done before it is written, and one fault harms nobody else."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from journal.errors import LeaseLost
from switchroom import tape
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.loop import Loop
from switchroom.plan import Plan

pytestmark = pytest.mark.unit

NODE = cti.NodeId("a1")


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


class SlowMemory:
    """Remembers the order of things; each commit waits to be let through."""

    def __init__(self) -> None:
        self.seen: list = []
        self.tapes: list[str] = []
        self.gate = asyncio.Semaphore(0)
        self.committed = asyncio.Event()
        self.fault: Exception | None = None

    def at_once(self, _told, _tape):
        return None

    async def append(self, told, tape_text):
        await self.gate.acquire()
        if self.fault:
            raise self.fault
        self.seen += list(told)
        self.tapes.append(tape_text)
        self.committed.set()
        return sum(isinstance(each, facts.Fact) for each in self.seen)


@pytest.fixture
def memory():
    return SlowMemory()


@pytest.fixture
async def loop(memory):
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults
    centre = Centre(Plan(floor, "86"), AnySound())
    ticks = iter(range(1000, 1_000_000))
    doers = dict.fromkeys((*cti.Asked.__args__, *desk.Asked.__args__), memory.seen.append)
    made = Loop(centre, memory, lambda: float(next(ticks)), doers, lambda seq, fact: memory.seen.append((seq, fact)))
    running = asyncio.create_task(made.run())
    made.running = running
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def arrived(number: int) -> cti.CallerArrived:
    return cti.CallerArrived(NODE, cti.CallId(f"a1-1.{number}"), "", "", "4008001")


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_nothing_is_done_before_the_commit_and_facts_are_published_after(loop, memory):
    loop.told(arrived(1))
    await settle()
    assert memory.seen == []
    memory.gate.release()
    await settle()
    kinds = [type(each).__name__ for each in memory.seen]
    assert kinds == ["CallStarted", "StepEntered", "CollectDigits", "tuple", "tuple"]
    assert [each[0] for each in memory.seen if isinstance(each, tuple)] == [1, 2]


async def test_what_comes_during_a_commit_goes_into_the_next_one_together(loop, memory):
    loop.told(arrived(1))
    await settle()
    for number in range(2, 12):
        loop.told(arrived(number))
    memory.gate.release()
    await settle()
    memory.gate.release()
    await settle()
    assert [len(json.loads(text)) for text in memory.tapes] == [1, 10]


async def test_facts_from_which_nothing_follows_wait_a_moment_for_the_next_commit(loop, memory):
    memory.gate.release()
    loop.told(cti.PhoneSeen(NODE, "agent8", reachable=True))
    await settle()
    assert memory.seen == []
    loop.told(arrived(1))
    await settle()
    assert [len(json.loads(text)) for text in memory.tapes] == [2]
    memory.gate.release()
    loop.told(cti.PhoneSeen(NODE, "agent8", reachable=False))
    memory.committed.clear()
    await asyncio.wait_for(memory.committed.wait(), 1)


async def test_a_fault_in_one_message_ends_neither_the_loop_nor_the_others(loop, memory, monkeypatch):
    memory.gate.release()
    memory.gate.release()
    broken = arrived(1)
    real = loop.centre.handle

    def handle(message, now):
        if message is broken:
            raise ZeroDivisionError
        return real(message, now)

    monkeypatch.setattr(loop.centre, "handle", handle)
    loop.told(broken)
    loop.told(arrived(2))
    await settle()
    assert loop.faults == 1
    assert [each.call for each in memory.seen if isinstance(each, facts.CallStarted)] == ["a1-1.2"]
    assert cti.EndCall(NODE, cti.CallId("a1-1.1"), 41) in memory.seen


async def test_a_lost_lease_ends_the_loop_and_nothing_is_done(loop, memory):
    memory.fault = LeaseLost("another server took the floor")
    loop.told(arrived(1))
    memory.gate.release()
    with pytest.raises(LeaseLost):
        await loop.running
    assert memory.seen == []


async def test_a_user_hears_a_refusal_in_words_and_success_only_after_the_commit(loop, memory):
    with pytest.raises(desk.Refused, match="nobody"):
        await asyncio.wait_for(loop.tell(desk.AgentCameOn("nobody")), 1)
    telling = asyncio.create_task(loop.tell(desk.AgentCameOn("li-na")))
    await settle()
    assert not telling.done()
    memory.gate.release()
    await asyncio.wait_for(telling, 1)


def test_a_tape_is_read_back_as_it_was_told_and_secret_keys_are_dots():
    surveyed = cti.NodeSurveyed(
        NODE, 5.0, (cti.SeenCall(cti.CallId("c"), "talk", cti.LegId("c.1"), 4.0),),
        (cti.SeenLeg(cti.LegId("c.1"), "talk"),),
        (cti.CallEnded(NODE, cti.CallId("d"), 16, 3.0),), ("agent1",),
    )
    told = [(1.5, surveyed), (2.5, desk.AgentAskedBreak("li-na", "lunch 午饭")), (3.0, arrived(1))]
    assert list(tape.read(tape.write(told))) == told
    assert tape.masked(cti.DigitsCollected(cti.CallId("c"), "1234")).digits == "••••"
    with pytest.raises(ValueError, match="does not know"):
        list(tape.read('[[1.0,"SomethingNew",{}]]'))


async def test_keys_of_one_who_is_gone_are_on_no_tape(loop, memory):
    """His end comes over another connection than his keys, and may be first: nobody knows then what he was asked."""
    loop.told(cti.CallerArrived(NODE, cti.CallId("a1-1.1"), "13800000001", "", "4008009"))
    loop.told(cti.CallEnded(NODE, cti.CallId("a1-1.1"), 16))
    loop.told(cti.DigitsCollected(cti.CallId("a1-1.1"), "73059284"))
    for _ in range(8):
        memory.gate.release()
        await settle()
    assert "73059284" not in "".join(map(str, memory.tapes))
    assert "◦" * 8 in "".join(map(str, memory.tapes))
