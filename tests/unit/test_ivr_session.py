"""One caller through a flow: transcripts, where he is, and properties of every journey."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from session_house import DIALPLANS, MENU, NOBODY, NOON, flow_of, opened, plan, saved_and_read, secret_flow

from ivr.flow import Flow
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
from ivr.session import Caller, Session, first_state, rebuild
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit


GOLD = Caller("13800000001", "", "4008001", "c-1001", "Zhao Lihua", "gold")


@pytest.fixture(scope="module")
def flows() -> dict[str, Flow]:
    plan, faults = load_floor(DIALPLANS)
    assert plan is not None, "\n".join(map(str, faults))
    return dict(plan.flows)


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


FLOWS = dict(plan.flows) if plan else {}
