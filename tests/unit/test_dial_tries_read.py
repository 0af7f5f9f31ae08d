"""Tries, gaps, frequency, locks and consent, judged from bare facts: a planted breach is found, and nothing else."""

import json
import random
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from law_world import CARDS, House, at
from test_dial_ledger import follow, url

from journal.outbound_facts import AttemptBegun, AttemptEnded, ResultKept
from journal.store import Journal
from outbound.campaign import Mode
from outbound.law.book import LawBook
from outbound.law.profile import DAY, HOUR
from outbound.law.profiles import BUILT_IN, STRICT, US
from outbound.law.writing import text_of
from outbound.lead import Lead, Outcome
from outbound.verdict import Allowed
from switchroom.commands.answers import Code
from switchroom.commands.audit_campaign import audit_campaign
from switchroom.dial_ledger.tries_read import LIMITS, Limits, Touches, of_the_house

pytestmark = pytest.mark.unit

NOON = at("2023-11-14 12:00")
MINE, HOME = "+12125550100", "America/New_York"


def dial(name: str, when: float, number: str = MINE, person: str = "C-1", **more: Any) -> AttemptBegun:
    fact = AttemptBegun(
        when, name, "cards", "one", f"l.{person}", person, number, "+12125550000", 0, "new", "us@2026.1", "predictive",
        zones=(HOME,), consent="form",
    )  # fmt: skip
    return replace(fact, **more)


def end(name: str, when: float, outcome: str = "no_answer", number: str = MINE, person: str = "C-1") -> AttemptEnded:
    return AttemptEnded(when, name, "cards", f"l.{person}", person, number, outcome, 16, 0.0, lines=20.0)


def word(name: str, when: float, again: float) -> ResultKept:
    return ResultKept(when, name, "cards", "l.C-1", "ann", "later", False, again, "", "", "")


def tried(name: str, when: float, outcome: str = "no_answer", **more: Any) -> list[Any]:
    return [
        dial(name, when, **more),
        end(name, when + 30, outcome, more.get("number", MINE), more.get("person", "C-1")),
    ]


OTHER = "+12125550199"  # another number of the same person
HISTORIES = {
    "number_tries": [fact for n in range(4) for fact in tried(f"D{n}", NOON + n * HOUR, person=f"C-{n}")],
    "person_tries": [fact for n in range(4) for fact in tried(f"D{n}", NOON + n * HOUR, number=f"+1212555010{n}")],
    "too_soon": [*tried("D1", NOON), *tried("D2", NOON + 899, number=OTHER)],
    "frequency": [
        *(fact for n in range(3) for fact in tried(f"D{n}", NOON + n * DAY, "connected", campaign=f"c{n}")),
        dial("D9", NOON + 7 * DAY),
    ],
    "abandoned_lately": [*tried("D1", NOON, "abandoned"), dial("D2", NOON + 71 * HOUR, number=OTHER)],
    "no_consent": [dial("D1", NOON, mode="message", consent="")],
    "no_promise": [*tried("D1", NOON, "connected"), dial("D2", NOON + 1000, why="promised")],
}  # fmt: skip
KEPT = {
    "number_tries": [fact for n in range(4) for fact in tried(f"D{n}", NOON + n * 5 * HOUR, person=f"C-{n}")],
    "person_tries": [
        *tried("D0", NOON, "congestion"),  # not charged to him
        *(fact for n in range(1, 4) for fact in tried(f"D{n}", NOON + n * HOUR)),
    ],
    "too_soon": [*tried("D1", NOON), *tried("D2", NOON + 900)],
    "frequency": [
        *(fact for n in range(3) for fact in tried(f"D{n}", NOON + n * DAY, "connected")),
        dial("D9", NOON + 7 * DAY + 31),
    ],
    "abandoned_lately": [*tried("D1", NOON, "abandoned"), dial("D2", NOON + 71 * HOUR, mode="progressive")],
    "no_consent": [dial("D1", NOON, consent="")],
    "no_promise": [
        *tried("D1", NOON, "connected"), word("D1", NOON + 40, NOON + 60), dial("D2", NOON + 60, why="promised"),
    ],
}  # fmt: skip


def judged(facts: list[Any], limits: Limits | None = None) -> list[tuple[str, str]]:
    """Attempt and rule of each breach."""
    touches, found = Touches(lambda _number: ()), []
    for fact in facts:
        said = asdict(fact)
        if isinstance(fact, AttemptBegun):
            found += touches.begun(fact.contact, said, limits or LIMITS.get(fact.rules))
        elif isinstance(fact, AttemptEnded):
            touches.ended(fact.contact, said)
        else:
            touches.said(fact.contact, said)
    return [(one.attempt, one.rule) for one in found]


@pytest.mark.parametrize("rule", HISTORIES)
def test_a_planted_breach_of_each_rule_is_found_at_its_dial(rule: str) -> None:
    last = [fact for fact in HISTORIES[rule] if isinstance(fact, AttemptBegun)][-1]
    assert judged(HISTORIES[rule]) == [(last.contact, rule)]


@pytest.mark.parametrize("rule", KEPT)
def test_a_history_that_keeps_the_rule_by_a_hair_is_left_alone(rule: str) -> None:
    assert judged(KEPT[rule]) == []


def test_a_promise_is_good_for_one_call_and_outlives_what_was_not_his_fault() -> None:
    promised = [*tried("D1", NOON, "connected"), word("D1", NOON + 40, NOON + 60)]
    again = [*tried("D2", NOON + 60, "congestion", why="promised"), *tried("D3", NOON + 120, "busy", why="promised")]
    assert judged([*promised, *again]) == []
    assert judged([*promised, *again, dial("D4", NOON + HOUR, why="promised")]) == [("D4", "no_promise")]
    early = [dial("D1", NOON), word("D1", NOON + 10, NOON + 60), end("D1", NOON + 30, "connected")]
    assert judged([*early, dial("D2", NOON + 61, why="promised")]) == []


def test_days_are_those_of_every_place_where_the_number_may_be() -> None:
    ends = [at("2023-11-14 21:30"), at("2023-11-14 22:30"), at("2023-11-14 23:30"), at("2023-11-15 00:30")]
    facts = [fact for n, when in enumerate(ends) for fact in tried(f"D{n}", when)]
    assert judged(facts) == []
    west = [
        replace(fact, zones=(HOME, "America/Chicago")) if isinstance(fact, AttemptBegun) else fact for fact in facts
    ]
    assert [rule for _, rule in judged(west)] == ["number_tries", "person_tries"]
    nowhere = [replace(fact, zones=()) if isinstance(fact, AttemptBegun) else fact for fact in facts]
    assert judged(nowhere) == []


def test_the_numbers_stand_a_second_time_as_they_are_in_the_laws() -> None:
    for law in (*BUILT_IN.values(), STRICT):
        assert LIMITS[law.rules] == of_the_house(json.loads(text_of(law)))


@pytest.mark.parametrize("seed", range(6))
def test_the_judge_finds_in_random_days_what_the_book_would_have_refused_and_nothing_else(seed: int) -> None:
    """Everybody is dialled whatever the book says; its refusals are the breaches, dial by dial."""
    dice = random.Random(seed)  # noqa: S311 - a seed, no secret
    law = replace(US, week=(((0, 1440),),) * 7, country="", number_tries=2, contacts=2, contact_span=2 * DAY, gap=600.0)
    book, touches, now = LawBook({"us": law}), Touches(lambda _number: ()), NOON
    house, limits, wrong, found = House(book), of_the_house(json.loads(text_of(law))), 0, set()
    for _ in range(700):
        now += dice.choice((200.0, 700.0, 5000.0))
        person = dice.randrange(12)
        lead = Lead(
            f"l.{person}", f"C-{person}", f"+1212555{person:04}", zones=(HOME,), consent=dice.choice(("", "form"))
        )
        lead = replace(lead, number=f"+1646555{person:04}") if dice.random() < 0.3 else lead
        campaign = replace(
            CARDS, name=dice.choice(("one", "two")), mode=dice.choice((Mode.PREDICTIVE, Mode.PREVIEW, Mode.MESSAGE))
        )
        verdict = book.may_dial(lead, lead.number, campaign, now)
        begun = house.begin(now, lead, campaign)
        fact = dial(
            begun.attempt, now, lead.number, lead.person, campaign=campaign.name, mode=campaign.mode.value,
            consent=lead.consent,
        )  # fmt: skip
        rules = {one.rule for one in touches.begun(fact.contact, asdict(fact), limits)}
        if isinstance(verdict, Allowed):
            assert rules == set()
        else:
            assert verdict.reason.value in rules
        wrong += bool(rules)
        found |= rules
        now += 40.0
        outcome = dice.choice(list(Outcome))
        house.end(begun, outcome, now)
        touches.ended(
            fact.contact, {**asdict(end(fact.contact, now, outcome.value, lead.number, lead.person)), "lines": 0.0}
        )
    assert found >= {"number_tries", "person_tries", "too_soon", "frequency", "abandoned_lately", "no_consent"}
    assert 0 < wrong < 700


def test_the_audit_of_a_campaign_tells_the_breaches_and_fails(tmp_path: Path, capsys) -> None:
    journal = Journal.open(url(tmp_path), holder="test", now=NOON)
    journal.append(
        [*tried("D1", NOON, "busy"), *tried("D2", NOON + 60, "busy", campaign="loans"), dial("D3", NOON + 70)]
    )
    journal.close()
    follow(tmp_path)
    config = tmp_path / "switchroom.toml"
    config.write_text(f'[server]\ndata = "{tmp_path}"\n[journal]\nurl = "{url(tmp_path)}"\n')
    assert audit_campaign("cards", "", "now", config, as_json=True) is Code.NO
    told = json.loads(capsys.readouterr().out)
    assert told["sound"] is True
    assert [(one["attempt"], one["rule"]) for one in told["rules_broken"]] == [("D3", "too_soon")]
    assert audit_campaign("cards", "", "now", config, as_json=False) is Code.NO
    assert "the last attempt is not long enough ago" in capsys.readouterr().out
