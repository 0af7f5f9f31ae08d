"""The answer rate is steady where nothing shifts, follows within some lines where it does, and knows its doubt."""

from __future__ import annotations

from random import Random

import pytest

from outbound.pacing.answer_rate import AnswerRate
from outbound.pacing.crew import Crew
from outbound.pacing.freed import Chances, Freed
from outbound.pacing.sight import Event, Happened

pytestmark = pytest.mark.unit


class Slow(AnswerRate):
    """Planted: it remembers and never believes in a shift."""

    def _believe(self) -> None:
        self._rate = self._answered / self._due


def learned(rate: AnswerRate, share: float, lines: int, seed: int) -> AnswerRate:
    """So many lines came due, two at a time, and this share of them was answered."""
    draw = Random(seed)  # noqa: S311  the same each time
    for _ in range(lines // 2):
        rate.learn(2.0, (draw.random() < share) + (draw.random() < share))
    return rate


def after(first: float, second: float, lines: int) -> float:
    """The mean estimate of twenty floors, so many lines after a shift."""
    rates = [learned(learned(AnswerRate(), first, 600, seed), second, lines, 100 + seed) for seed in range(20)]
    return sum(rate.rate for rate in rates) / len(rates)


@pytest.mark.parametrize("share", [0.05, 0.12, 0.3, 0.6])
def test_a_steady_rate_is_found_and_kept(share: float) -> None:
    rates = [learned(AnswerRate(), share, 1200, seed) for seed in range(20)]
    assert sum(rate.rate for rate in rates) / len(rates) == pytest.approx(share, rel=0.12)
    assert sum(rate.shifts for rate in rates) <= 2


def test_forty_lines_after_it_trebles_most_of_the_way_is_gone() -> None:
    assert after(0.12, 0.36, 0) < 0.15
    assert after(0.12, 0.36, 40) > 0.22
    assert after(0.12, 0.36, 80) > 0.28


def test_a_fall_is_followed_too() -> None:
    assert after(0.36, 0.12, 0) > 0.32
    assert after(0.36, 0.12, 80) < 0.20


def test_in_doubt_it_says_so() -> None:
    calm = learned(AnswerRate(), 0.12, 600, 3)
    before = calm.doubt
    for _ in range(4):
        calm.learn(2.0, 1)
    assert calm.doubt > 1.2 * before


def test_planted_a_rate_that_only_remembers_is_seen() -> None:
    rates = [learned(learned(Slow(), 0.12, 600, seed), 0.36, 40, 100 + seed).rate for seed in range(20)]
    assert sum(rates) / len(rates) < 0.2


def test_who_got_free_since_a_look_is_no_longer_to_come() -> None:
    rows = [[min(0.1 * moment, 1.0) for moment in range(1, 13)]]
    seen = Freed()
    seen.add([50], Chances(rows), alike=True)
    later = seen.later(1.0, 2.0)
    assert later.mean[-1] == pytest.approx(seen.mean[-1] - seen.mean[0] / 2)
    assert all(mean >= 0.0 for mean in later.mean)
    assert seen.later(4.0, 2.0).mean[-1] < later.mean[-1]


def test_others_who_take_agents_are_forgotten_when_they_no_longer_do() -> None:
    crew = Crew()
    crew.happened(Happened(Event.CAME, 0.0, agent="a"))
    for number in range(30):
        crew.happened(Happened(Event.BUSY_ELSEWHERE, 60.0 * number + 30.0, agent="a"))
        crew.happened(Happened(Event.FREE, 60.0 * number + 50.0, agent="a"))
    assert crew.shared(1800.0)
    often, seldom = crew.taken(1800.0)[-1], crew.taken(5400.0)[-1]
    assert often > 2.5 * seldom > 0.0
    assert not crew.shared(1800.0 + 6 * 3600.0)
