"""The writer's SQL, made once and then sent again and again past SQLAlchemy's own machinery.

It does not know facts or transactions: rows and changes go in, SQL goes out. Every statement is plain enough for
SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import bindparam, func, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from journal import tables
from journal.projection import FIRST, SUM, Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column, ColumnElement, Connection, Dialect, Table

_KEY: Final = "the_key"
_KEYS: Final = {"contacts": "contact", "offers": "offer", "attempts": "contact", "refusals": "key"}
Row = dict[str, Any]


class _Compilable(Protocol):
    def compile(self, *, dialect: Dialect) -> Any: ...


class Statement:
    """One compiled statement."""

    def __init__(self, clause: _Compilable, dialect: Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        self.sql = str(compiled)
        self._order: list[str] | None = list(compiled.positiontup) if compiled.positional else None
        self._fixed: Row = {name: value for name, value in compiled.params.items() if value is not None}

    def ordered(self, row: Row) -> tuple[Any, ...]:
        """Return the row's values as a driver with "?" for parameters wants them."""
        return tuple([row[name] for name in self._order or row])

    def run(self, connection: Connection, rows: Iterable[Row]) -> int:
        """Send it once a row; the number of rows that it touched."""
        order, fixed = self._order, self._fixed
        if fixed:
            rows = [{**fixed, **row} for row in rows]
        sent: Any = [tuple([row[name] for name in order]) for row in rows] if order else list(rows)
        if not sent:
            return 0
        driver = connection.connection.driver_connection
        if isinstance(driver, sqlite3.Connection):  # a round through SQLAlchemy takes longer than most statements
            return driver.executemany(self.sql, sent).rowcount
        return connection.exec_driver_sql(self.sql, sent if len(sent) > 1 else sent[0]).rowcount


class Statements:
    """All that the writer says to one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.fact = Statement(insert(tables.FACTS), dialect)
        self.tape = Statement(insert(tables.TAPE), dialect)
        lease = tables.LEASE
        fence = update(lease).where(
            lease.c.epoch == bindparam("mine"),
            lease.c.seq == bindparam("seq_was"),
            lease.c.tape_seq == bindparam("tape_was"),
        )
        self.fence = Statement(fence.values(seq=bindparam("to"), tape_seq=bindparam("tape_to")), dialect)
        agents = tables.AGENTS
        moved = update(agents).where(agents.c.agent == bindparam(_KEY)).values(seq=bindparam("to"))
        self._agent_moved = Statement(moved, dialect)
        self._agent_new = Statement(insert(agents), dialect)
        self._change = Statement(insert(tables.CHANGES), dialect)
        cursors = tables.CURSORS
        cursor = update(cursors).where(cursors.c.name == bindparam(_KEY)).values(seq=bindparam("to"))
        self._cursor_moved = Statement(cursor, dialect)
        self._cursor_new = Statement(insert(cursors), dialect)
        self._new = {name: self._insert_new(tables.METADATA.tables[name]) for name in _KEYS}
        self._defaults = {name: _defaults(tables.METADATA.tables[name]) for name in _KEYS}
        self._updates: dict[tuple[str, ...], Statement] = {}

    def _insert_new(self, table: Table) -> Statement:
        # Both databases know ON CONFLICT DO NOTHING, but SQLAlchemy keeps it apart for each.
        make: Any = postgresql.insert if self._dialect.name == "postgresql" else sqlite.insert
        return Statement(make(table).on_conflict_do_nothing(), self._dialect)

    def project(self, connection: Connection, made: Iterable[Change], changed: Iterable[Change]) -> None:
        """Bring the read models of contacts, offers, attempts and refusals up to date."""
        new: dict[str, list[Row]] = {}
        for change in made:
            row = {**self._defaults[change.table], **change.values, _KEYS[change.table]: change.key}
            new.setdefault(change.table, []).append(row)
        for table, rows in new.items():
            self._new[table].run(connection, rows)
        alike: dict[tuple[str, ...], list[Row]] = {}
        for change in changed:
            shape = (change.table, *change.values)
            alike.setdefault(shape, []).append({**change.values, _KEY: change.key})
        for shape, rows in alike.items():
            self._update(shape).run(connection, rows)

    def _update(self, shape: tuple[str, ...]) -> Statement:
        known = self._updates.get(shape)
        if known is None:
            table = tables.METADATA.tables[shape[0]]
            clause = update(table).where(table.c[_KEYS[table.name]] == bindparam(_KEY))
            known = Statement(clause.values({name: _rule(table.c[name]) for name in shape[1:]}), self._dialect)
            self._updates[shape] = known
        return known

    def project_agents(self, connection: Connection, last: dict[str, int], known: set[str]) -> None:
        """Note each agent's last fact; `known` are the agents who have a row."""
        moved = [{_KEY: agent, "to": seq} for agent, seq in last.items() if agent in known]
        new = [{"agent": agent, "seq": seq} for agent, seq in last.items() if agent not in known]
        self._agent_moved.run(connection, moved)
        self._agent_new.run(connection, new)

    def project_changes(self, connection: Connection, rows: Iterable[Row]) -> None:
        """Note what was changed on the floor."""
        self._change.run(connection, rows)

    def save_cursor(self, connection: Connection, name: str, seq: int) -> None:
        """Note how far the reader of this name has come."""
        if not self._cursor_moved.run(connection, ({_KEY: name, "to": seq},)):
            self._cursor_new.run(connection, ({"name": name, "seq": seq},))


def _defaults(table: Table) -> Row:
    return {column.name: getattr(column.default, "arg", None) for column in table.columns}


def _rule(column: Column[Any]) -> ColumnElement[Any]:
    value = bindparam(column.name, type_=column.type)
    place = (column.table.name, column.name)
    if place in SUM:
        return column + value
    if place in FIRST:
        return func.coalesce(column if column.nullable else func.nullif(column, ""), value)
    return value
