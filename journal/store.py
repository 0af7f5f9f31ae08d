"""Writing the journal: the one server that holds the lease appends facts, and nobody else.

It does not know why anything happened. Commits come from one thread (`journal.thread` gives it to asyncio programs).

What keeps two servers from writing: a lock that the kernel frees at its holder's death lets only one in, and every
later one raises the epoch. Each commit begins with an UPDATE that finds its row only under the writer's own epoch; it
also locks that row, so a takeover waits for the commit or is seen by it. A server that was frozen, taken for dead and
then woke up writes nothing.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from journal import schema
from journal.codec import decode, encode
from journal.engine import open_engine, parse_url, use_write_ahead_log
from journal.errors import JournalError, LeaseLost, NotWritten
from journal.facts import AgentChanged
from journal.lease import Lock, take_lock
from journal.projection import changes, folded
from journal.rows import RawFact
from journal.statements import Statements
from journal.tables import AGENTS, CONTACTS, CURSORS, FACTS, LEASE, OFFERS
from journal.views import JournalReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from journal.codec import AnyFact
    from journal.facts import Fact

_REBUILD_PAGE: Final = 2000


class Journal(JournalReader):
    """The journal of the server that holds the floor. `epoch` is its number: one more than the server before."""

    def __init__(self, writer: Engine, reader: Engine, lock: Lock | None) -> None:
        super().__init__(reader)
        self._writer = writer
        self._lock = lock
        self._connection = writer.connect()
        self._statements = Statements(writer.dialect)
        self._seq = self._tape_seq = 0
        self._agents: set[str] = set()
        self.epoch = 0

    @classmethod
    def open(cls, url: str, *, holder: str, now: float, durability: str = "crash") -> Self:
        """Take the floor: lock, upgrade, raise the epoch.

        `durability` "crash" survives kill -9 of anything, "power" also the loss of power (slower). Raises
        `FloorTaken`, `SchemaMismatch`, `JournalError`.
        """
        address = parse_url(url)
        writer = open_engine(address, writes=True, durability=durability)
        lock: Lock | None = None
        try:
            lock = take_lock(address, holder)
            use_write_ahead_log(writer)
            journal = cls(writer, open_engine(address, writes=False), lock)
            journal._take(holder, now)
        except (SQLAlchemyError, sqlite3.Error) as fault:
            _release(writer, lock)
            raise JournalError(f"{url} cannot be opened: {fault.args[0]}") from fault
        except BaseException:
            _release(writer, lock)
            raise
        return journal

    def close(self) -> None:
        """Give the floor up. Everything acknowledged is on disk already."""
        self._connection.close()
        super().close()
        _release(self._writer, self._lock)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────

    def append(self, facts: Sequence[Fact], tape: str | None = None) -> int:
        """Write the facts and the tape in one transaction; return the last fact's number.

        Raises `LeaseLost` (stop the server), `NotWritten` (nothing was written; may be tried again).
        """
        return self.append_group([(facts, tape)])[-1]

    def append_group(self, commits: Sequence[tuple[Sequence[Fact], str | None]]) -> list[int]:
        """Write many commits in one transaction, in order; return each one's last fact number."""
        rows: list[dict[str, object]] = []
        tapes: list[dict[str, object]] = []
        lasts: list[int] = []
        for facts, tape in commits:
            rows += [_row(fact, self._seq + len(rows) + n) for n, fact in enumerate(facts, 1)]
            lasts.append(self._seq + len(rows))
            if tape is not None:
                number = self._tape_seq + len(tapes) + 1
                tapes.append({"seq": number, "epoch": self.epoch, "fact_seq": lasts[-1], "body": tape})
        if rows or tapes:
            self._commit(rows, tapes, [fact for facts, _ in commits for fact in facts])
        return lasts

    def _commit(self, rows: list[dict[str, object]], tapes: list[dict[str, object]], facts: Sequence[AnyFact]) -> None:
        seq, tape_seq = self._seq + len(rows), self._tape_seq + len(tapes)
        with self._transaction() as connection:
            if self._passes_fence(connection, seq, tape_seq):
                self._statements.fact.run(connection, rows)
                self._statements.tape.run(connection, tapes)
                self._project(connection, facts, range(self._seq + 1, seq + 1))
        self._seq, self._tape_seq = seq, tape_seq
        self._agents |= {fact.agent for fact in facts if isinstance(fact, AgentChanged)}

    def _project(self, connection: Connection, facts: Sequence[AnyFact], seqs: Sequence[int]) -> None:
        self._statements.project(connection, *folded(change for fact in facts for change in changes(fact)))
        last = {fact.agent: seq for seq, fact in zip(seqs, facts, strict=True) if isinstance(fact, AgentChanged)}
        self._statements.project_agents(connection, last, self._agents)

    def save_cursor(self, name: str, seq: int) -> None:
        """Remember how far the reader of this name has come."""
        with self._transaction() as connection:
            self._passes_fence(connection, self._seq, self._tape_seq)
            known = update(CURSORS).where(CURSORS.c.name == name).values(seq=seq)
            if not connection.execute(known).rowcount:
                connection.execute(insert(CURSORS).values(name=name, seq=seq))

    def rebuild_views(self) -> None:
        """Throw the read models away and make them again from the facts, in one transaction."""
        with self._transaction() as connection:
            self._passes_fence(connection, self._seq, self._tape_seq)
            for table in (CONTACTS, OFFERS, AGENTS):
                connection.execute(delete(table))
            self._agents = set()
            after = 0
            while page := _page(connection, after):
                facts = [decode(raw.kind, raw.body) for raw in page]
                self._project(connection, facts, [raw.seq for raw in page])
                self._agents |= {fact.agent for fact in facts if isinstance(fact, AgentChanged)}
                after = page[-1].seq

    def checkpoint(self) -> int:
        """Move what SQLite wrote ahead into its main file without stopping anybody; return the pages left over.

        Belongs in another thread than the commits. Does nothing for other databases.
        """
        if self._reader.dialect.name != "sqlite":
            return 0
        with self._reader.connect() as connection:
            return _move_pages(connection)

    def finish_checkpoint(self) -> None:
        """Move the pages left over, in the writer's own thread: only then is the write-ahead file used anew."""
        if self._writer.dialect.name == "sqlite":
            _move_pages(self._connection)

    # ── the lease ───────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, holder: str, now: float) -> None:
        with self._connection.begin():
            schema.upgrade(self._connection)
            raised = update(LEASE).where(LEASE.c.id == 1)
            self._connection.execute(raised.values(epoch=LEASE.c.epoch + 1, holder=holder, taken_at=now))
            row = self._connection.execute(select(LEASE)).one()
            self.epoch, self._seq, self._tape_seq = row.epoch, row.seq, row.tape_seq
            self._agents = set(self._connection.execute(select(AGENTS.c.agent)).scalars())

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._connection.begin():
                yield self._connection
        except OperationalError as fault:
            raise NotWritten(f"the journal could not be written: {fault.args[0]}") from fault
        except SQLAlchemyError as fault:
            raise JournalError(f"the journal refused what it was given: {fault.args[0]}") from fault

    def _passes_fence(self, connection: Connection, seq: int, tape_seq: int) -> bool:
        """Move the lease on to these numbers; False when exactly this was written by a try that seemed to fail."""
        move = {
            "mine": self.epoch,
            "seq_was": self._seq,
            "tape_was": self._tape_seq,
            "to": seq,
            "tape_to": tape_seq,
        }
        if self._statements.fence.run(connection, (move,)) == 1:
            return True
        row = connection.execute(select(LEASE)).one()
        if row.epoch != self.epoch:
            raise LeaseLost(f"{row.holder} took the floor over (epoch {row.epoch}, ours was {self.epoch}): stop")
        if (row.seq, row.tape_seq) == (seq, tape_seq):
            return False
        raise JournalError(f"the journal stands at {row.seq}, its only writer at {self._seq}: somebody changed it")


def _move_pages(connection: Connection) -> int:
    # Straight to the driver: SQLAlchemy would begin a transaction, in which nothing can be moved.
    row = connection.connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return max(0, int(row[1]) - int(row[2]))


def _row(fact: Fact, seq: int) -> dict[str, object]:
    kind, body = encode(fact)
    contact, agent = getattr(fact, "contact", ""), getattr(fact, "agent", "")
    return {"seq": seq, "at": fact.at, "kind": kind, "contact": contact, "agent": agent, "body": body}


def _page(connection: Connection, after: int) -> list[RawFact]:
    query = select(FACTS).where(FACTS.c.seq > after).order_by(FACTS.c.seq).limit(_REBUILD_PAGE)
    return [RawFact(*row) for row in connection.execute(query)]


def _release(engine: Engine, lock: Lock | None) -> None:
    engine.dispose()
    if lock is not None:
        lock.free()
