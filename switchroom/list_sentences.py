"""Faults of lists as sentences, in the language of the terminal or server.

It does not know which command or page tells them.
"""

from __future__ import annotations

from typing import Final

from journal.errors import JournalError
from journal.lead_filling import NameTaken
from outbound.lead import Outcome
from outbound.listing.columns import ColumnsFault
from outbound.listing.numbers import UnknownRegion
from switchroom.list_import import BadName
from switchroom.list_rerun import UnknownOutcome
from switchroom.list_text import NoText
from switchroom.list_workbook import NoWorkbook
from switchroom.words import say

ASKED: Final = (BadName, NameTaken, UnknownRegion, UnknownOutcome, ColumnsFault)  # faults of what was asked for
FILE: Final = (NoText, NoWorkbook, OSError)


def sentence(fault: Exception, file: object) -> str | None:
    """The sentence for a fault; None for one that nobody foresaw. `file` is how a person calls the file."""
    if isinstance(fault, ASKED):
        return _asked(fault)
    if isinstance(fault, NoText | NoWorkbook):
        return _file(fault.why, fault.about, file)
    if isinstance(fault, OSError):
        return say("list.fault.file", file=file, why=fault.strerror or fault)
    return str(fault) if isinstance(fault, JournalError) else None


def _asked(fault: Exception) -> str:
    match fault:
        case BadName():
            return say("list.fault.name", name=fault)
        case NameTaken():
            return say("list.fault.taken", name=fault)
        case UnknownRegion():
            return say("list.fault.region", region=fault)
        case UnknownOutcome():
            return say("list.fault.outcome", outcome=fault, known=", ".join(Outcome))
        case ColumnsFault():
            return _columns(fault)
        case _:
            return str(fault)


def _columns(fault: ColumnsFault) -> str:
    match fault.why:
        case "no_number":
            return say("list.fault.number", heads=fault.about)
        case "unknown_head":
            return say("list.fault.head", head=fault.about)
        case "unknown_column":
            return say("list.fault.column", name=fault.about)
        case "twice":
            return say("list.fault.twice", said=fault.about)
        case _:
            return say("list.fault.map", said=fault.about)


def _file(why: str, about: str, file: object) -> str:
    match why:
        case "encoding":
            return say("list.fault.encoding", name=about)
        case "empty":
            return say("list.fault.empty", file=file)
        case "old":
            return say("list.fault.old", file=file)
        case "sheet":
            return say("list.fault.sheet", about=about)
        case _:
            return say("list.fault.broken", file=file, about=about)
