"""Laws over the API: who watches campaigns reads them, administrators agree, and to what they have read alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from desk_fakes import House, known_users
from yarl import URL

from desk.law_view import LawAgreeAsked, LawRule, LawView
from desk.outbound import OutboundDesk

pytestmark = pytest.mark.wire

OHIO = LawView("ohio", "2", "a" * 64, in_force=False, widens=("cap",), first="lin", text="{}")
PATH = "/api/laws/ohio/agree"
WORD = {"digest": OHIO.digest, "why": "read it"}


class Laws:
    """One law of the house; the test may change it."""

    def __init__(self) -> None:
        self.now = [OHIO]

    def views(self):
        return list(self.now)

    def rules(self, law, language):
        return [LawRule("cap", "Cap", f"2 % {language}", "us", ours=False)] if law == "ohio" else None


@pytest.fixture(scope="module")
def users(tmp_path_factory):
    return known_users(tmp_path_factory.mktemp("users"))


@pytest.fixture
async def house(tmp_path: Path, users) -> AsyncIterator[House]:
    made = House(tmp_path)
    made.outbound = OutboundDesk(laws=Laws())
    await made.open(users)
    yield made
    await made.close()


async def ask(house: House, who: str, path: str, body: object = None) -> tuple[int, object]:
    async with aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        client.cookie_jar.update_cookies(house.cookie(who), URL(house.url))
        async with client.request("GET" if body is None else "POST", path, json=body) as answer:
            return answer.status, await answer.json()


async def test_who_watches_campaigns_reads_the_laws_and_agents_do_not(house):
    seen = {who: (await ask(house, who, "/api/laws"))[0] for who in ("anna", "sue", "cam", "ada")}
    assert seen == {"anna": 403, "sue": 200, "cam": 200, "ada": 200}
    ((_, (law,)),) = [await ask(house, "ada", "/api/laws")]
    assert (law["law"], law["widens"], law["first"], law["in_force"]) == ("ohio", ["cap"], "lin", False)


async def test_a_law_is_read_out_in_the_language_that_is_asked_for(house):
    status, (rule,) = await ask(house, "cam", "/api/laws/ohio/rules?language=zh")
    assert (status, rule["rule"], rule["says"], rule["source"], rule["ours"]) == (200, "cap", "2 % zh", "us", False)
    assert (await ask(house, "cam", "/api/laws/none/rules"))[0] == 404
    assert (await ask(house, "cam", "/api/laws/ohio/rules?language=fr"))[0] == 400
    assert (await ask(house, "anna", "/api/laws/ohio/rules"))[0] == 403


async def test_only_an_administrator_agrees_and_the_floor_is_told_who(house):
    assert [(await ask(house, who, PATH, WORD))[0] for who in ("anna", "sue", "cam")] == [403, 403, 403]
    assert house.floor.told == []
    assert await ask(house, "ada", PATH, WORD) == (200, {"done": True})
    assert house.floor.told == [LawAgreeAsked("ada", "ohio", OHIO.digest, "read it")]


async def test_nobody_agrees_to_what_he_has_not_read_nor_without_a_reason(house):
    assert (await ask(house, "ada", PATH, {**WORD, "digest": "b" * 64}))[0] == 409
    assert (await ask(house, "ada", PATH, {**WORD, "why": " "}))[0] in {400, 422}
    assert (await ask(house, "ada", "/api/laws/iowa/agree", WORD))[0] == 404
    house.outbound.laws.now = [replace(OHIO, in_force=True)]
    assert (await ask(house, "ada", PATH, WORD))[0] == 409
    assert house.floor.told == []
