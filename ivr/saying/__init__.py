"""Turns a value into the sequence of small sounds that says it: digits, amounts, dates and more, by language.

It does not know callers, flows or sound files: a value comes in as text, names of fragments go out.

    fragments(Kind.MONEY, "1234.56", "en", "CNY")  ->  ("say/1", "say/thousand", "say/200", "say/and", "say/34", ...)
    spoken(Kind.MONEY, "1234.56", "zh-CN", "CNY")  ->  "一千二百三十四元五角六分"

Every language has a closed list of fragments (`inventory`), so each is rendered, recorded and heard like any prompt.
What cannot be said rightly is not said at all: `Unsayable`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.saying import en, values, zh
from ivr.saying.inventory import FRAGMENT, PAUSE, inventory, rules_of
from ivr.saying.values import CURRENCIES, Kind, Unsayable
from ivr.saying.waits import own_texts

__all__ = [
    "CURRENCIES",
    "FRAGMENT",
    "PAUSE",
    "Kind",
    "Unsayable",
    "fragments",
    "inventory",
    "plain",
    "sayable_in",
    "spoken",
]

_READ: Mapping[Kind, Callable[[str], Any]] = {
    Kind.DIGITS: values.digits,
    Kind.NUMBER: values.number,
    Kind.PERCENT: values.percent,
    Kind.DATE: values.day,
    Kind.TIME: values.clock,
    Kind.DATETIME: values.moment,
    Kind.WEEKDAY: values.weekday,
    Kind.DURATION: values.duration,
    Kind.LETTERS: values.letters,
    Kind.PHONE: values.phone,
    Kind.CARD: values.card,
}
_RULES: Mapping[str, Mapping[Kind, Callable[[Any], tuple[str, ...]]]] = {"en": en.RULES, "zh": zh.RULES}


def sayable_in(language: str) -> bool:
    """Whether values can be said in the language (`en`, `en-GB`, `zh-CN`, ...)."""
    return rules_of(language) in _RULES


def fragments(kind: Kind, value: str, language: str, currency: str = "") -> tuple[str, ...]:
    """The fragments that say `value`, in order. `currency` is for money whose text names none.

    Raises `Unsayable` when the text is no such value, or the language has no rules. The error does not show the value.
    """
    rules = _RULES.get(rules_of(language))
    if rules is None:
        raise Unsayable(f"there are no rules to say values in {language}")
    text = value.strip()
    read = values.money(text, currency) if kind is Kind.MONEY else _READ[kind](text)
    return rules[kind](read)


def plain(names: tuple[str, ...], language: str) -> str:
    """The text of fragments, as it is written in that language. Raises `KeyError` for what is no fragment."""
    known = {**inventory(language), **own_texts(language)}
    chinese = rules_of(language) == "zh"
    texts = [known[name] for name in names]
    if chinese:
        return "".join(" " if name == PAUSE else text for name, text in zip(names, texts, strict=True))
    return " ".join(texts).replace(f" {known[PAUSE]}", ",")


def spoken(kind: Kind, value: str, language: str, currency: str = "") -> str:
    """What the caller hears, as text. Raises `Unsayable`."""
    return plain(fragments(kind, value, language, currency), language)
