"""A list from a page: taken in, looked at, tried, imported with a fact, or refused in words; never half there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from list_world import make_list

from desk.list_view import ListWish, NotTaken, UploadView
from journal.facts import ListImported
from journal.lead_store import LeadStore
from switchroom.list_desk import FloorLists
from switchroom.settings import ServerSettings, Settings

pytestmark = pytest.mark.unit
MARCH = "手机号,姓名,额度\r\n13800000001,王伟,5000\r\n13800000002,李娜,=1+1\r\nabc,错,1\r\n13800000001,又,2\r\n"


class Memory:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.facts: list[object] = []

    async def append(self, facts, tape) -> int:
        assert tape is None
        self.facts += facts
        return len(self.facts)


@pytest.fixture
async def lists(tmp_path: Path) -> AsyncIterator[FloorLists]:
    store = LeadStore(tmp_path / "lists")
    made = FloorLists(store, Memory(), Settings(server=ServerSettings(data=tmp_path)), lambda: 1000.0)
    await made.start()
    yield made
    await made.stop()
    store.close()


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for first in range(0, len(content), 17):
        yield content[first : first + 17]


async def bring(lists: FloorLists, content: bytes, name: str = "March 2026.csv") -> UploadView:
    return await lists.take(name, pieces(content), "cam")


async def settled(lists: FloorLists, upload: str) -> UploadView:
    deadline = time.monotonic() + 60
    while (view := await lists.upload(upload)).state in {"checking", "importing"}:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)
    return view


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
async def test_a_file_is_looked_at_tried_and_imported(lists: FloorLists, tmp_path: Path, encoding: str) -> None:
    came = await bring(lists, MARCH.encode(encoding))
    assert (came.state, came.by, came.columns) == ("came", "cam", ("手机号", "姓名", "额度"))
    assert came.mapping == (("手机号", "number"), ("姓名", "name"))
    assert came.sample[0] == ("13800000001", "王伟", "5000")
    assert (await lists.check(came.upload, ListWish("march"))).state == "checking"
    tried = await settled(lists, came.upload)
    assert (tried.state, tried.rows, tried.good, tried.bad, tried.double) == ("checked", 4, 2, 1, 1)
    assert [(one.row, one.column) for one in tried.rejects] == [(4, "手机号"), (5, "手机号")]
    told = (await lists.rejects(came.upload)).read_text(encoding="utf-8-sig")
    assert "电话号码只能是数字" in told
    assert await lists.lists() == []
    await lists.bring(came.upload, ListWish("march"), "lin")
    done = await settled(lists, came.upload)
    assert (done.state, done.good, done.list) == ("imported", 2, "march")
    [kept] = await lists.lists()
    assert (kept.name, kept.source, kept.by, kept.good) == ("march", "March 2026.csv", "lin", 2)
    [fact] = lists._memory.facts
    assert isinstance(fact, ListImported)
    assert (fact.name, fact.by, fact.rows, fact.good, fact.bad, fact.double) == ("march", "lin", 4, 2, 1, 1)
    assert lists.rows() == {"march": 2}
    with pytest.raises(NotTaken, match="imported already"):
        await lists.bring(came.upload, ListWish("again"), "lin")


async def test_columns_that_nobody_knows_are_named_by_a_person(lists: FloorLists) -> None:
    came = await bring(lists, b"a,b\nx,y\n13800000001,Wang\n")
    assert (came.state, came.mapping) == ("came", ())
    assert came.fault
    await lists.check(came.upload, ListWish("march"))
    assert (await settled(lists, came.upload)).state == "failed"
    await lists.check(came.upload, ListWish("march", mapping={"a": "number", "b": "name"}))
    tried = await settled(lists, came.upload)
    assert (tried.state, tried.good, tried.bad) == ("checked", 1, 1)


async def test_what_cannot_be_is_refused_in_words_and_leaves_nothing(lists: FloorLists, tmp_path: Path) -> None:
    for name, content in (("x.pdf", b"%PDF"), ("x.csv", b""), ("x.xlsx", b"PK\x03\x04 broken")):
        with pytest.raises(NotTaken):
            await bring(lists, content, name)
    assert [*(tmp_path / "uploads").glob("*")] == []
    came = await bring(lists, MARCH.encode())
    for wish in (ListWish("No Name"), ListWish("march", "XX"), ListWish("march", mapping={"nobody": "number"})):
        await lists.bring(came.upload, wish, "cam")
        failed = await settled(lists, came.upload)
        assert (failed.state, bool(failed.fault)) == ("failed", True)
    assert await lists.lists() == []
    with pytest.raises(NotTaken, match="no outcome"):
        await lists.rerun("cards", ["loud"], "again", "cam")
    with pytest.raises(NotTaken, match="not here any more"):
        await lists.check("none", ListWish("march"))
    await lists.forget(came.upload)
    assert await lists.upload(came.upload) is None
    assert [*(tmp_path / "uploads").glob("*")] == []
    assert lists._memory.facts == []


async def test_a_list_that_a_command_brought_in_beside_the_server_is_kept_as_a_fact_once(tmp_path: Path) -> None:
    with LeadStore(tmp_path / "lists") as store:
        make_list(store.folder, "before", 2)
        memory, settings = Memory(), Settings(server=ServerSettings(data=tmp_path))
        made = FloorLists(store, memory, settings, lambda: 1000.0, known=("before",))
        make_list(store.folder, "beside", 3)
        await made._look()
        await made._look()
        assert [(fact.name, fact.by, fact.good) for fact in memory.facts] == [("beside", "ann", 3)]
        assert made.rows() == {"before": 2, "beside": 3}


async def test_a_name_is_given_once(lists: FloorLists) -> None:
    for expected in ("imported", "failed"):
        came = await bring(lists, MARCH.encode())
        await lists.bring(came.upload, ListWish("march"), "cam")
        assert (await settled(lists, came.upload)).state == expected
    assert len(await lists.lists()) == 1


async def test_a_file_of_which_nothing_can_be_taken_is_no_list(lists: FloorLists) -> None:
    came = await bring(lists, b"phone\nabc\n")
    await lists.bring(came.upload, ListWish("march"), "cam")
    failed = await settled(lists, came.upload)
    assert (failed.state, failed.fault) == ("failed", "no row of it can be taken")
    assert await lists.lists() == []


async def test_a_file_that_breaks_off_leaves_nothing(lists: FloorLists, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"phone,name\n"
        raise ConnectionResetError

    with pytest.raises((ConnectionResetError, NotTaken)):
        await lists.take("march.csv", broken(), "cam")
    assert [*(tmp_path / "uploads").glob("*")] == []
