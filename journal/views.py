"""Reading the journal: the memory and the read models. Safe from any thread, also beside the writer.

It does not know who writes, and cannot write itself. Facts and tape (`journal/memory.py`) are there as soon as they are
committed. The read models, with `ends` and `open_facts`, may be some tenths of a second behind a running server; they
are exact when a server has just opened its journal, and after it closed it. Reads are plain blocking calls; an asyncio
program makes them in a thread (`await asyncio.to_thread(journal.contacts, ...)`).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from journal import schema
from journal.attempt_views import AttemptReader
from journal.engine import in_use, open_engine, parse_url
from journal.erasing_rows import PersonReader
from journal.errors import JournalError
from journal.figure_views import FigureReader
from journal.memory import Memory, between
from journal.remedies import explained
from journal.rows import ContactRow, OfferRow, WaitRow, wait_of
from journal.tables import CALLS_IN, CONTACTS, OFFERS
from journal.talk_projection import CONSULTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import URL


class JournalReader(Memory):
    """A journal opened for reading only: reports beside a running server."""

    @classmethod
    def open_reader(cls, url: str) -> Self:
        """Open for reading. `SchemaMismatch` for another version's journal, `JournalError` where there is none."""
        address = parse_url(url)
        _there(address)
        engine = open_engine(address, writes=False)
        try:
            with engine.connect() as connection:
                schema.check(connection)
        except (SQLAlchemyError, sqlite3.Error) as fault:
            engine.dispose()
            raise explained(f"{url} cannot be read", fault) from fault
        except JournalError:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        self._reader.dispose()

    def connections(self) -> int:
        """How many connections to the database are in use now."""
        return in_use(self._reader)

    @property
    def figures(self) -> FigureReader:
        """What figures are made of."""
        return FigureReader(self._reader)

    @property
    def attempts(self) -> AttemptReader:
        """The calls that we made."""
        return AttemptReader(self._reader)

    @property
    def persons(self) -> PersonReader:
        """What there is of one person, for him to be taken out."""
        return PersonReader(self._reader)

    # ── the read models ─────────────────────────────────────────────────────────────────────────────────────

    def contact(self, contact: str) -> ContactRow | None:
        found = self._contacts(select(CONTACTS).where(CONTACTS.c.contact == contact))
        return found[0] if found else None

    def contacts(  # noqa: PLR0913 - each filter is named at the call
        self,
        since: float | None = None,
        until: float | None = None,
        *,
        queue: str | None = None,
        agent: str | None = None,
        number: str | None = None,
        outcome: str | None = None,
        limit: int = 200,
        offset: int = 0,
    ) -> list[ContactRow]:
        """Return contacts by `since` <= started_at < `until`, newest first.

        `queue` is the one first asked for, `agent` anybody to whom the contact was ever offered; `outcome` "" gives
        the open ones.
        """
        query = select(CONTACTS).order_by(CONTACTS.c.started_at.desc(), CONTACTS.c.contact)
        for name, wanted in (("queue", queue), ("number", number), ("outcome", outcome)):
            if wanted is not None:
                query = query.where(CONTACTS.c[name] == wanted)
        if agent is not None:
            query = query.where(CONTACTS.c.contact.in_(select(OFFERS.c.contact).where(OFFERS.c.agent == agent)))
        return self._contacts(between(query, "started_at", since, until).limit(limit).offset(offset))

    def waits(
        self, since: float | None = None, until: float | None = None, *, queue: str | None = None
    ) -> list[WaitRow]:
        """Return all who asked for a person, by `since` <= asked_at < `until`, in the order of asking.

        Not those whom we call: nobody waits at a telephone.
        """
        query = select(CONTACTS).where(CONTACTS.c.asked_at.is_not(None), CALLS_IN)
        query = query.order_by(CONTACTS.c.asked_at, CONTACTS.c.contact)
        if queue is not None:
            query = query.where(CONTACTS.c.queue == queue)
        return [wait_of(row) for row in self._contacts(between(query, "asked_at", since, until))]

    def earlier(
        self, numbers: Iterable[str] | None = None, *, per_number: int = 5, since: float | None = None
    ) -> list[ContactRow]:
        """Return the last finished contacts of each of the `numbers`, newest first; None: of all numbers."""
        age = func.row_number().over(partition_by=CONTACTS.c.number, order_by=CONTACTS.c.started_at.desc())
        query = select(CONTACTS, age.label("age")).where(CONTACTS.c.outcome != "", CONTACTS.c.number != "")
        if numbers is not None:
            query = query.where(CONTACTS.c.number.in_(list(numbers)))
        dated = between(query, "started_at", since, None).subquery()
        kept = select(*[dated.c[column.name] for column in CONTACTS.columns]).where(dated.c.age <= per_number)
        return self._contacts(kept.order_by(dated.c.started_at.desc(), dated.c.contact))

    def offers(self, contact: str) -> list[OfferRow]:
        """Return the offers made for a contact, in order."""
        return self._offers(select(OFFERS).where(OFFERS.c.contact == contact))

    def offer(self, offer: str) -> OfferRow | None:
        found = self._offers(select(OFFERS).where(OFFERS.c.offer == offer))
        return found[0] if found else None

    def recordings_to_look_at(self) -> list[OfferRow]:
        """Return the finished talks whose recording nobody has looked at yet."""
        query = select(OFFERS).where(OFFERS.c.recording_state == "", OFFERS.c.recording != "")
        return self._offers(query.where(OFFERS.c.outcome.in_(("answered", CONSULTED)), OFFERS.c.closed_at.is_not(None)))

    def recorded(self, since: float, until: float) -> list[OfferRow]:
        """Return whoever was rung at `since` <= then < `until` with a recording in view, in order."""
        query = select(OFFERS).where(OFFERS.c.made_at >= since, OFFERS.c.made_at < until)
        return self._offers(query.where(OFFERS.c.recording != ""))

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────

    def _contacts(self, query: Select[Any]) -> list[ContactRow]:
        return [ContactRow(*row) for row in self._rows(query)]

    def _offers(self, query: Select[Any]) -> list[OfferRow]:
        rows = [OfferRow(*row) for row in self._rows(query.order_by(OFFERS.c.made_at, OFFERS.c.offer))]
        return [replace(row, legs=_texts(row.legs), sha256=_texts(row.sha256)) for row in rows]


def _there(address: URL) -> None:
    """SQLite would make an empty file for whoever asks for one that is not there."""
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        raise JournalError(f"there is no journal at {address.database}; name the one that the server writes")


def _texts(body: object) -> tuple[str, ...]:
    try:
        return tuple(map(str, json.loads(str(body)))) if body else ()
    except (TypeError, ValueError):  # a damaged row of a read model; the fact has it too
        return ()
