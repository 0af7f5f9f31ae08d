"""Why a row of a file does not become a lead, or a cell of it is left out.

It does not know where the file is, nor in which language a person is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """The reasons. Each has words for people in English and Chinese (`switchroom/words_en_lists.py`)."""

    EMPTY = "empty"  # no number at all
    LETTERS = "letters"  # letters or signs in a number
    MANGLED = "mangled"  # 1.38E+10: a spreadsheet has thrown digits away
    EXTENSION = "extension"  # a number behind a number
    COUNTRY = "country"  # no such country code
    TOO_FEW = "too_few"  # digits
    TOO_MANY = "too_many"
    NO_NUMBER = "no_number"  # nobody has such a number in that country
    SHORT_NUMBER = "short_number"  # emergency and service numbers
    PREMIUM = "premium"
    KIND = "kind"  # pagers and mailboxes
    ZONE = "zone"
    DATE = "date"
    PRIORITY = "priority"
    LANGUAGE = "language"
    UNREADABLE = "unreadable"  # NUL, other control letters, or letters that the encoding does not have
    LONG_CELL = "long_cell"
    MANY_CELLS = "many_cells"  # more than the header has
    QUOTE = "quote"  # a quote that is opened and not closed, or stands where none may
    DOUBLE = "double"  # an earlier row has the number
    ELSEWHERE = "elsewhere"  # another list has it
    BLOCKED = "blocked"  # never to be called


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that is wrong. `place` counts columns from 0. `left_out`: the row is a lead all the same, without it."""

    place: int
    why: Why
    value: str
    told: str = ""
    left_out: bool = False
