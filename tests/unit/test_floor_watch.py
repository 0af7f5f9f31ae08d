"""The watch over the dialplans folder: a sound save is put in force, a bad one is told, a flood of saves is one."""

from __future__ import annotations

import asyncio

import pytest
import small_floor

from switchroom import floor_watch
from switchroom.edition import Edition
from switchroom.floor_watch import FloorWatch

pytestmark = pytest.mark.unit


class Centre:
    """What the watch tells: it takes an edition when its message comes."""

    def __init__(self):
        self.staged: dict[str, Edition] = {}
        self.told = []
        self.news = asyncio.Event()

    def show(self, edition):
        self.staged[edition.key] = edition

    async def tell(self, message):
        assert message.edition in self.staged, "it is told of what it was shown"
        self.told.append(message)
        self.news.set()

    async def changed(self, count):
        while len(self.told) < count:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 20)


@pytest.fixture
async def house(tmp_path, monkeypatch):
    monkeypatch.setattr(floor_watch, "LOOK", 0.02)
    monkeypatch.setattr(floor_watch, "RETRY", 0.02)
    stage = small_floor.stage_in(tmp_path)
    found = small_floor.edition(stage, 1)
    centre = Centre()
    watch = FloorWatch(stage, found, lambda: 1000.0, centre.show, centre.tell)
    await watch.start(found)
    await centre.changed(1)
    yield stage, watch, centre
    await watch.stop()


async def until(true):
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  what is waited for is on disk, or in another thread
            await asyncio.sleep(0.01)


async def test_the_first_edition_is_told_as_the_first(house):
    stage, watch, centre = house
    assert centre.told[0].how == "first"
    await until(stage.versions.head)
    assert stage.versions.head() == watch.present.key


async def test_a_save_is_put_in_force_and_noted(house):
    stage, watch, centre = house
    small_floor.write(stage.dialplans, 2)
    await centre.changed(2)
    await until(lambda: len(stage.versions.deployed("main")) == 2)
    assert centre.told[1].how == "saved"
    line = stage.versions.deployed("main")[-1]
    assert (line.version, line.before != "", line.how) == (watch.versions()["main"], True, "saved")
    assert line.by == centre.told[1].by


async def test_a_bad_save_changes_nothing_but_the_trouble_and_a_good_one_ends_it(house):
    stage, watch, centre = house
    (stage.dialplans / "flows" / "main.yaml").write_text("flow: main\n")
    await until(lambda: watch.trouble)
    assert len(centre.told) == 1
    assert watch.refused == 1
    assert "main.yaml" in watch.trouble[0]
    assert watch.troubled_since == 1000.0
    small_floor.write(stage.dialplans, 3)
    await centre.changed(2)
    await until(lambda: not watch.trouble)


async def test_what_was_in_force_before_is_rolled_back_to(house):
    stage, _, centre = house
    small_floor.write(stage.dialplans, 2)
    await centre.changed(2)
    await until(lambda: len(stage.versions.deployed("main")) == 2)
    small_floor.write(stage.dialplans, 1)
    await centre.changed(3)
    assert [told.how for told in centre.told] == ["first", "saved", "rolled_back"]


async def test_a_file_that_is_only_touched_is_no_change(house):
    stage, watch, centre = house
    (stage.dialplans / "queues.yaml").touch()
    looked = asyncio.Event()
    real = FloorWatch._take

    async def take(self, found, how=""):
        await real(self, found, how)
        looked.set()

    FloorWatch._take = take
    try:
        await asyncio.wait_for(looked.wait(), 20)
    finally:
        FloorWatch._take = real
    assert len(centre.told) == 1
    assert watch.deployed == 1


async def test_a_hang_up_signal_looks_at_once(house, monkeypatch):
    stage, watch, centre = house
    monkeypatch.setattr(floor_watch, "LOOK", 3600.0)
    small_floor.write(stage.dialplans, 4)
    watch.look_now()
    await centre.changed(2)


async def test_a_centre_that_fails_does_not_end_the_watch(house):
    stage, _, centre = house
    real, centre.tell = centre.tell, None

    async def fails(_message):
        raise RuntimeError("no")

    watch = house[1]
    watch.tell = fails
    small_floor.write(stage.dialplans, 2)
    await until(lambda: watch.present.key in centre.staged and len(centre.staged) == 2)
    watch.tell = real
    await centre.changed(2)  # it tries again


async def test_many_saves_within_a_moment_end_in_the_last(house):
    stage, watch, _ = house
    for version in range(2, 30):
        small_floor.write(stage.dialplans, version)
    last = stage.edition().key
    await until(lambda: watch.present.key == last)
    assert watch.refused == 0 or not watch.trouble
