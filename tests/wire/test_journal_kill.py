"""kill -9 of the server at any instant: every acknowledged fact is there once, and the next server starts at once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from journal.errors import FloorTaken
from journal.facts import StepEntered
from journal.store import Journal

pytestmark = pytest.mark.wire

TREE = Path(__file__).parents[2]
KILLS = 20

# Writes with group commit, and tells each acknowledged number on its output after the journal gave it.
WRITER = """
import asyncio, os, sys
from journal.facts import AgentChanged, CallStarted, StepEntered
from journal.store import Journal
from journal.thread import AsyncJournal

async def caller(journal, name):
    n = 0
    while True:
        n += 1
        contact = f"{os.getpid()}-{name}-{n}"
        facts = [CallStarted(float(n), contact, contact, "a1", "1", "", "2", "f", "1", "en"),
                 StepEntered(float(n), contact, "hello", "play"), AgentChanged(float(n), name, "ready")]
        seq = await journal.append(facts, f"tape of {contact}")
        os.write(1, f"{seq} {contact}\\n".encode())
        await asyncio.sleep(0)  # the others' turn: a commit in the loop itself lets nobody in between

async def run():
    journal = AsyncJournal(Journal.open(sys.argv[1], holder="writer", now=1.0))
    os.write(1, b"open\\n")
    await asyncio.gather(*(caller(journal, f"k{k}") for k in range(8)))

asyncio.run(run())
"""

# Opens, appends once, says so, then appends again at each line it is sent.
WAITER = """
import itertools, sys
from journal.errors import JournalError
from journal.facts import StepEntered
from journal.store import Journal

journal = Journal.open(sys.argv[1], holder="waiter", now=1.0)
for line in itertools.chain(["first"], iter(sys.stdin.readline, "")):
    try:
        print(journal.append([StepEntered(1.0, "c", line.strip(), "play")]), flush=True)
    except JournalError as fault:
        print(type(fault).__name__, flush=True)
"""


@pytest.fixture
def spawn(tmp_path):
    children = []

    def start(code, url):
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", code, url],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(TREE)},
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


def test_no_acknowledged_fact_is_lost_or_doubled_by_kill_9(tmp_path, spawn):
    url = f"sqlite:///{tmp_path}/journal.db"
    chance = random.Random(20)  # noqa: S311 - instants of death, not secrets
    acknowledged = {}
    for epoch in range(1, 2 * KILLS, 2):
        writer = spawn(WRITER, url)
        assert writer.stdout.readline() == b"open\n"
        lines = [writer.stdout.readline().decode() for _ in range(chance.randrange(40))]
        time.sleep(chance.uniform(0.0, 0.05))  # the instant of death is the point of this test
        writer.kill()
        lines += writer.stdout.read().decode().splitlines(keepends=True)
        writer.wait()
        acknowledged.update(reversed(line.split()) for line in lines if line.endswith("\n"))
        journal = Journal.open(url, holder="next", now=2.0)  # FloorTaken or a busy database would raise
        assert journal.epoch == epoch + 1
        journal.close()
    journal = Journal.open(url, holder="judge", now=3.0)
    stored = list(journal.facts())
    assert [one.seq for one in stored] == list(range(1, len(stored) + 1))
    by_contact = {}
    for one in stored:
        by_contact.setdefault(getattr(one.fact, "contact", ""), []).append(one.seq)
    agents_facts = by_contact.pop("")
    assert len(agents_facts) == len(by_contact)  # no commit was written in part
    assert all(len(seqs) == 2 for seqs in by_contact.values())
    assert len(acknowledged) > KILLS * 5
    for contact, seq in acknowledged.items():
        assert by_contact[contact][-1] == int(seq) - 1
    assert len(list(journal.tape())) == len(by_contact) == len(journal.contacts(limit=10**6))
    before = journal.open_facts()
    journal.rebuild_views()
    assert journal.open_facts() == before
    journal.close()


def test_a_second_living_server_is_refused_by_name_and_a_dead_one_leaves_the_floor(tmp_path, spawn):
    url = f"sqlite:///{tmp_path}/journal.db"
    first = spawn(WAITER, url)
    assert first.stdout.readline() == b"1\n"
    with pytest.raises(FloorTaken, match=f"waiter, process {first.pid}"):
        Journal.open(url, holder="second", now=2.0)
    first.send_signal(signal.SIGSTOP)
    with pytest.raises(FloorTaken):  # a frozen server still holds the floor: its watchdog must kill it
        Journal.open(url, holder="second", now=2.0)
    first.kill()
    first.wait()
    journal = Journal.open(url, holder="second", now=2.0)
    assert journal.epoch == 2
    assert journal.append([StepEntered(2.0, "c", "s", "play")]) == 2
    journal.close()


def test_a_server_frozen_over_a_takeover_writes_nothing_when_it_wakes(tmp_path, spawn):
    url = f"sqlite:///{tmp_path}/journal.db"
    frozen = spawn(WAITER, url)
    assert frozen.stdout.readline() == b"1\n"
    frozen.send_signal(signal.SIGSTOP)
    (tmp_path / "journal.db.lock").unlink()  # the lock is gone as when its machine was lost; only the epoch is left
    journal = Journal.open(url, holder="second", now=2.0)
    frozen.stdin.write(b"late\n")
    frozen.stdin.flush()
    frozen.send_signal(signal.SIGCONT)
    assert frozen.stdout.readline() == b"LeaseLost\n"
    assert [one.fact.step for one in journal.facts()] == ["first"]
    journal.close()
