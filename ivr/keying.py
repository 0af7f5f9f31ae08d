"""What keyed digits must be to be taken: length, pattern, range, check digit, day of the calendar.

It does not know who keyed them, nor what is asked or said.

A pattern is written like one of Asterisk's dialplan, without its underscore: digits stand for themselves, `X` is 0 to
9, `Z` 1 to 9, `N` 2 to 9, `[1-37]` one of those, and a `.` at the end any digits more. It is no regular expression: it
is compared place by place, so no pattern and no caller can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MOST_DIGITS = 32
# Where a tape is replayed a secret is a row of "•", which passes every check but that of the length, or of "◦", which
# passes none: more is not kept than whether the keys were taken.
MASK = "•"
_CLASSES = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
_PLACE = re.compile(r"[0-9XZN]|\[[0-9](?:-?[0-9])*\]")
DATE_FORMS = {"yymmdd": 6, "mmdd": 4, "yyyymmdd": 8}


class Unreadable(Exception):
    """A rule is not written as it must be. The text says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """For each place the digits that may stand there; `more` allows any digits behind."""

    places: tuple[str, ...]
    more: bool = False

    def fits(self, keyed: str) -> bool:
        enough = len(keyed) > len(self.places) if self.more else len(keyed) == len(self.places)
        return enough and all(key in place or key == MASK for key, place in zip(keyed, self.places, strict=False))

    def lengths(self) -> tuple[int, int]:
        """The fewest and the most digits that fit."""
        least = len(self.places) + self.more
        return least, MOST_DIGITS if self.more else least


def pattern(text: str) -> Pattern:
    """Reads a pattern. Raises `Unreadable`."""
    more = text.endswith(".")
    rest = text.removesuffix(".")
    pieces = _PLACE.findall(rest)
    if "".join(pieces) != rest or not text or len(pieces) > MOST_DIGITS - more:
        raise Unreadable("write digits, X, Z, N, [1-37], and perhaps a dot at the end")
    return Pattern(tuple(_digits(piece) for piece in pieces), more)


def _digits(piece: str) -> str:
    if not piece.startswith("["):
        return _CLASSES.get(piece, piece)
    found: set[str] = set()
    for first, last in re.findall(r"([0-9])(?:-([0-9]))?", piece):
        if last and last < first:
            raise Unreadable(f"{first}-{last} counts down")
        found |= {str(digit) for digit in range(int(first), int(last or first) + 1)}
    return "".join(sorted(found))


@dataclass(frozen=True, slots=True)
class DayRule:
    """A day keyed as `form`. `side`: past, future (today counts as both) or ""; `within` days of today, 0 for any.

    `zone` says where it is today.
    """

    form: str
    side: str = ""
    within: int = 0
    zone: str = "UTC"

    def day(self, keyed: str, now: float) -> date | None:
        """The day that is meant at `now` (POSIX seconds); None when there is none, or it is out of range.

        A year keyed with two digits, or not at all, is the nearest that fits: the last before today for `past`, the
        next for `future`, and 2000 to 2099 when the rule has no side.
        """
        today = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(self.zone)).date()
        fits = [day for day in self._meant(keyed, today) if self._allowed(day, today)]
        return min(fits, key=lambda day: abs(day - today), default=None)

    def _meant(self, keyed: str, today: date) -> list[date]:
        head, month, day = keyed[:-4], int(keyed[-4:-2]), int(keyed[-2:])
        if self.form == "yyyymmdd":
            years = [int(head)]
        elif self.form == "yymmdd":
            years = [century + int(head) for century in ((1900, 2000, 2100) if self.side else (2000,))]
        else:
            years = list(range(today.year - 8, today.year + 9))  # 29 February may be eight years away
        return [found for year in years if (found := _date(year, month, day))]

    def _allowed(self, day: date, today: date) -> bool:
        near = not self.within or abs(day - today) <= timedelta(days=self.within)
        return near and {"past": day <= today, "future": day >= today}.get(self.side, True)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Rules:
    """All that keyed digits must be. `patterns`: one of them fits; () for any. `span` are the least and most value."""

    least: int
    most: int
    patterns: tuple[Pattern, ...] = ()
    span: tuple[int, int] | None = None
    luhn: bool = False
    day: DayRule | None = None

    def taken(self, keyed: str, now: float) -> str | None:
        """The value that is kept: the digits, or the day as `2026-11-21`; None when they are not taken."""
        if not self.least <= len(keyed) <= self.most or not all(key in "0123456789" + MASK for key in keyed):
            return None
        if MASK in keyed:
            return keyed
        tests: tuple[Callable[[], bool], ...] = (
            lambda: not self.patterns or any(one.fits(keyed) for one in self.patterns),
            lambda: self.span is None or self.span[0] <= int(keyed) <= self.span[1],
            lambda: not self.luhn or luhn(keyed),
        )
        if not all(test() for test in tests):
            return None
        if self.day is None:
            return keyed
        day = self.day.day(keyed, now)
        return day.isoformat() if day else None


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others, as on bank cards."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0
