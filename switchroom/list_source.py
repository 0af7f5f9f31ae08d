"""A file with a list in it, of either kind: how it is written, its header, and its rows behind that.

It does not know what a row must be.

The first row that is not empty is the header, unless a telephone number stands in it: then it is the first row of the
list, that column is the number, and the others are known by their position (`#1`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from outbound.listing.numbers import Number, Numbers
from switchroom.list_sheet import rows_of_sheet
from switchroom.list_text import Cells, NoText, rows_of_text, shape_of
from switchroom.list_workbook import sheet_of

Progress = Callable[[int], None]
Rows = Iterator[tuple[int, Cells]]
_MOST_BEFORE = 1000  # rows before the header that may be empty


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person says of a file, "" and None for what is to be found out."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: bool | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read. `size` is what progress counts to; `below` is the number of the header's row, or 0."""

    path: Path
    shape: str
    heads: tuple[str, ...]
    below: int
    size: int
    open: Callable[[Progress], Rows]

    def rows(self, progress: Progress = lambda _: None) -> Rows:
        """Yield the rows of the list with their numbers in the file, without header and empty ones."""
        for number, cells in self.open(progress):
            if number > self.below and (not isinstance(cells, list) or any(map(str.strip, cells))):
                yield number, cells


def source_of(path: Path, reading: Reading, numbers: Numbers) -> Source:
    """Look into the file. Raises `NoText`, `NoWorkbook`, `OSError`."""
    with path.open("rb") as file:
        is_workbook = file.read(4) in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}
    if is_workbook:
        sheet = sheet_of(path, reading.sheet)
        shape, size = f"xlsx, {sheet.name}", sheet.size

        def rows(progress: Progress) -> Rows:
            return iter(rows_of_sheet(path, sheet, progress))
    else:
        text = shape_of(path, reading.encoding, reading.delimiter)
        shape, size = f"{text.encoding}, {_named(text.delimiter)}", path.stat().st_size

        def rows(progress: Progress) -> Rows:
            return rows_of_text(path, text, progress)

    heads, below = _header(rows(lambda _: None), reading.header, numbers)
    return Source(path, shape, heads, below, size, rows)


def _header(rows: Rows, said: bool | None, numbers: Numbers) -> tuple[tuple[str, ...], int]:
    for number, cells in rows:
        if isinstance(cells, list) and any(map(str.strip, cells)):
            where = next((n for n, cell in enumerate(cells[:200]) if isinstance(numbers.read(cell), Number)), None)
            if said if said is not None else where is None:
                return tuple(cells), number
            return tuple("phone" if n == where else f"#{n + 1}" for n in range(len(cells))), 0
        if number > _MOST_BEFORE or not isinstance(cells, list):
            break
    raise NoText("empty")


def _named(delimiter: str) -> str:
    return {"\t": "tab"}.get(delimiter, delimiter)
