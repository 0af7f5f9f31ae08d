"""A fault in something an integrator wrote: where it is, what is wrong, and what to write instead.

It knows nothing of YAML, flows or files on disk; it is told the file's name and the text's lines.

A fault is a value, never an exception: readers collect every fault of a text and go on, so that all are told at once.
A warning is a fault of lower severity: the text may still be used as it stands. What each code means is told in
`ivr/codes.py`. Lines and columns count from 1, columns in characters (not bytes, not screen cells).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # the line breaks of YAML, no more and no fewer
_MOST_SHOWN = 160  # characters of a source line that a printed fault shows
MAX_FAULTS = 500  # told for one text; a text with more is another kind of text


class Severity(StrEnum):
    """A fault keeps the text from being used; a warning does not."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a text. `width` is how many characters the caret underlines."""

    line: int = 1
    column: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `code` is a stable kebab-case name; `hint` may be ""; `source` is the line it stands in."""

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    source: str = ""
    width: int = 1
    severity: Severity = Severity.FAULT

    def __str__(self) -> str:
        mild = "warning: " if self.severity is Severity.WARNING else ""
        head = f"{self.file}:{self.line}:{self.column}  {mild}{self.message}  [{self.code}]"
        hint = f"  {self.hint}" if self.hint else ""
        if not self.source.strip() or self.column > _MOST_SHOWN:
            return head + (f"\n       {hint.strip()}" if hint else "")
        margin = f"{self.line:>6} | "
        caret = " " * (len(margin) - 2) + "| " + self._indent() + "^" * self._caret_cells()
        return f"{head}\n{margin}{self.source[:_MOST_SHOWN]}\n{caret}{hint}"

    def record(self) -> dict[str, str | int]:
        """The fault as plain values, for `--json` and for editors."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            "hint": self.hint,
        }

    def _indent(self) -> str:
        before = self.source[: self.column - 1]
        return "".join("\t" if char == "\t" else " " * _cells(char) for char in before)

    def _caret_cells(self) -> int:
        marked = self.source[self.column - 1 : min(self.column - 1 + self.width, _MOST_SHOWN)]
        return max(1, sum(_cells(char) for char in marked))


class Faults:
    """The faults of one text, in the order in which they were found."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.lines = _LINE_BREAK.split(text)
        self._found: dict[Fault, None] = {}
        self._mild: dict[Fault, None] = {}

    def add(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self._note(self._found, Severity.FAULT, place, (code, message, hint))

    def warn(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Something that is worth a look, and keeps nothing from working."""
        self._note(self._mild, Severity.WARNING, place, (code, message, hint))

    def _note(self, kept: dict[Fault, None], severity: Severity, place: Place, told: tuple[str, str, str]) -> None:
        source = self.lines[place.line - 1] if 0 < place.line <= len(self.lines) else ""
        fault = Fault(self.file, place.line, place.column, *told, source, max(1, place.width), severity)
        if len(kept) < MAX_FAULTS:
            kept[fault] = None

    def __bool__(self) -> bool:
        """Whether there is a fault; warnings do not count."""
        return bool(self._found)

    @property
    def full(self) -> bool:
        """Whether no more faults are kept: reading on would tell nothing new."""
        return len(self._found) >= MAX_FAULTS

    def all(self) -> tuple[Fault, ...]:
        """Every fault, by its place in the text; no warnings."""
        return _in_order(self._found)

    def warnings(self) -> tuple[Fault, ...]:
        """Every warning, by its place in the text."""
        return _in_order(self._mild)


def _in_order(found: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(found, key=lambda fault: (fault.line, fault.column)))


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A hint that names the nearest of `choices`, or lists them when there are few, or ""."""
    names = sorted(set(choices))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"one of: {', '.join(names)}" if 0 < len(names) <= 12 else ""


def _cells(char: str) -> int:
    """Screen cells of a character: two for Chinese, none for combining marks."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
