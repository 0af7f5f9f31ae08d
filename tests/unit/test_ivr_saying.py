"""Saying values: golden cases in two languages, the edges by hand, what is refused, and that no fragment is missing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.saying import CURRENCIES, FRAGMENT, PAUSE, Kind, Unsayable, fragments, inventory, plain, sayable_in, spoken

pytestmark = pytest.mark.unit

GOLDEN = Path(__file__).parents[1] / "golden"
LANGUAGES = ("en", "zh-CN")


def golden(language: str) -> list[dict[str, str]]:
    with (GOLDEN / f"saying-{language}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_golden_case_is_said_to_the_word(language: str) -> None:
    cases = golden(language)
    assert len(cases) >= 500
    assert {case["kind"] for case in cases} == set(Kind)
    said = [spoken(Kind(case["kind"]), case["value"], language, case["currency"]) for case in cases]
    wrong = [(case, text) for case, text in zip(cases, said, strict=True) if text != case["text"]]
    assert wrong == []


def test_there_are_a_thousand_golden_cases() -> None:
    assert sum(len(golden(language)) for language in LANGUAGES) >= 1000


BY_HAND = [
    ("number", "2", "two", "二"),
    ("number", "200", "two hundred", "二百"),
    ("number", "12,000", "twelve thousand", "一万二千"),
    ("number", "-0", "zero", "零"),
    ("number", "-0.00", "zero point zero zero", "零点零零"),
    ("number", "007", "seven", "七"),
    ("number", "100002000300002", "one hundred trillion two billion three hundred thousand and two",
     "一百万零二十亿零三十万零二"),
    ("money", "1234.56", "one thousand two hundred and thirty-four yuan and fifty-six fen", "一千二百三十四元五角六分"),
    ("money", "USD 1,234.50", "one thousand two hundred and thirty-four US dollars and fifty cents",
     "一千二百三十四美元五十美分"),
    ("money", "12 EUR", "twelve euros", "十二欧元"),
    ("money", "-$2.01", "minus two US dollars and one cent", "负两美元零一美分"),
    ("money", "HK$2", "two Hong Kong dollars", "两港元"),
    ("money", "£0.01", "one penny", "一便士"),
    ("money", "¥3", "three yuan", "三元"),
    ("money", "0.050", "five fen", "五分"),
    ("date", "20261121", "November twenty-first twenty twenty-six", "二\u3007二六年十一月二十一日"),
    ("date", "2026-11-21T08:30", "November twenty-first twenty twenty-six", "二\u3007二六年十一月二十一日"),
    ("time", "9:05", "nine oh five a.m.", "九点零五分"),
    ("time", "14:05:09", "two oh five p.m. and nine seconds", "十四点零五分零九秒"),
    ("time", "02:00", "two a.m.", "两点整"),
    ("time", "00:01:00", "twelve oh one a.m.", "零点零一分"),
    ("datetime", "2026-11-21 12:00", "November twenty-first twenty twenty-six at noon",
     "二\u3007二六年十一月二十一日十二点整"),
    ("weekday", "sun", "Sunday", "星期日"),
    ("weekday", "Wednesday", "Wednesday", "星期三"),
    ("weekday", "1", "Monday", "星期一"),
    ("duration", "1h30m", "one hour and thirty minutes", "一小时三十分钟"),
    ("duration", "2d", "two days", "两天"),
    ("duration", "90s", "one minute and thirty seconds", "一分钟三十秒"),
    ("letters", "ab-1/2", "A B dash one slash two", "AB横杠一斜杠二"),
    ("letters", "x@y.z", "X at Y dot Z", "X艾特Y点Z"),
    ("phone", "+8613800138000", "plus eight six, one three eight, zero zero one three, eight zero zero zero",
     "加八六 幺三八 零零幺三 八零零零"),
    ("phone", "010-6552 9988", "zero one zero, six five five two, nine nine eight eight", "零幺零 六五五二 九九八八"),
    ("card", "6222-0212 3456", "six two two two, zero two one two, three four five six", "六二二二 零二一二 三四五六"),
    ("digits", "1 10-0", "one one zero zero", "一一零零"),
    ("percent", "-0.5", "minus zero point five percent", "负百分之零点五"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "english", "chinese"), BY_HAND)
def test_the_edges_are_said_as_people_say_them(kind: str, value: str, english: str, chinese: str) -> None:
    assert spoken(Kind(kind), value, "en") == english
    assert spoken(Kind(kind), value, "zh-CN") == chinese


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("money", "abc"), ("money", ""), ("money", "1.005"), ("money", "JPY 100"), ("money", "$"), ("money", "1,23.00"),
        ("money", "USD 1 EUR"), ("money", "--1"), ("money", "1e3"), ("money", "\uff11\uff12"), ("money", "usd 5"),
        ("number", "1e5"), ("number", "1000000000000000"), ("number", "."), ("number", "1."), ("number", "٣"),
        ("number", "1.0123456789"), ("number", "0" * 65), ("number", "nan"),
        ("percent", "%"), ("percent", "5%%"),
        ("date", "2026-02-29"), ("date", "2026-13-01"), ("date", "2026-1121"), ("date", "26-11-21"), ("date", "today"),
        ("date", "2026-11-21T25:00"), ("date", "2026-11-21T08:00Z"), ("date", "0000-01-01"),
        ("time", "24:00"), ("time", "12:60"), ("time", "1205"), ("time", "12:05Z"), ("time", "12:05+08:00"),
        ("datetime", "2026-11-21"), ("datetime", "12:00"), ("datetime", "2026-11-21T08:00:00Z"),
        ("weekday", "0"), ("weekday", "8"), ("weekday", "someday"),
        ("duration", ""), ("duration", "30m1h"), ("duration", "5 minutes"), ("duration", "999999d25h"),
        ("letters", ""), ("letters", "张三"), ("letters", "a\x00"), ("letters", "x" * 65), ("letters", "é"),
        ("digits", ""), ("digits", "12a"), ("digits", "12*"), ("digits", "•" * 4), ("digits", "1" * 65),
        ("phone", ""), ("phone", "+"), ("phone", "anonymous"), ("phone", "1" * 21), ("phone", "++86"),
        ("card", "4111x"), ("card", ""),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_refused_in_every_language_and_not_shown(kind: str, value: str) -> None:
    for language in LANGUAGES:
        with pytest.raises(Unsayable) as refused:
            fragments(Kind(kind), value, language)
        assert len(value) < 3 or value not in str(refused.value)


def test_the_currency_of_the_step_counts_only_where_the_value_names_none() -> None:
    assert spoken(Kind.MONEY, "5", "en", "GBP") == "five pounds"
    assert spoken(Kind.MONEY, "5 USD", "en", "GBP") == "five US dollars"
    with pytest.raises(Unsayable):
        fragments(Kind.MONEY, "5", "en", "XYZ")


def test_a_language_without_rules_says_nothing_and_its_regions_share_them() -> None:
    assert sayable_in("en-GB")
    assert spoken(Kind.NUMBER, "21", "en-GB") == "twenty-one"
    assert not sayable_in("nl")
    assert inventory("nl") == {}
    with pytest.raises(Unsayable):
        fragments(Kind.NUMBER, "1", "nl")


TEXTS = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"-?[0-9]{1,15}(\.[0-9]{1,4})?", fullmatch=True),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds")),
    st.times().map(lambda time: time.isoformat(timespec="seconds")),
    st.integers(0, 10**9).map(str),
    st.from_regex(r"\+?[0-9]{3,20}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9@./_*#+-]{1,20}", fullmatch=True),
    st.sampled_from(("1d2h3m4s", "5%", "sat", "7")),
)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(Kind), TEXTS, st.sampled_from(LANGUAGES), st.sampled_from(("", *CURRENCIES)))
@example(Kind.DATE, "0999-12-31", "en", "")
@example(Kind.DATE, "9009-01-30", "zh-CN", "")
def test_every_fragment_that_can_be_said_is_in_the_inventory_of_its_kind(
    kind: Kind, text: str, language: str, currency: str
) -> None:
    try:
        names = fragments(kind, text, language, currency)
    except Unsayable:
        return
    known = inventory(language, (kind,))
    assert names
    assert set(names) <= set(known)
    assert plain(names, language) == spoken(kind, text, language, currency)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fragment_is_there_that_nothing_says(language: str) -> None:
    """A closed list is recorded by a person, who must not read in vain."""
    values = {
        Kind.NUMBER: [*map(str, range(10_000)), "-1.5", "12000", "20000", "10" * 5, "200000000", "1000000000000"],
        Kind.PERCENT: ["5"],
        Kind.MONEY: [f"{code} {text}" for code in CURRENCIES for text in ("1.01", "2.22", "2.02", "0.20")],
        Kind.DATE: [f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
        + ["1900-01-29", "2026-01-30", "1905-01-31", "2000-01-01"],
        Kind.TIME: [f"{hour}:{minute:02}:{minute:02}" for hour in range(24) for minute in range(60)] + ["12:00:01"],
        Kind.DATETIME: ["2026-01-01 03:00"],
        Kind.WEEKDAY: [*"1234567"],
        Kind.DURATION: ["1d1h1m1s", "2d2h2m2s"],
        Kind.LETTERS: ["abcdefghijklmnopqrstuvwxyz0123456789-./_@*#+"],
        Kind.PHONE: ["+86 1"],
    }
    said = {name for kind, texts in values.items() for text in texts for name in fragments(kind, text, language)}
    assert set(inventory(language)) - said <= {"say/hour-0"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fragment_has_a_name_that_no_prompt_can_have_and_a_text(language: str) -> None:
    texts = inventory(language)
    assert all(name.startswith(FRAGMENT) and text for name, text in texts.items())
    assert len({text for name, text in texts.items() if name != PAUSE}) > 0.9 * len(texts)
