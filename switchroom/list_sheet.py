"""The rows of a workbook's sheet, as text, in constant memory.

It does not know what a cell means.

The XML is read as it comes out of the zip; the texts that cells share stand in a file without a name, so that a million
of them cost no memory but a number each. A formula gives the value that was last shown. Numbers come without the dots
and powers of ten that only the program put there, moments as `2026-12-01 09:30`.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from array import array
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO, Final, Self

from switchroom.list_workbook import NoWorkbook, Sheet, chunks, feed, opened, plain, xml_parser

_MOST_COLUMNS: Final = 16_384
_LONGEST: Final = 32_767  # letters of a cell: what a spreadsheet allows
_REF: Final = re.compile(r"([A-Z]{1,3})[0-9]+\Z")
_SHARED: Final = "xl/sharedStrings.xml"


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
    """The texts that cells share, in a file."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._ends = array("Q", [0])
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed by `__exit__`
        self._text: list[str] | None = None
        self._aside = 0
        if _SHARED in book.namelist():
            self._read(book)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends) - 1:
            raise NoWorkbook("broken", "shared strings")
        self._file.seek(self._ends[number])
        return self._file.read(self._ends[number + 1] - self._ends[number]).decode()

    def _read(self, book: zipfile.ZipFile) -> None:
        parser, inside = xml_parser(), [False]

        def begins(name: str, _said: dict[str, str]) -> None:
            kind = plain(name)
            if kind == "si":
                self._text = []
            self._aside += kind == "rPh"  # how it is read aloud, which is not what it says
            inside[0] = kind == "t" and not self._aside

        def ends(name: str) -> None:
            kind = plain(name)
            inside[0] = False
            self._aside -= kind == "rPh"
            if kind == "si" and self._text is not None:
                written = self._file.write("".join(self._text)[:_LONGEST].encode("utf-8", "replace"))
                self._ends.append(self._ends[-1] + written)
                self._text = None

        def said(text: str) -> None:
            if inside[0] and self._text is not None:
                self._text.append(text)

        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begins, ends, said
        for chunk in chunks(book, _SHARED):
            feed(parser, chunk)
        feed(parser, b"", last=True)


class _RowReader:
    """Takes the XML of a sheet in pieces and gives its rows out."""

    def __init__(self, sheet: Sheet, shared: _Shared) -> None:
        self._sheet, self._shared = sheet, shared
        self._rows: list[tuple[int, list[str]]] = []
        self._number = 0
        self._cells: list[str] = []
        self._place, self._kind, self._style = 0, "", 0
        self._text: list[str] = []
        self._inside = False
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
        kind = name[name.find(":") + 1 :]
        if kind == "c":
            self._kind, self._style = said.get("t", ""), int(said.get("s", 0))
            self._place = self._column(said.get("r", ""))
            self._text = []
        elif kind in {"v", "t"}:
            self._inside = True
        elif kind == "row":
            self._number, self._cells = int(said.get("r", self._number + 1)), []

    def _ends(self, name: str) -> None:
        kind = name[name.find(":") + 1 :]
        if kind == "c":
            if self._text:
                self._cells.extend([""] * (self._place + 1 - len(self._cells)))
                self._cells[self._place] = self._value("".join(self._text)[:_LONGEST])
            self._place += 1
        elif kind in {"v", "t"}:
            self._inside = False
        elif kind == "row":
            self._rows.append((self._number, self._cells))

    def _said(self, text: str) -> None:
        if self._inside and len(self._text) <= _LONGEST:
            self._text.append(text[:_LONGEST])

    def _column(self, ref: str) -> int:
        """The column that A1, AB7 is in, from 0; a cell that does not say it stands behind the last one."""
        found = _REF.match(ref)
        if found is None:
            return self._place if self._cells else 0
        letters = found[1]
        place = self._columns.get(letters)
        if place is None:
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - 64
            if place > _MOST_COLUMNS:
                raise NoWorkbook("broken", ref)
            place = self._columns[letters] = place - 1
        return place

    def _value(self, text: str) -> str:
        if self._kind == "s":
            return self._shared[int(text)] if text.isdigit() else ""
        if self._kind in {"", "n"}:
            return self._moment(text) if self._style in self._sheet.dates else number_text(text)
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
