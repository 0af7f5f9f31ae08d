"""Reads the text of a value to be said: what it means, whatever the language it is said in.

It does not know any language's words. A text that is not exactly such a value is `Unsayable`: nothing is guessed or
rounded, because a wrong amount is worse than a person who reads the right one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

DEFAULT_CURRENCY = "CNY"
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SYMBOLS = {"-": "dash", ".": "dot", "/": "slash", "_": "underscore", "@": "at-sign", "*": "star", "#": "pound-sign"}
SYMBOLS["+"] = "plus"

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,9}))?\Z", re.ASCII)
_SIGNS = {"¥": "CNY", "\uffe5": "CNY", "$": "USD", "US$": "USD", "HK$": "HKD", "€": "EUR", "£": "GBP"}
_MONEY = re.compile(r"(-?)([A-Z]{3} |US\$|HK\$|[¥\uffe5$€£])?([^A-Z]+?)( [A-Z]{3})?\Z")
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)\Z", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?\Z", re.ASCII)
_SPAN = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,8})h)?(?:(\d{1,9})m)?(?:(\d{1,10})s)?\Z", re.ASCII)
_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}\Z", re.ASCII)
_LONGEST_WHOLE = 15  # digits before the point: below 10^15
_LONGEST_TEXT = 64


class Kind(StrEnum):
    """How a value is said."""

    DIGITS = "digits"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    WEEKDAY = "weekday"
    DURATION = "duration"
    LETTERS = "letters"
    PHONE = "phone"
    CARD = "card"


class Unsayable(Exception):
    """A value is not what it should be said as. The text never shows the value."""


@dataclass(frozen=True, slots=True)
class Number:
    """`decimals` are the digits after the point as written, "" for none."""

    negative: bool
    whole: int
    decimals: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """`cents` are hundredths, 0 to 99; `currency` is one of `CURRENCIES`."""

    negative: bool
    whole: int
    cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class Clock:
    hour: int
    minute: int
    second: int


@dataclass(frozen=True, slots=True)
class Moment:
    day: date
    clock: Clock


@dataclass(frozen=True, slots=True)
class Duration:
    """Brought to the usual ranges: hours below 24, minutes and seconds below 60."""

    days: int
    hours: int
    minutes: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Groups:
    """Digits in groups with a short pause between; `plus` when the number is international."""

    groups: tuple[str, ...]
    plus: bool = False


def digits(text: str) -> str:
    """Plain digits; spaces and hyphens between them are not said."""
    bare = text.replace(" ", "").replace("-", "")
    if not (bare.isascii() and bare.isdigit() and len(bare) <= _LONGEST_TEXT):
        raise Unsayable("not a row of digits")
    return bare


def number(text: str) -> Number:
    """`1234`, `-1,234.50`; at most 15 digits before the point and 9 after it."""
    match = _NUMBER.match(text)
    whole = match[2].replace(",", "") if match else ""
    if not match or len(whole.lstrip("0")) > _LONGEST_WHOLE or len(whole) > _LONGEST_TEXT:
        raise Unsayable("not a number")
    decimals = match[3] or ""
    zero = not int(whole) and not decimals.strip("0")
    return Number(match[1] == "-" and not zero, int(whole), decimals)


def percent(text: str) -> Number:
    """A number, with or without `%` behind it."""
    return number(text.removesuffix("%").rstrip())


def money(text: str, currency: str = "") -> Money:
    """`1234.56`, `USD 1,234.5`, `12 EUR`, `-$5`; a currency in the text counts before `currency`.

    An amount with parts of a cent is refused: it would have to be rounded.
    """
    match = _MONEY.match(text)
    if not match or (match[2] and match[4]):
        raise Unsayable("not an amount of money")
    mark = (match[2] or match[4] or currency or DEFAULT_CURRENCY).strip()
    code = _SIGNS.get(mark, mark)
    if code not in CURRENCIES:
        raise Unsayable("not a currency that can be said")
    amount = number(match[1] + match[3].strip())
    cents = amount.decimals.rstrip("0")
    if len(cents) > 2:
        raise Unsayable("an amount with parts of a cent")
    return Money(amount.negative, amount.whole, int(cents.ljust(2, "0")), code)


def day(text: str) -> date:
    """`2026-11-21` or `20261121`; with a time behind it the day alone is meant."""
    head = re.split("[T ]", text, maxsplit=1)
    if len(head) > 1:
        clock(head[1])
    match = _DATE.match(head[0])
    try:
        if match and head[0].count("-") in {0, 2}:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise Unsayable("not a day of the calendar")


def clock(text: str) -> Clock:
    """`9:05`, `14:05` or `14:05:30`, as a clock on the wall shows it: no zone, because none would be said."""
    match = _CLOCK.match(text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        raise Unsayable("not a time of day")
    return Clock(int(match[1]), int(match[2]), int(match[3] or 0))


def moment(text: str) -> Moment:
    """`2026-11-21 14:05` or `2026-11-21T14:05:30`."""
    head, space, tail = text.replace("T", " ", 1).partition(" ")
    if not space:
        raise Unsayable("not a day with a time")
    return Moment(day(head), clock(tail))


def weekday(text: str) -> int:
    """1 for Monday to 7 for Sunday: from that number, an English name (`mon`, `Monday`) or a day."""
    if len(text) == 1 and text in "1234567":
        return int(text)
    small = text.lower()
    for place, name in enumerate(DAYS, start=1):
        if small in {name, name[:3]}:
            return place
    return day(text).isoweekday()


def duration(text: str) -> Duration:
    """Seconds (`90`) or spans with units, largest first (`1d`, `1h30m`, `90s`); less than a million days."""
    match = _SPAN.match(f"{text}s" if text.isascii() and text.isdigit() else text)
    if not match or not text:
        raise Unsayable("not a length of time")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if total >= 86400 * 1_000_000:
        raise Unsayable("a length of time that is too long")
    return Duration(total // 86400, total // 3600 % 24, total // 60 % 60, total % 60)


def letters(text: str) -> str:
    """Letters a to z, digits and `- . / _ @ * # +`, small letters; spaces are not said."""
    bare = text.replace(" ", "").lower()
    sound = all(char.isascii() and (char.isalnum() or char in SYMBOLS) for char in bare)
    if not bare or not sound or len(bare) > _LONGEST_TEXT:
        raise Unsayable("not letters and digits")
    return bare


def phone(text: str) -> Groups:
    """A telephone number in the groups in which it is written, or else in those that people know it by."""
    plus = text.startswith("+")
    written = [group for group in re.split("[ ()-]+", text.removeprefix("+")) if group]
    bare = "".join(written)
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 20):
        raise Unsayable("not a telephone number")
    if len(written) > 1:
        return Groups(tuple(written), plus)
    if plus and bare.startswith("86") and _CHINESE_MOBILE.match(bare[2:]):
        return Groups(("86", *_cut(bare[2:], (3, 4, 4))), plus)
    return Groups(_phone_groups(bare), plus)


def card(text: str) -> Groups:
    """A card or account number in groups of four; spaces and hyphens in the text do not count."""
    bare = digits(text)
    return Groups(_cut(bare, (4,) * (len(bare) // 4 + 1)))


def _phone_groups(bare: str) -> tuple[str, ...]:
    if _CHINESE_MOBILE.match(bare):
        return _cut(bare, (3, 4, 4))
    known = {7: (3, 4), 8: (4, 4), 10: (3, 3, 4)}
    if len(bare) in known:
        return _cut(bare, known[len(bare)])
    threes = max(1, len(bare) // 3 - (len(bare) % 3 == 1))
    return _cut(bare, (*(3,) * threes, 4)) if len(bare) > 5 else (bare,)


def _cut(bare: str, lengths: tuple[int, ...]) -> tuple[str, ...]:
    groups = []
    for length in lengths:
        groups.append(bare[:length])
        bare = bare[length:]
    return tuple(group for group in (*groups, bare) if group)
