"""What people change on a running floor, listed: what a new server must know of it, and what was changed when.

It does not import the tables of today: a step never changes once it was released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Nothing has to be filled in: no earlier version wrote such facts."""
    op.create_table(
        "changes",
        sa.Column("seq", _NUMBER, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
    )
    op.create_index("changes_subject", "changes", ["kind", "subject", "seq"])
    op.create_index("changes_at", "changes", ["at"])
