"""The journal in a real PostgreSQL: facts, the fence between two servers, and a database that dies and comes back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from patience import PATIENCE
from ports import free_port
from test_figures_by_the_call import facts_of_a_day

from desk.breakdown import BreakdownWanted, break_down
from journal.errors import FloorTaken, LeaseLost
from journal.facts import CallEnded, CallStarted, StepEntered
from journal.store import Journal
from journal.thread import AsyncJournal
from switchroom.simulated_talks import TalkSimulator

pytestmark = pytest.mark.wire

pytest.importorskip("psycopg", reason="the extra `postgres` is not installed: pip install 'switchroom[postgres]'")
NOBODY = 65534


def programs():
    """The folder of PostgreSQL's programs: the machine's, or Debian's unpacked into the user's cache folder."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    if places:
        return places[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Postgres:
    """One of its own on a socket and a port of its own; PostgreSQL refuses to run as root, so then nobody runs it."""

    def __init__(self, folder, bin_folder):
        self.folder, self.bin = folder, bin_folder
        self.port = free_port()
        self.url = f"postgresql+psycopg://floor@127.0.0.1:{self.port}/postgres"
        self.who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self.process = None

    def make(self):
        self.folder.mkdir(mode=0o700)
        if self.who:
            os.chown(self.folder, NOBODY, NOBODY)
            for parent in self.folder.parents:
                if parent.owner() == "root" and parent != Path("/tmp"):  # noqa: S108 - pytest's folders are below it
                    parent.chmod(parent.stat().st_mode | 0o011)
                    if parent.parent == Path("/tmp"):  # noqa: S108 - as above
                        break
        self._run("initdb", "-D", self.folder / "db", "-U", "floor", "-A", "trust", "-E", "UTF8", "--no-sync")

    def _run(self, program, *words):
        command = [self.bin / program, *words]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self.who)  # noqa: S603 - our words

    def start(self):
        words = ["-D", self.folder / "db", "-p", str(self.port), "-c", f"unix_socket_directories={self.folder}"]
        self.process = subprocess.Popen(  # noqa: S603 - our own words
            [self.bin / "postgres", *words, "-c", "listen_addresses=127.0.0.1"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **self.who,
        )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        ready = [self.bin / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-U", "floor"]
        while subprocess.run(ready, capture_output=True, check=False).returncode != 0:  # noqa: S603 - as above
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.05)

    def kill(self):
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    found = programs()
    if found is None:
        pytest.skip("this test needs PostgreSQL: apt-get install postgresql")
    one = Postgres(tmp_path_factory.mktemp("postgres") / "data", found)
    one.make()
    one.start()
    yield one
    one.kill()


@pytest.fixture
def url(postgres):
    import psycopg  # noqa: PLC0415 - an extra: the module is skipped without it

    with psycopg.connect(host="127.0.0.1", port=postgres.port, user="floor", dbname="postgres", autocommit=True) as db:
        db.execute("DROP SCHEMA public CASCADE")
        db.execute("CREATE SCHEMA public")
    return postgres.url


def started(contact):
    return CallStarted(1.0, contact, contact, "a1", "13800000001", "赵", "4008001", "cards", "v1", "zh-CN")


def story(contact):
    return [started(contact), StepEntered(2.0, contact, "menu", "menu"), CallEnded(3.0, contact, "ended_in_flow", 16)]


def test_facts_and_read_models_are_the_same_as_anywhere(url):
    journal = Journal.open(url, holder="one", now=1.0)
    assert journal.append(story("c1"), "a tape") == 3
    assert journal.append_group([(story("c2"), None), ([started("c3")], None)]) == [6, 7]
    journal.project()
    assert [one.fact for one in journal.facts()] == [*story("c1"), *story("c2"), started("c3")]
    assert [row.contact for row in journal.contacts()] in (["c3", "c2", "c1"], ["c1", "c2", "c3"])
    assert journal.contact("c2").outcome == "ended_in_flow"
    assert {one.fact.contact for one in journal.open_facts()} == {"c3"}
    before = journal.contact("c1")
    journal.rebuild_views()
    assert journal.contact("c1") == before
    journal.close()
    again = Journal.open(url, holder="two", now=2.0)
    assert (again.epoch, again.last_seq(), again.append([started("c4")])) == (2, 7, 8)
    again.close()


def test_figures_are_the_same_as_from_sqlite(url, tmp_path):
    told = facts_of_a_day(1, TalkSimulator, seconds=200)
    journals = [
        Journal.open(place, holder="one", now=1.0) for place in (url, f"sqlite:///{tmp_path}/journal.db")
    ]
    since, until = told[0].at, told[-1].at + 1.0
    for journal in journals:
        for first in range(0, len(told), 70):
            journal.append(told[first : first + 70])
            journal.project()
    here, there = [one.figures for one in journals]
    for level in ("contact", "queue"):
        for by in (("queue", "agent"), ("skill", "15min")):
            wanted = BreakdownWanted(since, until, by, level=level)
            assert break_down(here, wanted) == break_down(there, wanted)
    middle = (since + until) / 2
    for begin, end in ((since, until), (since, middle), (middle, until)):
        spent = here.time_by_state(begin, end, until)
        assert spent == there.time_by_state(begin, end, until)
        assert sum(spent.values()) > 0
    names = sorted({fact.contact for fact in told if getattr(fact, "contact", "")})[:50]
    assert here.ends_of(names) == there.ends_of(names)
    for journal in journals:
        journal.close()


def test_a_living_server_keeps_the_floor_and_a_lost_one_writes_nothing_more(url):
    first = Journal.open(url, holder="first", now=1.0)
    with pytest.raises(FloorTaken):
        Journal.open(url, holder="second", now=2.0)
    first._lock.free()
    second = Journal.open(url, holder="second", now=2.0)
    with pytest.raises(LeaseLost, match="second"):
        first.append([started("c1")])
    assert second.append([started("c2")]) == 1
    assert [one.fact.contact for one in second.facts()] == ["c2"]
    second.close()
    first.close()


WRITER = """
import asyncio, sys
from journal.store import Journal
from journal.thread import AsyncJournal
from journal.facts import StepEntered

async def main():
    journal = AsyncJournal(Journal.open(sys.argv[1], holder="writer", now=1.0))
    while True:
        print(await journal.append([StepEntered(1.0, "c1", "menu", "menu")] * 3, "tape"), flush=True)

asyncio.run(main())
"""


def test_a_killed_server_has_written_what_it_was_told_is_written(url):
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own interpreter and code
        said = [int(writer.stdout.readline()) for _ in range(40)]
        writer.kill()
        said += [int(line) for line in writer.stdout.read().split()]
        writer.wait()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                journal = Journal.open(url, holder="next", now=2.0)
                break
            except FloorTaken:  # PostgreSQL has not noticed the death yet
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert journal.last_seq() >= said[-1]
        assert journal.last_seq() % 3 == 0
        assert [one.seq for one in journal.facts()] == list(range(1, journal.last_seq() + 1))
        journal.close()


async def test_a_database_that_dies_and_comes_back_holds_each_commit_once(url, postgres):
    inner = await asyncio.to_thread(Journal.open, url, holder="one", now=1.0)
    assert not inner.is_quick
    journal = AsyncJournal(inner, patience=PATIENCE)
    for n in range(1, 21):
        assert await journal.append([started(f"c{n}")]) == n
    postgres.kill()
    waiting = [asyncio.ensure_future(journal.append([started(f"c{n}")])) for n in range(21, 41)]
    await asyncio.sleep(0)
    await asyncio.to_thread(postgres.start)
    assert await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE) == list(range(21, 41))
    await journal.close()
    reader = await asyncio.to_thread(Journal.open, url, holder="two", now=2.0)
    assert [one.fact.contact for one in reader.facts()] == [f"c{n}" for n in range(1, 41)]
    reader.close()
