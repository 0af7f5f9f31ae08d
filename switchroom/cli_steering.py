"""The commands with which a supervisor changes the running floor, and asks it why.

It does not know what a command does: each is a file in `switchroom/commands/`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, Since, Until, leave
from switchroom.words import say

steering = typer.Typer(rich_markup_mode=MARKUP)
User = Annotated[str, typer.Option("--user", help=say("call.user"))]
PasswordFile = Annotated[Path | None, typer.Option("--password-file", help=say("server.password.help"))]
Why = Annotated[str, typer.Option("--why", help=say("steer.why.help"))]


@steering.command(help=say("agent.help"), epilog=EXIT_CODES)
def agent(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Annotated[str, typer.Argument(metavar="AGENT", help=say("agent.name"))],
    skills: Annotated[str, typer.Option("--skills", metavar="SKILL=LEVEL,...", help=say("agent.skills"))] = "",
    queues: Annotated[str, typer.Option("--queues", metavar="QUEUE,...", help=say("agent.queues"))] = "",
    undo: Annotated[int, typer.Option("--undo", min=0, metavar="NUMBER", help=say("agent.undo"))] = 0,
    why: Why = "",
    user: User = "supervisor",
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.server_talk import LogIn
    from switchroom.commands.steer import AgentWish, change_agent

    leave(change_agent(AgentWish(name, skills, queues, undo, why), LogIn(user, password, config), as_json=as_json))


@steering.command(help=say("queue.help"), epilog=EXIT_CODES)
def queue(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    name: Annotated[str, typer.Argument(metavar="[QUEUE]", help=say("queue.name"))] = "",
    state: Annotated[
        Literal["", "open", "closed", "calendar"],
        typer.Argument(metavar="[open|closed|calendar]", help=say("queue.state")),
    ] = "",
    release: Annotated[bool, typer.Option("--release", help=say("queue.release"))] = False,
    why: Why = "",
    user: User = "supervisor",
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.server_talk import LogIn
    from switchroom.commands.steer import switch_queue

    leave(switch_queue(name, state, why, LogIn(user, password, config), release=release, as_json=as_json))


@steering.command(help=say("changes.help"), epilog=EXIT_CODES)
def changes(
    since: Since = "today",
    until: Until = "now",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.steer import show_changes

    leave(show_changes(since, until, config, as_json=as_json))


@steering.command(help=say("why.help"), epilog=EXIT_CODES)
def why(
    contact: Annotated[str, typer.Argument(help=say("why.contact"))],
    user: User = "supervisor",
    password: PasswordFile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.server_talk import LogIn
    from switchroom.commands.why import why as run

    leave(run(contact, LogIn(user, password, config), as_json=as_json))
