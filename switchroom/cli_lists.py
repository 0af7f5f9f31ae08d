"""The commands about lists of people to be called: `switchroom list ...`, their options, their help.

It does not know what a command does: each is in `switchroom/commands/lists*.py`, imported only when it is called.
"""
# ruff: noqa: PLC0415  importing late is what keeps --help quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, leave
from switchroom.words import say

lists = typer.Typer(help=say("list.help"), epilog=EXIT_CODES, no_args_is_help=True, rich_markup_mode=MARKUP)
ListName = Annotated[str, typer.Argument(metavar="LIST", help=say("list.name"))]
NewName = Annotated[str, typer.Option("--name", metavar="LIST", help=say("list.name"))]


@lists.command("import", help=say("list.import"), epilog=EXIT_CODES)
def import_list(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("list.import.file"))],
    name: NewName,
    region: Annotated[str, typer.Option("--region", metavar="CN", help=say("list.import.region"))] = "",
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=HEADER", help=say("list.import.map"))
    ] = None,
    zone: Annotated[str, typer.Option("--zone", help=say("list.import.zone"))] = "",
    encoding: Annotated[str, typer.Option("--encoding", help=say("list.import.encoding"))] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", help=say("list.import.delimiter"))] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=say("list.import.sheet"))] = "",
    header: Annotated[bool | None, typer.Option("--header/--no-header", help=say("list.import.header"))] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="LIST|all", help=say("list.import.without"))
    ] = None,
    consent: Annotated[str, typer.Option("--consent", help=say("list.import.consent"))] = "",
    preview: Annotated[bool, typer.Option("--preview", help=say("list.import.preview"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("list.import.dry"))] = False,
    strict: Annotated[bool, typer.Option("--strict", help=say("list.import.strict"))] = False,
    rejects: Annotated[Path | None, typer.Option("--rejects", metavar="FILE", help=say("list.import.rejects"))] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.list_import import ImportWish, import_file, show_preview
    from switchroom.list_source import Reading

    wish = ImportWish(
        file, name, region, zone, tuple(columns or ()), Reading(encoding, delimiter, sheet, header),
        tuple(without or ()), dry_run=dry_run, strict=strict, rejects=rejects, consent=consent,
    )  # fmt: skip
    leave((show_preview if preview else import_file)(wish, config, as_json=as_json))


@lists.command("show", help=say("list.show"), epilog=EXIT_CODES)
def show(
    name: Annotated[str, typer.Argument(metavar="[LIST]", help=say("list.name"))] = "",
    campaign: Annotated[str, typer.Option("--campaign", help=say("list.show.campaign"))] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.lists import show_lists

    leave(show_lists(name, campaign, config, as_json=as_json))


@lists.command("rejects", help=say("list.rejects"), epilog=EXIT_CODES)
def rejects(
    name: ListName,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("list.rejects.out"))] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.lists import show_rejects

    leave(show_rejects(name, out, config, as_json=as_json))


@lists.command("drop", help=say("list.drop"), epilog=EXIT_CODES)
def drop(
    name: ListName,
    yes: Annotated[bool, typer.Option("--yes", help=say("list.drop.yes"))] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.lists import drop_list

    leave(drop_list(name, config, yes=yes, as_json=as_json))


@lists.command("export", help=say("list.export"), epilog=EXIT_CODES)
def export(
    name: Annotated[str, typer.Argument(metavar="[LIST]", help=say("list.name"))] = "",
    campaign: Annotated[str, typer.Option("--campaign", help=say("list.export.campaign"))] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("list.export.out"))] = None,
    config: ConfigFile = None,
) -> None:
    from switchroom.commands.list_results import export_list

    leave(export_list(name, campaign, out, config))


@lists.command("rerun", help=say("list.rerun"), epilog=EXIT_CODES)
def rerun(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    campaign: Annotated[str, typer.Option("--campaign", help=say("list.rerun.campaign"))],
    outcome: Annotated[str, typer.Option("--outcome", metavar="OUTCOME,...", help=say("list.rerun.outcome"))],
    name: NewName,
    of: Annotated[list[str] | None, typer.Option("--of", metavar="LIST", help=say("list.rerun.of"))] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.list_results import rerun_list

    leave(rerun_list(campaign, outcome, name, tuple(of or ()), config, as_json=as_json))


@lists.command("journey", help=say("list.journey"), epilog=EXIT_CODES)
def journey(
    who: Annotated[str, typer.Argument(metavar="NUMBER|PERSON", help=say("list.journey.who"))],
    region: Annotated[str, typer.Option("--region", metavar="CN", help=say("list.import.region"))] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.list_results import show_journey

    leave(show_journey(who, region, config, as_json=as_json))


@lists.command("forget", help=say("list.forget"), epilog=EXIT_CODES)
def forget(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=say("list.forget.number"))],
    why: Annotated[str, typer.Option("--why", help=say("list.forget.why"))] = "",
    recordings: Annotated[bool, typer.Option("--recordings", help=say("list.forget.with_recordings"))] = False,
    user: Annotated[str, typer.Option("--user", help=say("call.user"))] = "administrator",
    password: Annotated[Path | None, typer.Option("--password-file", help=say("server.password.help"))] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.list_forget import forget_person
    from switchroom.commands.server_talk import LogIn

    who = LogIn(user, password, config)
    leave(forget_person(number, why, who, recordings=recordings, as_json=as_json))
