"""Dials that were refused, counted by campaign and reason, a quarter of an hour a row.

It does not work anything out: the read models are made again from the facts as soon as their cursor is gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refusals",
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sa.Column("campaign", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("since", sa.Double, nullable=False, server_default="0"),
        sa.Column("count", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("refusals_campaign", "refusals", ["campaign", "since"])
    op.execute("DELETE FROM cursors WHERE name = 'read models'")
