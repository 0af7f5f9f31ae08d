"""The verb `survey`: scores on the scale, beside it, and none."""

from __future__ import annotations

import pytest
from verb_world import BYES, Call, codes, ending, flow_of, read

from ivr.messages import Collect, DigitsCollected, SurveyAnswered

pytestmark = pytest.mark.unit

RATE = """\
  a:
    survey: ask
    scale: 0-10
    question: service
    into: score
    again: again
    wait: 4s
    tries: 2
    next: yes
    no_input: no
    no_match: bad
"""


@pytest.mark.parametrize(("keyed", "score"), [("0", "0"), ("7", "7"), ("10", "10"), ("07", "7")])
def test_a_score_on_the_scale_is_kept(keyed: str, score: str) -> None:
    call = Call(flow_of(RATE + BYES))
    assert call.came() == Collect(("ask",), "en", 2, 4.0)
    assert ending(call.tell(DigitsCollected(keyed))) == "yes"
    assert SurveyAnswered("service", score) in call.facts
    assert call.variables == {"score": score}


@pytest.mark.parametrize(
    ("keys", "end"), [(("11", "99"), "bad"), (("", ""), "no"), (("11", ""), "no"), (("", "*"), "bad"), (("1",), "yes")]
)
def test_the_last_answer_decides(keys: tuple[str, ...], end: str) -> None:
    call = Call(flow_of(RATE + BYES))
    call.came()
    for key in keys[:-1]:
        assert call.tell(DigitsCollected(key)) == Collect(("again", "ask"), "en", 2, 4.0)
    assert ending(call.tell(DigitsCollected(keys[-1]))) == end
    assert any(isinstance(fact, SurveyAnswered) for fact in call.facts) == (end == "yes")


def test_a_restart_asks_again_and_keeps_the_tries() -> None:
    call = Call(flow_of(RATE + BYES))
    call.came()
    call.tell(DigitsCollected("11"))
    assert call.restart() == Collect(("again", "ask"), "en", 2, 4.0)
    assert ending(call.tell(DigitsCollected("11"))) == "bad"


def test_the_question_is_called_like_the_step_when_it_has_no_name() -> None:
    call = Call(flow_of(RATE.replace("    question: service\n", "") + BYES))
    call.came()
    call.tell(DigitsCollected("3"))
    assert SurveyAnswered("a", "3") in call.facts


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("scale: 5-1", "scale: 0-10", ("bad-scale", 7, 12)),
        ("scale: five", "scale: 0-10", ("bad-scale", 7, 12)),
        ("survey: asc", "survey: ask", ("unknown-prompt", 6, 13)),
        ("into: language", "into: score", ("bad-name", 9, 11)),
        ("tries: 0", "tries: 2", ("out-of-range", 12, 12)),
        ("", "    no_match: bad\n", ("missing-exit", 5, 3)),
    ],
)
def test_a_fault_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert fault in read(RATE.replace(right, wrong) + BYES)[1]


def test_a_caller_who_presses_nothing_must_come_to_an_end() -> None:
    assert "silent-loop" in codes(RATE.replace("no_input: no", "no_input: a") + BYES)
