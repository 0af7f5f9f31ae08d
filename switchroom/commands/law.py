"""`switchroom law`: the laws that calls are made under, and an administrator's word for one of the house's own.

It does not know what a law means; it asks the server's API, as the pages do.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from switchroom.commands.answers import Code, UsageError, print_json, print_line
from switchroom.commands.cells import print_table
from switchroom.commands.server_talk import LogIn, ask_server
from switchroom.words import say, terminal_language


def list_laws(who: LogIn, *, as_json: bool) -> Code:
    """Print a line for each law."""
    views = ask_server(who, "/api/laws")
    if as_json:
        print_json(views)
    else:
        print_table(say("law.heads").split(", "), [_row(view) for view in views], 5)
    return Code.OK


def show_law(name: str, who: LogIn, *, as_json: bool) -> Code:
    """Print everything that a law says."""
    view = _view(name, who)
    if as_json:
        print_json({**view, "text": json.loads(view["text"])})
        return Code.OK
    print_line("  ".join(_row(view)))
    rules = ask_server(who, f"/api/laws/{quote(name, safe='')}/rules?language={terminal_language()}")
    rows = [[one["name"], one["says"], f"{'* ' if one['ours'] else ''}{one['source']}"] for one in rules]
    print_table(say("law.rules.heads").split(", "), rows, 3)
    print_line(say("law.ours"))
    return Code.OK


def agree_to_law(name: str, why: str, who: LogIn, *, as_json: bool) -> Code:
    """Give one's word for a law as it is written now, and tell how it stands then."""
    if not why.strip():
        raise UsageError(say("steer.why.needed"))
    view = _view(name, who)
    ask_server(who, f"/api/laws/{quote(name, safe='')}/agree", {"digest": view["digest"], "why": why})
    return show_law(name, who, as_json=as_json)


def _view(name: str, who: LogIn) -> dict[str, Any]:
    found: dict[str, Any] | None = next((one for one in ask_server(who, "/api/laws") if one["law"] == name), None)
    if found is None:
        raise UsageError(say("law.unknown", law=name))
    return found


def _row(view: dict[str, Any]) -> list[str]:
    state = say("law.in_force") if view["in_force"] else say("law.not_in_force")
    return [view["law"], view["version"], state, ", ".join(view["widens"]) or "-", view["first"] or "-"]
