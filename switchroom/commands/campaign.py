"""`switchroom campaign`: how the running server's campaigns stand, and a word to one of them.

It does not know how a campaign dials; it asks the server's API, as the pages do.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from rich.console import Console
from rich.live import Live

from switchroom.commands.answers import Code, UsageError, print_json, print_line
from switchroom.commands.campaign_picture import picture, rows, summary, word
from switchroom.commands.cells import print_table
from switchroom.commands.server_talk import LogIn, ask_server, server_answers
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

EVERY: Final = 0.5  # seconds between two looks
_HEADS: Final = ("campaign", "state", "mode", "talking", "dialling", "dialled", "dropped", "left")


@dataclass(frozen=True, slots=True)
class Tuning:
    """What shall be otherwise; "" for the mode, 0 for the ratio, -1 for lines and cap (in percent) leave it."""

    mode: str
    ratio: float
    lines: int
    cap: float
    why: str


@dataclass(frozen=True, slots=True)
class Blocking:
    """A number that is to be called no more, or (`lift`) again."""

    number: str
    why: str
    scope: str
    prefix: bool
    lift: bool


def list_campaigns(who: LogIn, *, as_json: bool) -> Code:
    """Print a line for each campaign."""
    views = ask_server(who, "/api/campaigns")
    if as_json:
        print_json(views)
        return Code.OK
    if not views:
        print_line(say("campaign.none"))
        return Code.OK
    print_table([word("head", head) for head in _HEADS], rows(views), 3)
    return Code.OK


def show_campaign(name: str, who: LogIn, *, as_json: bool) -> Code:
    """Print how one campaign stands."""
    view = ask_server(who, _path(name))
    if as_json:
        print_json(view)
        return Code.OK
    for line in summary(view):
        print_line(line)
    return Code.OK


def watch_campaign(name: str, who: LogIn) -> Code:
    """Show how one campaign stands, twice a second, until Ctrl-C."""
    try:
        asyncio.run(_watch(server_answers(who, _path(name), EVERY)))
    except KeyboardInterrupt:
        return Code.INTERRUPTED
    return Code.OK


async def _watch(views: AsyncIterator[dict[str, Any]]) -> None:
    console = Console(highlight=False)
    with Live(console=console, auto_refresh=False, transient=not console.is_terminal) as live:
        async for view in views:
            if console.is_terminal:
                live.update(picture(view), refresh=True)
            else:
                print_line("  ".join(rows([view])[0]))


def wish(name: str, what: str, asked: dict[str, Any], who: LogIn, *, as_json: bool) -> Code:
    """Say a word to a campaign, and how it stands then."""
    ask_server(who, f"{_path(name)}/{what}", asked)
    return show_campaign(name, who, as_json=as_json)


def tune(name: str, tuning: Tuning, who: LogIn, *, as_json: bool) -> Code:
    """Change how a campaign runs."""
    asked: dict[str, Any] = {"why": tuning.why}
    if tuning.mode:
        asked["mode"] = tuning.mode
    if tuning.ratio:
        asked["ratio"] = tuning.ratio
    if tuning.lines >= 0:
        asked["lines"] = tuning.lines
    if tuning.cap >= 0:
        asked["cap"] = tuning.cap / 100
    if len(asked) == 1:
        raise UsageError(say("campaign.mode.nothing"))
    return wish(name, "tune", asked, who, as_json=as_json)


def block_number(blocking: Blocking, who: LogIn, *, as_json: bool) -> Code:
    """Call a number no more, or again."""
    if not blocking.why.strip():
        raise UsageError(say("steer.why.needed"))
    asked = {
        "number": blocking.number, "why": blocking.why, "scope": blocking.scope, "prefix": blocking.prefix,
    }  # fmt: skip
    told = ask_server(who, "/api/blocks/lift" if blocking.lift else "/api/blocks", asked)
    if as_json:
        print_json(told)
    else:
        done = "campaign.block.lifted" if blocking.lift else "campaign.block.done"
        print_line(say(done, number=blocking.number))
    return Code.OK


def _path(name: str) -> str:
    return f"/api/campaigns/{quote(name, safe='')}"
