"""What a queue's text may say of waiting, what one caller hears of it, and when: every rule on its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from waiting_floor import QUEUE, WAITS, write_floor

from acd.diagram import drawing
from ivr.calendar import parse_calendars
from ivr.opening_hours import is_open
from ivr.saying import plain
from ivr.waiting.announcing import OFFER, Heard, Outlook, after, compose, next_due
from ivr.waiting.rules import Announce, CallbackRule, WaitRules
from ivr.waiting.talk import TABLE, Stage, Talk, Terms, advance, begin, question
from ivr.waiting.times import chosen, closes_at, opens_at
from switchroom.floorplan import load_floor
from switchroom.wakes import Wakes

pytestmark = pytest.mark.unit

RULES = WaitRules(announce=Announce(20.0, 45.0, ("position", "estimate")))
BERLIN = ZoneInfo("Europe/Berlin")


def faults(folder, waits):
    write_floor(folder, waits)
    return [(fault.code, fault.line) for fault in load_floor(folder)[1]]


# ── as text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FIRST = QUEUE.count("\n") + 1  # the line of the file where the waits begin
WRONG = [
    ("  announce: soon\n", "not-a-mapping", 0),
    ("  announce:\n    after: 20s\n", "missing-key", 1),
    ("  announce:\n    say: [positio]\n", "unknown-prompt", 1),
    ("  announce:\n    say: position\n    every: 1s\n", "out-of-range", 2),
    ("  callback:\n    offer: sometimes\n", "bad-choice", 1),
    ("  callback:\n    calendar: offices\n", "unknown-calendar", 1),
    ("  callback:\n    times: true\n", "missing-key", 1),
    ("  callback:\n    offer: each\n", "missing-key", 1),
    ("  callback:\n    estimate_over: 3m\n", "missing-key", 1),
    ("  callback:\n    afterwards: 60s\n", "unknown-key", 1),
    ("  callback:\n    places: {berlin: office}\n", "bad-number", 1),
    ('  callback:\n    places: {"+49": munich}\n', "unknown-calendar", 1),
    ("  music: Soft Music\n", "bad-name", 0),
]


@pytest.mark.parametrize(("waits", "code", "line"), WRONG, ids=[waits.split("\n")[-2].strip() for waits, _, _ in WRONG])
def test_each_slip_is_told_at_its_place(tmp_path, waits, code, line):
    assert faults(tmp_path, waits) == [(code, FIRST + line)]


def test_what_is_written_soundly_is_no_fault(tmp_path):
    assert faults(tmp_path, WAITS.replace("{offer}", "each")) == []


def test_a_language_without_words_is_told(tmp_path):
    write_floor(tmp_path, "  announce:\n    say: [position, please-hold]\n")
    flow = (tmp_path / "flows/english.yaml").read_text()
    (tmp_path / "flows/french.yaml").write_text(flow.replace("english", "french").replace("[en]", "[fr]"))
    (tmp_path / "prompts/fr.yaml").write_text("please-hold: Un instant.\n")
    assert [fault.code for fault in load_floor(tmp_path)[1]] == ["unsayable"]


# ── announcements ───────────────────────────────────────────────────────────────────────────────────────────────────


def said(heard: Heard, now: float, rules: WaitRules = RULES, **outlook) -> tuple[str, Heard]:
    telling = compose(rules, heard, Outlook(now, "en", **outlook))
    own = tuple(name for name in telling.prompts if name.startswith("say/"))
    return plain(own, "en"), after(heard, telling, now)


def test_an_estimate_is_said_as_an_interval_and_only_when_it_is_known():
    text, _ = said(Heard(0.0), 20.0, estimate=(130.0, 230.0))
    assert text == "We expect your wait to be between two and four minutes"
    assert said(Heard(0.0), 20.0)[0] == ""


def test_a_promise_never_rises():
    _, heard = said(Heard(0.0), 20.0, estimate=(130.0, 230.0))
    assert heard.until == 20.0 + 240.0
    text, same = said(heard, 65.0, estimate=(130.0, 230.0))
    assert (text, same.until) == ("", 260.0), "it would end later than he was told"
    text, less = said(heard, 65.0, estimate=(60.0, 170.0))
    assert (text, less.until) == ("We expect your wait to be between one and three minutes", 245.0)


def test_a_broken_promise_is_owned_to_once():
    _, heard = said(Heard(0.0), 20.0, estimate=(30.0, 50.0))
    text, heard = said(heard, 110.0, estimate=(30.0, 50.0))
    assert text == "We are sorry: it is taking longer than we told you."
    assert said(heard, 155.0, estimate=(30.0, 50.0))[0] == ""


def test_a_place_is_never_said_worse():
    _, heard = said(Heard(0.0), 20.0, position=3)
    assert said(heard, 65.0, position=4)[0] == ""
    assert said(heard, 65.0, position=2)[0] == "You are number two in line."


def test_the_offer_comes_by_the_estimate_or_by_time():
    rules = replace(RULES, callback=CallbackRule(after=0.0, estimate_over=180.0))
    assert not compose(rules, Heard(0.0), Outlook(20.0, "en", estimate=(60.0, 170.0))).offers
    assert compose(rules, Heard(0.0), Outlook(20.0, "en", estimate=(60.0, 190.0))).offers
    timed = WaitRules(callback=CallbackRule(after=60.0))
    assert next_due(timed, Heard(100.0)) == 160.0
    assert compose(timed, Heard(100.0), Outlook(160.0, "en")).prompts == (OFFER,)
    assert next_due(timed, after(Heard(100.0), compose(timed, Heard(100.0), Outlook(160.0, "en")), 160.0)) is None


def test_an_offer_and_an_announcement_that_are_near_become_one():
    rules = replace(RULES, callback=CallbackRule(after=60.0))
    heard = Heard(0.0, last=20.0, announced=20.0)
    assert next_due(rules, heard) == 65.0
    far = replace(rules, callback=CallbackRule(after=40.0))
    assert next_due(far, heard) == 40.0


def test_nothing_written_is_nothing_said():
    assert next_due(WaitRules(), Heard(0.0)) is None
    assert compose(WaitRules(), Heard(0.0), Outlook(1000.0, "en", position=1)).prompts == ()


# ── the talk ────────────────────────────────────────────────────────────────────────────────────────────────────────


KEYED = ("", "1", "2", "3", "*", "#", "7", "13900000002", "0900123456", "1630", "9999")


def terms(**rule) -> Terms:
    return Terms(CallbackRule(**rule), "13800000001", lambda number: number.startswith("1"), 0.0)


def test_every_pair_of_the_table_is_reached_and_no_other_leads_on():
    always = parse_calendars("always:\n  zone: UTC\n  open: {daily: 00:00-24:00}\n", "c")[0]["always"]
    able = terms(times=True, calendar=always)
    reached = set()
    for stage, keys in [(stage, keys) for stage in (Stage.AGREE, Stage.NUMBER, Stage.TIME) for keys in KEYED]:
        for tries in (0, 1):
            after = advance(Talk(stage, "13800000001", tries=tries), keys, able)
            reached.add((stage, after.stage))
            assert after.problem == "" or after.stage in {stage, Stage.WAITING}
    assert reached == {(stage, target) for (stage, _), target in TABLE.items()}


def test_the_picture_in_the_docs_is_that_of_the_table():
    page = Path(__file__).parents[2] / "docs/flows/waiting.md"
    assert drawing(TABLE, Stage.AGREE) in page.read_text(encoding="utf-8")


def test_what_the_text_does_not_allow_no_key_reaches():
    bare = terms(other_number=False)
    assert advance(begin(bare), "2", bare).stage is Stage.AGREE
    assert advance(begin(bare), "3", bare).stage is Stage.AGREE
    prompts = question(begin(bare), bare, "en").prompts
    assert not {"say/back-other", "say/back-when"} & set(prompts)


def test_any_keys_end_within_a_few_questions_or_lead_to_a_number_that_may_be_called():
    always = parse_calendars("always:\n  zone: UTC\n  open: {daily: 00:00-24:00}\n", "c")[0]["always"]
    chance = Random(11)  # noqa: S311 - repeatable keys
    for _ in range(3000):
        able = terms(times=chance.random() < 0.5, other_number=chance.random() < 0.8, calendar=always)
        talk = begin(able)
        for _ in range(60):
            if talk.stage in {Stage.AGREED, Stage.WAITING}:
                break
            assert question(talk, able, "zh-CN").prompts
            talk = advance(talk, chance.choice(["", "1", "2", "3", "*", "12345678", "0900", "1630", "9999"]), able)
        else:
            pytest.fail("the talk does not end")
        assert talk.stage is not Stage.AGREED or able.may_call(talk.number)


def test_whose_number_may_not_be_called_and_who_may_key_none_waits_on():
    bare = Terms(CallbackRule(other_number=False), "", lambda _: True, 0.0)
    assert begin(bare) == Talk(Stage.WAITING, "", problem="say/back-bad-number")


# ── times ───────────────────────────────────────────────────────────────────────────────────────────────────────────

HOURS = """\
office:
  zone: Europe/Berlin
  open: {mon-fri: [09:00-12:00, 13:00-18:00], sat: 10:00-12:00, sun: closed}
  holidays: {2026-03-30: Stocktaking}
"""


@pytest.fixture(scope="module")
def office():
    return parse_calendars(HOURS, "calendars.yaml")[0]["office"]


def berlin(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("now", "opens", "closes"),
    [
        ("2026-03-27 08:00", "2026-03-27 09:00", None),
        ("2026-03-27 11:59", None, "2026-03-27 12:00"),
        ("2026-03-27 12:30", "2026-03-27 13:00", None),
        ("2026-03-27 18:00", "2026-03-28 10:00", None),
        ("2026-03-28 12:00", "2026-03-31 09:00", None),  # over the change of clocks, Sunday and a holiday
    ],
)
def test_when_it_opens_and_closes(office, now, opens, closes):
    if opens:
        assert opens_at(office, berlin(now)) == berlin(opens)
    if closes:
        assert closes_at(office, berlin(now)) == berlin(closes)


def test_opening_and_closing_agree_with_the_calendar_minute_by_minute(office):
    begin_at = berlin("2026-03-27 00:00")
    states = [is_open(office, begin_at + 60 * minute) for minute in range(5 * 1440)]
    for minute in range(0, 4 * 1440, 37):
        now = begin_at + 60 * minute
        later = next((m for m in range(minute, len(states)) if states[m]), None)
        if later is not None:
            assert opens_at(office, now) == begin_at + 60 * later
        if states[minute]:
            shut = next(m for m in range(minute, len(states)) if not states[m])
            assert closes_at(office, now) == begin_at + 60 * shut


@pytest.mark.parametrize(
    ("text", "due"),
    [("1630", "2026-03-27 16:30"), ("16:30", "2026-03-27 16:30"), ("1014", ""), ("1030", "2026-03-28 10:30"),
     ("1230", ""), ("2400", ""), ("1760", ""), ("163", ""), ("", ""), ("16.30", "")],
)  # fmt: skip
def test_a_keyed_time_is_the_next_such_time_or_none(office, text, due):
    now = berlin("2026-03-27 14:59") if text != "1014" else berlin("2026-03-28 11:59")
    assert chosen(text, office, now) == (berlin(due) if due else 0.0)


def test_a_number_is_called_by_the_clock_of_its_place(office):
    shanghai = parse_calendars("home:\n  zone: Asia/Shanghai\n  open: {daily: 08:00-22:00}\n", "c")[0]["home"]
    rule = CallbackRule(times=True, calendar=shanghai, places=(("+4", shanghai), ("+49", office)))
    assert [rule.calendar_of(number) for number in ("13800000001", "+4411", "+4930123")] == [shanghai, shanghai, office]
    able = Terms(rule, "13800000001", lambda _: True, berlin("2026-03-27 09:00"))
    talk = advance(Talk(Stage.TIME, "+4930123"), "1630", able)
    assert talk.due == berlin("2026-03-27 16:30")
    assert advance(Talk(Stage.NUMBER, "+4930123", talk.due), "13800000001", able).due == 0.0
    assert advance(Talk(Stage.NUMBER, "+4930123", talk.due), "+4930999", able).due == talk.due


# ── the heap ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_wakes_are_those_of_a_plain_dictionary():
    chance, wakes, plain_due = Random(3), Wakes(), {}  # noqa: S311 - a repeatable day
    now = 0.0
    for _ in range(20_000):
        name, what = f"c{chance.randrange(50)}", chance.random()
        if what < 0.6:
            due = now + chance.randrange(100)
            wakes.set(name, due)
            plain_due[name] = due
        elif what < 0.8:
            wakes.drop(name)
            plain_due.pop(name, None)
        else:
            now += chance.randrange(5)
            over = sorted((due, each) for each, due in plain_due.items() if due <= now)
            assert wakes.pop(now) == [each for _, each in over]
            for _, each in over:
                del plain_due[each]
        assert wakes.next() == min(plain_due.values(), default=None)
        assert len(wakes._heap) <= 2 * len(plain_due) + 65
