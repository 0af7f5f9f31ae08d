"""The day engine: the same seed is the same day, nobody is lost or counted twice, and theory agrees."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from statistics import mean, stdev

import pytest
from day_floor import HOUR, router_of, seat, small_day

from acd import messages as m
from acd.router import QueueRules, Router
from acd.tally import How
from switchroom.day.crowd import draw
from switchroom.day.described import CallerKind, Day, Rate, Spell
from switchroom.day.engine import run
from switchroom.day.laws import FOREVER, Exponential, Fixed, Hazard, LogNormal, Measured, Mixture

pytestmark = pytest.mark.unit


def played(seed: int = 1):
    day = small_day()
    crowd = draw(day, seed)
    return day, crowd, run(day, crowd, router_of(day))


def test_the_same_seed_is_the_same_day_and_another_is_not():
    _, crowd, first = played(1)
    assert first == played(1)[2]
    assert crowd.callers != draw(small_day(), 2).callers


def test_every_caller_ends_exactly_once_and_talks_add_up():
    day, crowd, result = played(3)
    assert len(result.ends) == len(crowd.callers) > 100
    assert {end.how for end in result.ends} == {How.ANSWERED, How.ABANDONED, How.FLOWED_OUT}
    counts = result.rates().counts
    assert counts.answered + counts.abandoned + counts.flowed_out == len(crowd.callers)
    assert sum(hours.talks for hours in result.hours.values()) == counts.answered
    paces = {seat.agent: seat.pace for seat in day.seats}
    ends = zip(crowd.callers, result.ends, strict=True)
    talked = sum(caller.talk * paces[m.AgentId(end.agent)] for caller, end in ends if end.how is How.ANSWERED)
    inside = sum(hours.talking for hours in result.hours.values())
    assert inside <= talked <= inside + 4 * 3600, "what is talked after the day's end is in nobody's hours"


def test_everybodys_seconds_make_up_the_day():
    day, _, result = played(4)
    for hours in result.hours.values():
        parts = (hours.offline, hours.not_ready, hours.ready, hours.offered, hours.talking, hours.wrap_up)
        assert sum(parts) == pytest.approx(day.seconds)
    assert result.hours[m.AgentId("ann")].not_ready > 300
    assert 600 < result.hours[m.AgentId("di")].offline <= 600 + 1000, "he finishes the talk in which his shift ends"


def test_nobody_waits_beyond_his_patience_or_limit_and_nobody_serves_what_he_cannot():
    day, crowd, result = played(5)
    able = {seat.agent: seat.profile for seat in day.seats}
    for caller, end in zip(crowd.callers, result.ends, strict=True):
        kind = crowd.kinds[caller.kind]
        assert end.ended - end.asked <= caller.patience + 1e-6
        if end.how is How.ABANDONED:
            assert end.ended - end.asked == pytest.approx(caller.patience)
        if end.how is How.FLOWED_OUT:
            assert end.ended - end.asked == pytest.approx(kind.limit)
        if end.agent:
            profile = able[m.AgentId(end.agent)]
            assert kind.queue in profile.queues
            assert all(profile.skills.get(name, 0) >= least for name, least in kind.skills)


def test_the_crowd_is_the_same_whoever_works_and_other_kinds_are_as_they_were():
    day = small_day()
    crowd = draw(day, 7)
    assert draw(replace(day, seats=day.seats[:1]), 7).callers == crowd.callers
    busier = replace(day.kinds[0], rates=(Rate(0.0, 200.0),))
    other = draw(replace(day, kinds=(busier, day.kinds[1])), 7)
    assert [c for c in other.callers if c.kind == 1] == [c for c in crowd.callers if c.kind == 1]
    first = [(c.talk, c.patience) for c in crowd.callers if c.kind == 0]
    assert [(c.talk, c.patience) for c in other.callers if c.kind == 0][: len(first)] == first


def test_what_is_watched_replays_to_the_same_answers():
    day = small_day()
    told = []
    run(day, draw(day, 8), router_of(day), lambda now, message, answers: told.append((now, message, answers)))
    again = router_of(day)
    assert all(again.handle(message, now) == answers for now, message, answers in told)


def test_an_agent_who_missed_an_offer_comes_back():
    slow = CallerKind("slow", "cards", (Rate(0.0, 60.0),), Fixed(5.0), Fixed(60.0), Fixed(0.0), Fixed(20.0))
    day = Day("slow", HOUR, (slow,), (seat("ann", {"cards"}),))
    result = run(day, draw(day, 1), router_of(day))
    assert result.rates().counts.answered == 0
    assert 0 < result.hours[m.AgentId("ann")].offered < HOUR
    assert result.hours[m.AgentId("ann")].not_ready > 60


def test_the_real_router_agrees_with_erlang_c():
    """M/M/10 at a load of 7: ten days by ten seeds, and theory lies within their error."""
    seats = tuple(seat(f"a{n}", {"q"}, shifts=(Spell(0.0, 1e6),)) for n in range(10))
    kind = CallerKind("q", "q", (Rate(0.0, 7 * 3600 / 60.0),), Exponential(60.0), FOREVER, Fixed(0.0))
    day = Day("m/m/10", 10 * HOUR, (kind,), seats)
    days = [the_day(day, seed) for seed in range(10)]
    waited = erlang_c(10, 7.0)
    assert waited == pytest.approx(0.2217, abs=1e-4)
    for number, theory in enumerate((waited, waited * math.exp(-3 * 20 / 60), waited * 60 / 3, 0.7)):
        seen = [each[number] for each in days]
        assert stdev(seen) < 0.35 * theory, "too little was seen to say anything"
        assert mean(seen) == pytest.approx(theory, abs=3.5 * stdev(seen) / math.sqrt(len(seen)))


def the_day(day: Day, seed: int) -> tuple[float, float, float, float]:
    """Share who waited, share who waited over 20 s, mean wait, occupancy."""
    result = run(day, draw(day, seed), Router({"q": QueueRules("q", wrap_up=0.0)}, day.profiles()))
    waits = [end.ended - end.asked for end in result.ends]
    return mean(w > 0 for w in waits), mean(w > 20 for w in waits), mean(waits), mean(result.occupancies())


def erlang_c(servers: int, load: float) -> float:
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


LAWS = (
    Fixed(7.0), Exponential(40.0), LogNormal(240.0, 1.0), Measured((1.0, 2.0, 6.0)),
    Hazard(((15.0, 0.002), (20.0, 0.02), (0.0, 0.004))),
    Mixture(((0.04, Exponential(3.0)), (0.96, Exponential(360.0)))),
)  # fmt: skip


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_a_law_has_the_mean_that_it_says_and_never_falls_with_its_draw(law):
    chance = Random(5)  # noqa: S311 - a test wants repeatable chance
    drawn = [law.at(chance.random()) for _ in range(40_000)]
    assert mean(drawn) == pytest.approx(law.mean, rel=0.03)
    assert all(0 <= law.at(u) < math.inf for u in (0.0, 1.0))
    if not isinstance(law, Mixture):
        ladder = [law.at(n / 500) for n in range(501)]
        assert ladder == sorted(ladder)


def test_busyness_and_unrest_spread_the_number_of_calls_beyond_chance():
    calm = CallerKind("calm", "q", (Rate(0.0, 600.0),), Fixed(1.0), FOREVER)

    def spread(day: Day) -> float:
        counts = [len(draw(day, n).callers) for n in range(60)]
        return mean((count - mean(counts)) ** 2 for count in counts) / mean(counts)

    plain = Day("plain", 2 * HOUR, (calm,), ())
    assert 0.6 < spread(plain) < 1.6
    assert spread(replace(plain, busyness=50.0)) > 8
    assert spread(replace(plain, kinds=(replace(calm, unrest=20.0),))) > 5
