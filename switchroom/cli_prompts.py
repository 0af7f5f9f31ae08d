"""The commands about prompts: `switchroom prompts ...`, their options, their help.

It does not know what a command does: that is in `switchroom/commands/prompts.py`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is what keeps --help quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from switchroom.words import say, terminal_language

EXIT_CODES = say("exit.codes")
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help=say("option.config"))]
AsJson = Annotated[bool, typer.Option("--json", help=say("option.json"))]
Language = Annotated[str, typer.Option("--language", metavar="LANGUAGE", help=say("prompts.language"))]

prompts = typer.Typer(
    help=say("prompts.help"),
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode="rich" if terminal_language() == "en" else None,
)


@prompts.command("list", help=say("prompts.list"), epilog=EXIT_CODES)
def list_prompts(
    language: Language = "",
    state: Annotated[str, typer.Option("--state", help=say("prompts.state"))] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.prompts import show_list

    raise typer.Exit(show_list(language, state, config, as_json=as_json))


@prompts.command("status", help=say("prompts.status"), epilog=EXIT_CODES)
def status(config: ConfigFile = None, as_json: AsJson = False) -> None:
    from switchroom.commands.prompts import show_status

    raise typer.Exit(show_status(config, as_json=as_json))


@prompts.command("render", help=say("prompts.render"), epilog=EXIT_CODES)
def render(config: ConfigFile = None, as_json: AsJson = False) -> None:
    from switchroom.commands.prompts import render as run

    raise typer.Exit(run(config, as_json=as_json))


@prompts.command("say", help=say("prompts.say"), epilog=EXIT_CODES)
def say_text(
    text: Annotated[str, typer.Argument(help=say("prompts.say.text"))],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=say("prompts.say.out"))],
    language: Language = "en",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.prompts import speak

    raise typer.Exit(speak(text, language, out, config, as_json=as_json))


@prompts.command("record-import", help=say("prompts.import"), epilog=EXIT_CODES)
def record_import(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=say("prompts.import.files"))],
    language: Language,
    name: Annotated[str, typer.Option("--name", help=say("prompts.import.name"))] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.prompts import bring_in

    raise typer.Exit(bring_in(files, language, name, config, as_json=as_json))


@prompts.command("record-drop", help=say("prompts.drop"), epilog=EXIT_CODES)
def record_drop(
    name: Annotated[str, typer.Argument(help=say("prompts.drop.name"))],
    language: Language,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.prompts import drop

    raise typer.Exit(drop(name, language, config, as_json=as_json))
