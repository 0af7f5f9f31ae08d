"""The verb `transfer`: what is dialled, what never is, and how the caller comes back."""

from __future__ import annotations

import pytest
from verb_world import Call, codes, flow_of, read

from ivr.messages import End, PromptEnded, TransferCaller, TransferEnded
from ivr.session import Caller

pytestmark = pytest.mark.unit

OUT = """\
  a:
    transfer: ${caller.name}
    ring_for: 20s
    answered: answered
    busy: busy
    no_answer: no-answer
    failed: failed
"""
ENDS = "".join(f"  {name}: {{hangup: normal}}\n" for name in ("answered", "busy", "no-answer", "failed"))


def calling(number: str, steps: str = OUT) -> Call:
    return Call(flow_of(steps + ENDS), Caller("138", number))


@pytest.mark.parametrize(
    ("why", "step"),
    [
        ("answered", "answered"),
        ("busy", "busy"),
        ("no_answer", "no-answer"),
        ("failed", "failed"),
        ("what", "failed"),
    ],
)
def test_how_it_ended_decides(why: str, step: str) -> None:
    call = calling("+8610086")
    assert call.came() == TransferCaller("+8610086", 20.0)
    assert call.session.handle(PromptEnded(), 0.0) == []
    assert isinstance(call.tell(TransferEnded(why)), End)
    assert call.steps[-1] == step


@pytest.mark.parametrize(
    "number",
    [
        *("", "12", "1" * 21, "+", "500&PJSIP/trunk/00", "${SHELL(id)}", "10086,s", "10086\r\nAction: x", "10086\n"),
        *("\uff11\uff10\uff10\uff18\uff16", "+86 10086", "sip:x@y", "00-11", "10086;x"),
    ],
)
def test_what_is_no_number_is_never_dialled(number: str) -> None:
    call = calling(number)
    assert isinstance(call.came(), End)
    assert call.steps == ["a", "failed"]


def test_after_a_restart_the_end_of_the_first_attempt_is_an_answer() -> None:
    call = calling("10086")
    asked = call.came()
    assert call.restart() == asked
    call.tell(TransferEnded("answered"))
    assert call.steps[-1] == "answered"


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("transfer: 12", "transfer: ${caller.name}", ("bad-number", 6, 15)),
        ("transfer: agent-1", "transfer: ${caller.name}", ("bad-number", 6, 15)),
        ("transfer: ${who}", "transfer: ${caller.name}", ("unknown-variable", 6, 15)),
        ("ring_for: 3m", "ring_for: 20s", ("out-of-range", 7, 15)),
        ("", "    busy: busy\n", ("missing-exit", 5, 3)),
    ],
)
def test_a_fault_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert fault in read(OUT.replace(right, wrong) + ENDS)[1]


def test_a_number_as_it_stands_is_dialled() -> None:
    assert calling("", OUT.replace("${caller.name}", '"+862112345678"')).came() == TransferCaller("+862112345678", 20.0)


def test_a_line_that_is_busy_for_ever_must_lead_to_an_end() -> None:
    assert "silent-loop" in codes(OUT.replace("busy: busy", "busy: a") + ENDS)
