"""After the last call everything that it took is given back (I21); where a part keeps it, the live audit names what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from desk_fakes import write_wav
from fake_ami import FakeAmi
from patience import PATIENCE, meanwhile
from test_centre import CALL, NODE, Floor

import cti.vocabulary as cti
import journal.memory
from cti.asterisk.actions import Hangup
from cti.asterisk.link import AmiAccess, AmiLink, LinkState, Listener
from journal.store import Journal
from recordings import keeper as keeper_module
from recordings.keeper import Keeper, Patience
from recordings.messages import KeepRecording, RecordingLookedAt
from switchroom.audit import APART, IDLE
from switchroom.auditing import Auditor, held
from switchroom.floorplan import load_floor
from switchroom.plan import Plan

pytestmark = pytest.mark.wire

CALLS = 50
DAY = "2026/11/21"


class House:
    """What a server holds things with: a centre, a journal, a link, a keeper of recordings; and its auditor."""

    def __init__(self, folder: Path, ami: FakeAmi) -> None:
        plan, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
        assert not faults
        self.floor, self.folder, self.ami = Floor(Plan(plan, "86")), folder, ami
        self.journal = Journal.open(f"sqlite:///{folder / 'journal.db'}", holder="test", now=1.0)
        access = AmiAccess("127.0.0.1", ami.port, "switchroom", "right")
        self.link = AmiLink("a1", access, frozenset(), Listener(lambda _e: None, lambda _s: None, lambda: None))
        self.keeper = Keeper(folder, Patience(0.01, 0.02, 1.0))
        self.looked_at: list[RecordingLookedAt] = []
        self.now = 1000.0
        self.auditor = Auditor(self.floor.centre, lambda: self.now, self.held)

    def held(self):
        return held(self.journal.connections(), self.link.unanswered)

    async def open(self) -> None:
        self.link.start()
        assert await self.link.settled(PATIENCE) is LinkState.UP
        self.keeper.start(self.looked_at.append)

    async def close(self) -> None:
        self.link.stop()
        await self.keeper.stop()
        self.journal.close()

    def looks(self, seconds: float) -> None:
        """Time passes, and a survey is looked at."""
        self.now += seconds
        self.auditor.heard(cti.NodeSurveyed(NODE, self.now, (), (), (), ()))
        self.auditor.settled()

    def comes_to_rest(self) -> None:
        for seconds in (1.0, IDLE + 1.0, APART + 1.0):
            self.looks(seconds)

    async def busy(self) -> None:
        """A caller comes and goes, and what calls take is taken many times."""
        self.floor.caller_waits()
        self.looks(1.0)
        self.floor.told(cti.CallEnded(NODE, CALL, 16))
        for n in range(CALLS):
            path = f"{DAY}/c-{n}"
            for leg in ("caller", "agent"):
                write_wav(self.folder / f"{path}-{leg}.wav", bytes(16_000))
            self.keeper.keep(KeepRecording("c", f"c.{n}", path, 1.0))
            self.link.ask(Hangup(f"a1-1.{n}"))
        for _ in range(4):
            await asyncio.to_thread(self.journal.contacts)
        await meanwhile(lambda: len(self.ami.received("hangup")) == CALLS, "the last action")
        for _ in range(20):  # what is done by now is done within some turns of the loop
            await asyncio.sleep(0.01)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with FakeAmi() as ami:
        one = House(tmp_path, ami)
        await one.open()
        yield one
        await one.close()


async def test_what_calls_took_is_given_back(house: House) -> None:
    house.comes_to_rest()
    least = house.held()
    await house.busy()
    await meanwhile(lambda: len(house.looked_at) == CALLS, "the last recording")
    await meanwhile(lambda: house.link.unanswered == 0, "the last answer")
    house.comes_to_rest()
    assert house.auditor.audited().findings == {}
    rest = house.held()
    assert (rest.actions, rest.connections) == (least.actions, least.connections) == (0, 1)
    assert rest.memory > 10_000_000, "it can be measured here"


# ── planted: each part of the product that could keep what it took ──────────────────────────────────────────────────


def a_recording_is_waited_for_without_end(patch):
    async def wait(*_):
        await asyncio.Event().wait()

    patch.setattr(Keeper, "_until_finished", wait)


def a_recording_stays_open(patch):
    kept = []

    def measure(path):
        kept.append(path.open("rb"))
        return real(path)

    real = keeper_module.measure
    patch.setattr(keeper_module, "measure", measure)


def a_recording_stays_in_memory(patch):
    kept = []

    def checksum(path):
        kept.append(bytearray(b"x") * 4_000_000)
        return real(path)

    real = keeper_module.checksum
    patch.setattr(keeper_module, "checksum", checksum)


def a_reader_keeps_its_connection(patch):
    kept = []

    def read(reader, query):
        kept.append(reader.connect())
        return real(reader, query)

    real = journal.memory.read
    patch.setattr(journal.memory, "read", read)


def an_answer_is_waited_for_without_end(patch):
    patch.setattr(Hangup, "within", 1e9)
    real = FakeAmi._answer

    def answer(self, session, action):
        if action["action"] != ["Hangup"]:
            real(self, session, action)

    patch.setattr(FakeAmi, "_answer", answer)


PLANTED = {
    a_recording_is_waited_for_without_end: "tasks go on",
    a_recording_stays_open: "files stay open",
    a_recording_stays_in_memory: "memory stays taken",
    a_reader_keeps_its_connection: "connections to the database stay in use",
    an_answer_is_waited_for_without_end: "actions are not answered",
}


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.__name__)
async def test_what_a_part_keeps_is_named(house: House, bug, monkeypatch) -> None:
    bug(monkeypatch)
    house.comes_to_rest()
    await house.busy()
    if bug is not a_recording_is_waited_for_without_end:
        await meanwhile(lambda: len(house.looked_at) == CALLS, "the last recording")
    house.comes_to_rest()
    assert house.auditor.audited().findings == {"I21": 1}
    assert house.auditor.trouble().startswith(f"I21: {PLANTED[bug]}")
