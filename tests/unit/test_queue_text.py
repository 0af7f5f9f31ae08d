"""What `queues.yaml` may say: needs as text, relaxations, hours, exits; every fault at its column, with its word."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from acd.needs import ANYBODY, Every, Need, Skill, Some, Without, in_words
from ivr.parsing import Malformed
from switchroom.advice import advise
from switchroom.floorplan import FloorPlan, load_floor
from switchroom.need_logic import can_be_met, lets_all
from switchroom.need_text import read_need, skills_in
from switchroom.queue_rules import rules_of
from switchroom.queuefile import QUEUE_KEYS, parse_queues

pytestmark = pytest.mark.unit

HOTLINE = Path(__file__).parents[1] / "floors" / "hotline"
EN, ZH, CARDS = Skill("english"), Skill("mandarin", 3), Skill("cards", 2)

READ: list[tuple[str, Need]] = [
    ("cards", Skill("cards")),
    ("cards 2", CARDS),
    ("cards 2 and english", Every((CARDS, EN))),
    ("cards 2 and (english or mandarin 3)", Every((CARDS, Some((EN, ZH))))),
    ("english or mandarin 3 and cards 2", Some((EN, Every((ZH, CARDS))))),
    ("cards 2 and not trainee", Every((CARDS, Without(Skill("trainee"))))),
    ("not (english or mandarin 3)", Without(Some((EN, ZH)))),
    ("not not english", Without(Without(EN))),
    ("  ( cards 2 )  ", CARDS),
    ("anybody", ANYBODY),
    ("level-2-support 4", Skill("level-2-support", 4)),
]
WRONG = [
    ("", 0, 1, "nothing is written"),
    ("cards 2 and", 11, 1, "a skill is needed before the end"),
    ("and cards", 0, 3, "a skill is needed before 'and'"),
    ("cards english", 6, 7, "'english' cannot follow here"),
    ("cards 0", 6, 1, "a level is from 1 to 9, not 0"),
    ("cards 10", 6, 2, "a level is from 1 to 9, not 10"),
    ("cards 2 3", 8, 1, "'3' cannot follow here"),
    ("(cards", 0, 1, "'(' has no ')'"),
    ("(cards orr english)", 7, 3, "'orr' cannot follow here"),
    ("cards)", 5, 1, "')' cannot follow here"),
    ("cards, english", 5, 1, "',' cannot stand here"),
    ("cards >= 2", 6, 1, "'>' cannot stand here"),
    ("Cards", 0, 1, "'C' cannot stand here"),
    ("__import__('os')", 0, 1, "'_' cannot stand here"),
    ("not", 3, 1, "a skill is needed before the end"),
]


@pytest.mark.parametrize(("text", "need"), READ, ids=[text for text, _ in READ])
def test_a_need_is_read_as_it_reads_aloud(text: str, need: Need) -> None:
    assert read_need(text) == need


@pytest.mark.parametrize(("text", "at", "width", "message"), WRONG, ids=[case[0] or "empty" for case in WRONG])
def test_a_fault_in_a_need_is_told_at_its_character(text: str, at: int, width: int, message: str) -> None:
    assert read_need(text) == Malformed(message, at, width, read_need(text).hint)  # type: ignore[union-attr]


def test_sizes_are_bounded() -> None:
    assert isinstance(read_need("a and " * 200 + "a"), Malformed)
    assert isinstance(read_need("(" * 40 + "a" + ")" * 40), Malformed)
    assert isinstance(read_need("not " * 100 + "a"), Malformed)


def test_the_skills_of_a_text_are_known_by_their_places() -> None:
    named = skills_in("cards 2 and not (trainee or not english)")
    assert [(one.skill, one.at, one.excluded) for one in named] == [
        ("cards", 0, False), ("trainee", 17, True), ("english", 32, False),
    ]  # fmt: skip


def some_need(chance: random.Random, depth: int = 3) -> Need:
    kind = chance.choice(["leaf", "leaf", "and", "or", "not"]) if depth else "leaf"
    if kind == "leaf":
        return Skill(chance.choice("abc"), chance.randint(1, 4))
    if kind == "not":
        return Without(some_need(chance, depth - 1))
    parts = tuple(some_need(chance, depth - 1) for _ in range(chance.randint(2, 3)))
    return Every(parts) if kind == "and" else Some(parts)


@pytest.mark.parametrize("seed", range(300))
def test_what_is_written_of_a_need_reads_back_as_the_same(seed: int) -> None:
    need = some_need(random.Random(seed))  # noqa: S311 - a test's dice
    assert read_need(in_words(need)) == need


@pytest.mark.parametrize("seed", range(200))
def test_who_lets_all_in_is_found_as_by_trying_every_agent(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    wider, narrower = some_need(chance), some_need(chance)
    agents = [{k: v for k, v in zip("abc", (a, b, c), strict=True) if v} for a in range(6) for b in range(6)
              for c in range(6)]  # fmt: skip
    assert lets_all(wider, narrower) == all(wider.meets(one) for one in agents if narrower.meets(one))
    assert can_be_met(narrower) == any(narrower.meets(one) for one in agents)


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────────────

WHOLE = """cards:
  ring_for: 12s
  wrap_up: 0s
  needs: [cards 2, english or mandarin 3]
  prefers: {loans: 2}
  choose: least_scarce
  order: priority
  ageing: 10s
  guard: 90s
  priority: {gold: 8, 普通: 3}
  relax:
    - after: 20s
      needs: cards
      estimate_over: 1m
      segments: [gold, silver]
    - after: 40s
      needs: cards or loans
      drop_asked: true
      between: 22:00-06:00
      zone: Asia/Shanghai
  ring_together: 3
  last_agent: 20s
  named_agent: 30s
  household: 10s
  full: 50
  no_agent: true
  hours: office
  when_closed: release
"""


def test_everything_that_a_queue_may_say_comes_to_the_router() -> None:
    queues, faults = parse_queues(WHOLE, "queues.yaml")
    assert faults.all() == ()
    queue = queues["cards"]
    rules = rules_of(queue, {})
    assert rules.need == Every((CARDS, Some((EN, ZH))))
    assert (rules.prefer, rules.choose, rules.order) == ((("loans", 2),), "least_scarce", "priority")
    assert (rules.ring_for, rules.wrap_up, rules.ageing, rules.guard) == (12, 0, 10, 90)
    assert (rules.group, rules.full, rules.no_agent) == (3, 50, True)
    first, second = rules.relax
    assert (first.after, first.need, first.drop) == (20, Skill("cards"), False)
    assert (first.when.estimate_over, first.when.segments) == (60, frozenset({"gold", "silver"}))
    assert (second.when.between, second.when.zone, second.drop) == ((1320, 360), "Asia/Shanghai", True)
    assert queue.exits == {"full", "closed", "no_agent"}
    assert (queue.last_agent, queue.named_agent, queue.household) == (20, 30, 10)
    assert [queue.least_priority(who, 5) for who in ("gold", "普通", "", "other")] == [8, 5, 5, 5]


def test_every_key_of_the_reference_is_read() -> None:
    _, faults = parse_queues("cards: {zzzzz: 1}\n", "queues.yaml")
    [told] = faults.all()
    assert told.code == "unknown-key"
    known, _ = parse_queues(WHOLE, "queues.yaml")
    assert known
    for doc in QUEUE_KEYS:
        _, faults = parse_queues(f"cards: {{{doc.key}: [[]]}}\n", "queues.yaml")
        assert "unknown-key" not in {fault.code for fault in faults.all()}, doc.key


PLANTED = [
    ("  needs: cards 2 andd english\n", "bad-need", 2, 18, 4),
    ("  needs: 'cards 2 andd english'\n", "bad-need", 2, 19, 4),
    ("  needs: [cards, 'loans 12']\n", "bad-need", 2, 25, 2),
    ("  needs: []\n", "empty", 2, 10, 1),
    ("  choose: best_skil\n", "bad-choice", 2, 11, 9),
    ("  order: latest\n", "bad-choice", 2, 10, 6),
    ("  guard: 5s\n", "guard-early", 2, 10, 2),
    ("  priority: {gold: 12}\n", "out-of-range", 2, 20, 2),
    ("  prefers: {loans: 0}\n", "out-of-range", 2, 20, 1),
    ("  full: 0\n", "out-of-range", 2, 9, 1),
    ("  when_closed: serve\n", "not-here", 2, 16, 5),
    ("  relax: [20s]\n", "not-a-mapping", 2, 11, 3),
    ("  relax:\n    - needs: cards\n", "missing-key", 3, 7, 1),
    ("  relax:\n    - after: 9s\n      need: cards\n", "unknown-key", 4, 7, 4),
    ("  relax:\n    - {after: 20s, needs: cards}\n    - {after: 20s, needs: cards}\n", "relax-order", 4, 7, 1),
    ("  relax:\n    - {after: 9s, needs: a, between: 9-12, zone: UTC}\n", "bad-hours", 3, 38, 4),
    ("  relax:\n    - {after: 9s, needs: a, between: 09:00-12:00}\n", "missing-key", 3, 38, 11),
    ("  relax:\n    - {after: 9s, needs: a, between: 09:00-12:00, zone: Mars}\n", "unknown-zone", 3, 57, 4),
    ("  relax:\n    - {after: 9s, needs: a, zone: UTC}\n", "not-here", 3, 35, 3),
]


@pytest.mark.parametrize("case", PLANTED, ids=[f"{n}-{case[1]}" for n, case in enumerate(PLANTED)])
def test_a_planted_fault_is_told_at_its_column(case: tuple[str, str, int, int, int]) -> None:
    lines, code, line, column, width = case
    _, faults = parse_queues(f"cards:\n{lines}", "queues.yaml")
    assert (code, line, column, width) in [(f.code, f.line, f.column, f.width) for f in faults.all()]
    assert len(faults.all()) <= 2, "one mistake must not drown in what follows from it"


# ── beside the other files ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def floor(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOTLINE, tmp_path / "dialplans"))


def with_rules(floor: Path, lines: str) -> tuple[FloorPlan | None, list[tuple[str, str, int]]]:
    """The floor with these lines below its first queue, and its faults."""
    file = floor / "queues.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("cards:\n", f"cards:\n{lines}", 1), encoding="utf-8")
    plan, faults = load_floor(floor)
    return plan, [(fault.code, Path(fault.file).name, fault.line) for fault in faults]


CROSS = [
    ("  needs: cads 2\n", [("unknown-skill", 7)]),
    ("  needs: cards 9\n", [("nobody-fits", 7)]),
    ("  needs: cards and not cards\n", [("need-impossible", 7)]),
    ("  prefers: {card: 1}\n", [("unknown-skill", 7)]),
    ("  needs: cards\n  relax:\n    - {after: 9s, needs: cards 2}\n", [("relax-tightens", 9), ("relax-nothing", 9)]),
    ("  needs: cards 2\n  relax:\n    - {after: 9s, needs: cards 2}\n", [("relax-nothing", 9)]),
    ("  needs: cards 2\n  relax:\n    - {after: 9s, needs: loans}\n", [("relax-tightens", 9)]),
    ("  needs: cards 3\n  relax:\n    - {after: 9s, needs: cards 1}\n    - {after: 19s, needs: cards 2}\n",
     [("relax-tightens", 10)]),
    ("  hours: ofice\n", [("unknown-calendar", 7)]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "told"), CROSS, ids=[case[0].strip().partition("\n")[0] for case in CROSS])
def test_rules_that_cannot_be_meant_are_told(floor: Path, lines: str, told: list[tuple[str, int]]) -> None:
    plan, faults = with_rules(floor, lines)
    assert plan is None
    wanted = [(code, "queues.yaml", line) for code, line in told]
    mine = [fault for fault in faults if fault[1] == "queues.yaml"]
    assert mine
    assert set(mine) <= set(wanted)


def test_steps_for_different_customers_or_hours_need_not_agree(floor: Path) -> None:
    lines = (
        "  needs: cards 3\n  relax:\n    - {after: 9s, needs: cards, segments: gold}\n"
        "    - {after: 19s, needs: cards 2, segments: standard}\n"
    )
    plan, faults = with_rules(floor, lines)
    assert plan, faults


def test_a_need_beside_what_the_flow_asks_for_must_be_met_by_one_and_the_same_agent(floor: Path) -> None:
    plan, faults = with_rules(floor, "  needs: cards 4 and not english\n")
    assert plan is None
    assert ("nobody-fits", "queues.yaml", 7) in faults


def test_an_exit_is_written_exactly_when_the_queue_can_lead_to_it(floor: Path) -> None:
    plan, faults = with_rules(floor, "  full: 5\n")
    assert plan is None
    assert {fault[0] for fault in faults} == {"missing-exit"}
    for file in (floor / "flows").glob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace("queue: cards\n", "queue: cards\n    full: bye\n")
        file.write_text(text, encoding="utf-8")
    _, faults = load_floor(floor)
    assert [str(fault) for fault in faults] == []
    queues = (floor / "queues.yaml").read_text(encoding="utf-8").replace("  full: 5\n", "")
    (floor / "queues.yaml").write_text(queues, encoding="utf-8")
    _, faults = load_floor(floor)
    assert {fault.code for fault in faults} == {"needless-exit"}
    assert "is never taken: queue 'cards' has no `full`" in str(faults[0])


def test_odd_words_are_warned_of(floor: Path) -> None:
    plan, faults = with_rules(floor, "  needs: cards and not trainee\n  priority: {godl: 8}\n")
    assert plan, faults
    told = {(warning.code, warning.line) for warning in advise(floor, plan)}
    assert {("nobody-excluded", 7), ("unknown-segment", 8)} <= told


def test_faults_of_the_file_itself_are_not_drowned_in_what_follows_from_them(floor: Path) -> None:
    _, faults = with_rules(floor, "  needs: cards 2 andd english\n  relax:\n    - {after: 9s, needs: cards}\n")
    assert faults == [("bad-need", "queues.yaml", 7)]


# ── agents and customers ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_skill_cannot_have_a_name_that_needs_are_written_with(floor: Path) -> None:
    file = floor / "agents.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("mandarin: 5", "not: 5", 1), encoding="utf-8")
    _, faults = load_floor(floor)
    assert "bad-name" in {fault.code for fault in faults}


def test_customers_may_have_a_household_and_an_agent_of_their_own(floor: Path) -> None:
    rows = "number,customer,name,segment,agent,household\n1380001,c-1,Zhao,gold,li-na,h1\n1380002,c-2,Zhou,,,h1\n"
    (floor / "customers.csv").write_text(rows, encoding="utf-8")
    plan, faults = load_floor(floor)
    assert plan, faults
    assert (plan.customers["1380001"].agent, plan.customers["1380002"].household) == ("li-na", "h1")
    (floor / "customers.csv").write_text(rows.replace("li-na", "li-no"), encoding="utf-8")
    _, wrong = load_floor(floor)
    assert [(fault.code, fault.line, fault.hint) for fault in wrong] == [("unknown-agent", 2, "did you mean 'li-na'?")]
    (floor / "customers.csv").write_text(rows.replace("agent,household", "agent,agent"), encoding="utf-8")
    assert [fault.code for fault in load_floor(floor)[1]] == ["bad-header"]
