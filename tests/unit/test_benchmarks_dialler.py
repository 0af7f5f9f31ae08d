"""The benchmark of diallers: rivals do what is known of them, the optimum is the optimum, figures are right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.dialler.arms import LOOK_AHEAD, PROGRESSIVE
from benchmarks.dialler.campaigns import described
from benchmarks.dialler.contest import Contest, Plan, Row, contest
from benchmarks.dialler.mdp import Exact, Model, Optimum, optimum
from benchmarks.dialler.run import USUAL, chosen, grid, main
from benchmarks.dialler.simple import Erlang, Progressive, RatioOfAll, RatioOfFree, lost
from benchmarks.dialler.verdict import Figures, at_least, back_after, share_of
from benchmarks.dialler.vicidial import Method, Rules, Vicidial
from benchmarks.dialler.worlds import SCENARIOS, STEP_AT, Cell, day_of
from outbound.pacing.sight import Bounds, Event, Happened, Pacer
from switchroom.campaign_day.engine import run_day
from switchroom.campaign_day.outcome import Count, DayOutcome

pytestmark = pytest.mark.unit
BOUNDS = Bounds(0.03, 0, 0, 1000)


def floor(pacer: Pacer, free: int, talking: int = 0, ringing: int = 0) -> Pacer:
    """Tell it of so many agents and lines."""
    for number in range(free + talking):
        pacer.happened(Happened(Event.CAME, 0.0, "", f"a{number}"))
    for number in range(talking):
        for event, agent in ((Event.DIALLED, ""), (Event.ANSWERED, ""), (Event.CONNECTED, f"a{free + number}")):
            pacer.happened(Happened(event, 0.0, f"t{number}", agent))
    for number in range(ringing):
        pacer.happened(Happened(Event.DIALLED, 0.0, f"r{number}"))
    return pacer


def test_progressive_dials_one_line_for_each_free_agent() -> None:
    assert floor(Progressive(), 3, 2).lines(BOUNDS, 0.0) == 3
    assert floor(Progressive(), 3, 2, 1).lines(BOUNDS, 0.0) == 2
    assert floor(Progressive(), 0, 2).lines(BOUNDS, 0.0) == 0


def test_the_two_fixed_ratios_differ_when_all_talk() -> None:
    assert floor(RatioOfFree(2.0), 3, 2, 1).lines(BOUNDS, 0.0) == 5
    assert floor(RatioOfFree(2.0), 0, 5).lines(BOUNDS, 0.0) == 0
    assert floor(RatioOfAll(2.0), 0, 5).lines(BOUNDS, 0.0) == 5
    assert floor(RatioOfAll(1.0), 3, 2, 1).lines(BOUNDS, 0.0) == 2


def test_no_rival_dials_more_than_may_be_in_the_air() -> None:
    for pacer in (Progressive(), RatioOfFree(4.0), RatioOfAll(4.0), Erlang(0.1), Vicidial(Rules())):
        assert floor(pacer, 9, 2, 3).lines(replace(BOUNDS, most=5), 0.0) <= 2


def test_erlangs_loss_formula_has_its_known_values() -> None:
    assert lost(1, 1.0) == pytest.approx(0.5)
    assert lost(5, 3.0) == pytest.approx(0.1101, abs=1e-4)


def vicidial_at(rules: Rules, bounds: Bounds, free: int, talking: int, seconds: float) -> Vicidial:
    pacer = floor(Vicidial(rules), free, talking)
    assert isinstance(pacer, Vicidial)
    for half in range(int(2 * seconds)):
        pacer.lines(bounds, half / 2)
    return pacer


def test_vicidials_level_climbs_with_the_idle_share_up_to_its_maximum() -> None:
    climbed = vicidial_at(Rules(), BOUNDS, 5, 5, 16.0)
    assert climbed.level == pytest.approx(1.0 * 1.5 * 1.5, rel=0.01)  # at 0 s and at 15 s
    assert vicidial_at(Rules(), BOUNDS, 5, 5, 200.0).level == 3.0


def test_vicidials_brakes_act_on_the_whole_days_share() -> None:
    over = Bounds(0.03, 100, 4, 1000)
    assert vicidial_at(Rules(Method.HARD), over, 5, 5, 200.0).level == 1.0
    assert vicidial_at(Rules(Method.AVERAGE), over, 5, 5, 200.0).level < 1.6
    assert vicidial_at(Rules(Method.TAPERED), over, 5, 5, 200.0).level == pytest.approx(3 * 0.85, rel=0.01)
    assert vicidial_at(Rules(Method.HARD), replace(over, persons=50), 5, 5, 200.0).level == 3.0  # too few calls


def test_vicidial_dials_by_rounds_to_a_goal_of_its_level_times_agents() -> None:
    pacer = floor(Vicidial(Rules(start=2.0)), 3, 2)
    assert pacer.lines(BOUNDS, 0.0) == 3 * 5 - 2  # the level has gone up from 2 by three fifths, to its maximum
    assert pacer.lines(BOUNDS, 1.0) == 0


@pytest.fixture(scope="module")
def best_of_two() -> Optimum:
    return optimum(2, 0.3, 0.03)


def test_the_optimum_drops_the_caps_share_and_beats_one_line_each(best_of_two: Optimum) -> None:
    alone = Model(2, 0.3).judged((0, 1, 2))
    assert best_of_two.dropped == pytest.approx(0.03, abs=1e-6)
    assert alone.share < 0.03
    assert best_of_two.utilisation > alone.utilisation + 0.02


def test_the_optimum_played_by_the_engine_comes_to_what_was_computed(best_of_two: Optimum) -> None:
    cell = Cell("memoryless", 2, 0.3)
    days = [run_day(day_of(cell), Exact(best_of_two, seed), seed) for seed in range(6)]
    assert sum(day.utilisation for day in days) / 6 == pytest.approx(best_of_two.utilisation, abs=0.025)
    assert sum(day.abandonment for day in days) / 6 == pytest.approx(0.03, abs=0.01)


def test_no_targets_of_two_agents_are_better_than_the_optimum_at_its_drops(best_of_two: Optimum) -> None:
    model = Model(2, 0.3)
    found = [
        model.judged((none, one, two)) for none in range(3) for one in range(1, 5) for two in range(max(one, 2), 7)
    ]
    kept = [each.utilisation for each in found if each.share <= 0.03]
    assert max(kept) <= best_of_two.utilisation + 1e-6


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_every_scenario_runs_and_keeps_progressive_below_the_cap(scenario: str) -> None:
    cell = Cell(scenario, 5, 0.3)
    day = replace(day_of(cell), seconds=2 * 3600.0)
    done = run_day(day, PROGRESSIVE.pacer(cell, 1), 1, PROGRESSIVE.every)
    assert done.count.connected > 60
    assert done.abandonment < 0.03 or scenario in {"blended", "shifts"}
    assert 0.2 < done.utilisation < 1.0


def test_the_look_ahead_talks_more_than_progressive_at_about_the_cap() -> None:
    cell = Cell("stationary", 10, 0.3)
    short = replace(day_of(cell), seconds=4 * 3600.0)
    ahead, plain = (run_day(short, arm.pacer(cell, 1), 1, arm.every) for arm in (LOOK_AHEAD, PROGRESSIVE))
    assert ahead.utilisation > plain.utilisation + 0.1
    assert ahead.abandonment < 0.045


@pytest.fixture
def short_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.dialler.worlds.SECONDS", 2.0 * 3600)


@pytest.mark.usefixtures("short_days")
def test_the_best_rival_is_one_of_the_field_that_kept_to_the_cap() -> None:
    found = contest(Cell("stationary", 5, 0.45), Plan(range(1, 2), range(101, 102), ours=False, tuned=False))
    assert found.ours is None
    assert found.best_rival.kind in {"progressive", "vicidial"}


def test_the_idle_ratio_is_ours_against_the_best_that_kept_to_the_cap() -> None:
    def row(kind: str, used: float, abandoned: float) -> Row:
        return Row(kind, kind, "", Figures(1, used, 0.0, abandoned, abandoned, 900, 1.0, 3.0, 0.0, -1.0))

    rows = (row("ours", 0.9, 0.03), row("erlang", 0.8, 0.03), row("vicidial", 0.95, 0.05), row("look-ahead", 0.99, 0))
    assert Contest(Cell("stationary", 5, 0.3), rows, 0.0).idle_ratio == pytest.approx(0.5)


def test_few_answers_prove_a_share_only_by_its_low_end() -> None:
    assert share_of(3, 1000) == 0.003
    assert share_of(3, 50) == at_least(3, 50) < 0.06
    assert at_least(1, 1) == pytest.approx(0.05, abs=1e-6)


def test_the_time_back_under_the_cap_is_found_after_the_step() -> None:
    first = int(STEP_AT // 60)
    count = Count(by_minute={minute: [100, 10 if minute < first + 3 else 0] for minute in range(510)})
    assert back_after([DayOutcome(count, 5, 510 * 60.0)], 0.03) == 2.0  # one bad minute of five is 2 %


def test_cells_are_chosen_by_parts_and_the_grid_is_whole() -> None:
    assert len(grid()) == len(SCENARIOS) * 6 * 3 + 18
    assert chosen("stationary:5,10:0.30:0.03") == [Cell("stationary", 5, 0.3), Cell("stationary", 10, 0.3)]
    assert len(chosen("drift")) == 18
    assert len(chosen(":")) == len(grid())
    assert len(chosen(USUAL)) == 20


def test_campaigns_with_shifts_are_drawn_by_seed_and_have_shifts() -> None:
    assert described(3) == described(3) != described(4)
    assert all(len(described(seed).people.answers) > 1 for seed in range(20))


@pytest.mark.usefixtures("short_days")
def test_our_pacer_is_played_alone_when_asked() -> None:
    shown = contest(Cell("stationary", 5, 0.45), Plan(range(1, 2), range(3, 4), ours=False, rivals=False))
    assert shown.rows == ()
    assert shown.best_rival is None
    assert shown.idle_ratio is None


def test_the_benchmark_runs_and_writes_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.dialler.run.PROCESSES", 1)
    out = tmp_path / "figures.json"
    words = ["--cells", "stationary:5:0.45:0.03", "--days", "1", "--rivals-only", "--untuned", "--json", str(out)]
    assert main(words) == 0
    written = json.loads(out.read_text())
    assert written["conditions"]["simulated"] is True
    assert written["cells"][0]["rows"][0]["name"] == PROGRESSIVE.name
