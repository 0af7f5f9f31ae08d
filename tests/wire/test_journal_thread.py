"""The writer thread: order, group commit, faults of the disk, and a loop that never waits."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time

import pytest
from patience import PATIENCE, meanwhile

from journal.errors import JournalError, LeaseLost, NotWritten
from journal.facts import AgentChanged, CallStarted, StepEntered
from journal.store import Journal
from journal.thread import AsyncJournal

pytestmark = pytest.mark.wire


def step(n):
    return StepEntered(float(n), "c", f"s{n}", "play")


@pytest.fixture
async def journal(tmp_path):
    one = AsyncJournal(Journal.open(f"sqlite:///{tmp_path}/j.db", holder="t", now=1.0), room=64, patience=PATIENCE)
    yield one
    await one.close()


@pytest.fixture
def other(journal, tmp_path):
    connection = sqlite3.connect(tmp_path / "j.db", isolation_level=None, check_same_thread=False)
    yield connection
    connection.close()


async def test_commits_are_numbered_in_the_order_of_submission(journal):
    futures = [journal.submit([step(n), step(n)], f"t{n}") for n in range(300)]
    assert await asyncio.gather(*futures) == list(range(2, 602, 2))
    assert [s.fact.at for s in journal.journal.facts()] == [float(n // 2) for n in range(600)]


async def test_many_callers_share_commits_and_each_hears_its_own_number(journal):
    numbers = await asyncio.gather(*(journal.append([step(n)]) for n in range(500)))
    assert numbers == list(range(1, 501))


async def test_the_loop_runs_on_while_the_database_is_locked_and_the_queue_is_bounded(journal, other):
    other.execute("BEGIN IMMEDIATE")
    tasks = [asyncio.create_task(journal.append([step(n)])) for n in range(200)]
    for _ in range(50):  # turns of the loop: one that waited for the database would have none
        await asyncio.sleep(0.002)
    assert not any(task.done() for task in tasks)
    assert journal.waiting <= 64
    other.execute("ROLLBACK")
    assert await asyncio.gather(*tasks) == list(range(1, 201))


async def test_the_read_models_follow_by_themselves_when_nothing_more_comes(journal):
    await journal.append([CallStarted(1.0, "c", "c", "n", "1", "", "2", "f", "1", "en")])
    await meanwhile(journal.journal.contacts, "the contact")


async def test_the_read_models_follow_while_commits_never_cease(journal):
    deadline = time.monotonic() + PATIENCE
    for n in range(100_000):
        await journal.append([CallStarted(float(n), f"c{n}", f"c{n}", "n", "1", "", "2", "f", "1", "en")])
        if n % 20 == 0 and journal.journal.contact("c0"):
            return
        assert time.monotonic() < deadline


async def test_a_disk_that_refuses_for_a_while_loses_nothing(tmp_path):
    inner = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="t", now=1.0)
    journal = AsyncJournal(inner, patience=PATIENCE)
    real, refusals = inner.append_group, iter([1, 2, 3])

    def refusing(commits):
        if next(refusals, None):
            raise NotWritten("database or disk is full")
        return real(commits)

    inner.append_group = refusing
    assert await journal.append([step(1)]) == 1
    assert await journal.append([step(2)]) == 2
    await journal.close()


async def test_a_fault_that_stays_shuts_the_journal_for_good(tmp_path):
    inner = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="t", now=1.0)
    journal = AsyncJournal(inner, patience=0.1)
    real = inner.append_group

    def refusing(commits):
        raise NotWritten("database or disk is full")

    inner.append_group = refusing
    first = journal.submit([step(1)])
    with pytest.raises(NotWritten, match="full"):
        await first
    inner.append_group = real
    with pytest.raises(NotWritten, match="full"):  # else fact 2 would stand without fact 1
        await journal.append([step(2)])
    assert inner.last_seq() == 0
    await journal.close()


async def test_a_lost_lease_is_told_to_everybody_waiting(tmp_path, journal):
    (tmp_path / "j.db.lock").unlink()
    second = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="second", now=2.0)
    results = await asyncio.gather(*(journal.append([step(n)]) for n in range(20)), return_exceptions=True)
    assert {type(result) for result in results} == {LeaseLost}
    assert second.last_seq() == 0
    second.close()


async def test_a_bug_in_a_commit_is_an_error_for_its_caller_not_silence(journal):
    with pytest.raises(JournalError):
        await journal.append([AgentChanged(at="no time", agent=("not", "text"), state="ready")])
    with pytest.raises(JournalError):
        await journal.append([step(1)])


async def test_a_cancelled_caller_has_appended_all_the_same(journal, other):
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(journal.append([step(1)]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    other.execute("ROLLBACK")
    assert await journal.append([step(2)]) == 2


async def test_closing_writes_what_is_queued_and_ends_both_threads(tmp_path):
    journal = AsyncJournal(Journal.open(f"sqlite:///{tmp_path}/j.db", holder="t", now=1.0))
    futures = [journal.submit([step(n)]) for n in range(100)]
    await journal.save_cursor("bus", 3)
    await journal.close()
    assert [f.result() for f in futures] == list(range(1, 101))
    assert not [t for t in threading.enumerate() if t.name.startswith("journal")]
    with pytest.raises(NotWritten, match="closed"):
        await journal.append([step(1)])
    again = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="t", now=2.0)
    assert (again.last_seq(), again.cursor("bus")) == (100, 3)
    again.close()


@pytest.mark.alone
async def test_the_write_ahead_file_stays_short_under_load(tmp_path, monkeypatch):
    monkeypatch.setattr("journal.keeping_short._EVERY", 50)
    journal = AsyncJournal(Journal.open(f"sqlite:///{tmp_path}/j.db", holder="t", now=1.0))
    for n in range(3000):
        await journal.append([step(n)], "x" * 200)
    with (tmp_path / "j.db-wal").open("rb") as file:
        begun_anew = int.from_bytes(file.read(16)[12:], "big")
    await journal.close()
    assert begun_anew > 0, "what is in the file was moved into the database, and the file is written from its beginning"
