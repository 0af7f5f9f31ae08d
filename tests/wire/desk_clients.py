"""Everybody's clients of one desk: an agent or two, a supervisor, and one who is nobody."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from desk_fakes import PASSWORDS, House, known_users
from yarl import URL

from desk.users import Users


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
async def talk(house: House) -> AsyncIterator[dict[str, aiohttp.ClientSession]]:
    """A client per user, logged in, and one that is nobody."""
    made = {
        who: aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        for who in ("anna", "ben", "sue", "nobody")
    }
    for who in PASSWORDS:
        made[who].cookie_jar.update_cookies(house.cookie(who), URL(house.url))
    yield made
    for client in made.values():
        await client.close()


async def get(client: aiohttp.ClientSession, path: str, **more) -> tuple[int, object]:
    async with client.get(path, **more) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if "json" in answer.content_type else text


async def post(client: aiohttp.ClientSession, path: str, **more) -> tuple[int, dict]:
    async with client.post(path, **more) as answer:
        return answer.status, await answer.json()
