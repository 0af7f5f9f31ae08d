"""The ledger beside a running journal: it follows, seals at the end, and tells when it cannot write."""

from __future__ import annotations

import pytest
from patience import meanwhile

from journal.law_facts import LedgerSealed
from journal.outbound_facts import DialRefused
from journal.store import Journal
from journal.thread import AsyncJournal
from switchroom.dial_ledger.files import FOLDER, files_of, lines_of
from switchroom.dial_ledger.keeping import DialLedger

pytestmark = pytest.mark.wire

NOW = 1_796_000_000.0
REFUSED = DialRefused(NOW, "cards", "l.1", "+12125550100", "hours", NOW + 60, "us@2026.1")


async def test_it_follows_seals_when_it_ends_and_goes_on_behind_its_last_record(tmp_path):
    address = f"sqlite:///{tmp_path / 'journal.db'}"
    for served in (1, 2):
        journal = Journal.open(address, holder="test", now=NOW)
        memory = AsyncJournal(journal)
        ledger = DialLedger(journal, memory, tmp_path, lambda: NOW)
        await ledger.start()
        await memory.append([REFUSED, REFUSED])
        await meanwhile(lambda served=served: sum(1 for _ in lines_of(tmp_path / FOLDER)) == 2 * served)
        assert not ledger.trouble()
        await ledger.stop()
        seals = [stored.fact for stored in journal.facts(kinds=[LedgerSealed.__name__])]
        assert [seal.records for seal in seals] == [2 * number for number in range(1, served + 1)]
        await memory.close()


async def test_a_ledger_that_cannot_be_written_stops_nothing_and_is_made_up_for(tmp_path):
    journal = Journal.open(f"sqlite:///{tmp_path / 'journal.db'}", holder="test", now=NOW)
    memory = AsyncJournal(journal)
    blocked = tmp_path / FOLDER
    blocked.write_text("a file where the folder should be")
    ledger = DialLedger(journal, memory, tmp_path, lambda: NOW)
    await ledger.start()
    await meanwhile(lambda: bool(ledger.trouble()))
    await memory.append([REFUSED])
    blocked.unlink()
    await meanwhile(lambda: bool(files_of(blocked)) and not ledger.trouble())
    assert sum(1 for _ in lines_of(blocked)) == 1
    await ledger.stop()
    await memory.close()
