"""The commands about the laws that calls are made under, and the proof that they were kept.

It does not know what a command does: each is a file in `switchroom/commands/`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

from typing import Annotated

import typer

from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, Until, leave
from switchroom.words import say

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


@audit.callback()
def proofs() -> None:
    """Proofs are commands of their own, one a subject."""
