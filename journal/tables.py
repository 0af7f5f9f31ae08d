"""The journal's tables, as this version writes them; `migrations/` brings an older file to this shape.

They do not know the database: no type or default in here belongs to one kind alone.

`facts` and `tape` are the memory and only grow. `contacts`, `offers`, `attempts`, `refusals`, `visits`, `periods`,
`agents` and `changes` are read models: they follow the facts a moment later, and can be thrown away and made again
from them at any time. `lease` has one row: who may write, and the last fact's number. Columns that end in `_ms` are
whole milliseconds: their sums are exact.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, Table, Text, and_, func, or_

METADATA: Final = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


def _seconds(name: str) -> Column[float]:
    return Column(name, Double, nullable=False, default=0.0)


def _moment(name: str) -> Column[float]:
    return Column(name, Double, nullable=True)


def _milliseconds(name: str) -> Column[int]:
    return Column(name, _Number, nullable=False, default=0)


def _end(name: str) -> Column[int]:
    return Column(name, _Number, nullable=True)


FACTS: Final = Table(
    "facts",
    METADATA,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    _seconds("at"),
    _text("kind"),
    _text("contact"),
    _text("agent"),
    _text("body"),
    Index("facts_contact", "contact", "seq"),
)

TAPE: Final = Table(
    "tape",
    METADATA,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    _count("epoch"),
    Column("fact_seq", _Number, nullable=False),
    _text("body"),
)

LEASE: Final = Table(
    "lease",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _count("epoch"),
    _text("holder"),
    _seconds("taken_at"),
    Column("seq", _Number, nullable=False),
    Column("tape_seq", _Number, nullable=False),
)

CURSORS: Final = Table(
    "cursors",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("seq", _Number, nullable=False),
)
READ_MODELS: Final = "read models"  # the cursor that says how far they have come

CONTACTS: Final = Table(
    "contacts",
    METADATA,
    Column("contact", Text, primary_key=True),
    _text("call"),
    _text("node"),
    _text("number"),
    _text("name"),
    _text("called"),
    _text("flow"),
    _text("version"),
    _text("language"),
    _text("customer"),
    _text("customer_name"),
    _text("segment"),
    _seconds("started_at"),
    _text("step"),
    _text("queue"),
    _text("last_queue"),
    _moment("asked_at"),
    _moment("left_queue_at"),
    _text("left_queue_why"),
    _count("offers"),
    _text("agent"),
    _text("offer"),
    _moment("answered_at"),
    _moment("talk_ended_at"),
    _seconds("talked"),
    _moment("ended_at"),
    _text("outcome"),
    _count("cause"),
    _text("breakpoint"),
    _text("recording"),
    _text("skills"),
    _text("answered_by"),
    _moment("callback_at"),
    _end("asked_ms"),
    _end("answered_ms"),
    _end("left_ms"),
    _end("callback_ms"),
    _end("ended_ms"),
    Index("contacts_started", "started_at"),
    Index("contacts_asked", "asked_at"),
    Index("contacts_ended", "ended_at"),
    Index("contacts_number", "number", "started_at"),
    Index("contacts_outcome", "outcome", "started_at"),
)

OFFERS: Final = Table(
    "offers",
    METADATA,
    Column("offer", Text, primary_key=True),
    _text("contact"),
    _text("agent"),
    _text("node"),
    _seconds("made_at"),
    _moment("rang_at"),
    _moment("answered_at"),
    _moment("closed_at"),
    _text("outcome"),
    _count("cause"),
    _seconds("talked"),
    _text("ended_by"),
    _text("recording"),
    _text("recording_state"),
    _seconds("recorded"),
    _text("legs"),
    _text("sha256"),
    _text("queue"),
    _milliseconds("talked_ms"),
    _milliseconds("held_ms"),
    _milliseconds("wrap_ms"),
    Index("offers_contact", "contact"),
    Index("offers_made", "made_at"),
    Index("offers_agent", "agent", "made_at"),
    Index("offers_recording", "recording_state", "recording"),
)

ATTEMPTS: Final = Table(
    "attempts",
    METADATA,
    Column("contact", Text, primary_key=True),
    *map(_text, ("campaign", "node", "lead", "person", "number", "shown", "why", "rules", "mode", "name", "segment")),
    _text("consent"),
    _seconds("begun_at"),
    _count("tries"),
    _text("heard"),
    _moment("answered_at"),
    _moment("ended_at"),
    _text("outcome"),
    _count("cause"),
    _seconds("again"),
    _text("agent"),
    *map(_seconds, ("lines", "waited", "talked")),
    _moment("said_at"),
    _text("said_by"),
    _text("result"),
    _count("success"),
    _seconds("promised"),
    *map(_text, ("whom", "note", "amount")),
    Index("attempts_campaign", "campaign", "begun_at"),
    Index("attempts_number", "number", "begun_at"),
    Index("attempts_person", "person", "begun_at"),
)

REFUSALS: Final = Table(
    "refusals",
    METADATA,
    Column("key", Text, primary_key=True),
    *map(_text, ("campaign", "reason")),
    _seconds("since"),
    _count("count"),
    Index("refusals_campaign", "campaign", "since"),
)

VISITS: Final = Table(
    "visits",
    METADATA,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    _text("contact"),
    _text("queue"),
    _text("skills"),
    _milliseconds("asked_ms"),
    _end("ended_ms"),
    _text("how"),
    _text("agent"),
    _count("to_call_back"),
    Index("visits_contact", "contact", "seq"),
    Index("visits_asked", "asked_ms"),
)

PERIODS: Final = Table(
    "periods",
    METADATA,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    _text("agent"),
    _text("state"),
    _text("reason"),
    _text("offer"),
    _milliseconds("since_ms"),
    _end("until_ms"),
    Index("periods_agent", "agent", "since_ms"),
    Index("periods_since", "since_ms"),
)

AGENTS: Final = Table(
    "agents",
    METADATA,
    Column("agent", Text, primary_key=True),
    Column("seq", _Number, nullable=False),
)

CHANGES: Final = Table(
    "changes",
    METADATA,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    _seconds("at"),
    _text("kind"),
    _text("subject"),
    Index("changes_subject", "kind", "subject", "seq"),
    Index("changes_at", "at"),
)

# Whether a contact is somebody who called us. One to be called back has no call, a customer whom we dialled one that is
# named by us: a D and a number, where the telephone switch has a dot in its names.
_BEGINS: Final = func.substr(CONTACTS.c.call, 1, 1)
CALLS_IN: Final = and_(CONTACTS.c.call != "", or_(_BEGINS != "D", CONTACTS.c.call.like("%.%")))
