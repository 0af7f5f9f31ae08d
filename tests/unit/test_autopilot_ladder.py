"""The autopilot's ladder under any forecasts whatever: bounds are never broken, nothing flaps, everything ends."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.acts import BeginAct, Bounds, EndAct, Forecast, Kind, Step
from acd.ladder import HOUR, Ladder

pytestmark = pytest.mark.unit

STEPS = (
    *(Step(Kind.DIALLER, 0.5), Step(Kind.RELAX, 10.0), Step(Kind.RESERVE), Step(Kind.RELAX, 20.0)),
    Step(Kind.CALLBACKS),
)


def seen(share):
    return Forecast("cards", share, 12.0, 10, 0, 3, 200.0, 120.0)


def fly(bounds, shares, *, allowed=lambda _step: True, start=1000.0):
    """Show the ladder a forecast each second; give it and what it changed, with the times."""
    ladder, changes = Ladder(bounds), []
    for second, share in enumerate(shares):
        now = start + second
        change = ladder.look(seen(share), now, allowed)
        if isinstance(change, BeginAct):
            ladder.began(change.act)
        elif change is not None:
            ladder.ended(change.act, now, barred=False)
        if change is not None:
            changes.append((now, change))
        _only_what_is_allowed(ladder)
    return ladder, changes


def _only_what_is_allowed(ladder):
    steps = [act.step for act in ladder.acts]
    assert set(steps) <= set(ladder.bounds.steps)
    assert len(steps) == len(set(steps))


bounds_of = st.builds(
    Bounds, st.just("cards"), st.lists(st.sampled_from(STEPS), unique=True, max_size=5).map(tuple),
    st.floats(0.3, 0.7), st.floats(0.75, 1.0), st.floats(0, 30), st.floats(10, 120), st.floats(0, 200),
    st.integers(1, 9),
)
# Forecasts that rest, jump and tremble around the bounds: the worst that a forecast can do.
weather = st.lists(
    st.tuples(st.sampled_from((None, 0.0, 0.2, 0.5, 0.7, 0.74, 0.76, 0.9, 1.0)), st.integers(1, 90)), max_size=60
).map(lambda spells: [share for share, long in spells for _ in range(long)])


@settings(max_examples=150, deadline=None)
@given(bounds_of, weather)
def test_whatever_the_forecasts_it_keeps_its_bounds_and_never_flaps(bounds, shares):
    _, changes = fly(bounds, shares)
    times = [now for now, _ in changes]
    assert all(later - before >= bounds.hold for before, later in pairwise(times))
    begun = [now for now, change in changes if isinstance(change, BeginAct)]
    for now in begun:
        assert sum(now - HOUR < other <= now for other in begun) <= bounds.most
    open_acts = []
    for _, change in changes:
        if isinstance(change, BeginAct):
            open_acts.append(change.act.step)
        else:
            assert change.why == "calm"
            assert open_acts.pop() == change.act.step  # the last done is the first undone
    in_order = [bounds.steps.index(step) for step in open_acts]
    assert in_order == sorted(in_order)


@settings(max_examples=100, deadline=None)
@given(bounds_of, weather)
def test_it_acts_only_on_bad_and_undoes_only_on_good_forecasts(bounds, shares):
    _, changes = fly(bounds, shares)
    for now, change in changes:
        past = shares[max(0, int(now - 1000.0 - bounds.sure)) : int(now - 1000.0) + 1]
        if isinstance(change, BeginAct):
            assert all(share is not None and share < bounds.act_below for share in past)
        else:
            calm = shares[max(0, int(now - 1000.0 - bounds.calm)) : int(now - 1000.0) + 1]
            assert all(share is None or share >= bounds.undo_above for share in calm)


@settings(max_examples=60, deadline=None)
@given(bounds_of, weather)
def test_a_forecast_that_stays_good_undoes_everything(bounds, shares):
    long = int(len(bounds.steps) * (bounds.hold + bounds.calm + 2) + bounds.hold + bounds.calm + 5)
    ladder, _ = fly(bounds, [*shares, *[1.0] * long])
    assert ladder.is_idle


def test_what_a_supervisor_undid_is_not_done_again_for_a_while():
    bounds = Bounds("cards", STEPS, sure=0, hold=10, barred=100)
    ladder = Ladder(bounds)
    first = ladder.look(seen(0.1), 1000.0, lambda _step: True)
    assert isinstance(first, BeginAct)
    ladder.began(first.act)
    ladder.ended(first.act, 1001.0, barred=True)
    ladder.look(seen(0.1), 1002.0, lambda _step: True)
    second = ladder.look(seen(0.1), 1012.0, lambda _step: True)
    assert isinstance(second, BeginAct)
    assert second.act.step == STEPS[1]
    ladder.began(second.act)
    late = [ladder.look(seen(0.1), 1012.0 + second, lambda step: step == STEPS[0]) for second in range(200)]
    again = next(change for change in late if change is not None)
    assert again.act.step == STEPS[0]
    assert again.act.at >= 1101.0


def test_a_step_that_is_of_no_use_is_passed_over():
    bounds = Bounds("cards", STEPS, hold=10)
    ladder, changes = fly(bounds, [0.1] * 100, allowed=lambda step: step.kind is Kind.CALLBACKS)
    assert [change.act.step.kind for _, change in changes] == [Kind.CALLBACKS]
    assert not isinstance(changes[0][1], EndAct)
    assert not ladder.is_idle


@pytest.mark.parametrize("wrong", [{"act_below": 0.9}, {"act_below": -1}, {"hold": 0}, {"most": 0}])
def test_senseless_bounds_are_refused(wrong):
    with pytest.raises(ValueError, match="queue cards"):
        Bounds("cards", STEPS, **wrong)
