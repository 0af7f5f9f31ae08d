"""The bounds of the service-level benchmark: each against all that could be done, tried out, where that is little."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import permutations, product
from random import Random
from statistics import fmean

import pytest

from acd.agents import AgentProfile
from acd.messages import AgentId
from benchmarks.gold.run import ARMS, figures
from benchmarks.service_level import fluid
from benchmarks.service_level.bounds import Work, work_out
from benchmarks.service_level.hindsight import Hindsight, Terms
from benchmarks.service_level.measure import measured
from benchmarks.service_level.optimum import PATIENCE, WORK, Chain, Floor, Move, State
from benchmarks.service_level.optimum_run import FLOORS, app_queue, first_come, known, ours
from benchmarks.service_level.play import crowd_of
from benchmarks.service_level.rivals import Deadlines
from benchmarks.service_level.verdict import closed
from benchmarks.service_level.workloads import workloads
from switchroom.day.described import Caller, CallerKind, Crowd, Day, Rate, Seat, Spell
from switchroom.day.engine import run
from switchroom.day.laws import FOREVER, Fixed

pytestmark = pytest.mark.unit


def day(able: list[str], works: dict[str, float], rate: float = 10.0, paces: tuple[float, ...] = ()) -> Day:
    """Agents by what they can do: ["a", "ab"]."""
    kinds = tuple(CallerKind(k, k, (Rate(0.0, rate),), Fixed(work), FOREVER) for k, work in works.items())
    seats = tuple(
        Seat(AgentProfile(AgentId(f"x{n}"), frozenset(ks), {}), (Spell(0.0, 600.0),), pace=(paces or (1.0,) * 9)[n])
        for n, ks in enumerate(able)
    )
    return Day("little", 600.0, kinds, seats)


# ── hindsight ──


def drawn(seed: int) -> tuple[Day, Crowd]:
    """Four callers and two agents."""
    dice = Random(seed)  # noqa: S311 - a simulation wants repeatable chance
    it = day(dice.choice((["a", "ab"], ["a", "b"], ["ab", "ab"])), {"a": 60.0, "b": 60.0}, paces=(1.0, 1.5))
    callers = sorted(
        (dice.uniform(0, 100), dice.randrange(2), dice.choice((4.0, 15.0, 50.0, 400.0)), dice.uniform(10, 110))
        for _ in range(4)
    )
    return it, Crowd(it.kinds, tuple(Caller(at, kind, p, talk, None, 0.0) for at, kind, p, talk in callers))


def best(it: Day, crowd: Crowd, terms: Terms) -> float:
    """Try everything: who is served by whom, in which order, each as soon as he can be. -1: nothing keeps the terms."""
    found = -1.0
    for order in permutations(range(len(crowd.callers))):
        for who in product(range(-1, len(it.seats)), repeat=len(order)):
            found = max(found, played(it, crowd, list(zip(order, who, strict=True)), terms))
    return found


def played(it: Day, crowd: Crowd, plan: list[tuple[int, int]], terms: Terms) -> float:
    free = [0.0] * len(it.seats)
    good = gone = late = short = 0
    for place, agent in plan:
        one = crowd.callers[place]
        start = max(one.at, free[agent]) if agent >= 0 else math.inf
        if agent >= 0:
            able = it.kinds[one.kind].queue in it.seats[agent].profile.queues
            if not able or start > one.at + one.patience:
                return -1.0
            free[agent] = start + one.talk * it.seats[agent].pace
            good += start <= one.at + 20.0
        else:
            gone += one.patience < math.inf
            short += one.patience <= 5.0
        late += min(start - one.at, one.patience) > terms.late
    if gone > terms.abandoned or late > terms.share * len(plan):
        return -1.0
    return 100 * good / (len(plan) - short) if len(plan) > short else 0.0


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_beyond_hindsight_whatever_he_does(seed):
    it, crowd = drawn(seed)
    every = best(it, crowd, Terms())
    bound = Hindsight(it, crowd, Terms()).bound(100)
    assert every - 1e-6 <= bound <= every + 35, "nor is it far from what can be done"
    quick = Hindsight(it, crowd, Terms()).bound(3)
    assert quick >= bound - 1e-6, "prices that are not found yet are a looser bound"


def test_nor_when_few_may_give_up_and_few_wait_long():
    kept = narrowed = 0
    for seed in range(6, 12):
        it, crowd = drawn(seed)
        terms = Terms(abandoned=1, late=90.0, share=0.3)
        every, bound = best(it, crowd, terms), Hindsight(it, crowd, terms).bound(60)
        kept += every >= 0
        assert every < 0 or every <= bound + 1e-6
        narrowed += bound < Hindsight(it, crowd, Terms()).bound(60) - 1
    assert kept > 1
    assert narrowed >= 1


def test_hindsight_of_what_leaves_no_choice_is_exact():
    it = day(["a"], {"a": 100.0})
    two = Crowd(it.kinds, tuple(Caller(at, 0, math.inf, 100.0, None, 0.0) for at in (0.0, 10.0, 200.0)))
    assert Hindsight(it, two, Terms()).bound() == pytest.approx(100 * 2 / 3, abs=1.0)
    window = Terms(since=0.0, until=100.0)
    assert Hindsight(it, two, window).bound() == pytest.approx(50, abs=1.0), "of those who ask in it"


LENGTHS = (20.0, 100.0)
ARRIVALS = (0.0, 3.0, 8.0, 60.0)


@cache
def unknowing(free: float, waiting: frozenset[int], now: float) -> float:
    """The most that one agent can expect who learns how long a talk is when it ends: any who waits next, or nobody."""
    here = [n for n in waiting if ARRIVALS[n] <= now]
    later = [ARRIVALS[n] for n in waiting if ARRIVALS[n] > now]
    value = unknowing(free, waiting, min(later)) if later else 0.0
    for n in here:
        good = float(now <= ARRIVALS[n] + 20.0)
        after = fmean(unknowing(0.0, waiting - {n}, now + length) for length in LENGTHS)
        value = max(value, good + after)
    return value


def test_who_does_not_know_talks_is_not_beyond_blind_hindsight_and_hindsight_is_beyond_him():
    it = day(["a"], {"a": fmean(LENGTHS)})
    rates: dict[bool, list[float]] = {True: [], False: []}
    for talks in product(LENGTHS, repeat=len(ARRIVALS)):
        people = tuple(Caller(at, 0, math.inf, t, None, 0.0) for at, t in zip(ARRIVALS, talks, strict=True))
        for blind, found in rates.items():
            found.append(Hindsight(it, Crowd(it.kinds, people), Terms(blind=blind)).bound(60))
    most = 100 * unknowing(0.0, frozenset(range(len(ARRIVALS))), 0.0) / len(ARRIVALS)
    assert most <= fmean(rates[True]) + 1e-6
    assert fmean(rates[True]) < fmean(rates[False])


def test_the_best_of_our_policies_with_the_same_skills_is_below_hindsight_on_a_day():
    workload = workloads()["W4 surge"]
    crowd = crowd_of("W4 surge", 3)
    skip = measured(run(workload.day, crowd, Deadlines(workload.day, math.inf, "sparing"))).sl
    assert skip < work_out(Work("W4 surge", 3, Terms(), 4))


# ── fluid ──


def most(wanted: list[int], works: list[int], agents: dict[tuple[int, ...], int]) -> int:
    """Try all shares of whole callers."""
    kinds = [(kind, able) for able in agents for kind in able]
    found = 0
    for shares in product(*(range(wanted[kind] + 1) for kind, _ in kinds)):
        given = dict(zip(kinds, shares, strict=True))
        fits = all(sum(given[k, able] * works[k] for k in able) <= room for able, room in agents.items())
        if fits and all(sum(n for (k, _), n in given.items() if k == kind) <= w for kind, w in enumerate(wanted)):
            found = max(found, sum(shares))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_nobody_works_off_more_than_the_fluid(seed):
    dice = Random(seed)  # noqa: S311 - a simulation wants repeatable chance
    wanted, works = [dice.randrange(5) for _ in range(3)], [dice.choice((1, 2, 3)) for _ in range(3)]
    agents = {able: dice.randrange(6) for able in ((0,), (0, 1), (1, 2), (2,))}
    whole = most(wanted, works, agents)
    parts = fluid.served(wanted, works, agents)
    assert whole <= parts + 1e-9 <= whole + 2.5


def test_the_fluid_moves_a_class_to_others_to_make_room():
    agents = {(0,): 10.0, (0, 1): 10.0}
    assert fluid.served([15.0, 10.0], [1.0, 1.0], agents) == pytest.approx(20.0)
    assert fluid.served([10.0, 10.0], [1.0, 1.0], agents) == pytest.approx(20.0), "class a keeps to its own"
    assert fluid.served([0.0, 30.0], [1.0, 1.0], agents) == pytest.approx(10.0)


def test_the_fluid_of_a_day_binds_only_in_overload():
    assert fluid.of_day(day(["a"], {"a": 100.0}, rate=30.0)) == pytest.approx(100.0)
    assert fluid.of_day(day(["a"], {"a": 100.0}, rate=72.0)) == pytest.approx(50.0)
    assert fluid.of_day(day(["a"], {"a": 100.0}, rate=36.0), 2.0) == pytest.approx(50.0)


# ── the optimum of small floors ──

ONE = Floor("one", 2, (((0, 1), 1),), 1.2, 1)
TWO = Floor("two", 2, (((0,), 1), ((0, 1), 1)), 1.2, 1)


def options(chain: Chain) -> dict[State, list[Move | None]]:
    """What can be done in each state in which anything can."""
    made = {n: [*moves, *([] if chain.forced(n) else [None])] for n, moves in enumerate(chain.moves) if moves}
    return {chain.states[n]: moves for n, moves in made.items()}


def worth(chain: Chain, chosen: dict[State, Move | None]) -> float:
    return chain.worth(lambda _floor, state, _moves, _came: [(chosen[state], 1.0)])


@pytest.mark.parametrize("floor", [ONE, replace(ONE, guarded=False)])
def test_no_rule_of_all_there_are_is_beyond_the_optimum_and_one_of_them_is_it(floor):
    chain = Chain(floor)
    open_ = options(chain)
    worths = [worth(chain, dict(zip(open_, chosen, strict=True))) for chosen in product(*open_.values())]
    assert len(worths) >= 16
    assert max(worths) == pytest.approx(chain.optimum(), abs=1e-4)


def test_with_two_agents_no_rule_by_lot_is_beyond_the_optimum():
    chain, dice = Chain(TWO), Random(1)  # noqa: S311 - a simulation wants repeatable chance
    best_rule = chain.optimum()
    for _ in range(12):
        assert worth(chain, {state: dice.choice(moves) for state, moves in options(chain).items()}) < best_rule + 1e-4


def test_one_agent_and_one_who_may_wait_are_as_worked_out_by_hand():
    came, ends, leaves, ages, later = 1.3 / WORK, 1 / WORK, 1 / PATIENCE, 1 / 20, 1 / 40
    busy = came / ends
    fresh = came * busy / (ends + leaves + ages)
    late = ages * fresh / (ends + leaves + later)
    guarded = later * late / (ends + leaves)
    good = (came + ends * fresh) / (1 + busy + fresh + late + guarded) / came
    chain = Chain(Floor("one", 1, (((0,), 1),), 1.3, 1))
    assert chain.worth(ours) == pytest.approx(good, abs=1e-4)
    assert chain.optimum() > good + 5e-5, "an agent who leaves the late alone is there for who comes next"


def test_rules_choose_as_their_essays_say():
    floor = Floor("three", 2, (((0,), 1), ((0, 1), 1)), 0.8, 4)
    chain = Chain(floor)
    line = (1, 2, 0, 3, 0, 0)  # of a: one in time, two late; of b: three in time
    state = (line, (1, 0))
    moves = [(0, 1), (1, 1), (3, 1)]
    assert dict(ours(floor, state, moves, -1)) == {(0, 1): 0.25, (3, 1): 0.75}
    assert dict(first_come(floor, state, moves, -1)) == {(1, 1): 1.0}
    assert dict(app_queue(floor, state, moves, -1)) == {(1, 1): 0.5, (3, 1): 0.5}
    idle = ((1, 0, 0, 0, 0, 0), (0, 0))
    assert dict(ours(floor, idle, chain.moves[chain.number[idle]], 0)) == {(0, 0): 1.0}, "who can do more is kept"


def test_the_table_of_small_floors_is_in_its_order():
    assert [(row.floor, row.load) for row in known()] == [(floor.name, floor.load) for floor in FLOORS]
    for row in known():
        assert row.first_come <= row.ours <= row.optimum <= row.pooled < row.unguarded
        assert 0 < row.closed <= 100


def test_a_part_of_a_gap_is_of_the_seeds_that_all_have():
    assert closed([75.0, 77.0, 0.0], [70.0, 70.0, 0.0], [80.0, 84.0]).value == pytest.approx(50.0)


# ── gold ──


def test_gold_is_answered_sooner_by_priority_and_much_sooner_with_seats_of_its_own():
    few = {arm.name: figures(arm, 3) for arm in ARMS[:4] if arm.name != "gold has two seats"}
    gaps = [few[name]["gap in mean wait"] for name in ("all alike", "gold has priority", "both")]
    assert gaps == sorted(gaps)
    assert few["both"]["gold: in time"] > few["all alike"]["gold: in time"]
    assert few["both"]["others: in time"] < few["all alike"]["others: in time"], "seats are taken from somebody"
