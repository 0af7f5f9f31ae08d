"""Erlang's formulas against printed tables, against each other, and against a plain simulation of the same queue."""

import heapq
from math import factorial, inf
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd import erlang
from acd.erlang import Load, erlang_b, erlang_c, impatient, outlook, patient, seats_for
from acd.errors import Unstaffable

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("load", "seats", "blocked"),
    [(1, 1, 0.5), (2, 2, 0.4), (10, 10, 0.21458), (4.461, 10, 0.01), (12.031, 20, 0.01), (84.064, 100, 0.01)],
)
def test_b_is_as_the_tables_print_it(load, seats, blocked):
    assert erlang_b(load, seats) == pytest.approx(blocked, abs=5e-6)


@pytest.mark.parametrize(("load", "seats", "waits"), [(1, 2, 1 / 3), (8, 10, 0.409180), (10, 14, 0.174132)])
def test_c_is_as_the_tables_print_it(load, seats, waits):
    assert erlang_c(load, seats) == pytest.approx(waits, abs=2e-6)


def test_two_hundred_calls_an_hour_of_three_minutes_need_fourteen_agents_for_80_in_20():
    load = Load(200 / 3600, 180)
    assert seats_for(load, 20, 0.8) == 14
    assert patient(load, 14, 20).in_time == pytest.approx(0.8884, abs=1e-4)
    assert patient(load, 14, 20).wait == pytest.approx(7.836, abs=1e-3)
    assert patient(load, 13, 20).in_time < 0.8


def test_b_equals_its_definition_where_factorials_still_can():
    for seats in range(1, 40):
        terms = [7.5**k / factorial(k) for k in range(seats + 1)]
        assert erlang_b(7.5, seats) == pytest.approx(terms[-1] / sum(terms), rel=1e-12)


def exact(load: Load, seats: int, target: float, most: int = 400) -> tuple[float, float]:
    """Solve the chain of Erlang A by hand: shares served in time and abandoned, by steps of a second hand's width."""
    weights = [1.0]
    for n in range(1, most):
        weights.append(weights[-1] * load.rate / (min(n, seats) / load.work + max(0, n - seats) / load.patience))
    whole = sum(weights)
    chances = [weight / whole for weight in weights]
    served, steps = 0.0, 4000
    step = target / steps
    for ahead in range(60):
        # positions[j]: the chance that j are still before him, and that he has not given up
        positions = [0.0] * (ahead + 1)
        positions[ahead] = 1.0
        good = 0.0
        for _ in range(steps):
            moved = [0.0] * (ahead + 1)
            for j, chance in enumerate(positions):
                goes = (seats / load.work + j / load.patience) * step
                stays = chance * (1 - goes - step / load.patience)
                moved[j] += stays
                if j:
                    moved[j - 1] += chance * goes
                else:
                    good += chance * goes
            positions = moved
        served += chances[seats + ahead] * good if seats + ahead < most else 0.0
    lost = sum(chance * (n - seats) / load.patience for n, chance in enumerate(chances) if n > seats) / load.rate
    return sum(chances[:seats]) + served, lost


def test_a_equals_the_chain_solved_step_by_step():
    load = Load(0.05, 100, 70)
    in_time, lost = exact(load, 5, 10)
    found = impatient(load, 5, 10)
    assert found.in_time == pytest.approx(in_time, abs=2e-3)
    assert found.abandoned == pytest.approx(lost, abs=1e-9)


def simulated(load: Load, seats: int, target: float, seed: int, callers: int = 60_000) -> tuple[float, float, float]:
    random = Random(seed)  # noqa: S311 - a simulation wants repeatable chance
    free, now, good, lost, waited = [0.0] * seats, 0.0, 0, 0, 0.0
    for _ in range(callers):
        now += random.expovariate(load.rate)
        patience = random.expovariate(1 / load.patience)
        wait = max(0.0, free[0] - now)
        waited += min(wait, patience)
        if wait > patience:
            lost += 1
            continue
        good += wait <= target
        heapq.heapreplace(free, max(now, free[0]) + random.expovariate(1 / load.work))
    return good / callers, lost / callers, waited / callers


@pytest.mark.parametrize(
    ("load", "seats"), [(Load(0.23, 240, 360), 60), (Load(0.3, 240, 100), 60), (Load(0.02, 240, 60), 4)]
)
def test_a_equals_simulation(load, seats):
    in_time, lost, waited = simulated(load, seats, 20, seed=1)
    found = impatient(load, seats, 20)
    assert found.in_time == pytest.approx(in_time, abs=0.015)
    assert found.abandoned == pytest.approx(lost, abs=0.01)
    assert found.wait == pytest.approx(waited, abs=0.8)


def test_patience_without_end_makes_a_the_same_as_c():
    load = Load(0.1, 180)
    waits_long = impatient(Load(0.1, 180, 1e8), 20, 20)
    assert outlook(load, 20, 20) == patient(load, 20, 20)
    assert waits_long.in_time == pytest.approx(patient(load, 20, 20).in_time, abs=1e-5)
    assert waits_long.wait == pytest.approx(patient(load, 20, 20).wait, rel=1e-4)


def test_thousands_of_seats_are_no_trouble():
    crowded = impatient(Load(50, 200, 100), 5000, 20)
    assert crowded.in_time < 1e-9
    assert crowded.abandoned == pytest.approx(0.5, abs=1e-6)
    spare = (10_000 - 9_800) / 9_800**0.5  # Halfin and Whitt: the share that waits depends on this alone
    density, below = NormalDist().pdf(spare), NormalDist().cdf(spare)
    assert erlang_c(9_800, 10_000) == pytest.approx(1 / (1 + spare * below / density), rel=0.05)
    assert 10_000 < seats_for(Load(50, 200), 20, 0.8) < 10_100
    assert 8_187 < seats_for(Load(50, 200, 100), 20, 0.8) < 8_500  # 1 - exp(-20/100) hang up in 20 s, and some chance


def test_patience_of_years_under_too_much_load_is_no_trouble():
    crowded = impatient(Load(300 / 3600, 180, 1e9), 10, 20)
    assert crowded.in_time == 0.0
    assert crowded.abandoned == pytest.approx(1 - 10 / 15, rel=1e-3)
    assert seats_for(Load(300 / 3600, 180, 1e9), 20, 0.8) == seats_for(Load(300 / 3600, 180), 20, 0.8)


@pytest.mark.parametrize("patience", [2_000.0, 20_000.0])
def test_leaving_out_short_queues_where_they_are_impossible_changes_nothing(patience, monkeypatch):
    load = Load(1.0, 100, patience)
    short = impatient(load, 60, 20)
    monkeypatch.setattr(erlang, "WIDTH", 1e9)
    whole = impatient(load, 60, 20)
    for name in ("must_wait", "in_time", "abandoned", "wait", "occupancy"):
        assert getattr(short, name) == pytest.approx(getattr(whole, name), rel=1e-9, abs=1e-12)


def test_who_never_waits_waits_for_no_formula():
    assert erlang_b(0, 5) == 0.0
    assert impatient(Load(0, 60, 60), 3, 20).in_time == 1.0
    assert patient(Load(1, 60), 59, 20).wait == inf
    assert patient(Load(1, 60), 61, 0).in_time == pytest.approx(1 - erlang_c(60, 61))


def test_what_cannot_be_staffed_is_refused():
    with pytest.raises(Unstaffable):
        seats_for(Load(1, 60), 20, 0.8, lambda _outlook: False)
    with pytest.raises(ValueError, match="rate"):
        Load(-1, 60)


def test_a_bound_on_occupancy_asks_for_more_seats():
    load = Load(0.2, 240, 300)
    plain = seats_for(load, 20, 0.8)
    rested = seats_for(load, 20, 0.8, lambda seen: seen.occupancy <= 0.8)
    assert rested > plain
    assert outlook(load, rested, 20).occupancy <= 0.8 < outlook(load, rested - 1, 20).occupancy


@settings(max_examples=60, deadline=None)
@given(
    st.builds(Load, st.floats(0.001, 5), st.floats(5, 600), st.floats(5, 3000)), st.integers(1, 400), st.floats(0, 60),
    st.floats(1, 60),
)
def test_more_seats_and_more_time_never_serve_fewer(load, seats, target, more):
    here, wider, later = (
        impatient(load, seats, target), impatient(load, seats + 1, target), impatient(load, seats, target + more)
    )
    assert here.in_time <= wider.in_time + 1e-9
    assert here.in_time <= later.in_time + 1e-9
    assert 0 <= here.in_time <= 1 - here.abandoned + 1e-9
    assert here.must_wait <= erlang_c(load.erlangs, seats) + 1e-9
    assert erlang_b(load.erlangs, seats) <= here.must_wait + 1e-9
