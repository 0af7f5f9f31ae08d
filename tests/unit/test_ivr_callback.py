"""The verb `callback`: where, by whom, how urgently; and the caller without a usable number."""

from __future__ import annotations

import pytest
from verb_world import BYES, NOW, Call, ending, flow_of, read

from ivr.messages import AskCallback, DigitsCollected
from ivr.session import Caller

pytestmark = pytest.mark.unit

ENDS = BYES.replace("  bad: {hangup: congestion}\n", "")
BACK = """\
  a:
    callback: cards
    number: ${caller.number}
    skills: {cards: 2}
    speaks:
      en: english
      zh-CN: {mandarin: 3, cards: 4}
    priority: 7
    next: yes
    refused: no
"""
KEYED = """\
  a: {collect: ask, digits: 3-15, into: number, tries: 1, next: b, no_input: no, no_match: no}
  b: {callback: cards, number: "${number}", next: yes, refused: no}
"""


def asked(call: Call) -> list[AskCallback]:
    return [fact for fact in call.facts if isinstance(fact, AskCallback)]


def test_it_is_noted_with_what_the_agent_must_be_able_to_do() -> None:
    call = Call(flow_of(BACK + ENDS))
    assert ending(call.came()) == "yes"
    assert asked(call) == [AskCallback("13800000001", "cards", (("cards", 2), ("english", 1)), 7)]


def test_the_language_of_the_call_decides_who_can() -> None:
    call = Call(flow_of(BACK.replace("  a:", "  a: {set: {language: zh-CN}, next: b}\n  b:") + ENDS))
    call.came()
    assert asked(call)[0].skills == (("cards", 4), ("mandarin", 3))


def test_the_callers_own_number_when_none_is_written() -> None:
    call = Call(flow_of("  a: {callback: cards, next: yes, refused: no}\n" + ENDS))
    call.came()
    assert asked(call) == [AskCallback("13800000001", "cards", (), 5)]


def test_a_keyed_number() -> None:
    call = Call(flow_of(KEYED + ENDS))
    call.came()
    assert ending(call.tell(DigitsCollected("02112345678"))) == "yes"
    assert asked(call) == [AskCallback("02112345678", "cards", (), 5)]


@pytest.mark.parametrize("number", ["", "anonymous", "12", "1" * 21, "138\r\n1", "138;phone-context=x"])
def test_without_a_usable_number_it_is_refused(number: str) -> None:
    call = Call(flow_of(BACK + ENDS), Caller(number))
    assert ending(call.came()) == "no"
    assert asked(call) == []


def test_it_is_asked_once_whatever_restarts_behind_it() -> None:
    menu = "  yes: {menu: ask, keys: {1: no}, tries: 1, no_input: no, no_match: no}\n  no: {hangup: busy}\n"
    call = Call(flow_of(BACK + menu))
    call.came()
    call.restart()
    assert len(asked(call)) == 1


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("callback: kards", "callback: cards", ("unknown-queue", 6, 15)),
        ("number: nobody", "number: ${caller.number}", ("bad-number", 7, 13)),
        ("skills: {kards: 2}", "skills: {cards: 2}", ("unknown-skill", 8, 14)),
        ("", "      en: english\n", ("missing-language", 10, 7)),
        ("priority: 10", "priority: 7", ("out-of-range", 12, 15)),
        ("", "    refused: no\n", ("missing-exit", 5, 3)),
    ],
)
def test_a_fault_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert fault in read(BACK.replace(right, wrong) + ENDS)[1]


TIMED = """\
  a: {collect: ask, digits: 3-5, into: time, tries: 1, next: b, no_input: no, no_match: no}
  b: {callback: cards, at: "${time}", calendar: office, next: yes, refused: no, bad_time: bad}
"""


@pytest.mark.parametrize(
    ("keys", "end", "hours"),
    [("1630", "yes", 16.5), ("0900", "yes", 9.0), ("1800", "bad", 0), ("0859", "bad", 0), ("2460", "bad", 0)],
)
def test_a_time_that_he_chose_is_the_next_such_time_while_the_calendar_is_open(keys, end, hours) -> None:
    call = Call(flow_of(TIMED + BYES))
    call.came()
    assert ending(call.tell(DigitsCollected(keys))) == end
    if end == "yes":
        [wish] = asked(call)
        assert NOW < wish.due <= NOW + 86_400
        assert (wish.due / 3600 + 8) % 24 == hours, "by the clock of the calendar"
    else:
        assert asked(call) == []


def test_a_number_that_may_not_be_called_is_refused_before_anything_is_promised() -> None:
    for reachable, end in (("139 +86", "no"), ("138", "yes"), ("", "no"), ("*", "yes")):
        call = Call(flow_of(BACK + ENDS), Caller("13800000001", reachable=reachable))
        assert ending(call.came()) == end
        assert bool(asked(call)) is (end == "yes")


@pytest.mark.parametrize(
    ("lines", "code"),
    [("at: 1630, next: yes, refused: no", "missing-key"), ("calendar: office, next: yes, refused: no", "missing-key"),
     ("at: 1630, calendar: shop, next: yes, refused: no, bad_time: bad", "unknown-calendar"),
     ("at: 1630, calendar: office, next: yes, refused: no", "missing-exit"),
     ("next: yes, refused: no, bad_time: bad", "missing-key")],
)  # fmt: skip
def test_a_time_needs_its_calendar_and_its_exit(lines, code) -> None:
    _, faults = read(f"  a: {{callback: cards, {lines}}}\n" + BYES)
    assert code in {fault for fault, _, _ in faults}
