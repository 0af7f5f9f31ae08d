"""The addresses of a talk: what each tells the floor, and what is refused before the floor is told."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest
from desk_clients import house, post, talk, users  # noqa: F401 - fixtures
from desk_fakes import agent

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

pytestmark = pytest.mark.wire


async def tell(client: aiohttp.ClientSession, path: str, **content) -> tuple[int, dict]:
    return await post(client, path, json=content)


@pytest.mark.parametrize("wish", [*Wish])
async def test_a_wish_is_told_in_the_name_of_who_asks(house, talk, wish) -> None:
    assert await tell(talk["anna"], f"/api/talk/{wish}", contact="a.1") == (200, {"done": True})
    assert house.floor.told == [AgentWished("anna", "a.1", wish)]


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [("transfer", "queue", AgentAskedTransfer), ("transfer", "flow", AgentAskedTransfer),
     ("consult", "agent", AgentAskedConsult)],
)  # fmt: skip
async def test_passing_on_and_asking_name_somebody(house, talk, path, kind, message) -> None:
    assert (await tell(talk["anna"], f"/api/talk/{path}", contact="a.1", kind=kind, target=" cards "))[0] == 200
    assert house.floor.told == [message("anna", "a.1", Kind(kind), "cards")]


@pytest.mark.parametrize(
    ("target", "error"),
    [("95588", "number_not_allowed"), ("110", "number_not_allowed"), ("9;x", "no_number"), ("", "")],
)
@pytest.mark.parametrize("path", ["transfer", "consult"])
async def test_a_number_that_is_none_or_is_not_allowed_is_refused_before_the_floor_is_told(
    house, talk, path, target, error
) -> None:
    status, told = await tell(talk["anna"], f"/api/talk/{path}", contact="a.1", kind="outside", target=target)
    assert (status, told["error"]) == ((422, error) if error else (400, "bad_field"))
    assert house.floor.told == []


@pytest.mark.parametrize("ear", [*Ear])
async def test_only_a_supervisor_is_let_to_the_ears_of_others(house, talk, ear) -> None:
    assert (await tell(talk["anna"], f"/api/supervise/{ear}", contact="b.1", phone="anna"))[0] == 403
    assert house.floor.told == []
    assert (await tell(talk["sue"], f"/api/supervise/{ear}", contact="b.1", phone="boss-1"))[0] == 200
    assert (await tell(talk["sue"], "/api/supervise/leave", contact="b.1"))[0] == 200
    assert house.floor.told == [SupervisorAskedEar("sue", "b.1", ear, "boss-1"), SupervisorWentOff("sue", "b.1")]


@pytest.mark.parametrize("phone", ["a b", "x\r\nChannel: y", "../x", "PJSIP/9", "x" * 41])
async def test_a_phone_that_is_no_name_of_one_is_refused(house, talk, phone) -> None:
    assert (await tell(talk["sue"], "/api/supervise/listen", contact="b.1", phone=phone))[0] == 400
    assert house.floor.told == []


async def test_whom_a_caller_can_be_passed_on_to_is_told_by_name_and_state_only(house, talk) -> None:
    house.floor.change(
        agents=(*house.floor.view.agents, agent("carl", "offline")), queues=("cards", "loans"), flows=("hotline",)
    )
    async with talk["anna"].get("/api/talk/targets") as answer:
        assert await answer.json() == {
            "agents": [{"agent": "ben", "name": "Ben", "state": "offered"}],
            "queues": ["cards", "loans"], "flows": ["hotline"], "outside": [],
        }  # fmt: skip


async def test_an_agent_does_not_see_who_listens(house) -> None:
    first, *others = house.floor.view.contacts
    house.floor.change(contacts=(replace(first, heard_by=(("sue", "listen"),)), *others))
    assert [one.heard_by for one in floor_of("anna", house.floor.view).contacts] == [()]
