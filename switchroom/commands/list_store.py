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
from journal.lead_store import LeadStore
from journal.views import JournalReader
from outbound.listing.numbers import region_of_country
from switchroom.commands.answers import OutsideError, UsageError, settings_from
from switchroom.lead_shelf import store_folder
from switchroom.list_export import rejects_of, save_csv
from switchroom.list_sentences import ASKED, sentence
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
    except ASKED as fault:
        raise UsageError(sentence(fault, "")) from fault


def save_rejects(file: LeadFile, out: Path) -> int:
    """Write what an import refused to a CSV file; return how many rows."""
    try:
        return save_csv(out, *rejects_of(file))
    except OSError as fault:
        raise UsageError(say("list.fault.write", file=out, why=fault.strerror or fault)) from fault
