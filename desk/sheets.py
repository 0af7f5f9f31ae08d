"""Tables as CSV that no spreadsheet takes for anything but text and numbers.

It does not know what the tables tell.

A cell that begins with `=`, `+`, `-`, `@` (of full width, too), a tab or a line's end would be run as a formula by a
spreadsheet: names of agents, reasons, customers and queues come from people. Such a cell gets an apostrophe in front,
which spreadsheets show as text. Numbers of our own are left as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for the alphabet of the machine
_RUN: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def plain_cell(value: object) -> str:
    """The cell of a CSV; None is empty, a share or a time has as many digits as it needs."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".") or "0"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_RUN) else text


def csv_lines(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> Iterator[str]:
    """The CSV line by line, with CRLF as its standard says."""
    yield _line(heads)
    yield from map(_line, lines)


def csv_of(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """The whole CSV."""
    return "".join(csv_lines(heads, lines))


def _line(cells: Sequence[object]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(map(plain_cell, cells))
    return out.getvalue()
