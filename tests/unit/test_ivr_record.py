"""The verbs `record` and `voicemail`: the caller speaks, or says nothing, or the server dies while he speaks."""

from __future__ import annotations

import pytest
from verb_world import BYES, Call, codes, ending, flow_of, read

from ivr.messages import LeaveMessage, MessageRecorded, PromptEnded, RecordMessage

pytestmark = pytest.mark.unit

TWO_BYES = BYES.replace("  bad: {hangup: congestion}\n", "")
RECORD = """\
  a:
    record: [ask, again]
    into: place
    at_most: 1m
    silence: 4s
    next: yes
    silent: no
"""
VOICEMAIL = """\
  a:
    voicemail: cards
    ask: ask
    next: yes
    silent: no
"""
SAYS = "  a: {record: [ask, {date: '${caller.name}'}], into: place, next: yes, silent: no, failed: bad}\n"


@pytest.mark.parametrize("steps", [RECORD, VOICEMAIL])
def test_the_caller_speaks_or_says_nothing(steps: str) -> None:
    for told, end in ((MessageRecorded("m/1.wav", 7.5), "yes"), (MessageRecorded(""), "no")):
        call = Call(flow_of(steps + TWO_BYES))
        assert isinstance(call.came(), RecordMessage)
        assert call.session.handle(PromptEnded(), 0.0) == []
        assert ending(call.tell(told)) == end


def test_a_recording_is_known_by_a_variable() -> None:
    call = Call(flow_of(RECORD + TWO_BYES))
    assert call.came() == RecordMessage(("ask", "again"), "en", 60.0, 4.0)
    call.tell(MessageRecorded("m/1.wav", 7.5))
    assert call.variables == {"place": "m/1.wav"}


def test_a_message_is_left_for_a_queue() -> None:
    call = Call(flow_of(VOICEMAIL + TWO_BYES))
    assert call.came() == RecordMessage(("ask",), "en", 120.0, 3.0)
    call.tell(MessageRecorded("m/1.wav", 7.5))
    assert LeaveMessage("cards", "m/1.wav", 7.5) in call.facts


def test_silence_leaves_no_message() -> None:
    call = Call(flow_of(VOICEMAIL + TWO_BYES))
    call.came()
    call.tell(MessageRecorded(""))
    assert not any(isinstance(fact, LeaveMessage) for fact in call.facts)


@pytest.mark.parametrize("steps", [RECORD, VOICEMAIL])
def test_after_a_restart_the_caller_is_asked_to_speak_again(steps: str) -> None:
    call = Call(flow_of(steps + TWO_BYES))
    asked = call.came()
    assert call.restart() == asked
    assert ending(call.tell(MessageRecorded("m/2.wav", 1.0))) == "yes"


def test_a_value_that_cannot_be_said_takes_the_exit_failed() -> None:
    assert ending(Call(flow_of(SAYS + BYES)).came()) == "bad"


@pytest.mark.parametrize(
    ("steps", "wrong", "right", "fault"),
    [
        (RECORD, "record: asc", "record: [ask, again]", ("unknown-prompt", 6, 13)),
        (RECORD, "into: language", "into: place", ("bad-name", 7, 11)),
        (RECORD, "at_most: 11m", "at_most: 1m", ("out-of-range", 8, 14)),
        (RECORD, "silence: 4", "silence: 4s", ("bad-duration", 9, 14)),
        (RECORD, "", "    silent: no\n", ("missing-exit", 5, 3)),
        (RECORD, "silent: no\n    failed: no", "silent: no", ("needless-exit", 12, 13)),
        (VOICEMAIL, "voicemail: kards", "voicemail: cards", ("unknown-queue", 6, 16)),
        (VOICEMAIL, "", "    ask: ask\n", ("missing-key", 5, 3)),
        (VOICEMAIL, "", "    next: yes\n", ("missing-exit", 5, 3)),
    ],
)
def test_a_fault_stands_where_it_is(steps: str, wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert fault in read(steps.replace(right, wrong) + TWO_BYES)[1]


def test_who_says_nothing_must_not_go_round_for_ever() -> None:
    assert "silent-loop" in codes(RECORD.replace("silent: no", "silent: a") + TWO_BYES)
