"""Which rows of a journal have anything of one person, and how they are written without him.

It does not know what a row without him says (`journal/erasing.py`). Looking goes through the whole journal: it is a
matter of minutes in a large one, and no commit waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, or_, select, update

from journal.engine import read
from journal.facts import DialRefused, RangBack
from journal.rows import RawFact
from journal.tables import ATTEMPTS, CONTACTS, FACTS, OFFERS, TAPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Engine, Select

    from journal.erasing import Person

ERASED: Final = "erased"  # the state of a recording that was deleted at a person's own request
_PAGE: Final = 500
_NO_CALL: Final = (DialRefused.__name__, RangBack.__name__)  # facts about him that belong to no call to him


@dataclass(frozen=True, slots=True)
class Touched:
    """An attempt on him. `is_open`: he is on the line, or was when a server died."""

    contact: str
    lead: str
    person: str
    number: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A call of his to us. `is_open`: it goes on, or did when a server died."""

    contact: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class TalkRecorded:
    """A talk with him that was recorded at this time; `path` is below the folder of recordings."""

    at: float
    path: str
    contact: str
    offer: str
    talked: float


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Rows as they are to stand: texts of facts and of pieces of the tape by their numbers."""

    person: Person
    facts: tuple[tuple[int, str], ...]
    tape: tuple[tuple[int, str], ...]


class PersonReader:
    """Reads what a journal has of one person."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader

    def attempts(self, numbers: Iterable[str], ids: Iterable[str]) -> list[Touched]:
        """The attempts on these numbers and persons."""
        table = ATTEMPTS.c
        query = select(table.contact, table.lead, table.person, table.number, table.ended_at)
        rows = self._rows(query.where(or_(table.number.in_(list(numbers)), table.person.in_(list(ids)))))
        return [Touched(contact, lead, person, number, ended is None) for contact, lead, person, number, ended in rows]

    def own_calls(self, numbers: Iterable[str]) -> list[OwnCall]:
        """His calls to us from these numbers, and call-backs to them."""
        table = CONTACTS.c
        dialled = select(ATTEMPTS.c.contact)
        query = select(table.contact, table.outcome).where(table.number.in_(list(numbers)))
        rows = self._rows(query.where(table.contact.not_in(dialled)).order_by(table.contact))
        return [OwnCall(contact, not outcome) for contact, outcome in rows]

    def recordings(self, calls: Iterable[str]) -> list[TalkRecorded]:
        """The recordings of talks with him that were not deleted at his request."""
        table = OFFERS.c
        query = select(table.made_at, table.recording, table.contact, table.offer, table.talked)
        query = query.where(table.contact.in_(list(calls)), table.recording != "", table.recording_state != ERASED)
        rows = self._rows(query.order_by(table.recording))
        return [TalkRecorded(at, path, contact, offer, talked or 0.0) for at, path, contact, offer, talked in rows]

    def rewriting(self, person: Person) -> Rewriting:
        """Every fact of calls to him and about them, and every piece of the tape, that has anything of him."""
        his = FACTS.c.contact.in_([*person.calls, *person.own])
        about = and_(FACTS.c.kind.in_(_NO_CALL), or_(*(FACTS.c.body.contains(one) for one in person.numbers)))
        facts = [RawFact(*row) for row in self._rows(select(FACTS).where(or_(his, about)).order_by(FACTS.c.seq))]
        changed = [(raw.seq, new) for raw in facts if (new := person.without(raw.body)) != raw.body]
        return Rewriting(person, tuple(changed), tuple(self._tape(person)))

    def _tape(self, person: Person) -> Iterable[tuple[int, str]]:
        his = (*person.numbers, *person.written)
        query = select(TAPE.c.seq, TAPE.c.body).where(or_(*(TAPE.c.body.contains(one) for one in his)))
        after = -1
        while page := self._rows(query.where(TAPE.c.seq > after).order_by(TAPE.c.seq).limit(_PAGE)):
            for seq, body in page:
                new = person.without(body)
                if new != body:
                    yield seq, new
            after = page[-1][0]

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return read(self._reader, query)


def write_without(connection: Connection, wanted: Rewriting) -> None:
    """Write the rows, and his rows of the read models, inside the connection's transaction."""
    for table, rows in ((FACTS, wanted.facts), (TAPE, wanted.tape)):
        clause = update(table).where(table.c.seq == bindparam("the_seq")).values(body=bindparam("text"))
        if rows:
            connection.execute(clause, [{"the_seq": seq, "text": text} for seq, text in rows])
    calls = [*wanted.person.calls, *wanted.person.own]
    for number, word in (*wanted.person.numbers.items(), *wanted.person.written.items()):
        for table in (ATTEMPTS, CONTACTS):
            mine = and_(table.c.contact.in_(calls), table.c.number == number)
            connection.execute(update(table).where(mine).values(number=word))
    for known, word in wanted.person.ids.items():
        connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.person == known).values(person=word))
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.contact.in_(calls)).values(name="", note=""))
    nobody = {"name": "", "customer": "", "customer_name": ""}
    connection.execute(update(CONTACTS).where(CONTACTS.c.contact.in_(calls)).values(**nobody))
