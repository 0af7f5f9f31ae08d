"""The world round a journal fails: a killed upgrade, a full disk, wrong rights."""

from __future__ import annotations

import asyncio
import resource
import shutil
import signal
import sqlite3
import tempfile
import time
from pathlib import Path

import pytest
from journal_processes import killed, run, step, url  # noqa: F401 - fixtures
from patience import PATIENCE

import journal as package
from journal import health, schema
from journal.errors import JournalError, NotWritten
from journal.facts import CallEnded, CallStarted
from journal.health import Condition
from journal.store import Journal
from journal.thread import AsyncJournal
from switchroom.config import load
from switchroom.taking_floor import FloorClosed, take_lease

pytestmark = pytest.mark.wire


SECOND = """
import os
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "NEXT", "LAST", None, None

def upgrade():
    op.add_column("contacts", sa.Column("mood", sa.Text, nullable=False, server_default="fine"))
    op.create_table("moods", sa.Column("mood", sa.Text, primary_key=True))
    op.execute("UPDATE facts SET agent = 'moved' WHERE agent = ''")
    if os.environ.get("KILL"):
        os.kill(os.getpid(), 9)
    op.create_index("contacts_mood", "contacts", ["mood"])
"""
OPENS = """
import sys
from pathlib import Path
from journal import schema
from journal.store import Journal
schema.REVISIONS, schema._MIGRATIONS = (*schema.REVISIONS, "NEXT"), Path(sys.argv[2])
journal = Journal.open(sys.argv[1], holder="newer", now=2.0)
print(journal.last_seq(), journal.epoch, flush=True)
journal.close()
"""


LAST = schema.REVISIONS[-1]
NEXT = f"{int(LAST) + 1:04}"
SECOND, OPENS = (text.replace("NEXT", NEXT).replace("LAST", LAST) for text in (SECOND, OPENS))


@pytest.mark.parametrize("shape", ["older", "empty"])
def test_an_upgrade_killed_in_its_middle_is_done_by_the_next_start(url, tmp_path, run, monkeypatch, shape):
    if shape == "older":
        journal = Journal.open(url, holder="older", now=1.0)
        journal.append([step(n) for n in range(50)])
        journal.close()
    steps = tmp_path / "migrations"
    shutil.copytree(Path(package.__file__).parent / "migrations", steps)
    (steps / "versions" / f"v{NEXT}_next.py").write_text(SECOND)
    monkeypatch.setenv("KILL", "1")
    for _ in range(2):
        killed = run(OPENS, url, steps)
        assert killed.wait(2 * PATIENCE) == -signal.SIGKILL
    assert health.examine(url).condition in {Condition.WELL, Condition.ABSENT}, "nothing of the upgrade is there"
    monkeypatch.delenv("KILL")
    said, _ = run(OPENS, url, steps).communicate(timeout=2 * PATIENCE)
    assert said.split() == (["50", "2"] if shape == "older" else ["0", "1"])
    with sqlite3.connect(tmp_path / "journal.db") as raw:
        assert raw.execute("SELECT count(*) FROM facts WHERE agent = 'moved'").fetchone() == (
            50 if shape == "older" else 0,
        )
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(NEXT,)]
    raw.close()
    with pytest.raises(JournalError, match=r"newer version.*start that version"):
        Journal.open(url, holder="older again", now=3.0)


def test_the_doctor_calls_an_older_shape_older(url, monkeypatch):
    Journal.open(url, holder="older", now=1.0).close()
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, NEXT))
    assert health.examine(url).condition is Condition.OLDER


# ── a full disk ─────────────────────────────────────────────────────────────────────────────────────────────────────

FILLS = """
import asyncio, resource, sys
from journal.errors import JournalError
from journal.facts import StepEntered
from journal.store import Journal
from journal.thread import AsyncJournal

async def main(url, patience):
    memory = AsyncJournal(Journal.open(url, holder="filler", now=1.0), patience=patience)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, hard))
    for n in range(1, 1001):
        try:
            seq = await memory.append([StepEntered(float(n), f"c{n}", "x" * 500, "play")], "t")
        except JournalError as fault:
            print(type(fault).__name__, fault, flush=True)
            break
        print(seq, flush=True)
    else:
        print("done", flush=True)
    try:
        await memory.append([StepEntered(0.0, "late", "x", "play")])
        print("took", flush=True)
    except JournalError as fault:
        print(type(fault).__name__, flush=True)
    await memory.close()

asyncio.run(main(sys.argv[1], float(sys.argv[2])))
"""


FULL = """
import resource, sys
from journal.errors import JournalError
from journal.store import Journal

resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    Journal.open(sys.argv[1], holder="late", now=2.0)
except JournalError as fault:
    print(type(fault).__name__, fault)
"""


def facts_of(url):
    journal = Journal.open(url, holder="judge", now=9.0)
    stored = list(journal.facts())
    tapes = len(list(journal.tape()))
    journal.append([CallEnded(1.0, "after", "lost", 0)])
    journal.close()
    return [one.fact.contact for one in stored], [one.seq for one in stored], tapes


def test_on_a_disk_that_stays_full_the_server_is_told_and_nothing_acknowledged_is_lost(url, run):
    said, _ = run(FILLS, url, 0.5).communicate(timeout=2 * PATIENCE)
    *acknowledged, refusal, late = said.splitlines()
    assert refusal.startswith("NotWritten the journal could not be written")
    assert "make room on its disk" in refusal
    assert late == "NotWritten", "the next fact would stand without the one before"
    count = len(acknowledged)
    assert 100 < count < 1000
    contacts, numbers, tapes = facts_of(url)
    assert contacts[:count] == [f"c{n}" for n in range(1, count + 1)]
    assert len(contacts) == tapes <= count + 1  # the one refused may not be half there
    assert numbers == list(range(1, len(contacts) + 1))
    assert health.examine(url).condition is Condition.WELL


def test_a_disk_that_gets_room_again_costs_nothing_but_the_wait(url, run):
    child = run(FILLS, url, 2 * PATIENCE)
    for line in child.stdout:
        if int(line) == 100:
            break
    stalled_at = time.monotonic() + PATIENCE
    before = -1
    while (size := wal_size(url)) != before or size < 3_000_000:  # it grows no more: the disk is full
        assert time.monotonic() < stalled_at
        before = size
        time.sleep(0.3)
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    said, _ = child.communicate(timeout=2 * PATIENCE)
    assert said.splitlines()[-2:] == ["done", "took"]
    contacts, numbers, tapes = facts_of(url)
    assert contacts == [*(f"c{n}" for n in range(1, 1001)), "late"]
    assert numbers == list(range(1, 1002))
    assert tapes == 1000


def test_a_start_that_finds_no_room_may_be_tried_again_and_one_that_finds_damage_may_not(url, tmp_path, run):
    Journal.open(url, holder="before", now=1.0).close()
    said, _ = run(FULL, url).communicate(timeout=2 * PATIENCE)
    assert said.startswith("NotWritten")
    assert "make room on its disk" in said
    settings_file = tmp_path / "switchroom.toml"
    settings_file.write_text(f'[journal]\nurl = "{url}"\n')
    settings = load(settings_file, {}).settings
    with sqlite3.connect(tmp_path / "journal.db") as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FloorClosed) as locked:
            take_lease(settings, 2.0)
        other.execute("ROLLBACK")
    other.close()
    assert locked.value.code == 1
    (tmp_path / "journal.db").write_bytes(b"x" * 5000)
    with pytest.raises(FloorClosed) as damaged:
        take_lease(settings, 2.0)
    assert damaged.value.code == 2, "the watchdog does not try again"


def wal_size(url):
    return Path(f"{url.removeprefix('sqlite:///')}-wal").stat().st_size


# ── rights ──────────────────────────────────────────────────────────────────────────────────────────────────────────

AS_NOBODY = """
import os, sys
from journal import health
from journal.errors import JournalError
from journal.store import Journal
import pydantic.dataclasses, alembic.command, alembic.config  # before the rights to read them are gone
import sqlalchemy.dialects.sqlite.pysqlite
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
try:
    Journal.open(sys.argv[1], holder="nobody", now=2.0)
    print("opened")
except JournalError as fault:
    print(fault)
found = health.examine(sys.argv[1])
print(found.condition, found.why, found.remedy)
"""


@pytest.fixture
def folder():
    """A folder that any user may enter; pytest's own is the runner's alone."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        yield place
        place.chmod(0o755)


@pytest.mark.parametrize("locked", ["file", "folder", "lock", "unreadable"])
def test_a_journal_that_may_not_be_written_is_refused_with_what_to_do(folder, run, locked):
    url = f"sqlite:///{folder}/journal.db"
    journal = Journal.open(url, holder="owner", now=1.0)
    journal.append([CallStarted(1.0, "c", "c", "a1", "1", "", "2", "f", "1", "en")])
    journal.close()
    file, lock = folder / "journal.db", folder / "journal.db.lock"
    folder.chmod(0o555 if locked == "folder" else 0o777)
    file.chmod({"file": 0o444, "unreadable": 0o000}.get(locked, 0o666))
    lock.chmod(0o444 if locked == "lock" else 0o666)
    said, _ = run(AS_NOBODY, url).communicate(timeout=2 * PATIENCE)
    refusal, finding = said.splitlines()
    for line in (refusal, finding):
        assert "give it" in line, said
        assert "to the user that runs Switchroom" in line
    assert finding.startswith("refused")
    folder.chmod(0o755)
    file.chmod(0o644)
    lock.chmod(0o644)
    after = Journal.open(url, holder="owner", now=3.0)
    assert [one.seq for one in after.facts()] == [1]
    after.close()


async def test_a_file_that_becomes_read_only_while_serving_stops_the_writer_with_the_reason(tmp_path):
    memory = AsyncJournal(Journal.open(f"sqlite:///{tmp_path}/j.db", holder="t", now=1.0), patience=0.3)
    assert await memory.append([step(1)]) == 1
    memory.journal._connection.connection.driver_connection.execute("PRAGMA query_only=ON")
    with pytest.raises(NotWritten, match="give it"):
        await asyncio.wait_for(memory.append([step(2)]), PATIENCE)
    with pytest.raises(NotWritten):
        await memory.append([step(3)])
    await memory.close()
    again = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="next", now=2.0)
    assert [one.seq for one in again.facts()] == [1]
    again.close()
