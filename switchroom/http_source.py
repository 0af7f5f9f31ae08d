"""Asking a source over HTTP: one question, one answer of bounded size, no redirect followed.

It does not know deadlines of callers, nor what is kept of an answer. What is asked and answered never gets into an
error's text: an address holds keys, a body holds secrets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from switchroom.asked_sources import Failed, Found, Outcome, Reply

if TYPE_CHECKING:
    from customers.guards import Pairs
    from switchroom.asked_sources import SourcePlan

LONGEST_ANSWER: Final = 64 * 1024  # bytes
AT_ONCE: Final = 100  # connections to one source
_STATUS: Final = {
    404: Outcome.NOT_FOUND, 401: Outcome.REFUSED, 403: Outcome.REFUSED, 422: Outcome.REFUSED, 423: Outcome.LOCKED,
}  # fmt: skip

Headers = Mapping[str, str]


class HttpSources:
    """Connections of our own, shared by all sources over HTTP. `headers` reads a source's own ones from its file."""

    def __init__(self, headers: Callable[[str], Headers]) -> None:
        self._headers = headers
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, plan: SourcePlan, keys: Pairs, secrets: Pairs) -> Reply:
        """The source's answer. Raises `Failed` with the reason, `TimeoutError` after the source's own time-out."""
        url, body = _asked(plan, dict(keys), dict(secrets))
        try:
            headers = {"Accept": "application/json", **self._headers(plan.headers_from)} if plan.headers_from else None
        except (OSError, ValueError) as fault:
            raise Failed(f"its headers cannot be read ({type(fault).__name__})") from None
        try:
            async with self._open().request(
                plan.method, url, json=body, headers=headers, allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=plan.timeout),
            ) as answer:  # fmt: skip
                return await _read(plan, answer)
        except TimeoutError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise Failed(type(fault).__name__) from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, limit_per_host=AT_ONCE),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "switchroom", "Accept": "application/json", "Accept-Encoding": "identity"},
                auto_decompress=False,  # a small answer must not become a large one
            )
        return self._session


def _asked(plan: SourcePlan, keys: dict[str, str], secrets: dict[str, str]) -> tuple[URL, dict[str, str] | None]:
    """The address, and the body of a POST. `{key}` in the address is filled; GET has the other keys in its query."""
    address, rest = plan.url, dict(keys)
    for name, value in keys.items():
        if f"{{{name}}}" in address:
            address = address.replace(f"{{{name}}}", quote(value, safe=""))
            rest.pop(name)
    if plan.method == "POST":
        return URL(address, encoded=True), {**keys, **secrets}
    query = urlencode(rest)
    return URL(f"{address}{'&' if '?' in address else '?'}{query}" if query else address, encoded=True), None


async def _read(plan: SourcePlan, answer: aiohttp.ClientResponse) -> Reply:
    status = answer.status
    if status in _STATUS:
        outcome = _STATUS[status]
        if outcome is Outcome.REFUSED and not plan.secret:
            raise Failed(f"status {status} to a question without a secret: are its headers right?")
        return Reply(outcome)
    if status != 200:
        raise Failed(f"status {status}")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise Failed("a compressed answer, which was not asked for")
    body = bytearray()
    async for part in answer.content.iter_chunked(16 * 1024):
        body += part
        if len(body) > LONGEST_ANSWER:
            answer.close()
            raise Failed(f"an answer of more than {LONGEST_ANSWER} bytes")
    return Found(_values(plan, bytes(body)))


def _values(plan: SourcePlan, body: bytes) -> Pairs:
    """The text of each value that the source returns; numbers as they are written."""
    try:
        told = json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise Failed("an answer that is no JSON") from None
    if not isinstance(told, dict):
        raise Failed("an answer that is no JSON object")
    return tuple((name, _text(told.get(name), name)) for name in plan.returns)


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise Failed(f"an answer in which '{name}' is no text")
    return value
