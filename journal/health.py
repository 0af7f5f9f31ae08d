"""Looking a journal through before a server starts on it, or beside one that runs: what is missing, what is damaged.

It changes nothing, mends nothing, and does not know who asks.
"""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from journal import schema
from journal.codec import OpaqueFact, decode
from journal.engine import open_engine, parse_url, rows_of
from journal.errors import JournalError
from journal.remedies import RIGHTS, SALVAGE, explained
from journal.tables import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection
    from sqlalchemy.engine import URL

NEWEST: Final = 200_000  # facts looked at one by one
PATIENCE: Final = 20.0  # seconds for all pages of the file
_SHOWN: Final = 3
_PAGE: Final = 2000


class Condition(StrEnum):
    """ABSENT: the first start makes it. OLDER: the next start upgrades it. REFUSED: no server starts on it."""

    ABSENT = "absent"
    WELL = "well"
    OLDER = "older"
    REFUSED = "refused"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Health:
    """How a journal is. `why` and `remedy` belong to REFUSED and DAMAGED.

    `unreadable` facts are set aside by all who read; `gaps` are numbers (first, last) of facts that are not there;
    both of the newest `facts` looked at. `in_part`: time was up before all pages of the file were looked at.
    """

    condition: Condition
    why: str = ""
    remedy: str = ""
    facts: int = 0
    unreadable: tuple[int, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()
    in_part: bool = False


@dataclass(slots=True)
class _Look:
    facts: int = 0
    unreadable: list[int] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)


def examine(url: str) -> Health:
    """Look the journal at this address through; takes some seconds where it is large. Never raises."""
    try:
        address = parse_url(url)
        refused = _refused_by_rights(address)
        if refused is not None:
            return refused
        engine = open_engine(address, writes=False)
        try:
            with engine.connect() as connection:
                return _examined(connection)
        finally:
            engine.dispose()
    except JournalError as fault:
        return _ill(fault)
    except (SQLAlchemyError, sqlite3.Error, OSError) as fault:
        return _ill(explained("it cannot be read", fault))


def shown(numbers: Iterable[object]) -> str:
    """Return the first few, and that there are more."""
    every = list(numbers)
    return ", ".join(map(str, every[:_SHOWN])) + (" ..." if len(every) > _SHOWN else "")


def _ill(fault: JournalError) -> Health:
    why, _, remedy = str(fault).partition("; ")
    return Health(Condition.DAMAGED if remedy == SALVAGE else Condition.REFUSED, why, remedy)


def _refused_by_rights(address: URL) -> Health | None:
    if address.get_backend_name() != "sqlite":
        return None
    place = Path(str(address.database))
    if not place.exists():
        return Health(Condition.ABSENT)
    for one in (place, place.parent, *(Path(f"{place}{end}") for end in ("-wal", "-shm", ".lock"))):
        if one.exists() and not os.access(one, os.R_OK | os.W_OK, effective_ids=True):
            return Health(Condition.REFUSED, f"{one} cannot be written", RIGHTS)
    return None


def _examined(connection: Connection) -> Health:
    revision = schema.revision_of(connection)
    if revision != schema.REVISIONS[-1]:
        return Health(Condition.OLDER if revision else Condition.ABSENT)
    said = _pages(connection)
    if said:
        return Health(Condition.DAMAGED, said, SALVAGE)
    look = _Look()
    _look_at_facts(connection, look)
    return Health(
        Condition.WELL,
        facts=look.facts,
        unreadable=tuple(look.unreadable),
        gaps=tuple(look.gaps),
        in_part=said is None,
    )


def _pages(connection: Connection) -> str | None:
    """What SQLite finds wrong with its pages, "" for nothing, None when it could not finish in time."""
    if connection.dialect.name != "sqlite":
        return ""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        return ""
    until = time.monotonic() + PATIENCE
    raw.set_progress_handler(lambda: time.monotonic() > until, 100_000)
    try:
        said = str(raw.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as fault:
        if "interrupted" in str(fault):
            return None
        raise
    finally:
        raw.set_progress_handler(None, 0)
    return "" if said == "ok" else said.replace("\n", " ")


def _look_at_facts(connection: Connection, look: _Look) -> None:
    last = connection.execute(select(FACTS.c.seq).order_by(FACTS.c.seq.desc()).limit(1)).scalar_one_or_none() or 0
    first = max(0, last - NEWEST)
    query = select(FACTS).order_by(FACTS.c.seq)
    before = first
    while page := rows_of(connection, query.where(FACTS.c.seq > before).limit(_PAGE)):
        for seq, at, kind, contact, agent, body in page:
            if isinstance(decode(kind, body, at, contact, agent), OpaqueFact):
                look.unreadable.append(seq)
            if seq > before + 1:
                look.gaps.append((before + 1, seq - 1))
            before = seq
        look.facts += len(page)
