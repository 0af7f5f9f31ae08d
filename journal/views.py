"""Reading the journal: facts in order, the tape, and the read models. Safe from any thread, also beside the writer.

It does not know who writes, and cannot write itself. Facts and tape are there as soon as they are committed. The read
models, with `ends` and `open_facts`, may be some tenths of a second behind a running server; they are exact when a
server has just opened its journal, and after it closed it. Reads are plain blocking calls; an asyncio program makes
them in a thread (`await asyncio.to_thread(journal.contacts, ...)`).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from journal import schema
from journal.aside import SetAside
from journal.attempt_views import AttemptReader
from journal.codec import OpaqueFact
from journal.engine import open_engine, parse_url, read
from journal.erasing_rows import PersonReader
from journal.errors import JournalError
from journal.facts import BreakpointKept, BreakpointTaken, CallEnded, OfferMade
from journal.figure_views import FigureReader
from journal.remedies import explained
from journal.rows import ContactRow, OfferRow, RawFact, StoredFact, StoredTape, WaitRow, wait_of
from journal.tables import AGENTS, CALLS_IN, CHANGES, CONTACTS, CURSORS, FACTS, LEASE, OFFERS, TAPE
from journal.talk_projection import CONSULTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

_PAGE: Final = 1000
_CALLS: Final = 200  # whose facts are read at once
READ_MODELS: Final = "read models"  # the cursor that says how far they have come


class JournalReader:
    """A journal opened for reading only: reports beside a running server."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader
        self._aside = SetAside()

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

    # ── the memory ──────────────────────────────────────────────────────────────────────────────────────────

    def raw_facts(self, after: int = 0, limit: int = _PAGE, kinds: Iterable[str] | None = None) -> Sequence[RawFact]:
        """Return up to `limit` facts with numbers above `after`, undecoded, in order; `kinds` are class names.

        The body of a damaged one is replaced by one that can be read and says so.
        """
        query = select(FACTS).where(FACTS.c.seq > after)
        if kinds is not None:
            query = query.where(FACTS.c.kind.in_(list(kinds)))
        return [self._aside.whole(raw) for raw in self._raw(query.order_by(FACTS.c.seq).limit(limit))]

    def facts(
        self,
        after: int = 0,
        *,
        contact: str | None = None,
        kinds: Iterable[str] | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> Iterator[StoredFact]:
        """Yield facts in order; `kinds` are class names; `since` <= at < `until` (there is no index on it).

        What cannot be read comes as an `OpaqueFact`, but not where kinds were asked for.
        """
        query = select(FACTS).order_by(FACTS.c.seq).limit(_PAGE)
        if contact is not None:
            query = query.where(FACTS.c.contact == contact)
        if kinds is not None:
            query = query.where(FACTS.c.kind.in_(list(kinds)))
        if since is not None:
            query = query.where(FACTS.c.at >= since)
        if until is not None:
            query = query.where(FACTS.c.at < until)
        while page := self._raw(query.where(FACTS.c.seq > after)):
            yield from self._stored(page) if kinds is None else self._readable(page)
            after = page[-1].seq

    def facts_of(self, contacts: Sequence[str]) -> list[StoredFact]:
        """Return all facts of these contacts, in order."""
        found: list[StoredFact] = []
        for first in range(0, len(contacts), _CALLS):
            some = list(contacts[first : first + _CALLS])
            found += self._readable(self._raw(select(FACTS).where(FACTS.c.contact.in_(some))))
        return sorted(found, key=lambda stored: stored.seq)

    def last_fact(self) -> StoredFact | None:
        """Return the last fact there is, None in an empty journal."""
        found = self._stored(self._raw(select(FACTS).order_by(FACTS.c.seq.desc()).limit(1)))
        return found[0] if found else None

    def facts_of_calls(
        self, since: float, until: float, *, flow: str | None = None, kinds: Iterable[str]
    ) -> Iterator[StoredFact]:
        """Yield the facts of these kinds of all calls begun in [since, until), a call's facts together and in order."""
        calls = _between(select(CONTACTS.c.contact, CONTACTS.c.started_at), "started_at", since, until)
        calls = calls.order_by(CONTACTS.c.started_at, CONTACTS.c.contact)
        if flow is not None:
            calls = calls.where(CONTACTS.c.flow == flow)
        names, wanted = [row[0] for row in self._rows(calls)], list(kinds)
        for first in range(0, len(names), _CALLS):
            some = names[first : first + _CALLS]
            query = select(FACTS).where(FACTS.c.contact.in_(some), FACTS.c.kind.in_(wanted))
            yield from self._readable(self._raw(query.order_by(FACTS.c.contact, FACTS.c.seq)))

    def ends(self, since: float) -> list[StoredFact]:
        """Return the `CallEnded` of the contacts that ended at `since` or later, in order."""
        lately = select(CONTACTS.c.contact).where(CONTACTS.c.ended_at >= since)
        query = select(FACTS).where(FACTS.c.contact.in_(lately), FACTS.c.kind == CallEnded.__name__)
        return self._readable(self._raw(query.order_by(FACTS.c.seq)))

    def breakpoints(self, since: float) -> list[StoredFact]:
        """Return where callers stopped whose calls ended at `since` or later, and who took one meanwhile, in order."""
        ended = select(CONTACTS.c.contact).where(CONTACTS.c.ended_at >= since)
        begun = select(CONTACTS.c.contact).where(CONTACTS.c.started_at >= since)
        kept = and_(FACTS.c.contact.in_(ended), FACTS.c.kind == BreakpointKept.__name__)
        taken = and_(FACTS.c.contact.in_(begun), FACTS.c.kind == BreakpointTaken.__name__)
        return self._readable(self._raw(select(FACTS).where(or_(kept, taken)).order_by(FACTS.c.seq)))

    def of_callers(self, since: float, kinds: Iterable[type]) -> list[StoredFact]:
        """Return the facts of these kinds in calls begun at `since` or later, in order."""
        begun = select(CONTACTS.c.contact).where(CONTACTS.c.started_at >= since)
        wanted = FACTS.c.kind.in_([kind.__name__ for kind in kinds])
        query = select(FACTS).where(FACTS.c.contact.in_(begun), wanted)
        return self._readable(self._raw(query.order_by(FACTS.c.seq)))

    def offered_to(self, contact: str) -> frozenset[str]:
        """Return the agents to whom the contact was ever offered, from the facts themselves."""
        query = select(FACTS.c.agent).where(FACTS.c.contact == contact, FACTS.c.kind == OfferMade.__name__)
        return frozenset(row[0] for row in self._rows(query))

    def open_facts(self) -> list[StoredFact]:
        """Return what a new server must know: facts of contacts not ended, agents' last states, changes; in order."""
        still_open = select(CONTACTS.c.contact).where(CONTACTS.c.outcome == "")
        last_states = select(AGENTS.c.seq)
        found = [
            *self._raw(select(FACTS).where(FACTS.c.contact.in_(still_open))),
            *self._raw(select(FACTS).where(FACTS.c.seq.in_(last_states))),
            *self._raw(select(FACTS).where(FACTS.c.seq.in_(_last_changes()))),
        ]
        return self._stored(sorted(found, key=lambda raw: raw.seq))

    def changes(self, since: float, until: float, limit: int = 200) -> list[StoredFact]:
        """Return what people changed on the floor in [since, until), newest first."""
        dated = select(CHANGES.c.seq).where(CHANGES.c.at >= since, CHANGES.c.at < until)
        dated = dated.order_by(CHANGES.c.seq.desc()).limit(limit)
        return self._readable(self._raw(select(FACTS).where(FACTS.c.seq.in_(dated)).order_by(FACTS.c.seq.desc())))

    def tape(self, after: int = 0) -> Iterator[StoredTape]:
        """Yield the centre's messages, one commit a piece, in order."""
        query = select(TAPE).order_by(TAPE.c.seq).limit(_PAGE)
        while page := self._rows(query.where(TAPE.c.seq > after)):
            for row in page:
                yield StoredTape(*row)
            after = page[-1].seq

    def last_seq(self) -> int:
        """Return the last fact's number, 0 for an empty journal; there may be no such fact where some were lost."""
        return int(self._rows(select(LEASE.c.seq))[0][0])

    def shown(self) -> int:
        """Return the number of the last fact that the read models show."""
        return self.cursor(READ_MODELS)

    def cursor(self, name: str) -> int:
        """Return how far the reader of this name has come, 0 at first."""
        found = self._rows(select(CURSORS.c.seq).where(CURSORS.c.name == name))
        return int(found[0][0]) if found else 0

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
        return self._contacts(_between(query, "started_at", since, until).limit(limit).offset(offset))

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
        return [wait_of(row) for row in self._contacts(_between(query, "asked_at", since, until))]

    def earlier(
        self, numbers: Iterable[str] | None = None, *, per_number: int = 5, since: float | None = None
    ) -> list[ContactRow]:
        """Return the last finished contacts of each of the `numbers`, newest first; None: of all numbers."""
        age = func.row_number().over(partition_by=CONTACTS.c.number, order_by=CONTACTS.c.started_at.desc())
        query = select(CONTACTS, age.label("age")).where(CONTACTS.c.outcome != "", CONTACTS.c.number != "")
        if numbers is not None:
            query = query.where(CONTACTS.c.number.in_(list(numbers)))
        dated = _between(query, "started_at", since, None).subquery()
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

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return read(self._reader, query)

    def _raw(self, query: Select[Any]) -> list[RawFact]:
        return [RawFact(*row) for row in self._rows(query)]

    def _stored(self, found: Iterable[RawFact]) -> list[StoredFact]:
        return [StoredFact(raw.seq, self._aside.decoded(raw)) for raw in found]

    def _readable(self, found: Iterable[RawFact]) -> list[StoredFact]:
        return [one for one in self._stored(found) if not isinstance(one.fact, OpaqueFact)]

    def _contacts(self, query: Select[Any]) -> list[ContactRow]:
        return [ContactRow(*row) for row in self._rows(query)]

    def _offers(self, query: Select[Any]) -> list[OfferRow]:
        rows = [OfferRow(*row) for row in self._rows(query.order_by(OFFERS.c.made_at, OFFERS.c.offer))]
        return [replace(row, legs=_texts(row.legs), sha256=_texts(row.sha256)) for row in rows]


def _last_changes() -> Select[Any]:
    """The last change of each thing: what counts of it now."""
    return select(func.max(CHANGES.c.seq)).group_by(CHANGES.c.kind, CHANGES.c.subject)


def _between(query: Select[Any], name: str, since: float | None, until: float | None) -> Select[Any]:
    if since is not None:
        query = query.where(CONTACTS.c[name] >= since)
    return query if until is None else query.where(CONTACTS.c[name] < until)


def _there(address: URL) -> None:
    """SQLite would make an empty file for whoever asks for one that is not there."""
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        raise JournalError(f"there is no journal at {address.database}; name the one that the server writes")


def _texts(body: object) -> tuple[str, ...]:
    try:
        return tuple(map(str, json.loads(str(body)))) if body else ()
    except (TypeError, ValueError):  # a damaged row of a read model; the fact has it too
        return ()
