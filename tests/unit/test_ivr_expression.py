"""Expressions: what they come to, where their faults are, and that nothing makes them raise or run away."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.expression import Expression, Malformed, parse
from ivr.parsing import MAX_DEPTH, MAX_LENGTH, MAX_TOKENS

pytestmark = pytest.mark.unit

VALUES = {
    "ten": "10",
    "half": "0.5",
    "word": "Gold",
    "card": "6222-0212",
    "day": "2026-03-01",
    "later": "20260401",
    "huge": "9" * 18,
    "wide": "\uff15",
}


def lookup(name: str) -> str:
    return VALUES.get(name, "")


def sound(text: str) -> Expression:
    found = parse(text)
    assert isinstance(found, Expression), found
    return found


def value(text: str) -> str | None:
    return sound(text).value(lookup)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 2 - 3", "5"),
        ("8 / 2 / 2", "2"),
        ("10 / 4", "2.5"),
        ("10 / 3", "3.333333"),
        ("2 / 3", "0.666667"),
        ("0.1 + 0.2", "0.3"),
        ("-${ten} + 1", "-9"),
        ("- - 1", "1"),
        ("0 * -1", "0"),
        ("1000000 * 1000000", "1000000000000"),
        ("${ten} * ${half}", "5"),
        ("${ ten }", "10"),
        ("'${'", None),
        ("len('中文')", "2"),
        ("digits(${card})", "62220212"),
        ("lower(${word})", "gold"),
        ("last(4, ${card})", "0212"),
        ("last(0, ${card})", ""),
        ("first(4, ${card})", "6222"),
        ("first(99, ${word})", "Gold"),
        ("round(2.345, 2)", "2.35"),
        ("round(-2.5, 0)", "-3"),
        ("days(${day}, ${later})", "31"),
        ("days(${later}, ${day})", "-31"),
        ("contains(${word}, 'ol')", "true"),
        ("${ten} >= 10 and ${word} == 'Gold'", "true"),
        ("not (${ten} < 10) or 1 > 2", "true"),
        ("1 > 2 or 2 > 1 and 1 > 2", "false"),
        ("${ten} == '10'", "true"),
        ("${ten} == 10.0", "true"),
        ("${nothing} == ''", "true"),
        ("${half} != 0.5", "false"),
    ],
)
def test_what_an_expression_comes_to(text: str, result: str | None) -> None:
    found = parse(text)
    assert (found.value(lookup) if isinstance(found, Expression) else None) == result


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "1 / (${ten} - 10)",
        "${word} + 1",
        "${nothing} > 1",
        "${nothing} == 0",
        "${huge} * ${huge}",
        "${huge} + ${huge}",
        "${wide} + 1",
        "last(${word}, ${card})",
        "last(-1, ${card})",
        "last(1.5, ${card})",
        "first(1001, ${card})",
        "round(1, 7)",
        "days(${word}, ${day})",
        "days('2026-02-30', ${day})",
        "days('0000-01-01', ${day})",
    ],
)
def test_what_cannot_be_computed_is_told_and_was_foretold(text: str) -> None:
    found = sound(text)
    assert found.can_fail
    assert found.value(lookup) is None
    assert not found.is_condition or found.holds(lookup) is None


@pytest.mark.parametrize(
    "text", ["last(4, ${card})", "round(2.345, 2)", "${word} == 'x'", "len(${word}) > 3", "not contains(${word}, 'x')"]
)
def test_what_cannot_fail_needs_no_exit_for_it(text: str) -> None:
    assert not sound(text).can_fail


def test_the_right_side_is_looked_at_only_when_it_matters() -> None:
    assert sound("${nothing} != '' and ${nothing} > 0").holds(lookup) is False
    assert sound("${nothing} == '' or ${nothing} > 0").holds(lookup) is True
    assert sound("${nothing} == '' and ${nothing} > 0").holds(lookup) is None


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 0, "is needed, not the end"),
        ("1 +", 3, "is needed, not the end"),
        ("1 2", 2, "an operator"),
        ("(1", 2, "')' is needed"),
        ("${ten} = 1", 7, "'=' cannot be read"),
        ("balance > 1", 0, "'balance' is not a name"),
        ("balans(1)", 0, "'balans' is not a function"),
        ("1 < 2 < 3", 6, "two comparisons"),
        ("1 and 2 > 1", 2, "'and' needs a condition, not a number"),
        ("not ${ten}", 0, "'not' needs a condition"),
        ("'a' + 1", 4, "not the text 'a'"),
        ("lower(1)", 0, "'lower' needs a text"),
        ("last(4)", 0, "takes 2 values, not 1"),
        ("${Ten} > 1", 0, "'Ten' is not a name"),
        ("1 > '${ten}'", 4, "is not looked up"),
        ("1 > 'x", 4, "cannot be read"),
        ("__import__('os')", 0, "'__import__' is not a function"),
        ("1 if 2 else 3", 2, "an operator"),
        ("1 ** 2", 3, "is needed, not '*'"),
        ("1 > 2 == (1 > 2)", 6, "two comparisons"),
        ("(1 > 2) == (1 > 2)", 8, "not a condition"),
        ("1" * 16, 0, "at most 15 digits"),
        ("(" * (MAX_DEPTH + 2), MAX_DEPTH + 1, "levels"),
        ("- " * (MAX_DEPTH + 2) + "1", None, "levels"),
        ("not " * (MAX_DEPTH + 2) + "1 > 0", None, "levels"),
        ("1" + "+1" * MAX_TOKENS, None, "words and signs"),
        ("1" * (MAX_LENGTH + 1), 0, "characters"),
    ],
)
def test_a_fault_has_its_column(text: str, at: int | None, words: str) -> None:
    found = parse(text)
    assert isinstance(found, Malformed)
    assert words in found.message
    assert at is None or found.at == at


MANY = (
    "1 0 0.5 999999999999999 'a' '' ${ten} ${word} ${day} ${nothing} ${huge} ( ) + - * / == != < <= > >= and or not ,"
    " len last round days = first digits contains lower x ' ${ } \x00 中 \ud800"
)
WORDS = st.sampled_from(MANY.split(" "))


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=30).map(" ".join), st.text(max_size=60)), st.text(max_size=20))
def test_no_text_makes_it_raise(text: str, anything: str) -> None:
    found = parse(text)
    if isinstance(found, Malformed):
        assert 0 <= found.at <= len(text)
        assert found.width >= 1
        return
    for values in (lookup, lambda _: anything):
        result = found.value(values)
        assert result is not None or found.can_fail
        assert result is None or len(result) <= max(MAX_LENGTH, len(anything), 32)
        assert found.holds(values) in ((True, False, None) if found.is_condition else (False, None))


Sum = tuple[str, Fraction | None]
LEAVES = st.sampled_from(
    [("1", Fraction(1)), ("0", Fraction(0)), ("2.5", Fraction(5, 2)), ("${ten}", Fraction(10)), ("-3", Fraction(-3))]
)


def joined(parts: tuple[Sum, str, Sum]) -> Sum:
    (first, one), sign, (second, two) = parts
    text = f"({first} {sign} {second})"
    if one is None or two is None or (sign == "/" and two == 0):
        return text, None
    return text, {"+": one + two, "-": one - two, "*": one * two}[sign] if sign != "/" else one / two


SUMS = st.recursive(
    LEAVES, lambda part: st.tuples(part, st.sampled_from(["+", "-", "*", "/"]), part).map(joined), max_leaves=12
)


@settings(max_examples=300, deadline=None)
@given(SUMS)
def test_sums_come_to_what_exact_fractions_say(made: Sum) -> None:
    text, expected = made
    found = parse(text)
    if isinstance(found, Malformed):
        assert "levels" in found.message
    elif expected is None:
        assert found.value(lookup) is None
    else:
        result = found.value(lookup)
        assert result is not None
        assert abs(Fraction(result) - expected) <= Fraction(1, 10**6)
