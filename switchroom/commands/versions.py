"""`switchroom versions` and `switchroom diff`: what was in force when, and what differs.

It does not know where editions come from; `switchroom/versions.py` keeps them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from switchroom.commands.answers import Code, UsageError, print_json, print_line, settings_from
from switchroom.commands.moments import zone_of
from switchroom.floorplan import FloorPlan, load_floor
from switchroom.flow_versions import reached
from switchroom.versions import Deployed, Versions
from switchroom.words import say

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from switchroom.settings import Settings


def versions(flow: str, config: Path | None, *, as_json: bool) -> Code:
    """Print what was in force of a flow, or of all, newest last, and whether the files are that. Code 1: they are not.

    Raises UsageError for a flow that never was.
    """
    settings = settings_from(config).settings
    kept = Versions(settings.server.data / "versions")
    lines = [line for line in kept.deployed(flow or None) if line.flow]
    floor, faults = load_floor(settings.server.dialplans)
    files = {name: one.version for name, one in floor.flows.items()} if floor else {}
    if flow and not lines and flow not in files:
        raise UsageError(say("versions.unknown", flow=flow))
    current = {line.flow: line.version for line in lines}
    same = floor is not None and all(files.get(name, "") == version for name, version in current.items())
    if as_json:
        print_json({"in_force": current, "files": files, "faults": [str(fault) for fault in faults], "deployed": lines})
    else:
        _show(lines, current, zone_of(settings.server.timezone))
        _show_files(settings, current, files, len(faults) if floor is None else 0)
    return Code.OK if same else Code.NO


def _show(lines: list[Deployed], current: Mapping[str, str], zone: tzinfo) -> None:
    last = {line.flow: line for line in lines}
    width = max((len(line.flow) for line in lines), default=0)
    for line in lines:
        when = datetime.fromtimestamp(line.at, zone).isoformat(" ", "seconds")
        mark = "*" if last[line.flow] is line and current[line.flow] else " "
        version = line.version or say("versions.removed")
        print_line(f"{mark} {when}  {line.flow:<{width}}  {version:<12}  {_how(line)}")


def _how(line: Deployed) -> str:
    if line.how == "first":
        return say("versions.first", by=line.by)
    return say("versions.rolled_back", by=line.by) if line.how == "rolled_back" else say("versions.saved", by=line.by)


def _show_files(settings: Settings, current: Mapping[str, str], files: Mapping[str, str], faults: int) -> None:
    if faults:
        print_line(say("versions.faults", count=faults, folder=settings.server.dialplans))
        return
    for name in sorted(current.keys() | files.keys()):
        was, now = current.get(name, ""), files.get(name, "")
        if was != now:
            print_line(say("versions.differs", flow=name, version=now or "-", before=was or "-"))


def diff(flow: str, before: str, after: str, config: Path | None) -> Code:
    """Print what differs between two versions; by default what is in force and the file. Code 1 when something does.

    Raises UsageError for a flow or a version that is not kept.
    """
    settings = settings_from(config).settings
    kept = Versions(settings.server.data / "versions")
    one = _side(kept, settings, flow, before or _in_force(kept, flow))
    other = _side(kept, settings, flow, after)
    found = list(_differences(one, other))
    for line in found:
        print_line(line)
    return Code.NO if found else Code.OK


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a comparison: each text by what it is called."""

    name: str
    texts: Mapping[str, str]


def _in_force(kept: Versions, flow: str) -> str:
    lines = kept.deployed(flow)
    if not lines:
        raise UsageError(say("versions.unknown", flow=flow))
    return lines[-1].version


def _side(kept: Versions, settings: Settings, flow: str, version: str) -> _Side:
    folder = settings.server.dialplans
    if version:
        version = full_version(kept, flow, version)
        folder = kept.place(kept.find(flow, version))
    floor, faults = load_floor(folder)
    if floor is None or flow not in floor.flows:
        path = folder / "flows" / f"{flow}.yaml"
        if not path.is_file():
            raise UsageError(say("versions.unknown", flow=flow))
        text = path.read_text(encoding="utf-8", errors="replace")
        return _Side(version or say("diff.file", faults=len(faults)), {f"flows/{flow}.yaml": text})
    return _Side(version or say("diff.file", faults=0), dict(_texts(floor, folder, flow)))


def _texts(floor: FloorPlan, folder: Path, flow: str) -> Iterator[tuple[str, str]]:
    """What makes a version: the texts of the flow and of those it calls, and its prompts a line each."""
    parts = reached(floor.flows[flow], floor.flows)
    for part in parts:
        yield f"flows/{part.name}.yaml", (folder / "flows" / f"{part.name}.yaml").read_text(encoding="utf-8")
    for language in sorted({language for part in parts for language in part.languages}):
        names = sorted({name for part in parts if language in part.languages for name in part.prompts})
        told = [f"{name}: {floor.prompts[name, language]}\n" for name in names if (name, language) in floor.prompts]
        yield f"prompts/{language}.yaml", "".join(told)


def _differences(one: _Side, other: _Side) -> Iterator[str]:
    for name in sorted(one.texts.keys() | other.texts.keys()):
        old, new = (side.texts.get(name, "").splitlines() for side in (one, other))
        yield from difflib.unified_diff(old, new, f"{name} ({one.name})", f"{name} ({other.name})", lineterm="")


def full_version(kept: Versions, flow: str, begun: str) -> str:
    """The one version of a flow that begins like this. Raises UsageError when none does, or several do."""
    known = sorted({line.version for line in kept.deployed(flow) if line.version.startswith(begun)})
    if len(known) != 1 and kept.find(flow, begun):
        return begun
    if len(known) != 1:
        choices = sorted({line.version for line in kept.deployed(flow) if line.version})
        raise UsageError(say("versions.no_such", flow=flow, version=begun, known=", ".join(choices[-5:]) or "-"))
    return known[0]
