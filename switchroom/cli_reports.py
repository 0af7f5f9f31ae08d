"""The commands that report on the past: service levels, figures line by line, agents' time, steps of flows.

It does not know what a command does: each is a file in `switchroom/commands/`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

from typing import Annotated, Literal

import typer

from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, Since, Until, leave
from switchroom.words import say

report = typer.Typer(help=say("report.help"), epilog=EXIT_CODES, invoke_without_command=True, rich_markup_mode=MARKUP)
Shape = Annotated[Literal["text", "json", "csv"], typer.Option("--format", help=say("report.format"))]
Seconds = Annotated[float | None, typer.Option("--target", min=0, max=86_400, help=say("report.target"))]
Short = Annotated[float | None, typer.Option("--short", min=0, max=86_400, help=say("report.short"))]

Outcome = Literal["", "open", "answered", "abandoned", "ended_in_flow", "flowed_out", "lost", "not_reached"]


@report.callback()
def service_level(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    context: typer.Context,
    since: Since = "today",
    until: Until = "now",
    queue: Annotated[str, typer.Option("--queue", help=say("report.queue"))] = "",
    by: Annotated[str, typer.Option("--by", metavar="KEY[,KEY]", help=say("report.by"))] = "",
    level: Annotated[Literal["contact", "queue"], typer.Option("--level", help=say("report.level"))] = "contact",
    target: Seconds = None,
    short: Short = None,
    shape: Shape = "text",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from switchroom.commands.report import report as run
    from switchroom.commands.report_lines import Wish, report_lines

    wish = Wish(since, until, queue, by, level, target, short, "json" if as_json else shape)
    if by or wish.shape == "csv":
        leave(report_lines(wish, config))
    leave(run(wish, config))


@report.command(help=say("report.agents.help"), epilog=EXIT_CODES)
def agents(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    since: Since = "today",
    until: Until = "now",
    by: Annotated[
        Literal["", "15min", "30min", "hour", "day", "month"], typer.Option("--by", help=say("report.agents.by"))
    ] = "",
    shape: Shape = "text",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.report_agents import report_agents as run

    leave(run(since, until, config, shape="json" if as_json else shape, by=by))


@report.command(help=say("report.calls.help"), epilog=EXIT_CODES)
def calls(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    since: Since = "today",
    until: Until = "now",
    outcome: Annotated[Outcome, typer.Option("--outcome", help=say("report.calls.outcome"))] = "",
    queue: Annotated[str, typer.Option("--queue", help=say("report.queue"))] = "",
    shape: Shape = "text",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.report_calls import report_calls as run

    leave(run(since, until, config, outcome=outcome, queue=queue, shape="json" if as_json else shape))


@report.command(help=say("report.time.help"), epilog=EXIT_CODES)
def time(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    agent: Annotated[str, typer.Option("--agent", help=say("report.time.agent"))],
    since: Since = "today",
    until: Until = "now",
    shape: Shape = "text",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.report_agents import report_time as run

    leave(run(agent, since, until, config, shape="json" if as_json else shape))


@report.command(help=say("steps.help"), epilog=EXIT_CODES)
def steps(
    flow: Annotated[str, typer.Option("--flow", help=say("steps.flow"))] = "",
    since: Since = "today",
    until: Until = "now",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.report_steps import report_steps as run

    leave(run(flow, since, until, config, as_json=as_json))
