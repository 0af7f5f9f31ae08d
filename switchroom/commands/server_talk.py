"""Asking a running server something over its API, as a person who is logged in.

It does not know what is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from switchroom.commands.answers import OutsideError, UsageError, settings_from
from switchroom.secret_files import read_secret
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class LogIn:
    """Who asks: a user of the desk, and the file that holds his password."""

    user: str
    password_file: Path | None
    config: Path | None


class ServerRefused(UsageError):
    """The server will not do it; the text is its reason."""


def ask_server(who: LogIn, path: str, body: dict[str, Any] | None = None) -> Any:
    """GET `path`, or POST `body` to it, and return the JSON of the answer.

    Raises ServerRefused with the server's reason, UsageError without a password, OutsideError when nobody answers.
    """
    url, login = _place(who)
    try:
        return asyncio.run(_ask(url, login, path, body))
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        raise OutsideError(say("server.silent", url=url, why=type(fault).__name__), say("server.remedy")) from fault


async def server_answers(who: LogIn, path: str, every: float) -> AsyncIterator[Any]:
    """GET `path` again and again, `every` seconds, within one session. Raises as `ask_server` does."""
    url, login = _place(who)
    try:
        async with _session(url, login) as web:
            while True:
                yield await _answer(web.get(path))
                await asyncio.sleep(every)
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        raise OutsideError(say("server.silent", url=url, why=type(fault).__name__), say("server.remedy")) from fault


def _place(who: LogIn) -> tuple[str, dict[str, str]]:
    """Where the server listens, and who logs in there."""
    if who.password_file is None:
        raise UsageError(say("server.password"))
    settings = settings_from(who.config).settings
    host = "127.0.0.1" if settings.http.host in {"0.0.0.0", "::"} else settings.http.host  # noqa: S104  never bound here
    return f"http://{host}:{settings.http.port}", {"user": who.user, "password": read_secret(who.password_file)}


async def _ask(url: str, login: dict[str, str], path: str, body: dict[str, Any] | None) -> Any:
    async with _session(url, login) as web:
        return await _answer(web.get(path) if body is None else web.post(path, json=body))


@asynccontextmanager
async def _session(url: str, login: dict[str, str]) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)  # unsafe: cookies from a plain IP address too
    async with aiohttp.ClientSession(url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(PATIENCE)) as web:
        await _answer(web.post("/api/login", json=login))
        try:
            yield web
        finally:
            await _answer(web.post("/api/logout", json={}))


async def _answer(asked: Any) -> Any:
    async with asked as answer:
        told = await answer.json(content_type=None)
        if answer.status >= 400:
            raise ServerRefused(str(told.get("message", answer.status)))
        return told
