"""Unpacks the programs that apt-get could not install; called by bootstrap.sh inside .venv.

It does not know what the programs are for. Exit code 1 when one of them cannot be had.
"""
# ruff: noqa: INP001  a script, no package

from __future__ import annotations

import sys

from cti.debian import CannotUnpackError, find_or_unpack_program

PROGRAMS = (("sip-tester", "sipp"), ("espeak-ng", "espeak-ng"), ("mosquitto", "mosquitto"))


def note(line: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(f"setup: {line}\n")


def main() -> int:
    """Find or unpack each program."""
    missing = 0
    for package, binary in PROGRAMS:
        try:
            find_or_unpack_program((package,), binary, say=note)
        except CannotUnpackError as error:
            note(f"{binary}: {error}")
            missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
