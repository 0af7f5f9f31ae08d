"""The verb `authenticate`: every way out, tries, the level that a restart knows, and digits that nobody sees."""

from __future__ import annotations

import json

import pytest
from verb_world import BYES, Call, codes, ending, flow_of, read

from ivr.messages import CallerIdentified, Collect, DigitsCollected, LookedUp, LookUp, StepLeft

pytestmark = pytest.mark.unit

ASKING = """\
  a:
    authenticate: cards
    with: {card: "1"}
    ask: ask
    digits: 4-6
    again: again
    tries: 2
    into: {balance: balance}
    passed: yes
    refused: no
    locked: bad
    failed: worse
    no_input: silent
  worse: {hangup: busy}
  silent: {hangup: busy}
"""
TAKING = """\
  a: {collect: ask, digits: 4, into: pin, secret: true, tries: 1, next: b, no_input: no, no_match: no}
  b:
    authenticate: cards
    with: {card: "1"}
    secret: ${pin}
    passed: yes
    refused: no
    locked: bad
    failed: bad
    no_input: bad
"""
FOUND = LookedUp("found", (("customer", "c-9"), ("name", "Ann"), ("segment", ""), ("balance", "12.50")))
SHOW = "  yes: {play: [ask, {money: '${balance}'}], next: no, failed: bad}\n" + BYES.split("\n", 1)[1]


def started(steps: str = ASKING + BYES) -> Call:
    call = Call(flow_of(steps))
    call.came()
    return call


def test_the_right_secret_passes() -> None:
    call = Call(flow_of(ASKING + BYES))
    assert call.came() == Collect(("ask",), "en", 6, 5.0, secret=True)
    assert call.session.collecting_secret
    asked = call.tell(DigitsCollected("4711"))
    assert asked == LookUp("cards", (("card", "1"),), 3.0, "", "en", (("pin", "4711"),))
    assert ending(call.tell(FOUND)) == "yes"
    assert CallerIdentified("authenticated", "c-9", "Ann", "") in call.facts
    assert call.variables == {"balance": "12.50"}
    assert call.session.state.level == "authenticated"


def test_what_the_source_does_not_tell_of_the_same_customer_stays_as_it_was_known() -> None:
    call = started()
    call.tell(DigitsCollected("4711"))
    call.tell(LookedUp("found", (("customer", "c-1"), ("name", ""), ("balance", "12.50"))))
    assert CallerIdentified("authenticated", "c-1", "Zhao Lihua", "gold") in call.facts


def test_a_wrong_secret_is_asked_for_again_until_the_tries_are_used_up() -> None:
    call = started()
    call.tell(DigitsCollected("4711"))
    assert call.tell(LookedUp("refused")) == Collect(("again", "ask"), "en", 6, 5.0, secret=True)
    assert call.session.state.level == ""
    call.tell(DigitsCollected("4712"))
    assert ending(call.tell(LookedUp("refused"))) == "no"
    assert call.exits == ["a:again", "a:refused", "no:end"]
    assert call.session.state.level == "failed"
    assert call.facts.count(CallerIdentified("failed")) == 1


def test_a_wrong_length_counts_as_a_try_and_is_not_told_to_the_source() -> None:
    call = started()
    assert isinstance(call.tell(DigitsCollected("1")), Collect)
    assert ending(call.tell(DigitsCollected("12345678"))) == "no"
    assert call.session.state.level == "failed"


@pytest.mark.parametrize(
    ("told", "step", "level"),
    [
        (LookedUp("locked"), "bad", "failed"),
        (LookedUp("failed"), "worse", ""),
        (LookedUp("timed_out"), "worse", ""),
        (LookedUp("what"), "worse", ""),
    ],
)
def test_the_other_outcomes_end_the_step_at_once(told: LookedUp, step: str, level: str) -> None:
    call = started()
    call.tell(DigitsCollected("4711"))
    call.tell(told)
    assert call.steps[-1] == step
    assert call.session.state.level == level


def test_who_presses_nothing_proves_nothing() -> None:
    call = started()
    assert isinstance(call.tell(DigitsCollected("", complete=False)), Collect)
    call.tell(DigitsCollected("", complete=False))
    assert call.steps[-1] == "silent"
    assert call.session.state.level == ""


def test_keys_that_the_source_does_not_know_are_refused() -> None:
    call = started()
    call.tell(DigitsCollected("4711"))
    assert isinstance(call.tell(LookedUp("not_found")), Collect)


def test_the_digits_are_in_the_question_and_nowhere_else() -> None:
    call = started()
    call.tell(DigitsCollected("90210"))
    seen = repr(call.last)
    call.tell(LookedUp("refused"))
    call.tell(DigitsCollected("902109021"))
    everything = seen + repr(call.facts) + json.dumps(call.session.state.record())
    assert "9021" not in everything
    left = [fact for fact in call.facts if isinstance(fact, StepLeft)]
    assert all(fact.secret and not fact.keys for fact in left if fact.step == "a")
    assert left[1].key_count == 9


def test_a_restart_before_the_answer_asks_for_the_secret_again() -> None:
    call = started()
    call.tell(DigitsCollected("4711"))
    assert call.restart() == Collect(("ask",), "en", 6, 5.0, secret=True)


def test_a_restart_keeps_the_tries_that_are_used_up() -> None:
    call = started()
    call.tell(DigitsCollected("4711"))
    call.tell(LookedUp("refused"))
    call.restart()
    call.tell(DigitsCollected("4711"))
    assert ending(call.tell(LookedUp("refused"))) == "no"


def test_a_restart_behind_it_knows_that_he_passed() -> None:
    call = started(ASKING + SHOW)
    call.tell(DigitsCollected("4711"))
    played = call.tell(FOUND)
    assert call.restart() == played
    assert call.session.state.level == "authenticated"


def test_a_secret_variable_is_taken() -> None:
    call = Call(flow_of(TAKING + BYES))
    call.came()
    asked = call.tell(DigitsCollected("9173"))
    assert isinstance(asked, LookUp)
    assert asked.secrets == (("pin", "9173"),)
    assert call.session.collecting_secret
    assert ending(call.tell(LookedUp("refused"))) == "no"
    assert "9173" not in repr(call.facts)


def test_a_secret_variable_lost_with_the_process_is_asked_for_again() -> None:
    call = Call(flow_of(TAKING + BYES))
    call.came()
    call.tell(DigitsCollected("9173"))
    assert isinstance(call.restart(), Collect)
    assert isinstance(call.tell(DigitsCollected("9173")), LookUp)


def test_on_a_tape_the_digits_are_dots() -> None:
    asked = started().tell(DigitsCollected("••••"))
    assert isinstance(asked, LookUp)
    assert asked.secrets == (("pin", "••••"),)


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("authenticate: kards", "authenticate: cards", ("unknown-source", 6, 19)),
        ("authenticate: open", "authenticate: cards", ("no-secret", 6, 19)),
        ("", "    ask: ask\n", ("one-secret", 5, 3)),
        ("    ask: ask\n    secret: ${x}\n", "    ask: ask\n", ("one-secret", 5, 3)),
        ("digits: none", "digits: 4-6", ("bad-length", 9, 13)),
        ("", "    tries: 2\n", ("missing-key", 5, 3)),
        ("ask: asc", "ask: ask", ("unknown-prompt", 8, 10)),
        ("", "    locked: bad\n", ("missing-exit", 5, 3)),
        ("balance: money", "balance: balance", ("unknown-return", 12, 21)),
    ],
)
def test_a_fault_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert fault in read(ASKING.replace(right, wrong, 1) + BYES)[1]


def test_keys_of_asking_do_not_stand_beside_a_variable() -> None:
    assert "not-here" in codes(TAKING.replace("    passed", "    digits: 4\n    passed") + BYES)


def test_a_caller_who_presses_nothing_must_come_to_an_end() -> None:
    assert "silent-loop" in codes(ASKING.replace("no_input: silent", "no_input: a") + BYES)


def test_a_tape_tells_whether_the_digits_were_tried() -> None:
    call = started()
    assert call.session.takes(DigitsCollected("4711"), 0.0)
    assert not call.session.takes(DigitsCollected("47"), 0.0)
    assert isinstance(call.tell(DigitsCollected("◦◦")), Collect)
