"""`switchroom agent`, `queue` and `changes`: what a supervisor changes on the running floor, and what was changed.

It does not decide whether it can be; the server does, and says why not.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from journal.errors import JournalError
from journal.views import JournalReader
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.commands.server_talk import LogIn, ask_server
from switchroom.steering_desk import view_of
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from desk.steering_view import ChangeView

_SKILL = re.compile(r"([a-z0-9][a-z0-9-]*)(?:[=:]([1-9]))?\Z")


@dataclass(frozen=True, slots=True)
class AgentWish:
    """`skills` and `queues` are the whole of them afterwards, "" to leave them; `undo` is a change's number, or 0."""

    agent: str
    skills: str
    queues: str
    undo: int
    why: str


def change_agent(wish: AgentWish, who: LogIn, *, as_json: bool) -> Code:
    """Change an agent's skills or queues, or take his last change back."""
    if not wish.why.strip():
        raise UsageError(say("steer.why.needed"))
    address = f"/api/agents/{quote(wish.agent, safe='')}"
    if wish.undo:
        told = ask_server(who, f"{address}/undo", {"change": wish.undo, "why": wish.why})
    else:
        told = ask_server(who, address, _wanted(wish))
    _done(told, say("steer.agent.done", agent=wish.agent), as_json=as_json)
    return Code.OK


def _wanted(wish: AgentWish) -> dict[str, Any]:
    wanted: dict[str, Any] = {"why": wish.why}
    if wish.skills:
        wanted["skills"] = skills_of(wish.skills)
    if wish.queues:
        wanted["queues"] = [name.strip() for name in wish.queues.split(",")]
    if len(wanted) == 1:
        raise UsageError(say("steer.agent.nothing"))
    return wanted


def skills_of(text: str) -> dict[str, int]:
    """`cards=3,english` as skills with levels. Raises UsageError."""
    found: dict[str, int] = {}
    for word in text.split(","):
        match = _SKILL.match(word.strip())
        if not match:
            raise UsageError(say("steer.skills.fault", word=word.strip()))
        found[match[1]] = int(match[2] or 1)
    return found


def switch_queue(queue: str, state: str, why: str, who: LogIn, *, release: bool, as_json: bool) -> Code:  # noqa: PLR0913  one parameter an option
    """Open or close a queue, or list them all when none is named."""
    if not queue:
        rows = ask_server(who, "/api/queues")
        if as_json:
            print_json(rows)
        for row in () if as_json else rows:
            print_line(_queue_line(row))
        return Code.OK
    if not state or not why.strip():
        raise UsageError(say("steer.queue.needed"))
    told = ask_server(who, f"/api/queues/{quote(queue, safe='')}", {"state": state, "why": why, "release": release})
    _done(told, say("steer.queue.done", queue=queue, state=state), as_json=as_json)
    return Code.OK


def _queue_line(row: dict[str, Any]) -> str:
    state = say("queue.open") if row["is_open"] else say("queue.closed")
    by = say("queue.held") if row["held"] else say("queue.calendar", calendar=row["calendar"] or "-")
    return f"{row['queue']:<16} {state:<8} {by:<24} {say('queue.waiting', count=row['waiting'])}  {row['needs']}"


def show_changes(since: str, until: str, config: Path | None, *, as_json: bool) -> Code:
    """Print who changed what in [since, until), newest first, from the journal, with or without a running server."""
    settings = settings_from(config).settings
    zone, now = zone_of(settings.server.timezone), time.time()
    try:
        begin, end = moment(since, now, zone), moment(until, now, zone)
    except MomentError as error:
        raise UsageError(str(error)) from error
    try:
        reader = JournalReader.open_reader(settings.journal.url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error
    try:
        found = [view for one in reader.changes(begin, end, 1000) if (view := view_of(one.fact, {}))]
    finally:
        reader.close()
    if as_json:
        print_json(found)
        return Code.OK
    for view in found:
        for line in _change_lines(view, datetime.fromtimestamp(view.at, zone).isoformat(" ", "seconds")):
            print_line(line)
    if not found:
        print_line(say("changes.none"))
    return Code.OK


def _change_lines(view: ChangeView, at: str) -> list[str]:
    number = f" #{view.change}" if view.change else ""
    head = f"{at}  {_WHAT[view.what]()} {view.subject}{number}  {_HOW[view.how]()}  {view.by}"
    before, after = view.before.splitlines(), view.after.splitlines()
    differ = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    lines = [f"    {sign} {text}" for old, new in differ for sign, text in (("-", old), ("+", new))]
    return [head, *([f"    {view.why}"] if view.why else []), *lines]


_WHAT: dict[str, Callable[[], str]] = {"agent": lambda: say("changes.agent"), "queue": lambda: say("changes.queue")}
_HOW: dict[str, Callable[[], str]] = {
    "altered": lambda: say("changes.altered"),
    "undone": lambda: say("changes.undone"),
    "filed": lambda: say("changes.filed"),
    "switched": lambda: say("changes.switched"),
}


def _done(told: Any, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        print_line(text)
