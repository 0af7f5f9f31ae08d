"""The verb `lookup`: what it asks, where it leads, and that its secret is nowhere but in the question."""

from __future__ import annotations

import json

import pytest
from verb_world import BYES, Call, codes, ending, flow_of, read

from ivr.messages import Collect, DigitsCollected, LookedUp, LookUp, PromptEnded

pytestmark = pytest.mark.unit

ASK = """\
  a:
    lookup: cards
    with: {card: "${caller.number}-x"}
    into: {condition: state, who: name}
    deadline: 2s
    filler: filler
    found: see
    not_found: no
    failed: bad
  see: {branch: "${condition}", cases: {open: yes}, otherwise: no}
"""
PIN = """\
  a: {collect: ask, digits: 4, into: pin, secret: true, tries: 1, next: b, no_input: no, no_match: no}
  b:
    lookup: cards
    with: {card: "1"}
    secret_with: {pin: "${pin}"}
    into: {condition: state}
    found: yes
    not_found: no
    failed: bad
"""


def test_it_asks_with_what_is_known_of_the_caller() -> None:
    asked = Call(flow_of(ASK + BYES)).came()
    assert asked == LookUp("cards", (("card", "13800000001-x"),), 2.0, "filler", "en")


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        ("found", "yes"),
        ("not_found", "no"),
        ("refused", "no"),
        ("locked", "no"),
        ("failed", "bad"),
        ("timed_out", "bad"),
        ("what", "bad"),
    ],
)
def test_every_outcome_has_its_exit(outcome: str, end: str) -> None:
    call = Call(flow_of(ASK + BYES))
    call.came()
    values = (("state", "open"), ("name", "Zhao"), ("balance", "1")) if outcome == "found" else ()
    assert ending(call.tell(LookedUp(outcome, values))) == end
    assert call.variables == ({"condition": "open", "who": "Zhao"} if outcome == "found" else {})


def test_values_from_outside_are_single_lines_of_bounded_length() -> None:
    call = Call(flow_of(ASK + BYES))
    call.came()
    call.tell(LookedUp("found", (("state", "a\r\nAction: x\x00"), ("name", "x" * 10_000))))
    assert call.variables["condition"] == "a  Action: x "
    assert len(call.variables["who"]) == 500


def test_a_missing_value_is_an_empty_text() -> None:
    call = Call(flow_of(ASK + BYES))
    call.came()
    assert ending(call.tell(LookedUp("found"))) == "no"
    assert call.variables == {"condition": "", "who": ""}


def test_what_is_no_answer_is_passed_over() -> None:
    call = Call(flow_of(ASK + BYES))
    call.came()
    assert call.session.handle(PromptEnded(), 0.0) == []
    assert call.session.handle(DigitsCollected("1"), 0.0) == []


def test_after_a_restart_the_source_is_asked_again() -> None:
    call = Call(flow_of(ASK + BYES))
    asked = call.came()
    assert call.restart() == asked
    assert ending(call.tell(LookedUp("found", (("state", "open"),)))) == "yes"


def test_the_secret_is_in_the_question_and_nowhere_else() -> None:
    call = Call(flow_of(PIN + BYES))
    assert isinstance(call.came(), Collect)
    asked = call.tell(DigitsCollected("9173"))
    assert isinstance(asked, LookUp)
    assert asked.secrets == (("pin", "9173"),)
    assert "9173" not in repr(asked)
    call.tell(LookedUp("found", (("state", "open"),)))
    assert "9173" not in repr(call.facts) + json.dumps(call.session.state.record())


def test_a_secret_lost_with_the_process_is_asked_again() -> None:
    call = Call(flow_of(PIN + BYES))
    call.came()
    assert isinstance(call.tell(DigitsCollected("9173")), LookUp)
    assert isinstance(call.restart(), Collect)
    asked = call.tell(DigitsCollected("9173"))
    assert isinstance(asked, LookUp)
    assert asked.secrets == (("pin", "9173"),)


def test_on_a_tape_the_secret_is_dots() -> None:
    call = Call(flow_of(PIN + BYES))
    call.came()
    asked = call.tell(DigitsCollected("••••"))
    assert isinstance(asked, LookUp)
    assert asked.secrets == (("pin", "••••"),)


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("lookup: kards", "lookup: cards", ("unknown-source", 6, 13)),
        ("{kard: ", "{card: ", ("unknown-source-key", 7, 12)),
        ("{other: x}", '{card: "${caller.number}-x"}', ("missing-source-key", 7, 11)),
        ("condition: stat,", "condition: state,", ("unknown-return", 8, 23)),
        ("{language: state", "{condition: state", ("bad-name", 8, 12)),
        ("deadline: 31s", "deadline: 2s", ("out-of-range", 9, 15)),
        ("filler: fillet", "filler: filler", ("unknown-prompt", 10, 13)),
        ("    secret_with: {card: '${who}'}\n    found", "    found", ("unknown-source-key", 11, 19)),
        ("    secret_with: {pin: 'x${who}'}\n    found", "    found", ("bad-secret", 11, 24)),
        ("", "    failed: bad\n", ("missing-exit", 5, 3)),
    ],
)
def test_a_fault_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert right in ASK
    assert fault in read(ASK.replace(right, wrong) + BYES)[1]


def test_a_secret_may_not_be_a_key() -> None:
    assert "secret-shown" in codes(PIN.replace('card: "1"', 'card: "${pin}"') + BYES)


def test_a_lookup_that_leads_to_itself_never_waits_for_anybody() -> None:
    assert "endless-loop" in codes(ASK.replace("failed: bad", "failed: a") + BYES.replace("bad", "yes2"))
