"""Runs the steps on the connection that `journal.schema` hands over, in its transaction.

It does not open anything itself: alembic's own command line has no settings of ours to read.
"""

from alembic import context

from journal.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()
