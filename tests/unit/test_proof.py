"""The prover proves: sound flows hold on every way, and each planted defect is found by its shortest key path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.calendar import Calendar
from ivr.flow import Flow, parse_flow
from ivr.known import Known
from ivr.messages import (
    Told,
)  # fmt: skip
from ivr.proof import Claim, Failure, Proof, prove
from ivr.proof_moves import Kind
from ivr.proof_space import explore
from ivr.sources import Source
from ivr.steps import VERBS, Collect, Menu
from ivr.visit import Again, Leave, Outcome, Visit, Wait

pytestmark = pytest.mark.unit

GOLDEN = Path(__file__).parents[1] / "golden" / "floor"
PROMPTS = frozenset({"hello", "menu", "ask", "sorry", "bye"})
KNOWN = Known(
    {"en": PROMPTS, "zh-CN": PROMPTS},
    frozenset({"cards"}),
    frozenset({"cards"}),
    {"office": Calendar("office", "UTC", ((),) * 7)},
    {"bank": Source(("card",), ("state", "balance"), frozenset(), "pin")},
)
SOUND = """\
flow: demo
languages: [en]
start: opening
promises:
  person: {keys: 2, within: 60s, from: everywhere, except: [more]}
  done: {told: 60s}
  assuming: {opening: open}
steps:
  opening:
    hours: office
    open: menu
    closed: bye
  menu:
    menu: menu
    keys:
      1: ask
      2: topic
      0: person
    tries: 3
    no_input: person
    no_match: person
  topic:
    set: {topic: loans}
    next: which
  which:
    branch: ${topic}
    cases:
      loans: sorry
    otherwise: menu
  ask:
    collect: ask
    digits: 4
    into: card
    tries: 2
    next: find
    no_input: person
    no_match: person
  find:
    lookup: bank
    with: {card: "${card}"}
    into: {found: state}
    found: tell
    not_found: person
    failed: person
  tell:
    play: hello
    goal: told
    next: more
  more:
    menu: menu
    keys: {1: ask}
    tries: 1
    no_input: bye
    no_match: bye
  person:
    queue: cards
    limit: 5m
    answered: bye
    timed_out: sorry
  sorry:
    play: sorry
    next: bye
  bye:
    hangup: normal
"""


def flow_of(text: str, known: Known = KNOWN) -> Flow:
    flow, faults = parse_flow(text, "demo.yaml", known)
    assert flow, "\n".join(map(str, faults))
    return flow


def proved(text: str, seconds: float = 3.0) -> Proof:
    return prove(flow_of(text), lambda prompt, _: seconds if prompt in PROMPTS else None)


def planted(*edits: tuple[str, str]) -> Proof:
    text = SOUND
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return proved(text)


def only(proof: Proof, claim: Claim) -> Failure:
    assert [failure.claim for failure in proof.failures] == [claim], [each.message for each in proof.failures]
    return proof.failures[0]


def test_a_sound_flow_holds_on_every_way() -> None:
    proof = proved(SOUND)
    assert proof.holds, [failure.message for failure in proof.failures]
    assert set(proof.claims) == set(Claim)
    assert [(done.goal, done.keys) for done in proof.goals] == [("told", 5)]
    assert proof.goals[0].seconds == 12.0  # menu 3 + 1 key, ask 3 + 4 keys, the source 1


TOLD_AT_THE_END = "  bye:\n    play: bye\n    goal: told\n    next: end\n  end:\n    hangup: normal\n"
# name, edits of SOUND, claim, words of the message, keys of the way
DEFECTS = [
    ("a silent caller waits for a person again and again",
     [("timed_out: sorry", "timed_out: person")], Claim.ENDS, "person", ""),
    ("a caller who presses nothing taken goes from menu to menu",
     [("    no_input: bye\n    no_match: bye\n", "    no_input: bye\n    no_match: menu\n"),
      ("    no_input: person\n    no_match: person\n  topic", "    no_input: person\n    no_match: more\n  topic")],
     Claim.ENDS, "goes round for ever: menu -> more", ""),
    ("numbers that the source refuses are asked for again without end",
     [("not_found: person", "not_found: ask")], Claim.ENDS, "numbers are refused goes round for ever", "1"),
    ("a person takes too long",
     [("keys: 2, within: 60s", "keys: 0, within: 9s")], Claim.PERSON, "24 s with 0 keys; 9 s", ""),
    ("a step is too far from a person",
     [("except: [more]", "except: [ask]"), ("keys: 2", "keys: 0")], Claim.PERSON, "1 key away; at most 0", "10000"),
    ("closed is not taken for granted",
     [("  assuming: {opening: open}\n", ""), ("from: everywhere, except: [more]", "from: opening")],
     Claim.PERSON, "only if step 'opening' leaves by 'open'", ""),
    ("a goal takes too long",
     [("done: {told: 60s}", "done: {told: 11s}")], Claim.DONE, "goal 'told' takes 12 s by keys alone; 11 s", "10000"),
    ("a goal is behind a talk",
     [("goal: told", "resume: never"), ("  bye:\n    hangup: normal\n", TOLD_AT_THE_END),
      ("    open: menu\n    closed: bye", "    open: person\n    closed: menu"),
      ("timed_out: sorry", "timed_out: end"), ("no_input: bye\n    no_match: bye", "no_input: end\n    no_match: end"),
      ("    play: sorry\n    next: bye", "    play: sorry\n    next: end")],
     Claim.DONE, "cannot be reached by keys alone", ""),
]  # fmt: skip


COLUMNS = ("name", "edits", "claim", "words", "keys")


@pytest.mark.parametrize(COLUMNS, DEFECTS[:3], ids=[defect[0] for defect in DEFECTS[:3]])
def test_a_loop_is_found_with_the_shortest_way_to_it(name, edits, claim, words, keys) -> None:
    failure = only(planted(*edits), claim)
    assert words in failure.message
    assert len(failure.keys) == len(keys)
    assert failure.then, "the way round is shown"
    assert failure.then[-1].edge.target or failure.then[0].step == failure.step


@pytest.mark.parametrize(COLUMNS, DEFECTS[3:], ids=[defect[0] for defect in DEFECTS[3:]])
def test_a_broken_promise_is_found_with_its_measure(name, edits, claim, words, keys) -> None:
    found = [failure for failure in planted(*edits).failures if words in failure.message]
    assert found, [failure.message for failure in planted(*edits).failures]
    assert found[0].claim is claim
    assert len(found[0].keys) == len(keys)


def test_a_trap_that_only_values_spring_is_found() -> None:
    """Whoever has come to `topic` once goes round: the branch lets him out only while nothing is set."""
    text = """\
flow: trap
languages: [en]
start: menu
steps:
  menu:
    menu: menu
    keys: {1: lock, 2: door}
    tries: 1
    no_input: door
    no_match: door
  lock:
    set: {locked: "yes"}
    next: door
  door:
    branch: ${locked}
    cases: {"empty": bye}
    otherwise: again
  again:
    queue: cards
    limit: 1m
    answered: door
    timed_out: door
  bye:
    hangup: normal
"""
    proof = proved(text)
    assert {failure.claim for failure in proof.failures} == {Claim.ENDS, Claim.WAY_OUT}
    trap = next(failure for failure in proof.failures if failure.claim is Claim.WAY_OUT)
    assert trap.keys == "1"
    assert proved(text.replace('cases: {"empty": bye}', 'cases: {"empty": bye, "yes": bye}')).holds


def test_values_that_are_certain_decide_a_branch() -> None:
    space = explore(flow_of(SOUND), lambda *_: 1.0)
    at_branch = [each for each in space.situations if each.where.step == "which" and each.edges]
    assert [[edge.exit for edge in each.edges] for each in at_branch] == [["loans"]]


def test_what_is_not_certain_decides_in_every_way() -> None:
    space = explore(flow_of(SOUND.replace("branch: ${topic}", "branch: ${customer.segment}")), lambda *_: 1.0)
    at_branch = [each for each in space.situations if each.where.step == "which" and each.edges]
    assert [[edge.exit for edge in each.edges] for each in at_branch] == [["loans", "otherwise"]]
    assert at_branch[0].edges[0].move.kind is Kind.OUTSIDE


class Nag(Menu):
    """Asks for ever."""

    VERB = "menu"

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        outcome = super().resume(visit, told)
        return outcome if isinstance(outcome, Leave) and outcome.exit not in {"no_input", "no_match"} else Again()


class Leak(Collect):
    """Puts secret keys on record."""

    VERB = "collect"

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        outcome = super().resume(visit, told)
        return replace(outcome, keys=told.digits) if isinstance(outcome, Leave | Again) else outcome


class Open(Collect):
    """Asks for a secret without telling that it is one."""

    VERB = "collect"

    def enter(self, visit: Visit) -> Outcome:
        outcome = super().enter(visit)
        return Wait(replace(outcome.answer, secret=False))


@pytest.mark.parametrize(("verb", "claim", "words"), [
    (Nag, Claim.ENDS, "asks again and again"), (Leak, Claim.SECRETS, "on record"), (Open, Claim.SECRETS, "on record"),
])  # fmt: skip
def test_a_verb_that_breaks_its_word_is_found(verb, claim, words) -> None:
    text = SOUND.replace("    into: card\n", "    into: card\n    secret: true\n")
    text = text.replace('with: {card: "${card}"}', 'with: {card: "1"}\n    secret_with: {pin: "${card}"}')
    sound = flow_of(text)
    flow, faults = parse_flow(text, "demo.yaml", KNOWN, {**VERBS, verb.VERB: verb})
    assert flow, faults
    assert prove(sound, lambda *_: 3.0).holds
    failures = prove(flow, lambda *_: 3.0).failures
    assert any(failure.claim is claim and words in failure.message for failure in failures)


def test_a_prompt_without_a_sound_is_found_in_the_language_that_lacks_it() -> None:
    text = SOUND.replace("[en]", "[en, zh-CN]").replace("set: {topic: loans}", "set: {topic: loans, language: zh-CN}")
    proof = prove(flow_of(text), lambda prompt, language: None if (prompt, language) == ("sorry", "zh-CN") else 1.0)
    failure = only(proof, Claim.PROMPTS)
    assert failure.message == "step 'sorry' plays 'sorry', which has no sound in zh-CN"
    assert failure.keys == "2"


def test_too_many_situations_are_told_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.proof_space.MOST_SITUATIONS", 10)
    proof = proved(SOUND)
    assert not proof.complete
    assert not proof.holds
    assert proof.claims == ()
