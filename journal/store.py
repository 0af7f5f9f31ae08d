"""Writing the journal: the one server that holds the lease appends facts, and nobody else.

It does not know why anything happened. Commits come from one thread (`journal.thread` gives it to asyncio programs).

What keeps two servers from writing: a lock that the kernel frees at its holder's death lets only one in, and every
later one raises the epoch. Each commit begins with an UPDATE that finds its row only under the writer's own epoch; it
also locks that row, so a takeover waits for the commit or is seen by it. A server that was frozen, taken for dead and
then woke up writes nothing.

A commit holds facts and tape alone. The read models follow in batches (`project`), with a cursor that says how far
they have come; opening the journal brings them up to the last fact.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from journal import schema
from journal.codec import encode
from journal.commits import commits_for, transaction
from journal.engine import in_use, open_engine, parse_url, use_write_ahead_log
from journal.erasing_rows import write_without
from journal.errors import JournalError, LeaseLost
from journal.lease import Lock, Mark, take_lock
from journal.read_models import ReadModels
from journal.remedies import explained
from journal.span_statements import SpanStatements
from journal.statements import Statements
from journal.tables import (
    FACTS,
    LEASE,
    TAPE,
)
from journal.views import JournalReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

    from journal.erasing_rows import Rewriting
    from journal.facts import Fact
    from journal.statements import Row

log = structlog.get_logger()

_LEFT_FREE: Final = 1000  # numbers after lost facts: more than were written since the last mark


class Journal(JournalReader):
    """The journal of the server that holds the floor. `epoch` is its number: one more than the server before."""

    def __init__(self, writer: Engine, reader: Engine, lock: Lock | None, *, quick: bool) -> None:
        super().__init__(reader)
        self._writer = writer
        self._lock = lock
        self.is_quick = quick  # whether a commit waits for no disk and no network
        self._connection = writer.connect()
        self._statements = Statements(writer.dialect)
        self._models = ReadModels(self._statements, SpanStatements(writer.dialect), self._aside)
        self._commits = commits_for(self._connection, self._statements)
        self._seq = self._tape_seq = 0
        self._pending: list[tuple[int, Fact]] = []  # committed, and not in the read models yet
        self._unsure = True  # whether the read models may stand further than we know
        self.epoch = 0

    @classmethod
    def open(cls, url: str, *, holder: str, now: float, durability: str = "crash") -> Self:
        """Take the floor: lock, upgrade, raise the epoch, bring the read models up to the last fact.

        `durability` "crash" survives kill -9 of anything, "power" also the loss of power (slower). Raises
        `FloorTaken`, `SchemaMismatch`, `JournalError`.
        """
        address = parse_url(url)
        writer = open_engine(address, writes=True, durability=durability)
        lock: Lock | None = None
        try:
            lock = take_lock(address, holder)
            use_write_ahead_log(writer)
            quick = writer.dialect.name == "sqlite" and durability == "crash"
            journal = cls(writer, open_engine(address, writes=False), lock, quick=quick)
            journal._take(holder, now)
            journal._commits.never_wait()
        except (SQLAlchemyError, sqlite3.Error, OSError) as fault:
            _release(writer, lock)
            raise explained(f"{url} cannot be opened", fault) from fault
        except BaseException:
            _release(writer, lock)
            raise
        return journal

    def close(self) -> None:
        """Bring the read models up to date and give the floor up. Everything acknowledged is on disk already."""
        with suppress(JournalError):  # the next server makes up for it
            self.project()
        self._connection.close()
        super().close()
        _release(self._writer, self._lock)

    def connections(self) -> int:
        """How many connections to the database are in use now; the one that writes is always."""
        return in_use(self._writer) + super().connections()

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────

    def append(self, facts: Sequence[Fact], tape: str | None = None) -> int:
        """Write the facts and the tape in one transaction; return the last fact's number.

        Raises `LeaseLost` (stop the server), `NotWritten` (nothing was written; may be tried again).
        """
        return self.append_group([(facts, tape)])[-1]

    def append_group(self, commits: Sequence[tuple[Sequence[Fact], str | None]]) -> list[int]:
        """Write many commits in one transaction, in order; return each one's last fact number."""
        written: list[tuple[int, Fact]] = []
        tapes: list[tuple[object, ...]] = []
        lasts: list[int] = []
        for facts, tape in commits:
            written += enumerate(facts, self._seq + len(written) + 1)
            lasts.append(self._seq + len(written))
            if tape is not None:
                tapes.append((self._tape_seq + len(tapes) + 1, self.epoch, lasts[-1], tape))
        if written or tapes:
            self._commit([_row(seq, fact) for seq, fact in written], tapes)
            self._pending += written
        return lasts

    def _commit(self, rows: list[tuple[object, ...]], tapes: list[tuple[object, ...]]) -> None:
        seq, tape_seq = self._seq + len(rows), self._tape_seq + len(tapes)
        if not self._commits.write(self._move(seq, tape_seq), rows, tapes):
            with transaction(self._connection) as connection:
                self._explain(connection, seq, tape_seq)
        self._seq, self._tape_seq = seq, tape_seq

    def rewrite(self, wanted: Rewriting) -> None:
        """Write rows without a person, in one transaction. Raises as `append` does."""
        self.project()  # what the read models do not show yet still has him
        if self._writer.dialect.name == "sqlite":
            self._connection.connection.cursor().execute("PRAGMA secure_delete=ON")
        with transaction(self._connection) as connection:
            self._pass_fence(connection)
            write_without(connection, wanted)
        if self._writer.dialect.name == "sqlite":  # what stood there before stands in the write-ahead file, too
            with suppress(sqlite3.Error):
                self._connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def save_cursor(self, name: str, seq: int) -> None:
        """Remember how far the reader of this name has come."""
        with transaction(self._connection) as connection:
            self._pass_fence(connection)
            self._statements.save_cursor(connection, name, seq)

    # ── the read models ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def behind(self) -> int:
        """How many facts the read models do not show yet."""
        return len(self._pending)

    def project(self, most: int | None = None) -> None:
        """Bring the read models up to the last commit, or further by `most` facts, in a transaction of its own.

        Raises as `append` does.
        """
        if not self._pending:
            return
        written = self._pending[:most]
        with transaction(self._connection) as connection:
            self._pass_fence(connection)
            if self._unsure:  # further than we know when the answer to the last try was lost
                shown = self._models.shown(connection) or 0
                written = [one for one in written if one[0] > shown]
            self._unsure = True
            self._models.show(connection, written)
        self._unsure = False
        self._models.kept(written)
        self._pending = self._pending[most:] if most is not None else []
        if not self._pending:
            self._leave_mark()

    def rebuild_views(self) -> None:
        """Throw the read models away and make them again from the facts, in one transaction."""
        with transaction(self._connection) as connection:
            self._pass_fence(connection)
            self._models.rebuild(connection)
        self._pending, self._unsure = [], False

    # ── keeping the file short ──────────────────────────────────────────────────────────────────────────────

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
            self._find_end()
            mine = update(LEASE).where(LEASE.c.id == 1)
            new = {"epoch": self.epoch, "seq": self._seq, "tape_seq": self._tape_seq}
            self._connection.execute(mine.values(**new, holder=holder, taken_at=now))
            self._models.begin(self._connection)
        self._leave_mark()

    def _find_end(self) -> None:
        """Number after the last fact there is, and after the last one that an earlier server is known to have had.

        A number that was told to anybody (the bus) never stands for another fact.
        """
        row = self._connection.execute(select(LEASE)).one()
        fact = self._connection.execute(select(func.max(FACTS.c.seq))).scalar_one() or 0
        tape = self._connection.execute(select(func.max(TAPE.c.seq))).scalar_one() or 0
        self.epoch, self._seq, self._tape_seq = row.epoch + 1, max(row.seq, fact), max(row.tape_seq, tape)
        earlier = self._lock.earlier if self._lock is not None else None
        if earlier is not None:
            self.epoch = max(self.epoch, earlier.epoch + 1)
        if earlier is not None and earlier.seq > self._seq:
            log.error(
                "journal.facts_missing",
                first=self._seq + 1,
                last_known=earlier.seq,
                why="the journal stands further back than the last server left it: its -wal file was cut or removed, "
                "or an older copy was put back",
                remedy="if that was not intended, stop the server and put the whole journal back, with its -wal",
            )
            self._seq = earlier.seq + _LEFT_FREE

    def _leave_mark(self) -> None:
        if self._lock is not None:
            with suppress(OSError):  # a full disk: the mark stays where it was
                self._lock.note(Mark(self.epoch, self._seq))

    def _move(self, seq: int, tape_seq: int) -> Row:
        return {
            "mine": self.epoch,
            "seq_was": self._seq,
            "tape_was": self._tape_seq,
            "to": seq,
            "tape_to": tape_seq,
        }

    def _pass_fence(self, connection: Connection) -> None:
        if self._statements.fence.run(connection, (self._move(self._seq, self._tape_seq),)) != 1:
            self._explain(connection, self._seq, self._tape_seq)

    def _explain(self, connection: Connection, seq: int, tape_seq: int) -> None:
        """Say why the fence refused; silent when exactly this was written by a try that seemed to fail."""
        row = connection.execute(select(LEASE)).one()
        if row.epoch != self.epoch:
            raise LeaseLost(f"{row.holder} took the floor over (epoch {row.epoch}, ours was {self.epoch}): stop")
        if (row.seq, row.tape_seq) != (seq, tape_seq):
            raise JournalError(f"the journal stands at {row.seq}, its only writer at {self._seq}: somebody changed it")


def _move_pages(connection: Connection) -> int:
    # Straight to the driver: SQLAlchemy would begin a transaction, in which nothing can be moved.
    row = connection.connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return max(0, int(row[1]) - int(row[2]))


def _row(seq: int, fact: Fact) -> tuple[object, ...]:
    kind, body = encode(fact)
    return seq, fact.at, kind, getattr(fact, "contact", ""), getattr(fact, "agent", ""), body


def _release(engine: Engine, lock: Lock | None) -> None:
    engine.dispose()
    if lock is not None:
        lock.free()
