"""Calls that we make, an attempt a row: what became of each, who talked, and what he said of it.

It does not work anything out: the read models are made again from the facts as soon as their cursor is gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _count(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in names]


def _seconds(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double, nullable=False, server_default="0") for name in names]


def _moments(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double, nullable=True) for name in names]


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("contact", sa.Text, primary_key=True, nullable=False),
        *_text("campaign", "node", "lead", "person", "number", "shown", "why", "rules", "mode", "name", "segment"),
        *_text("consent"),
        *_seconds("begun_at"),
        *_count("tries"),
        *_text("heard"),
        *_moments("answered_at", "ended_at"),
        *_text("outcome"),
        *_count("cause"),
        *_seconds("again"),
        *_text("agent"),
        *_seconds("lines", "waited", "talked"),
        *_moments("said_at"),
        *_text("said_by", "result"),
        *_count("success"),
        *_seconds("promised"),
        *_text("whom", "note", "amount"),
    )
    op.create_index("attempts_campaign", "attempts", ["campaign", "begun_at"])
    op.create_index("attempts_number", "attempts", ["number", "begun_at"])
    op.create_index("attempts_person", "attempts", ["person", "begun_at"])
    op.execute("DELETE FROM cursors WHERE name = 'read models'")
