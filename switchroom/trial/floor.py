"""The floor on which flows are tried: read from a folder, without sounds, journal or telephones.

It does not know what is tried on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ivr.faults import Fault
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.trial.reading import read_transcripts
from switchroom.trial.script import Transcript


class FloorAtFault(Exception):
    """The floor cannot be tried; `faults` are all that were found in its files."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def trial_plan(folder: Path, country: str) -> Plan:
    """The plan in a dialplans folder. Raises `FloorAtFault`."""
    floor, faults = load_floor(folder)
    if floor is None:
        raise FloorAtFault(faults)
    return Plan(floor, country)


def transcript_files(named: Iterable[Path], folder: Path) -> list[Path]:
    """The `.call` files that are named, or are in a named folder; those in `folder`/tests when none is named."""
    found: list[Path] = []
    for path in tuple(named) or (folder / "tests",):
        found += sorted(path.rglob("*.call")) if path.is_dir() else [path]
    return found


def read_files(files: Iterable[Path]) -> tuple[list[Transcript], list[Fault]]:
    """Every transcript of every file, and every fault; a file that cannot be read is a fault."""
    transcripts: list[Transcript] = []
    faults: list[Fault] = []
    for path in files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            faults.append(Fault(str(path), 1, 1, "unreadable", message))
            continue
        found, wrong = read_transcripts(raw, str(path))
        transcripts += found
        faults += wrong
    return transcripts, faults
