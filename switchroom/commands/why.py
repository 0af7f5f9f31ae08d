"""`switchroom why`: why a caller waits, or had this agent and no other, agent by agent.

It does not know how agents are chosen; the router says it: the running server's, or today's over the tape of then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic import TypeAdapter

from desk.why_view import AgentLook, Happened, WhyView
from journal.errors import JournalError
from journal.views import JournalReader
from switchroom import why as reasons
from switchroom.commands.answers import Code, OutsideError, UsageError, print_json, print_line, settings_from
from switchroom.commands.moments import zone_of
from switchroom.commands.replay import StoredFloors
from switchroom.commands.server_talk import LogIn, ask_server
from switchroom.opening import stage_of
from switchroom.words import say

if TYPE_CHECKING:
    from datetime import tzinfo

_VIEW: TypeAdapter[WhyView] = TypeAdapter(WhyView)


def why(contact: str, who: LogIn, *, as_json: bool) -> Code:
    """Say why, from the running server when a password is given, else from the journal and its tape."""
    settings = settings_from(who.config).settings
    if who.password_file is not None:
        views = [_VIEW.validate_python(ask_server(who, f"/api/contacts/{quote(contact, safe='')}/why"))]
    else:
        views = _from_journal(contact, who)
    if as_json:
        print_json(views)
        return Code.OK
    for line in lines_of(views, zone_of(settings.server.timezone)):
        print_line(line)
    return Code.OK


def _from_journal(contact: str, who: LogIn) -> list[WhyView]:
    """As far as the facts tell, and for each offer what the router says when the tape is replayed to it."""
    settings = settings_from(who.config).settings
    try:
        reader = JournalReader.open_reader(settings.journal.url)
    except JournalError as error:
        raise OutsideError(str(error), say("report.journal.remedy")) from error
    try:
        past = reasons.decided(contact, (stored.fact for stored in reader.facts(contact=contact)))
        if past is None:
            raise UsageError(say("why.unknown", contact=contact))
        return [past, *reasons.told_again(reader, StoredFloors(stage_of(settings)), contact)]
    finally:
        reader.close()


def lines_of(views: list[WhyView], zone: tzinfo) -> list[str]:
    """All of it for people: what happened in order, then each moment of which the router tells."""
    lines = [f"{_clock(one.at, zone)}  {_happened(one)}" for view in views for one in view.before]
    for view in views:
        if not view.state:
            continue
        lines += ["", f"{_clock(view.at, zone)}  {_moment(view)}", f"    {say('why.need', need=view.need)}"]
        lines += [f"    {look.name or look.agent:<24} {reason_text(look, zone)}" for look in view.agents]
    return lines


def _moment(view: WhyView) -> str:
    chosen = [look.name for look in view.agents if look.reason == "chosen"]
    if chosen:
        return say("why.has", queue=view.queue, agents=", ".join(chosen))
    return say("why.waits", queue=view.queue, ahead=view.ahead, stage=view.stage)


def reason_text(look: AgentLook, zone: tzinfo) -> str:
    """Why this agent, or what speaks against him."""
    until = f" ({say('why.until', at=_clock(look.until, zone))})" if look.until else ""
    text = _REASONS.get(look.reason)
    return (text(look.detail) if text else f"{look.reason} {look.detail}".strip()) + until


def _chosen(detail: str) -> str:
    text = _CHOSEN.get(detail)
    return text() if text else say("why.chosen.strategy", strategy=detail)


def _happened(one: Happened) -> str:
    return _HAPPENED[one.what](one)


def _clock(at: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%H:%M:%S")


_CHOSEN: dict[str, Callable[[], str]] = {
    "wanted": lambda: say("why.chosen.wanted"),
    "only": lambda: say("why.chosen.only"),
    "again": lambda: say("why.chosen.again"),
    "dialled": lambda: say("why.chosen.dialled"),
    "": lambda: say("why.chosen.plain"),
}
_REASONS: dict[str, Callable[[str], str]] = {
    "chosen": _chosen,
    "not_signed_on": lambda _: say("why.not_signed_on"),
    "not_ready": lambda detail: say("why.not_ready", why=detail),
    "dialling": lambda _: say("why.dialling"),
    "rung": lambda _: say("why.rung"),
    "talking": lambda _: say("why.talking"),
    "wrap_up": lambda _: say("why.wrap_up"),
    "other_node": lambda detail: say("why.other_node", node=detail),
    "other_queue": lambda detail: say("why.other_queue", queue=detail),
    "lacks": lambda detail: say("why.lacks", need=detail),
    "reserve": lambda _: say("why.reserve"),
    "not_wanted": lambda detail: say("why.not_wanted", agent=detail),
    "behind": lambda detail: say("why.behind", strategy=detail),
    "let_it_pass": lambda _: say("why.let_it_pass"),
}
_HAPPENED: dict[str, Callable[[Any], str]] = {
    "queued": lambda one: say("why.queued", queue=one.detail),
    "widened": lambda one: (
        say("why.waits_for", agent=one.agent) if one.agent else say("why.widened", stage=one.detail)
    ),
    "offered": lambda one: say("why.offered", agent=one.agent, why=_chosen(one.detail)),
    "closed": lambda one: say("why.closed", agent=one.agent, outcome=one.detail),
    "answered": lambda one: say("why.answered", agent=one.agent),
    "left": lambda one: say("why.left", why=one.detail),
    "ended": lambda one: say("why.ended", outcome=one.detail),
}
