"""The exits of a `queue` step: where they lead, when they must be written, and that a proof goes them all."""

from __future__ import annotations

import pytest

from ivr.flow import parse_flow
from ivr.known import Known
from ivr.messages import JoinQueue, QueueEnded
from ivr.proof import Claim, prove
from ivr.visit import Leave, Visit, Wait

pytestmark = pytest.mark.unit

FLOW = """flow: main
languages: [en]
start: queue
steps:
  queue:
    queue: cards
    limit: 5m
    answered: bye
    timed_out: sorry
{exits}  sorry:
    play: sorry
    next: bye
  busy:
    {busy}
  bye:
    hangup: normal
"""
BUSY = "play: busy\n    next: bye"
ALL = frozenset({"full", "closed", "no_agent"})
PROMPTS = {"en": frozenset({"sorry", "busy"})}
VISIT = Visit(0.0, "en", 1, lambda _: "")


def read(exits: str, can: frozenset[str] | None, busy: str = BUSY):
    known = Known(PROMPTS, frozenset({"cards"}), queue_exits={} if can is None else {"cards": can})
    lines = "".join(f"    {name}: busy\n" for name in exits.split())
    return parse_flow(FLOW.format(exits=lines, busy=busy), "main.yaml", known)


def left(flow, why: str) -> str:
    outcome = flow.steps["queue"].verb.resume(VISIT, QueueEnded(why))
    assert isinstance(outcome, Leave)
    return flow.steps["queue"].target(outcome.exit)


def test_every_way_out_of_a_queue_leads_where_it_is_written() -> None:
    flow, faults = read("full closed no_agent", ALL)
    assert flow, faults
    assert {why: left(flow, why) for why in ("answered", "limit", *ALL)} == {
        "answered": "bye", "limit": "sorry", "full": "busy", "closed": "busy", "no_agent": "busy",
    }  # fmt: skip


def test_an_exit_that_is_not_written_is_the_time_that_is_over() -> None:
    flow, faults = read("full", frozenset({"full"}))
    assert flow, faults
    assert (left(flow, "full"), left(flow, "closed"), left(flow, "no_agent")) == ("busy", "sorry", "sorry")


@pytest.mark.parametrize("missing", sorted(ALL))
def test_an_exit_that_the_queue_can_lead_to_must_be_written(missing: str) -> None:
    flow, faults = read(" ".join(ALL - {missing}), ALL)
    assert flow is None
    [fault] = [fault for fault in faults if fault.code == "missing-exit"]
    assert f"exit '{missing}' is not written, and queue 'cards' has" in fault.message
    assert fault.line == 5


@pytest.mark.parametrize("needless", sorted(ALL))
def test_an_exit_that_the_queue_never_leads_to_must_not_be_written(needless: str) -> None:
    flow, faults = read(" ".join(ALL), ALL - {needless})
    assert flow is None
    [fault] = faults
    assert (fault.code, f"'{needless}' is never taken" in fault.message) == ("needless-exit", True)


def test_where_nothing_is_known_of_the_queue_any_of_them_may_be_written() -> None:
    for exits in ("", "full", "full closed no_agent"):
        flow, faults = read(exits, None, BUSY)
        assert flow or not exits, faults


def test_a_caller_who_is_turned_away_must_not_come_straight_back() -> None:
    flow, faults = read("full", frozenset({"full"}), "play: busy\n    next: queue")
    assert flow is None
    assert "silent-loop" in {fault.code for fault in faults}


def test_a_proof_goes_every_way_out_of_a_queue() -> None:
    """Where the way of a full queue goes round by a key alone, who presses nothing that is taken never comes out."""
    menu = "menu: busy\n    keys: {1: queue}\n    tries: 1\n    no_input: bye\n    no_match: queue"
    known = Known(PROMPTS, frozenset({"cards"}), queue_exits={"cards": frozenset({"full"})})
    lines = "    full: busy\n"
    flow, faults = parse_flow(FLOW.format(exits=lines, busy=menu), "main.yaml", known)
    assert flow, faults
    report = prove(flow, lambda _prompt, _language: 1.0)
    assert {failure.claim for failure in report.failures} == {Claim.ENDS}


def test_a_flow_may_name_the_agent_for_whom_a_caller_waits() -> None:
    known = Known(PROMPTS, frozenset({"cards"}))
    text = FLOW.format(exits="    agent: ${caller.name}\n", busy=BUSY)
    text = text.replace("    timed_out: sorry", "    timed_out: busy")
    flow, _ = parse_flow(text.replace("  sorry:\n    play: sorry\n    next: bye\n", ""), "main.yaml", known)
    assert flow
    outcome = flow.steps["queue"].verb.enter(Visit(0.0, "en", 1, lambda name: "ben" if name == "caller.name" else ""))
    assert outcome == Wait(JoinQueue("cards", (), 5, 300.0, "ben"))
