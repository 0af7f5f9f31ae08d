"""The SQL that writes visits and periods, made once; and the wrap-up that an ended period adds to its offer.

It does not know facts: rows go in, SQL goes out, the same for SQLite and PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, case, func, insert, select, update

from journal.spans import WRAP_UP
from journal.statements import Statement
from journal.tables import CALLS_IN, CONTACTS, OFFERS, PERIODS, VISITS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, Insert, Update

    from journal.spans import Spans

_OPEN_PERIOD: Final = and_(PERIODS.c.agent == bindparam("of"), PERIODS.c.until_ms.is_(None))
_OPEN_VISIT: Final = and_(VISITS.c.contact == bindparam("of"), VISITS.c.ended_ms.is_(None))


class SpanStatements:
    """All that the writer says about visits and periods."""

    def __init__(self, dialect: Dialect) -> None:
        self._end_visit = Statement(_end_visit(), dialect)
        self._wish = Statement(_wish(), dialect)
        self._wrap_up_ends = Statement(_wrap_up_ends(), dialect)
        self._end_period = Statement(_end_period(), dialect)
        self._wrap = Statement(_wrap(), dialect)
        self._visit = Statement(_visit(), dialect)
        self._period = Statement(insert(PERIODS), dialect)

    def write(self, connection: Connection, spans: Spans) -> None:
        """Write these rows. The contacts and offers of the same facts must have been written before."""
        self._end_visit.run(connection, spans.ended_visits)
        self._wish.run(connection, spans.wishes)
        self._wrap_up_ends.run(connection, spans.ended_periods)
        self._end_period.run(connection, spans.ended_periods)
        self._wrap.run(connection, [{"of": offer, "more": more} for offer, more in spans.wraps.items() if offer])
        self._visit.run(connection, spans.visits)
        self._period.run(connection, spans.periods)


def _visit() -> Insert:
    mine = CONTACTS.c.contact == bindparam("contact")
    is_call_back = select(case((CALLS_IN, 0), else_=1)).where(mine).scalar_subquery()
    columns = [column for column in VISITS.columns if column.name != "to_call_back"]
    values = {column.name: bindparam(column.name, type_=column.type) for column in columns}
    return insert(VISITS).values(**values, to_call_back=func.coalesce(is_call_back, 0))


def _wrap() -> Update:
    return update(OFFERS).where(OFFERS.c.offer == bindparam("of")).values(wrap_ms=OFFERS.c.wrap_ms + bindparam("more"))


def _end_visit() -> Update:
    ended = case((VISITS.c.asked_ms > bindparam("to"), VISITS.c.asked_ms), else_=bindparam("to"))
    return (
        update(VISITS)
        .where(_OPEN_VISIT)
        .values(ended_ms=ended, how=bindparam("now_how"), agent=bindparam("by"))
    )


def _wish() -> Update:
    last = select(func.max(VISITS.c.seq)).where(VISITS.c.contact == bindparam("of")).scalar_subquery()
    return update(VISITS).where(VISITS.c.seq == last, VISITS.c.how == "flowed_out").values(how="callback")


def _end_period() -> Update:
    until = case((PERIODS.c.since_ms > bindparam("to"), PERIODS.c.since_ms), else_=bindparam("to"))
    return update(PERIODS).where(_OPEN_PERIOD).values(until_ms=until)


def _wrap_up_ends() -> Update:
    wrapping = and_(_OPEN_PERIOD, PERIODS.c.state == WRAP_UP, PERIODS.c.since_ms < bindparam("to"))
    length = select(bindparam("to") - PERIODS.c.since_ms).where(wrapping).scalar_subquery()
    offer = select(PERIODS.c.offer).where(wrapping).scalar_subquery()
    return update(OFFERS).where(OFFERS.c.offer == offer).values(wrap_ms=OFFERS.c.wrap_ms + length)
