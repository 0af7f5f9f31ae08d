"""The commands about days: a day simulated, and the autopilot that flies the present one.

It does not know what a command does: each is a file in `switchroom/commands/`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, DialplansFolder, leave
from switchroom.words import say

days = typer.Typer(rich_markup_mode=MARKUP)
TWO_WORDS = {"simulate": {"day": "simulate-day"}}


class Commands(TyperGroup):
    """All commands; some have a name of two words."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take two words for one name where there is such a command."""
        joined = TWO_WORDS.get(args[0], {}).get(args[1]) if len(args) > 1 else None
        return super().resolve_command(ctx, args if joined is None else [joined, *args[2:]])


@days.command("simulate-day", help=say("day.help"), epilog=EXIT_CODES)
def simulate_day(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    day: Annotated[str, typer.Argument(metavar="[DAY]", help=say("day.file"))] = "",
    recorded: Annotated[str, typer.Option("--recorded", metavar="DATE", help=say("day.recorded"))] = "",
    agents: Annotated[int, typer.Option("--agents", metavar="+N|-N", help=say("day.agents"))] = 0,
    like: Annotated[str, typer.Option("--like", metavar="AGENT", help=say("day.like"))] = "",
    agent: Annotated[list[str] | None, typer.Option("--agent", metavar="TEXT", help=say("day.agent"))] = None,
    queues: Annotated[Path | None, typer.Option("--queues", metavar="FILE", help=say("day.queues"))] = None,
    target: Annotated[float | None, typer.Option("--target", min=1, max=3600, help=say("day.target"))] = None,
    surge: Annotated[str, typer.Option("--surge", metavar="TEXT", help=say("day.surge"))] = "",
    times: Annotated[float, typer.Option("--busier", min=0, max=100, help=say("day.busier"))] = 1.0,
    autopilot: Annotated[bool, typer.Option("--autopilot", help=say("day.autopilot"))] = False,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help=say("day.seeds"))] = 10,
    seed: Annotated[int, typer.Option("--seed", help=say("day.seed"))] = 1,
    journal: Annotated[str, typer.Option("--journal", metavar="URL", help=say("day.journal"))] = "",
    dialplans: DialplansFolder = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.simulate_day import Wish
    from switchroom.commands.simulate_day import simulate_day as run
    from switchroom.day.whatif import WhatIf

    change = WhatIf(agents, like, tuple(agent or ()), target)
    wish = Wish(day, recorded, change, queues, surge, times, autopilot, seeds, seed, journal, dialplans)
    leave(run(wish, config, as_json=as_json))


@days.command(help=say("autopilot.help"), epilog=EXIT_CODES)
def autopilot(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    undo: Annotated[str, typer.Option("--undo", metavar="ACT", help=say("autopilot.undo"))] = "",
    turn: Annotated[Literal["", "on", "off"], typer.Option("--turn", help=say("autopilot.turn"))] = "",
    user: Annotated[str, typer.Option("--user", help=say("call.user"))] = "supervisor",
    password: Annotated[Path | None, typer.Option("--password-file", help=say("call.password"))] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.autopilot import Wish
    from switchroom.commands.autopilot import autopilot as run

    leave(run(Wish(undo, turn, user, password), config, as_json=as_json))
