"""The rows of a workbook's sheet, as text, in constant memory.

It does not know what a cell means.

The XML is read as it comes out of the zip; the texts that cells share stand in a file without a name, so that a million
of them cost no memory but a number each. A formula gives the value that was last shown. Numbers come without the dots
and powers of ten that only the program put there, moments as `2026-12-01 09:30`.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from array import array
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Final, Self

from switchroom.list_workbook import NoWorkbook, Sheet, chunks, feed, opened, plain, xml_parser

_MOST_COLUMNS: Final = 16_384
_LONGEST: Final = 32_767  # letters of a cell: what a spreadsheet allows
_KINDS: Final = {"c": "c", "v": "text", "t": "text", "row": "row"}
_REMEMBERED: Final = 50_000  # texts
_SHARED: Final = "xl/sharedStrings.xml"
_SHARING: Final = frozenset({"si", "t", "rPh"})


def rows_of_sheet(
    path: Path, sheet: Sheet, progress: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that there are, with their numbers; `progress` is told how many bytes of the sheet were read."""
    with opened(path) as book, _Shared(book) as shared:
        reader = _RowReader(sheet, shared)
        done = 0
        for chunk in chunks(book, sheet.part):
            done += len(chunk)
            yield from reader.rows(chunk)
            progress(done)
        yield from reader.rows(b"", last=True)


class _Shared:
    """The texts that cells share, in a file: read as far as cells have asked for, in order where Excel wrote it.

    Those of the piece that was read last are at hand: a new text is mostly asked for soon after it was read.
    """

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._ends = array("Q", [0])
        self._file: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  closed by `__exit__`
        self._pieces = chunks(book, _SHARED) if _SHARED in book.namelist() else iter(())
        self._new: list[bytes] = []
        self._last: list[str] = []  # of the last piece, from number `_from` on
        self._from = 0
        self._text: str | None = None
        self._aside = 0
        self._inside = False
        self._parser = xml_parser()
        self._parser.StartElementHandler = self._begins
        self._parser.EndElementHandler = self._ended
        self._parser.CharacterDataHandler = self._said
        self._remembered = lru_cache(_REMEMBERED)(self._look_up)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def text(self, number: int) -> str:
        """The text of this number. Raises `NoWorkbook`."""
        place = number - self._from
        return self._last[place] if 0 <= place < len(self._last) else self._remembered(number)

    def _look_up(self, number: int) -> str:
        while number >= len(self._ends) - 1:
            piece = next(self._pieces, None)
            if piece is None or number < 0:
                raise NoWorkbook("broken", "shared strings")
            self._last, self._from = [], len(self._ends) - 1
            feed(self._parser, piece)
            self._file.write(b"".join(self._new))
            self._new.clear()
        first, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - first, first).decode()

    def _begins(self, name: str, _said: dict[str, str]) -> None:
        kind = name if name in _SHARING else plain(name)
        if kind == "si":
            self._text = ""
        self._aside += kind == "rPh"  # how it is read aloud, which is not what it says
        self._inside = kind == "t" and not self._aside

    def _ended(self, name: str) -> None:
        kind = name if name in _SHARING else plain(name)
        self._inside = False
        self._aside -= kind == "rPh"
        if kind == "si" and self._text is not None:
            text = self._text[:_LONGEST]
            said = text.encode("utf-8", "replace")
            self._last.append(text)
            self._new.append(said)
            self._ends.append(self._ends[-1] + len(said))
            self._text = None

    def _said(self, text: str) -> None:
        if self._inside and self._text is not None and len(self._text) < _LONGEST:
            self._text += text


class _RowReader:
    """Takes the XML of a sheet in pieces and gives its rows out."""

    def __init__(self, sheet: Sheet, shared: _Shared) -> None:
        self._sheet, self._shared = sheet, shared
        self._rows: list[tuple[int, list[str]]] = []
        self._number = 0
        self._cells: list[str] = []
        self._place, self._kind, self._style = 0, "", ""
        self._text = ""
        self._inside = False
        self._dates = frozenset(map(str, sheet.dates))
        self._columns: dict[str, int] = {}
        self._parser = xml_parser()
        self._parser.StartElementHandler = self._begins
        self._parser.EndElementHandler = self._ends
        self._parser.CharacterDataHandler = self._said

    def rows(self, chunk: bytes, *, last: bool = False) -> list[tuple[int, list[str]]]:
        """Take a piece in; return the rows that ended in it."""
        feed(self._parser, chunk, last=last)
        rows, self._rows = self._rows, []
        return rows

    def _begins(self, name: str, said: dict[str, str]) -> None:
        kind = _KINDS.get(name) or _KINDS.get(plain(name))
        if kind == "c":
            self._kind, self._style = said.get("t", ""), said.get("s", "")
            letters = said.get("r", "").rstrip("0123456789")
            place = self._columns.get(letters)
            self._place = self._column(letters) if place is None else place
            self._text = ""
        elif kind == "text":
            self._inside = True
        elif kind == "row":
            self._number, self._cells, self._place = int(said.get("r", self._number + 1)), [], 0

    def _ends(self, name: str) -> None:
        kind = _KINDS.get(name) or _KINDS.get(plain(name))
        if kind == "c":
            text, place, cells = self._text, self._place, self._cells
            if text:
                value = self._shared.text(int(text)) if self._kind == "s" else self._value(text)
                missing = place - len(cells)
                if missing == 0:
                    cells.append(value)
                else:
                    cells.extend([""] * (missing + 1))
                    cells[place] = value
            self._place = place + 1
        elif kind == "text":
            self._inside = False
        elif kind == "row":
            self._rows.append((self._number, self._cells))

    def _said(self, text: str) -> None:
        if self._inside and len(self._text) < _LONGEST:
            self._text += text[:_LONGEST]

    def _column(self, letters: str) -> int:
        """The column that A, AB is, from 0; a cell that does not say it stands behind the last one."""
        if not letters:
            return self._place
        place = 0
        for letter in letters[:4]:
            place = place * 26 + ord(letter) - 64
        if not letters.isascii() or not letters.isupper() or place > _MOST_COLUMNS:
            raise NoWorkbook("broken", letters[:20])
        self._columns[letters] = place - 1
        return place - 1

    def _value(self, text: str) -> str:
        if self._kind in {"", "n"}:
            return self._moment(text) if self._style in self._dates else number_text(text)
        return {"1": "TRUE", "0": "FALSE"}.get(text, text) if self._kind == "b" else text

    def _moment(self, text: str) -> str:
        try:
            at = self._sheet.epoch + timedelta(seconds=round(float(text) * 86_400))
        except (ValueError, OverflowError):
            return text
        return at.isoformat(" ", "seconds") if at.hour or at.minute or at.second else at.date().isoformat()


def number_text(text: str) -> str:
    """A number as a person would write it: 1.3812345678E10 is 13812345678, 3.0 is 3, 0.1 stays."""
    if text.isdigit():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)
