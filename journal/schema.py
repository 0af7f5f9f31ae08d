"""Bringing a database to this version's shape, or saying clearly why that cannot be.

It does not know what the tables are for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from journal.errors import SchemaMismatch

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006")  # the steps in `migrations/versions`, oldest first
_MIGRATIONS: Final = Path(__file__).with_name("migrations")


def revision_of(connection: Connection) -> str:
    """Return the shape that the database has: "" for an empty one. `SchemaMismatch` where it is no journal of ours."""
    names = inspect(connection).get_table_names()
    if not names:
        return ""
    if "alembic_version" not in names:
        raise SchemaMismatch(
            f"{connection.engine.url} has tables but is no journal; name a file or database that is empty or a journal"
        )
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or ""
    if not revision and len(names) > 1:
        raise SchemaMismatch(
            f"{connection.engine.url} has tables but does not say of which shape they are: it was put back in part; "
            "put the whole backup back, or name another file"
        )
    if revision and revision not in REVISIONS:
        raise SchemaMismatch(
            f"{connection.engine.url} was written by a newer version (its shape is {revision}, this version knows "
            f"{REVISIONS[-1]}); start that version, or use a copy made before its upgrade"
        )
    return str(revision)


def check(connection: Connection) -> None:
    """Raise `SchemaMismatch` unless the database has exactly this version's shape."""
    revision = revision_of(connection)
    if revision != REVISIONS[-1]:
        raise SchemaMismatch(
            f"{connection.engine.url} has the older shape {revision or 'none'}, this version needs {REVISIONS[-1]}; "
            "start the server once: it upgrades the journal"
        )


def upgrade(connection: Connection) -> None:
    """Bring the database to this version's shape inside the connection's running transaction: all of it or nothing."""
    if revision_of(connection) == REVISIONS[-1]:
        return
    # Alembic costs 0.15 s to import, and most starts find nothing to do.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
