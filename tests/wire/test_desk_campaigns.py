"""Campaigns over the API: who may say what, what is told to the floor, results, sheets, lists, and live screens."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from campaign_fakes import CARDS, LEAD, LOANS, Campaigns, Lists
from desk_fakes import NOW, OFFICE, PASSWORDS, House, known_users, write_wav
from yarl import URL

from desk import campaign_vocabulary as said
from desk.attempts import JournalAttempts
from desk.campaign_view import AgentWork
from desk.outbound import OutboundDesk
from desk.users import Users
from journal.facts import AgentAnswered, AttemptBegun, AttemptEnded, OfferMade, RecordingKept, ResultKept
from journal.store import Journal

pytestmark = pytest.mark.wire

@pytest.fixture(scope="module")
def users(tmp_path_factory) -> Users:
    return known_users(tmp_path_factory.mktemp("users"))


@pytest.fixture
def journal(tmp_path):
    opened = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="test", now=1.0)
    opened.append(ONE_DAY)
    opened.project()
    yield opened
    opened.close()


@pytest.fixture
async def house(tmp_path: Path, users: Users, journal) -> AsyncIterator[House]:
    made = House(tmp_path)
    made.outbound = OutboundDesk(Campaigns(), JournalAttempts(journal), Lists(tmp_path))
    await made.open(users)
    yield made
    await made.close()


@pytest.fixture
async def talk(house: House) -> AsyncIterator[dict[str, aiohttp.ClientSession]]:
    everybody = (*PASSWORDS, *OFFICE)
    made = {
        who: aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        for who in (*everybody, "nobody")
    }
    for who in everybody:
        made[who].cookie_jar.update_cookies(house.cookie(who), URL(house.url))
    yield made
    for client in made.values():
        await client.close()


async def get(client: aiohttp.ClientSession, path: str) -> tuple[int, object]:
    async with client.get(path) as answer:
        return answer.status, await answer.json()


async def post(client: aiohttp.ClientSession, path: str, body: object) -> tuple[int, dict]:
    async with client.post(path, json=body) as answer:
        return answer.status, await answer.json()


def attempt(n: int, outcome: str, agent: str = "", result: str = "", *, amount: str = "", state: str = "whole") -> list:
    """One attempt from its dial to the agent's word, of a customer with a name that would like to be a formula."""
    at, number, contact = NOW - 3600 + n, f"+861380000000{n}", f"D{n}"
    facts: list = [
        AttemptBegun(at, contact, "cards", "a1", f"march.{n}", number, number, "+862195588", 0, "next", "us 2",
                     "predictive", "=1+1"),
    ]  # fmt: skip
    if agent:
        facts += [
            OfferMade(at + 8, contact, f"{contact}.1", agent, "a1", at + 20, "rec/x"),
            AgentAnswered(at + 9, contact, f"{contact}.1", agent, 0.5),
            RecordingKept(at + 50, contact, f"{contact}.1", ("a", "b"), 40.0, 40.0, state),
        ]
    facts.append(AttemptEnded(at + 49, contact, "cards", f"march.{n}", number, number, outcome, 16, 0.0, agent, 8.0,
                              0.5, 40.0 if agent else 0.0))  # fmt: skip
    if result:
        facts.append(ResultKept(at + 60, contact, "cards", f"march.{n}", agent, result, result == "sold", 0.0, "", "",
                                amount))  # fmt: skip
    return facts


ONE_DAY = [
    *attempt(1, "connected", "anna", "sold", amount="99.90"),
    *attempt(2, "connected", "ben", "sold", amount="0.10"),
    *attempt(3, "connected", "ben", "no"),
    *attempt(4, "busy"),
    *attempt(5, "abandoned"),
]
ONE = "/api/campaigns/cards"
WORDS = [
    ("start", {"why": "now", "pilot": 5}, said.CampaignStartAsked("cam", "cards", "now", 5)),
    ("pause", {"why": "lunch"}, said.CampaignPauseAsked("cam", "cards", "lunch")),
    ("stop", {}, said.CampaignStopAsked("cam", "cards")),
    ("tune", {"mode": "ratio", "ratio": 1.5}, said.CampaignTuneAsked("cam", "cards", "", "ratio", 1.5)),
    ("trial", {"number": "+86 138 0000"}, said.TrialCallAsked("cam", "cards", "+86 138 0000")),
]


@pytest.mark.parametrize(("what", "body", "told"), WORDS, ids=[what for what, _, _ in WORDS])
async def test_who_runs_campaigns_says_it_and_the_floor_is_told_who(house, talk, what, body, told) -> None:
    assert await post(talk["cam"], f"{ONE}/{what}", body) == (200, {"done": True})
    assert house.floor.told == [told]


async def test_everybody_may_what_is_his_and_no_more(house, talk) -> None:
    allowed = {
        who: [(await post(talk[who], f"{ONE}/{what}", body))[0] == 200 for what, body, _ in WORDS]
        for who in ("anna", "sue", "cam", "ada", "nobody")
    }
    yes, no = [True] * 5, [False] * 5
    supervisor = [False, True, True, False, False]
    assert allowed == {"anna": no, "nobody": no, "sue": supervisor, "cam": yes, "ada": yes}
    lifts = {"number": "+8613800000001", "why": "he wants to be called"}
    assert [(await post(talk[who], "/api/blocks/lift", lifts))[0] for who in ("cam", "sue", "ada")] == [403, 403, 200]
    assert (await post(talk["cam"], "/api/blocks", lifts))[0] == 200


async def test_the_cap_is_the_administrators_and_never_above_the_law(house, talk) -> None:
    assert (await post(talk["cam"], f"{ONE}/tune", {"cap": 0.01}))[0] == 403
    assert (await post(talk["ada"], f"{ONE}/tune", {"cap": 0.05}))[1]["error"] == "above_the_law"
    assert house.floor.told == []
    assert (await post(talk["ada"], f"{ONE}/tune", {"cap": 0.01, "why": "careful"}))[0] == 200
    assert house.floor.told == [said.CampaignTuneAsked("ada", "cards", "careful", cap=0.01)]


async def test_who_runs_one_departments_campaigns_knows_of_no_other(house, talk) -> None:
    assert [one["campaign"] for one in (await get(talk["lin"], "/api/campaigns"))[1]] == ["loans"]
    assert [one["campaign"] for one in (await get(talk["cam"], "/api/campaigns"))[1]] == ["cards", "loans"]
    for path in (ONE, f"{ONE}/results", f"{ONE}/sales", f"{ONE}/attempts", f"{ONE}/projection"):
        assert (await get(talk["lin"], path))[0] == 404
    assert (await post(talk["lin"], f"{ONE}/stop", {}))[0] == 404
    assert (await get(talk["lin"], "/api/outbound/journey?who=%2B8613800000001"))[1] == []
    assert house.floor.told == []


MALFORMED = [
    ("start", {"pilot": -1}), ("start", {"why": "a\r\nb"}), ("tune", {}), ("tune", {"mode": "warp"}),
    ("tune", {"ratio": 0}), ("tune", {"ratio": "NaN"}), ("tune", {"cap": 1}), ("trial", {"number": "ann"}),
    ("trial", {"number": "+86;DROP"}), ("trial", {}), ("stop", {"by": "somebody"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "body"), MALFORMED, ids=[json.dumps(body) for _, body in MALFORMED])
async def test_what_is_malformed_is_refused_and_told_to_nobody(house, talk, what, body) -> None:
    status, answer = await post(talk["ada"], f"{ONE}/{what}", body)
    assert (status, answer["error"]) == (400, "bad_field")
    assert house.floor.told == []


async def test_a_slider_is_answered_with_what_it_would_come_to(talk) -> None:
    status, told = await get(talk["cam"], f"{ONE}/projection?mode=ratio&ratio=1.8")
    assert (status, told["mode"], told["ratio"], told["cap"], told["dropped"]) == (200, "ratio", 1.8, 0.03, 0.024)
    assert (await get(talk["cam"], f"{ONE}/projection?ratio=3.9"))[0] == 409


async def test_an_agent_says_his_word_of_his_own_talk_alone(house, talk) -> None:
    word = {"contact": "D1", "result": "later", "again": NOW + 60, "mine": True, "note": " call at six "}
    assert (await post(talk["anna"], "/api/me/outcome", word))[0] == 200
    assert (await post(talk["cam"], "/api/me/outcome", word))[0] == 403
    answer = {"campaign": "cards", "lead": "march.7", "take": False, "why": "known to me"}
    await post(talk["anna"], "/api/me/preview", answer)
    await post(talk["ben"], "/api/me/dial", {"campaign": "cards", "number": "13800000000"})
    assert (await post(talk["anna"], "/api/me/outcome", {**word, "amount": "=1+1"}))[0] == 400
    assert house.floor.told == [
        said.OutcomeGiven("anna", "D1", "later", NOW + 60, "anna", "call at six"),
        said.PreviewAnswered("anna", "cards", "march.7", take=False, why="known to me"),
        said.NumberDialAsked("ben", "cards", "13800000000"),
    ]


async def test_results_and_sales_are_added_up_and_agree(talk) -> None:
    _, results = await get(talk["cam"], f"{ONE}/results")
    assert (results["attempts"], results["persons"], results["successes"]) == (5, 4, 2)
    _, sales = await get(talk["cam"], f"{ONE}/sales")
    assert [(one["agent"], one["talks"], one["successes"], one["amount"]) for one in sales["agents"]] == [
        ("anna", 1, 1, "99.90"), ("ben", 2, 1, "0.10"),
    ]  # fmt: skip
    assert (sales["total"]["amount"], sales["agrees"], sales["differences"]) == ("100.00", True, [])


async def test_a_planted_word_of_a_call_without_a_talk_is_found(talk, journal) -> None:
    journal.append(attempt(6, "busy", "", "sold"))
    journal.append(attempt(7, "connected", "anna", "sold", state="missing"))
    journal.project()
    _, sales = await get(talk["cam"], f"{ONE}/sales")
    assert not sales["agrees"]
    differs = {(one["contact"], one["what"]) for one in sales["differences"]}
    assert differs == {("D6", "no_talk"), ("D7", "no_recording")}


async def test_sheets_open_in_a_spreadsheet_and_run_nothing(talk) -> None:
    async with talk["cam"].get(f"{ONE}/attempts.csv") as answer:
        raw = await answer.read()
        assert answer.content_type == "text/csv"
        assert "attachment" in answer.headers["Content-Disposition"]
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["contact"] for row in rows] == ["D5", "D4", "D3", "D2", "D1"]
    assert {row["name"] for row in rows} == {"'=1+1"}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    async with talk["cam"].get(f"{ONE}/sales.csv") as answer:
        assert "anna,1,1,1,99.90" in await answer.text()


async def test_a_persons_attempts_are_listed_with_rules_and_what_can_be_heard(talk) -> None:
    _, [told] = await get(talk["cam"], "/api/outbound/journey?who=%2B8613800000001")
    assert (told["attempt"]["rules"], told["attempt"]["outcome"], told["recording"]) == ("us 2", "connected", "D1.1")
    assert (await get(talk["anna"], "/api/outbound/journey?who=%2B8613800000001"))[0] == 403


async def test_a_talk_of_a_campaign_is_heard_by_those_whose_campaign_it_is(house, talk, tmp_path) -> None:
    for leg in ("a.wav", "b.wav"):
        write_wav(house.recordings / leg, b"\0" * 1600)
    house.library.finished("D1", "anna", legs=("a.wav", "b.wav"))
    house.library.finished("call.7", "anna", legs=("a.wav", "b.wav"))
    heard = {}
    for who in ("cam", "lin", "ada", "sue", "anna", "ben"):
        statuses = []
        for offer in ("D1.1", "call.7.1"):
            async with talk[who].get(f"/api/recordings/{offer}") as answer:
                statuses.append(answer.status)
        heard[who] = statuses
    both, none = [200, 200], [404, 404]
    assert heard == {"cam": [200, 404], "lin": none, "ada": both, "sue": both, "anna": both, "ben": none}
    house.outbound.campaigns.now = [replace(CARDS, department="loans"), LOANS]
    async with talk["lin"].get("/api/recordings/D1.1") as answer:
        assert answer.status == 200


async def test_a_file_comes_in_is_checked_and_imported(house, talk) -> None:
    body = b"phone,name\r\n13800000000,Wang\r\nabc,Li\r\n" * 100_000  # larger than other bodies may be
    sent = {"data": body, "headers": {"Content-Type": "application/octet-stream"}}
    async with talk["cam"].post("/api/lists/uploads?file=march.csv", **sent) as answer:
        came = await answer.json()
    assert (came["state"], came["by"], came["columns"]) == ("came", "cam", ["phone", "name"])
    assert b"".join(house.outbound.lists.came) == body
    wanted = {"name": "march", "region": "CN", "mapping": {"phone": "number"}}
    _, checked = await post(talk["cam"], "/api/lists/uploads/u1/check", wanted)
    assert (checked["good"], checked["bad"], checked["rejects"][0]["reason"]) == (2, 1, "letters")
    async with talk["cam"].get("/api/lists/uploads/u1/rejects.csv") as answer:
        assert (answer.status, answer.content_type) == (200, "text/csv")
        assert "2,phone,letters" in await answer.text()
    assert (await post(talk["cam"], "/api/lists/uploads/u1/import", wanted))[1]["state"] == "imported"
    assert (await get(talk["cam"], "/api/lists"))[1][0]["name"] == "march"


async def test_what_is_no_list_is_refused_in_words(talk) -> None:
    sent = {"data": b"%PDF", "headers": {"Content-Type": "application/octet-stream"}}
    async with talk["cam"].post("/api/lists/uploads?file=march.pdf", **sent) as answer:
        assert (answer.status, (await answer.json())["message"]) == (422, "a list is CSV or XLSX")
    async with talk["cam"].post("/api/lists/uploads?file=../../x", **sent) as answer:
        assert answer.status == 400
    async with talk["cam"].post("/api/lists/uploads", **sent) as answer:
        assert answer.status == 400
    assert (await get(talk["cam"], "/api/lists/uploads/none"))[0] == 404
    assert (await post(talk["cam"], "/api/lists/uploads/u1/check", {"name": "No Name"}))[0] == 400


async def test_a_new_list_is_made_of_those_not_reached(talk) -> None:
    status, told = await post(talk["cam"], f"{ONE}/rerun", {"outcomes": ["busy", "no_answer"], "name": "again"})
    assert (status, told["name"], told["source"]) == (200, "again", "cards: busy,no_answer")


async def frames(client: aiohttp.ClientSession) -> AsyncIterator[tuple[str, dict]]:
    async with client.get("/api/events", timeout=aiohttp.ClientTimeout(total=240)) as answer:
        kind = ""
        async for raw in answer.content:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                yield kind, json.loads(line[6:])


async def until(stream: AsyncIterator[tuple[str, dict]], kind: str) -> dict:
    async for name, content in stream:
        if name == kind:
            return content
    raise AssertionError(f"the stream ended without {kind}")


async def test_screens_see_campaigns_as_they_move_each_his_own(house, talk) -> None:
    streams = {who: frames(talk[who]) for who in ("cam", "lin", "sue")}
    first = {who: await until(stream, "campaigns") for who, stream in streams.items()}
    assert {who: [one["campaign"] for one in told["campaigns"]] for who, told in first.items()} == {
        "cam": ["cards", "loans"], "lin": ["loans"], "sue": ["cards", "loans"],
    }  # fmt: skip
    house.outbound.campaigns.now = [replace(CARDS, talking=7), LOANS]
    talking = 0
    while talking != 7:
        told = await asyncio.wait_for(until(streams["cam"], "campaigns"), 60)
        talking = told["campaigns"][0]["talking"]
    for stream in streams.values():
        await stream.aclose()


async def test_an_agent_is_shown_his_next_lead_at_once_and_again_when_he_comes_back(house, talk) -> None:
    stream = frames(talk["anna"])
    await until(stream, "snapshot")
    house.live.lead(said.ShowLead("anna", "cards", LEAD))
    shown = await asyncio.wait_for(until(stream, "lead"), 60)
    assert (shown["campaign"], shown["card"]["name"]) == ("cards", "Wang")
    house.outbound.campaigns.has = {"anna": AgentWork("anna", "cards", preview=LEAD), "ben": AgentWork("ben", "loans")}
    assert (await asyncio.wait_for(until(stream, "work"), 60))["preview"]["lead"] == "march.7"
    await stream.aclose()
    back = frames(talk["anna"])
    assert (await asyncio.wait_for(until(back, "work"), 60))["campaign"] == "cards"
    await back.aclose()
    assert (await get(talk["anna"], "/api/me/work"))[1]["preview"]["name"] == "Wang"
    assert (await get(talk["ben"], "/api/me/work"))[1]["campaign"] == "loans"
