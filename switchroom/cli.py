"""The command line: which commands there are, their options, their help.

It does not know what a command does: each is one file in `switchroom/commands/`, imported only when it is
called, so that `--help` and a mistyped option answer at once.
"""
# ruff: noqa: PLC0415  importing late is this file's whole point

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from switchroom.cli_campaigns import campaign
from switchroom.cli_days import Commands, days
from switchroom.cli_flows import flows
from switchroom.cli_law import audit, law
from switchroom.cli_lists import lists
from switchroom.cli_options import EXIT_CODES, MARKUP, AsJson, ConfigFile, DialplansFolder
from switchroom.cli_options import leave as _leave
from switchroom.cli_prompts import prompts
from switchroom.cli_steering import steering
from switchroom.words import say

Shape = Literal["text", "json", "sarif", "github"]

app = typer.Typer(
    name="switchroom",
    cls=Commands,
    help=say("app.help"),
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=MARKUP,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
asterisk = typer.Typer(
    help=say("asterisk.help"), epilog=EXIT_CODES, no_args_is_help=True, rich_markup_mode=app.rich_markup_mode
)
app.add_typer(asterisk, name="asterisk")
app.add_typer(flows)
app.add_typer(days)
app.add_typer(steering)
app.add_typer(prompts, name="prompts")
app.add_typer(campaign, name="campaign")
app.add_typer(audit, name="audit")
app.add_typer(law, name="law")
app.add_typer(lists, name="list")


@app.command(help=say("demo.help"), epilog=EXIT_CODES)
def demo(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    seconds: Annotated[float, typer.Option("--for", min=0, help=say("demo.for"))] = 0,
    summary: Annotated[str, typer.Option("--json", metavar="FILE", help=say("demo.json"))] = "",
    robots: Annotated[bool, typer.Option("--robots/--no-robots", help=say("demo.robots"))] = True,
    seed: Annotated[int, typer.Option("--seed", help=say("demo.seed"))] = 1,
    calls_per_minute: Annotated[float, typer.Option("--calls-per-minute", min=0, max=6000, help=say("demo.rate"))] = 12,
    kill_every: Annotated[float, typer.Option("--kill-every", min=0, help=say("demo.kill"))] = 0,
) -> None:
    from switchroom.commands.demo import show
    from switchroom.demo import DemoOptions

    _leave(
        show(
            DemoOptions(
                for_seconds=seconds,
                json_path=summary,
                robots=robots,
                seed=seed,
                calls_per_minute=calls_per_minute,
                kill_every=kill_every,
            )
        )
    )


@app.command(help=say("serve.help"), epilog=EXIT_CODES)
def serve(
    config: ConfigFile = None,
    watchdog: Annotated[bool, typer.Option("--watchdog/--no-watchdog", help=say("serve.watchdog"))] = True,
) -> None:
    from switchroom.commands.serve import serve as run

    _leave(run(config, watchdog=watchdog))


@asterisk.command("start", help=say("asterisk.start"), epilog=EXIT_CODES)
def asterisk_start(config: ConfigFile = None, as_json: AsJson = False) -> None:
    from switchroom.commands.asterisk import start

    _leave(start(config, as_json=as_json))


@asterisk.command("stop", help=say("asterisk.stop"), epilog=EXIT_CODES)
def asterisk_stop(config: ConfigFile = None, as_json: AsJson = False) -> None:
    from switchroom.commands.asterisk import stop

    _leave(stop(config, as_json=as_json))


@asterisk.command("check", help=say("asterisk.check"), epilog=EXIT_CODES)
def asterisk_check(config: ConfigFile = None, as_json: AsJson = False) -> None:
    from switchroom.commands.asterisk import check_running

    _leave(check_running(config, as_json=as_json))


@asterisk.command("path", help=say("asterisk.path"), epilog=EXIT_CODES)
def asterisk_path(as_json: AsJson = False) -> None:
    from switchroom.commands.asterisk import show_path

    _leave(show_path(as_json=as_json))


@app.command(help=say("check.help"), epilog=EXIT_CODES)
def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help=say("check.folder"))] = None,
    config: ConfigFile = None,
    shape: Annotated[Shape, typer.Option("--format", help=say("check.format"))] = "text",
    strict: Annotated[bool, typer.Option("--strict", help=say("check.strict"))] = False,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.check import Format
    from switchroom.commands.check import check as run

    _leave(run(folder, config, Format.JSON if as_json else Format(shape), strict=strict))


@app.command(help=say("prove.help"), epilog=EXIT_CODES)
def prove(
    flow: Annotated[str, typer.Argument(metavar="[FLOW]", help=say("prove.flow"))] = "",
    folder: DialplansFolder = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.prove import prove_flows

    _leave(prove_flows(flow, folder, config, as_json=as_json))


@app.command(help=say("schema.help"), epilog=EXIT_CODES)
def schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=say("schema.out"))] = None,
    folder: DialplansFolder = None,
    config: ConfigFile = None,
) -> None:
    from switchroom.commands.schema import write_schema

    _leave(write_schema(out, folder, config))


@app.command(help=say("call.help"), epilog=EXIT_CODES)
def call(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    number: Annotated[str, typer.Argument(metavar="NUMBER|FILE", help=say("call.number"))],
    keys: Annotated[str, typer.Option("--keys", help=say("call.keys"))] = "",
    caller: Annotated[str, typer.Option("--from", help=say("call.from"))] = "",
    to: Annotated[str, typer.Option("--to", metavar="HOST:PORT", help=say("call.to"))] = "",
    talk: Annotated[float, typer.Option("--talk", min=0, max=3600, help=say("call.talk"))] = 5,
    patience: Annotated[float, typer.Option("--patience", min=0, max=3600, help=say("call.patience"))] = 60,
    secret: Annotated[list[str] | None, typer.Option("--secret", metavar="NAME=KEYS", help=say("call.secret"))] = None,
    user: Annotated[str, typer.Option("--user", help=say("call.user"))] = "supervisor",
    password: Annotated[Path | None, typer.Option("--password-file", help=say("call.password"))] = None,
    hurry: Annotated[float, typer.Option("--hurry", min=0, max=3600, help=say("call.hurry"))] = 3600,
    dialplans: DialplansFolder = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    if number.endswith(".call") or Path(number).is_dir():
        from switchroom.commands import call_file

        wish = call_file.Wish(
            Path(number), to, tuple(secret or ()), user, password, dialplans, hurry=hurry, patience=patience
        )
        _leave(call_file.call_file(wish, config, as_json=as_json))
    from switchroom.commands.call import Wish
    from switchroom.commands.call import call as run

    _leave(run(Wish(number, keys, caller, to, talk, patience), config, as_json=as_json))


@app.command("try", help=say("try.help"), epilog=EXIT_CODES)
def try_flow(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    called: Annotated[str, typer.Argument(metavar="NUMBER|FLOW", help=say("try.called"))],
    caller: Annotated[str, typer.Option("--from", help=say("try.from"))] = "13800001111",
    at: Annotated[str, typer.Option("--at", help=say("try.at"))] = "now",
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help=say("try.save"))] = None,
    dialplans: DialplansFolder = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("try.json"))] = False,
) -> None:
    from switchroom.commands.try_flow import Wish
    from switchroom.commands.try_flow import try_flow as run

    _leave(run(Wish(called, caller, at, dialplans, save), config, as_json=as_json))


@app.command(help=say("simulate.help"), epilog=EXIT_CODES)
def simulate(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help=say("simulate.files"))] = None,
    report_to: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help=say("simulate.junit"))] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help=say("simulate.coverage"))] = False,
    dialplans: DialplansFolder = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.simulate import Wish
    from switchroom.commands.simulate import simulate as run

    _leave(run(Wish(tuple(files or ()), dialplans, report_to, coverage), config, as_json=as_json))


@app.command(help=say("transcript.help"), epilog=EXIT_CODES)
def transcript(
    contact: Annotated[str, typer.Argument(help=say("transcript.contact"))],
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help=say("transcript.save"))] = None,
    dialplans: DialplansFolder = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.transcript import transcript as run

    _leave(run(contact, save, dialplans, config, as_json=as_json))


@app.command(help=say("rehearse.help"), epilog=EXIT_CODES)
def rehearse(  # noqa: PLR0913, PLR0917  one parameter an option is typer's way
    since: Annotated[str, typer.Option("--since", help=say("report.since"))] = "yesterday",
    until: Annotated[str, typer.Option("--until", help=say("report.until"))] = "now",
    flow: Annotated[str, typer.Option("--flow", help=say("rehearse.flow"))] = "",
    journal: Annotated[str, typer.Option("--journal", metavar="URL", help=say("replay.journal"))] = "",
    dialplans: DialplansFolder = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.rehearse import Wish
    from switchroom.commands.rehearse import rehearse as run

    _leave(run(Wish(since, until, flow, dialplans, journal), config, as_json=as_json))


@app.command(help=say("doctor.help"), epilog=EXIT_CODES)
def doctor(
    settings: Annotated[bool, typer.Option("--settings", help=say("doctor.settings"))] = False,
    salvage: Annotated[Path | None, typer.Option("--salvage", metavar="NEW.db", help=say("doctor.salvage"))] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.doctor import examine, save_journal, show_settings

    if salvage is not None:
        _leave(save_journal(salvage, config, as_json=as_json))
    _leave((show_settings if settings else examine)(config, as_json=as_json))


@app.command(help=say("replay.help"), epilog=EXIT_CODES)
def replay(
    journal: Annotated[str, typer.Argument(metavar="[URL]", help=say("replay.journal"))] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    from switchroom.commands.replay import replay as run

    _leave(run(journal, config, as_json=as_json))


@app.command("hash", help=say("hash.help"), epilog=EXIT_CODES)
def hash_secrets() -> None:
    from switchroom.commands.hash import show

    _leave(show())


@app.command(help=say("version.help"), epilog=EXIT_CODES)
def version(as_json: AsJson = False) -> None:
    from switchroom.commands.version import show

    _leave(show(as_json=as_json))


def main() -> None:
    """Run the command line; a fault that a command foresaw ends in its text and exit code, no traceback."""
    try:
        app()
    except Exception as error:  # noqa: BLE001  `told` raises again what nobody foresaw
        from switchroom.commands.answers import told

        sys.exit(told(error))
