"""What the next ten minutes are said to be: Erlang A where nothing moves, and simulation where something does."""

import heapq
from math import exp
from random import Random

import pytest

from acd.demand import Demand
from acd.erlang import Load, impatient
from acd.forecast import HORIZON, TIMES, Pool, share_in_time
from acd.habits import Habits
from acd.held import EDGES, counted, law_of

pytestmark = pytest.mark.unit


def settled(load, seats):
    """A pool in the middle of a long time in which nothing changes."""
    found = impatient(load, seats, 20)
    busy = found.occupancy * seats
    still = tuple(busy * exp(-at / load.work) for at in TIMES)
    return Pool(seats, busy + found.wait * load.rate, busy, still, load.rate, 0.0, load.work, load.patience)


@pytest.mark.parametrize("work", [240, 60, 30, 12])
@pytest.mark.parametrize("seats", [5, 20, 60, 200])
@pytest.mark.parametrize("share", [0.7, 0.8, 0.9, 0.95])
def test_where_nothing_moves_it_is_erlang_a(seats, share, work):
    load = Load(share * seats / work, work, 300)
    assert share_in_time(settled(load, seats), 20) == pytest.approx(
        impatient(load, seats, 20).in_time, abs=0.05 if work == 240 else 0.07
    )


def surge(seats, rate, present, seed, *, work=240.0, patience=200.0):
    """Simulate ten minutes from `present` callers in talk or waiting; how many are answered in time, of how many."""
    random = Random(seed)  # noqa: S311 - a simulation wants repeatable chance
    free = [random.expovariate(1 / work) for _ in range(min(present, seats))] + [0.0] * max(0, seats - present)
    heapq.heapify(free)
    for _ in range(present - seats):
        heapq.heapreplace(free, free[0] + random.expovariate(1 / work))
    now = good = asked = 0.0
    while (now := now + random.expovariate(rate)) < HORIZON:
        asked += 1
        wait, stays = max(0.0, free[0] - now), random.expovariate(1 / patience)
        if wait <= stays:
            good += wait <= 20
            heapq.heapreplace(free, max(now, free[0]) + random.expovariate(1 / work))
    return good, asked


@pytest.mark.parametrize(
    ("seats", "rate", "present"),
    [(20, 0.06, 12), (20, 0.09, 18), (20, 0.12, 20), (60, 0.3, 40), (60, 0.24, 70), (60, 0.2, 60)],
)
def test_a_surge_is_foreseen_as_it_comes_out_on_average(seats, rate, present):
    runs = [surge(seats, rate, present, seed) for seed in range(300)]
    truth = sum(good for good, _ in runs) / sum(asked for _, asked in runs)
    busy = min(seats, present)
    still = tuple(busy * exp(-at / 240) for at in TIMES)
    assert share_in_time(Pool(seats, present, busy, still, rate, 0.0, 240, 200), 20) == pytest.approx(truth, abs=0.07)


def dialled_into(seats, rate, dialled, seed, *, work=30.0, hours=10):
    """Simulate callers, and customers whom we have called and who come to free agents alone; who is in time, of all."""
    random = Random(seed)  # noqa: S311 - a simulation wants repeatable chance
    free, good, asked = [0.0] * seats, 0, 0
    caller, customer = random.expovariate(rate), random.expovariate(dialled)
    while min(caller, customer) < hours * 3600:
        if customer < caller:
            if free[0] <= customer:
                heapq.heapreplace(free, customer + random.expovariate(1 / work))
            customer += random.expovariate(dialled)
            continue
        asked += 1
        good += free[0] - caller <= 20
        heapq.heapreplace(free, max(caller, free[0]) + random.expovariate(1 / work))
        caller += random.expovariate(rate)
    return good / asked


@pytest.mark.parametrize("dialled", [0.02, 0.1, 1.0])
@pytest.mark.parametrize(("seats", "rate"), [(6, 0.1), (6, 0.13), (20, 0.4), (20, 0.55)])
def test_customers_whom_we_call_take_free_agents_and_make_no_line(seats, rate, dialled):
    truth = dialled_into(seats, rate, dialled, 1)
    none = (0.0,) * len(TIMES)
    seen = share_in_time(Pool(seats, rate * 30, 0, none, rate, 0.0, 30, 3000, dialled=dialled), 20)
    assert seen == pytest.approx(truth, abs=0.08)


def test_no_seat_serves_nobody_and_no_caller_finds_a_free_one():
    none = (0.0,) * len(TIMES)
    assert share_in_time(Pool(0, 3, 0, none, 0.1, 0, 200, 200), 20) == 0.0
    assert share_in_time(Pool(5, 0, 0, none, 0.0, 0, 200, 200), 20) == pytest.approx(1.0, abs=1e-6)


def test_more_agents_more_time_and_longer_talks_pull_the_right_way():
    def share(seats=20, target=20.0, work=240.0):
        still = tuple(18 * exp(-at / work) for at in TIMES)
        return share_in_time(Pool(seats, 20, 18, still, 0.08, 0.01, work, 200), target)

    assert share(seats=18) < share() < share(seats=22)
    assert share(target=10) < share() < share(target=40)
    assert share(work=300) < share() < share(work=200)


def test_doubt_in_the_rate_makes_a_safe_forecast_less_sure():
    still = (0.0,) * len(TIMES)
    sure = share_in_time(Pool(30, 20, 0, still, 0.1, 0.0, 240, 200), 20)
    doubtful = share_in_time(Pool(30, 20, 0, still, 0.1, 0.05, 240, 200), 20)
    assert doubtful < sure


# ── what it is made of ──


def came(demand, queue, since, until, every):
    for at in range(since, until, every):
        demand.asked(f"{queue}{at}", queue, float(at))


def test_a_rate_is_of_fifteen_minutes_until_a_shorter_time_is_plainly_another():
    demand = Demand()
    came(demand, "cards", 0, 1500, 10)
    assert demand.rates(1500)["cards"].rate == pytest.approx(0.1, rel=0.02)
    came(demand, "cards", 1500, 1560, 1)
    assert demand.rates(1560)["cards"].rate == pytest.approx(1.0, rel=0.05)


def test_chance_is_not_taken_for_news():
    random, demand, now, rates = Random(3), Demand(), 0.0, []  # noqa: S311 - repeatable chance
    while now < 30_000:
        now += random.expovariate(0.07)
        demand.asked(f"c{now}", "cards", now)
        demand.forget(now)
        rates.append(demand.rates(now)["cards"].rate)
    late = rates[100:]
    assert sum(0.04 < rate < 0.11 for rate in late) > 0.98 * len(late)


def test_what_no_queue_shows_for_itself_all_show_together():
    demand = Demand()
    for queue in ("cards", "loans", "claims", "others"):
        came(demand, queue, 0, 1500, 20)
        came(demand, queue, 1500, 1800, 10)
    found = demand.rates(1800)
    assert all(rate.rate == pytest.approx(1 / 10, rel=0.08) for rate in found.values())
    alone = Demand()
    came(alone, "cards", 0, 1500, 20)
    came(alone, "cards", 1500, 1800, 10)
    assert alone.rates(1800)["cards"].rate == pytest.approx((600 / 20 + 300 / 10) / 900, rel=0.03)


def test_talks_and_patience_are_learned_and_forgotten():
    demand = Demand()
    for n in range(200):
        at = n * 5.0
        demand.asked(f"c{n}", "cards", at)
        demand.rung(f"c{n}", f"c{n}.1", at)
        demand.answered(f"c{n}", f"c{n}.1", at + 5)
        demand.over(f"c{n}", at + 60)
        demand.asked(f"l{n}", "cards", at)
        demand.left(f"l{n}", at + 40)
    assert demand.held("cards", 1000.0).mean == pytest.approx(60, rel=0.25)
    assert demand.patience("cards") == pytest.approx((200 * 45 + 4 * 300) / 204, rel=1e-6)
    assert demand.waiting("cards") == 0
    demand.forget(5_000.0)
    assert demand.held("cards", 1000.0).mean == pytest.approx(law_of(counted(()), [180]).mean, rel=0.35)
    assert demand.patience("cards") == 300


def test_what_is_told_again_gives_the_same_memory():
    def told(begin):
        demand = Demand()
        for n in range(begin, 400):
            demand.asked(f"c{n}", "cards", n * 10.0)
            if n % 3:
                demand.answered(f"c{n}", f"c{n}.1", n * 10.0 + n % 30)
                demand.over(f"c{n}", n * 10.0 + 90 + n % 70)
            else:
                demand.left(f"c{n}", n * 10.0 + 33)
        demand.forget(4_000.0)
        return demand

    old, new = told(0), told(200)
    assert old.held("cards", 4_000.0) == new.held("cards", 4_000.0)
    assert old.patience("cards") == new.patience("cards")
    assert old.rates(4_000.0) == new.rates(4_000.0)


def test_other_days_say_what_is_usual_until_today_says_more():
    demand = Demand()
    demand.learn(Habits("cards", tuple(counted([100.0] * 500)), 0.0, 900.0, (0.1, 0.2, 0.2)))
    assert demand.held("cards", 1000.0).mean == pytest.approx(100, rel=0.2)
    assert demand.ahead("cards", 10.0, 950.0) == pytest.approx(2.0)
    assert demand.ahead("cards", 10.0, 99_000.0) == 1.0
    assert demand.ahead("loans", 10.0, 950.0) == 1.0


def test_a_talk_that_has_lasted_goes_on_as_the_law_says():
    law = law_of(counted([]), [30.0] * 50 + [600.0] * 50)
    assert law.goes_on(0.0, 20.0) > 0.9
    assert law.goes_on(100.0, 200.0) > 0.9  # who is past the short ones has a long one
    assert law.goes_on(EDGES[-1] + 1, 1.0) == 0.0
    assert law.goes_on(5.0, 0.0) == 1.0
