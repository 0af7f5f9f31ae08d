"""Keyed numbers: what is taken, what is asked again, what is confirmed, and what is said to whom."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow import Flow, parse_flow
from ivr.keying import MOST_DIGITS, DayRule, Pattern, Rules, Unreadable, luhn, pattern
from ivr.known import Known
from ivr.messages import CallerCame, Collect, DigitsCollected, Play, PromptEnded, StepEntered, StepLeft, Told
from ivr.saying import Kind, fragments
from ivr.session import Caller, Session, SessionState, first_state

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
HEAD = "flow: t\nlanguages: [en, zh-CN]\nstart: ask\nsteps:\n"
EVERY = frozenset({"ask", "again", "right", "bye", "resume-offer", "resume-choice", "resume-changed"})
KNOWN = Known({"en": EVERY, "zh-CN": EVERY, "nl": EVERY})
TAIL = """
    into: card
    tries: 2
    next: tell
    no_input: bye
    no_match: lost
  lost: {hangup: busy}
  tell: {play: bye, next: bye}
  bye: {hangup: normal}
"""


def read(text: str) -> tuple[Flow | None, list[tuple[str, int, int]]]:
    flow, faults = parse_flow(text, "t.yaml", KNOWN)
    return flow, [(fault.code, fault.line, fault.column) for fault in faults]


def flow_of(text: str) -> Flow:
    flow, _ = parse_flow(text, "t.yaml", KNOWN)
    assert flow is not None, "\n".join(map(str, parse_flow(text, "t.yaml", KNOWN)[1]))
    return flow


def asking(lines: str) -> Flow:
    return flow_of(f"{HEAD}  ask:\n    collect: ask\n    {lines}{TAIL}")


def opened(flow: Flow, *told: Told) -> Session:
    session = Session(flow, first_state(flow, Caller("13800138000")))
    for message in (CallerCame(), *told):
        session.handle(message, NOON)
    return session


def kept(flow: Flow, keyed: str) -> str | None:
    """What `card` holds after these keys; None when they are not taken."""
    session = opened(flow, DigitsCollected(keyed))
    return dict(session.state.variables).get("card")


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "fit", "unfit"),
    [
        ("1[3-9]XXXXXXXXX", ["13800138000", "19912345678"], ["12800138000", "1380013800", "138001380000"]),
        ("62.", ["620", "6222021234567890123"], ["62", "6", "63000"]),
        ("Z", ["1", "9"], ["0", "11", ""]),
        ("N11", ["211", "911"], ["111", "011"]),
        ("[1-37]0", ["10", "30", "70"], ["40", "60", "00"]),
        ("0755", ["0755"], ["0756"]),
        (".", ["1", "12345"], [""]),
    ],
)
def test_a_pattern_fits_place_by_place(text: str, fit: list[str], unfit: list[str]) -> None:
    compiled = pattern(text)
    assert all(compiled.fits(keyed) for keyed in fit)
    assert not any(compiled.fits(keyed) for keyed in unfit)


@pytest.mark.parametrize("text", ["", "_1XX", "1.2", "[", "[]", "[9-1]", "[12", "(a+)+$", "x", "X" * 33])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        pattern(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(alphabet="0123456789*#•", max_size=40))
def test_any_text_is_a_pattern_or_refused_and_compares_at_once(text: str, keyed: str) -> None:
    try:
        compiled = pattern(text)
    except Unreadable:
        return
    least, most = compiled.lengths()
    assert least <= most <= MOST_DIGITS
    assert compiled.fits(keyed) in {True, False}
    if compiled.fits(keyed):
        assert len(keyed) >= least


@pytest.mark.parametrize("card", ["4111111111111111", "5500000000000004", "378282246310005", "6222021234567890128"])
def test_luhn_takes_a_right_number_and_no_neighbour(card: str) -> None:
    assert luhn(card)
    for place, digit in enumerate(card):
        others = [card[:place] + other + card[place + 1 :] for other in "0123456789" if other != digit]
        assert not any(luhn(other) for other in others)


@pytest.mark.parametrize(
    ("rule", "keyed", "day"),
    [
        (DayRule("yyyymmdd"), "20261121", "2026-11-21"),
        (DayRule("yyyymmdd"), "20260229", None),
        (DayRule("yyyymmdd"), "20240229", "2024-02-29"),
        (DayRule("yyyymmdd"), "00000000", None),
        (DayRule("yyyymmdd", "past"), "20261121", "2026-11-21"),  # today is past and future
        (DayRule("yyyymmdd", "future"), "20261121", "2026-11-21"),
        (DayRule("yyyymmdd", "past"), "20261122", None),
        (DayRule("yyyymmdd", "future"), "20261120", None),
        (DayRule("yyyymmdd", "past", 30), "20261022", "2026-10-22"),
        (DayRule("yyyymmdd", "past", 30), "20261021", None),
        (DayRule("yymmdd"), "991231", "2099-12-31"),
        (DayRule("yymmdd", "past"), "991231", "1999-12-31"),
        (DayRule("yymmdd", "past"), "261121", "2026-11-21"),
        (DayRule("yymmdd", "past"), "261122", "1926-11-22"),
        (DayRule("yymmdd", "future"), "261120", "2126-11-20"),
        (DayRule("yymmdd", "future", 365), "261120", None),
        (DayRule("mmdd", "past"), "1121", "2026-11-21"),
        (DayRule("mmdd", "past"), "1122", "2025-11-22"),
        (DayRule("mmdd", "future"), "1120", "2027-11-20"),
        (DayRule("mmdd", "future"), "0229", "2028-02-29"),
        (DayRule("mmdd", "past"), "0229", "2024-02-29"),
        (DayRule("mmdd", "past", 30), "0229", None),
        (DayRule("mmdd", "past"), "1301", None),
    ],
)
def test_a_keyed_day_is_the_nearest_that_its_rule_allows(rule: DayRule, keyed: str, day: str | None) -> None:
    at_noon = DayRule(rule.form, rule.side, rule.within, "Asia/Shanghai")
    length = len(keyed)
    assert Rules(length, length, day=at_noon).taken(keyed, NOON) == day


def test_today_is_the_day_of_the_zone() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=ZoneInfo("America/New_York")).timestamp()
    zones = ("America/New_York", "Asia/Shanghai")
    here, there = (Rules(8, 8, day=DayRule("yyyymmdd", "past", zone=zone)) for zone in zones)
    assert here.taken("20261122", late) is None
    assert there.taken("20261122", late) == "2026-11-22"


@pytest.mark.parametrize(
    ("lines", "taken", "refused"),
    [
        ("digits: 4", ["1234", "0000"], ["123", "12345", "12*4", "", "12#4"]),
        ("digits: 2-4", ["12", "1234"], ["1", "12345"]),
        ("pattern: [62., 4XXXXXXXXXXXXXXX]", ["6222", "4111111111111111"], ["411111111111111", "7222"]),
        ("{digits: 3, range: 100-500}", ["100", "500"], ["099", "501"]),
        ("{digits: 1-3, range: 1-31}", ["1", "031", "31"], ["0", "32"]),
        ("{digits: 16, check: luhn}", ["4111111111111111"], ["4111111111111112"]),
        ("{pattern: 4XXXXXXXXXXXXXXX, check: luhn}", ["4111111111111111"], ["5500000000000004"]),
    ],
)
def test_a_step_takes_what_keeps_all_its_rules(lines: str, taken: list[str], refused: list[str]) -> None:
    flow = asking(lines.strip("{}").replace(", range", "\n    range").replace(", check", "\n    check"))
    assert [kept(flow, keyed) for keyed in taken] == taken
    assert [kept(flow, keyed) for keyed in refused] == [None] * len(refused)


def test_a_day_is_kept_in_the_form_in_which_it_can_be_said() -> None:
    flow = asking("date: mmdd\n    range: past\n    zone: Asia/Shanghai")
    assert kept(flow, "1122") == "2025-11-22"
    assert opened(flow).handle(DigitsCollected("1122"), NOON)[0] == StepLeft(
        "ask", "next", "1122", key_count=4, kept=(("card", "2025-11-22"),)
    )


def test_a_number_that_breaks_a_rule_is_asked_for_again_until_the_tries_are_used_up() -> None:
    session = opened(asking("digits: 16\n    check: luhn\n    again: again"))
    again = session.handle(DigitsCollected("4111111111111112"), NOON)
    assert again[-1] == Collect(("again", "ask"), "en", 16, 5.0)
    assert session.handle(DigitsCollected("4111111111111112"), NOON)[0].exit == "no_match"
    session = opened(asking("digits: 16"), DigitsCollected(""))
    assert session.handle(DigitsCollected(""), NOON)[0].exit == "no_input"


def test_dots_of_a_tape_pass_for_a_secret_and_for_nothing_else() -> None:
    secret, plain = asking("digits: 16\n    check: luhn\n    secret: true"), asking("digits: 16\n    check: luhn")
    assert opened(secret).handle(DigitsCollected("•" * 16), NOON)[0].exit == "next"
    assert opened(secret).handle(DigitsCollected("•" * 15), NOON)[0].exit == "again"
    assert opened(plain).handle(DigitsCollected("•" * 16), NOON)[0].exit == "again"


# ── confirming ──────────────────────────────────────────────────────────────────────────────────────────────────────

CONFIRM = 'digits: 16\n    confirm: [right, {card: "${card}"}]\n    failed: lost'
CARD = "4111111111111111"
SAID_BACK = ("right", *fragments(Kind.CARD, CARD, "en"))


def again_elsewhere(session: Session) -> Session:
    """The session as another process finds it."""
    return Session(session.flow, SessionState.from_record(json.loads(json.dumps(session.state.record()))))


def test_a_confirmed_number_is_said_back_and_taken_with_one() -> None:
    session = opened(asking(CONFIRM))
    asked = session.handle(DigitsCollected(CARD), NOON)
    assert asked[-1] == Collect(SAID_BACK, "en", 1, 5.0)
    assert session.state.step == "ask/confirm"
    assert session.handle(DigitsCollected("1"), NOON)[-1] == Play(("bye",), "en")
    assert dict(session.state.variables) == {"card": CARD}


def test_with_two_it_is_asked_for_anew_and_the_new_one_counts() -> None:
    session = opened(asking(CONFIRM), DigitsCollected(CARD))
    assert session.handle(DigitsCollected("2"), NOON)[-1] == Collect(("ask",), "en", 16, 5.0)
    session.handle(DigitsCollected("5500000000000004"), NOON)
    session.handle(DigitsCollected("1"), NOON)
    assert dict(session.state.variables) == {"card": "5500000000000004"}


def test_who_was_confirming_when_the_server_died_goes_on_confirming() -> None:
    session = again_elsewhere(opened(asking(CONFIRM), DigitsCollected(CARD)))
    assert session.handle(CallerCame(), NOON) == [Collect(SAID_BACK, "en", 1, 5.0)]
    assert session.handle(DigitsCollected("1"), NOON)[1] == StepEntered("tell", "play")


@pytest.mark.parametrize(("keyed", "leave"), [("", "no_input"), ("7", "no_match")])
def test_confirming_ends_too(keyed: str, leave: str) -> None:
    session = opened(asking(CONFIRM), DigitsCollected(CARD))
    first = session.handle(DigitsCollected(keyed), NOON)[0]
    assert first == StepLeft("ask/confirm", "again", keyed, key_count=len(keyed))
    assert session.handle(DigitsCollected(keyed), NOON)[0].exit == leave


def test_the_step_of_confirming_may_be_resumed_like_the_one_before() -> None:
    text = f"{HEAD}  ask:\n    collect: ask\n    resume: freely\n    point: ask\n    {CONFIRM}{TAIL}"
    steps = flow_of(text.replace("start: ask", "start: ask\nresume_for: 2h")).steps
    assert steps["ask/confirm"].resume == steps["ask"].resume == "freely"
    assert steps["ask/confirm"].point == "ask"


# ── saying ──────────────────────────────────────────────────────────────────────────────────────────────────────────

TELL = """\
  ask: {collect: ask, digits: 1-6, into: card, tries: 1, next: tell, no_input: bye, no_match: bye}
  tell: {play: [right, {money: "${card}", currency: USD}, bye], next: bye, failed: lost}
  lost: {hangup: busy}
  bye: {hangup: normal}
"""


def test_a_value_between_prompts_is_said_in_the_language_of_the_call() -> None:
    english, chinese = flow_of(HEAD + TELL), flow_of(HEAD.replace("[en, zh-CN]", "[zh-CN, en]") + TELL)
    for flow, language in ((english, "en"), (chinese, "zh-CN")):
        last = opened(flow).handle(DigitsCollected("250"), NOON)[-1]
        assert last == Play(("right", *fragments(Kind.MONEY, "250", language, "USD"), "bye"), language)


def test_a_value_that_cannot_be_said_takes_the_failed_exit_and_nothing_is_played() -> None:
    flow = flow_of(HEAD + TELL.replace('money: "${card}", currency: USD', 'time: "${card}"'))
    session = opened(flow)
    answers = session.handle(DigitsCollected("250"), NOON)
    assert StepLeft("tell", "failed") in answers
    assert not any(isinstance(answer, Play) for answer in answers)
    assert session.state.cause == 17


@pytest.mark.parametrize("verb", ["play", "say", "menu", "collect"])
def test_every_verb_that_says_fails_by_its_written_exit(verb: str) -> None:
    lines = {
        "play": 'play: {date: "${card}"}, next: bye',
        "say": 'say: date, value: "${card}", next: bye',
        "menu": 'menu: {date: "${card}"}, keys: {1: bye}, tries: 1, no_input: bye, no_match: bye',
        "collect": 'collect: {date: "${card}"}, digits: 1, into: x, tries: 1, next: bye, no_input: bye, no_match: bye',
    }[verb]
    text = HEAD + TELL.replace('play: [right, {money: "${card}", currency: USD}, bye], next: bye', lines)
    answers = opened(flow_of(text)).handle(DigitsCollected("250"), NOON)
    assert StepLeft("tell", "failed") in answers


def test_the_language_verb_changes_how_values_are_said() -> None:
    text = f"""{HEAD}  ask: {{play: {{number: "2000"}}, next: chinese, failed: bye}}
  chinese: {{language: zh-CN, next: again}}
  again: {{say: number, value: "2000", next: bye, failed: bye}}
  bye: {{hangup: normal}}
"""
    session = opened(flow_of(text))
    answers = session.handle(PromptEnded(), NOON)
    assert answers[-1] == Play(("say/two-thousand",), "zh-CN")
    assert session.state.language == "zh-CN"


# ── faults ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lines", "code", "line", "column"),
    [
        ("digits: 4\n    pattern: XXX", "bad-pattern", 8, 14),
        ("pattern: (a+)+", "bad-pattern", 7, 14),
        ("digits: 40", "bad-length", 7, 13),
        ("secret: false", "missing-key", 5, 3),
        ("digits: 4\n    range: 500-100", "bad-range", 8, 12),
        ("digits: 2\n    range: 100-500", "bad-range", 8, 12),
        ("digits: 8\n    range: past", "bad-range", 8, 12),
        ("digits: 4\n    check: mod97", "bad-choice", 8, 12),
        ("digits: 4\n    zone: Asia/Shanghai", "bad-rule", 8, 11),
        ("date: ddmm", "bad-choice", 7, 11),
        ("date: mmdd", "bad-rule", 7, 11),
        ("date: yymmdd\n    digits: 6", "bad-rule", 8, 13),
        ("date: yymmdd\n    range: past", "missing-key", 5, 3),
        ("date: yymmdd\n    range: past\n    zone: Asia/Shangai", "unknown-zone", 9, 11),
        ("date: yymmdd\n    range: next week\n    zone: UTC", "bad-range", 8, 12),
        ("digits: 4\n    failed: bye", "needless-exit", 8, 13),
        ('digits: 4\n    confirm: [right, {digits: "${card}"}]', "missing-exit", 5, 3),
        ("digits: 4\n    confirm: right", "bad-confirm", 8, 14),
        ('digits: 4\n    confirm: {digits: "${card}"}\n    failed: bye\n    secret: true', "secret-said", 8, 14),
        ('digits: 4\n    again: {digits: "${none}"}\n    failed: bye', "unknown-variable", 8, 21),
        ('digits: 4\n    again: {digits: "${card}"}\n    failed: bye', "unset-variable", 8, 21),
        ('digits: 4\n    again: {number: "1", money: "2"}\n    failed: bye', "bad-say", 8, 12),
        ("digits: 4\n    again: {currency: CNY}\n    failed: bye", "bad-say", 8, 12),
        ('digits: 4\n    again: {mony: "1"}\n    failed: bye', "unknown-key", 8, 13),
        ("digits: 4\n    again: {money: abc}\n    failed: bye", "unsayable", 8, 20),
        ('digits: 4\n    again: {money: "1", currency: JPY}\n    failed: bye', "bad-say", 8, 35),
        ('digits: 4\n    again: {digits: "1", currency: CNY}\n    failed: bye', "bad-say", 8, 36),
        ('digits: 4\n    again: {digits: "${card"}\n    failed: bye', "bad-reference", 8, 21),
        ("digits: 4\n    again: []", "empty", 8, 12),
    ],
)
def test_a_planted_fault_is_told_at_its_place(lines: str, code: str, line: int, column: int) -> None:
    flow, faults = read(f"{HEAD}  ask:\n    collect: ask\n    {lines}{TAIL}")
    assert flow is None
    assert (code, line, column) in faults


def test_saying_a_secret_is_a_fault() -> None:
    text = HEAD + TELL.replace("into: card", "secret: true, into: card")
    assert ("secret-shown", 6, 32) in read(text)[1]


def test_a_language_without_rules_to_say_values_is_a_fault_at_the_value() -> None:
    flow, faults = read((HEAD + TELL).replace("[en, zh-CN]", "[en, nl]"))
    assert flow is None
    assert ("unsayable", 6, 32) in faults


def test_an_unknown_language_is_a_fault() -> None:
    text = f"{HEAD}  ask: {{language: fr, next: bye}}\n  bye: {{hangup: normal}}\n"
    assert read(text)[1] == [("unknown-language", 5, 19)]


def test_a_pattern_is_a_value_like_any_other() -> None:
    assert pattern("12") == Pattern(("1", "2"))


@pytest.mark.parametrize("keyed", ["4111111111111111", "4111111111111112", "12*4", "4111", ""])
def test_a_tape_that_tells_only_whether_a_secret_was_taken_walks_the_same_way(keyed: str) -> None:
    live, replayed = (opened(asking("digits: 16\n    check: luhn\n    secret: true")) for _ in range(2))
    for _ in range(2):
        dot = "•" if live.takes(DigitsCollected(keyed), NOON) else "◦"
        assert live.handle(DigitsCollected(keyed), NOON) == replayed.handle(DigitsCollected(dot * len(keyed)), NOON)
