"""The prover against the session itself, against its own definition, and its calls against the centre."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest

import journal.facts as facts_of
from ivr.flow import Flow
from ivr.messages import (
    CallerCame,
    DigitsCollected,
    End,
    JoinQueue,
    LookedUp,
    LookUp,
    MessageRecorded,
    PromptEnded,
    QueueEnded,
    StepEntered,
    StepLeft,
    Told,
    TransferEnded,
)  # fmt: skip
from ivr.messages import Collect as CollectKeys
from ivr.proof import prove
from ivr.proof_moves import BY_CALLER, NOON, Kind
from ivr.proof_reach import Game
from ivr.proof_space import Heard, Space, explore
from ivr.session import Caller, Session, first_state
from ivr.speaking_time import lengths
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.proof_script import as_transcript
from switchroom.trial.reading import read_transcripts
from switchroom.trial.verdict import judge
from switchroom.trial.walk import Walk
from switchroom.trial.writing import written

pytestmark = pytest.mark.unit

GOLDEN = Path(__file__).parents[1] / "golden" / "floor"


# ── against the session itself, and against the definition ──────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def golden() -> Plan:
    floor, faults = load_floor(GOLDEN)
    assert floor, "\n".join(map(str, faults))
    return Plan(floor)


def heard_on(plan: Plan) -> Heard:
    seconds = lengths(plan.floor.catalogue)
    return lambda prompt, language: seconds.get((prompt, language))


def test_the_golden_flows_hold(golden: Plan) -> None:
    for name, flow in golden.floor.flows.items():
        proof = prove(flow, heard_on(golden))
        assert proof.holds, (name, [failure.message for failure in proof.failures])


def test_every_exit_of_the_golden_flows_is_explored(golden: Plan) -> None:
    missed = []
    for name, flow in golden.floor.flows.items():
        space = explore(flow, heard_on(golden))
        taken = {(each.where.step, edge.exit) for each in space.situations for edge in each.edges}
        missed += [
            (name, step.name, way.name)
            for step in flow.steps.values()
            for way in step.verb.exits
            if (step.name, way.name) not in taken
        ]
    # What the certain values rule out is rightly missing; everything else must be there.
    assert missed == [
        ("10-levels", "gate", "authenticated"),
        ("10-levels", "gate", "failed"),
        ("17-reminder", "hello", "failed"),
        ("18-percent", "rate", "failed"),
        ("18-percent", "tell", "failed"),
        ("18-percent", "term", "failed"),
        ("22-calls-a-part", "which/how-often", "one"),
    ]


def test_whatever_a_session_does_was_foreseen(golden: Plan) -> None:
    """Random callers in the real session: every step that they leave, they leave by a move of the space."""
    dice = random.Random(7)  # noqa: S311 - a seeded walk
    for flow in golden.floor.flows.values():
        space = explore(flow, heard_on(golden))
        foreseen = {
            (each.where.step, each.where.language, edge.exit, space.situations[edge.target].where.step)
            for each in space.situations
            for edge in each.edges
        }
        for _ in range(60):
            for move in walked(flow, dice):
                assert move in foreseen, (flow.name, move)


def walked(flow: Flow, dice: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """(step, language, exit, next step) of one random caller."""
    segment = dice.choice(["", "gold", "silver", "other"])
    caller = Caller("13800001111", customer=dice.choice(["", "c-1"]), segment=segment)
    session = Session(flow, first_state(flow, caller))
    told: Told = CallerCame()
    left: tuple[str, str, str] | None = None
    for _ in range(60):
        language = session.state.language
        answers = session.handle(told, dice.choice([NOON, NOON + 86400 * 3, NOON + 3600 * 14]))
        for answer in answers:
            if isinstance(answer, StepLeft):
                left = (answer.step, language, answer.exit)
                language = dict(answer.kept).get("language", language)
            elif isinstance(answer, StepEntered) and left:
                yield (*left, answer.step)
        if not answers or isinstance(answers[-1], End):
            return
        told = some_answer(answers[-1], dice)


def some_answer(asked: object, dice: random.Random) -> Told:
    if isinstance(asked, CollectKeys):
        return DigitsCollected("".join(dice.choices("0123456789*#", k=dice.randint(0, asked.at_most))))
    if isinstance(asked, LookUp):
        names, texts = ("customer", "state", "due"), ["", "1", "open", "paid", "2026-12-01"]
        outcomes = ["found", "found", "not_found", "refused", "failed", "timed_out", "locked"]
        return LookedUp(dice.choice(outcomes), tuple((name, dice.choice(texts)) for name in names))
    return {
        "Play": PromptEnded,
        "JoinQueue": lambda: QueueEnded(dice.choice(["answered", "limit", "closed"])),
        "RecordMessage": lambda: MessageRecorded(dice.choice(["", "x.wav"]), 2.0),
        "TransferCaller": lambda: TransferEnded(dice.choice(["answered", "busy", "no_answer", "failed"])),
    }[type(asked).__name__]()


def test_prices_are_those_of_the_definition(golden: Plan) -> None:
    """Dijkstra on games against plain iteration of "the best of his moves, the worst of all others"."""
    for flow in golden.floor.flows.values():
        space = explore(flow, heard_on(golden))
        goals = {number for number, each in enumerate(space.situations) if isinstance(each.doing, JoinQueue)}
        allowed = lambda _, edge: edge.move.kind is not Kind.TALK  # noqa: E731 - one line, used once
        game = Game(space, allowed)
        for keys in (0, 1, 3):
            assert game.within(goals, keys) == pytest.approx(by_definition(space, goals, keys))


def by_definition(space: Space, goals: set[int], keys: int) -> list[float]:
    """Seconds within so many keys, by iterating until nothing changes."""
    count = len(space.situations)
    table = [[0.0 if number in goals else inf for number in range(count)] for _ in range(keys + 1)]
    changed = True
    while changed:
        changed = False
        for budget, number in itertools.product(range(keys + 1), range(count)):
            edges = [edge for edge in space.situations[number].edges if edge.move.kind is not Kind.TALK]
            if number in goals or not edges:
                continue
            his = all(edge.move.kind in BY_CALLER for edge in edges)
            prices = [
                table[budget - len(edge.move.keys)][edge.target] + edge.move.seconds
                if len(edge.move.keys) <= budget else inf
                for edge in edges
            ]  # fmt: skip
            price = min(prices) if his else max(prices)
            if price != table[budget][number]:
                table[budget][number] = price
                changed = True
    return table[keys]


# ── the call of a failure ───────────────────────────────────────────────────────────────────────────────────────────

BROKEN = [
    ("20-everything", "timed_out: word", "timed_out: person"),
    ("20-everything", "not_found: person", "not_found: claim"),
    ("20-everything", "    keys: 2\n", "    keys: 0\n"),
    ("04-balance", "refused: person", "refused: ask-card"),
    ("16-deep", "done: {new-card: 60s}", "done: {new-card: 5s}"),
    ("08-night", "except: [word]", "except: [menu]"),
]


@pytest.mark.parametrize(("name", "old", "new"), BROKEN, ids=[f"{b[0]}-{n}" for n, b in enumerate(BROKEN)])
def test_the_call_of_a_failure_is_a_transcript_that_goes_there(tmp_path: Path, name: str, old: str, new: str) -> None:
    folder = Path(shutil.copytree(GOLDEN, tmp_path / "floor"))
    file = folder / "flows" / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    floor, faults = load_floor(folder)
    assert floor, "\n".join(map(str, faults))
    flow = floor.flows[name]
    number = next(number for number, led in floor.numbers.items() if led == name)
    failures = prove(flow, heard_on(Plan(floor))).failures
    assert failures
    for failure in failures:
        call = written([as_transcript(failure, flow, number, NOON, "Asia/Shanghai")])
        (transcript,), wrong = read_transcripts(call, "x.call")
        assert not wrong, call
        verdict = judge(Walk(Plan(floor), transcript.opening), transcript)
        assert verdict.passed, (failure.message, call, verdict.difference)
        entered = [fact.step for fact in verdict.facts if isinstance(fact, facts_of.StepEntered)]
        assert not failure.step or failure.step in entered
