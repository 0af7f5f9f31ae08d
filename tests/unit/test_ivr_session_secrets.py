"""What a session never tells, and what stops one that goes round: secrets and guards."""

from __future__ import annotations

import json

import pytest
from session_house import MENU, NOBODY, NOON, Compare, flow_of, opened, saved_and_read, secret_flow

import ivr.session as session_module
from ivr.messages import (
    CallerCame,
    Collect,
    DigitsCollected,
    End,
    QueueEnded,
    StepEntered,
    StepLeft,
)

pytestmark = pytest.mark.unit


def test_a_secret_is_in_no_answer_and_in_no_saved_state() -> None:
    session = opened(secret_flow(), NOBODY)
    answers = session.handle(CallerCame(), NOON)
    assert session.collecting_secret
    answers += session.handle(DigitsCollected("98"), NOON)
    answers += session.handle(DigitsCollected("9876"), NOON)
    assert not session.collecting_secret
    texts = repr(answers) + json.dumps(session.state.record())
    assert "9876" not in texts
    assert "98" not in texts
    assert [fact for fact in answers if isinstance(fact, StepLeft)] == [
        StepLeft("pin", "again", "", True, 2), StepLeft("pin", "next", "", True, 4),
    ]  # fmt: skip
    session.handle(DigitsCollected("1"), NOON)
    assert Compare.seen == ["9876"]


def test_a_caller_whose_secret_was_lost_with_the_process_is_asked_again() -> None:
    session = opened(secret_flow(), NOBODY)
    session.handle(CallerCame(), NOON)
    session.handle(DigitsCollected("9876"), NOON)
    again = saved_and_read(session)
    assert again.handle(CallerCame(), NOON) == [
        StepLeft("menu", "asked_again"), StepEntered("pin", "collect"), Collect(("a",), "en", 4, 5.0, secret=True),
    ]  # fmt: skip
    again.handle(DigitsCollected("5544"), NOON)
    again.handle(DigitsCollected("1"), NOON)
    assert Compare.seen == ["5544"]


def test_a_caller_who_comes_again_to_the_same_process_keeps_his_secret() -> None:
    session = opened(secret_flow(), NOBODY)
    session.handle(CallerCame(), NOON)
    session.handle(DigitsCollected("9876"), NOON)
    assert session.handle(CallerCame(), NOON) == [Collect(("b",), "en", 1, 5.0)]


def test_a_secret_is_forgotten_once_nothing_ahead_can_need_it() -> None:
    session = opened(secret_flow(), NOBODY)
    session.handle(CallerCame(), NOON)
    session.handle(DigitsCollected("9876"), NOON)
    session.handle(DigitsCollected("1"), NOON)
    assert session.state.step == "after"
    assert session.state.asked == ()
    assert "9876" not in repr(session._secrets)
    assert saved_and_read(session).handle(CallerCame(), NOON) == [Collect(("c",), "en", 1, 5.0)]


def test_masked_keys_of_a_tape_walk_the_same_way() -> None:
    live, replayed = (opened(secret_flow(), NOBODY) for _ in range(2))
    for keys in (None, "9876", "1", "1"):
        told = CallerCame() if keys is None else DigitsCollected(keys)
        masked = DigitsCollected("••••") if keys == "9876" else told
        assert live.handle(told, NOON) == replayed.handle(masked, NOON)


# ── guards ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flow_that_never_waits_ends_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.soundness._check_loops", lambda *_: None)
    flow = flow_of("start: s\nsteps: {s: {set: {x: '1'}, next: t}, t: {set: {x: '2'}, next: s}, }")
    session = opened(flow, NOBODY)
    answers = session.handle(CallerCame(), NOON)
    assert answers[-1] == End(session_module.FAILED_CAUSE, failed=True)
    assert len(answers) <= 2 * session_module.MAX_STEPS_PER_TURN + 2
    assert session.state.ended


def test_a_caller_who_leans_on_a_key_is_ended_some_day() -> None:
    session = opened(flow_of(MENU), NOBODY)
    answers = session.handle(CallerCame(), NOON)
    for _ in range(session_module.MAX_STEPS_PER_CALL + 1):
        answers = session.handle(DigitsCollected("*"), NOON)
        if isinstance(answers[-1], End):
            break
    assert answers[-1] == End(session_module.FAILED_CAUSE, failed=True)


def test_an_exception_in_a_verb_leaves_the_session_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(flow_of(MENU), NOBODY)
    session.handle(CallerCame(), NOON)

    def broken(calendar: object, now: float) -> bool:
        raise ZeroDivisionError

    session.handle(DigitsCollected("1"), NOON)
    before = session.state
    monkeypatch.setattr("ivr.steps.hours.state", broken)
    with pytest.raises(ZeroDivisionError):
        session.handle(QueueEnded("limit"), NOON)
    assert session.state is before
