"""The live picture of a running demo on a terminal, and one line now and then where there is none.

It does not know where the figures come from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

_COLOURS = {
    "ready": "green",
    "dialling": "yellow",
    "offered": "yellow",
    "talking": "cyan",
    "wrap_up": "blue",
    "not_ready": "red",
    "offline": "dim",
}

_HELD = {
    "pace": " (the autopilot holds it back: callers first)",
    "kept": " (agents are kept free for callers)",
    "waiting": " (callers wait, and come first)",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is to show. `floor` and `figures` are the API's answers, None while the server is away."""

    elapsed: float
    placed: int
    over: int
    kills: int
    url: str
    floor: dict[str, Any] | None
    figures: dict[str, Any] | None
    campaign: dict[str, Any] | None = None


def headline(moment: Moment) -> str:
    """One line."""
    if moment.floor is None:
        return f"{moment.elapsed:5.0f} s  the server is away (killed {moment.kills} times); calls go on"
    contacts = Counter(contact["state"] for contact in moment.floor["contacts"])
    agents = Counter(agent["state"] for agent in moment.floor["agents"])
    return (
        f"{moment.elapsed:5.0f} s  calls {moment.placed} placed, {moment.over} over; in the flow {contacts['flow']}, "
        f"waiting {contacts['waiting'] + contacts['offered']}, talking {contacts['talking']}; "
        f"agents ready {agents['ready']} of {len(moment.floor['agents'])}; {rate_of(moment.figures)}"
        f"{campaign_of(moment.campaign)}"
    )


def campaign_of(view: dict[str, Any] | None) -> str:
    """What the campaign does, if there is one that has begun."""
    if view is None or view["state"] == "planned":
        return ""
    air = view["dialling"] + view["listening"]
    held = "" if view["crew"]["room"] else _HELD.get(view["crew"]["room_why"], "")
    return f"; campaign {view['state']}: {view['dialled']} dialled, {air} in the air, {view['talking']} talking{held}"


def rate_of(figures: dict[str, Any] | None) -> str:
    """The headline rate with its name."""
    if figures is None:
        return "no rate yet"
    rate = next(one for one in figures["rates"] if one["key"] == figures["headline"])
    percent = "-" if rate["percent"] is None else f"{rate['percent']:.1f} %"
    return f"{rate['name']}: {percent}"


def picture(moment: Moment) -> RenderableType:
    """The whole picture."""
    table = Table(expand=False, title_justify="left", title=f"Switchroom demo, {moment.url}")
    for heading in ("agent", "phone", "state", "for", "caller", "where he came from"):
        table.add_column(heading)
    floor = moment.floor or {"at": 0.0, "agents": [], "contacts": []}
    callers = {contact["contact"]: contact["context"] for contact in floor["contacts"]}
    for agent in floor["agents"]:
        caller = callers.get(agent["contact"], {})
        table.add_row(
            agent["name"],
            agent["phone"],
            Text(agent["state"], style=_COLOURS.get(agent["state"], "")),
            f"{max(0.0, floor['at'] - agent['since']):.0f} s",
            str(caller.get("customer_name") or caller.get("number") or ""),
            str(caller.get("breakpoint") or ""),
        )
    return Group(table, Text(headline(moment)))
