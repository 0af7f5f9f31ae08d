"""The world round a journal fails: a killed upgrade, a full disk, a write-ahead file that is gone, wrong rights."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from patience import PATIENCE
from structlog.testing import capture_logs

import journal as package
from journal import health, schema
from journal.errors import JournalError, NotWritten
from journal.facts import CallEnded, CallStarted, StepEntered
from journal.health import Condition
from journal.store import Journal
from journal.thread import AsyncJournal
from switchroom.config import load
from switchroom.service import FloorClosed, _take_floor

pytestmark = pytest.mark.wire

TREE = Path(__file__).parents[2]


def step(n):
    return StepEntered(float(n), f"c{n}", "hello", "play")


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/journal.db"


@pytest.fixture
def run():
    """Run code in a process of its own; the process is killed at the end of the test at the latest."""
    children = []

    def start(code, *words):
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", code, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(TREE)},
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


# ── an upgrade that is killed in the middle ─────────────────────────────────────────────────────────────────────────

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
            _take_floor(settings, 2.0)
        other.execute("ROLLBACK")
    other.close()
    assert locked.value.code == 1
    (tmp_path / "journal.db").write_bytes(b"x" * 5000)
    with pytest.raises(FloorClosed) as damaged:
        _take_floor(settings, 2.0)
    assert damaged.value.code == 2, "the watchdog does not try again"


def wal_size(url):
    return Path(f"{url.removeprefix('sqlite:///')}-wal").stat().st_size


# ── the write-ahead file is gone, or cut ────────────────────────────────────────────────────────────────────────────

DIES = """
import asyncio, os, sys
from journal.facts import CallStarted
from journal.store import Journal
from journal.thread import AsyncJournal

async def main(url):
    memory = AsyncJournal(Journal.open(url, holder="victim", now=1.0))
    for n in range(1, 301):
        await memory.append([CallStarted(float(n), f"c{n}", f"c{n}", "a1", "1", "", "2", "f", "1", "en")], "t")
        if n == 150:
            memory.journal.checkpoint()
    while memory.journal.behind:
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), 9)

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def killed(url, tmp_path, run):
    assert run(DIES, url).wait(2 * PATIENCE) == -signal.SIGKILL
    return tmp_path / "journal.db-wal"


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
    if len(there) == 300:  # only the end of the last commit was cut away, and that was one of the read models
        assert left == 0.999
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
