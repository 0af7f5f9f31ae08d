"""What is learned of times does not depend on when it is looked at, and what ended is not kept for ever unlooked at."""

from __future__ import annotations

from random import Random

import pytest

from outbound.pacing.lasting import TOGETHER, Lasting, exponential

pytestmark = pytest.mark.unit

EDGES = tuple(float(second) for second in range(60))


def lasting() -> Lasting:
    return Lasting(EDGES, exponential(20.0), 8.0, 100.0)


def test_looked_at_each_time_or_once_it_is_the_same():
    draw = Random(3)  # noqa: S311  a sequence of tests, the same each time
    seldom, often = lasting(), lasting()
    for _ in range(4000):  # with a memory of a hundred, long enough for the weights to be made small again
        ended = draw.expovariate(1 / 15) - 0.5
        seldom.learn(ended)
        often.learn(ended)
        assert often.mean > 0.0
    assert seldom.each_half(200) == often.each_half(200)
    assert seldom.learned == often.learned == 4000


def test_what_ended_is_not_kept_though_nobody_looks():
    never = lasting()
    for _ in range(5 * TOGETHER):
        never.learn(1.0)
    assert len(never._ended) < TOGETHER
