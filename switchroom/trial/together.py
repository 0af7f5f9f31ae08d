"""Many transcripts played at once: a share for each processor, when there are enough of them to be worth it.

It does not know what a transcript says. Transcripts know nothing of each other, so their order cannot matter; verdicts
come back in the order of the transcripts.
"""

from __future__ import annotations

import gc
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

from switchroom.trial.coverage import Coverage, Marks
from switchroom.trial.verdict import Verdict, judge
from switchroom.trial.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from switchroom.plan import Plan
    from switchroom.trial.script import Transcript

WORTH_IT = 100  # transcripts; to start a process costs as much as playing some twenty
Share = tuple[list[Verdict], Marks]


def play_all(
    plan: Plan, transcripts: Sequence[Transcript], processors: int | None = None
) -> tuple[list[Verdict], Coverage]:
    """The verdicts, without their facts, and what was tested. `processors`: as many as we may use."""
    shares = min(processors or len(os.sched_getaffinity(0)), max(1, len(transcripts) // (WORTH_IT // 2)))
    coverage = Coverage(plan.floor.flows)
    if shares == 1:
        verdicts, marks = _play(plan, transcripts)
        coverage.join(marks)
        return verdicts, coverage
    dealt = [transcripts[at::shares] for at in range(shares)]
    _Table.plan, _Table.dealt = plan, dealt
    with ProcessPoolExecutor(shares, get_context("fork")) as pool:
        played = list(pool.map(_play_share, range(shares)))
    verdicts = [played[at % shares][0][at // shares] for at in range(len(transcripts))]
    for _, marks in played:
        coverage.join(marks)
    return verdicts, coverage


class _Table:
    """What a forked process finds in its memory: a plan is too large to be sent."""

    plan: Plan
    dealt: list[Sequence[Transcript]]


def _play_share(at: int) -> Share:
    gc.freeze()  # the floor is no garbage, and to look through it again and again takes a thirtieth of the time
    gc.set_threshold(20_000, 20, 20)
    return _play(_Table.plan, _Table.dealt[at])


def _play(plan: Plan, transcripts: Sequence[Transcript]) -> Share:
    coverage = Coverage(plan.floor.flows)
    verdicts = []
    for transcript in transcripts:
        verdict = judge(Walk(plan, transcript.opening), transcript)
        coverage.add(verdict.facts)
        verdicts.append(replace(verdict, facts=()))
    return verdicts, coverage.marks
