"""What a demo asks of the running server, over HTTP as any supervisor's browser would.

It knows nothing of the server's insides, and every answer may fail while the server is being killed: then
it is None.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from cti.ids import is_dialled
from switchroom.outside.tally import ServerCall

if TYPE_CHECKING:
    from switchroom.outside.screens import Login

PAGE = 1000
_DONE, _LOGGED_OUT, _AWAY = 200, 401, 500


class Refused(Exception):
    """The server does not do what it was told, and says why."""


class BackOffice:
    """A session of a supervisor or an administrator; `async with`.

    It logs in when asked first, and again when the session is gone.
    """

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
        """Every contact of callers that began at `since` or later; whom we called is none."""
        found: dict[str, ServerCall] = {}
        seen: set[str] = set()
        query = {"since": f"{since:.3f}", "limit": str(PAGE)}
        while True:
            rows = await self._ask("/api/contacts", query)
            if rows is None:
                return None
            found |= {row["contact"]: _call(row) for row in rows if not is_dialled(row["contact"])}
            fresh = {row["contact"] for row in rows} - seen
            seen |= fresh
            if len(rows) < PAGE or not fresh:
                return list(found.values())
            # The oldest moment is asked for once more: several calls may have begun in it.
            query["until"] = f"{min(row['started_at'] for row in rows) + 0.001:.3f}"

    async def ask(self, path: str, query: dict[str, str] | None = None) -> Any:
        """The answer; None while the server is away, or when it has none."""
        return await self._ask(path, query or {})

    async def heard(self, offer: str) -> bytes:
        """The recording of a talk, b"" where there is none."""
        if self._web is None:
            return b""
        async with self._web.get(f"/api/recordings/{offer}") as answer:
            return await answer.read() if answer.status == _DONE else b""

    async def tell(self, path: str, said: dict[str, Any] | bytes) -> Any:
        """Say something; None while the server is away. Raises `Refused` with the server's own words."""
        answer = await self._post(path, said)
        if answer is None or answer[0] == _LOGGED_OUT:
            answer = await self._post(path, said) if await self._log_in() else None
        if answer is None or answer[0] >= _AWAY:
            return None
        if answer[0] != _DONE:
            raise Refused(f"{path}: {answer[1].get('message', answer[0])}")
        return answer[1]

    async def _post(self, path: str, said: dict[str, Any] | bytes) -> tuple[int, Any] | None:
        if self._web is None:
            return None
        kind = "application/octet-stream" if isinstance(said, bytes) else "application/json"
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        try:
            async with self._web.post(path, data=body, headers={"Content-Type": kind}) as answer:
                return answer.status, await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None

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
