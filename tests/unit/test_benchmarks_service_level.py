"""The benchmark of service levels: rivals do what is known of them, ours is the product's router, figures are right."""

from __future__ import annotations

import json
import math
from array import array
from dataclasses import replace
from pathlib import Path

import pytest

from acd import messages as m
from acd.agents import AgentProfile
from acd.estimate import Estimate
from benchmarks.service_level import play
from benchmarks.service_level.app_queue import AppQueue
from benchmarks.service_level.arms import ARMS, OURS, POOLED, TUNED, switchroom
from benchmarks.service_level.estimates import guesses, judged
from benchmarks.service_level.lean import LeanFloor
from benchmarks.service_level.loss import in_time, of_day
from benchmarks.service_level.measure import GuardWatch, Measured, measured, summary
from benchmarks.service_level.play import crowd_of
from benchmarks.service_level.rivals import (
    Bullseye,
    CostRate,
    Deadlines,
    FirstCome,
    QueueRatio,
    Thresholds,
    WeightBased,
    Weights,
)
from benchmarks.service_level.run import main
from benchmarks.service_level.verdict import by_seeds, constraints, gap, saved
from benchmarks.service_level.workloads import workloads
from switchroom.day.described import CallerKind, Day, Rate, Seat, Spell
from switchroom.day.engine import run
from switchroom.day.laws import FOREVER, Fixed

pytestmark = pytest.mark.unit
START = 1_000_000.0


def day(able: dict[str, str], talks: dict[str, float] | None = None) -> Day:
    """Agents by name with their classes, home first: {"ann": "ab"}."""
    names = sorted(set("".join(able.values())))
    talks = talks or {}
    kinds = tuple(CallerKind(k, k, (Rate(0.0, 10.0),), Fixed(talks.get(k, 100.0)), FOREVER) for k in names)
    seats = tuple(
        Seat(AgentProfile(m.AgentId(who), frozenset(ks), {k: 9 - n for n, k in enumerate(ks)}), (Spell(0.0, 1e6),))
        for who, ks in able.items()
    )
    return Day("test", 1000.0, kinds, seats)


class Played:
    """A rival's floor, told what happens second by second; `served` lists (second, caller, agent)."""

    def __init__(self, floor: LeanFloor, able: dict[str, str]) -> None:
        self.floor, self.served, self.offers = floor, [], {}
        for who in able:
            self.tell(m.AgentMadeReady(m.AgentId(who)), 0.0)

    def tell(self, message: m.Told, second: float) -> None:
        while (due := self.floor.next_deadline()) is not None and due <= START + second:
            self._note(self.floor.handle(m.Tick(), due), due - START)
        self._note(self.floor.handle(message, START + second), second)

    def _note(self, answers: list[m.Answer], second: float) -> None:
        for answer in answers:
            if isinstance(answer, m.MakeOffer):
                self.offers[answer.contact] = answer
                self.served.append((round(second, 3), answer.contact, answer.agent))
                self.floor.handle(m.OfferAccepted(answer.offer), START + second)

    def calls(self, caller: str, second: float) -> None:
        """Callers are named by their class: "a1"."""
        asked = m.ContactArrived(m.ContactId(caller), "n", caller[0], (), 0, START + second)
        self.tell(asked, second)

    def ends(self, caller: str, second: float) -> None:
        self.tell(m.TalkOver(self.offers[m.ContactId(caller)].offer), second)


def played(make, able: dict[str, str], talks: dict[str, float] | None = None) -> Played:
    return Played(make(day(able, talks)), able)


def test_app_queue_finds_a_freed_member_when_the_caller_looks_again():
    it = played(AppQueue, {"ann": "a"})
    it.calls("a1", 1.0)
    it.calls("a2", 2.25)
    it.ends("a1", 10.0)
    it.tell(m.Tick(), 12.0)
    assert it.served == [(1.0, "a1", "ann"), (10.25, "a2", "ann")], "he looks at whole seconds of his own wait"


def test_app_queue_has_no_order_across_queues():
    it = played(AppQueue, {"ann": "ab"})
    it.calls("a1", 1.0)
    it.calls("a2", 2.9)
    it.calls("b1", 5.5)
    it.ends("a1", 60.0)
    it.tell(m.Tick(), 62.0)
    assert it.served[1] == (60.5, "b1", "ann"), "he who looks first has him, though the other waits longer"


def test_app_queue_keeps_the_order_within_a_queue():
    it = played(AppQueue, {"ann": "a"})
    it.calls("a1", 1.0)
    it.calls("a2", 2.9)
    it.calls("a3", 3.1)
    it.ends("a1", 60.0)
    it.tell(m.Tick(), 62.0)
    assert it.served[1] == (60.9, "a2", "ann")
    it.tell(m.ContactLeft(m.ContactId("a3")), 63.0)
    it.calls("a4", 64.0)
    it.ends("a2", 70.0)
    it.tell(m.Tick(), 72.0)
    assert it.served[2] == (71.0, "a4", "ann"), "who has left is nobody's turn"


@pytest.mark.parametrize(
    ("strategy", "order"),
    [
        ("rrmemory", ["ann", "bob", "cy", "bob"]),
        ("leastrecent", ["ann", "bob", "cy", "bob"]),
        ("fewestcalls", ["ann", "bob", "cy", "bob"]),
    ],
)
def test_app_queue_strategies_choose_members_as_asterisk_does(strategy, order):
    it = played(lambda d: AppQueue(d, strategy), {"ann": "a", "bob": "a", "cy": "a"})
    it.calls("a1", 1.0)
    it.ends("a1", 2.0)
    it.calls("a2", 3.0)
    it.calls("a3", 4.0)
    it.ends("a2", 5.0)
    it.ends("a3", 6.0)
    it.tell(m.AgentSignedOff(m.AgentId("ann")), 7.0)
    it.calls("a4", 8.0)
    assert [agent for _, _, agent in it.served] == order


def test_app_queue_penalties_put_some_members_last():
    it = played(lambda d: AppQueue(d, "rrmemory", "fewest skills first"), {"ann": "ab", "bob": "b"})
    it.calls("b1", 1.0)
    it.calls("b2", 2.0)
    assert [agent for _, _, agent in it.served] == ["bob", "ann"]


def test_first_come_goes_by_the_time_of_asking_over_all_classes():
    it = played(FirstCome, {"ann": "ab"})
    for caller, second in (("a1", 1.0), ("b1", 2.0), ("a2", 3.0)):
        it.calls(caller, second)
    it.ends("a1", 50.0)
    assert it.served[1] == (50.0, "b1", "ann")


def test_deadlines_take_the_oldest_in_time_then_the_guarded_first():
    it = played(Deadlines, {"ann": "ab"})
    for caller, second in (("a1", 0.0), ("a2", 1.0), ("b1", 30.0), ("b2", 33.0)):
        it.calls(caller, second)
    it.ends("a1", 40.0)
    assert it.served[-1] == (40.0, "b1", "ann"), "a2 is too late for the target"
    it.calls("a3", 60.0)
    it.ends("b1", 61.5)
    assert it.served[-1] == (61.5, "a2", "ann"), "a2 has reached the guard"
    it.ends("a2", 99.0)
    assert it.served[-1][1] == "b2", "nobody is in time, so the oldest"


def test_skipping_without_a_guard_lets_somebody_wait_for_ever():
    it = played(lambda d: Deadlines(d, math.inf), {"ann": "a"})
    for n in range(40):
        it.calls(f"a{n}", 10.0 * n)
        if n:
            it.ends(it.served[-1][1], 10.0 * n + 5)
        if n == 0:
            it.calls("a100", 1.0)
            it.calls("a101", 2.0)
    assert sum(caller in {"a100", "a101"} for _, caller, _ in it.served) == 1


def test_thresholds_keep_a_reserve_for_the_home_class():
    it = played(lambda d: Thresholds(d, (0, 1), 1), {"ann": "ab", "bob": "ab"})
    it.calls("b1", 1.0)
    it.calls("b2", 2.0)
    assert [caller for _, caller, _ in it.served] == ["b1"], "one stays free for class a"
    it.calls("a1", 3.0)
    assert it.served[-1][1] == "a1"


def test_bullseye_opens_the_second_ring_in_time():
    it = played(Bullseye, {"ann": "ab"})
    it.calls("b1", 1.0)
    it.tell(m.Tick(), 30.0)
    assert it.served == [(11.0, "b1", "ann")]


def test_queue_ratio_takes_the_class_that_is_furthest_above_its_share():
    it = played(QueueRatio, {"ann": "ab"})
    for caller, second in (("a1", 0.0), ("a2", 1.0), ("b1", 2.0), ("b2", 3.0)):
        it.calls(caller, second)
    it.ends("a1", 9.0)
    assert it.served[-1][1] == "b1"


def test_cost_rate_weighs_waiting_by_the_speed_of_service():
    it = played(CostRate, {"ann": "ab"}, {"a": 400.0, "b": 100.0})
    for caller, second in (("a1", 0.0), ("a2", 1.0), ("b1", 40.0)):
        it.calls(caller, second)
    it.ends("a1", 50.0)
    assert it.served[-1][1] == "a2", "49 s / 400 > 10 s / 100"
    it.calls("a3", 51.0)
    it.ends("a2", 60.0)
    assert it.served[-1][1] == "b1"


def test_weights_price_a_guest():
    it = played(lambda d: WeightBased(d, Weights(guest=30.0)), {"ann": "ab"})
    for caller, second in (("b0", 0.0), ("b1", 1.0), ("a1", 20.0)):
        it.calls(caller, second)
    it.ends("b0", 30.0)
    assert it.served[-1][1] == "a1", "10 s > 29 s - 30 s"


def test_the_products_router_decides_as_the_plain_model_of_its_policy():
    for name in ("W6 small", "W4 surge"):
        workload = workloads()[name]
        crowd = crowd_of(name, 5)
        ours = run(workload.day, crowd, switchroom(workload.day))
        model = run(workload.day, crowd, Deadlines(workload.day, agents="sparing"))
        assert [(e.how, e.ended, e.agent) for e in ours.ends] == [(e.how, e.ended, e.agent) for e in model.ends]


def test_every_rival_serves_everybody_once_and_only_by_whom_it_may():
    workload = workloads()["W6 small"]
    crowd = crowd_of("W6 small", 3)
    able = {seat.agent: seat.profile.queues for seat in workload.day.seats}
    for arm in (*ARMS, *(TUNED.at(settings) for settings in TUNED.tries[:4])):
        it = workload.pooled() if arm.pooled else workload.day
        result = run(it, crowd, arm.make(it))
        assert {end.how for end in result.ends} == {"answered", "abandoned"}, arm.name
        for caller, end in zip(crowd.callers, result.ends, strict=True):
            fit = not end.agent or arm.pooled or crowd.kinds[caller.kind].queue in able[m.AgentId(end.agent)]
            assert fit, arm.name
        assert sum(h.talks for h in result.hours.values()) == result.rates().counts.answered, arm.name


def test_the_guard_watch_finds_who_skips():
    workload = workloads()["W6 small"]
    crowd = crowd_of("W6 small", 4)
    found = {}
    for name, guard in (("guarded", 60.0), ("skips", math.inf)):
        watch = GuardWatch(workload.day)
        run(workload.day, crowd, Deadlines(workload.day, guard), watch)
        found[name] = watch.overtaken
    assert found["guarded"] == 0 < found["skips"]


def of(rates: list[float]) -> object:
    runs = [
        Measured(
            100, 0, round(rate), 90, 95, 5, 500.0, 100.0, array("d", range(100)), ((100, round(rate)),), (0.8, 0.9), 0
        )
        for rate in rates
    ]
    return summary(runs)


def test_gaps_intervals_and_the_staffing_equivalent():
    closed = gap(of([75.0, 77.0]), of([70.0, 70.0]), of([80.0, 84.0]))
    assert closed.value == pytest.approx(100 * 6 / 12)
    assert closed.low <= closed.value <= closed.high
    assert by_seeds(3, lambda seeds: 7.0).low == 7.0
    assert saved([(0, 80.0), (2, 76.0), (4, 70.0)], 73.0) == pytest.approx(3.0)
    assert saved([(0, 80.0), (2, 76.0)], 50.0) is None
    held = constraints(of([75.0]), of([70.0]), of([70.0]))
    assert all(each.held for each in held)
    slow = replace(of([75.0]), p99=200.0)
    assert [each.name for each in constraints(slow, of([70.0]), of([70.0])) if not each.held] == [
        "p99 wait <= 1.10 of first come's"
    ]


def test_the_loss_formula_is_erlangs_for_no_patience_and_loses_nobody_with_endless_patience():
    blocked = 1.0
    for n in range(1, 11):
        blocked = 8 * blocked / (n + 8 * blocked)
    assert 1 - in_time(10, 8 / 60, 60.0, 0.0) == pytest.approx(blocked)
    assert in_time(10, 8 / 60, 60.0, 1e6) == pytest.approx(1.0)
    assert in_time(10, 20 / 60, 60.0, 2000.0) == pytest.approx(0.5, abs=0.01), "all agents are busy for ever"
    rates = [in_time(10, 9 / 60, 60.0, target) for target in (0.0, 10.0, 20.0, 60.0)]
    assert rates == sorted(rates)


def test_skipping_with_all_skills_on_the_small_floor_comes_near_the_loss_formula_and_stays_below():
    workload = workloads()["W6 small"]
    pooled = workload.pooled()
    skips = [measured(run(pooled, crowd_of("W6 small", n), Deadlines(pooled, math.inf))).sl for n in range(6)]
    assert of_day(workload.day) - 12 < sum(skips) / len(skips) < of_day(workload.day)


def test_the_rate_leaves_out_short_abandons_alone():
    workload = workloads()["W6 small"]
    result = run(workload.day, crowd_of("W6 small", 6), FirstCome(workload.day))
    got, rates = measured(result), result.rates()
    assert got.sl == pytest.approx(rates.sl5)
    assert 100 * got.in_time / got.asked == pytest.approx(rates.sl6)
    assert got.abandoned == rates.counts.abandoned


def test_estimates_are_compared_with_what_rivals_say_at_the_same_moment():
    told, took = guesses("W6 small", 7)
    assert len(took) >= len(told) > 50
    fresh = [each for each in told if not each.later]
    result = judged("W6 small", "asked", fresh)
    assert result.guesses == len(fresh)
    assert result.waited == pytest.approx(sum(each.waited for each in fresh) / len(fresh))
    assert result.ratio == pytest.approx(result.rmse / min(result.rivals))
    exact = [replace(each, estimate=Estimate(each.waited, each.waited, each.waited)) for each in fresh]
    assert (judged("W6 small", "asked", exact).rmse, judged("W6 small", "asked", exact).covered) == (0.0, 100.0)


def test_a_short_run_writes_every_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(play, "PROCESSES", 1)
    file = tmp_path / "out.json"
    assert main(["--quick", "--days", "1", "--workloads", "W6", "--json", str(file)]) == 0
    told = json.loads(file.read_text(encoding="utf-8"))
    (written,) = told["workloads"]
    assert [each["when"] for each in told["estimates"]] == ["asked", "30 s later"]
    assert all(each["guesses"] > 20 and each["rmse"] > 0 for each in told["estimates"])
    assert len(written["rows"]) == len(ARMS) + 1
    assert {row["name"] for row in written["rows"]} >= {OURS.name, POOLED.name}
    assert "gap to the pooled bound" in capsys.readouterr().out
