"""Nothing private is told, or even fetched, before somebody has proved who he is: in the check and in the call."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verb_world import BYES, CALLER, Call, codes, flow_of, known, read

from ivr.flow import parse_flow
from ivr.messages import CallerIdentified, DigitsCollected, End, LookedUp, Play, StepLeft
from ivr.privacy import ways_unproved
from ivr.session import first_state, rebuild

pytestmark = pytest.mark.unit

PROVE = """\
  a: {authenticate: cards, with: {card: "1"}, ask: ask, digits: 4, tries: 2, into: {NAMES},
      passed: b, refused: no, locked: no, failed: no, no_input: no}
"""
OPEN = PROVE.replace("{NAMES}", "{condition: state}")
TOLD = PROVE.replace("{NAMES}", "{balance: balance}")
FETCH = '  b: {lookup: cards, with: {card: "1"}, into: {balance: balance}, found: c, not_found: no, failed: no}\n'
TELL = "  c: {play: [ask, {money: '${balance}'}], next: yes, failed: bad}\n"
COPY = "  c: {set: {told: 'now ${balance}', more: '= ${balance} + 1'}, next: d, failed: no}\n"
ENDS = BYES[: BYES.index("  bad")]
MENU = "  a: {menu: ask, keys: {1: p, 2: d}, tries: 1, no_input: no, no_match: no}\n"
FOUND = LookedUp("found", (("customer", "c-1"), ("name", "Ann"), ("state", "open"), ("balance", "77.70")))


def test_behind_a_proof_everything_may_be_told() -> None:
    assert read(OPEN + FETCH + TELL + BYES)[1] == []
    assert read(TOLD.replace("passed: b", "passed: c") + TELL + BYES)[1] == []
    assert flow_of(OPEN + FETCH + TELL + BYES).private == {"balance"}


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        (FETCH.replace("  b:", "  a:") + TELL, ("private-untold", 5, 3)),
        (OPEN.replace("no_input: no", "no_input: b") + FETCH + TELL, ("private-untold", 7, 3)),
        (OPEN.replace("failed: no", "failed: b") + FETCH + TELL, ("private-untold", 8, 27)),
        (TOLD.replace("passed: b", "passed: c").replace("refused: no", "refused: c") + TELL, ("private-untold", 7, 27)),
        (TOLD.replace("passed: b", "passed: c").replace("locked: no", "locked: c") + TELL, ("private-untold", 7, 27)),
        (OPEN + FETCH.replace("found: c", "found: c0") + "  c0: {identify: number, known: c, unknown: no}\n" + TELL,
         ("private-untold", 9, 27)),
        (OPEN + FETCH + COPY + "  d: {branch: '${more}', cases: {1: yes}, otherwise: bad}\n", None),
        (MENU + OPEN.replace("  a:", "  p:") + FETCH + COPY
         + "  d: {branch: '${more}', cases: {empty: yes}, otherwise: bad}\n", ("private-untold", 10, 15)),
    ],
)  # fmt: skip
def test_a_way_past_the_proof_is_a_fault(steps: str, fault: tuple[str, int, int] | None) -> None:
    private = [found for found in read(steps + BYES)[1] if found[0] == "private-untold"]
    assert private == [] if fault is None else fault in private


def test_the_fault_names_the_way() -> None:
    _, faults = parse_flow(
        "flow: t\nlanguages: [en]\nstart: a\nsteps:\n"
        + (OPEN.replace("no_input: no", "no_input: b") + FETCH + TELL + BYES),
        "t.yaml",
        known(),
    )
    assert any("on the way a -> b -> c" in fault.message for fault in faults)


def test_asking_for_the_level_is_as_good_as_a_proof() -> None:
    level = "  c: {branch: '${caller.level}', cases: {authenticated: d}, otherwise: no}\n"
    level += TELL.replace("  c:", "  d:")
    either = OPEN.replace("no_input: no", "no_input: c") + FETCH + level
    assert "private-untold" not in codes(either + BYES)
    assert "private-untold" in codes(either.replace("otherwise: no", "otherwise: d") + BYES)


def test_what_a_proof_has_set_is_set_where_the_level_is_asked_for() -> None:
    level = "  l: {branch: '${caller.level}', cases: {authenticated: c}, otherwise: p}\n"
    proof = TOLD.replace("  a:", "  p:").replace("passed: b", "passed: c")
    tell = TELL.replace("next: yes", "next: a")
    again = MENU.replace("1: p, 2: d", "1: l") + level + proof + tell
    assert "unset-variable" not in codes(again + BYES)
    assert "unset-variable" in codes(again.replace("authenticated: c", "identified: c") + BYES)
    assert "unset-variable" in codes(again.replace("otherwise: p", "otherwise: c") + BYES)


def test_a_part_that_tells_is_checked_where_it_is_called() -> None:
    tell = (
        "flow: tell\nlanguages: [en, zh-CN]\nstart: b\nsteps:\n"
        + FETCH.replace(": no", ": x")
        + TELL.replace("yes", "x").replace("bad", "x")
        + "  x: {return: told}\n"
    )
    call = "  b: {subflow: tell, returns: {told: yes}}\n"
    assert parse_flow(tell, "tell.yaml", known())[0] is not None
    assert "private-untold" not in codes(OPEN + call + BYES, tell=tell)
    past = OPEN.replace("no_input: no", "no_input: b")
    assert ("private-untold", 7, 3) in read(past + call + BYES, tell=tell)[1]


def call_past_proof() -> Call:
    call = Call(flow_of(OPEN + FETCH + TELL + BYES))
    call.came()
    call.tell(DigitsCollected("4711"))
    call.tell(FOUND)
    return call


def test_the_proof_counts_for_who_it_was_given_by() -> None:
    call = call_past_proof()
    assert isinstance(call.tell(FOUND), Play)
    state = call.session.state
    assert dict(state.variables)["balance"] == "77.70"
    same = rebuild(call.flow, state, CallerIdentified("authenticated", "c-1"))
    assert dict(same.variables)["balance"] == "77.70"
    for fact in (
        CallerIdentified("failed"),
        CallerIdentified("identified", "c-1"),
        CallerIdentified("authenticated", "c-2"),
    ):
        after = rebuild(call.flow, state, fact)
        assert "balance" not in dict(after.variables)
        assert dict(after.variables)["condition"] == "open"


def test_after_a_failure_the_name_is_not_known_to_the_flow() -> None:
    call = call_past_proof()
    after = rebuild(call.flow, call.session.state, CallerIdentified("failed"))
    assert after.caller.customer_name == ""
    assert after.caller.customer == "c-1"


def test_a_state_with_private_values_and_no_proof_says_nothing() -> None:
    flow = flow_of(TOLD.replace("passed: b", "passed: c") + TELL + BYES)
    kept = rebuild(flow, first_state(flow, CALLER), StepLeft("a", "passed", kept=(("balance", "77.70"),)))
    call = Call(flow)
    call.session._state = rebuild(flow, kept, StepLeft("c", "next"))
    call.session._state = call.session._state.entered("c", 1, frozenset())
    assert isinstance(call.came(), End)  # the value cannot be said: it reads as empty
    assert call.steps == ["bad"]


STEPS = st.lists(st.sampled_from(["prove", "fetch", "tell", "menu", "who"]), min_size=2, max_size=6)
TARGETS = st.lists(st.integers(0, 7), min_size=36, max_size=36)
FORMS = {
    "prove": '{{authenticate: cards, with: {{card: "1"}}, ask: ask, digits: 4, tries: 1, into: {{balance: balance}}, '
    "passed: {0}, refused: {1}, locked: {2}, failed: {3}, no_input: {4}}}",
    "fetch": '{{lookup: cards, with: {{card: "1"}}, into: {{balance: balance}}, '
    "found: {0}, not_found: {1}, failed: {2}}}",
    "tell": "{{play: [ask, {{money: '${{balance}}'}}], next: {0}, failed: {1}}}",
    "menu": "{{menu: ask, keys: {{1: {0}, 2: {1}, 3: {2}}}, tries: 1, no_input: {3}, no_match: {4}}}",
    "who": '{{identify: cards, with: {{card: "1"}}, known: {0}, unknown: {1}, failed: {2}}}',
}
PRIVATE_STEPS = ("fetch", "tell")


@settings(max_examples=150, deadline=None)
@given(STEPS, TARGETS)
def test_the_check_agrees_with_walking_every_way(kinds: list[str], targets: list[int]) -> None:
    """The set of steps that somebody unproved can reach, found by walking single ways as the session would."""
    names = [f"s{number}" for number in range(len(kinds))]
    at = iter(targets)
    lines = ""
    for name, kind in zip(names, kinds, strict=True):
        ways = [names[number] if (number := next(at)) < len(names) else "end" for _ in range(5)]
        lines += f"  {name}: {FORMS[kind].format(*ways)}\n"
    world = known()
    text = f"flow: t\nlanguages: [en]\nstart: s0\nsteps:\n{lines}  end: {{hangup: normal}}\n"
    _, faults = parse_flow(text, "t.yaml", world)
    if {fault.code for fault in faults} & {"unknown-variable"}:
        return
    told = {fault.line - 5 for fault in faults if fault.code == "private-untold"}
    walked = _walked(lines, kinds, names)
    expected = {n for n, name in enumerate(names) if kinds[n] in PRIVATE_STEPS and (name, False) in walked}
    assert told == expected


def _walked(lines: str, kinds: list[str], names: list[str]) -> set[tuple[str, bool]]:
    ways = {}
    for name, kind, line in zip(names, kinds, lines.splitlines(), strict=True):
        pairs = [part.strip(" {}").split(": ") for part in line.replace("{", ",").split(",")]
        ways[name] = kind, [(pair[0], pair[1]) for pair in pairs if pair[-1] in {*names, "end"}]
    seen: set[tuple[str, bool]] = set()
    ahead = [("s0", False)]
    while ahead:
        name, proved = ahead.pop()
        if (name, proved) in seen or name not in ways:
            continue
        seen.add((name, proved))
        kind, targets = ways[name]
        for leave, target in targets:
            level = {("prove", "passed"): True, ("prove", "refused"): False, ("prove", "locked"): False}
            level[("who", "known")] = False
            ahead.append((target, level.get((kind, leave), proved)))
    return seen


def test_ways_unproved_are_the_shortest() -> None:
    flow = flow_of(OPEN.replace("no_input: no", "no_input: yes") + FETCH.replace("c,", "yes,") + ENDS)
    assert ways_unproved(flow.steps, flow.start)["no"] == ("a", "no")
    assert "b" not in ways_unproved(flow.steps, flow.start)
