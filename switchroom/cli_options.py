"""What the options of several commands have in common.

It does not know any command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from switchroom.words import say, terminal_language

EXIT_CODES = say("exit.codes")
# rich cuts Chinese text short where a column ends, because it looks for blanks to break at.
MARKUP: Literal["rich"] | None = "rich" if terminal_language() == "en" else None
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help=say("option.config"))]
DialplansFolder = Annotated[Path | None, typer.Option("--dialplans", metavar="DIR", help=say("option.dialplans"))]
AsJson = Annotated[bool, typer.Option("--json", help=say("option.json"))]
Since = Annotated[str, typer.Option("--since", help=say("report.since"))]
Until = Annotated[str, typer.Option("--until", help=say("report.until"))]


def leave(code: int) -> None:
    """End with this exit code."""
    raise typer.Exit(code)
