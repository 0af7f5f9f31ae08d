"""A supervisor's word over the API and the command line: who may say it, what is refused, what is told to the floor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from desk_fakes import NOW, PASSWORDS, House, known_users
from yarl import URL

from desk.steered import AgentAlterationAsked, AlterationUndoAsked, QueueSwitchAsked, QueueWish
from desk.steering_view import ChangeView, QueueView
from desk.users import Users
from desk.vocabulary import Refused

pytestmark = pytest.mark.wire

ALTER = ("/api/agents/anna", {"skills": {"cards": 3}, "why": "training"})
SWITCH = ("/api/queues/cards", {"state": "closed", "why": "fire drill"})
UNDO = ("/api/agents/anna/undo", {"change": 4, "why": "wrong agent"})


class Steered:
    """What the floor says of itself."""

    def queues(self):
        return [QueueView("cards", is_open=False, held=True, calendar="office", waiting=3, needs="cards 2")]

    async def changes(self, since, until, limit):
        assert (since, until, limit) == (NOW - 86_400, NOW, 200)
        return [ChangeView(NOW - 5, "agent", "anna", "sue", "training", "altered", "a", "b", 4, stands=True)]


@pytest.fixture(scope="module")
def users(tmp_path_factory) -> Users:
    return known_users(tmp_path_factory.mktemp("users"))


@pytest.fixture
async def house(tmp_path: Path, users: Users) -> AsyncIterator[House]:
    made = House(tmp_path)
    made.steering.now = Steered()
    await made.open(users)
    yield made
    await made.close()


@pytest.fixture
async def talk(house: House) -> AsyncIterator[dict[str, aiohttp.ClientSession]]:
    made = {
        who: aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        for who in (*PASSWORDS, "nobody")
    }
    for who in PASSWORDS:
        made[who].cookie_jar.update_cookies(house.cookie(who), URL(house.url))
    yield made
    for client in made.values():
        await client.close()


async def post(client: aiohttp.ClientSession, path: str, body: object) -> tuple[int, dict]:
    async with client.post(path, json=body) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(("path", "body"), [ALTER, SWITCH, UNDO], ids=["alter", "switch", "undo"])
async def test_only_a_supervisor_may_say_it(house, talk, path, body) -> None:
    assert (await post(talk["nobody"], path, body))[0] == 401
    assert (await post(talk["anna"], path, body))[0] == 403
    assert house.floor.told == []
    assert await post(talk["sue"], path, body) == (200, {"done": True})


async def test_the_floor_is_told_who_wants_what_and_why(house, talk) -> None:
    for path, body in (ALTER, SWITCH, UNDO):
        await post(talk["sue"], path, body)
    await post(talk["sue"], "/api/agents/anna", {"queues": ["all"], "why": " short of people "})
    await post(talk["sue"], "/api/queues/cards", {"state": "calendar", "why": "over", "release": True})
    assert house.floor.told == [
        AgentAlterationAsked("sue", "anna", "training", None, (("cards", 3),)),
        QueueSwitchAsked("sue", "cards", QueueWish.CLOSED, "fire drill"),
        AlterationUndoAsked("sue", "anna", 4, "wrong agent"),
        AgentAlterationAsked("sue", "anna", "short of people", ("all",), None),
        QueueSwitchAsked("sue", "cards", QueueWish.CALENDAR, "over", release=True),
    ]


MALFORMED = [
    ("/api/agents/anna", {"skills": {"cards": 3}}),
    ("/api/agents/anna", {"skills": {"cards": 3}, "why": "   "}),
    ("/api/agents/anna", {"skills": {"cards": 10}, "why": "x"}),
    ("/api/agents/anna", {"skills": {"cards": "many"}, "why": "x"}),
    ("/api/agents/anna", {"why": "x"}),
    ("/api/agents/anna", {"queues": [], "why": "x"}),
    ("/api/agents/anna", {"skills": {"cards": 3}, "why": "x", "by": "somebody"}),
    ("/api/agents/anna", {"skills": {"cards": 3}, "why": "x\r\nInjected: yes"}),
    ("/api/queues/cards", {"state": "shut", "why": "x"}),
    ("/api/agents/anna/undo", {"change": 0, "why": "x"}),
]


@pytest.mark.parametrize(("path", "body"), MALFORMED, ids=[json.dumps(body) for _, body in MALFORMED])
async def test_what_is_malformed_is_refused_and_told_to_nobody(house, talk, path, body) -> None:
    status, answer = await post(talk["sue"], path, body)
    assert status == 400
    assert answer["error"] == "bad_field"
    assert house.floor.told == []


async def test_the_floor_s_refusal_is_told_in_its_words(house, talk, monkeypatch) -> None:
    async def refuses(message):
        raise Refused("there is no queue 'cards'")

    monkeypatch.setattr(house.floor, "tell", refuses)
    assert await post(talk["sue"], *SWITCH) == (409, {"error": "refused", "message": "there is no queue 'cards'"})


async def test_queues_and_changes_are_listed_for_a_supervisor_alone(talk) -> None:
    async with talk["sue"].get("/api/queues") as answer:
        [row] = await answer.json()
    assert (row["queue"], row["is_open"], row["held"], row["waiting"]) == ("cards", False, True, 3)
    async with talk["sue"].get("/api/changes") as answer:
        [change] = await answer.json()
    assert (change["subject"], change["by"], change["why"], change["change"]) == ("anna", "sue", "training", 4)
    for path in ("/api/queues", "/api/changes"):
        async with talk["anna"].get(path) as answer:
            assert answer.status == 403


async def test_the_command_line_says_it_as_a_person(house, tmp_path) -> None:
    password = tmp_path / "password"
    password.write_text(PASSWORDS["sue"] + "\n")
    password.chmod(0o600)
    config = tmp_path / "switchroom.toml"
    port = URL(house.url).port
    config.write_text(f'[http]\nhost = "127.0.0.1"\nport = {port}\n[server]\ndata = "{tmp_path}/var"\n')
    login = ["--user", "sue", "--password-file", str(password), "--config", str(config)]

    async def run(*words: str) -> tuple[int, str]:
        import asyncio  # noqa: PLC0415 - the only test that needs it

        program = [sys.executable, "-c", "from switchroom.cli import main; main()", *words, *login]
        done = await asyncio.create_subprocess_exec(
            *program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={"LANGUAGE": "en", "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(tmp_path)},
        )  # fmt: skip
        told, _ = await done.communicate()
        return done.returncode or 0, told.decode()

    assert await run("agent", "anna", "--skills", "cards=3,english", "--why", "training") == (
        0, "Agent anna is changed, for callers who wait already, too.\n",
    )  # fmt: skip
    code, told = await run("queue")
    assert code == 0
    assert "cards" in told
    assert "by a person" in told
    assert (await run("queue", "cards", "closed"))[0] == 2
    assert (await run("agent", "anna", "--skills", "Cards", "--why", "x"))[0] == 2
    assert house.floor.told == [AgentAlterationAsked("sue", "anna", "training", None, (("cards", 3), ("english", 1)))]
