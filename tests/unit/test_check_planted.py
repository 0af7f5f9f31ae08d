"""Faults planted in sound floors: each is told by its code at its true line; twenty good flows raise no alarm."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from ivr.codes import CODES
from ivr.steps import VERBS
from switchroom.advice import advise
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit

GOLDEN = Path(__file__).parents[1] / "golden" / "floor"

# (file below the floor, what stands there, what is planted instead, code); ¶ marks the line at which it must be told.
PLANTED = [
    # strict YAML
    ("flows/02-front-desk", "    tries: 2\n", "    tries: 2\n¶    tries: 3\n", "duplicate-key"),
    ("flows/02-front-desk", "      star: menu\n", "¶      *: menu\n", "star-key"),
    ("flows/02-front-desk", "      pound: bye\n", "      pound: bye\n¶      #: bye\n", "pound-key"),
    ("flows/02-front-desk", "  bye:\n", "¶  bye: &end\n", "anchor"),
    ("flows/02-front-desk", "    next: bye\n", "¶    next: *bye\n", "alias"),
    ("flows/02-front-desk", "    next: bye\n", "    next: bye\n¶    <<: {next: bye}\n", "merge-key"),
    ("flows/02-front-desk", "hangup: normal", "¶hangup: !!python/object:os.system normal", "tag"),
    ("flows/02-front-desk", "    play: sorry\n", "¶\tplay: sorry\n", "syntax"),
    ("flows/02-front-desk", "    play: sorry\n", "¶    play: 'sorry\n", "syntax"),
    ("flows/02-front-desk", "    play: sorry\n", "¶    play: [sorry\n", "syntax"),
    ("flows/02-front-desk", "    play: sorry\n", '¶    play: "so\\x07rry"\n', "control-character"),
    ("flows/02-front-desk", "flow: 02-front-desk\n", "¶%YAML 1.1\n---\nflow: 02-front-desk\n", "directive"),
    ("flows/02-front-desk", "    hangup: normal\n", "    hangup: normal\n¶---\nflow: x\n", "second-document"),
    ("flows/02-front-desk", "      1: person\n", "¶      [1]: person\n", "bad-key"),
    ("flows/02-front-desk", "    play: sorry\n", "¶    play: " + "[" * 20 + "sorry" + "]" * 20 + "\n", "too-deep"),
    # names that lead somewhere
    ("flows/02-front-desk", "      0: person\n", "¶      0: persn\n", "unknown-step"),
    ("flows/02-front-desk", "start: menu", "¶start: menue", "unknown-step"),
    ("flows/02-front-desk", "queue: cards", "¶queue: card", "unknown-queue"),
    ("flows/03-two-languages", "skills: {cards: 2}", "¶skills: {crads: 2}", "unknown-skill"),
    ("flows/03-two-languages", "      zh-CN: mandarin\n", "¶      zh-CN: cantonese\n", "unknown-skill"),
    ("flows/03-two-languages", "    hours: office\n", "¶    hours: offices\n", "unknown-calendar"),
    ("flows/03-two-languages", "{play: [sorry, closed]", "¶{play: [sorry, clozed]", "unknown-prompt"),
    ("flows/03-two-languages", "english: {language: en", "¶english: {language: fr", "unknown-language"),
    ("flows/03-two-languages", "languages: [zh-CN, en]", "¶languages: [zh-CN, en, nl]", "unknown-language"),
    ("flows/03-two-languages", "languages: [zh-CN, en]", "¶languages: [zh-CN, en, en]", "language-twice"),
    ("flows/03-two-languages", "      en: {english: 2}\n", "", "missing-language"),
    ("flows/04-balance", "authenticate: bank", "¶authenticate: banks", "unknown-source"),
    ("flows/04-balance", 'with: {card: "${card}"}', '¶with: {cart: "${card}"}', "unknown-source-key"),
    ("flows/04-balance", 'with: {card: "${card}"}', '¶with: {cart: "${card}"}', "missing-source-key"),
    ("flows/04-balance", "into: {money: balance}", "¶into: {money: balanse}", "unknown-return"),
    ("flows/04-balance", '{money: "${money}", currency', '¶{money: "${mony}", currency', "unknown-variable"),
    ("flows/08-night", "periods: {lunch: lunch}", "¶periods: {lunsh: lunch}", "unknown-period"),
    ("flows/20-everything", "    told: 90s\n", "¶    tolt: 90s\n", "unknown-goal"),
    ("flows/20-everything", "except: [word, rate]", "¶except: [word, rat]", "unknown-step"),
    ("flows/20-everything", "    opening: open\n", "¶    opening: opn\n", "unknown-exit"),
    ("numbers.yaml", "  4008002: 02-front-desk\n", "¶  4008002: front-desk\n", "unknown-flow"),
    ("numbers.yaml", "fallback: 01-shortest", "¶fallback: shortest", "unknown-flow"),
    # keys and values
    ("flows/02-front-desk", "    limit: 10m\n", "    limit: 10m\n¶    limits: 10m\n", "unknown-key"),
    ("flows/02-front-desk", "    tries: 2\n", "", "missing-key"),
    ("flows/02-front-desk", "    tries: 2\n", "¶    tries: two\n", "not-a-number"),
    ("flows/02-front-desk", "    tries: 2\n", "¶    tries: 20\n", "out-of-range"),
    ("flows/02-front-desk", "    limit: 10m\n", "¶    limit: 10\n", "bad-duration"),
    ("flows/02-front-desk", "    limit: 10m\n", "¶    limit:\n", "empty"),
    ("flows/02-front-desk", "hangup: normal", "¶hangup: yes", "bad-choice"),
    ("flows/02-front-desk", "      1: person\n", "¶      12: person\n", "bad-menu-key"),
    ("flows/02-front-desk", "  sorry:\n", "¶  Sorry!:\n", "bad-name"),
    ("flows/02-front-desk", "    next: bye\n", "¶    next: [bye]\n", "not-a-text"),
    ("flows/04-balance", "digits: 16-19", "¶digits: 19-16", "bad-length"),
    ("flows/05-who-calls", "branch: ${customer.segment}", "¶branch: ${customer.segment", "bad-reference"),
    ("flows/05-who-calls", "branch: ${customer.segment}", "¶branch: gold", "constant-branch"),
    ("flows/06-claim", "pattern: 20XXXXXX", "¶pattern: 20QQ", "bad-pattern"),
    ("flows/07-amounts", "range: 100-50000", "¶range: 50000-100", "bad-range"),
    ("flows/07-amounts", "- when: ${fee} < 10", "¶- when: ${fee} < < 10", "bad-expression"),
    ("flows/13-callback", "scale: 0-10", "¶scale: ten", "bad-scale"),
    ("flows/20-everything", 'transfer: "+862112345678"', '¶transfer: "+86 21"', "bad-number"),
    # steps and the flow as a whole
    ("flows/02-front-desk", "    play: sorry\n", "    play: sorry\n¶    hangup: normal\n", "two-verbs"),
    ("flows/02-front-desk", "    play: sorry\n", "¶    plai: sorry\n", "no-verb"),
    ("flows/02-front-desk", "    timed_out: sorry\n", "    timed_out: sorry\n¶  lost: {hangup: busy}\n", "unreachable"),
    ("flows/02-front-desk", "  sorry:\n    play: sorry\n    next: bye\n",
     "¶  sorry:\n    play: sorry\n", "missing-exit"),
    ("flows/02-front-desk", "  sorry:\n    play: sorry\n    next: bye\n",
     "¶  sorry:\n    play: sorry\n    next: sorry\n", "endless-loop"),
    ("flows/11-topics", "loss: {set: {topic: loss}, next: say}", "loss: {play: hello, next: say}", "unset-variable"),
    ("flows/06-claim", "not_found: person\n    failed: person\n  tell", "not_found: open\n    failed: person\n  tell",
     "unset-variable"),
    ("flows/13-callback", "no_input: bye\n    no_match: bye\n  there", "no_input: there\n    no_match: bye\n  there",
     "unset-variable"),
    # secrets and private values
    ("flows/09-secret-variable", "    secret: true\n", "", "secret-unmasked"),
    ("flows/09-secret-variable", "    value: ${money}\n", "¶    value: ${pin}\n", "secret-shown"),
    ("flows/09-secret-variable", "    into: card\n", "    into: pin\n", "secret-mixed"),
    ("flows/09-secret-variable", "    refused: person\n", "    refused: say\n", "private-untold"),
    ("flows/10-levels", "otherwise: ask-card", "otherwise: balance", "private-untold"),
    # going on after a hang-up
    ("flows/06-claim", "resume_for: 2h\n", "", "no-resume-time"),
    ("flows/06-claim", "    point: point-place\n", "", "missing-key"),
    ("flows/10-levels", "prove_by: [ask-card, prove]\n", "", "no-proof"),
    ("flows/10-levels", "prove_by: [ask-card, prove]", "¶prove_by: [ask-card]", "proves-nothing"),
    # the floor
    ("flows/02-front-desk", "flow: 02-front-desk", "¶flow: front-desk", "flow-name"),
    ("flows/03-two-languages", "skills: {cards: 2}", "skills: {cards: 9}", "nobody-fits"),
    ("calendars.yaml", "[09:00-12:00, 13:30-18:00]", "¶[09:00-12:00, 12:05-18:00]", "hours-gap"),
    ("calendars.yaml", "[09:00-12:00, 13:30-18:00]", "¶[09:00-14:00, 13:30-18:00]", "hours-overlap"),
    ("calendars.yaml", "    mon-fri: 08:00-20:00\n", "    mon-fri: 08:00-20:00\n¶    fri: 09:00-12:00\n", "day-twice"),
    ("calendars.yaml", "    2026-10-10: 09:00-17:00\n", "¶    2026-13-10: 09:00-17:00\n", "bad-date"),
    ("queues.yaml", "loans: {ring_for: 15s}\n", "¶loans: {ring_for: 15s, needs: loans 2 andd english}\n", "bad-need"),
    ("queues.yaml", "loans: {ring_for: 15s}\n", "¶loans: {ring_for: 15s, needs: lones 2}\n", "unknown-skill"),
    ("queues.yaml", "loans: {ring_for: 15s}\n", "¶loans: {ring_for: 15s, needs: loans 9}\n", "nobody-fits"),
    ("queues.yaml", "loans: {ring_for: 15s}\n", "¶loans: {ring_for: 15s, needs: loans and not loans}\n",
     "need-impossible"),
    ("queues.yaml", "loans: {ring_for: 15s}\n",
     "loans:\n  needs: loans 2\n  relax:\n¶    - {after: 20s, needs: loans 3}\n", "relax-tightens"),
    ("queues.yaml", "loans: {ring_for: 15s}\n",
     "loans:\n  needs: loans 2\n  relax:\n¶    - {after: 20s, needs: loans 2}\n", "relax-nothing"),
    ("queues.yaml", "loans: {ring_for: 15s}\n",
     "loans:\n  relax: [{after: 9s, needs: loans},\n¶    {after: 9s, needs: loans}]\n", "relax-order"),
    ("queues.yaml", "cards: {ring_for: 15s, target: 20s}", "¶cards: {ring_for: 15s, target: 20s, guard: 5s}",
     "guard-early"),
    ("queues.yaml", "loans: {ring_for: 15s}\n", "¶loans: {ring_for: 15s, hours: ofice}\n", "unknown-calendar"),
    ("agents.yaml", "  phone: agent2\n", "  phone: agent1\n", "shared-phone"),
    ("sources.yaml", "  private: [balance, limit]\n", "¶  private: [balanse, limit]\n", "unknown-return"),
]  # fmt: skip
# Codes that are told about the step as a whole: at its name, wherever the edit was.
AT_THE_STEP = {
    ("flows/02-front-desk", "missing-key"): 7,
    ("flows/03-two-languages", "missing-language"): 22,
    ("flows/03-two-languages", "nobody-fits"): 18,
    ("flows/09-secret-variable", "secret-unmasked"): 14,
    ("flows/09-secret-variable", "secret-mixed"): 6,
    ("agents.yaml", "shared-phone"): 6,
}


def name_of(case: tuple[str, str, str, str]) -> str:
    return f"{case[3]}-{case[0]}"


@pytest.fixture
def floor(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOLDEN, tmp_path / "floor"))


@pytest.mark.parametrize("case", PLANTED, ids=[f"{number}-{name_of(case)}" for number, case in enumerate(PLANTED)])
def test_a_planted_fault_is_told_by_its_code_at_its_line(floor: Path, case: tuple[str, str, str, str]) -> None:
    name, old, new, code = case
    file = floor / (name if "." in name else f"{name}.yaml")
    text = file.read_text(encoding="utf-8")
    assert old in text
    edited = text.replace(old, new, 1)
    file.write_text(edited.replace("¶", ""), encoding="utf-8")
    plan, faults = load_floor(floor)
    assert plan is None
    told = [fault for fault in faults if fault.code == code and Path(fault.file) == file]
    assert told, [str(fault) for fault in faults]
    if "¶" in edited:
        assert edited[: edited.index("¶")].count("\n") + 1 in [fault.line for fault in told]
    elif (name, code) in AT_THE_STEP:
        assert AT_THE_STEP[name, code] in [fault.line for fault in told]
    assert len(faults) <= 4, "one mistake must not drown in what follows from it"


def test_there_are_at_least_sixty_planted_faults_of_many_codes() -> None:
    assert len(PLANTED) >= 60
    assert len({code for _, _, _, code in PLANTED}) >= 50
    assert {code for _, _, _, code in PLANTED} <= set(CODES)


def test_twenty_good_flows_raise_no_alarm() -> None:
    plan, faults = load_floor(GOLDEN)
    assert plan, "\n".join(map(str, faults))
    assert len(plan.flows) >= 20
    assert {warning.code for warning in advise(GOLDEN, plan)} == set()


def test_the_good_flows_use_every_verb() -> None:
    plan, _ = load_floor(GOLDEN)
    assert plan
    used = Counter(step.verb.VERB for flow in plan.flows.values() for step in flow.steps.values())
    assert set(VERBS) - set(used) == set()


def test_faults_of_all_kinds_are_told_at_once(floor: Path) -> None:
    """Faults that do not touch each other, one in each flow: all are told in one run."""
    planted = {}
    for name, old, new, code in PLANTED:
        if name not in planted and "¶" in new and code not in {"syntax", "directive"} and name.startswith("flows/"):
            file = floor / f"{name}.yaml"
            file.write_text(file.read_text(encoding="utf-8").replace(old, new.replace("¶", ""), 1), encoding="utf-8")
            planted[name] = code
    _, faults = load_floor(floor)
    assert set(planted.values()) <= {fault.code for fault in faults}
    assert len(planted) >= 8


# ── warnings ────────────────────────────────────────────────────────────────────────────────────────────────────────

WARNED = [
    ("prompts/en.yaml", 'hello: "Hello."\n', 'hello: "Hello."\n¶good-day: "Good day."\n', "unused-prompt"),
    ("queues.yaml", "vip: {ring_for: 10s}\n", "vip: {ring_for: 10s}\n¶gold: {ring_for: 10s}\n", "unused-queue"),
    ("numbers.yaml", "  4008011: 11-topics\n", "", "unused-flow"),
    ("calendars.yaml", "    sun: closed\n", "", "hours-unwritten"),
    ("flows/04-balance.yaml", "  ask-card:\n    collect: ask-card", "¶  ask-card:\n    collect: ask-pin",
     "secret-asked"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code"), WARNED, ids=[case[3] for case in WARNED])
def test_a_warning_is_told_and_fails_nothing(floor: Path, name: str, old: str, new: str, code: str) -> None:
    file = floor / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    edited = text.replace(old, new, 1)
    file.write_text(edited.replace("¶", ""), encoding="utf-8")
    plan, faults = load_floor(floor)
    assert plan, [str(fault) for fault in faults]
    told = [warning for warning in advise(floor, plan) if warning.code == code]
    assert len(told) == 1
    if "¶" in edited:
        assert (Path(told[0].file), told[0].line) == (file, edited[: edited.index("¶")].count("\n") + 1)
    assert str(told[0]).partition("  ")[2].startswith("warning: ")
