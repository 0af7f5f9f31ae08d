"""The commands with which somebody runs campaigns on a running server: `switchroom campaign ...`.

It does not know what a command does: each is a file in `switchroom/commands/`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from switchroom.cli_dry_run import dry_runs
from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, Since, Until, leave
from switchroom.words import say

campaign = typer.Typer(help=say("campaign.help"), epilog=EXIT_CODES, no_args_is_help=True, rich_markup_mode=MARKUP)
campaign.add_typer(dry_runs)
Campaign = Annotated[str, typer.Argument(metavar="NAME", help=say("campaign.name"))]
User = Annotated[str, typer.Option("--user", help=say("call.user"))]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", help=say("server.password.help"))]
Why = Annotated[str, typer.Option("--why", help=say("steer.why.help"))]
Sheet = Annotated[Literal["text", "json", "csv"], typer.Option("--format", help=say("report.format"))]
WHO = "campaigns"


@campaign.command("list", help=say("campaign.list.help"), epilog=EXIT_CODES)
def list_all(
    user: User = WHO, password: PasswordFile = None, config: ConfigFile = None, as_json: AsJson = False
) -> None:
    from switchroom.commands.campaign import list_campaigns
    from switchroom.commands.server_talk import LogIn

    leave(list_campaigns(LogIn(user, password, config), as_json=as_json))


@campaign.command(help=say("campaign.show.help"), epilog=EXIT_CODES)
def show(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    watch: Annotated[bool, typer.Option("--watch", help=say("campaign.watch"))] = False,
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import show_campaign, watch_campaign
    from switchroom.commands.server_talk import LogIn

    who = LogIn(user, password, config)
    leave(watch_campaign(name, who) if watch and not as_json else show_campaign(name, who, as_json=as_json))


@campaign.command(help=say("campaign.start.help"), epilog=EXIT_CODES)
def start(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    why: Why = "",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import wish
    from switchroom.commands.server_talk import LogIn

    leave(wish(name, "start", {"why": why}, LogIn(user, password, config), as_json=as_json))


@campaign.command(help=say("campaign.pilot.help"), epilog=EXIT_CODES)
def pilot(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    contacts: Annotated[int, typer.Option("--contacts", min=1, max=1000, help=say("campaign.pilot.contacts"))] = 5,
    why: Why = "",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import wish
    from switchroom.commands.server_talk import LogIn

    asked = {"why": why, "pilot": contacts}
    leave(wish(name, "start", asked, LogIn(user, password, config), as_json=as_json))


@campaign.command(help=say("campaign.pause.help"), epilog=EXIT_CODES)
def pause(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    why: Why = "",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import wish
    from switchroom.commands.server_talk import LogIn

    leave(wish(name, "pause", {"why": why}, LogIn(user, password, config), as_json=as_json))


@campaign.command(help=say("campaign.resume.help"), epilog=EXIT_CODES)
def resume(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    why: Why = "",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import wish
    from switchroom.commands.server_talk import LogIn

    leave(wish(name, "start", {"why": why}, LogIn(user, password, config), as_json=as_json))


@campaign.command(help=say("campaign.stop.help"), epilog=EXIT_CODES)
def stop(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    why: Why = "",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import wish
    from switchroom.commands.server_talk import LogIn

    leave(wish(name, "stop", {"why": why}, LogIn(user, password, config), as_json=as_json))


@campaign.command(help=say("campaign.mode.help"), epilog=EXIT_CODES)
def mode(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    how: Annotated[
        Literal["", "manual", "preview", "progressive", "ratio", "predictive", "message"],
        typer.Argument(metavar="[MODE]", help=say("campaign.mode.mode")),
    ] = "",
    ratio: Annotated[float, typer.Option("--ratio", min=0, max=10, help=say("campaign.mode.ratio"))] = 0,
    lines: Annotated[int, typer.Option("--lines", min=-1, max=10_000, help=say("campaign.mode.lines"))] = -1,
    cap: Annotated[float, typer.Option("--cap", min=-1, max=20, help=say("campaign.mode.cap"))] = -1,
    why: Why = "",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import Tuning, tune
    from switchroom.commands.server_talk import LogIn

    leave(tune(name, Tuning(how, ratio, lines, cap, why), LogIn(user, password, config), as_json=as_json))


@campaign.command("test-call", help=say("campaign.trial.help"), epilog=EXIT_CODES)
def trial_call(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    number: Annotated[str, typer.Argument(metavar="PHONE", help=say("campaign.trial.number"))],
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import wish
    from switchroom.commands.server_talk import LogIn

    leave(wish(name, "trial", {"number": number}, LogIn(user, password, config), as_json=as_json))


@campaign.command(help=say("campaign.results.help"), epilog=EXIT_CODES)
def results(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    since: Since = "today",
    until: Until = "now",
    shape: Sheet = "text",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign_results import Question, show_results
    from switchroom.commands.server_talk import LogIn

    question = Question(name, since, until, "json" if as_json else shape)
    leave(show_results(question, LogIn(user, password, config)))


@campaign.command(help=say("campaign.sales.help"), epilog=EXIT_CODES)
def sales(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Campaign,
    since: Since = "today",
    until: Until = "now",
    shape: Sheet = "text",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign_results import Question, show_sales
    from switchroom.commands.server_talk import LogIn

    question = Question(name, since, until, "json" if as_json else shape)
    leave(show_sales(question, LogIn(user, password, config)))


@campaign.command(help=say("campaign.block.help"), epilog=EXIT_CODES)
def block(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=say("campaign.block.number"))],
    why: Why = "",
    scope: Annotated[str, typer.Option("--campaign", metavar="NAME", help=say("campaign.block.scope"))] = "",
    prefix: Annotated[bool, typer.Option("--prefix", help=say("campaign.block.prefix"))] = False,
    lift: Annotated[bool, typer.Option("--lift", help=say("campaign.block.lift"))] = False,
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.campaign import Blocking, block_number
    from switchroom.commands.server_talk import LogIn

    blocking = Blocking(number, why, scope, prefix=prefix, lift=lift)
    leave(block_number(blocking, LogIn(user, password, config), as_json=as_json))
