"""Reading what figures are made of: waits, visits, offers and the agents' time in an interval, streamed or summed.

It does not know any formula, target or name of a figure. What is summed here by the database are whole milliseconds
and counts, so that the sums of parts equal the sum of the whole. Reads are plain blocking calls, safe from any thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from journal.projection import milliseconds
from journal.remedies import explained
from journal.rows import COURSE, end_of
from journal.tables import AGENTS, CONTACTS, OFFERS, PERIODS, VISITS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_AT_ONCE: Final = 5000


class WaitSeen(NamedTuple):
    """One wait, of a contact or of a visit. `skills` are names with blanks between; `agent` answered, or is ""."""

    queue: str
    skills: str
    agent: str
    asked_ms: int
    ended_ms: int | None
    how: str


@dataclass(frozen=True, slots=True)
class OffersSummed:
    """All offers of one agent for one queue that came to the same. Talks and wrap-ups in milliseconds."""

    agent: str
    queue: str
    outcome: str
    count: int
    talked_ms: int
    held_ms: int
    wrap_ms: int


@dataclass(frozen=True, slots=True)
class PeriodSeen:
    """An agent's time in one state, `until_ms` None while it lasts."""

    agent: str
    state: str
    reason: str
    since_ms: int
    until_ms: int | None


class FigureReader:
    """Reads for figures over a journal's engine for reading. Intervals are [since, until) in POSIX seconds."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader

    def waits(self, since: float, until: float) -> Iterator[WaitSeen]:
        """Everybody who asked for a person, once each, by when he first asked and under the queue that he asked for.

        Not those who are to be called back, who have no call: nobody waits at a telephone.
        """
        names = ("queue", "skills", "answered_by", "asked_at", *COURSE)
        query = select(*[CONTACTS.c[name] for name in names]).where(CONTACTS.c.call != "")
        query = query.where(CONTACTS.c.asked_at >= since, CONTACTS.c.asked_at < until)
        for queue, skills, agent, asked_at, *course in self._stream(query):
            ended_at, how = end_of(*course)
            ended_ms = None if ended_at is None else round(ended_at * 1000)
            yield WaitSeen(queue, skills, agent, round(asked_at * 1000), ended_ms, how)

    def ends_of(self, contacts: Sequence[str]) -> dict[str, tuple[str, int, int | None, str]]:
        """Of these contacts: the queue asked for, when, until when and how; milliseconds."""
        names = ("contact", "queue", "asked_at", *COURSE)
        query = select(*[CONTACTS.c[name] for name in names]).where(CONTACTS.c.contact.in_(contacts))
        found: dict[str, tuple[str, int, int | None, str]] = {}
        for contact, queue, asked_at, *course in self._stream(query.where(CONTACTS.c.asked_at.is_not(None))):
            ended_at, how = end_of(*course)
            found[contact] = (queue, milliseconds(asked_at), None if ended_at is None else milliseconds(ended_at), how)
        return found

    def visits(self, since: float, until: float) -> Iterator[WaitSeen]:
        """Every stay in a queue, by when it began."""
        columns = [VISITS.c[name] for name in WaitSeen._fields]
        query = select(*columns).where(VISITS.c.to_call_back == 0)
        query = query.where(VISITS.c.asked_ms >= milliseconds(since), VISITS.c.asked_ms < milliseconds(until))
        for row in self._stream(query):
            yield WaitSeen(*row)

    def offers(self, since: float, until: float) -> list[OffersSummed]:
        """The offers made in the interval."""
        keys = (OFFERS.c.agent, OFFERS.c.queue, OFFERS.c.outcome)
        query = select(*keys, *_SUMS).where(OFFERS.c.made_at >= since, OFFERS.c.made_at < until).group_by(*keys)
        return [OffersSummed(*_whole(row)) for row in self._stream(query)]

    def offers_by_skills(self, since: float, until: float) -> list[tuple[str, OffersSummed]]:
        """The same, apart for each set of skills that the callers asked for."""
        keys = (CONTACTS.c.skills, OFFERS.c.agent, OFFERS.c.queue, OFFERS.c.outcome)
        query = select(*keys, *_SUMS).join_from(OFFERS, CONTACTS, OFFERS.c.contact == CONTACTS.c.contact)
        query = query.where(OFFERS.c.made_at >= since, OFFERS.c.made_at < until).group_by(*keys)
        return [(row[0], OffersSummed(*_whole(row[1:]))) for row in self._stream(query)]

    def time_by_state(self, since: float, until: float, now: float) -> dict[tuple[str, str, str], int]:
        """Milliseconds that each (agent, state, reason) took of the interval, as far as it is over by `now`."""
        begin, end = milliseconds(since), milliseconds(min(until, now))
        found: dict[tuple[str, str, str], int] = {}
        inside = and_(PERIODS.c.since_ms >= begin, PERIODS.c.since_ms < end, PERIODS.c.until_ms <= end)
        keys = (PERIODS.c.agent, PERIODS.c.state, PERIODS.c.reason)
        length = func.sum(PERIODS.c.until_ms - PERIODS.c.since_ms)
        for agent, state, reason, took in self._stream(select(*keys, length).where(inside).group_by(*keys)):
            found[agent, state, reason] = int(took)
        for period in self._edges(begin, end):
            key = (period.agent, period.state, period.reason)
            until_ms = end if period.until_ms is None else min(end, period.until_ms)
            found[key] = found.get(key, 0) + max(0, until_ms - max(begin, period.since_ms))
        return found

    def periods(self, agent: str, since: float, until: float) -> list[PeriodSeen]:
        """An agent's periods that touch the interval, in order, uncut."""
        begin, end = milliseconds(since), milliseconds(until)
        query = _period_rows().where(PERIODS.c.agent == agent, PERIODS.c.since_ms < end)
        query = query.where(or_(PERIODS.c.until_ms.is_(None), PERIODS.c.until_ms > begin)).order_by(PERIODS.c.seq)
        return [PeriodSeen(*row) for row in self._stream(query)]

    def agents(self) -> list[str]:
        """Everybody who ever signed on."""
        return [row[0] for row in self._stream(select(AGENTS.c.agent).order_by(AGENTS.c.agent))]

    def _edges(self, begin: int, end: int) -> Iterator[PeriodSeen]:
        """The periods that are cut by an end of the interval: of each agent one at its begin, and one at its end."""
        for edge in {begin, end}:
            query = _period_rows().join_from(AGENTS, PERIODS, PERIODS.c.seq == _last_before(edge))
            cut = or_(PERIODS.c.until_ms.is_(None), PERIODS.c.until_ms > edge)
            query = query.where(cut)
            if edge == end:  # what began before the interval is found at its begin
                query = query.where(PERIODS.c.since_ms >= begin)
            for row in self._stream(query):
                yield PeriodSeen(*row)

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────

    def _stream(self, query: Select[Any]) -> Iterator[Any]:
        with self._connected() as connection:
            rows = connection.execution_options(stream_results=True, max_row_buffer=_AT_ONCE).execute(query)
            for some in rows.partitions(_AT_ONCE):
                yield from some

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self._reader.connect() as connection:
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as fault:
            raise explained("the journal cannot be read", fault) from fault


_SUMS: Final = (
    func.count(),
    func.sum(OFFERS.c.talked_ms),
    func.sum(OFFERS.c.held_ms),
    func.sum(OFFERS.c.wrap_ms),
)


def _whole(row: Any) -> list[Any]:
    """PostgreSQL sums whole numbers to decimals."""
    return [*row[:3], *map(int, row[3:])]


def _period_rows() -> Select[Any]:
    return select(*[PERIODS.c[name] for name in PeriodSeen.__dataclass_fields__])


def _last_before(edge: int) -> Any:
    """The agent's last period that began before `edge`."""
    other = PERIODS.alias("earlier")
    mine = select(other.c.seq).where(other.c.agent == AGENTS.c.agent, other.c.since_ms < edge)
    last = mine.order_by(other.c.since_ms.desc(), other.c.seq.desc()).limit(1)
    return last.correlate(AGENTS).scalar_subquery()
