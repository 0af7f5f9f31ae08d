"""`switchroom version`: which Switchroom, which Python."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version

from switchroom.commands.answers import Code, print_json, print_line


def show(*, as_json: bool) -> Code:
    """Print the versions."""
    try:
        ours = installed_version("switchroom")
    except PackageNotFoundError:
        ours = "?"
    python = platform.python_version()
    if as_json:
        print_json({"switchroom": ours, "python": python})
    else:
        print_line(f"switchroom {ours} (Python {python})")
    return Code.OK
