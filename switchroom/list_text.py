"""A CSV file as rows of cells, whatever program wrote it: its encoding, its delimiter, and the rows that are broken.

It does not know what a cell means.

The encoding is the one that the first bytes name, else UTF-16 where every other byte is 0, else UTF-8 or GB18030,
whichever reads the whole file. Lines end in CR, LF or both, mixed or not. A quote that is opened and not closed
swallows the rest of a file for most programs; here it costs its own row: the lines behind it are read again.
No line and no row is kept longer than a bound, so a file of any length, also of one line, is read in constant memory.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from outbound.listing.faults import Why

LONGEST_LINE: Final = 1 << 20  # letters
_MOST_LINES: Final = 200  # of one row
_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_DELIMITERS: Final = (",", ";", "\t", "|")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_ENOUGH: Final = 20
_BEYOND: Final = "\x7f".__lt__
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be cut into cells, and what there is of it."""

    why: Why
    text: str


Cells = list[str] | Broken


class NoText(Exception):
    """The file is no text in the encoding that was named, or none at all. `why` is encoding or empty."""

    def __init__(self, why: str, about: str = "") -> None:
        super().__init__(f"{why} {about}")
        self.why = why
        self.about = about


@dataclass(frozen=True, slots=True)
class TextShape:
    """How a CSV file is written. `skip` is how many lines stand before the first row (`sep=;`)."""

    encoding: str
    delimiter: str
    skip: int = 0


def shape_of(path: Path, encoding: str = "", delimiter: str = "") -> TextShape:
    """Find out how the file is written, as far as it is not said. Raises `NoText`, `OSError`."""
    found = _known(encoding) if encoding else _encoding_of(path)
    with path.open(encoding=found, errors="replace", newline="") as text:
        sample = text.read(_SAMPLE)
    if not sample.strip():
        raise NoText("empty")
    first, _, rest = sample.lstrip("\ufeff").partition("\n")
    said = first.strip().strip('"')
    if said.lower().startswith("sep=") and len(said) == 5:
        return TextShape(found, delimiter or said[4], 1)
    return TextShape(found, delimiter or _delimiter_of(first + "\n" + rest))


def rows_of_text(path: Path, shape: TextShape, progress: Progress = lambda _: None) -> Iterator[tuple[int, Cells]]:
    """Yield each row with its number from 1, as a spreadsheet counts; `progress` is told the bytes read so far."""
    with path.open("rb") as file, TextIOWrapper(file, shape.encoding, errors="replace", newline="") as text:
        lines = _Lines(text)
        for _ in range(shape.skip):
            next(lines, None)
        for number, cells in enumerate(_rows(lines, shape.delimiter), 1):
            if not number % 4096:
                progress(file.tell())
            yield number, cells


def _rows(lines: _Lines, delimiter: str) -> Iterator[Cells]:
    """Cut lines into rows. `strict` makes the reader complain where it would else swallow or glue together."""
    csv.field_size_limit(LONGEST_LINE * 2)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong):
            whole = lines.give_back()
            yield Broken(Why.LONG_CELL if len(whole) >= LONGEST_LINE else Why.QUOTE, whole[:2000].rstrip("\r\n"))
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        yield cells


class _TooLong(Exception):
    """A row has more lines than a row may have."""


class _Lines:
    """The lines of a text, those of the current row kept, so that all but the first can be read again."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._letters = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self._row) >= _MOST_LINES or self._letters > LONGEST_LINE:
            raise _TooLong
        line = self._again.popleft() if self._again else self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) >= LONGEST_LINE:
            self._skip_rest(line)
            self._row.append(line.rstrip("\r\n") + "\n")  # when it comes again, its rest does not
            raise _TooLong
        self._row.append(line)
        self._letters += len(line)
        return line

    def begin_row(self) -> None:
        self._row.clear()
        self._letters = 0

    def give_back(self) -> str:
        """The row's first line; the others come again."""
        first, *others = self._row
        self._again.extendleft(reversed(others))
        self.begin_row()
        return first

    def _skip_rest(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(LONGEST_LINE)


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise NoText("encoding", encoding) from None


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    # In UTF-16 digits, delimiters and line ends have a 0 beside them; in any other encoding a text has no 0.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 8:
        return "utf-16-le" if odd > even else "utf-16-be"
    before = _letters_before_fault(path, "utf-8")
    if before is None or before >= _ENOUGH:
        return "utf-8"
    return "gb18030" if _letters_before_fault(path, "gb18030") is None or not before else "utf-8"


def _letters_before_fault(path: Path, encoding: str) -> int | None:
    """How many letters beyond ASCII a file has before it first is not of this encoding; None where it is throughout.

    A text of another encoding hardly has more than a few letters that look like UTF-8 by chance.
    """
    decoder, letters = codecs.getincrementaldecoder(encoding)(), 0
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                told = decoder.decode(chunk)
                letters += 0 if told.isascii() else sum(map(_BEYOND, told))
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as fault:
            return letters + sum(map(_BEYOND, fault.object[: fault.start].decode(encoding, "ignore")))
    return None


def _delimiter_of(sample: str) -> str:
    """The sign that cuts the first lines into the most cells, as many in each."""
    lines = sample.splitlines()[:20]

    def steadiness(sign: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=sign) if any(cells)]
        except csv.Error:
            return 0, 0
        first = widths[0] if widths else 1
        return (sum(width == first for width in widths) if first > 1 else 0), first

    return max(_DELIMITERS, key=steadiness)
