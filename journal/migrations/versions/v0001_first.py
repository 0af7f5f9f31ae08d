"""The journal's first shape.

It does not import the tables of today: a step never changes once it was released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _seconds(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False)


def _moment(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double, nullable=True) for name in names]


def _number(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, _NUMBER, primary_key=key, nullable=False, autoincrement=False)


def upgrade() -> None:
    _memory()
    _contacts()
    _offers()
    op.create_table("agents", sa.Column("agent", sa.Text, primary_key=True), _number("seq"))


def _memory() -> None:
    op.create_table("facts", _number("seq", key=True), _seconds("at"), *_text("kind", "contact", "agent", "body"))
    op.create_index("facts_contact", "facts", ["contact", "seq"])
    op.create_table("tape", _number("seq", key=True), _count("epoch"), _number("fact_seq"), *_text("body"))
    lease = op.create_table(
        "lease",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        _count("epoch"),
        *_text("holder"),
        _seconds("taken_at"),
        _number("seq"),
        _number("tape_seq"),
    )
    op.bulk_insert(lease, [{"id": 1, "epoch": 0, "holder": "", "taken_at": 0.0, "seq": 0, "tape_seq": 0}])
    op.create_table("cursors", sa.Column("name", sa.Text, primary_key=True), _number("seq"))


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("contact", sa.Text, primary_key=True),
        *_text("call", "node", "number", "name", "called", "flow", "version", "language"),
        *_text("customer", "customer_name", "segment"),
        _seconds("started_at"),
        *_text("step", "queue", "last_queue"),
        *_moment("asked_at", "left_queue_at"),
        *_text("left_queue_why"),
        _count("offers"),
        *_text("agent", "offer"),
        *_moment("answered_at", "talk_ended_at"),
        _seconds("talked"),
        *_moment("ended_at"),
        *_text("outcome"),
        _count("cause"),
        *_text("breakpoint", "recording"),
    )
    op.create_index("contacts_started", "contacts", ["started_at"])
    op.create_index("contacts_asked", "contacts", ["asked_at"])
    op.create_index("contacts_ended", "contacts", ["ended_at"])
    op.create_index("contacts_number", "contacts", ["number", "started_at"])
    op.create_index("contacts_outcome", "contacts", ["outcome", "started_at"])


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("offer", sa.Text, primary_key=True),
        *_text("contact", "agent", "node"),
        _seconds("made_at"),
        *_moment("rang_at", "answered_at", "closed_at"),
        *_text("outcome"),
        _count("cause"),
        _seconds("talked"),
        *_text("ended_by", "recording", "recording_state"),
        _seconds("recorded"),
        *_text("legs", "sha256"),
    )
    op.create_index("offers_contact", "offers", ["contact"])
    op.create_index("offers_agent", "offers", ["agent", "made_at"])
    op.create_index("offers_recording", "offers", ["recording_state", "recording"])
