"""The write-ahead file is gone, or cut, or an older copy was put back: it is noticed, and nothing is counted twice."""

from __future__ import annotations

import os
import shutil

import pytest
from journal_processes import killed, run, step, url  # noqa: F401 - fixtures
from structlog.testing import capture_logs

from journal import health
from journal.errors import JournalError
from journal.store import Journal

pytestmark = pytest.mark.wire


def test_after_a_kill_the_write_ahead_file_has_everything(url, killed):
    with capture_logs() as log:
        journal = Journal.open(url, holder="next", now=2.0)
    assert len(journal.contacts(limit=1000)) == journal.last_seq() == 300
    assert not [line for line in log if line["event"] == "journal.facts_missing"]
    journal.close()


@pytest.mark.parametrize("left", [0.0, 0.1, 0.5, 0.9, 0.999, None])
def test_facts_that_a_lost_write_ahead_file_took_are_missed_by_number_and_never_replaced(url, killed, left):
    (killed.parent / "journal.db-shm").unlink()
    if left is None:
        killed.unlink()
    else:
        os.truncate(killed, int(killed.stat().st_size * left))
    try:
        with capture_logs() as log:
            journal = Journal.open(url, holder="next", now=2.0)
    except JournalError as fault:
        assert "--salvage" in str(fault)  # noqa: PT017 - pages that stood in the lost file are damage, and told as such
        return
    there = [one.seq for one in journal.facts()]
    if len(there) == 300:  # only what the read models had written was cut away
        assert (left or 0) >= 0.9
        assert len(journal.contacts(limit=1000)) == 300
        journal.close()
        return
    (told,) = [line for line in log if line["event"] == "journal.facts_missing"]
    assert (told["first"], told["last_known"]) == (len(there) + 1, 300)
    assert there == list(range(1, len(there) + 1))
    assert [row.contact for row in journal.contacts(limit=1000)] == [f"c{n}" for n in reversed(there)]
    assert journal.last_fact().seq == len(there) if there else journal.last_fact() is None
    assert journal.append([step(1)]) > 300, "the bus was told other facts under those numbers"
    journal.close()
    with capture_logs() as log:
        again = Journal.open(url, holder="again", now=3.0)
    assert not log, "told once, not at each start"
    again.close()
    (gap,) = health.examine(url).gaps
    assert gap[0] == len(there) + 1
    assert gap[1] >= 300


def test_an_older_copy_put_back_is_noticed(url, tmp_path):
    first = Journal.open(url, holder="first", now=1.0)
    first.append([step(n) for n in range(10)])
    first.close()
    shutil.copy(tmp_path / "journal.db", tmp_path / "copy.db")
    second = Journal.open(url, holder="second", now=2.0)
    second.append([step(n) for n in range(5)])
    second.close()
    shutil.copy(tmp_path / "copy.db", tmp_path / "journal.db")
    with capture_logs() as log:
        third = Journal.open(url, holder="third", now=3.0)
    assert [(line["first"], line["last_known"]) for line in log] == [(11, 15)]
    assert third.epoch == 3, "the second server's epoch is not given out again"
    third.close()
