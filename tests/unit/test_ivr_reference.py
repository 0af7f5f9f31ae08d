"""The reference page says what the verbs do: it is generated, not stale, and its examples are read as flows."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from ivr.calendar import Calendar
from ivr.flow import parse_flow
from ivr.known import FlowText, Known
from ivr.reference import page
from ivr.sources import Source
from ivr.steps import VERBS

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
PROMPTS = frozenset(
    {"welcome", "main-menu", "last-four-digits", "filler", "one-moment", "enter-pin", "wrong-pin", "speak-after-beep"}
    | {"say-where", "rate-us"}
)
ASK_CARD = b"""\
flow: ask-card
languages: [en, zh-CN]
parameters: [digits]
start: enough
steps:
  enough: {branch: "${digits}", cases: {0: given-up}, otherwise: known}
  known: {return: known}
  given-up: {return: given-up}
"""
KNOWN = Known(
    {"en": PROMPTS, "zh-CN": PROMPTS},
    frozenset({"cards"}),
    frozenset({"cards", "english", "mandarin"}),
    {"office": Calendar("office", "UTC", ((),) * 7)},
    {"cards": Source(("card",), ("customer", "state", "balance"), frozenset({"balance"}), "pin")},
    {"ask-card": FlowText(ASK_CARD, "ask-card.yaml")},
)
TARGETS = ("main-menu", "person", "balance", "closed", "goodbye", "sorry", "gold-person", "overdrawn")


def test_the_page_is_not_stale() -> None:
    written = (ROOT / "docs" / "steps.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m ivr.reference > docs/steps.md"


def test_every_verb_has_one_file_of_its_name() -> None:
    stems = {path.stem for path in (ROOT / "ivr" / "steps").glob("*.py")} - {"__init__", "verb"}
    assert {stem.removesuffix("_") for stem in stems} == set(VERBS)  # `return` is a word of Python
    assert all(verb.__module__.removesuffix("_") == f"ivr.steps.{name}" for name, verb in VERBS.items())


@pytest.mark.parametrize("name", VERBS)
def test_the_example_of_a_verb_is_a_sound_step(name: str) -> None:
    example = dedent(VERBS[name].EXAMPLE).strip()
    step = example.split(":")[0]
    lines = example.splitlines()
    others = "".join(f"\n  {target}:\n    hangup: normal" for target in TARGETS if f"{target}:" not in lines)
    text = f"flow: x\nlanguages: [en, zh-CN]\nstart: {step}\nsteps:\n{indent(example, '  ')}{others}\n"
    _, faults = parse_flow(text, "x.yaml", KNOWN)
    assert {fault.code for fault in faults} <= {"unreachable", "unknown-variable"}, "\n".join(map(str, faults))


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_documents_its_own_key_first(name: str) -> None:
    assert VERBS[name].FIELDS[0].key == name
    assert VERBS[name].SUMMARY.endswith(".")


def test_no_key_of_a_verb_is_another_verb() -> None:
    keys = {(name, doc.key) for name, verb in VERBS.items() for doc in (*verb.FIELDS, *verb.EXITS) if doc.key != name}
    assert not [(name, key) for name, key in keys if key in VERBS]
