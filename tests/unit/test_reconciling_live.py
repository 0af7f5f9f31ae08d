"""The live count beside a running loop: checked only when centre and facts stand at one moment, under any load."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from switchroom import reconciling
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.loop import Loop
from switchroom.plan import Plan
from switchroom.reconciling import Reconciler

pytestmark = pytest.mark.unit
NODE = cti.NodeId("a1")


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


class UnevenMemory:
    """A journal whose commits take now and then some turns of the loop."""

    def __init__(self) -> None:
        self.last, self.chance = 0, Random(3)  # noqa: S311 - delays by seed

    def at_once(self, _told, _tape):
        return None

    async def append(self, told, _tape):
        for _ in range(self.chance.choice((0, 0, 1, 5))):
            await asyncio.sleep(0)
        self.last += len(told)
        return self.last


@pytest.fixture
async def floor(monkeypatch):
    monkeypatch.setattr(reconciling, "EVERY", 0.0)
    plan, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert plan is not None, faults
    centre = Centre(Plan(plan, "86"), AnySound())
    ticks = iter(range(1000, 10_000_000))

    def clock() -> float:
        return next(ticks) / 10

    count = Reconciler(centre, clock)
    doers = dict.fromkeys((*cti.Asked.__args__, *desk.Asked.__args__), lambda _asked: None)
    loop = Loop(centre, UnevenMemory(), clock, doers, count.published)
    loop.settled = count.settled
    running = asyncio.create_task(loop.run())
    yield loop, count
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def crowd(loop, calls: int) -> None:
    """Callers who come, press, wait and go, all at once and while commits are under way."""
    chance = Random(5)  # noqa: S311 - callers by seed
    for number in range(calls):
        call = cti.CallId(f"a1-1.{number}")
        loop.told(cti.CallerArrived(NODE, call, "", "", "4008001"))
        for _ in range(chance.randrange(8)):
            loop.told(cti.PromptEnded(call))
            loop.told(cti.DigitsCollected(call, chance.choice("012")))
        if chance.random() < 0.7:
            loop.told(cti.CallEnded(NODE, call, 16))
        if chance.random() < 0.4:
            await asyncio.sleep(0)
    for _ in range(2000):
        await asyncio.sleep(0)


async def test_no_check_falls_between_a_decision_and_its_commit(floor):
    loop, count = floor
    await crowd(loop, 300)
    told = count.reckoning()
    assert told.last == ()
    assert told.checks > 20
    assert len(loop.centre.contacts) == len(count.ledger.open) > 20
    assert told.total.offered > 20


async def test_a_check_at_any_other_moment_would_find_a_gap(floor):
    loop, count = floor
    loop.settled = lambda: None
    real, gaps = loop.centre.handle, []

    def handle(message, now):
        effects = real(message, now)
        gaps.append(len(loop.centre.contacts) != len(count.ledger.open))
        return effects

    loop.centre.handle = handle
    await crowd(loop, 50)
    assert any(gaps), "else the test above proves nothing"


async def test_a_fact_that_is_not_published_shows_within_a_check(floor):
    loop, count = floor
    real = count.published

    def published(seq: int, fact: facts.Fact) -> None:
        if not (isinstance(fact, facts.CallEnded) and fact.contact.endswith("7")):
            real(seq, fact)

    loop._publish = published
    await crowd(loop, 30)
    assert any("no CallEnded, and the centre has let it go" in one for one in count.reckoning().last)


async def test_who_is_told_once_is_not_told_again(floor):
    loop, count = floor
    count.ledger.open["ghost"] = count.ledger.open.get("ghost") or reconciling.Open(counts=True)
    await crowd(loop, 10)
    assert count.faults == 1
    assert count.checks > 3
