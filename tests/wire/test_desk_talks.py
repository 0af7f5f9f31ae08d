"""The addresses of a talk: what each tells the floor, and what is refused before the floor is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from desk_fakes import PASSWORDS, House, agent, known_users
from yarl import URL

from desk.changes import floor_of
from desk.talk_vocabulary import (
    AgentAskedConsult,
    AgentAskedTransfer,
    AgentWished,
    Ear,
    Kind,
    SupervisorAskedEar,
    SupervisorWentOff,
    Wish,
)
from desk.users import Users

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def users(tmp_path_factory) -> Users:
    return known_users(tmp_path_factory.mktemp("users"))


@pytest.fixture
async def house(tmp_path: Path, users: Users) -> AsyncIterator[House]:
    made = House(tmp_path)
    await made.open(users)
    yield made
    await made.close()


@pytest.fixture
async def clients(house: House) -> AsyncIterator[dict[str, aiohttp.ClientSession]]:
    made = {who: aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) for who in PASSWORDS}
    for who, client in made.items():
        client.cookie_jar.update_cookies(house.cookie(who), URL(house.url))
    yield made
    for client in made.values():
        await client.close()


async def post(client: aiohttp.ClientSession, path: str, **content) -> tuple[int, dict]:
    async with client.post(path, json=content) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("wish", [*Wish])
async def test_a_wish_is_told_in_the_name_of_who_asks(house, clients, wish) -> None:
    assert await post(clients["anna"], f"/api/talk/{wish}", contact="a.1") == (200, {"done": True})
    assert house.floor.told == [AgentWished("anna", "a.1", wish)]


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [("transfer", "queue", AgentAskedTransfer), ("transfer", "flow", AgentAskedTransfer),
     ("consult", "agent", AgentAskedConsult)],
)  # fmt: skip
async def test_passing_on_and_asking_name_somebody(house, clients, path, kind, message) -> None:
    assert (await post(clients["anna"], f"/api/talk/{path}", contact="a.1", kind=kind, target=" cards "))[0] == 200
    assert house.floor.told == [message("anna", "a.1", Kind(kind), "cards")]


@pytest.mark.parametrize(
    ("target", "error"),
    [("95588", "number_not_allowed"), ("110", "number_not_allowed"), ("9;x", "no_number"), ("", "")],
)
@pytest.mark.parametrize("path", ["transfer", "consult"])
async def test_a_number_that_is_none_or_is_not_allowed_is_refused_before_the_floor_is_told(
    house, clients, path, target, error
) -> None:
    status, told = await post(clients["anna"], f"/api/talk/{path}", contact="a.1", kind="outside", target=target)
    assert (status, told["error"]) == ((422, error) if error else (400, "bad_field"))
    assert house.floor.told == []


@pytest.mark.parametrize("ear", [*Ear])
async def test_only_a_supervisor_is_let_to_the_ears_of_others(house, clients, ear) -> None:
    assert (await post(clients["anna"], f"/api/supervise/{ear}", contact="b.1", phone="anna"))[0] == 403
    assert house.floor.told == []
    assert (await post(clients["sue"], f"/api/supervise/{ear}", contact="b.1", phone="boss-1"))[0] == 200
    assert (await post(clients["sue"], "/api/supervise/leave", contact="b.1"))[0] == 200
    assert house.floor.told == [SupervisorAskedEar("sue", "b.1", ear, "boss-1"), SupervisorWentOff("sue", "b.1")]


@pytest.mark.parametrize("phone", ["a b", "x\r\nChannel: y", "../x", "PJSIP/9", "x" * 41])
async def test_a_phone_that_is_no_name_of_one_is_refused(house, clients, phone) -> None:
    assert (await post(clients["sue"], "/api/supervise/listen", contact="b.1", phone=phone))[0] == 400
    assert house.floor.told == []


async def test_whom_a_caller_can_be_passed_on_to_is_told_by_name_and_state_only(house, clients) -> None:
    house.floor.change(
        agents=(*house.floor.view.agents, agent("carl", "offline")), queues=("cards", "loans"), flows=("hotline",)
    )
    async with clients["anna"].get("/api/talk/targets") as answer:
        assert await answer.json() == {
            "agents": [{"agent": "ben", "name": "Ben", "state": "offered"}],
            "queues": ["cards", "loans"], "flows": ["hotline"], "outside": [],
        }  # fmt: skip


async def test_an_agent_does_not_see_who_listens(house) -> None:
    first, *others = house.floor.view.contacts
    house.floor.change(contacts=(replace(first, heard_by=(("sue", "listen"),)), *others))
    assert [one.heard_by for one in floor_of("anna", house.floor.view).contacts] == [()]
