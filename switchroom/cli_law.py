"""The commands about the laws that calls are made under, and the proof that they were kept.

It does not know what a command does: each is a file in `switchroom/commands/`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, Until, leave
from switchroom.words import say

User = Annotated[str, typer.Option("--user", help=say("call.user"))]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", help=say("server.password.help"))]
Name = Annotated[str, typer.Argument(metavar="LAW", help=say("law.name"))]
WHO = "administrator"

law = typer.Typer(help=say("law.help"), epilog=EXIT_CODES, no_args_is_help=True, rich_markup_mode=MARKUP)
audit = typer.Typer(help=say("audit.help"), epilog=EXIT_CODES, no_args_is_help=True, rich_markup_mode=MARKUP)


@audit.command("campaign", help=say("audit.campaign.help"), epilog=EXIT_CODES)
def audit_campaign(
    name: Annotated[str, typer.Argument(metavar="CAMPAIGN", help=say("audit.campaign.name"))],
    since: Annotated[str, typer.Option("--since", help=say("audit.since"))] = "",
    until: Until = "now",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.audit_campaign import audit_campaign as run

    leave(run(name, since, until, config, as_json=as_json))


@audit.command("recordings", help=say("audit.recordings.help"), epilog=EXIT_CODES)
def audit_recordings(
    since: Annotated[str, typer.Option("--since", help=say("audit.recordings.since"))] = "yesterday",
    until: Until = "now",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.audit_recordings import audit_recordings as run

    leave(run(since, until, config, as_json=as_json))


@audit.callback()
def proofs() -> None:
    """Proofs are commands of their own, one a subject."""


@law.command("list", help=say("law.list.help"), epilog=EXIT_CODES)
def list_all(
    user: User = WHO, password: PasswordFile = None, config: ConfigFile = None, as_json: AsJson = False
) -> None:
    from switchroom.commands.law import list_laws
    from switchroom.commands.server_talk import LogIn

    leave(list_laws(LogIn(user, password, config), as_json=as_json))


@law.command(help=say("law.show.help"), epilog=EXIT_CODES)
def show(
    name: Name, user: User = WHO, password: PasswordFile = None, config: ConfigFile = None, as_json: AsJson = False
) -> None:
    from switchroom.commands.law import show_law
    from switchroom.commands.server_talk import LogIn

    leave(show_law(name, LogIn(user, password, config), as_json=as_json))


@law.command(help=say("law.agree.help"), epilog=EXIT_CODES)
def agree(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Name,
    why: Annotated[str, typer.Option("--why", help=say("steer.why.help"))] = "",
    user: User = WHO,
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.law import agree_to_law
    from switchroom.commands.server_talk import LogIn

    leave(agree_to_law(name, why, LogIn(user, password, config), as_json=as_json))
