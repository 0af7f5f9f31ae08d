"""A report as lines of cells: for a terminal, or as CSV that no spreadsheet takes for anything but text and numbers.

It does not know what is reported, nor how a cell is kept from being run (`desk/sheets.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from desk.sheets import csv_of, plain_cell

__all__ = ["clock", "csv_of", "percent", "plain_cell", "print_csv", "print_table", "seconds"]

_WIDEST = 220


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
