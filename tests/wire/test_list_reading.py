"""A list from a page is read by a process of its own: killed or sent away, it leaves nothing behind."""

import asyncio
import os
import signal

import pytest
from patience import PATIENCE

from desk.list_view import ListWish
from journal.lead_store import LeadStore
from switchroom import beside
from switchroom.list_desk import FloorLists
from switchroom.settings import ServerSettings, Settings

pytestmark = pytest.mark.wire

FILE = b"phone,name\n13812345678,a\n13812345679,b\n"


class Memory:
    def __init__(self):
        self.facts = []

    async def append(self, facts, _tape):
        self.facts += facts


@pytest.fixture
async def lists(tmp_path):
    with LeadStore(tmp_path / "lists") as store:
        made = FloorLists(store, Memory(), Settings(server=ServerSettings(data=tmp_path)), lambda: 1000.0)
        await made.start()
        yield made
        await made.stop()


@pytest.fixture
async def started(monkeypatch):
    """The first process that is started from now on, once it is."""
    begun, starts = asyncio.get_running_loop().create_future(), asyncio.create_subprocess_exec

    async def noted(*words, **options):
        made = await starts(*words, **options)
        if not begun.done():
            begun.set_result(made)
        return made

    monkeypatch.setattr(beside.asyncio, "create_subprocess_exec", noted)
    return begun


async def pieces():
    yield FILE


async def without_end(lists):
    """A file that came, and something in its place that is never read to its end."""
    view = await lists.take("march.csv", pieces(), "cam")
    path = lists._files[view.upload].path
    path.unlink()
    os.mkfifo(path)
    return view.upload


async def until(lists, upload, *states):
    async with asyncio.timeout(PATIENCE):
        while (view := await lists.upload(upload)).state not in states:  # noqa: ASYNC110 - a page asks again, too
            await asyncio.sleep(0.02)
    return view


async def test_a_reader_that_is_killed_is_a_failure_and_the_next_one_works(lists, started):
    upload = await without_end(lists)
    await lists.bring(upload, ListWish("march"), "cam")
    os.kill((await asyncio.wait_for(started, PATIENCE)).pid, signal.SIGKILL)
    failed = await until(lists, upload, "failed", "imported")
    assert (failed.state, failed.fault) == ("failed", "the reader of the file died")
    assert await lists.lists() == []
    view = await lists.take("march.csv", pieces(), "cam")
    await lists.bring(view.upload, ListWish("march"), "cam")
    assert (await until(lists, view.upload, "failed", "imported")).state == "imported"
    [kept] = await lists.lists()
    assert (kept.source, kept.good) == ("march.csv", 2)


async def test_a_file_that_is_forgotten_while_it_is_read_ends_its_reader(lists, started):
    upload = await without_end(lists)
    await lists.check(upload, ListWish("march"))
    reader = await asyncio.wait_for(started, PATIENCE)
    await lists.forget(upload)
    assert await asyncio.wait_for(reader.wait(), PATIENCE) == -signal.SIGKILL
    assert await lists.upload(upload) is None


async def test_a_server_that_stops_ends_its_readers(lists, started):
    upload = await without_end(lists)
    await lists.check(upload, ListWish("march"))
    reader = await asyncio.wait_for(started, PATIENCE)
    await lists.stop()
    assert await asyncio.wait_for(reader.wait(), PATIENCE) == -signal.SIGKILL
