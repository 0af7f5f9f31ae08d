"""What a slider would come to is played by a process of its own, which ends when nobody wants the answer any more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from desk.campaign_view import Overtaken
from switchroom.projecting import Learned
from switchroom.projection_asking import Projector
from switchroom.projection_worker import Question, answered

pytestmark = pytest.mark.wire
LEARNED = Learned(share=0.3, unanswered=0.8, ring=9.0, talk=60.0, wrap_up=10.0)
ASKED = Question("cards", "ratio", 2.0, 0.03, 25.0, agents=1, most=9, learned=LEARNED)


def workers() -> list[int]:
    """Processes of ours that play."""
    mine = Path("/proc/self/task").glob("*/children")
    return [int(pid) for file in mine for pid in file.read_text().split() if _plays(pid)]


def _plays(pid: str) -> bool:
    try:
        return b"projection_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


async def begun() -> list[int]:
    async with asyncio.timeout(30):
        while not workers():  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(0.01)
    return workers()


async def test_the_process_answers_what_the_pacer_answers_here() -> None:
    told = await Projector().answer("ann", ASKED)
    assert told == pytest.approx(answered(ASKED))
    assert workers() == []


async def test_a_newer_question_of_the_same_person_ends_the_process_of_the_one_before() -> None:
    projector = Projector()
    first = asyncio.create_task(projector.answer("ann", replace(ASKED, mode="predictive", agents=20)))
    [old] = await begun()
    newer = asyncio.create_task(projector.answer("ann", ASKED))
    with pytest.raises(Overtaken):
        await first
    assert old not in workers()
    assert await newer == pytest.approx(answered(ASKED))


async def test_two_persons_are_both_answered_one_after_the_other() -> None:
    projector, bold = Projector(), replace(ASKED, ratio=3.0)
    both = asyncio.gather(projector.answer("ann", ASKED), projector.answer("ben", bold))
    await begun()
    assert len(workers()) == 1
    assert await both == [pytest.approx(answered(ASKED)), pytest.approx(answered(bold))]


async def test_who_goes_away_leaves_no_process() -> None:
    asking = asyncio.create_task(Projector().answer("ann", replace(ASKED, mode="predictive", agents=20)))
    await begun()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert workers() == []
