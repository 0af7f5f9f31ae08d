"""When a caller asked, was answered, left the queue and was gone, as whole milliseconds that the database can count.

It does not work anything out: the read models are made again from the facts as soon as their cursor is gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    for name in ("asked_ms", "answered_ms", "left_ms", "callback_ms", "ended_ms"):
        op.add_column("contacts", sa.Column(name, _NUMBER, nullable=True))
    op.execute("DELETE FROM cursors WHERE name = 'read models'")
