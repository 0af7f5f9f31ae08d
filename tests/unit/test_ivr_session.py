"""Running callers through flows: transcripts that read as calls, saving between every two messages, secrets, guards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ivr.session as session_module
from ivr.calendar import Calendar
from ivr.flow import Flow, parse_flow
from ivr.messages import (
    Answer,
    CallerCame,
    Collect,
    DigitsCollected,
    End,
    JoinQueue,
    Play,
    PromptEnded,
    QueueEnded,
    StepEntered,
    StepLeft,
    Told,
)
from ivr.session import Caller, Session, SessionState, first_state, rebuild
from ivr.steps import VERBS
from ivr.steps.verb import Known, Leave, Verb
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit

DIALPLANS = Path(__file__).parents[1] / "floors" / "hotline"
NOON = 1_795_233_600.0  # 2026-11-21 12:00 in Shanghai
GOLD = Caller("13800000001", "", "4008001", "c-1001", "Zhao Lihua", "gold")
NOBODY = Caller("13900000000")


@pytest.fixture(scope="module")
def flows() -> dict[str, Flow]:
    plan, faults = load_floor(DIALPLANS)
    assert plan is not None, "\n".join(map(str, faults))
    return dict(plan.flows)


def flow_of(text: str, verbs: dict[str, type[Verb]] | None = None) -> Flow:
    every = frozenset({"a", "b", "c"})
    day = ((540, 1020),)
    known = Known(
        {"en": every, "zh-CN": every},
        frozenset({"cards"}),
        frozenset({"cards"}),
        {"office": Calendar("office", "Asia/Shanghai", (day,) * 7)},
    )
    flow, faults = parse_flow("flow: t\nlanguages: [en, zh-CN]\n" + text, "t.yaml", known, verbs or VERBS)
    assert flow is not None, "\n".join(map(str, faults))
    return flow


def opened(flow: Flow, caller: Caller) -> Session:
    return Session(flow, first_state(flow, caller))


# ── transcripts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def spoken(told: Told) -> str:
    match told:
        case CallerCame():
            return "call"
        case DigitsCollected(digits=""):
            return "press nothing"
        case DigitsCollected(digits=digits):
            return f"press {digits}"
        case PromptEnded():
            return "heard"
        case QueueEnded(why=why):
            return f"back: {why}"


def heard(answer: Answer) -> str:
    match answer:
        case Play(prompts=prompts, language=language):
            return f"> play {' '.join(prompts)} ({language})"
        case Collect(prompts=prompts, language=language, at_most=at_most, secret=secret):
            return f"> ask {' '.join(prompts)} ({language}) {at_most}{' secret' if secret else ''}"
        case JoinQueue(queue=queue, skills=skills, priority=priority, limit=limit):
            asked = " ".join(f"{skill}={level}" for skill, level in skills)
            return f"> queue {queue} {asked} priority={priority} limit={limit:.0f}"
        case End(cause=cause, failed=failed):
            return f"> end {cause}{' failed' if failed else ''}"
        case StepEntered(step=step, verb=verb, tries=tries):
            return f"  in  {step} ({verb}){f' try {tries}' if tries > 1 else ''}"
        case StepLeft(step=step, exit=leave, keys=keys, secret=secret, key_count=count, kept=kept):
            shown = "•" * count if secret else keys
            values = " ".join(f"{name}={value}" for name, value in kept)
            return f"  out {step} by {leave}" + (f" [{shown}]" if shown else "") + (f" {values}" if values else "")


def told_by(line: str) -> Told:
    match line.split():
        case ["call"]:
            return CallerCame()
        case ["press", "nothing"]:
            return DigitsCollected("", complete=False)
        case ["press", keys]:
            return DigitsCollected(keys)
        case ["heard"]:
            return PromptEnded()
        case ["back:", why]:
            return QueueEnded(why)
    raise AssertionError(line)


def saved_and_read(session: Session) -> Session:
    """The session as another process finds it: through JSON, without its memory."""
    record = json.loads(json.dumps(session.state.record()))
    return Session(session.flow, SessionState.from_record(record))


def walk(flow: Flow, caller: Caller, script: str, save: bool, at: float = NOON) -> str:
    """Play the spoken lines of a transcript, and return the whole transcript as it came out."""
    session = opened(flow, caller)
    lines = []
    for line in script.splitlines():
        if line and not line.startswith((" ", ">")):
            if save:
                session = saved_and_read(session)
            answers = session.handle(told_by(line), at)
            lines += [line, *map(heard, answers)]
    return "\n".join(lines)


GOLD_IN_ENGLISH = """\
call
  in  language (menu)
> ask choose-language (zh-CN) 1
press 2
  out language by 2 [2]
  in  english (set)
  out english by next language=en
  in  opening (hours)
  out opening by open
  in  main-menu (menu)
> ask card-menu (en) 1
press 9
  out main-menu by again [9]
  in  main-menu (menu) try 2
> ask wrong-key card-menu (en) 1
press 2
  out main-menu by 2 [2]
  in  balance (set)
  out balance by next topic=balance
  in  ask-card (collect)
> ask ask-card (en) 4
press 12
  out ask-card by again [12]
  in  ask-card (collect) try 2
> ask wrong-length ask-card (en) 4
press 1234
  out ask-card by next [1234] card=1234
  in  ask-pin (collect)
> ask ask-pin (en) 6 secret
press 998877
  out ask-pin by next [••••••]
  in  who (branch)
  out who by gold
  in  gold-wait (play)
> play gold-wait (en)
heard
  out gold-wait by next
  in  gold-queue (queue)
> queue cards cards=3 english=2 priority=8 limit=600
back: answered
  out gold-queue by answered
  in  goodbye (play)
> play goodbye (en)
heard
  out goodbye by next
  in  bye (hangup)
  out bye by end
> end 16"""

SILENT_STRANGER = """\
call
  in  language (menu)
> ask choose-language (zh-CN) 1
press nothing
  out language by again
  in  language (menu) try 2
> ask choose-language (zh-CN) 1
press nothing
  out language by no_input
  in  opening (hours)
  out opening by open
  in  main-menu (menu)
> ask card-menu (zh-CN) 1
press nothing
  out main-menu by again
  in  main-menu (menu) try 2
> ask wrong-key card-menu (zh-CN) 1
press nothing
  out main-menu by again
  in  main-menu (menu) try 3
> ask wrong-key card-menu (zh-CN) 1
press nothing
  out main-menu by no_input
  in  person (set)
  out person by next topic=person
  in  who (branch)
  out who by otherwise
  in  wait (play)
> play please-wait (zh-CN)
heard
  out wait by next
  in  queue (queue)
> queue cards cards=1 mandarin=1 priority=5 limit=600
back: limit
  out queue by timed_out
  in  sorry (play)
> play nobody-free (zh-CN)
heard
  out sorry by next
  in  bye (hangup)
  out bye by end
> end 16"""


@pytest.mark.parametrize("save", [False, True], ids=["kept", "saved"])
def test_a_gold_customer_asks_for_his_balance_in_english(flows: dict[str, Flow], save: bool) -> None:
    assert walk(flows["card-hotline"], GOLD, GOLD_IN_ENGLISH, save) == GOLD_IN_ENGLISH


@pytest.mark.parametrize("save", [False, True], ids=["kept", "saved"])
def test_a_stranger_who_never_presses_comes_to_a_person_in_chinese(flows: dict[str, Flow], save: bool) -> None:
    assert walk(flows["card-hotline"], NOBODY, SILENT_STRANGER, save) == SILENT_STRANGER


def test_the_shortest_way_to_a_person(flows: dict[str, Flow]) -> None:
    transcript = walk(flows["front-desk"], NOBODY, "call\npress 1\nback: answered", save=False)
    assert transcript.splitlines()[-1] == "> end 16"
    assert "> queue cards  priority=5 limit=600" in transcript


def test_the_fallback_speaks_both_languages_and_ends(flows: dict[str, Flow]) -> None:
    transcript = walk(flows["fallback"], NOBODY, "call\nheard\nheard", save=True)
    assert "> play not-in-service (zh-CN)" in transcript
    assert "> play not-in-service (en)" in transcript
    assert transcript.endswith("> end 16")


# ── where a caller is ───────────────────────────────────────────────────────────────────────────────────────────────

MENU = """\
start: m
steps:
  m: {menu: a, keys: {1: q, star: m, pound: zh}, tries: 3, no_input: x, no_match: q}
  zh: {set: {language: zh-CN, who: "${caller.number}/${language}"}, next: m}
  q: {queue: cards, limit: 1m, answered: x, timed_out: h}
  h: {hours: office, open: x, closed: busy}
  x: {hangup: normal}
  busy: {hangup: busy}
"""


def test_a_caller_who_comes_again_enters_his_step_again_and_no_try_is_lost() -> None:
    session = opened(flow_of(MENU), NOBODY)
    session.handle(CallerCame(), NOON)
    session.handle(DigitsCollected("7"), NOON)
    again = saved_and_read(session)
    assert again.handle(CallerCame(), NOON) == [Collect(("a",), "en", 1, 5.0)]
    assert again.state.tries == 2


def test_star_and_pound_are_keys_and_language_changes_are_in_the_record() -> None:
    session = opened(flow_of(MENU), NOBODY)
    session.handle(CallerCame(), NOON)
    assert heard(session.handle(DigitsCollected("*"), NOON)[0]) == "  out m by star [*]"
    answers = session.handle(DigitsCollected("#"), NOON)
    assert StepLeft("zh", "next", kept=(("language", "zh-CN"), ("who", "13900000000/en"))) in answers
    assert answers[-1] == Collect(("a",), "zh-CN", 1, 5.0)
    assert session.state.language == "zh-CN"


@pytest.mark.parametrize(("why", "leave"), [("answered", "answered"), ("limit", "timed_out"), ("closed", "timed_out")])
def test_a_caller_back_from_the_queue_goes_on_by_why_he_is_back(why: str, leave: str) -> None:
    session = opened(flow_of(MENU), NOBODY)
    session.handle(CallerCame(), NOON)
    session.handle(DigitsCollected("1"), NOON)
    assert session.handle(QueueEnded(why), NOON)[0] == StepLeft("q", leave)


@pytest.mark.parametrize(("hour", "cause"), [(12, 16), (20, 17)])
def test_hours_decide_by_the_time_that_is_told(hour: int, cause: int) -> None:
    session = opened(flow_of(MENU), NOBODY)
    session.handle(CallerCame(), NOON)
    session.handle(DigitsCollected("1"), NOON)
    assert session.handle(QueueEnded("limit"), NOON + (hour - 12) * 3600)[-1] == End(cause)


def test_an_answer_that_was_not_asked_for_changes_nothing() -> None:
    session = opened(flow_of(MENU), NOBODY)
    assert session.handle(PromptEnded(), NOON) == []
    session.handle(CallerCame(), NOON)
    before = session.state
    assert session.handle(PromptEnded(), NOON) == []
    assert session.handle(QueueEnded("answered"), NOON) == []
    assert session.state is before


def test_an_ended_flow_says_its_end_again_to_a_caller_who_is_still_there() -> None:
    session = opened(flow_of(MENU), NOBODY)
    for told in (CallerCame(), DigitsCollected("1"), QueueEnded("limit")):
        last = session.handle(told, NOON + 8 * 3600)
    assert last[-1] == End(17)
    assert saved_and_read(session).handle(CallerCame(), NOON) == [End(17)]
    assert session.handle(DigitsCollected("1"), NOON) == []


def test_a_saved_step_that_a_new_flow_does_not_have_leads_to_its_start() -> None:
    session = opened(flow_of(MENU), NOBODY)
    session.handle(CallerCame(), NOON)
    session.handle(DigitsCollected("1"), NOON)
    changed = Session(flow_of("start: new\nsteps: {new: {play: a, next: x}, x: {hangup: normal}}"), session.state)
    assert changed.handle(CallerCame(), NOON) == [
        StepLeft("q", "flow_changed"), StepEntered("new", "play"), Play(("a",), "en"),
    ]  # fmt: skip


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Compare(VERBS["play"]):  # type: ignore[misc, name-defined]
    """A verb that reads a secret, as a lookup at the bank would: added by its class alone."""

    VERB = "compare"
    FIELDS = tuple(type(doc)("compare", doc.takes, doc.means) for doc in VERBS["play"].FIELDS)
    seen: list[str] = []  # noqa: RUF012 - what the bank was asked, for the test to look at

    @classmethod
    def read(cls, fields):
        return cls(fields.script("compare"), fields.exit("next"))

    def secret_reads(self):
        return ("pin",)

    def enter(self, visit):
        self.seen.append(visit.lookup("pin"))
        return Leave("next")


PIN_FLOW = """\
start: pin
steps:
  pin: {collect: a, digits: 4, into: pin, secret: true, tries: 2, next: menu, no_input: x, no_match: x}
  menu: {menu: b, keys: {1: check, 2: pin}, tries: 1, no_input: x, no_match: x}
  check: {compare: a, next: after}
  after: {menu: c, keys: {1: x}, tries: 1, no_input: x, no_match: x}
  x: {hangup: normal}
"""


def secret_flow() -> Flow:
    Compare.seen.clear()
    return flow_of(PIN_FLOW, {**VERBS, "compare": Compare})


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


# ── properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

KEYS = st.text(alphabet="0123456789*#", max_size=7)
MESSAGES = st.one_of(
    st.builds(DigitsCollected, KEYS, st.booleans()),
    st.builds(PromptEnded, st.booleans()),
    st.builds(QueueEnded, st.sampled_from(["answered", "limit", "closed", "odd"])),
    st.just(CallerCame()),
)
WAITS = (Play, Collect, JoinQueue, End)


def check_turn(answers: list[Answer], open_step: str) -> str:
    """Facts in exact pairs, then one thing to do; returns the step that is still open."""
    for answer in answers:
        if isinstance(answer, StepEntered):
            assert open_step == ""
            open_step = answer.step
        elif isinstance(answer, StepLeft):
            assert open_step == answer.step
            open_step = ""
    if answers:
        assert [isinstance(answer, WAITS) for answer in answers] == [False] * (len(answers) - 1) + [True]
    return open_step


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(MESSAGES, st.sampled_from([DigitsCollected("9876"), DigitsCollected("1")])), max_size=30))
def test_a_state_with_secrets_is_rebuilt_from_the_facts_alone(told: list[Told]) -> None:
    flow = secret_flow()
    session = opened(flow, NOBODY)
    folded = first_state(flow, NOBODY)
    for message in (CallerCame(), *told):
        answers = session.handle(message, NOON)
        for answer in answers:
            if isinstance(answer, StepEntered | StepLeft):
                folded = rebuild(flow, folded, answer)
        assert folded == session.state
        assert set(session._secrets) == {name for name, _ in folded.asked}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["card-hotline", "loans", "front-desk", "fallback"]), st.lists(MESSAGES, max_size=40))
def test_no_messages_break_a_session_and_it_can_be_moved_at_any_time(name: str, told: list[Told]) -> None:
    flow = FLOWS[name]
    kept = moved = opened(flow, GOLD)
    folded = first_state(flow, GOLD)
    open_step = ""
    for message in (CallerCame(), *told):
        moved = saved_and_read(moved)
        answers = kept.handle(message, NOON)
        assert moved.handle(message, NOON) == answers
        open_step = check_turn(answers, open_step)
        for answer in answers:
            if isinstance(answer, StepEntered | StepLeft):
                folded = rebuild(flow, folded, answer)
        assert folded == kept.state == moved.state
    assert kept.state.step == open_step


plan, _ = load_floor(DIALPLANS)
FLOWS = dict(plan.flows) if plan else {}
