"""Pacers keep their promises: never too many lines, never none, the same again when told the same again."""

from __future__ import annotations

import pytest
from pacing_floor import PacingFloor

from outbound.pacing import crew
from outbound.pacing.counted import Progressive, Ratio
from outbound.pacing.predictive import Predictive
from outbound.pacing.sight import Bounds, Event, Happened

pytestmark = pytest.mark.unit
HOUR = 3600.0
NOON = 12 * HOUR
PACERS = [Progressive, lambda: Ratio(2.0), Predictive]
OPEN = Bounds(cap=0.03, persons=1000, abandoned=0, most=1000)
SPENT = Bounds(cap=0.03, persons=1000, abandoned=40, most=1000)


def with_agents(pacer, count, at=0.0):
    for number in range(count):
        pacer.happened(Happened(Event.CAME, at, agent=f"a{number}"))
    return pacer


def dial(pacer, count, at, first=1):
    for number in range(first, first + count):
        pacer.happened(Happened(Event.DIALLED, at, line=f"D{number}"))


def with_lessons(agents):
    """A predictive pacer that has seen 300 lines run their course, 90 of them answered, and agents who are free."""
    pacer = Predictive()
    pacer.happened(Happened(Event.CAME, 0.0, agent="teacher"))
    for number in range(300):
        at, line = 10.0 * number, f"L{number}"
        pacer.happened(Happened(Event.DIALLED, at, line=line))
        if number % 10 < 3:
            pacer.happened(Happened(Event.ANSWERED, at + 5.0 + number % 10, line=line))
            pacer.happened(Happened(Event.CONNECTED, at + 5.0 + number % 10, line, "teacher"))
            pacer.happened(Happened(Event.TALK_OVER, at + 50.0, agent="teacher"))
            pacer.happened(Happened(Event.FREE, at + 65.0, agent="teacher"))
        else:
            pacer.happened(Happened(Event.OTHER, at + 25.0, line=line))
    pacer.happened(Happened(Event.LEFT, NOON, agent="teacher"))
    return with_agents(pacer, agents, NOON)


@pytest.mark.parametrize("pacer", PACERS)
@pytest.mark.parametrize("most", [1, 9])
def test_never_more_lines_than_the_trunks_have(pacer, most):
    seen = PacingFloor(pacer(), agents=6, seed=1, most=most).run(HOUR / 4)
    assert seen.dials > 10
    assert max(lines + more for _, lines, more in seen.asked) <= most
    assert min(more for _, _, more in seen.asked) >= 0


@pytest.mark.parametrize("pacer", PACERS)
def test_never_starves_a_free_agent_has_a_line(pacer):
    floor = PacingFloor(pacer(), agents=5, seed=2)
    seen = floor.run(HOUR / 2)
    for (_, lines, more), free in zip(seen.asked, seen.free_when_asked, strict=True):
        assert lines + more >= free


def test_progressive_has_one_line_for_each_free_agent_and_abandons_nobody():
    seen = PacingFloor(Progressive(), agents=5, seed=3).run(HOUR)
    assert seen.persons > 50
    assert seen.abandoned == 0
    for (_, lines, more), free in zip(seen.asked, seen.free_when_asked, strict=True):
        assert more == max(free - lines, 0)


def test_a_ratio_dials_so_many_lines_for_each_free_agent():
    assert with_agents(Ratio(2.5), 4).lines(OPEN, 1.0) == 10


def test_a_ratio_falls_back_to_one_line_each_when_the_cap_is_spent():
    pacer = with_agents(Ratio(2.5), 4)
    assert pacer.lines(SPENT, 1.0) == 4
    assert pacer.why() == "cap"


def test_predictive_falls_back_to_one_line_each_when_the_cap_is_spent_and_never_below():
    pacer = with_lessons(4)
    assert pacer.lines(SPENT, NOON) == 4
    assert pacer.why() == "cap"
    dial(pacer, 4, NOON)
    assert pacer.lines(SPENT, NOON + 0.5) == 0


def test_predictive_dials_more_lines_than_agents_while_the_cap_allows():
    pacer = with_lessons(8)
    assert pacer.lines(OPEN, NOON) > 8
    assert pacer.why() == "agents"


def test_predictive_dials_one_line_each_until_lines_have_run_their_course():
    pacer = with_agents(Predictive(), 8)
    assert pacer.lines(OPEN, 1.0) == 8
    assert pacer.why() == "learning"


def test_more_is_dialled_when_more_may_be_abandoned():
    strict = Bounds(cap=0.005, persons=1000, abandoned=0, most=1000)
    assert with_lessons(6).lines(strict, NOON) < with_lessons(6).lines(OPEN, NOON)


def test_no_more_agents_are_counted_on_than_blending_leaves():
    few = Bounds(cap=0.03, persons=1000, abandoned=40, most=1000, agents=2)
    for pacer in (Progressive(), Ratio(2.0), Predictive()):
        assert with_agents(pacer, 6).lines(few, 1.0) == 2


def test_nobody_is_counted_on_twice_for_a_person_who_waits():
    pacer = with_agents(Progressive(), 2)
    dial(pacer, 1, 1.0)
    pacer.happened(Happened(Event.ANSWERED, 9.0, line="D1", age=8.0))
    assert pacer.lines(OPEN, 9.0) == 1


def test_a_line_that_rang_for_long_leaves_room_for_another():
    young, old = with_lessons(1), with_lessons(1)
    dial(young, 1, NOON + 20.0)
    dial(old, 1, NOON)
    assert young.lines(OPEN, NOON + 20.0) == 0
    assert old.lines(OPEN, NOON + 20.0) > 0


def test_an_agent_about_to_be_free_is_dialled_for():
    floor = PacingFloor(Predictive(), agents=3, seed=4)
    floor.run(HOUR)
    pacer = floor.pacer
    dialled_ahead = [
        free == 0 and more > 0 for free, (_, _, more) in zip(floor.seen.free_when_asked, floor.seen.asked, strict=True)
    ]
    assert any(dialled_ahead)
    assert 0.0 <= pacer.risk() <= 1.0


@pytest.mark.parametrize("pacer", PACERS)
def test_the_same_day_gives_the_same_answers(pacer):
    once, again = (PacingFloor(pacer(), agents=7, seed=5).run(HOUR / 4) for _ in range(2))
    assert once.asked == again.asked


def told_again(pacer, seen):
    for told in seen.told:
        pacer.happened(told)
    return pacer


@pytest.mark.parametrize("pacer", [Progressive, lambda: Ratio(2.0)])
def test_what_was_told_is_all_that_a_counting_pacer_knows(pacer):
    floor = PacingFloor(pacer(), agents=5, seed=6)
    replayed = told_again(pacer(), floor.run(HOUR / 4))
    now, bounds = HOUR / 4 + 5.0, Bounds(0.03, floor.seen.persons, floor.seen.abandoned, 10_000)
    assert replayed.lines(bounds, now) == floor.pacer.lines(bounds, now)
    assert replayed.risk() == floor.pacer.risk()


@pytest.mark.parametrize("agents", [5, 45])
def test_a_story_told_again_teaches_what_it_taught(agents):
    floor = PacingFloor(Predictive(), agents=agents, seed=6)
    replayed = told_again(Predictive(), floor.run(HOUR / 4))
    now, bounds = HOUR / 4 + 5.0, Bounds(0.03, floor.seen.persons, floor.seen.abandoned, 10_000)
    for pacer in (replayed, floor.pacer):
        pacer.lines(bounds, now)
    off = max(0.2, 0.03 * agents)  # both reckon what follows each half minute, not in the same second
    for part in ("lines", "waiting"):
        assert getattr(replayed._air, part) == getattr(floor.pacer._air, part)
    assert replayed._crew.free == floor.pacer._crew.free
    assert replayed._air.coming(now) == pytest.approx(floor.pacer._air.coming(now), rel=0.2, abs=0.2)
    assert replayed._crew.freed(now).mean == pytest.approx(floor.pacer._crew.freed(now).mean, rel=0.1, abs=off)


def test_who_is_abandoned_in_a_story_told_again_is_no_lesson_about_our_forecasts():
    pacer = with_lessons(6)
    for number in range(20):
        pacer.happened(Happened(Event.DIALLED, NOON, line=f"old{number}"))
    for number in range(20):
        pacer.happened(Happened(Event.ANSWERED, NOON + 5.0, line=f"old{number}"))
        pacer.happened(Happened(Event.ABANDONED, NOON + 7.0, line=f"old{number}"))
    assert pacer._price.truth == 1.0


def test_who_is_abandoned_on_a_line_that_we_chose_is_a_lesson():
    pacer = with_lessons(6)
    dial(pacer, pacer.lines(OPEN, NOON), NOON)
    pacer.happened(Happened(Event.ANSWERED, NOON + 5.0, line="D1"))
    pacer.happened(Happened(Event.ABANDONED, NOON + 7.0, line="D1"))
    pacer.lines(OPEN, NOON + 8.0)
    assert pacer._price.truth > 1.0


def test_a_large_team_goes_on_at_a_little_risk_while_the_cap_is_spent():
    small, large = with_lessons(5), with_lessons(40)
    assert small.lines(SPENT, NOON) == 5
    assert 40 < large.lines(SPENT, NOON) < with_lessons(40).lines(OPEN, NOON)
    assert large.why() == "cap"


def test_nobody_is_put_at_risk_before_the_cap_stands_one():
    pacer = with_lessons(5)
    assert pacer.lines(Bounds(cap=0.03, persons=20, abandoned=0, most=1000), NOON) == 5
    assert pacer.why() == "cap"


@pytest.mark.parametrize("agents", [4, 10])
def test_the_cap_is_kept_and_agents_talk_more_than_line_by_line(agents):
    ours = PacingFloor(Predictive(), agents=agents, seed=7).run(HOUR)
    plain = PacingFloor(Progressive(), agents=agents, seed=7).run(HOUR)
    assert ours.abandoned <= 0.03 * ours.persons
    assert ours.persons - ours.abandoned > 1.05 * plain.persons


def test_after_the_answer_rate_trebles_the_cap_is_kept_again():
    seen = PacingFloor(Predictive(), 8, 8, answers=lambda at: 0.12 if at < HOUR / 2 else 0.36).run(1.5 * HOUR)
    assert seen.abandoned <= 0.03 * seen.persons


def test_one_agent_has_no_line_where_others_take_agents_and_the_cap_is_spent():
    pacer = with_lessons(4)
    pacer.happened(Happened(Event.BUSY_ELSEWHERE, NOON, agent="a0"))
    assert pacer.lines(SPENT, NOON) == 2


def test_where_others_take_agents_the_last_free_one_has_a_line_only_if_the_risk_allows():
    """Each of four is taken now and then: of two free agents one has a line, of four more than one line each."""
    pacer = with_lessons(4)
    for number in range(40):
        pacer.happened(Happened(Event.BUSY_ELSEWHERE, NOON + 15.0 * number, agent="a0"))
        pacer.happened(Happened(Event.FREE, NOON + 15.0 * number + 14.0, agent="a0"))
    now = NOON + 600.0
    pacer._price._limit = 3.0
    assert pacer.lines(OPEN, now) >= 4
    for agent in ("a0", "a1", "a2"):
        pacer.happened(Happened(Event.BUSY_ELSEWHERE, now + 1.0, agent=agent))
    assert pacer.lines(OPEN, now + 2.0) == 0


def test_an_only_agent_whom_others_take_is_dialled_for_until_somebody_was_abandoned():
    pacer = with_lessons(1)
    pacer.happened(Happened(Event.BUSY_ELSEWHERE, NOON, agent="a0"))
    pacer.happened(Happened(Event.FREE, NOON + 60.0, agent="a0"))
    first = Bounds(cap=0.03, persons=0, abandoned=0, most=1000)
    assert pacer.lines(first, NOON + 61.0) == 1
    assert pacer.lines(SPENT, NOON + 62.0) == 0


class Greedy(Predictive):
    """Planted: twice as many lines as are right."""

    def lines(self, bounds, now):
        return 2 * super().lines(bounds, now)


class Lazy(Predictive):
    """Planted: a line less than free agents need."""

    def lines(self, bounds, now):
        return max(super().lines(bounds, now) - 1, 0)


class Forgetful(Predictive):
    """Planted: every tenth event is missed when it is told again."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def happened(self, told):
        self.count += 1
        if self.count % 10:
            super().happened(told)


def test_planted_too_many_lines_are_seen():
    seen = PacingFloor(Greedy(), agents=6, seed=1, most=9).run(HOUR / 4)
    assert max(lines + more for _, lines, more in seen.asked) > 9


def test_planted_a_starving_agent_is_seen():
    seen = PacingFloor(Lazy(), agents=5, seed=2).run(HOUR / 4)
    assert any(lines + more < free for (_, lines, more), free in zip(seen.asked, seen.free_when_asked, strict=True))


def test_planted_a_missed_event_is_seen():
    floor = PacingFloor(Predictive(), agents=5, seed=6)
    replayed = Forgetful()
    for told in floor.run(HOUR / 4).told:
        replayed.happened(told)
    assert replayed._air.lines != floor.pacer._air.lines


@pytest.mark.parametrize("many", [80, 500])
def test_agents_of_a_large_floor_are_counted_by_age_as_those_of_a_small_one(many):
    begun = [NOON - number * 1.7 for number in range(many)]
    counts = crew._by_age(begun, NOON)
    one_by_one = [sum(column) for column in zip(*(crew._by_age([since], NOON) for since in begun), strict=True)]
    assert counts == one_by_one
    assert sum(counts) == many
