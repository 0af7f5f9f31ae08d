"""A robot agent's screen: logs in over HTTP as a browser does, stays ready, and notes when callers popped up.

It knows nothing of telephones. After a loss (the server was killed, the session is gone) it comes back by
itself.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_PAUSE = 0.3  # between two tries to come back
_RETURN_AFTER = 2.0  # seconds of rest before a robot that was set not ready asks for calls again
_SILENT = 15.0  # the server beats once a second


@dataclass(frozen=True, slots=True)
class Pop:
    """A caller appeared on the screen at `at` (`time.monotonic()`)."""

    offer: str
    contact: str
    number: str
    at: float


@dataclass(frozen=True, slots=True)
class Login:
    """Where the pages are, e.g. `http://127.0.0.1:8080`, and who logs in."""

    url: str
    user: str
    password: str


class RobotScreen:
    """One agent's page. `on_pop` is called for each caller shown, before the phone should ring."""

    def __init__(self, login: Login, on_pop: Callable[[Pop], None]) -> None:
        self._login = login
        self._on_pop = on_pop
        self._rest: asyncio.Task[None] | None = None
        self.state = "offline"
        self.ready = asyncio.Event()
        self.losses = 0
        self.said: dict[str, tuple[str, str]] = {}  # by call to a customer: the word and the amount

    async def watch(self) -> None:
        """Stay logged in and ready until cancelled."""
        jar = aiohttp.CookieJar(unsafe=True)  # unsafe: cookies from a plain IP address too
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=2.0, sock_read=_SILENT)
        async with aiohttp.ClientSession(self._login.url, cookie_jar=jar, timeout=timeout) as web:
            try:
                while True:
                    await self._sit(web)
                    self.losses += 1
                    await asyncio.sleep(_PAUSE)
            finally:
                if self._rest:
                    self._rest.cancel()

    async def _sit(self, web: aiohttp.ClientSession) -> None:
        """Read the events until the stream breaks; log in first where needed."""
        try:
            async with web.get("/api/events") as stream:
                if stream.status == 200:
                    async for event, content in _events(stream.content):
                        await self._take(web, event, content)
                elif stream.status == 401:
                    await self._log_in(web)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return

    async def _log_in(self, web: aiohttp.ClientSession) -> None:
        body = {"user": self._login.user, "password": self._login.password}
        async with web.post("/api/login", json=body) as answer:
            if answer.status != 200:
                return
        await self._want(web, "on")

    async def _want(self, web: aiohttp.ClientSession, state: str) -> None:
        async with web.post("/api/me/state", json={"state": state}) as answer:
            await answer.read()

    async def _take(self, web: aiohttp.ClientSession, event: str, content: Any) -> None:
        if event == "show":
            context = content["context"]
            pop = Pop(content["offer"], context["contact"], context.get("number", ""), time.monotonic())
            self._on_pop(pop)
        elif event == "work":
            await self._say(web, content)
        elif event == "snapshot":
            await self._see(web, content["floor"]["agents"])
        elif event == "floor":
            await self._see(web, content["agents"])

    async def _say(self, web: aiohttp.ClientSession, work: dict[str, Any]) -> None:
        """Say a word on a talk with a customer: the words of the campaign in turn, as attempts are numbered."""
        contact, words = work["contact"], work["results"]
        if not contact or work["given"] or contact in self.said or not words:
            return
        place = sum(contact.encode())
        word, is_success = words[place % len(words)]
        amount = f"{place}.50" if is_success else ""
        said = {"contact": contact, "result": word, "amount": amount}
        async with web.post("/api/me/outcome", json=said) as answer:
            if answer.status == 200:
                self.said[contact] = word, amount

    async def _see(self, web: aiohttp.ClientSession, agents: list[dict[str, Any]]) -> None:
        mine = next((agent for agent in agents if agent["agent"] == self._login.user), None)
        if mine is None:
            return
        before, self.state = self.state, mine["state"]
        if self.state == "offline":
            await self._want(web, "on")
        elif self.state == "not_ready" and (self._rest is None or self._rest.done()):
            pause = _RETURN_AFTER if before not in {"offline", "not_ready"} else 0.0
            self._rest = asyncio.create_task(self._return(web, pause))
        elif self.state == "ready":
            self.ready.set()

    async def _return(self, web: aiohttp.ClientSession, pause: float) -> None:
        await asyncio.sleep(pause)
        try:
            await self._want(web, "ready")
        except (aiohttp.ClientError, TimeoutError):
            return  # the stream breaks too, and its return asks again


async def _events(stream: aiohttp.StreamReader) -> AsyncIterator[tuple[str, Any]]:
    """Server-sent events as (name, content). Lines are as long as the server makes them."""
    event, rest = "", b""
    async for chunk in stream.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"event: "):
                event = line[7:].decode()
            elif line.startswith(b"data: "):
                yield event, json.loads(line[6:])
