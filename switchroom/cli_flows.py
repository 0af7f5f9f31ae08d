"""The commands about flows as they are run: their pictures, their versions, the figures of their steps.

It does not know what a command does: each is a file in `switchroom/commands/`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, DialplansFolder, Since, Until, leave
from switchroom.cli_reports import report
from switchroom.words import say

flows = typer.Typer(rich_markup_mode=MARKUP)
flows.add_typer(report, name="report")
FlowName = Annotated[str, typer.Argument(metavar="FLOW", help=say("versions.flow"))]


@flows.command(help=say("draw.help"), epilog=EXIT_CODES)
def draw(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    flow: Annotated[str, typer.Argument(metavar="FLOW|FILE", help=say("draw.flow"))],
    shape: Annotated[Literal["", "svg", "mermaid", "text"], typer.Option("--format", help=say("draw.format"))] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("draw.out"))] = None,
    call: Annotated[str, typer.Option("--call", metavar="CONTACT", help=say("draw.call"))] = "",
    heat: Annotated[bool, typer.Option("--heat", help=say("draw.heat"))] = False,
    since: Since = "today",
    until: Until = "now",
    dialplans: DialplansFolder = None,
    config: ConfigFile = None,
) -> None:
    from switchroom.commands.draw import Wish
    from switchroom.commands.draw import draw as run

    leave(run(Wish(flow, shape, out, call, heat, since, until, dialplans), config))


@flows.command(help=say("versions.help"), epilog=EXIT_CODES)
def versions(
    flow: Annotated[str, typer.Argument(metavar="[FLOW]", help=say("versions.flow"))] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.versions import versions as run

    leave(run(flow, config, as_json=as_json))


@flows.command(help=say("diff.help"), epilog=EXIT_CODES)
def diff(
    flow: FlowName,
    before: Annotated[str, typer.Argument(metavar="[V1]", help=say("diff.before"))] = "",
    after: Annotated[str, typer.Argument(metavar="[V2]", help=say("diff.after"))] = "",
    config: ConfigFile = None,
) -> None:
    from switchroom.commands.versions import diff as run

    leave(run(flow, before, after, config))


@flows.command(help=say("rollback.help"), epilog=EXIT_CODES)
def rollback(
    flow: FlowName,
    version: Annotated[str, typer.Argument(metavar="VERSION", help=say("rollback.version"))],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.rollback import rollback as run

    leave(run(flow, version, config, as_json=as_json))

