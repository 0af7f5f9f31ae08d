"""The memory: facts in order, those of some calls or of some kinds, and the tape.

It does not know what the facts mean. What the read models say is used only to find which calls are asked about
(`journal/views.py`); a fact that cannot be read is passed over, or comes as an `OpaqueFact`, as each question says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, and_, func, or_, select

from journal.aside import SetAside
from journal.codec import OpaqueFact
from journal.engine import read
from journal.facts import BreakpointKept, BreakpointTaken, CallEnded, OfferMade
from journal.rows import RawFact, StoredFact, StoredTape
from journal.tables import AGENTS, CHANGES, CONTACTS, CURSORS, FACTS, LEASE, READ_MODELS, TAPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Engine

_PAGE: Final = 1000
_CALLS: Final = 200  # whose facts are read at once


class Memory:
    """What a journal remembers."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader
        self._aside = SetAside()

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
        calls = between(select(CONTACTS.c.contact, CONTACTS.c.started_at), "started_at", since, until)
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

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return read(self._reader, query)

    def _raw(self, query: Select[Any]) -> list[RawFact]:
        return [RawFact(*row) for row in self._rows(query)]

    def _stored(self, found: Iterable[RawFact]) -> list[StoredFact]:
        return [StoredFact(raw.seq, self._aside.decoded(raw)) for raw in found]

    def _readable(self, found: Iterable[RawFact]) -> list[StoredFact]:
        return [one for one in self._stored(found) if not isinstance(one.fact, OpaqueFact)]


def _last_changes() -> Select[Any]:
    """The last change of each thing: what counts of it now."""
    return select(func.max(CHANGES.c.seq)).group_by(CHANGES.c.kind, CHANGES.c.subject)


def between(query: Select[Any], name: str, since: float | None, until: float | None) -> Select[Any]:
    """Narrow a question about calls down by one of their times: `since` <= it < `until`."""
    if since is not None:
        query = query.where(CONTACTS.c[name] >= since)
    return query if until is None else query.where(CONTACTS.c[name] < until)
