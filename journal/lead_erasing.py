"""One person taken out of the lists: the only thing that ever changes in a list's file.

It does not know what the journal has of him. His row stays, so that rows keep their numbers and counts their sums; in
it are words in place of his numbers and id, and nothing else of him. A word is no number: no law lets it be dialled.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from journal.lead_file import ENDING
from journal.remedies import explained

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.erasing import Person

_LEAST: Final = 6  # digits by which a cell that was refused is known as his number
_GONE: Final = "name = '', others = '', language = '', owner = '', segment = '', fields = ''"


@dataclass(frozen=True, slots=True)
class Listed:
    """His row in a list."""

    list: str
    row: int
    person: str
    numbers: tuple[str, ...]


def rows_of_person(folder: Path, numbers: Iterable[str], ids: Iterable[str]) -> list[Listed]:
    """Every row with one of these numbers, first or other, or with one of these ids. Raises `JournalError`."""
    found, wanted = [], (json.dumps([*numbers]), json.dumps([*ids]))
    query = (
        "SELECT row, person, number, others FROM lead WHERE number IN (SELECT value FROM json_each(?1)) "
        "OR (person != '' AND person IN (SELECT value FROM json_each(?2))) "
        "OR EXISTS (SELECT 1 FROM json_each(?1) WHERE instr(' ' || others || ' ', ' ' || value || ' '))"
    )
    for path in sorted(folder.glob(f"*{ENDING}")):
        try:
            with closing(sqlite3.connect(path)) as db:
                for row, person, number, others in db.execute(query, wanted):
                    found.append(Listed(path.stem, row, person, (number, *others.split())))
        except sqlite3.Error as fault:
            raise explained(f"the list {path} cannot be read", fault) from fault
    return found


def erase_rows(folder: Path, rows: Iterable[Listed], person: Person) -> None:
    """Take him out of these rows and out of what their lists refused. Raises `JournalError`."""
    by_list: dict[str, list[Listed]] = {}
    for one in rows:
        by_list.setdefault(one.list, []).append(one)
    for name, some in by_list.items():
        path = folder / f"{name}{ENDING}"
        try:
            with closing(sqlite3.connect(path, timeout=10)) as db:
                db.execute("PRAGMA secure_delete = ON")
                _erase(db, some, person)
        except sqlite3.Error as fault:
            raise explained(f"the list {path} cannot be written", fault) from fault


def _erase(db: sqlite3.Connection, rows: list[Listed], person: Person) -> None:
    with db:
        for one in rows:
            word = person.numbers.get(one.numbers[0]) or next(iter(person.numbers.values()))
            called = person.ids.get(one.person, one.person)
            db.execute(f"UPDATE lead SET number = ?, person = ?, {_GONE} WHERE row = ?", (word, called, one.row))  # noqa: S608  our own names
        for row, place, value in db.execute("SELECT row, place, value FROM reject").fetchall():
            if _is_his(value, person):
                db.execute("UPDATE reject SET value = '' WHERE row = ? AND place = ?", (row, place))
        for row, cells in db.execute("SELECT row, cells FROM bad_row").fetchall():
            if any(_is_his(str(cell), person) for cell in json.loads(cells)):
                db.execute("DELETE FROM bad_row WHERE row = ?", (row,))


def _is_his(cell: str, person: Person) -> bool:
    digits = "".join(sign for sign in cell if sign.isdigit())
    return len(digits) >= _LEAST and any(number.endswith(digits) for number in person.numbers)
