"""`switchroom autopilot`: what the running server's autopilot foresees and has done, and a supervisor's word to it.

It does not know the autopilot; it asks the server's API, as the pages do.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import aiohttp

from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.moments import zone_of
from switchroom.secret_files import read_secret
from switchroom.words import say

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Wish:
    """`undo` names an act in force, `turn` is "", on or off."""

    undo: str
    turn: str
    user: str
    password_file: Path | None


def autopilot(wish: Wish, config: Path | None, *, as_json: bool) -> Code:
    """Say the supervisor's word, if there is one, and show how things stand then."""
    settings = settings_from(config).settings
    if wish.password_file is None:
        raise UsageError(say("autopilot.password"))
    url = f"http://{settings.http.host}:{settings.http.port}"
    view = asyncio.run(_ask(url, wish, read_secret(wish.password_file)))
    if as_json:
        print_json(view)
    else:
        _show(view, zone_of(settings.server.timezone))
    return Code.OK


async def _ask(url: str, wish: Wish, password: str) -> dict[str, Any]:
    jar = aiohttp.CookieJar(unsafe=True)  # unsafe: cookies from a plain IP address too
    timeout = aiohttp.ClientTimeout(TIMEOUT)
    try:
        async with aiohttp.ClientSession(url, cookie_jar=jar, timeout=timeout) as web:
            await _post(web, "/api/login", {"user": wish.user, "password": password})
            if wish.undo:
                await _post(web, "/api/autopilot/undo", {"act": wish.undo})
            if wish.turn:
                await _post(web, "/api/autopilot/turn", {"on": wish.turn == "on"})
            async with web.get("/api/autopilot") as answer:
                return dict(await _told(answer))
    except (aiohttp.ClientError, TimeoutError) as fault:
        problem = say("autopilot.server", url=url, why=type(fault).__name__)
        raise OutsideError(problem, say("autopilot.server.remedy")) from fault


async def _post(web: aiohttp.ClientSession, path: str, body: dict[str, object]) -> None:
    async with web.post(path, json=body) as answer:
        await _told(answer)


async def _told(answer: aiohttp.ClientResponse) -> Any:
    told = await answer.json()
    if answer.status != 200:
        raise UsageError(str(told.get("message", answer.status)))
    return told


def _show(view: dict[str, Any], zone: tzinfo) -> None:
    if not view["is_there"]:
        print_line(say("autopilot.none"))
        return
    state = say("autopilot.on") if view["on"] else say("autopilot.off")
    print_line(say("autopilot.state", state=state, pace=100 * view["pace"]))
    for seen in view["forecasts"]:
        told = {**seen, "share": _share(seen["share"]), "below": 100 * seen["act_below"]}
        print_line(say("autopilot.forecast", **told))
        for act in view["acts"]:
            if act["queue"] == seen["queue"]:
                since = datetime.fromtimestamp(act["at"], zone).strftime("%H:%M:%S")
                told = {"act": act["act"], "what": _what(act), "since": since, "share": _share(act["share"])}
                print_line(say("autopilot.act", **told))
    for room in view["rooms"]:
        print_line(say("autopilot.room", **room))


def _what(act: dict[str, Any]) -> str:
    if act["kind"] == "relax":
        return say("autopilot.relax", amount=act["amount"])
    if act["kind"] == "dialler":
        return say("autopilot.dialler", percent=100 * act["amount"])
    return say("autopilot.reserve") if act["kind"] == "reserve" else say("autopilot.callbacks")


def _share(share: float | None) -> str:
    return say("autopilot.unknown") if share is None else f"{100 * share:.0f} %"
