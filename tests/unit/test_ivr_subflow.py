"""Flows that call flows: put in their place, with parameters and ways back; every fault in the right file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from verb_world import BYES, HEAD, Call, codes, flow_of, known, read

from ivr.flow import Flow, parse_flow
from ivr.messages import Collect, DigitsCollected
from ivr.parts import MAX_ALL_STEPS

pytestmark = pytest.mark.unit

PLAIN = BYES.replace("  bad: {hangup: congestion}\n", "")
ASK_CARD = """\
flow: ask-card
languages: [en, zh-CN]
parameters: [least]
start: ask
steps:
  ask: {collect: ask, digits: 1-9, into: card, tries: 2, next: enough, no_input: given-up, no_match: given-up}
  enough:
    branch: [{when: "len(${card}) >= ${least}", then: known}]
    otherwise: ask
    failed: given-up
  known: {return: known}
  given-up: {return: given-up}
"""
CALLS = """\
  a:
    subflow: ask-card
    with: {least: "4"}
    returns:
      known: see
      given-up: no
  see: {branch: "${card}", cases: {4711: yes}, otherwise: no}
"""


def test_the_other_flows_steps_are_gone_through_here() -> None:
    call = Call(flow_of(CALLS + PLAIN, ask_card=ASK_CARD))
    assert isinstance(call.came(), Collect)
    assert isinstance(call.tell(DigitsCollected("1")), Collect)
    call.tell(DigitsCollected("4711"))
    assert call.steps == ["a", "a/ask", "a/enough", "a/ask", "a/enough", "a/known", "see", "yes"]
    assert call.exits[0] == "a:next"
    assert call.exits[-3:] == ["a/known:known", "see:4711", "yes:end"]
    assert call.variables == {"least": "4", "card": "4711"}


def test_each_way_back_leads_where_it_is_written() -> None:
    call = Call(flow_of(CALLS + PLAIN, ask_card=ASK_CARD))
    call.came()
    call.tell(DigitsCollected(""))
    call.tell(DigitsCollected(""))
    assert call.steps[-2:] == ["a/given-up", "no"]


def test_a_restart_inside_goes_on_inside() -> None:
    call = Call(flow_of(CALLS + PLAIN, ask_card=ASK_CARD))
    asked = call.came()
    assert call.restart() == asked
    assert call.session.state.step == "a/ask"
    call.tell(DigitsCollected("4711"))
    assert call.steps[-1] == "yes"


def test_one_flow_is_called_twice_with_other_parameters() -> None:
    twice = CALLS.replace("known: see", "known: b").replace(
        "  see:", '  b: {subflow: ask-card, with: {least: "${least}1"}, returns: {known: see, given-up: no}}\n  see:'
    )
    call = Call(flow_of(twice + PLAIN, ask_card=ASK_CARD))
    call.came()
    call.tell(DigitsCollected("1234"))
    assert call.session.state.step == "b/ask"
    assert call.variables["least"] == "41"


NESTED = """\
flow: outer
languages: [en, zh-CN]
start: inner
steps:
  inner: {subflow: ask-card, with: {least: "2"}, returns: {known: done, given-up: done}}
  done: {return: done}
"""


def test_flows_call_flows_that_call_flows() -> None:
    steps = "  a: {subflow: outer, returns: {done: yes}}\n  yes: {hangup: normal}\n"
    call = Call(flow_of(steps, outer=NESTED, ask_card=ASK_CARD))
    call.came()
    call.tell(DigitsCollected("4711"))
    assert call.steps == ["a", "a/inner", "a/inner/ask", "a/inner/enough", "a/inner/known", "a/done", "yes"]


def test_the_version_covers_what_is_called() -> None:
    first = flow_of(CALLS + PLAIN, ask_card=ASK_CARD).version
    assert first == flow_of(CALLS + PLAIN, ask_card=ASK_CARD).version
    assert first != flow_of(CALLS + PLAIN, ask_card=ASK_CARD.replace("tries: 2", "tries: 3")).version
    steps = "  a: {subflow: outer, returns: {done: yes}}\n  yes: {hangup: normal}\n"
    nested = flow_of(steps, outer=NESTED, ask_card=ASK_CARD).version
    assert nested != flow_of(steps, outer=NESTED, ask_card=ASK_CARD.replace("tries: 2", "tries: 3")).version


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("subflow: ask-kard", "subflow: ask-card", ("unknown-flow", 6, 14)),
        ("{most: '1', least: '4'}", '{least: "4"}', ("unknown-parameter", 7, 12)),
        ("{most: '1'}", '{least: "4"}', ("missing-parameter", 7, 11)),
        ("", '    with: {least: "4"}\n', ("missing-key", 5, 3)),
        ("", "      given-up: no\n", ("missing-exit", 9, 7)),
        ("gone: no", "given-up: no", ("unknown-exit", 10, 7)),
        ("given-up: now", "given-up: no", ("unknown-step", 10, 17)),
        ("${kard}", "${card}", ("unknown-variable", 11, 17)),
    ],
)
def test_a_fault_stands_where_it_is(wrong: str, right: str, fault: tuple[str, int, int]) -> None:
    assert right in CALLS
    assert fault in read(CALLS.replace(right, wrong, 1) + PLAIN, ask_card=ASK_CARD)[1]


def faults_of(name: str, **flows: str) -> list[tuple[str, str, int]]:
    """The faults as (file, code, line) when the flow `name` is read among all."""
    world = known(**flows)
    flow, faults = parse_flow(world.flows[name].text, world.flows[name].file, world)
    assert (flow is None) == bool(faults)
    return [(fault.file, fault.code, fault.line) for fault in faults]


def test_a_fault_of_the_called_flow_stands_in_its_own_file_and_nothing_else_is_told() -> None:
    broken = ASK_CARD.replace("otherwise: ask", "otherwise: asc")
    calling = HEAD.replace("flow: t", "flow: calling") + CALLS + PLAIN
    assert faults_of("calling", calling=calling, ask_card=broken) == [("ask-card.yaml", "unknown-step", 9)]


def test_a_called_flow_reads_its_own_variables_and_parameters_only() -> None:
    reads = ASK_CARD.replace("${least}", "${mine}")
    calling = HEAD.replace("flow: t", "flow: calling") + CALLS.replace("  a:", "  a: {set: {mine: '4'}, next: b}\n  b:")
    told = faults_of("calling", calling=calling + PLAIN, ask_card=reads)
    assert told == [("ask-card.yaml", "unknown-variable", 8)]


def loop_of(*names: str) -> dict[str, str]:
    """Flows of which each calls the next, and the last the first."""
    return {
        name: f"flow: {name}\nlanguages: [en]\nstart: a\nsteps:\n  a: {{subflow: {after}, returns: {{x: b}}}}\n"
        "  b: {return: x}\n"
        for name, after in zip(names, (*names[1:], names[0]), strict=True)
    }


def test_a_flow_that_calls_itself_is_a_fault_at_the_call() -> None:
    assert faults_of("one", **loop_of("one")) == [("one.yaml", "subflow-round", 5)]


def test_flows_that_call_each_other_are_a_fault_where_the_round_closes() -> None:
    flows = loop_of("one", "two", "three")
    assert faults_of("one", **flows) == [("three.yaml", "subflow-round", 5)]
    assert faults_of("two", **flows) == [("one.yaml", "subflow-round", 5)]


def test_many_flows_that_all_call_each_other_are_refused_at_once() -> None:
    names = [f"f{number}" for number in range(25)]
    calls = {
        name: f"flow: {name}\nlanguages: [en]\nstart: a{names[0]}\nsteps:\n"
        + "".join(f"  a{other}: {{subflow: {other}, returns: {{x: b}}}}\n" for other in names)
        + "  b: {return: x}\n"
        for name in names
    }
    assert {code for _, code, _ in faults_of("f0", **calls)} >= {"subflow-round"}


def test_too_many_steps_in_all_are_refused() -> None:
    big = "flow: big\nlanguages: [en, zh-CN]\nstart: s0\nsteps:\n" + "".join(
        f"  s{number}: {{play: bye, next: s{number + 1}}}\n" for number in range(400)
    )
    big += "  s400: {return: x}\n"
    pairs = zip("abcde", "bcdef", strict=True)
    steps = "".join(f"  {name}: {{subflow: big, returns: {{x: {after}}}}}\n" for name, after in pairs)
    assert MAX_ALL_STEPS < 5 * 401
    assert "too-many-steps" in codes(steps + "  f: {hangup: normal}\n", big=big)


def test_both_must_speak_the_same_languages() -> None:
    only = ASK_CARD.replace("[en, zh-CN]", "[en]")
    assert ("other-languages", 6, 14) in read(CALLS + PLAIN, ask_card=only)[1]


def test_loops_through_a_called_flow_are_seen_at_the_call() -> None:
    silent = CALLS.replace("given-up: no", "given-up: a")
    assert ("silent-loop", 5, 3) in read(silent + PLAIN, ask_card=ASK_CARD)[1]


def test_a_secret_asked_for_in_a_called_flow_is_used_behind_it() -> None:
    asks = ASK_CARD.replace("into: card", "into: card, secret: true")
    asks = asks.replace("len(${card}) >= ${least}", "${least} > 1")
    steps = CALLS[: CALLS.index("  see:")] + (
        '  see: {authenticate: cards, with: {card: "1"}, secret: "${card}", passed: yes, refused: no, locked: no, '
        "failed: no, no_input: no}\n"
    )
    call = Call(flow_of(steps + PLAIN, ask_card=asks))
    call.came()
    call.tell(DigitsCollected("4711"))
    assert isinstance(call.restart(), Collect)
    assert call.session.state.step == "a/ask"
    assert "secret-shown" in codes(CALLS + PLAIN, ask_card=asks)


def test_a_flow_that_is_a_part_says_so() -> None:
    world = known(ask_card=ASK_CARD)
    flow, _ = parse_flow(world.flows["ask-card"].text, "ask-card.yaml", world)
    assert isinstance(flow, Flow)
    assert flow.is_part
    assert (flow.parameters, flow.returns) == (("least",), ("known", "given-up"))
    assert not flow_of(CALLS + PLAIN, ask_card=ASK_CARD).is_part


def test_a_parameter_has_a_name_of_its_own() -> None:
    twice = ASK_CARD.replace("[least]", "[least, least]")
    assert ("ask-card.yaml", "name-twice", 3) in faults_of("ask-card", ask_card=twice)


def test_the_flows_of_the_page_for_integrators_are_sound() -> None:
    page = (Path(__file__).parents[2] / "docs" / "flows" / "subflows.md").read_text(encoding="utf-8")
    part, call = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    steps = call.replace("which-card:", "a:") + "  balance: {hangup: normal}\n  person: {hangup: normal}\n"
    assert codes(steps, ask_card=part.replace("collect: ask-card", "collect: ask")) == set()
