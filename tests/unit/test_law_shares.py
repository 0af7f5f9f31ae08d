"""Shares of abandoned calls: every law's formula and window, exact at every moment."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from law_world import CARDS, House

from outbound.law.profile import DAY, Formula
from outbound.law.profiles import CN, UK, US
from outbound.law.shares import Ends, Shares, bound, counted, share
from outbound.lead import Outcome

pytestmark = pytest.mark.unit

ENDS = Ends(connected=190, abandoned=5, gone=5, machine=100)


def test_each_law_has_its_own_base():
    assert share(US, ENDS).rate == 5 / 200
    assert share(CN, ENDS).rate == 5 / 195
    silent = 195 * 0.005 / 0.995
    assert share(UK, ENDS).rate == pytest.approx((5 + silent) / (5 + silent + 190))
    assert share(UK, replace(ENDS, machine=0)).rate == pytest.approx(5 / 195)  # nobody listened for machines
    taken_off = replace(UK, machines_abandoned=0.2)
    assert share(taken_off, replace(ENDS, machine=0)).rate == pytest.approx(4 / 194)


def test_nobody_is_no_share():
    assert share(US, Ends()).rate == 0.0


def test_busy_machines_and_agentless_messages_are_in_no_base():
    shares = Shares()
    for outcome in set(Outcome) - {Outcome.CONNECTED, Outcome.ABANDONED, Outcome.GONE}:
        shares.ended("cards", outcome, 1.0)
    assert all(counted(law, shares.ends("cards", DAY, 2.0)) == (0, 0) for law in (US, UK, CN))


@pytest.mark.parametrize("formula", Formula)
@pytest.mark.parametrize("cap", [0.005, 0.01, 0.03])
def test_the_bound_on_whole_persons_keeps_the_cap_with_its_estimates(formula, cap):
    law = replace(UK, formula=formula, cap=cap, false_machine=0.004, machines_abandoned=0.1)
    for persons in (100, 1000, 50_000):
        abandoned = int(bound(law, cap, detects=True) * persons)
        ends = Ends(connected=persons - abandoned, abandoned=abandoned, machine=10 * persons)
        assert share(law, ends).rate <= cap + 1e-12
        more = replace(ends, connected=ends.connected - 2, abandoned=abandoned + 2)
        assert share(law, more).rate > cap


def test_windows_agree_with_a_plain_count_whatever_is_asked_when():
    dice, shares, told = random.Random(7), Shares(), []  # noqa: S311 - a seed, no secret
    now, laws = 1_000_000.0, {"us": replace(US, window=500.0), "uk": replace(UK, window=60.0)}
    for _ in range(6000):
        now += dice.choice((0.0, 0.5, 1.0, 40.0))
        outcome = dice.choice(list(Outcome))
        shares.ended("cards", outcome, now)
        told.append((now, outcome))
        if dice.random() < 0.2:
            now += dice.choice((0.0, 60.0, 61.0))
            law = dice.choice(list(laws.values()))
            left = [kind for moment, kind in told if moment > now - law.window]
            ends = shares.ends("cards", law.window, now)
            assert (ends.connected, ends.abandoned, ends.gone, ends.machine) == tuple(
                left.count(kind) for kind in (Outcome.CONNECTED, Outcome.ABANDONED, Outcome.GONE, Outcome.MACHINE)
            )
        if dice.random() < 0.05:
            shares.forget(laws)
    assert len(shares._rows["cards"].times) < 6000 - 4096 + 1


def test_a_promise_is_the_stricter_of_law_and_campaign():
    house = House()
    assert house.book.promise(replace(CARDS, cap=0.01), 0.0).cap == 0.01
    assert house.book.promise(replace(CARDS, cap=0.5), 0.0).cap == 0.03
    silent = 0.005 / 0.995
    assert house.book.promise(replace(CARDS, law="uk"), 0.0).cap == pytest.approx(0.01 - 0.99 * silent)
    assert house.book.promise(replace(CARDS, law="uk", detect=False), 0.0).cap == pytest.approx(0.01)


def test_all_laws_are_computed_from_the_same_ends_side_by_side():
    house = House()
    for number in range(50):
        house.tried(Outcome.ABANDONED if number % 10 == 0 else Outcome.CONNECTED, 100.0 + number)
    found = house.book.every_share("cards", 200.0)
    assert set(found) == {"us", "uk", "cn"}
    assert found["us"].rate == 0.1
    assert house.book.every_share("cards", 200.0 + DAY)["uk"].rate == 0.0
    assert house.book.every_share("cards", 200.0 + DAY)["us"].rate == 0.1
