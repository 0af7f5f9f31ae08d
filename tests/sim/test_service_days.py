"""Seeded days of a flow that looks up, records and transfers, with people, sources and ourselves failing."""

from __future__ import annotations

from collections import Counter

import pytest
from flow_floor import NUMBER, flow_plan
from invariants import check_all, check_restored

import cti.vocabulary as cti
import journal.facts as facts
from switchroom.centre import Centre
from switchroom.plan import Plan
from switchroom.simulator import Simulator, Weather

pytestmark = pytest.mark.sim


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> Plan:
    return flow_plan(tmp_path_factory.mktemp("dialplans"))


def day(plan, seed, minutes=8, on_turn=None, **weather) -> Simulator:
    sim = Simulator(lambda: Centre(plan, AnySound()), Weather(numbers=(NUMBER,), **weather), seed, on_turn=on_turn)
    sim.run(minutes * 60)
    return sim


def check_tasks(told: list, asked: list) -> None:
    """What a caller does without us is asked for again only when it never began, and each end is on record once."""
    ended = Counter((f.contact, f.at, f.why) for f in told if isinstance(f, facts.TransferMade))
    assert all(count == 1 for count in ended.values())
    left = Counter(f.recording for f in told if isinstance(f, facts.MessageLeft))
    assert all(count == 1 for count in left.values())
    recorded = {f"{ask.recording}.wav" for ask in asked if isinstance(ask, cti.RecordCaller)}
    assert set(left) <= recorded


@pytest.mark.parametrize("seed", range(8))
def test_a_day_of_faults_keeps_every_invariant(plan, seed):
    asked: list = []
    sim = day(
        plan, seed, on_turn=lambda _, effects: asked.extend(effects), death=0.03, told_twice=0.1, no_answer=0.1,
        gives_up_in_flow=0.15, source_down=0.2,
    )  # fmt: skip
    check_all(sim.facts)
    check_tasks(sim.facts, asked)
    assert sim.deaths > 5
    assert not sim.centre.contacts
    assert not sim.lines
    kinds = {type(f) for f in sim.facts}
    assert {facts.LookupDone, facts.TransferMade, facts.MessageLeft, facts.CallbackAsked} <= kinds


@pytest.mark.parametrize("seed", range(3))
def test_at_any_cut_the_facts_rebuild_the_same_centre(plan, seed):
    def compare(sim, _):
        if sim.turns % 7 == 0:
            check_restored(sim.centre, Centre(plan, AnySound()), sim.facts)

    check_all(day(plan, seed, minutes=3, on_turn=compare, source_down=0.2).facts)


def test_offered_is_the_sum_of_its_parts(plan):
    told = day(plan, 1, gives_up_in_flow=0.15).facts
    ends = Counter(f.outcome for f in told if isinstance(f, facts.CallEnded))
    assert sum(ends.values()) == sum(isinstance(f, facts.CallStarted) for f in told)
    outside = {f.contact for f in told if isinstance(f, facts.TransferMade) and f.why == "answered"}
    outcomes = {f.contact: f.outcome for f in told if isinstance(f, facts.CallEnded)}
    queued = {f.contact for f in told if isinstance(f, facts.CallerQueued)}
    assert outside
    assert {outcomes[contact] for contact in outside - queued} == {"ended_in_flow"}
