"""Days run often enough to say something: Erlang where it must agree, intervals, and a surge that is saved."""

import pytest
from day_world import HOURS, arm, day

from acd.acts import Bounds, Kind, Step
from acd.agents import AgentProfile
from acd.erlang import Load, impatient, patient
from acd.messages import AgentId
from acd.needs import Skill
from acd.rules import QueueRules, Relaxation
from switchroom.day.crowd import draw
from switchroom.day.described import CallerKind, Day, Rate, Seat, Spell
from switchroom.day.laws import Exponential
from switchroom.day.study import Arm, Value, compared, erlang_of
from switchroom.day.whatif import WhatIf, applied

pytestmark = pytest.mark.sim


@pytest.mark.parametrize(("seats", "patience"), [(12, 300.0), (10, 120.0), (13, 1e9)])
def test_erlang_agrees_where_it_should(seats, patience):
    plain = arm(day(seats=seats, hours=40, patience=patience))
    rows = compared(plain, None, [draw(plain.day, seed) for seed in range(8)])
    found = next(row.now for row in rows if row.name == "sl6")
    beside = erlang_of(plain)
    load = Load(200 / 3600, 180, patience)
    assert beside.a == pytest.approx(100 * impatient(load, seats, 20).in_time)
    assert beside.c == pytest.approx(100 * patient(load, seats, 20).in_time)
    assert found.mean == pytest.approx(beside.a, abs=found.half + 0.7)
    if patience > 1e6:
        assert found.mean == pytest.approx(beside.c, abs=found.half + 0.7)


def test_the_change_is_surer_than_the_figures_beside_it():
    plain = day(rate=220.0)
    more, rules = applied(plain, arm(plain).rules, WhatIf(agents=1))
    rows = compared(arm(plain), Arm(more, rules, {}), [draw(plain, seed) for seed in range(8)])
    row = next(row for row in rows if row.name == "sl6")
    assert row.change.mean > 0
    assert row.change.mean == pytest.approx(row.then.mean - row.now.mean)
    assert row.change.half < row.now.half
    assert next(row for row in rows if row.name == "asked").change == Value(0.0, 0.0)


def test_a_quarter_of_the_agents_on_a_break_are_no_seats_for_erlang():
    whole = (Spell(0.0, 10 * HOURS),)
    plain = day(seats=12)
    seats = tuple(Seat(seat.profile, whole, whole if n < 3 else ()) for n, seat in enumerate(plain.seats))
    tired = Day("t", plain.seconds, plain.kinds, seats)
    assert erlang_of(arm(tired)) == erlang_of(arm(day(seats=9)))


def test_the_autopilot_saves_a_surge_with_the_same_agents():
    whole = (Spell(0.0, 4 * HOURS),)
    skills = {"cards": {"cards": 3, "loans": 1}, "loans": {"loans": 3, "cards": 1}}
    profiles = [AgentProfile(AgentId(f"{q}{n}"), frozenset(skills), skills[q]) for q in skills for n in range(12)]
    seats = tuple(Seat(profile, whole) for profile in profiles)
    surge = (Rate(0.0, 170.0), Rate(2 * HOURS, 320.0), Rate(2.5 * HOURS, 170.0))
    rates = {"cards": surge, "loans": (Rate(0.0, 120.0),)}
    kinds = tuple(CallerKind(q, q, each, Exponential(180), Exponential(300)) for q, each in rates.items())
    surging = Day("surge", 4 * HOURS, kinds, seats)
    relax = {queue: (Relaxation(45.0, Skill(queue)),) for queue in skills}
    rules = {q: QueueRules(q, wrap_up=10, need=Skill(q, 2), relax=relax[q]) for q in skills}
    steps = (Step(Kind.RELAX, 30.0), Step(Kind.RELAX, 45.0))
    bounds = {queue: Bounds(queue, steps, hold=30, calm=60) for queue in skills}
    crowds = [draw(surging, seed) for seed in range(4)]
    rows = compared(Arm(surging, rules, {}), Arm(surging, rules, bounds), crowds)
    change = next(row.change for row in rows if not row.group and row.name == "sl6")
    assert change.mean - change.half > 0


