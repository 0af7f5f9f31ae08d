"""Files that come to a running server: looked at, checked, brought in by a process of their own, or thrown away."""

import asyncio
import csv
import os
import signal
from types import SimpleNamespace

import pytest
from list_world import Facts, begun, blocked, ended, make_list

from desk.list_view import ListWish, NotTaken
from journal.lead_store import LeadStore
from switchroom.list_desk import HouseLists

pytestmark = pytest.mark.wire

FILE = "手机,姓名\n13812345678,王伟\n1381234567O,李娜\n+8613700000000,张\n"
PATIENCE = 60


async def pieces(text):
    written = text if isinstance(text, bytes) else text.encode()
    for first in range(0, len(written), 100_000):
        yield written[first : first + 100_000]


@pytest.fixture
async def house(tmp_path, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")
    with LeadStore(tmp_path / "lists") as store:
        facts = Facts()
        lists = HouseLists(store, facts, lambda: 1000.0, region="CN", zone="Asia/Shanghai")
        yield SimpleNamespace(lists=lists, store=store, facts=facts)
        await lists.close()


async def until(lists, upload, *states):
    """Return the upload once it is in one of these states."""
    async with asyncio.timeout(PATIENCE):
        while (view := await lists.upload(upload)).state not in states:  # noqa: ASYNC110 - a page asks again, too
            await asyncio.sleep(0.02)
    return view


async def test_a_file_is_looked_at_checked_and_brought_in(house):
    house.facts.add(blocked("+8613700000000"))
    view = await house.lists.take("march.csv", pieces(FILE), "cam")
    assert (view.state, view.encoding, view.columns, view.mapping) == (
        "came", "utf-8", ("手机", "姓名"), (("手机", "number"), ("姓名", "name")),
    )  # fmt: skip
    assert view.sample[0] == ("13812345678", "王伟")
    assert (await house.lists.check(view.upload, ListWish("march"))).state == "checking"
    seen = await until(house.lists, view.upload, "checked", "failed")
    assert (seen.state, seen.rows, seen.good, seen.bad, seen.blocked) == ("checked", 3, 1, 1, 1)
    assert [(one.row, one.column, one.reason) for one in seen.rejects] == [
        (3, "手机", "letters"),
        (4, "手机", "blocked"),
    ]
    with (await house.lists.rejects(view.upload)).open(encoding="utf-8-sig", newline="") as file:
        assert [row["row"] for row in csv.DictReader(file)] == ["3", "4"]
    assert house.store.lists() == []
    await house.lists.bring(view.upload, ListWish("march", mapping={"手机": "number", "姓名": "segment"}), "cam")
    assert (await until(house.lists, view.upload, "imported", "failed")).state == "imported"
    (kept,) = await house.lists.lists()
    assert (kept.name, kept.source, kept.by, kept.good) == ("march", "march.csv", "cam", 1)
    assert next(house.store.file("march").all_leads()).segment == "王伟"
    with pytest.raises(NotTaken, match="in already"):
        await house.lists.bring(view.upload, ListWish("again"), "cam")


@pytest.mark.parametrize(("text", "told"), [("", "x.csv is empty"), (b"PK\x03\x04cut", "damaged")])
async def test_a_file_that_cannot_be_read_is_told_and_gone(house, text, told):
    with pytest.raises(NotTaken, match=told):
        await house.lists.take("x.csv", pieces(text), "cam")
    assert not list((house.store.folder / "uploads").iterdir())


async def test_a_file_whose_columns_are_not_known_is_shown_with_the_fault(house):
    view = await house.lists.take("x.csv", pieces("a,b\n1,2\n"), "cam")
    assert (view.sample, view.columns) == ((("1", "2"),), ("a", "b"))
    assert "telephone number" in view.fault


async def test_an_import_that_fails_says_so_and_nothing_is_in(house):
    make_list(house.store.folder, "march", 1)
    view = await house.lists.take("x.csv", pieces(FILE), "cam")
    await house.lists.bring(view.upload, ListWish("march"), "cam")
    failed = await until(house.lists, view.upload, "imported", "failed")
    assert (failed.state, "is or was a list" in failed.fault) == ("failed", True)
    await house.lists.bring(view.upload, ListWish("april", mapping={"姓名": "number"}), "cam")
    failed = await until(house.lists, view.upload, "imported", "failed")
    assert failed.state == "failed"
    assert [one.name for one in house.store.lists()] == ["march"]


def without_end(house, upload):
    """Put something in the file's place that is never read to its end."""
    path = house.store.folder / "uploads" / upload
    path.unlink()
    os.mkfifo(path)


async def test_a_reader_that_is_killed_is_a_failure_and_the_next_one_works(house, monkeypatch):
    view = await house.lists.take("x.csv", pieces(FILE), "cam")
    without_end(house, view.upload)
    begun_as, starts = asyncio.get_running_loop().create_future(), asyncio.create_subprocess_exec

    async def noted(*words, **options):
        begun_as.set_result(await starts(*words, **options))
        return begun_as.result()

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    await house.lists.bring(view.upload, ListWish("march"), "cam")
    os.kill((await asyncio.wait_for(begun_as, PATIENCE)).pid, signal.SIGKILL)
    monkeypatch.undo()
    assert (await until(house.lists, view.upload, "failed", "imported")).state == "failed"
    assert house.store.lists() == []
    view = await house.lists.take("x.csv", pieces(FILE), "cam")
    await house.lists.bring(view.upload, ListWish("march"), "cam")
    assert (await until(house.lists, view.upload, "failed", "imported")).state == "imported"
    assert not list(house.store.folder.glob("*.part"))


async def test_a_file_is_thrown_away_while_it_is_read(house):
    view = await house.lists.take("x.csv", pieces(FILE), "cam")
    without_end(house, view.upload)
    await house.lists.check(view.upload, ListWish("march"))
    with pytest.raises(NotTaken, match="being read"):
        await house.lists.check(view.upload, ListWish("march"))
    await house.lists.forget(view.upload)
    assert await house.lists.upload(view.upload) is None
    assert not list((house.store.folder / "uploads").iterdir())
    with pytest.raises(NotTaken, match="not here"):
        await house.lists.check(view.upload, ListWish("march"))


async def test_whom_nobody_reached_becomes_a_list_of_its_own(house):
    make_list(house.store.folder, "jan", 3)
    house.facts.add(begun("D1", "jan.2"), ended("D1", "jan.2", "busy", 50.0))
    house.facts.add(begun("D2", "jan.3"), ended("D2", "jan.3", "connected", 0.0))
    told = await house.lists.rerun("cards", ["busy"], "again", "cam")
    assert (told.name, told.good, told.source) == ("again", 1, "cards: busy")
    with pytest.raises(NotTaken, match="Nobody"):
        await house.lists.rerun("cards", ["fax"], "never", "cam")
    with pytest.raises(NotTaken, match="no outcome"):
        await house.lists.rerun("cards", ["lost"], "never", "cam")
