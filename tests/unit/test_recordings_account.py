"""The account of recordings (I17): each talk has its file, as long, unaltered; each file its call; a chain."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from test_centre import CALL, LEG, NODE, Floor
from test_recordings_audio import orphan, tone, write

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
import recordings.messages as rec
from journal.store import Journal
from recordings import account as account_module
from recordings import erasing, keeper
from recordings.account import LATE
from recordings.naming import leg_names
from switchroom import legs, offering
from switchroom.centre import Centre
from switchroom.commands.audit_recordings import account_of
from switchroom.floorplan import load_floor
from switchroom.plan import Plan

pytestmark = pytest.mark.unit

TALK = 3.0  # seconds
STARTED = 1_795_219_200.0  # a moment of 2026-11-21


@pytest.fixture(scope="module")
def plan():
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults
    return Plan(floor, "86")


class House:
    """A floor whose talks are recorded as an Asterisk would, looked at by the keeper, and written down."""

    def __init__(self, plan, folder: Path) -> None:
        self.floor, self.folder = Floor(plan), folder / "recordings"
        self.floor.now = STARTED
        self.url = f"sqlite:///{folder / 'journal.db'}"
        self.journal = Journal.open(self.url, holder="test", now=STARTED)
        self.written = 0
        self.longer = 0.0
        self.floor.facts.append(facts.ServerStarted(STARTED, 1, "test"))
        self.floor.agent_ready()

    def talk(self, number: int) -> str:
        """A caller talks and goes; his recording is there and looked at. Gives its path."""
        call, leg = cti.CallId(f"{CALL}{number}"), cti.LegId(LEG.replace(CALL, f"{CALL}{number}"))
        effects = self.floor.told(cti.CallerArrived(NODE, call, "13800000001", "", "4008009"))
        while asked := [e for e in effects if isinstance(e, cti.PlayPrompt | cti.CollectDigits)]:
            keyed = isinstance(asked[0], cti.CollectDigits)
            effects = self.floor.told(cti.DigitsCollected(call, "1") if keyed else cti.PromptEnded(call))
        path = next(e for e in effects if isinstance(e, cti.RingAgent)).recording
        self.floor.told(cti.TalkBegan(call, leg))
        self.record(path, TALK + self.longer)
        ended = self.floor.told(cti.LegEnded(NODE, leg, 16), after=TALK)
        self.floor.told(cti.CallEnded(NODE, call, 16))
        for asked in [e for e in ended if isinstance(e, rec.KeepRecording)]:
            self.floor.told(keeper.look(self.folder, asked))
        self.floor.told(desk.AgentEndedWrapUp("li-na"))
        return path

    def record(self, path: str, seconds: float) -> None:
        for name in leg_names(path):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            write(self.folder / name, tone(seconds))

    def wrote(self) -> None:
        self.journal.append(self.floor.facts[self.written :])
        self.written = len(self.floor.facts)
        self.journal.project()

    def restart(self) -> None:
        """Another server, with a chain of its own."""
        self.floor.open()
        self.floor.facts.append(facts.ServerStarted(self.floor.now, 2, "test"))
        self.floor.survey()
        self.floor.agent_ready()

    def account(self, later: float = 2 * LATE):
        self.wrote()
        now = self.floor.now + later
        return account_of(self.journal, self.folder, (STARTED, now), now)

    def found(self, later: float = 2 * LATE) -> list[tuple[str, str]]:
        return [(flaw.what, flaw.name) for flaw in self.account(later).flaws]

    def alter(self, change) -> None:
        """Somebody changes a fact of a recording in the journal's file."""
        self.wrote()
        with sqlite3.connect(self.url.removeprefix("sqlite:///")) as file:
            rows = file.execute("SELECT seq, body FROM facts WHERE kind='RecordingKept' ORDER BY seq").fetchall()
            change(file, rows)
        file.close()


@pytest.fixture
def house(plan, tmp_path):
    one = House(plan, tmp_path)
    yield one
    one.journal.close()


def test_where_all_is_well_nothing_is_found(house):
    for number in range(3):
        house.talk(number)
    house.restart()
    house.talk(7)
    account = house.account()
    assert account.flaws == []
    assert (account.talks, account.states, account.links, account.old) == (4, {"whole": 4}, 4, 0)


def test_what_is_flagged_is_no_flaw(house):
    house.longer = -2.0
    house.talk(1)
    assert house.floor.kinds(facts.RecordingKept)[0].state == "short"
    assert house.found() == []


def test_a_file_that_is_altered_gone_or_nobodys_is_named(house):
    altered, gone, cut = (house.talk(number) for number in range(3))
    caller, agent = leg_names(altered)
    content = bytearray((house.folder / agent).read_bytes())
    content[2000] ^= 1
    (house.folder / agent).write_bytes(content)
    (house.folder / leg_names(gone)[0]).unlink()
    (house.folder / leg_names(cut)[1]).write_bytes(b"RIFF")
    day = caller.rpartition("/")[0]
    for stranger in ("x-1-caller.wav", f"{CALL}0-m3.wav", "a1-9.9-m3.wav"):
        write(house.folder / day / stranger, tone(0.1))
    assert house.found() == [
        ("altered", agent), ("gone", leg_names(gone)[0]), ("altered", leg_names(cut)[1]),
        ("stray", f"{day}/a1-9.9-m3.wav"), ("stray", f"{day}/x-1-caller.wav"),
    ]  # fmt: skip


def test_a_talk_that_nobody_looked_at_is_named_after_some_time(house, monkeypatch):
    monkeypatch.setitem(Centre.ROUTES, rec.RecordingLookedAt, lambda *_: None)
    path = house.talk(1)
    monkeypatch.undo()
    assert house.found(later=0.0) == []
    assert house.found() == [("unlooked", path)]


@pytest.mark.parametrize(
    "change",
    [
        lambda file, rows: file.execute(
            "UPDATE facts SET body=? WHERE seq=?",
            (json.dumps({**json.loads(rows[1][1]), "seconds": 99.0}), rows[1][0]),
        ),
        lambda file, rows: file.execute("DELETE FROM facts WHERE seq=?", (rows[1][0],)),
        lambda file, rows: file.execute(
            "UPDATE facts SET body=? WHERE seq=?", (json.dumps({**json.loads(rows[2][1]), "chain": ""}), rows[2][0])
        ),
    ],
    ids=["altered", "deleted", "unlinked"],
)
def test_a_fact_that_somebody_touched_breaks_the_chain(house, change):
    for number in range(4):
        house.talk(number)
    house.alter(change)
    assert "chain" in {what for what, _ in house.found()}


# ── planted: each way in which the product could lose, mix up or falsify a recording ────────────────────────────────


def sums_are_of_another_file(patch, _house):
    patch.setattr(keeper, "checksum", lambda path: "0" * 64)


def every_recording_counts_as_whole(patch, house):
    patch.setattr(keeper, "state_of", lambda *_, **__: "whole")
    house.longer = -2.0


def a_recording_runs_on_behind_its_talk(patch, house):
    del patch
    house.longer = 2.0


def the_keeper_forgets(patch, _house):
    patch.setitem(Centre.ROUTES, rec.RecordingLookedAt, lambda *_: None)


def two_talks_have_one_name(patch, _house):
    patch.setattr(offering, "recording_path", lambda *_: "2026/11/21/one")


def the_repair_is_not_made(patch, house):
    patch.setattr(keeper, "repair", keeper.measure)
    patch.setattr(house, "record", lambda path, seconds, real=house.record: (
        real(path, seconds), [orphan(house.folder / name) for name in leg_names(path)]))  # fmt: skip
    patch.setattr(keeper, "state_of", lambda *_, **__: "whole")
    house.longer = -1.0


def the_chain_does_not_move_on(patch, _house):
    patch.setattr(legs, "link", lambda _before, found, real=legs.link: real("", found))


def a_deletion_deletes_nothing(patch, house):
    patch.setattr(erasing, "_erase", lambda *_: True)
    talk = house.talk

    def talked(number):
        path = talk(number)
        kept = house.floor.kinds(facts.RecordingKept)[-1]
        assert erasing.erase(house.folder, [path]) == (path,)
        house.floor.facts.append(facts.RecordingKept(kept.at, kept.contact, kept.offer, (), 0.0, kept.talked, "erased"))
        return path

    patch.setattr(house, "talk", talked)


PLANTED = {
    sums_are_of_another_file: "altered",
    every_recording_counts_as_whole: "length",
    a_recording_runs_on_behind_its_talk: "length",
    the_keeper_forgets: "unlooked",
    two_talks_have_one_name: "shared",
    the_repair_is_not_made: "length",
    the_chain_does_not_move_on: "chain",
    a_deletion_deletes_nothing: "left",
}


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_named(house, monkeypatch, bug):
    bug(monkeypatch, house)
    for number in range(2):
        house.talk(number)
    assert PLANTED[bug] in {what for what, _ in house.found()}


def test_every_word_of_the_account_is_told():
    told = [line.split()[0] for line in account_module.__doc__.splitlines() if line.startswith("    ")]
    assert told == ["unlooked", "gone", "altered", "length", "shared", "left", "stray"]
