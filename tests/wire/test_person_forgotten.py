"""A person taken out at his own request: nothing of him is left, counts stay, and the ledger's proof holds."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import replace

import pytest
from list_world import make_list
from test_dial_ledger import BEGAN, attempt, follow, proved, seal, url

from desk.forgetting_view import NotForgotten
from journal.facts import (
    BreakpointKept,
    CallbackBegun,
    CallEnded,
    CallStarted,
    MessageSent,
    OfferMade,
    RecordingKept,
    StepLeft,
    SurveyAnswered,
)
from journal.lead_store import LeadStore
from journal.outbound_facts import AttemptBegun, AttemptEnded, DialRefused, NumberBlocked, PersonErased, ResultKept
from journal.store import Journal
from journal.thread import AsyncJournal
from outbound.law.profiles import BUILT_IN
from recordings.naming import leg_names
from switchroom.forgetting import FloorForgetting, Recordings, whole_number
from switchroom.numbering import placed

pytestmark = pytest.mark.wire

HIS, SECOND, OTHER = "+8613800000003", "+8613899999999", "+8613800000004"
SECRETS = (HIS, SECOND, HIS[3:], "Name 3", "P3", "gold card of his", "calls his mother")


def of_him(name: str, at: float, number: str = HIS, outcome: str = "connected") -> list[object]:
    """An attempt on him, with everything in it that a list and an agent may say."""
    begun, *middle, ended = attempt(int(name[1:]), at, outcome)
    him = {"number": number, "person": "P3", "lead": "march.5"}
    begun = replace(begun, **him, name="Name 3", fields=(("tier", "gold card of his"),), others=(SECOND,))
    called = CallStarted(at, name, name, "a1", number, "Name 3", "", "", "", "zh-CN", "P3", "Name 3", "gold")
    offered = OfferMade(at + 5, name, f"{name}.1", "ann", "a1", at + 20, f"2026/{name}")
    said = ResultKept(at + 70, name, "cards", "march.5", "ann", "later", False, 0.0, "", "calls his mother", "1.50")
    return [begun, called, offered, *middle, replace(ended, **him), said]


@pytest.fixture
async def world(tmp_path):
    """A list, a journal with calls to him and to others, its ledger and a tape."""
    with LeadStore(tmp_path / "lists") as store:
        make_list(store.folder, "march", 6, numbers=())
        with sqlite3.connect(store.folder / "march.list") as db:
            db.execute("UPDATE lead SET others = ? WHERE number = ?", (SECOND, HIS))
        journal = Journal.open(url(tmp_path), holder="test", now=BEGAN)
        refused = DialRefused(BEGAN + 300, "cards", "march.5", HIS, "hours", BEGAN + 999, "us@2026.1")
        him = {"lead": "march.5", "person": "P3", "number": HIS, "name": "Name 3", "fields": [["tier", SECRETS[5]]]}
        leads = [{"lead": him}, {"lead": {"lead": "march.6", "number": OTHER, "name": "Name 4"}}]
        tape = json.dumps([[BEGAN, "LeadsFetched", {"due": leads}]])
        journal.append([*of_him("D1", BEGAN), *attempt(2, BEGAN + 60, "connected")], tape)
        journal.append([*of_him("D3", BEGAN + 200, SECOND, "abandoned"), refused])
        journal.close()
        seal(tmp_path, follow(tmp_path))
        memory = AsyncJournal(Journal.open(url(tmp_path), holder="test", now=BEGAN + 1000))
        store.follow(memory.journal)
        for name in ("D1", "D2", "D3"):
            for leg in leg_names(f"2026/{name}"):
                (tmp_path / "recordings" / leg).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "recordings" / leg).write_bytes(b"a voice")
        kept = Recordings(tmp_path / "recordings")
        people = FloorForgetting(store, memory, whole_number("86"), lambda: BEGAN + 1000, kept)
        yield tmp_path, people, memory
        await memory.close()


def everything(folder) -> bytes:
    """What stands in the files, write-ahead files and free pages of the databases among it."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def test_nothing_of_him_is_left_and_the_proof_still_holds(world) -> None:
    folder, people, memory = world
    before = proved(folder)
    counts = memory.journal.attempts.counts("cards", 0, BEGAN * 2)
    assert set(await people.numbers("138 0000 0003")) == {HIS, SECOND}
    told = await people.forget(HIS, "ada", "letter of 1 December")
    assert (told.numbers, told.rows, told.attempts) == ((HIS, SECOND), 1, 2)
    assert (told.facts > 0, told.pieces) == (True, 1)
    assert told.recordings == ("2026/D1", "2026/D3")
    await memory.close()
    left = await asyncio.to_thread(everything, folder)
    assert [one for one in SECRETS if one.encode() in left] == []
    assert b"Name 4" in left
    assert OTHER.encode() in left
    reader = Journal.open(url(folder), holder="test", now=BEGAN + 2000)
    assert reader.attempts.counts("cards", 0, BEGAN * 2) == counts
    assert [one.number for one in reader.attempts.of_person(told.word)] != []
    reader.rebuild_views()
    assert reader.attempts.counts("cards", 0, BEGAN * 2) == counts
    reader.close()
    follow(folder)
    after = proved(folder)
    assert after.faults == []
    assert (after.erasures, len(after.altered) > 0) == (1, True)
    assert [(end.outcome, end.at) for end in after.trail.ends] == [(end.outcome, end.at) for end in before.trail.ends]
    broken = [[(one.attempt, one.rule) for one in proof.trail.breaches] for proof in (before, after)]
    assert broken[0] == broken[1] != []


async def test_recordings_of_his_talks_are_deleted_on_request_with_a_fact_of_each(world) -> None:
    folder, people, memory = world
    told = await people.forget(HIS, "ada", "letter", recordings=True)
    assert (told.deleted, told.recordings) == (("2026/D1", "2026/D3"), ())
    left = sorted(path.name for path in (folder / "recordings").rglob("*.wav"))
    assert left == ["D2-agent.wav", "D2-caller.wav"]
    erased = [one.fact for one in memory.journal.facts(kinds=["RecordingKept"])]
    assert [(one.contact, one.offer, one.state, one.legs) for one in erased] == [
        ("D1", "D1.1", "erased", ()), ("D3", "D3.1", "erased", ())
    ]  # fmt: skip
    await memory.close()
    follow(folder)
    assert proved(folder).faults == []
    reader = Journal.open(url(folder), holder="test", now=BEGAN + 2000)
    assert (reader.offer("D1.1").recording_state, reader.offer("D1.1").legs) == ("erased", ())
    assert reader.persons.recordings(("D1", "D3")) == []
    reader.close()


async def test_recordings_that_a_law_wants_kept_stay_and_nobody_is_half_forgotten(world) -> None:
    folder, people, _ = world
    people._recordings = Recordings(folder / "recordings", 90)
    with pytest.raises(NotForgotten, match="must be kept for 90 days"):
        await people.forget(HIS, "ada", "letter", recordings=True)
    assert HIS.encode() in (folder / "lists" / "march.list").read_bytes()
    assert len([*(folder / "recordings").rglob("*.wav")]) == 6
    people._clock = lambda: BEGAN + 91 * 86_400
    assert (await people.forget(HIS, "ada", "letter", recordings=True)).deleted == ("2026/D1", "2026/D3")


async def test_a_recording_that_cannot_be_deleted_is_named_and_no_fact_says_otherwise(world) -> None:
    folder, people, memory = world
    agent = folder / "recordings" / leg_names("2026/D3")[1]
    agent.unlink()
    (agent / "in the way").mkdir(parents=True)
    told = await people.forget(HIS, "ada", "letter", recordings=True)
    assert (told.deleted, told.recordings) == (("2026/D1",), ("2026/D3",))
    assert [one.fact.contact for one in memory.journal.facts(kinds=["RecordingKept"])] == ["D1"]


async def test_an_erasure_hides_no_other_change(world) -> None:
    folder, people, memory = world
    await people.forget(HIS, "ada", "letter")
    await memory.close()
    follow(folder)
    with sqlite3.connect(folder / "journal.db") as db:
        kind = "WHERE kind = 'AttemptEnded' AND contact = 'D3'"
        db.execute(f"UPDATE facts SET body = replace(body, 'abandoned', 'connected') {kind}")  # noqa: S608 - ours
        seq, body = db.execute(f"SELECT seq, body FROM facts {kind}").fetchone()  # noqa: S608 - ours
    assert any(f"fact {seq} " in fault for fault in proved(folder).faults)
    journal = Journal.open(url(folder), holder="test", now=BEGAN)  # with an erasure of its own to cover it
    raw = journal.raw_facts(seq - 1, 1)[0]
    from switchroom.dial_ledger.entries import print_of  # noqa: PLC0415 - of this one test

    journal.append([PersonErased(BEGAN, "erased-x", "eve", "", 0, ((seq, print_of(raw)),))])
    journal.close()
    follow(folder)
    assert body == raw.body
    assert any(f"fact {seq} " in fault for fault in proved(folder).faults)


async def test_a_word_in_his_place_is_dialled_by_no_law_and_the_ledger_goes_on_behind_it(world) -> None:
    folder, people, memory = world
    told = await people.forget(SECOND, "ada", "letter")
    [row] = people._store.file("march").numbered(told.word)
    assert (row.name, row.others, row.fields) == ("", (), ())
    assert all(placed(row.number).kind in law.refuses for law in BUILT_IN.values())
    await memory.append([NumberBlocked(BEGAN + 1001, HIS, "ada", "letter", "", prefix=False, lifted=False)], None)
    await memory.close()
    assert follow(folder).number > 0
    assert proved(folder).faults == []
    assert proved(folder).blocks.has(HIS, "cards")


async def test_who_is_on_the_line_or_is_no_number_is_not_forgotten_now(world) -> None:
    folder, people, memory = world
    begun = of_him("D9", BEGAN + 900)[0]
    assert isinstance(begun, AttemptBegun)
    await memory.append([begun], None)

    async def known() -> int:
        return len(await asyncio.to_thread(memory.journal.persons.attempts, (HIS,), ()))

    async with asyncio.timeout(30):
        while await known() < 2:  # noqa: ASYNC110 - the read models follow by themselves, and nobody tells when
            await asyncio.sleep(0.05)
    with pytest.raises(NotForgotten, match="on the line"):
        await people.forget(HIS, "ada", "letter")
    with pytest.raises(NotForgotten, match="no telephone number"):
        await people.forget("none", "ada", "letter")
    ended = of_him("D9", BEGAN + 900)[-2]
    assert isinstance(ended, AttemptEnded)
    await memory.append([ended], None)
    assert HIS.encode() in (folder / "lists" / "march.list").read_bytes()


async def test_one_who_is_nowhere_is_blocked_and_nothing_is_changed(world) -> None:
    _, people, memory = world
    assert await people.numbers("13811111111") == ("+8613811111111",)
    told = await people.forget("13811111111", "ada", "letter")
    assert (told.rows, told.attempts, told.facts, told.pieces) == (0, 0, 0, 0)
    assert memory.journal.attempts.of_person(HIS) != []


async def test_his_own_calls_are_masked_too_and_others_are_not(world) -> None:
    folder, people, memory = world
    home = HIS[3:]
    context = json.dumps(
        {"contact": "B-in", "number": home, "name": "Name 3", "kept": [["card", "6230264"]],
         "path": [{"step": "card", "verb": "collect", "entered_at": 1.0, "keys": "6230264"}]}
    )  # fmt: skip
    told: list[object] = []
    for contact, number in (("in", home), ("not-his", OTHER[3:])):
        told += [
            CallStarted(BEGAN, contact, contact, "a1", number, "Name 3", "400", "f", "1", "en", "C-3", "Name 3"),
            StepLeft(BEGAN + 1, contact, "card", "ok", "6230264", kept=(("card", "6230264"),)),
            MessageSent(BEGAN + 2, contact, "sms", number, "your balance is 1.50"),
            BreakpointKept(BEGAN + 3, contact, number, "C-3", "f", "1", "card", "", '{"v": "6230264"}', BEGAN + 9),
            SurveyAnswered(BEGAN + 3, contact, "service", "4"),
            RecordingKept(BEGAN + 4, contact, f"{contact}.1", ("a", "b"), 5.0, 5.0, "whole"),
            CallEnded(BEGAN + 4, contact, "answered", 16),
        ]
    told += [
        CallStarted(BEGAN + 5, "B-in", "", "a1", home, "Name 3", "", "", "", "en", "C-3", "Name 3", "gold"),
        CallbackBegun(BEGAN + 5, "B-in", "in", home, context, "cards"),
        CallEnded(BEGAN + 6, "B-in", "answered", 16),
    ]
    await memory.append(told, json.dumps([[BEGAN, "CallerArrived", {"call": "in", "number": home, "name": "Name 3"}]]))
    async with asyncio.timeout(30):
        while len(await asyncio.to_thread(memory.journal.persons.own_calls, (home,))) < 2:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
    said = await people.forget(HIS, "ada", "letter")
    assert said.own == 2
    after = [one.fact for one in memory.journal.facts_of(["in", "B-in"])]
    started, left, sent, point, score, recorded, *_, begun, _ = after
    assert (score.score, recorded.state) == ("4", "whole")
    assert (started.number, started.name, started.customer, started.customer_name) == (said.word, "", "", "")
    assert (left.keys, left.kept, left.exit) == ("", (), "ok")
    assert (sent.to, sent.text) == (said.word, "")
    assert (point.number, point.customer, point.state) == (said.word, "", "")
    assert json.loads(begun.context)["path"][0] == {"step": "card", "verb": "collect", "entered_at": 1.0, "keys": ""}
    whole = "".join(repr(one) for one in after)
    assert [one for one in (home, "6230264", "Name 3", "C-3", "1.50") if one in whole] == []
    others = [one.fact for one in memory.journal.facts_of(["not-his"])]
    assert (others[0].number, others[1].keys, others[2].text) == (OTHER[3:], "6230264", "your balance is 1.50")
    await memory.close()
    assert home.encode() not in await asyncio.to_thread(everything, folder)
    follow(folder)
    assert proved(folder).faults == []


async def test_who_calls_us_just_now_is_not_forgotten_now(world) -> None:
    folder, people, memory = world
    await memory.append([CallStarted(BEGAN, "in", "in", "a1", HIS[3:], "", "400", "f", "1", "en")], None)
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(memory.journal.persons.own_calls, (HIS[3:],)):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
    with pytest.raises(NotForgotten, match="on the line"):
        await people.forget(HIS, "ada", "letter")
    assert HIS.encode() in (folder / "lists" / "march.list").read_bytes()
