"""Laws read out: every rule of every law in both languages, with the source that the docs name."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from outbound.campaign import Mode
from outbound.law.profile import DAY, HOUR, Formula, NumberKind, Profile
from outbound.law.profiles import BUILT_IN, STRICT, UK, US
from outbound.law.sources import HOUSE, OURS, SOURCES
from outbound.law.wording import LANGUAGES, RULES, read_out

pytestmark = pytest.mark.unit
DOCS = Path(__file__).parents[2] / "docs" / "outbound-law.md"


def said(law: Profile, rule: str, language: str = "en") -> str:
    return next(one.says for one in read_out(law, language) if one.rule == rule)


def source(law: Profile, rule: str) -> str:
    return next(one.source for one in read_out(law, "en") if one.rule == rule)


@pytest.mark.parametrize("law", [*BUILT_IN.values(), STRICT], ids=lambda law: law.name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_every_law_is_a_sentence_in_both_languages(law, language) -> None:
    lines = read_out(law, language)
    assert [one.rule for one in lines] == list(RULES)
    assert all(one.name and one.says and one.source for one in lines)
    chinese = [any("\u4e00" <= sign <= "\u9fff" for sign in one.name + one.says) for one in lines]
    assert all(chinese) if language == "zh" else not any(chinese)


# Each number of a profile, another one in its place: somebody who reads the law must see it.
OTHERS = {
    "country": "CN", "zones": (), "week": (((600, 660),),) * 7, "on_holidays": ((600, 660),),
    "closed": frozenset({date(2026, 12, 24)}), "number_tries": 7, "person_tries": 8, "gap": 5 * HOUR, "lock": 7 * HOUR,
    "contacts": 9, "contact_span": 11 * DAY, "consent_for": frozenset({Mode.RATIO}), "refuses": frozenset(),
    "ring_for": 21.0, "wait": 4.0, "message": False, "cap": 0.0123, "window": 13 * DAY, "formula": Formula.STRICT,
    "false_machine": 0.031, "machines_abandoned": 0.17,
}  # fmt: skip


def test_no_number_of_a_law_can_change_unseen() -> None:
    silent = {"name", "version", "code"}
    assert {field.name for field in fields(Profile)} == OTHERS.keys() | silent
    for language in LANGUAGES:
        plain = [one.says for one in read_out(UK, language)]
        for name, value in OTHERS.items():
            told = [one.says for one in read_out(replace(UK, **{name: value}), language)]
            assert sum(was != now for was, now in zip(plain, told, strict=True)) >= 1, name


def test_hours_are_told_by_spans_of_days_that_are_alike() -> None:
    assert said(UK, "hours") == "Mon-Fri 08:00-21:00, Sat 09:00-18:00, Sun 10:00-16:00 at the called place"
    assert said(UK, "hours", "zh") == "周一-周五 08:00-21:00，周六 09:00-18:00，周日 10:00-16:00（被叫地时间）"  # noqa: RUF001 - Chinese
    split = replace(US, week=(((540, 720), (780, 1080)), *((),) * 6))
    assert said(split, "hours") == "Mon 09:00-12:00 and 13:00-18:00, Tue-Sun no calls at the called place"


def test_what_a_house_has_changed_is_its_own_and_the_rest_has_the_source_of_its_country() -> None:
    own = replace(US, name="debts-ohio", cap=0.02)
    assert (source(own, "cap"), source(own, "hours")) == (HOUSE.en, source(US, "hours"))
    assert source(own, "tries") == OURS.en
    far = replace(STRICT, name="elsewhere", code="+65")
    assert {one.source for one in read_out(far, "en")} == {HOUSE.en}
    assert not any(one.ours for one in read_out(far, "en"))


def test_the_docs_name_every_source_that_is_told() -> None:
    page = " ".join(DOCS.read_text(encoding="utf-8").split())
    for law, rules in SOURCES.items():
        assert law in BUILT_IN
        assert rules.keys() <= RULES.keys()
        for told in rules.values():
            for cite in told.en.partition(";")[0].split(", "):
                assert cite in page, cite


def test_kinds_of_numbers_have_words() -> None:
    every = replace(US, refuses=frozenset(NumberKind))
    assert said(every, "kinds").count(",") == len(NumberKind) - 1
