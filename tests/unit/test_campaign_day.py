"""A campaign's day in virtual time: the law's count of those who wait, agents' time, the same customers for all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outbound.pacing.sight import Bounds, Event, Happened
from switchroom.campaign_day.described import (
    CampaignDay,
    Ear,
    Inbound,
    People,
    Place,
    Share,
    Silence,
    everybody,
)
from switchroom.campaign_day.engine import run_day
from switchroom.campaign_day.rings import gamma
from switchroom.day.described import Spell
from switchroom.day.laws import Fixed

pytestmark = pytest.mark.unit

SURE = People((Share(0.0, 1.0),), ring=Fixed(10.0), talk=Fixed(60.0), wrap_up=Fixed(20.0))


def day(people: People = SURE, agents: int = 1, seconds: float = 3600.0, **more: object) -> CampaignDay:
    return replace(CampaignDay("test", seconds, people, everybody(agents, seconds), warm=0.0), **more)


class Script:
    """Dials so many lines at each moment of a plan, and notes all that it is told."""

    def __init__(self, *plan: tuple[float, int], opens_at: float = 0.0) -> None:
        self.plan, self.opens_at = list(plan), opens_at
        self.told: list[Happened] = []
        self.seen: list[Bounds] = []

    def happened(self, told: Happened) -> None:
        self.told.append(told)

    def lines(self, bounds: Bounds, now: float) -> int:
        self.seen.append(bounds)
        if self.plan and now - self.opens_at >= self.plan[0][0]:
            return self.plan.pop(0)[1]
        return 0

    def why(self) -> str:
        return "script"

    def risk(self) -> float:
        return 0.0

    def of(self, event: Event) -> list[float]:
        return [told.at for told in self.told if told.event == event]


class Always(Script):
    """Keeps so many lines in the air."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.flying = most, 0

    def happened(self, told: Happened) -> None:
        super().happened(told)
        self.flying += {Event.DIALLED: 1, Event.ANSWERED: -1, Event.OTHER: -1}.get(told.event, 0)

    def lines(self, bounds: Bounds, now: float) -> int:  # noqa: ARG002  the contract's signature
        return self.most - self.flying


def test_a_person_who_is_answered_talks_and_the_agent_wraps_up() -> None:
    pacer = Script((0.0, 1))
    done = run_day(day(opens_at=0.0), pacer, 1)
    assert [(told.event, told.at) for told in pacer.told] == [
        (Event.CAME, 0.0),
        (Event.DIALLED, 0.0),
        (Event.ANSWERED, 10.0),
        (Event.CONNECTED, 10.0),
        (Event.TALK_OVER, 70.0),
        (Event.FREE, 90.0),
    ]
    assert done.count.busy == pytest.approx(80.0)
    assert done.utilisation == pytest.approx(80 / 3600)


def test_who_waits_longer_than_the_law_allows_is_abandoned() -> None:
    pacer = Script((0.0, 2))
    done = run_day(day(opens_at=0.0), pacer, 1)
    assert (done.count.persons, done.count.connected, done.count.abandoned) == (2, 1, 1)
    assert pacer.of(Event.ABANDONED) == [12.0]


def test_an_agent_who_is_free_within_the_time_takes_him_who_waits() -> None:
    pacer = Script((0.0, 1), (79.0, 1))
    done = run_day(day(opens_at=0.0), pacer, 1)
    assert (done.count.connected, done.count.abandoned) == (2, 0)
    assert done.count.waits == [0.0, pytest.approx(1.0)]


def test_who_is_kept_longer_and_served_late_counts_as_abandoned_all_the_same() -> None:
    pacer = Script((0.0, 1), (76.0, 1))
    done = run_day(day(opens_at=0.0, hold=5.0), pacer, 1)
    assert (done.count.connected, done.count.abandoned) == (2, 1)


def test_a_ring_limit_makes_no_answer_of_a_late_person() -> None:
    done = run_day(day(ring_for=8.0), Script((0.0, 3)), 1)
    assert done.count.outcomes == {"no_answer": 3}
    assert done.count.line_seconds == pytest.approx(24.0)


def test_the_pacer_never_gets_more_lines_than_are_allowed_and_it_is_counted() -> None:
    pacer = Script((0.0, 10))
    done = run_day(day(most=((0.0, 4),)), pacer, 1)
    assert len(pacer.of(Event.DIALLED)) == 4
    assert done.count.refused == 6


def test_what_may_be_in_the_air_changes_in_the_middle_of_the_day() -> None:
    pacer = Script((0.0, 0), (100.0, 10))
    run_day(day(most=((0.0, 4), (50.0, 7))), pacer, 1)
    assert {bounds.most for bounds in pacer.seen} == {4, 7}


def test_a_person_taken_for_a_machine_is_counted_apart_and_told_as_no_person() -> None:
    people = replace(SURE, ear=Ear(3.0, 1.0))
    pacer = Script((0.0, 2), opens_at=0.0)
    done = run_day(day(people, opens_at=0.0), pacer, 1)
    assert (done.count.misheard, done.count.persons) == (2, 0)
    assert pacer.of(Event.OTHER) == [13.0, 13.0]


def test_the_dials_of_all_pacers_meet_the_same_customers() -> None:
    people = People((Share(0.0, 0.4),))
    slow, fast = Always(3), Always(9)
    for pacer in (slow, fast):
        run_day(day(people, agents=5, seconds=7200.0), pacer, 7)

    def fates(pacer: Script) -> dict[str, tuple[Event, float]]:
        return {
            told.line: (told.event, round(told.age, 6))
            for told in pacer.told
            if told.event in {Event.ANSWERED, Event.OTHER}
        }

    first, second = fates(slow), fates(fast)
    both = first.keys() & second.keys()
    assert len(both) > 300
    assert all(first[line] == second[line] for line in both)


def test_the_same_seed_gives_the_same_day_and_another_one_another() -> None:
    people = People((Share(0.0, 0.4),))
    days = [run_day(day(people, 3), Always(6), seed).count for seed in (1, 1, 2)]
    assert days[0] == days[1] != days[2]


def test_an_agent_goes_on_his_break_after_his_talk_and_his_time_is_counted_till_then() -> None:
    place = Place("ann", (Spell(0.0, 30.0), Spell(200.0, 3600.0)))
    pacer = Script((0.0, 1))
    done = run_day(day(places=(place,), opens_at=0.0), pacer, 1)
    assert pacer.of(Event.LEFT) == [90.0]
    assert pacer.of(Event.CAME) == [0.0, 200.0]
    assert done.count.present == pytest.approx(90 + 3400)


def test_a_talk_that_lasts_through_the_break_makes_no_second_agent_of_one() -> None:
    place = Place("ann", (Spell(0.0, 30.0), Spell(50.0, 3600.0)))
    pacer = Script((0.0, 1))
    done = run_day(day(places=(place,), opens_at=0.0), pacer, 1)
    assert pacer.of(Event.LEFT) == []
    assert pacer.of(Event.CAME) == [0.0]
    assert done.count.present == pytest.approx(3600)


def test_callers_of_other_queues_take_agents_when_no_customer_waits() -> None:
    pacer = Script()
    done = run_day(day(agents=2, inbound=Inbound(40.0, Fixed(60.0))), pacer, 3)
    assert pacer.of(Event.BUSY_ELSEWHERE)
    assert 0.1 < done.utilisation < 0.6


def test_the_answer_rate_follows_its_steps() -> None:
    people = replace(SURE, answers=(Share(0.0, 0.0), Share(1800.0, 1.0)), nobody=(Silence(1.0, "busy", Fixed(3.0)),))
    pacer = Always(2)
    run_day(day(people, opens_at=0.0), pacer, 1)
    assert min(pacer.of(Event.ANSWERED)) >= 1800.0
    assert max(pacer.of(Event.OTHER)) <= 1803.0


def test_the_ring_law_has_the_mean_and_the_shape_that_were_asked_for() -> None:
    law = gamma(10.0, 4)
    assert law.mean == pytest.approx(10.0, rel=0.005)
    spread = sum((value - law.mean) ** 2 for value in law.values) / len(law.values)
    assert spread == pytest.approx(25.0, rel=0.03)
