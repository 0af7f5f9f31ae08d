"""The store of lists: which lists there are, how each lead stands in each campaign, and who is to be dialled next.

It does not know the law, the pace, nor how a lead is dialled; it reads what came of it from the journal's facts.

A folder has a file for each list, which never changes (`journal/lead_file.py`), and `standing.db`, which has nothing
that the facts do not say: it follows the journal with a watermark that moves in the same transaction as what it stands
for, so that any process may let it follow, and it can be thrown away and made again. Safe from any thread.

Who is next: first those who were promised a call, by the time promised; then by priority, fewest tries, who has been
due longest, and row. Whoever was never tried has been due for ever, so the untouched go in the order of the file.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from journal.lead_due import Next
from journal.lead_file import ENDING, LeadFile
from journal.lead_projection import KINDS, Projection, standings
from journal.lead_rows import Counted, DueRow, ListRow, Standing
from journal.lead_tables import SHAPE, TABLES, VIEWS
from journal.remedies import explained

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from journal.rows import StoredFact
    from journal.views import JournalReader

_PAGE: Final = 500
STANDING: Final = "standing.db"
GONE: Final = ".gone"


class LeadStore:
    """All lists of a house, and how their leads stand."""

    def __init__(self, folder: Path) -> None:
        """Open the store in this folder; makes it where there is none. Raises `JournalError`."""
        self.folder = folder
        self._lock = threading.RLock()
        self._files: dict[str, LeadFile] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                folder / STANDING, timeout=10, isolation_level=None, check_same_thread=False, cached_statements=256
            )
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY"):
                self._db.execute(f"PRAGMA {pragma}")
            self._shape()
        except (OSError, sqlite3.Error) as fault:
            raise explained(f"the store of lists {folder} cannot be opened", fault) from fault

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            for file in self._files.values():
                file.close()
            self._files.clear()
            self._db.close()

    # ── lists ───────────────────────────────────────────────────────────────────────────────────────────────

    def lists(self) -> list[ListRow]:
        """Return all lists, by name. One whose file cannot be read raises `JournalError`."""
        with self._lock:
            names = sorted(path.stem for path in self.folder.glob(f"*{ENDING}"))
            return [file.told for name in names if (file := self.file(name))]

    def file(self, name: str) -> LeadFile | None:
        """Return the list of this name, None where there is none (any more)."""
        path = self.folder / f"{name}{ENDING}"
        with self._lock:
            known = self._files.get(name)
            if not path.exists():
                if known is not None:
                    self._files.pop(name).close()
                return None
            if known is None:
                known = self._files[name] = LeadFile(path)
            return known

    def drop(self, name: str, at: float, by: str) -> bool:
        """Delete a list with all that is known of its leads here; facts stay. Its name is never used again."""
        with self._lock:
            if self.file(name) is None:
                return False
            (self.folder / f"{name}{GONE}").write_text(json.dumps({"at": at, "by": by}), encoding="utf-8")
            self._files.pop(name).close()
            (self.folder / f"{name}{ENDING}").unlink(missing_ok=True)
            with self._writing():
                self._db.execute("DELETE FROM standing WHERE list = ?", (name,))
                self._db.execute("DELETE FROM share WHERE list = ?", (name,))
            return True

    # ── following the journal ───────────────────────────────────────────────────────────────────────────────

    def follow(self, journal: JournalReader) -> int:
        """Take in what the journal has had since; return how many facts. Raises `JournalError`.

        A journal that is shorter than what was taken in is another one: everything is made again from it.
        """
        end = journal.last_seq()
        with self._lock:
            if end < self.mark():
                self.forget()
            taken = 0
            for page in _pages(journal.facts(self.mark(), kinds=KINDS)):
                taken += self._take(page, page[-1].seq)
            self._take((), end)
            return taken

    def _take(self, page: Sequence[StoredFact], mark: int) -> int:
        with self._writing():
            was = self.mark()  # another process may have let it follow meanwhile
            fresh = [stored.fact for stored in page if stored.seq > was]
            Projection(self._db, self.file).take(fresh)
            self._db.execute("UPDATE mark SET seq = ? WHERE seq < ?", (mark, mark))
            return len(fresh)

    def mark(self) -> int:
        """The number of the last fact that was taken in."""
        return int(self._db.execute("SELECT seq FROM mark").fetchone()[0])

    def forget(self) -> None:
        """Throw away all that the facts say, so that the next `follow` makes it again."""
        with self._lock, self._writing():
            for view in VIEWS:
                self._db.execute(f"DELETE FROM {view}")  # noqa: S608  our own names
            self._db.execute("UPDATE mark SET seq = 0")

    def without_notes(self, rows: Sequence[tuple[str, int]]) -> None:
        """Forget what agents noted of these rows of lists, so that no byte of it stays."""
        with self._lock:
            self._db.execute("PRAGMA secure_delete = ON")
            with self._writing():
                self._db.executemany("UPDATE standing SET note = '' WHERE list = ? AND row = ?", rows)
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    # ── who is next ─────────────────────────────────────────────────────────────────────────────────────────

    def due(self, campaign: str, lists: Sequence[str], count: int, held: frozenset[str], now: float) -> list[DueRow]:
        """Return up to `count` leads that may be dialled now, in their order, none of `held`; no list is no fault.

        Call `follow` first: an attempt that is in the journal alone is not known here.
        """
        with self._lock:
            return self._next(campaign, lists).due(count, held, now)

    def left(self, campaign: str, lists: Sequence[str]) -> int:
        """How many leads of these lists are not at their end in this campaign."""
        with self._lock:
            return self._next(campaign, lists).left()

    def places(self, lists: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """The zones in which numbers of these lists may be, each set of them once; () for unknown ones."""
        with self._lock:
            files = [file for name in lists if (file := self.file(name))]
            return tuple(sorted({place for file in files for place in file.places()}))

    def counted(self, campaign: str, lists: Sequence[str]) -> list[Counted]:
        """How the leads of each list stand. Counts them one by one: not for every second."""
        with self._lock:
            return self._next(campaign, lists).counted()

    def campaigns_of(self, name: str) -> list[str]:
        """The campaigns in which any lead of the list was touched."""
        with self._lock:
            query = "SELECT DISTINCT campaign FROM share WHERE list = ? ORDER BY 1"
            return [row[0] for row in self._db.execute(query, (name,))]

    def touched_at(self, name: str) -> float:
        """When anybody of the list was last dialled, 0 for never."""
        with self._lock:
            query = "SELECT coalesce(max(at), 0) FROM standing WHERE list = ?"
            return float(self._db.execute(query, (name,)).fetchone()[0])

    def lists_of(self, campaign: str) -> list[str]:
        """The lists of which any lead was touched in the campaign."""
        with self._lock:
            query = "SELECT DISTINCT list FROM share WHERE campaign = ? ORDER BY 1"
            return [row[0] for row in self._db.execute(query, (campaign,))]

    def standings(self, campaign: str, name: str, rows: Sequence[int]) -> dict[int, Standing]:
        """How these rows of a list stand in the campaign; who was never touched is not among them."""
        with self._lock:
            return standings(self._db, campaign, name, rows)

    def _next(self, campaign: str, lists: Sequence[str]) -> Next:
        files = {name: file for name in lists if (file := self.file(name))}
        return Next(self._db, campaign, files)

    # ── numbers that are blocked ────────────────────────────────────────────────────────────────────────────

    def blocked(self, scope: str = "") -> list[tuple[str, bool]]:
        """Return the numbers that are never to be called, for the house or (also) a campaign; True for prefixes."""
        query = "SELECT DISTINCT number, prefix FROM blocked WHERE scope IN ('', ?)"
        with self._lock:
            return [(number, bool(prefix)) for number, prefix in self._db.execute(query, (scope,))]

    # ── the file ────────────────────────────────────────────────────────────────────────────────────────────

    def _shape(self) -> None:
        """Make the tables; those of another version go, for the facts have it all."""
        with self._writing():
            if self._db.execute("PRAGMA user_version").fetchone()[0] != SHAPE:
                for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    self._db.execute(f'DROP TABLE "{name}"')
                for table in TABLES:
                    self._db.execute(table)
                self._db.execute(f"PRAGMA user_version = {SHAPE}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as fault:
            raise explained("the store of lists cannot be written", fault) from fault


def _pages(facts: Iterator[StoredFact]) -> Iterator[list[StoredFact]]:
    page: list[StoredFact] = []
    for stored in facts:
        page.append(stored)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
