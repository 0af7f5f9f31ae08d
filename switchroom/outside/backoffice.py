"""What a demo asks of the running server, over HTTP as any supervisor's browser would.

It knows nothing of the server's insides, and every answer may fail while the server is being killed: then
it is None.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from switchroom.outside.tally import ServerCall

if TYPE_CHECKING:
    from switchroom.outside.screens import Login

PAGE = 1000


class BackOffice:
    """A supervisor's session; `async with`. It logs in when asked first, and again when the session is gone."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._web: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._web = aiohttp.ClientSession(
            self._login.url,
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=10.0),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._web:
            await self._web.close()

    async def alive(self, path: str = "/readyz") -> bool:
        """Tell whether the server answers `path` with 200."""
        return await self._get(path, {}) is not None

    async def floor(self) -> dict[str, Any] | None:
        """The floor as it is now, a `FloorView`."""
        answer: dict[str, Any] | None = await self._ask("/api/floor", {})
        return answer

    async def figures(self, since: float) -> dict[str, Any] | None:
        """The figures from `since` to now."""
        answer: dict[str, Any] | None = await self._ask("/api/figures", {"since": f"{since:.3f}"})
        return answer

    async def reckoning(self) -> dict[str, Any] | None:
        """How the server's own counts agree, since it took the floor."""
        answer: dict[str, Any] | None = await self._ask("/api/figures/reconciliation", {})
        return answer

    async def calls(self, since: float) -> list[ServerCall] | None:
        """Every contact that began at `since` or later."""
        found: dict[str, ServerCall] = {}
        query = {"since": f"{since:.3f}", "limit": str(PAGE)}
        while True:
            rows = await self._ask("/api/contacts", query)
            if rows is None:
                return None
            page = {row["contact"]: _call(row) for row in rows}
            fresh = page.keys() - found.keys()
            found |= page
            if len(rows) < PAGE or not fresh:
                return list(found.values())
            # The oldest moment is asked for once more: several calls may have begun in it.
            query["until"] = f"{min(one.started_at for one in page.values()) + 0.001:.3f}"

    async def _ask(self, path: str, query: dict[str, str]) -> Any:
        answer = await self._get(path, query)
        if answer is None and await self._log_in():
            answer = await self._get(path, query)
        return answer

    async def _get(self, path: str, query: dict[str, str]) -> Any:
        if self._web is None:
            return None
        try:
            async with self._web.get(path, params=query) as answer:
                return await answer.json() if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None

    async def _log_in(self) -> bool:
        if self._web is None:
            return False
        body = {"user": self._login.user, "password": self._login.password}
        try:
            async with self._web.post("/api/login", json=body) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


async def insist(question: Any, within: float) -> Any:
    """Ask again and again until there is an answer. Raises TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while True:
            answer = await question()
            if answer is not None:
                return answer
            await asyncio.sleep(0.2)


def _call(row: dict[str, Any]) -> ServerCall:
    answered = row["answered_at"] is not None
    return ServerCall(row["contact"], row["number"], row["started_at"], row["outcome"], row["talked"], answered)
