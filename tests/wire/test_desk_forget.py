"""A person is taken out over the API by administrators alone, and blocked before anything of him goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from desk_fakes import House, known_users
from yarl import URL

from desk.campaign_vocabulary import NumberBlockAsked
from desk.forgetting_view import Forgotten, NotForgotten
from desk.outbound import OutboundDesk

pytestmark = pytest.mark.wire

NUMBERS = ("+8613800000001", "+8613800000002")
PATH, WORD = "/api/outbound/forget", {"number": "138 0000 0001", "why": " letter "}


class People:
    """One person with two numbers; who is on the line is not forgotten."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.talks = False

    async def numbers(self, number):
        del number
        return NUMBERS

    async def forget(self, number, by, why, *, recordings=False):
        if self.talks:
            raise NotForgotten("he is on the line just now")
        self.asked.append((number, by, why) + (("recordings",) if recordings else ()))
        return Forgotten("erased-x", NUMBERS, 1, 2, 3, 4, ("a/b",))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    made.outbound = OutboundDesk(people=People())
    await made.open(known_users(tmp_path))
    yield made
    await made.close()


async def post(house: House, who: str, body: object) -> tuple[int, object]:
    async with aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        client.cookie_jar.update_cookies(house.cookie(who), URL(house.url))
        async with client.post(PATH, json=body) as answer:
            return answer.status, await answer.json()


async def test_an_administrator_has_a_person_taken_out_whose_numbers_are_blocked_first(house):
    status, told = await post(house, "ada", WORD)
    assert (status, told["word"], told["numbers"], told["recordings"]) == (200, "erased-x", [*NUMBERS], ["a/b"])
    assert house.floor.told == [NumberBlockAsked("ada", one, "letter", "", prefix=False) for one in NUMBERS]
    assert house.outbound.people.asked == [("138 0000 0001", "ada", "letter")]


async def test_recordings_go_where_that_is_asked_for(house):
    assert (await post(house, "ada", {**WORD, "recordings": True}))[0] == 200
    assert house.outbound.people.asked == [("138 0000 0001", "ada", "letter", "recordings")]


async def test_nobody_else_does_and_not_without_a_reason(house):
    for who in ("cam", "sue", "anna"):
        assert (await post(house, who, WORD))[0] == 403
    for body in ({"number": "138"}, {"number": "x", "why": "letter"}, {"number": "138", "why": " "}):
        assert (await post(house, "ada", body))[0] == 400
    assert house.floor.told == []


async def test_who_is_on_the_line_is_blocked_and_not_forgotten_yet(house):
    house.outbound.people.talks = True
    status, told = await post(house, "ada", WORD)
    assert (status, told["error"]) == (409, "not_forgotten")
    assert len(house.floor.told) == 2
