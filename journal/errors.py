"""What can go wrong with the journal, in sentences for the person who must mend it.

It does not know who reads the sentences.
"""

from __future__ import annotations


class JournalError(Exception):
    """Any fault of the journal; the text names the cause and the remedy."""


class FloorTaken(JournalError):
    """Another server holds this journal and is alive. `holder` is what it called itself, with its process number."""

    def __init__(self, place: str, holder: str) -> None:
        super().__init__(
            f"{place} is held by another running server ({holder}); stop that one first, "
            "or give this one a journal of its own"
        )
        self.holder = holder


class LeaseLost(JournalError):
    """A later server took the floor over; nothing of the refused commit was written, and nothing ever will be."""


class SchemaMismatch(JournalError):
    """The journal was written by another version, and cannot be brought to this one's shape."""


class JournalDamaged(JournalError):
    """The database cannot read its own file any more."""


class NotWritten(JournalError):
    """The database refused a commit (disk full, locked, connection gone): nothing of it was written."""
