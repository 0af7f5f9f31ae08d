"""The read models kept up with the facts: what changes in which rows, and all of them made again.

It does not know when that is due, nor who may write: every step is given a connection in a transaction of its caller.

A cursor says how far they have come. The agents of whom there is a row are known here, so that a fact of one of them
costs no question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from journal.engine import rows_of
from journal.facts import AgentChanged
from journal.projection import changes, folded, subject_of
from journal.rows import RawFact
from journal.spans import spans_of
from journal.tables import (
    AGENTS,
    ATTEMPTS,
    CHANGES,
    CONTACTS,
    CURSORS,
    FACTS,
    OFFERS,
    PERIODS,
    READ_MODELS,
    REFUSALS,
    VISITS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from journal.aside import SetAside
    from journal.codec import AnyFact
    from journal.span_statements import SpanStatements
    from journal.statements import Row, Statements

_PAGE: Final = 2000
_SHOWN: Final = select(CURSORS.c.seq).where(CURSORS.c.name == READ_MODELS)
_ALL: Final = (CONTACTS, OFFERS, ATTEMPTS, REFUSALS, VISITS, PERIODS, AGENTS, CHANGES)


class ReadModels:
    """`aside` reads the facts from which they are made again."""

    def __init__(self, statements: Statements, spans: SpanStatements, aside: SetAside) -> None:
        self._statements = statements
        self._spans = spans
        self._aside = aside
        self._agents: set[str] = set()

    def begin(self, connection: Connection) -> None:
        """Bring them up to the last fact, as a server that has just taken the floor."""
        self._agents = set(connection.execute(select(AGENTS.c.agent)).scalars())
        shown = self.shown(connection)
        if shown is None:
            self.rebuild(connection)
        else:
            self._catch_up(connection, shown)

    def shown(self, connection: Connection) -> int | None:
        """Return the number of the last fact that they show."""
        return connection.execute(_SHOWN).scalar_one_or_none()

    def show(self, connection: Connection, written: Sequence[tuple[int, AnyFact]]) -> None:
        """Show these facts, too. When the transaction is over, say that they are `kept`."""
        if not written:
            return
        self._statements.project(connection, *folded(change for _, fact in written for change in changes(fact)))
        self._spans.write(connection, spans_of(written))
        last = {fact.agent: seq for seq, fact in written if isinstance(fact, AgentChanged)}
        self._statements.project_agents(connection, last, self._agents)
        self._statements.project_changes(connection, _changed(written))
        self._statements.save_cursor(connection, READ_MODELS, written[-1][0])

    def kept(self, written: Sequence[tuple[int, AnyFact]]) -> None:
        """Note of whom there is a row now."""
        self._agents |= {fact.agent for _, fact in written if isinstance(fact, AgentChanged)}

    def rebuild(self, connection: Connection) -> None:
        """Throw them away and make them again from the facts."""
        for table in _ALL:
            connection.execute(delete(table))
        self._agents = set()
        self._catch_up(connection, 0)

    def _catch_up(self, connection: Connection, after: int) -> None:
        while page := _page(connection, after):
            written = [(raw.seq, self._aside.decoded(raw)) for raw in page]
            self.show(connection, written)
            self.kept(written)
            after = page[-1].seq


def _changed(written: Sequence[tuple[int, AnyFact]]) -> list[Row]:
    told = ((seq, fact, subject_of(fact)) for seq, fact in written)
    return [{"seq": seq, "at": f.at, "kind": type(f).__name__, "subject": about} for seq, f, about in told if about]


def _page(connection: Connection, after: int) -> list[RawFact]:
    query = select(FACTS).where(FACTS.c.seq > after).order_by(FACTS.c.seq).limit(_PAGE)
    return [RawFact(*row) for row in rows_of(connection, query)]
