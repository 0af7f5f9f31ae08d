"""The verb `message`: what goes out, to whom, in which language, and what is refused."""

from __future__ import annotations

import pytest
from verb_world import BYES, CALLER, Call, codes, ending, flow_of, read

from ivr.messages import (
    AskCallback,
    Collect,
    DigitsCollected,
    LeaveMessage,
    LookUp,
    MessageRecorded,
    RecordMessage,
    SendMessage,
    TransferCaller,
    TransferEnded,
)
from ivr.session import Caller

pytestmark = pytest.mark.unit

ENDS = BYES[: BYES.index("  bad")]
SMS = """\
  a:
    message: sms
    to: ${caller.number}
    text:
      en: Hello ${caller.name}
      zh-CN: 您好
    next: yes
    refused: no
"""


def sent(steps: str, caller: Caller = CALLER) -> tuple[str, list[SendMessage]]:
    call = Call(flow_of(steps + ENDS), caller)
    return ending(call.came()), [fact for fact in call.facts if isinstance(fact, SendMessage)]


def test_the_text_goes_out_in_the_callers_language() -> None:
    assert sent(SMS) == ("yes", [SendMessage("sms", "13800000001", "Hello Zhao")])
    chinese = SMS.replace("  a:", "  a: {set: {language: zh-CN}, next: b}\n  b:")
    assert sent(chinese) == ("yes", [SendMessage("sms", "13800000001", "您好")])


def test_one_text_for_all_languages() -> None:
    one = SMS[: SMS.index("    text:")] + "    text: Hi\n    next: yes\n    refused: no\n"
    assert sent(one) == ("yes", [SendMessage("sms", "13800000001", "Hi")])


def test_nobody_to_send_it_to_or_nothing_to_say_is_refused() -> None:
    assert sent(SMS, Caller("")) == ("no", [])
    assert sent(SMS.replace("Hello ${caller.name}", "${caller.name}"), Caller("138")) == ("no", [])


def test_what_goes_out_is_one_line_of_bounded_length() -> None:
    hostile = Caller("138\r\n\x00", "x\r\nAction: Originate" + "y" * 5000)
    end, [message] = sent(SMS, hostile)
    assert end == "yes"
    assert message.to == "138"
    assert len(message.text) == 1000
    assert not set(message.to + message.text) & set("\r\n\x00")


def test_it_is_sent_once_whatever_restarts_behind_it() -> None:
    menu = "  yes: {menu: ask, keys: {1: no}, tries: 1, no_input: no, no_match: no}\n  no: {hangup: busy}\n"
    call = Call(flow_of(SMS + menu))
    call.came()
    call.restart()
    assert sum(isinstance(fact, SendMessage) for fact in call.facts) == 1


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("message: S M S", "message: sms", ("bad-name", 6, 14)),
        ("", "    to: ${caller.number}\n", ("missing-key", 5, 3)),
        ("", "      zh-CN: 您好\n", ("missing-language", 9, 7)),
        ("nl: Hallo", "zh-CN: 您好", ("unknown-language", 10, 7)),
        ("${caller.nam", "${caller.name", ("unknown-variable", 9, 11)),
        ("", "    refused: no\n", ("missing-exit", 5, 3)),
    ],
)
def test_a_fault_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert fault in read(SMS.replace(right, wrong) + BYES)[1]


def test_no_secret_goes_out() -> None:
    collect = "  a: {collect: ask, digits: 4, into: pin, secret: true, tries: 1, next: b, no_input: no, no_match: no}\n"
    collect += "  b:"
    assert "secret-shown" in codes(SMS.replace("  a:", collect).replace("${caller.name}", "${pin}") + BYES)


PIN = "  a: {collect: ask, digits: 4, into: pin, secret: true, tries: 1, next: b, no_input: no, no_match: no}\n"
USE = "  c: {lookup: cards, with: {card: x}, secret_with: {pin: '${pin}'}, found: yes, not_found: no, failed: no}\n"


@pytest.mark.parametrize(
    "once",
    [
        "  b: {message: sms, to: '1', text: x, next: c, refused: no}\n",
        "  b: {callback: cards, next: c, refused: no}\n",
        "  b: {voicemail: cards, ask: ask, next: c, silent: no}\n",
        "  b: {transfer: '10086', answered: c, busy: no, no_answer: no, failed: no}\n",
    ],
)
def test_what_is_done_once_is_not_done_again_on_the_way_back_to_a_lost_secret(once: str) -> None:
    call = Call(flow_of(PIN + once + USE + ENDS))
    call.came()
    call.tell(DigitsCollected("4711"))
    if isinstance(call.last[-1], RecordMessage | TransferCaller):
        done = MessageRecorded("m", 1.0) if isinstance(call.last[-1], RecordMessage) else TransferEnded("answered")
        call.tell(done)
    assert isinstance(call.last[-1], LookUp)
    assert isinstance(call.restart(), Collect)
    assert isinstance(call.tell(DigitsCollected("4711")), LookUp)
    assert call.steps == ["a", "b", "c", "a", "b", "c"]
    asides = [fact for fact in call.facts if isinstance(fact, SendMessage | AskCallback | LeaveMessage)]
    assert len(asides) <= 1
