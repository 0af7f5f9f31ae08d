"""An agent's time against its plan, millisecond by millisecond; grids of clocks; handling times."""

from __future__ import annotations

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.agent_time import (
    Part,
    Period,
    Planned,
    TimeSheet,
    adherence,
    fits,
    kept_of,
    occupancy,
    sheet_of,
    together,
    utilisation,
)
from acd.grid import GRAINS, TooFine, cells, index_of
from acd.handling import Came, Handling, Work, acceptance, aht, came_of, total

pytestmark = pytest.mark.unit
STATES = [("ready", ""), ("talking", ""), ("wrap_up", ""), ("offered", ""), ("not_ready", "lunch"), ("offline", "")]


def spans(draw_edges, labels):
    edges = sorted(set(draw_edges))
    return [(since, until, label) for since, until, label in zip(edges, edges[1:], labels, strict=False)]


@given(
    st.lists(st.integers(0, 300), min_size=2, max_size=30),
    st.lists(st.sampled_from(STATES), min_size=30, max_size=30),
    st.lists(st.integers(0, 300), min_size=2, max_size=12),
    st.lists(st.sampled_from(["work", "lunch", "training", ""]), min_size=12, max_size=12),
)
def test_adherence_is_the_count_of_milliseconds_in_which_the_plan_was_kept(did, states, plan, activities):
    periods = [Period(since, until, *state) for since, until, state in spans(did, states)]
    planned = [Planned(since, until, what) for since, until, what in spans(plan, activities) if what]
    found = kept_of(planned, periods)
    assert found.planned == sum(one.until - one.since for one in planned)
    kept = 0
    for at in range(300):
        what = next((one.activity for one in planned if one.since <= at < one.until), None)
        state = next(((one.state, one.reason) for one in periods if one.since <= at < one.until), None)
        kept += what is not None and state is not None and fits(what, *state)
    assert found.kept == kept
    assert adherence(found) == (100 * kept / found.planned if found.planned else None)


@given(st.lists(st.tuples(st.sampled_from(STATES), st.integers(0, 10**9)), max_size=20))
def test_the_parts_of_a_sheet_are_its_whole_and_sheets_add_up(spent):
    sheets = [sheet_of({state: took}) for state, took in spent]
    whole = together(sheets)
    assert whole.on_duty == sum(took for state, took in spent if state[0] != "offline")
    assert whole.on_duty == sum(part.milliseconds for part in whole.parts)


def test_occupancy_leaves_ringing_and_breaks_out_and_utilisation_does_not():
    sheet = TimeSheet(
        (Part("not_ready", "lunch", 200), Part("offered", "", 100), Part("ready", "", 300), Part("talking", "", 250),
         Part("wrap_up", "", 150))
    )  # fmt: skip
    assert occupancy(sheet) == 100 * 400 / 700
    assert utilisation(sheet) == 40.0
    assert (occupancy(TimeSheet()), utilisation(TimeSheet())) == (None, None)


def test_handling_time_holds_talk_hold_and_wrap_up_of_each_talk_and_nothing_else():
    work = Work()
    work.add(Came.ACCEPTED, talked=100_000, held=20_000, wrap_up=30_000)
    work.add(Came.ACCEPTED, talked=50_000)
    work.add(Came.MISSED, count=3)
    work.add(Came.REFUSED)
    made = work.handling()
    assert (made.talk, made.hold, made.wrap_up, made.made) == (130_000, 20_000, 30_000, 6)
    assert (aht(made), acceptance(made)) == (90.0, pytest.approx(100 * 2 / 6))
    assert aht(Handling()) is None
    assert total([made, made]).talk == 260_000
    assert (came_of("timed_out"), came_of(""), came_of("of another version")) == (
        Came.MISSED, Came.RINGING, Came.UNKNOWN,
    )  # fmt: skip


# ── grids ───────────────────────────────────────────────────────────────────────────────────────────────

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["UTC", "Europe/Berlin", "Asia/Shanghai", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"]


@given(
    st.floats(1.0e9, 2.0e9), st.floats(0.0, 400_000.0), st.sampled_from(GRAINS), st.sampled_from(ZONES),
)  # fmt: skip
def test_cells_cover_the_interval_without_gap_or_overlap(since, length, grain, zone):
    until = since + length
    found = cells(since, until, grain, ZoneInfo(zone))
    assert bool(found) == (since < until)
    if found:
        assert (found[0].since, found[-1].until) == (since, until)
        assert all(one.until == two.since for one, two in pairwise(found))
        edges = [one.since for one in found]
        assert all(index_of(edges, one.since) == n for n, one in enumerate(found))
        assert len({one.name for one in found}) == len(found)


@pytest.mark.parametrize(
    ("since", "hours"), [(1774652400.0, 24), (1774738800.0, 23), (1792879200.0, 25)]  # 28 and 29 March, 25 October 2026
)  # fmt: skip
def test_a_day_is_as_long_as_its_clocks_say(since, hours):
    first, *_ = cells(since, since + 3 * 86_400, "day", BERLIN)
    assert first.until - first.since == hours * 3600
    assert len(cells(first.since, first.until, "hour", BERLIN)) == hours


def test_names_are_those_of_the_wall_clock():
    names = [one.name for one in cells(1_767_222_000.0, 1_767_225_600.0 + 3600, "30min", BERLIN)]
    assert names == [f"2026-01-01T00:{m}+01:00" for m in ("00", "30")] + [
        f"2026-01-01T01:{m}+01:00" for m in ("00", "30")
    ]
    assert [one.name for one in cells(1_767_222_000.0, 1_772_000_000.0, "month", BERLIN)] == ["2026-01", "2026-02"]


def test_more_cells_than_anybody_reads_are_refused():
    with pytest.raises(TooFine):
        cells(0.0, 1.0e9, "15min", BERLIN)
