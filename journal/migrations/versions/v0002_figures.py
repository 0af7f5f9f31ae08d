"""What figures by queue, skill, agent and interval need: visits to queues, the agents' time, and whole milliseconds.

It does not work anything out: the read models are made again from the facts as soon as their cursor is gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _milliseconds(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, _NUMBER, nullable=False, server_default="0") for name in names]


def _key() -> sa.Column[int]:
    return sa.Column("seq", _NUMBER, primary_key=True, nullable=False, autoincrement=False)


def upgrade() -> None:
    for text in _text("skills", "answered_by"):
        op.add_column("contacts", text)
    op.add_column("contacts", sa.Column("callback_at", sa.Double, nullable=True))
    op.add_column("offers", *_text("queue"))
    for length in _milliseconds("talked_ms", "held_ms", "wrap_ms"):
        op.add_column("offers", length)
    op.create_index("offers_made", "offers", ["made_at"])
    _visits()
    _periods()
    op.execute("DELETE FROM cursors WHERE name = 'read models'")


def _visits() -> None:
    op.create_table(
        "visits",
        _key(),
        *_text("contact", "queue", "skills"),
        *_milliseconds("asked_ms"),
        sa.Column("ended_ms", _NUMBER, nullable=True),
        *_text("how", "agent"),
        sa.Column("to_call_back", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("visits_contact", "visits", ["contact", "seq"])
    op.create_index("visits_asked", "visits", ["asked_ms"])


def _periods() -> None:
    op.create_table(
        "periods",
        _key(),
        *_text("agent", "state", "reason", "offer"),
        *_milliseconds("since_ms"),
        sa.Column("until_ms", _NUMBER, nullable=True),
    )
    op.create_index("periods_agent", "periods", ["agent", "since_ms"])
    op.create_index("periods_since", "periods", ["since_ms"])
