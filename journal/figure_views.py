"""Reading what figures are made of: waits, visits, offers and the agents' time in an interval, counted and summed.

It does not know any formula or name of a figure. What the database sums are whole milliseconds and counts, so that the
sums of parts equal the sum of the whole, and a month of a million calls takes a second or two, in which the program is
free to do something else. Reads are plain blocking calls, safe from any thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import Select, and_, case, func, literal, or_, select
from sqlalchemy.exc import SQLAlchemyError

from journal.projection import milliseconds
from journal.remedies import explained
from journal.rows import HOW_ENDED
from journal.tables import AGENTS, CALLS_IN, CONTACTS, OFFERS, PERIODS, VISITS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine

_AT_ONCE: Final = 5000


class WaitsCounted(NamedTuple):
    """All waits of one sort that ended alike. What was not asked for apart is "".

    `skills` are names with blanks between; `agent` answered, or is "". `in_time` and `short` are those within the two
    limits, `waited_ms` all waits together, `longest_ms` the longest.
    """

    queue: str
    skills: str
    agent: str
    how: str
    number: int
    in_time: int
    short: int
    waited_ms: int
    longest_ms: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What waits are held against, in whole milliseconds, both ends included; and what is counted apart."""

    target_ms: int
    short_ms: int
    apart: frozenset[str] = frozenset()
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class OffersSummed:
    """All offers of one agent for one queue that came to the same. Talks and wrap-ups in milliseconds.

    `passed_on` are those whose talk ended with the caller being transferred by this agent.
    """

    agent: str
    queue: str
    outcome: str
    count: int
    talked_ms: int
    held_ms: int
    wrap_ms: int
    passed_on: int = 0


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

    def waits(self, since: float, until: float, limits: Limits) -> list[WaitsCounted]:
        """Everybody who asked for a person, once each, by when he first asked and under the queue that he asked for.

        Not those whom we call: nobody waits at a telephone.
        """
        near = (CONTACTS.c.asked_at >= since - _NEAR, CONTACTS.c.asked_at < until + _NEAR)  # there is an index on it
        query = select(
            CONTACTS.c.queue, CONTACTS.c.skills, CONTACTS.c.answered_by.label("agent"), CONTACTS.c.asked_ms,
            _ENDED.label("ended_ms"), _HOW.label("how"),
        )  # fmt: skip
        return self._counted(query.where(CALLS_IN, *near), since, until, limits)

    def visits(self, since: float, until: float, limits: Limits) -> list[WaitsCounted]:
        """Every stay in a queue, by when it began."""
        columns = [VISITS.c[name] for name in ("queue", "skills", "agent", "asked_ms", "ended_ms", "how")]
        return self._counted(select(*columns).where(VISITS.c.to_call_back == 0), since, until, limits)

    def _counted(self, waits: Select[Any], since: float, until: float, limits: Limits) -> list[WaitsCounted]:
        one = waits.subquery()
        asked, ended = one.c.asked_ms, one.c.ended_ms
        length = case((ended > asked, ended - asked), else_=0)
        apart = [one.c[name] if name in limits.apart else literal("").label(name) for name in _APART]
        query = select(
            *apart, one.c.how, func.count(), func.sum(case((length <= limits.target_ms, 1), else_=0)),
            func.sum(case((length <= limits.short_ms, 1), else_=0)), func.sum(length), func.max(length),
        ).where(asked >= milliseconds(since), asked < milliseconds(until))  # fmt: skip
        if limits.queue is not None:
            query = query.where(one.c.queue == limits.queue)
        query = query.group_by(*[one.c[name] for name in _APART if name in limits.apart], one.c.how)
        return [WaitsCounted(*row[:4], *map(int, row[4:])) for row in self._stream(query)]

    def ends_of(self, contacts: Sequence[str]) -> dict[str, tuple[str, int, int | None, str]]:
        """Of these contacts: the queue asked for, when, until when and how; milliseconds."""
        query = select(CONTACTS.c.contact, CONTACTS.c.queue, CONTACTS.c.asked_ms, _ENDED, _HOW)
        query = query.where(CONTACTS.c.contact.in_(contacts), CONTACTS.c.asked_ms.is_not(None))
        return {contact: (queue, asked, ended, how) for contact, queue, asked, ended, how in self._stream(query)}

    def offers(self, since: float, until: float) -> list[OffersSummed]:
        """The offers made in the interval."""
        keys = (OFFERS.c.agent, OFFERS.c.queue, OFFERS.c.outcome)
        query = select(*keys, *_SUMS).where(*_offered(since, until)).group_by(*keys)
        return [OffersSummed(*_whole(row)) for row in self._stream(query)]

    def offers_by_skills(self, since: float, until: float) -> list[tuple[str, OffersSummed]]:
        """The same, apart for each set of skills that the callers asked for."""
        keys = (CONTACTS.c.skills, OFFERS.c.agent, OFFERS.c.queue, OFFERS.c.outcome)
        query = select(*keys, *_SUMS).join_from(OFFERS, CONTACTS, OFFERS.c.contact == CONTACTS.c.contact)
        query = query.where(*_offered(since, until)).group_by(*keys)
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


_NEAR: Final = 0.001  # seconds: a moment and its milliseconds differ by less
_APART: Final = ("queue", "skills", "agent")
_IS_ANSWERED: Final = CONTACTS.c.answered_ms.is_not(None)
_HAS_LEFT: Final = CONTACTS.c.left_ms.is_not(None)
_IS_WISHED: Final = or_(CONTACTS.c.callback_ms >= CONTACTS.c.left_ms, CONTACTS.c.left_queue_why == "callback")
_ENDED: Final = case(
    (_IS_ANSWERED, CONTACTS.c.answered_ms), (_HAS_LEFT, CONTACTS.c.left_ms), else_=CONTACTS.c.ended_ms
)
_HOW: Final = case(
    (_IS_ANSWERED, "answered"),
    (and_(_HAS_LEFT, _IS_WISHED), "callback"),
    (_HAS_LEFT, "flowed_out"),
    (CONTACTS.c.ended_ms.is_(None), "waiting"),
    *[(CONTACTS.c.outcome == outcome, how) for outcome, how in HOW_ENDED.items()],
    else_="lost",
)
_SUMS: Final = (
    func.count(),
    func.sum(OFFERS.c.talked_ms),
    func.sum(OFFERS.c.held_ms),
    func.sum(OFFERS.c.wrap_ms),
    func.sum(case((OFFERS.c.ended_by == "transfer", 1), else_=0)),
)


def _offered(since: float, until: float) -> tuple[ColumnElement[bool], ...]:
    """What was offered to an agent in the interval: a leg outside, or a supervisor's, has a row without a node."""
    return OFFERS.c.made_at >= since, OFFERS.c.made_at < until, OFFERS.c.node != ""


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
