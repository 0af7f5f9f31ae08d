"""A campaign on a terminal: as a line of a table, as some lines of text, and as a live picture with bars.

It does not know where a campaign's view comes from; it is the API's answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

_COLOURS: Final = {"running": "green", "paused": "yellow", "resting": "blue", "stopped": "red", "done": "dim"}
_BAR: Final = 40
View = dict[str, Any]


def rows(views: Iterable[View]) -> list[list[str]]:
    """A line of cells for each campaign."""
    return [
        [
            view["campaign"], state_of(view), word("how", view["mode"]), str(view["talking"]),
            str(view["dialling"] + view["listening"]), str(view["dialled"]), drop_of(view), left_of(view),
        ]
        for view in views
    ]  # fmt: skip


def state_of(view: View) -> str:
    return word("state", view["state"])


def word(part: str, name: str) -> str:
    """The word for something that the server names; its own name where a newer server has a new one."""
    plain = name.replace(" ", "_")
    try:
        return say(f"campaign.{part}.{plain}")
    except KeyError:
        return _quiet(name)


def drop_of(view: View) -> str:
    """The share of persons abandoned, by its law's formula, and its limit."""
    if not view["drops"]:
        return "-"
    drop = view["drops"][0]
    return f"{share(drop['share'])} / {share(drop['cap'])}"


def left_of(view: View) -> str:
    return f"{view['left']} / {view['total']}"


def share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def summary(view: View) -> list[str]:
    """The campaign in some lines."""
    lines = [f"  {name:<14} {text}" for name, text in facts(view)]
    return [f"{view['campaign']}: {state_of(view)}{_because(view)}", *lines]


def _because(view: View) -> str:
    because = word("because", view["why"]) if view["why"] else ""
    said = " · ".join(one for one in (view["by"], because) if one)
    return f" ({_quiet(said)})" if said else ""


def facts(view: View) -> list[tuple[str, str]]:
    """What there is to say of it, each with its name."""
    crew, pace = view["crew"], {**view["pace"], "why": word("why", view["pace"]["why"] or "none")}
    told = [
        ("mode", ", ".join((word("how", view["mode"]), say("campaign.ratio", ratio=view["ratio"])))),
        ("air", say("campaign.air", **view)),
        ("today", say("campaign.today", dialled=view["dialled"], outcomes=_counted(view["outcomes"]))),
        ("words", say("campaign.words", successes=view["successes"], results=_counted(view["results"]))),
        ("pace", say("campaign.pace", **{**pace, "risk": share(pace["risk"])})),
        *(("drop", _dropped(drop)) for drop in view["drops"]),
        ("agents", say("campaign.agents", **{**crew, "room_why": word("why", crew["room_why"] or "none")})),
        ("idle", say("campaign.idle", idle=_seconds(crew["idle"]), talk=share(crew["talk_share"]))),
        ("lines", say("campaign.lines", **{**view, "lines_most": view["lines_most"] or view["house_most"]})),
        ("left", say("campaign.left", left=view["left"], total=view["total"], ends=_ends(view["ends_at"]))),
    ]
    if view["refused"]:
        told.append(("refused", _counted(view["refused"])))
    if view["until"]:
        told.append(("until", say("campaign.until", at=_ends(view["until"]))))
    if view["pilot"]:
        told.append(("pilot", say("campaign.pilot.left", count=view["pilot"])))
    return [(word("row", name), text) for name, text in told]


def _dropped(drop: View) -> str:
    days = say("campaign.drop.life") if not drop["window"] else say("campaign.drop.days", days=drop["window"] / 86_400)
    told = {"law": drop["law"], "share": share(drop["share"]), "cap": share(drop["cap"]), "window": days}
    return say("campaign.drop", **told, abandoned=round(drop["abandoned"], 1), persons=round(drop["persons"], 1))


def _counted(pairs: Sequence[Sequence[Any]]) -> str:
    return _quiet(", ".join(f"{name} {count}" for name, count in pairs)) or "-"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def _ends(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else "-"


def picture(view: View) -> RenderableType:
    """The whole, with bars: how far it has come, its lines, and how near it is to its limit."""
    done = view["total"] - view["left"]
    bars = Table.grid(padding=(0, 1))
    bars.add_row(say("campaign.bar.done"), ProgressBar(max(1, view["total"]), done, _BAR), f"{done} / {view['total']}")
    most = view["lines_most"] or view["house_most"]
    used = view["lines_used"]
    bars.add_row(say("campaign.bar.lines"), ProgressBar(max(1, most), used, _BAR), f"{used} / {most}")
    for drop in view["drops"][:1]:
        over = (drop["share"] or 0.0) > drop["cap"]
        bar = ProgressBar(max(drop["cap"], 1e-9), drop["share"] or 0.0, _BAR, complete_style="red" if over else "green")
        bars.add_row(say("campaign.bar.drop"), bar, drop_of(view))
    crew = view["crew"]
    on = sum(crew[name] for name in ("free", "offered", "talking", "wrap_up"))
    bars.add_row(say("campaign.bar.talk"), ProgressBar(max(1, on), crew["talking"], _BAR), f"{crew['talking']} / {on}")
    table = Table.grid(padding=(0, 2))
    for name, text in facts(view):
        table.add_row(Text(name, style="dim"), Text(text))
    state = (state_of(view), _COLOURS.get(view["state"], ""))
    title = Text.assemble((view["campaign"], "bold"), " ", state, _because(view))
    return Panel(Group(bars, Text(), table), title=title, title_align="left", expand=False)


def _quiet(text: str) -> str:
    """What people wrote cannot move the cursor or colour the terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
