"""The verb `identify`: the customer from a source or from the number, and what a restart knows of him."""

from __future__ import annotations

import pytest
from verb_world import BYES, CALLER, Call, ending, flow_of, read

from ivr.messages import CallerIdentified, LookedUp, LookUp
from ivr.session import Caller

pytestmark = pytest.mark.unit

BY_SOURCE = """\
  a:
    identify: cards
    with: {card: "1"}
    into: {condition: state}
    known: see
    unknown: no
    failed: bad
  see: {branch: "${customer.id}/${customer.segment}/${caller.level}", cases: {c-9/gold/identified: yes}, otherwise: no}
"""
BY_NUMBER = "  a: {identify: number, known: yes, unknown: no}\n" + BYES[: BYES.index("  bad")]
FOUND = (("customer", "c-9"), ("name", "Ann"), ("segment", "gold"), ("state", "open"), ("balance", "7"))


def test_a_source_tells_who_calls() -> None:
    call = Call(flow_of(BY_SOURCE + BYES))
    assert call.came() == LookUp("cards", (("card", "1"),), 3.0, "", "en")
    assert ending(call.tell(LookedUp("found", FOUND))) == "yes"
    assert CallerIdentified("identified", "c-9", "Ann", "gold") in call.facts
    assert call.variables == {"condition": "open"}


@pytest.mark.parametrize(
    ("told", "end"),
    [
        (LookedUp("not_found"), "no"),
        (LookedUp("refused"), "no"),
        (LookedUp("found", (("customer", ""), ("name", "Ann"))), "no"),
        (LookedUp("failed"), "bad"),
        (LookedUp("timed_out"), "bad"),
    ],
)
def test_nobody_is_identified_otherwise(told: LookedUp, end: str) -> None:
    call = Call(flow_of(BY_SOURCE + BYES))
    call.came()
    assert ending(call.tell(told)) == end
    assert call.session.state.level == ""
    assert not [fact for fact in call.facts if isinstance(fact, CallerIdentified)]


def test_the_number_tells_who_calls() -> None:
    call = Call(flow_of(BY_NUMBER))
    assert ending(call.came()) == "yes"
    assert CallerIdentified("identified", "c-1", "Zhao Lihua", "gold") in call.facts
    assert ending(Call(flow_of(BY_NUMBER), Caller("13900000000")).came()) == "no"


def test_a_restart_knows_him_from_the_facts() -> None:
    menu = "  see: {menu: ask, keys: {1: yes}, tries: 1, no_input: no, no_match: no}\n"
    call = Call(flow_of(BY_SOURCE[: BY_SOURCE.index("  see:")] + menu + BYES))
    call.came()
    call.tell(LookedUp("found", FOUND))
    call.restart()
    assert call.session.state.level == "identified"
    assert call.session.state.caller.customer == "c-9"
    assert call.session.state.caller.number == CALLER.number


def test_a_private_name_is_not_taken_from_an_answer_without_proof() -> None:
    call = Call(flow_of(BY_SOURCE + BYES))
    call.came()
    call.tell(LookedUp("found", FOUND))
    assert "7" not in repr(call.facts)


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("identify: kards", "identify: cards", ("unknown-source", 6, 15)),
        ("identify: open", "identify: cards", ("unknown-return", 6, 15)),
        ("identify: number", "identify: cards", ("not-here", 7, 11)),
        ("", "    unknown: no\n", ("missing-exit", 5, 3)),
    ],
)
def test_a_fault_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert fault in read(BY_SOURCE.replace(right, wrong) + BYES)[1]
