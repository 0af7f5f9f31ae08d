"""Waits that were told and times that were promised, judged by hand-counted cases."""

from __future__ import annotations

import pytest

from acd.promises import Promise, PromiseScore, ToldWait, WaitScore, judge_promises, judge_waits

pytestmark = pytest.mark.unit


def test_waits_are_judged_by_when_somebody_answered():
    told = [
        ToldWait(100, 120, 240, answered_at=100 + 180),  # inside, in the middle
        ToldWait(100, 120, 240, answered_at=100 + 240),  # inside, at its end
        ToldWait(100, 120, 240, answered_at=100 + 119),  # sooner
        ToldWait(100, 120, 240, answered_at=100 + 241),  # later
        ToldWait(100, 120, 240, left_at=100 + 200),  # nobody knows
        ToldWait(100, 120, 240, left_at=100 + 250),  # he waited longer than he was told
        ToldWait(100, 0, 60),  # he waits still
    ]
    score = judge_waits(told)
    assert (score.told, score.judged, score.inside, score.sooner, score.later) == (7, 5, 2, 1, 2)
    assert score.share == pytest.approx(0.4)
    assert score.error == pytest.approx((0 + 60 + 61 + 61) / 4)
    assert score.width == pytest.approx((6 * 120 + 60) / 7)


def test_nothing_told_is_no_share():
    assert judge_waits([]) == WaitScore()
    assert judge_waits([]).share is None
    assert judge_promises([], 0.0).share is None


def test_a_promise_is_kept_within_a_minute():
    promises = [
        Promise(1000, 1000), Promise(1000, 1060), Promise(1000, 1060.5), Promise(1000, 939),
        Promise(1000), Promise(3000), Promise(3000, over=True),
    ]  # fmt: skip
    score = judge_promises(promises, 2000.0)
    assert score == PromiseScore(made=7, kept=2, late=2, broken=2, open=1)
    assert score.share == pytest.approx(2 / 6)
