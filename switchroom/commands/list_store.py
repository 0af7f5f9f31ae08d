"""What the commands about lists share: the store opened as the configuration says, and faults as sentences.

It does not know any of the commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journal.errors import JournalError
from journal.lead_file import LeadFile
from journal.lead_filling import NameTaken
from journal.lead_store import LeadStore
from journal.views import JournalReader
from outbound.lead import Outcome
from outbound.listing.columns import ColumnsFault
from outbound.listing.numbers import UnknownRegion, region_of_country
from switchroom.commands.answers import OutsideError, UsageError, settings_from
from switchroom.lead_shelf import store_folder
from switchroom.list_import import BadName
from switchroom.list_rerun import UnknownOutcome
from switchroom.list_text import NoText
from switchroom.list_workbook import NoWorkbook
from switchroom.settings import Settings
from switchroom.words import say


@dataclass(frozen=True, slots=True)
class House:
    """The configured store, and the journal it follows; None before a server ever ran."""

    settings: Settings
    store: LeadStore
    journal: JournalReader | None

    def list(self, name: str) -> LeadFile:
        """The list of this name. Raises UsageError."""
        file = self.store.file(name)
        if file is None:
            raise UsageError(say("list.unknown", name=name))
        return file

    def region(self, said: str) -> str:
        """The region that was said, or that of the server's country."""
        return said.upper() or region_of_country(self.settings.server.country)


@contextmanager
def house_of(config: Path | None) -> Iterator[House]:
    """Open the store and let it follow the journal; faults of lists come out as those that commands tell."""
    settings = settings_from(config).settings
    try:
        with LeadStore(store_folder(settings.server.data)) as store:
            journal = _journal(settings)
            try:
                if journal is not None:
                    store.follow(journal)
                with _in_words():
                    yield House(settings, store, journal)
            finally:
                if journal is not None:
                    journal.close()
    except JournalError as fault:
        raise OutsideError(str(fault), say("list.store.remedy")) from fault


def _journal(settings: Settings) -> JournalReader | None:
    """The journal, None where no server has run yet."""
    try:
        return JournalReader.open_reader(settings.journal.url)
    except JournalError:
        prefix, _, file = settings.journal.url.partition("sqlite:///")
        if not prefix and file and not Path(file).exists():
            return None
        raise


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BadName as fault:
        raise UsageError(say("list.fault.name", name=fault)) from fault
    except NameTaken as fault:
        raise UsageError(say("list.fault.taken", name=fault)) from fault
    except UnknownRegion as fault:
        raise UsageError(say("list.fault.region", region=fault)) from fault
    except UnknownOutcome as fault:
        raise UsageError(say("list.fault.outcome", outcome=fault, known=", ".join(Outcome))) from fault
    except ColumnsFault as fault:
        raise UsageError(columns_fault(fault)) from fault


def columns_fault(fault: ColumnsFault) -> str:
    """The sentence for columns that cannot be told apart."""
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


def file_fault(file: Path, fault: NoText | NoWorkbook | OSError) -> str:
    """The sentence for a file that cannot be read."""
    if isinstance(fault, OSError):
        return say("list.fault.file", file=file, why=fault.strerror or fault)
    match fault.why:
        case "encoding":
            return say("list.fault.encoding", name=fault.about)
        case "empty":
            return say("list.fault.empty", file=file)
        case "old":
            return say("list.fault.old", file=file)
        case "sheet":
            return say("list.fault.sheet", about=fault.about)
        case _:
            return say("list.fault.broken", file=file, about=fault.about)
