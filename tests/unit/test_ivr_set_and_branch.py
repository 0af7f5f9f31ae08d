"""The verbs `set` and `branch`: texts, expressions, conditions, and the exit that a failing one takes."""

from __future__ import annotations

import pytest
from verb_world import BYES, Call, codes, ending, flow_of, read

from ivr.messages import Collect, DigitsCollected

pytestmark = pytest.mark.unit

KEYED = "  a: {collect: ask, digits: 1-9, into: n, tries: 1, next: b, no_input: no, no_match: no}\n"
SUM = """\
  b:
    set:
      twice: = ${n} * 2
      share: = 100 / ${n}
      told: ${n} of ${caller.name}
    next: yes
    failed: bad
"""
WHEN = """\
  b:
    branch:
      - when: ${n} >= 100 and ${customer.segment} == 'gold'
        then: yes
      - when: ${n} < 10
        then: no
    otherwise: bad
    failed: worse
  worse: {play: bye, next: bad}
"""
PLAIN = BYES.replace("  bad: {hangup: congestion}\n", "")


def after(steps: str, keyed: str) -> Call:
    call = Call(flow_of(steps))
    assert isinstance(call.came(), Collect)
    call.tell(DigitsCollected(keyed))
    return call


def test_expressions_and_texts_are_worked_out() -> None:
    call = after(KEYED + SUM + BYES, "8")
    assert call.variables == {"n": "8", "twice": "16", "share": "12.5", "told": "8 of Zhao"}


def test_an_expression_that_fails_sets_nothing_at_all() -> None:
    call = after(KEYED + SUM + BYES, "0")
    assert call.exits[-2:] == ["b:failed", "bad:end"]
    assert call.variables == {"n": "0"}


def test_values_are_worked_out_before_any_is_set() -> None:
    swap = "  a: {set: {x: '1', y: '2'}, next: b}\n  b: {set: {x: '${y}', y: '${x}'}, next: yes}\n"
    call = Call(flow_of(swap + "  yes: {hangup: busy}\n"))
    call.came()
    assert call.variables == {"x": "2", "y": "1"}


@pytest.mark.parametrize(("keyed", "step"), [("100", "yes"), ("99", "bad"), ("9", "no"), ("100000000", "yes")])
def test_the_first_condition_that_holds_is_taken(keyed: str, step: str) -> None:
    assert after(KEYED + WHEN + BYES, keyed).steps[-1] == step


def test_a_condition_that_cannot_be_computed_takes_the_exit_failed() -> None:
    steps = "  a: {branch: [{when: '${caller.name} > 1', then: yes}], otherwise: no, failed: bad}\n" + BYES
    call = Call(flow_of(steps))
    assert ending(call.came()) == "bad"
    assert call.exits == ["a:failed", "bad:end"]


def test_exits_of_conditions_are_counted() -> None:
    assert after(KEYED + WHEN + BYES, "100").exits[1] == "b:when-1"
    assert after(KEYED + WHEN + BYES, "9").exits[1] == "b:when-2"


def test_what_cannot_fail_needs_no_exit_for_it() -> None:
    steps = "  a: {branch: [{when: \"${caller.name} == 'Zhao'\", then: yes}], otherwise: no}\n" + PLAIN
    assert ending(Call(flow_of(steps)).came()) == "yes"


def test_a_case_may_be_named_failed() -> None:
    steps = "  a: {branch: '${caller.level}', cases: {failed: bad, empty: yes}, otherwise: no}\n" + BYES
    assert ending(Call(flow_of(steps)).came()) == "yes"


@pytest.mark.parametrize(
    ("steps", "wrong", "right", "fault"),
    [
        (SUM, "= ${n} *", "= ${n} * 2", ("bad-expression", 8, 22)),
        (SUM, '"= ${n} *"', "= ${n} * 2", ("bad-expression", 8, 23)),
        (SUM, "= ${n} * balance", "= ${n} * 2", ("bad-expression", 8, 23)),
        (SUM, "= ${m} * 2", "= ${n} * 2", ("unknown-variable", 8, 14)),
        (SUM, "language: = 1", "twice: = ${n} * 2", ("unknown-language", 8, 17)),
        (SUM, "", "    failed: bad\n", ("missing-exit", 6, 3)),
        (SUM, "x: y\n", SUM[SUM.index("twice") : SUM.index("    next")], ("needless-exit", 10, 13)),
        (WHEN, "${n} >= 100 or", "${n} >= 100 and ${customer.segment} == 'gold'", ("bad-expression", 8, 29)),
        (WHEN, "${n}", "${n} < 10", ("no-condition", 10, 15)),
        (WHEN, "${n} < '10'", "${n} < 10", ("bad-expression", 10, 20)),
        (WHEN, "- then: no", "- when: ${n} < 10\n        then: no", ("missing-key", 10, 9)),
        (WHEN, "goto: no", "then: no", ("unknown-key", 11, 9)),
        (WHEN, "then: now", "then: no", ("unknown-step", 11, 15)),
        (WHEN, "- ${n} < 10", "- when: ${n} < 10\n        then: no", ("not-a-mapping", 10, 9)),
        (WHEN, "", "    otherwise: bad\n", ("missing-exit", 6, 3)),
        (WHEN, "", "    failed: worse\n", ("missing-exit", 6, 3)),
        (WHEN, "    cases: {x: bad}\n    otherwise", "    otherwise", ("two-branches", 12, 12)),
    ],
)
def test_a_fault_stands_where_it_is(steps: str, wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert right in steps
    assert fault in read(KEYED + steps.replace(right, wrong, 1) + BYES)[1]


def test_an_empty_list_of_conditions_is_a_fault() -> None:
    assert "empty" in codes("  a: {branch: [], otherwise: yes}\n" + BYES)


def test_a_secret_is_neither_computed_with_nor_branched_upon() -> None:
    secret = KEYED.replace("into: n", "into: n, secret: true")
    assert "secret-shown" in codes(secret + SUM + BYES)
    assert "secret-shown" in codes(secret + WHEN + BYES)
