"""The closed list of fragments of each language, with the text that is spoken for each.

It does not know the order in which they are said (`en.py`, `zh.py`).

A fragment's name begins with `say/`, which no prompt's name can, so both live in one catalogue. A person's recording
`recordings/<language>/say/<name>.wav` is played instead of the text, as with any prompt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from ivr.saying.values import Kind

FRAGMENT = "say/"  # how the name of every fragment begins
PAUSE = "say/pause"
_PAUSE_TEXT = "…"  # a speech program makes a short silence of it

_ONES_EN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS_EN = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_ORDINALS_EN = (
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)  # fmt: skip
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONEY_EN = {
    "cny": ("yuan", "yuan", "fen", "fen"),
    "usd": ("US dollar", "US dollars", "cent", "cents"),
    "eur": ("euro", "euros", "cent", "cents"),
    "gbp": ("pound", "pounds", "penny", "pence"),
    "hkd": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
}
_SYMBOLS_EN = {
    "dash": "dash", "dot": "dot", "slash": "slash", "underscore": "underscore", "at-sign": "at", "star": "star",
    "pound-sign": "pound", "plus": "plus",
}  # fmt: skip
_SYMBOLS_ZH = {
    "dash": "横杠", "dot": "点", "slash": "斜杠", "underscore": "下划线", "at-sign": "艾特", "star": "星号",
    "pound-sign": "井号", "plus": "加",
}  # fmt: skip
_ONES_ZH = "零一二三四五六七八九"
_MONEY_ZH = {
    "cny": "元", "usd": "美元", "eur": "欧元", "gbp": "英镑", "hkd": "港元", "jiao": "角", "fen": "分",
    "usd-cent": "美分", "eur-cent": "欧分", "gbp-cent": "便士",
}  # fmt: skip
_LETTERS = {letter: letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}

Texts = dict[str, str]


def rules_of(language: str) -> str:
    """Whose rules a language follows: `zh` for `zh-CN`."""
    return language.partition("-")[0]


def inventory(language: str, kinds: Iterable[Kind] | None = None) -> Mapping[str, str]:
    """Name to text of every fragment that values of these kinds may need; of all kinds by default.

    Empty for a language without rules.
    """
    return _inventory(rules_of(language), frozenset(Kind if kinds is None else kinds))


@cache
def _inventory(rules: str, kinds: frozenset[Kind]) -> Mapping[str, str]:
    by_kind = _BY_KIND.get(rules, {})
    texts = {name: text for kind in Kind if kind in kinds and kind in by_kind for name, text in by_kind[kind].items()}
    return {name if name == PAUSE else f"say/{name}": text for name, text in texts.items()}


def _below_hundred_en(number: int) -> str:
    if number < 20:
        return _ONES_EN[number]
    return _TENS_EN[number // 10] + (f"-{_ONES_EN[number % 10]}" if number % 10 else "")


def _below_hundred_zh(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{_ONES_ZH[tens]}十")
    return head + (_ONES_ZH[ones] if ones or not tens else "")


def _ordinal_en(day: int) -> str:
    if day == 30:
        return "thirtieth"
    return _ORDINALS_EN[day] if day <= 20 else f"{_TENS_EN[day // 10]}-{_ORDINALS_EN[day % 10]}"


def _english() -> Mapping[Kind, Texts]:
    digits = {str(digit): _ONES_EN[digit] for digit in range(10)}
    whole = {str(number): _below_hundred_en(number) for number in range(100)}
    whole |= {str(number * 100): f"{_ONES_EN[number]} hundred" for number in range(1, 10)}
    whole |= {word: word for word in ("and", "thousand", "million", "billion", "trillion")}
    number = {**whole, "minus": "minus", "point": "point"}
    money = dict(number)
    for code, (one, many, cent, cents) in _MONEY_EN.items():
        money |= {code: one, f"{code}-many": many, f"{code}-cent": cent, f"{code}-cents": cents}
    units = {unit: unit for name in ("day", "hour", "minute", "second") for unit in (name, f"{name}s")}
    month = {f"month-{place}": name for place, name in enumerate(_MONTHS_EN, start=1)}
    day = {f"day-{place}": _ordinal_en(place) for place in range(1, 32)}
    date = {**whole, **month, **day, "hundred": "hundred", "oh": "oh"}
    below_sixty = {str(place): _below_hundred_en(place) for place in range(60)}
    time = {**below_sixty, "oh": "oh", "am": "a.m.", "pm": "p.m.", "noon": "noon", "midnight": "midnight", "and": "and"}
    time |= {"second": "second", "seconds": "seconds"}
    groups = {**digits, PAUSE: _PAUSE_TEXT}
    return {
        Kind.DIGITS: digits,
        Kind.NUMBER: number,
        Kind.PERCENT: {**number, "percent": "percent"},
        Kind.MONEY: money,
        Kind.DATE: date,
        Kind.TIME: time,
        Kind.DATETIME: {**date, **time, "at": "at"},
        Kind.WEEKDAY: {f"weekday-{place}": name for place, name in enumerate(_DAYS_EN, start=1)},
        Kind.DURATION: {**whole, **units},
        Kind.LETTERS: {**digits, **_LETTERS, **_SYMBOLS_EN},
        Kind.PHONE: {**groups, "plus": "plus"},
        Kind.CARD: groups,
    }


def _chinese() -> Mapping[Kind, Texts]:
    digits = {str(digit): _ONES_ZH[digit] for digit in range(10)}
    whole = {str(number): _below_hundred_zh(number) for number in range(100)}
    whole |= {f"in-{number}": f"一{_below_hundred_zh(number)}" for number in range(10, 20)}
    whole |= {str(number * 100): f"{_ONES_ZH[number]}百" for number in range(1, 10)}
    whole |= {str(number * 1000): f"{_ONES_ZH[number]}千" for number in range(1, 10)}
    whole |= {"two": "两", "two-thousand": "两千", "ten-thousand": "万", "hundred-million": "亿"}
    number = {**whole, "minus": "负", "point": "点"}
    month = {f"month-{place}": f"{_below_hundred_zh(place)}月" for place in range(1, 13)}
    day = {f"day-{place}": f"{_below_hundred_zh(place)}日" for place in range(1, 32)}
    # U+3007, the round zero of years
    date = {**digits, "round-0": "\u3007", "year": "年", **month, **day}
    below_sixty = {str(place): _below_hundred_zh(place) for place in range(60)}
    hours = {f"hour-{place}": f"{'两' if place == 2 else _below_hundred_zh(place)}点" for place in range(24)}
    minutes = {f"minute-{place}": f"{'零' * (0 < place < 10)}{_below_hundred_zh(place)}分" for place in range(60)}
    time = {**below_sixty, **hours, **minutes, "sharp": "整", "seconds": "秒"}
    groups = {**digits, PAUSE: _PAUSE_TEXT}
    return {
        Kind.DIGITS: digits,
        Kind.NUMBER: number,
        Kind.PERCENT: {**number, "percent": "百分之"},
        Kind.MONEY: {**number, **_MONEY_ZH},
        Kind.DATE: date,
        Kind.TIME: time,
        Kind.DATETIME: {**date, **time},
        Kind.WEEKDAY: {f"weekday-{place}": f"星期{name}" for place, name in enumerate("一二三四五六日", start=1)},
        Kind.DURATION: {**whole, "days": "天", "hours": "小时", "minutes": "分钟", "seconds": "秒"},
        Kind.LETTERS: {**digits, **_LETTERS, **_SYMBOLS_ZH},
        Kind.PHONE: {**groups, "yao": "幺", "plus": "加"},
        Kind.CARD: groups,
    }


_BY_KIND: Mapping[str, Mapping[Kind, Texts]] = {"en": _english(), "zh": _chinese()}
