"""A report as lines of cells: for a terminal, or as CSV that no spreadsheet takes for anything but text and numbers.

It does not know what is reported.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a line's end would be run as a formula by a spreadsheet: names of
agents, reasons and queues come from people. Such a cell gets an apostrophe in front, which spreadsheets show as text.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
_WIDEST = 220


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


def csv_of(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """The whole CSV, with CRLF as its standard says."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(plain_cell, heads))
    writer.writerows(map(plain_cell, line) for line in lines)
    return out.getvalue()


def print_csv(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    sys.stdout.write(csv_of(heads, lines))


def print_table(heads: Sequence[str], lines: Iterable[Sequence[str]], words: int, last_is_total: bool = False) -> None:
    """A table for people; the first `words` columns hold words, the others numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place < words else "right", overflow="fold")
    rows = list(lines)
    for number, row in enumerate(rows):
        is_total = last_is_total and number == len(rows) - 1
        table.add_row(*[_quiet(cell) for cell in row], style="bold" if is_total else "")
    width = None if sys.stdout.isatty() else _WIDEST
    Console(width=width, highlight=False, markup=False).print(table)


def _quiet(cell: str) -> str:
    """What people wrote cannot move the cursor or colour the terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in cell)


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} %"


def seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def clock(milliseconds: int) -> str:
    """Hours, minutes, seconds and milliseconds, as people read a length of time."""
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{rest:03}"
