"""Reading a flow: what is sound is read, and every planted fault is told at its true line and column."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.calendar import Calendar
from ivr.flow import MAX_STEPS, Flow, parse_flow
from ivr.known import Known
from ivr.steps import Hours, Queue

pytestmark = pytest.mark.unit

PROMPTS = frozenset({"hello", "menu", "ask", "sorry", "bye"})
KNOWN = Known(
    {"en": PROMPTS | {"only-english"}, "zh-CN": PROMPTS},
    frozenset({"cards", "loans"}),
    frozenset({"cards", "mandarin", "english"}),
    {"office": Calendar("office", "Asia/Shanghai", ((),) * 7)},
)
SOUND = """\
flow: demo
languages: [en, zh-CN]
start: opening
steps:
  opening:
    hours: office
    open: menu
    closed: bye
  menu:
    menu: menu
    keys:
      1: ask
      2: chinese
      star: menu
    wait: 5s
    tries: 2
    no_input: person
    no_match: person
  chinese:
    set: {language: zh-CN, topic: cards}
    next: who
  ask:
    collect: ask
    digits: 4-19
    into: card
    tries: 3
    next: pin
    no_input: person
    no_match: person
  pin:
    collect: [hello, ask]
    digits: 6
    into: pin
    secret: true
    tries: 1
    next: who
    no_input: person
    no_match: person
  who:
    branch: ${customer.segment}
    cases:
      gold: person
    otherwise: person
  person:
    queue: cards
    skills: {cards: 2}
    speaks:
      en: english
      zh-CN: {mandarin: 2}
    limit: 5m
    answered: bye
    timed_out: sorry
  sorry:
    play: sorry
    next: bye
  bye:
    hangup: normal
"""

# (code, what stands in SOUND, what is planted instead; ¶ right before the character at which the fault must be told)
PLANTED = [
    ("unknown-key", "    wait: 5s\n", "    ¶waits: 5s\n"),
    ("unknown-key", "start: opening\n", "start: opening\n¶begin: x\n"),
    ("missing-key", "flow: demo\n", "¶"),
    ("missing-key", "  ask:\n    collect: ask\n    digits: 4-19\n", "  ¶ask:\n    collect: ask\n"),
    ("bad-name", "flow: demo", "flow: ¶My_Flow"),
    ("bad-name", "    into: card\n", "    into: ¶Card Number\n"),
    ("bad-name", "  sorry:\n", "  sorry:\n    play: sorry\n    next: bye\n  ¶so/rry:\n"),
    ("unknown-language", "languages: [en, zh-CN]", "languages: [en, zh-CN, ¶nl]"),
    ("language-twice", "languages: [en, zh-CN]", "languages: [en, zh-CN, ¶en]"),
    ("empty", "languages: [en, zh-CN]", "languages: ¶[]"),
    ("unknown-language", "{language: zh-CN, topic", "{language: ¶zh, topic"),
    ("unknown-step", "start: opening", "start: ¶openning"),
    ("unknown-step", "      1: ask", "      1: ¶aks"),
    ("unknown-step", "    closed: bye", "    closed: ¶by"),
    ("missing-exit", "  opening:\n    hours: office\n    open: menu\n    closed: bye\n",
     "  ¶opening:\n    hours: office\n    open: menu\n"),
    ("missing-exit", "    answered: bye\n    timed_out: sorry\n  sorry:",
     "    answered: bye\n  sorry:\n    play: sorry\n    next: bye\n  extra:"),
    ("empty", "    open: menu", "    open: ¶''"),
    ("not-a-text", "    open: menu", "    open: ¶[menu]"),
    ("unknown-calendar", "hours: office", "hours: ¶offices"),
    ("unknown-queue", "queue: cards", "queue: ¶card"),
    ("unknown-skill", "skills: {cards: 2}", "skills: {¶crads: 2}"),
    ("unknown-skill", "      en: english", "      en: ¶inglish"),
    ("out-of-range", "skills: {cards: 2}", "skills: {cards: ¶10}"),
    ("not-a-number", "skills: {cards: 2}", "skills: {cards: ¶high}"),
    ("missing-language", "    speaks:\n      en: english\n      zh-CN: {mandarin: 2}\n",
     "    speaks:\n      ¶en: english\n"),
    ("unknown-language", "      zh-CN: {mandarin: 2}\n", "      zh-CN: {mandarin: 2}\n      ¶fr: english\n"),
    ("unknown-prompt", "    play: sorry", "    play: ¶sory"),
    ("unknown-prompt", "    play: sorry", "    play: [sorry, ¶only-english]"),
    ("bad-duration", "    wait: 5s", "    wait: ¶5"),
    ("out-of-range", "    wait: 5s", "    wait: ¶2m"),
    ("out-of-range", "    limit: 5m", "    limit: ¶5h"),
    ("out-of-range", "    tries: 2", "    tries: ¶0"),
    ("not-a-number", "    tries: 2", "    tries: ¶two"),
    ("missing-key", "    tries: 2\n", ""),
    ("bad-menu-key", "      2: chinese", "      2: chinese\n      ¶12: ask"),
    ("bad-menu-key", "      2: chinese", "      2: chinese\n      ¶'#': ask"),
    ("star-key", "      star: menu", "      ¶*: menu"),
    ("pound-key", "      star: menu", "      star: menu\n      ¶#: ask"),
    ("duplicate-key", "      2: chinese", "      2: chinese\n      ¶2: ask"),
    ("bad-length", "digits: 4-19", "digits: ¶19-4"),
    ("bad-length", "digits: 4-19", "digits: ¶four"),
    ("bad-length", "digits: 4-19", "digits: ¶99"),
    ("bad-choice", "secret: true", "secret: ¶yes"),
    ("bad-choice", "hangup: normal", "hangup: ¶norml"),
    ("bad-reference", "branch: ${customer.segment}", "branch: ¶${customer.segment"),
    ("bad-reference", "branch: ${customer.segment}", 'branch: ¶"${a + b}"'),
    ("constant-branch", "branch: ${customer.segment}", "branch: ¶gold"),
    ("unknown-variable", "branch: ${customer.segment}", "branch: ¶${customer.sgment}"),
    ("bad-case", "      gold: person", "      gold: person\n      ¶otherwise: person"),
    ("secret-shown", "branch: ${customer.segment}", "branch: ¶${pin}"),
    ("secret-mixed", "    into: card\n", "    into: pin\n"),
    ("two-verbs", "    play: sorry\n", "    play: sorry\n    ¶hangup: normal\n"),
    ("no-verb", "    play: sorry\n", "    ¶plai: sorry\n"),
    ("no-verb", "    hangup: normal\n", "    ¶hangup : normal\n".replace("hangup ", "hang ")),
    ("not-a-mapping", "    play: sorry\n    next: bye\n", "    ¶- play\n"),
    ("unreachable", "  sorry:\n", "  ¶lost:\n    hangup: normal\n  sorry:\n"),
    ("silent-loop", "    no_input: person\n    no_match: person\n  chinese:",
     "    no_input: menu\n    no_match: person\n  chinese:"),
    ("endless-loop", "    play: sorry\n    next: bye", "    play: sorry\n    next: sorry"),
]  # fmt: skip


def planted(found: str, instead: str) -> tuple[str, int, int]:
    assert SOUND.count(found) >= 1, found
    text = SOUND.replace(found, instead, 1)
    if "¶" not in text:  # told at the step, wherever that is
        return text, 0, 0
    before = text[: text.index("¶")]
    return text.replace("¶", "", 1), before.count("\n") + 1, len(before) - before.rfind("\n")


def sound(text: str = SOUND, known: Known = KNOWN) -> Flow:
    flow, faults = parse_flow(text, "demo.yaml", known)
    assert not faults, "\n".join(map(str, faults))
    assert flow is not None
    return flow


@pytest.mark.parametrize(("code", "found", "instead"), PLANTED, ids=[f"{n}-{p[0]}" for n, p in enumerate(PLANTED)])
def test_a_planted_fault_is_told_at_its_place(code: str, found: str, instead: str) -> None:
    text, line, column = planted(found, instead)
    flow, faults = parse_flow(text, "demo.yaml", KNOWN)
    assert flow is None
    told = [(fault.code, fault.line, fault.column) for fault in faults]
    if line:
        assert (code, line, column) in told
    else:
        assert code in [fault.code for fault in faults]
    assert len(faults) <= 5, "one mistake should not drown in what follows from it"


def test_there_are_at_least_thirty_planted_faults_of_all_kinds() -> None:
    assert len(PLANTED) >= 30
    assert len({code for code, _, _ in PLANTED}) >= 25


def test_a_sound_flow_is_read() -> None:
    flow = sound()
    assert (flow.name, flow.languages, flow.start) == ("demo", ("en", "zh-CN"), "opening")
    assert flow.version == hashlib.sha256(SOUND.encode()).hexdigest()[:12]
    assert list(flow.steps)[:3] == ["opening", "menu", "chinese"]
    assert isinstance(flow.steps["opening"].verb, Hours)
    assert flow.steps["opening"].verb.calendar.zone == "Asia/Shanghai"
    queue = flow.steps["person"].verb
    assert isinstance(queue, Queue)
    assert queue.demands("zh-CN") == (("cards", 2), ("mandarin", 2))
    assert queue.demands("en") == (("cards", 2), ("english", 1))
    assert queue.limit == 300


def test_bytes_and_text_of_equal_content_have_one_version() -> None:
    by_bytes, _ = parse_flow(SOUND.encode(), "demo.yaml", KNOWN)
    assert by_bytes == sound()


def test_a_flow_compares_and_cannot_be_changed() -> None:
    flow = sound()
    with pytest.raises(AttributeError):
        flow.start = "x"  # type: ignore[misc]


def test_many_faults_are_told_at_once_in_the_order_of_the_text() -> None:
    text = SOUND.replace("1: ask", "1: aks").replace("wait: 5s", "wait: 5").replace("play: sorry", "play: sory")
    _, faults = parse_flow(text, "demo.yaml", KNOWN)
    assert [fault.code for fault in faults] == ["unknown-step", "bad-duration", "unknown-prompt"]
    assert faults[0].hint == "did you mean 'ask'?"
    json.dumps([fault.record() for fault in faults])


def test_a_loop_without_a_wait_is_told_once() -> None:
    text = SOUND.replace(
        "    play: sorry\n    next: bye", "    play: sorry\n    next: again\n  again:\n    play: bye\n    next: sorry"
    )
    _, faults = parse_flow(text, "demo.yaml", KNOWN)
    assert [fault.message for fault in faults if fault.code == "endless-loop"] == [
        "this loop never waits for the caller: sorry -> again -> sorry"
    ]


def test_a_loop_through_a_menu_key_or_a_queue_is_fine() -> None:
    sound(
        SOUND.replace("    timed_out: sorry\n", "    timed_out: person\n").replace(
            "    no_match: person\n  chinese", "    no_match: sorry\n  chinese"
        )
    )


def test_a_flow_of_too_many_steps_is_refused() -> None:
    steps = "".join(f"  s{n}:\n    hangup: normal\n" for n in range(MAX_STEPS + 1))
    _, faults = parse_flow(f"flow: x\nlanguages: [en]\nstart: s0\nsteps:\n{steps}", "x.yaml", KNOWN)
    assert "too-many-steps" in [fault.code for fault in faults]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damaged_flow_raises(data: st.DataObject) -> None:
    lines = SOUND.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "indent", "cut", "swap", "empty"]))
        if change == "drop":
            lines[at : at + 1] = ["x: y"]
        elif change == "double":
            lines.insert(at, lines[at])
        elif change == "indent":
            lines[at] = "  " + lines[at]
        elif change == "cut":
            lines[at] = lines[at][: len(lines[at]) // 2]
        elif change == "empty":
            lines[at] = lines[at].split(":")[0] + ":"
        else:
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
    flow, faults = parse_flow("\n".join(lines), "demo.yaml", KNOWN)
    assert (flow is None) == bool(faults)
