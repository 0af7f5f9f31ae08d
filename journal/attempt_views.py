"""Reading the calls that we made: counts of a campaign, its attempts, one person's, and what was recorded of them.

It does not know why anybody was called, nor what is made of the counts. Reads are plain blocking calls, as all of
`journal/views.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, and_, func, or_, select

from journal.attempt_projection import QUARTER
from journal.engine import read
from journal.tables import ATTEMPTS, OFFERS, REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Engine

_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt. `outcome` is "" while it runs (`outbound/lead.py` lists them); `result` is the agent's last word.

    `said_by` said it at `said_at`; `promised` is when the person is to be called back, by `whom` ("" for any). `again`
    is when the lead is due again, 0 for never. `rules` is the version of the law profile that allowed the dial.
    """

    contact: str
    campaign: str
    node: str
    lead: str
    person: str
    number: str
    shown: str
    why: str
    rules: str
    mode: str
    name: str
    segment: str
    consent: str
    begun_at: float
    tries: int
    heard: str
    answered_at: float | None
    ended_at: float | None
    outcome: str
    cause: int
    again: float
    agent: str
    lines: float
    waited: float
    talked: float
    said_at: float | None
    said_by: str
    result: str
    success: int
    promised: float
    whom: str
    note: str
    amount: str


@dataclass(frozen=True, slots=True)
class TalkKept:
    """A talk of an attempt, as it stands among the offers: who talked, and what was recorded of it."""

    contact: str
    offer: str
    agent: str
    talked: float
    recording: str
    state: str


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """So many attempts of a campaign ended so, with this word of the agent's."""

    outcome: str
    result: str
    success: bool
    count: int
    talked: float


class AttemptReader:
    """The attempts of a journal."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader

    def counts(self, campaign: str, since: float, until: float) -> list[OutcomeCount]:
        """Count the attempts of a campaign begun in [since, until) by outcome and the agent's word."""
        table = ATTEMPTS.c
        keys = (table.outcome, table.result, table.success)
        query = select(*keys, func.count(), func.sum(table.talked)).group_by(*keys).order_by(*keys)
        rows = self._rows(query.where(*_of_campaign(campaign, since, until)))
        return [OutcomeCount(outcome, result, bool(won), count, talked) for outcome, result, won, count, talked in rows]

    def refusals(self, campaign: str, since: float, until: float) -> list[tuple[str, int]]:
        """Count the dials that were refused in [since, until) by reason, in whole quarters of an hour."""
        table, summed = REFUSALS.c, func.sum(REFUSALS.c.count)
        query = select(table.reason, summed).group_by(table.reason).order_by(table.reason)
        whole = since // QUARTER * QUARTER
        rows = self._rows(query.where(table.campaign == campaign, table.since >= whole, table.since < until))
        return [(reason, int(count)) for reason, count in rows]

    def attempts(
        self, campaign: str, since: float, until: float, *, outcomes: Sequence[str] = (), limit: int | None = None
    ) -> Iterator[AttemptRow]:
        """Yield a campaign's attempts begun in [since, until), newest first; only those that ended so, if asked."""
        query = select(ATTEMPTS).where(*_of_campaign(campaign, since, until))
        if outcomes:
            query = query.where(ATTEMPTS.c.outcome.in_(list(outcomes)))
        query = query.order_by(ATTEMPTS.c.begun_at.desc(), ATTEMPTS.c.contact.desc())
        left = inf if limit is None else limit
        page = [AttemptRow(*row) for row in self._rows(query.limit(int(min(_PAGE, left))))]
        while page:
            yield from page
            left -= len(page)
            if left <= 0:
                return
            older = query.where(_older_than(page[-1])).limit(int(min(_PAGE, left)))
            page = [AttemptRow(*row) for row in self._rows(older)]

    def said(self, campaign: str, since: float, until: float) -> list[AttemptRow]:
        """Return the attempts begun in [since, until) in which somebody talked, or of which an agent said a word."""
        query = select(ATTEMPTS).where(*_of_campaign(campaign, since, until))
        query = query.where(or_(ATTEMPTS.c.outcome == "connected", ATTEMPTS.c.result != ""))
        return [AttemptRow(*row) for row in self._rows(query.order_by(ATTEMPTS.c.begun_at, ATTEMPTS.c.contact))]

    def of_person(self, who: str, limit: int = 1000) -> list[AttemptRow]:
        """Return all attempts on a person or a number, newest first."""
        query = select(ATTEMPTS).where(or_(ATTEMPTS.c.person == who, ATTEMPTS.c.number == who))
        query = query.order_by(ATTEMPTS.c.begun_at.desc(), ATTEMPTS.c.contact).limit(limit)
        return [AttemptRow(*row) for row in self._rows(query)]

    def campaigns(self) -> list[str]:
        """Return the campaigns that have ever dialled, "" among them where trial calls were made."""
        return [row[0] for row in self._rows(select(ATTEMPTS.c.campaign).distinct().order_by(ATTEMPTS.c.campaign))]

    def begun(self, since: float, until: float = inf) -> Iterator[AttemptRow]:
        """Yield the attempts of all campaigns begun in [since, until), campaign by campaign, oldest first in each."""
        for campaign in self.campaigns():
            query = select(ATTEMPTS).where(*_of_campaign(campaign, since, until))
            for row in self._rows(query.order_by(ATTEMPTS.c.begun_at, ATTEMPTS.c.contact)):
                yield AttemptRow(*row)

    def last(self) -> list[str]:
        """Return the last attempt of each campaign."""
        found: list[str] = []
        for campaign in self.campaigns():
            query = select(ATTEMPTS.c.contact).where(ATTEMPTS.c.campaign == campaign)
            found += [row[0] for row in self._rows(query.order_by(ATTEMPTS.c.begun_at.desc()).limit(20))]
        return found

    def attempt(self, contact: str) -> AttemptRow | None:
        rows = self._rows(select(ATTEMPTS).where(ATTEMPTS.c.contact == contact))
        return AttemptRow(*rows[0]) if rows else None

    def talks(self, contacts: Sequence[str]) -> dict[str, TalkKept]:
        """Return the last answered talk of each of these attempts."""
        table, found = OFFERS.c, {}
        keys = (table.contact, table.offer, table.agent, table.talked, table.recording, table.recording_state)
        for first in range(0, len(contacts), _PAGE):
            query = select(*keys).where(table.contact.in_(contacts[first : first + _PAGE]), table.outcome == "answered")
            for row in self._rows(query.order_by(table.answered_at, table.offer)):
                found[row[0]] = TalkKept(*row)
        return found

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return read(self._reader, query)


def _older_than(row: AttemptRow) -> ColumnElement[bool]:
    """What comes after this row: an offset would read all that came before it again."""
    begun, contact = ATTEMPTS.c.begun_at, ATTEMPTS.c.contact
    return or_(begun < row.begun_at, and_(begun == row.begun_at, contact < row.contact))


def _of_campaign(campaign: str, since: float, until: float) -> tuple[Any, ...]:
    begun = ATTEMPTS.c.begun_at
    return (ATTEMPTS.c.campaign == campaign, begun >= since, begun < until)
