"""What the server itself remembers of a call that was made on a real line: path, queue, outcome, by its API.

It does not hear anything. Without an address or a log-in nothing can be asked, and nothing is claimed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from switchroom.trial import script as s

_WITHIN = 10.0  # seconds in which the server must have written the end of a call
_CLOCKS_APART = 5.0  # seconds by which the server's clock may be behind ours


@dataclass(frozen=True, slots=True)
class Asking:
    """Where the server's pages are, and who logs in. `url` "" when nobody is to be asked."""

    url: str = ""
    user: str = ""
    password: str = ""


class Silent(Exception):
    """The server did not tell; the text says why."""


async def story_of(asking: Asking, number: str, called: str, since: float) -> Mapping[str, Any]:
    """The story of the last call of `number` to `called` that began after `since`, once it has ended. Raises Silent."""
    if not asking.url or not asking.password:
        raise Silent("no log-in was given")
    jar = aiohttp.CookieJar(unsafe=True)  # unsafe: cookies from a plain IP address too
    try:
        async with aiohttp.ClientSession(asking.url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(10)) as web:
            async with web.post("/api/login", json={"user": asking.user, "password": asking.password}) as answer:
                if answer.status != 200:
                    raise Silent(f"the server refused the log-in ({answer.status})")
            return await _ended(web, number, called, since)
    except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
        raise Silent(f"the server at {asking.url} does not answer ({type(fault).__name__})") from fault


async def _ended(web: aiohttp.ClientSession, number: str, called: str, since: float) -> Mapping[str, Any]:
    deadline = time.monotonic() + _WITHIN
    while time.monotonic() < deadline:
        asked = {"since": str(since - _CLOCKS_APART), "limit": "1000"}
        async with web.get("/api/contacts", params=asked) as answer:
            rows = await answer.json() if answer.status == 200 else []
        ours = [row for row in rows if row["number"] == number and row["called"] == called and row["outcome"]]
        if ours:
            newest = max(ours, key=lambda row: float(row["started_at"]))
            async with web.get(f"/api/contacts/{newest['contact']}") as answer:
                return dict(await answer.json())
        await asyncio.sleep(0.3)
    raise Silent("the server knows no such call that has ended")


def seen_in(story: Mapping[str, Any]) -> list[s.Sight]:
    """The sights that a story tells of, for what is not heard."""
    context = story["context"]
    path = [visit["step"] for visit in _visits(context["path"])]
    sights = [s.Sight("enter", (step,)) for step in path]
    sights += [s.Sight("keep", (name, value)) for name, value in context["kept"]]
    sights += [s.Sight("agent", (offer["agent"],)) for offer in story["offers"]]
    sights += [s.Sight("join queue", (context["queue"],))] if context["queue"] else []
    sights += [s.Sight("language", (context["language"],))]
    sights += [s.Sight("breakpoint", (context["breakpoint"],))] if context["breakpoint"] else []
    return [*sights, s.Sight("end", (), (("path", ", ".join(path)),)), s.Sight("outcome", (story["outcome"],))]


def _visits(path: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each visit once, however often the step was tried."""
    return [visit for at, visit in enumerate(path) if at == 0 or path[at - 1]["exit"] != "again"]


KNOWN = frozenset({"enter", "keep", "agent", "join queue", "language", "end", "outcome"})
WITHOUT: Mapping[str, Callable[[s.Sight], s.Sight]] = {
    "join queue": lambda sight: s.Sight(sight.name, sight.words),  # a story names the queue, not what it was asked for
}
