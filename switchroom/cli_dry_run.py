"""`switchroom campaign dry-run`: its options.

It does not know what it does: that is a file in `switchroom/commands/`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

from typing import Annotated

import typer

from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, DialplansFolder, leave
from switchroom.words import say

dry_runs = typer.Typer(rich_markup_mode=MARKUP)


@dry_runs.command("dry-run", help=say("dry.help"), epilog=EXIT_CODES)
def dry_run(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("dry.name"))],
    people: Annotated[str, typer.Option("--people", metavar="FILE", help=say("dry.people"))] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", help=say("dry.since"))] = "today",
    days: Annotated[int, typer.Option("--days", min=1, max=60, help=say("dry.days"))] = 5,
    seed: Annotated[int, typer.Option("--seed", help=say("dry.seed"))] = 1,
    draws: Annotated[int, typer.Option("--draws", min=1, max=100, help=say("dry.draws"))] = 3,
    agents: Annotated[int, typer.Option("--agents", min=0, max=2000, help=say("dry.agents"))] = 0,
    leads: Annotated[int, typer.Option("--leads", min=0, max=1_000_000, help=say("dry.leads"))] = 0,
    show: Annotated[int, typer.Option("--show", min=0, max=100, help=say("dry.show"))] = 100,
    dialplans: DialplansFolder = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign_dry_run import Wish
    from switchroom.commands.campaign_dry_run import dry_run as run

    wish = Wish(name, people, since, days, seed, draws, agents, leads, show, dialplans)
    leave(run(wish, config, as_json=as_json))
