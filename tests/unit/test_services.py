"""The services in `dialplans/`: sound, proved, and tested by their transcripts in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.proof import prove
from ivr.speaking_time import lengths
from switchroom.floorplan import check_floor
from switchroom.trial.coverage import Coverage
from switchroom.trial.floor import trial_plan
from switchroom.trial.reading import read_transcripts
from switchroom.trial.verdict import judge
from switchroom.trial.walk import Walk

pytestmark = pytest.mark.unit

DIALPLANS = Path(__file__).parents[2] / "dialplans"
SERVICES = {
    "card-hotline": {
        "loss-reported", "balance-told", "repaid", "limit-changed", "instalments-agreed", "card-activated",
    },
    "mortgage": {"rate-told", "documents-sent", "call-back-noted", "word-left"},
    "motor-claim": {"claim-reported", "status-told"},
}  # fmt: skip
LONGEST = 90  # seconds in which whatever is done by keys alone is done
TESTED = 0.9  # of the steps and of the exits


@pytest.fixture(scope="module")
def plan():
    return trial_plan(DIALPLANS, "86")


@pytest.fixture(scope="module")
def verdicts(plan):
    found = []
    for file in sorted((DIALPLANS / "tests").glob("*.call")):
        transcripts, faults = read_transcripts(file.read_bytes(), file.name)
        assert not faults, "\n".join(map(str, faults))
        found += [judge(Walk(plan, transcript.opening), transcript) for transcript in transcripts]
    return found


def test_the_floor_is_sound_and_nothing_in_it_is_useless():
    assert [str(fault) for fault in check_floor(DIALPLANS)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_keeps_its_promises(plan, service):
    flow = plan.floor.flows[service]
    seconds = lengths(plan.floor.catalogue)
    proof = prove(flow, lambda prompt, language: seconds.get((prompt, language)))
    assert proof.holds, [failure.message for failure in proof.failures]
    assert flow.promises.person is not None
    assert {promise.goal for promise in flow.promises.goals} == SERVICES[service]
    assert all(promise.seconds <= LONGEST for promise in flow.promises.goals)
    assert set(flow.languages) == {"zh-CN", "en"}


def test_every_transcript_comes_true(verdicts):
    assert len(verdicts) >= 30
    assert [(one.transcript.title, one.difference) for one in verdicts if not one.passed] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_transcripts_meet_nearly_every_step_and_exit(plan, verdicts, service):
    coverage = Coverage(plan.floor.flows)
    for verdict in verdicts:
        coverage.add(verdict.facts)
    found = next(flow for flow in coverage.flows() if flow.flow == service)
    assert len(found.untested_steps) <= (1 - TESTED) * found.steps, found.untested_steps
    assert len(found.untaken_exits) <= (1 - TESTED) * found.exits, found.untaken_exits


@pytest.mark.parametrize(("service", "language"), [(name, each) for name in SERVICES for each in ("zh-CN", "en")])
def test_every_item_is_done_in_each_language(verdicts, service, language):
    done = set()
    for verdict in verdicts:
        now, flow = "zh-CN", ""
        for fact in verdict.facts:
            flow = getattr(fact, "flow", "") or flow
            now = next((text for name, text in getattr(fact, "kept", ()) if name == "language"), now)
            if getattr(fact, "goal", "") and (flow, now) == (service, language):
                done.add(fact.goal)
    assert done >= SERVICES[service]


def test_no_transcript_tells_a_secret(verdicts):
    facts = repr([verdict.facts for verdict in verdicts])
    for secret in ("135790", "141421", "808080", "909090"):
        assert secret not in facts
