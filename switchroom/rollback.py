"""Bringing a flow back to a version of before: which files that takes, checked before one of them is written.

It does not know the running server: that sees the files change, as with every other save.

What makes a version comes back: the flow's text, those of the flows that it calls, and the texts of its prompts, line
by line, so that the prompts of other flows stay as they are. Queues, agents and calendars stay, too.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from ivr.faults import Fault
from ivr.source import read
from ivr.written import Table
from switchroom.floorplan import FloorPlan, load_floor
from switchroom.flow_versions import reached
from switchroom.staging import at_home
from switchroom.versions import Record, Versions


@dataclass(frozen=True, slots=True)
class Return:
    """What is to be written, by path below the dialplans folder; or the faults that keep it from being written.

    `key` names the edition that the version was found in.
    """

    files: Mapping[str, bytes]
    faults: tuple[Fault, ...] = ()
    key: str = ""
    missed: bool = False  # what would be written is sound, but is another version


def plan_return(versions: Versions, dialplans: Path, flow: str, version: str) -> Return | None:
    """Work out and check what brings the version back; None when it is not kept. Writes nothing in `dialplans`."""
    key = versions.find(flow, version)
    then = load_floor(versions.place(key))[0] if key else None
    if then is None or flow not in then.flows:
        return None
    files = dict(_files(versions.place(key), dialplans, then, flow))
    _, copy = versions.copy(dialplans)
    try:
        for name, raw in files.items():
            (copy / name).unlink(missing_ok=True)
            (copy / name).write_bytes(raw)
        floor, faults = load_floor(copy)
        found = tuple(at_home(fault, copy, dialplans) for fault in faults) if floor is None else ()
        missed = floor is not None and (flow not in floor.flows or floor.flows[flow].version != version)
        return Return(files, found, key, missed)
    finally:
        versions.drop(copy)


def write_files(dialplans: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, each whole or not at all, with the rights that they have."""
    for name, raw in files.items():
        path = dialplans / name
        handle, fresh = tempfile.mkstemp(prefix=".", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        Path(fresh).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(fresh).replace(path)


def keep_present(versions: Versions, dialplans: Path) -> Path:
    """Keep the files as they are now, sound or not, so that nothing that is overwritten is lost."""
    key, copy = versions.copy(dialplans)
    if versions.record(key) is not None:
        versions.drop(copy)
        return versions.place(key)
    floor, _ = load_floor(copy)
    known = {name: flow.version for name, flow in floor.flows.items()} if floor else {}
    return versions.keep(key, copy, Record(known, {}))


def _files(place: Path, dialplans: Path, then: FloorPlan, flow: str) -> Iterator[tuple[str, bytes]]:
    """The files that differ from what they must be."""
    parts = reached(then.flows[flow], then.flows)
    for part in parts:
        name = f"flows/{part.name}.yaml"
        raw = (place / name).read_bytes()
        if not (dialplans / name).exists() or (dialplans / name).read_bytes() != raw:
            yield name, raw
    for language in sorted({language for part in parts for language in part.languages}):
        name = f"prompts/{language}.yaml"
        wanted = {prompt for part in parts if language in part.languages for prompt in part.prompts}
        now = (dialplans / name).read_bytes() if (dialplans / name).exists() else b""
        raw = with_entries(now, (place / name).read_bytes(), wanted)
        if raw != now:
            yield name, raw


def with_entries(now: bytes, then: bytes, names: set[str]) -> bytes:
    """The catalogue `now` with these entries as they stood `then`; what both say alike is not touched."""
    lines, old = now.decode("utf-8").splitlines(keepends=True), then.decode("utf-8").splitlines(keepends=True)
    here, there = _spans(now), _spans(then)
    said, meant = _texts(now), _texts(then)
    changed = [name for name in there if name in names and said.get(name) != meant[name]]
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    for name in sorted((name for name in changed if name in here), key=lambda each: -here[each][0]):
        lines[slice(*here[name])] = old[slice(*there[name])]
    for name in (name for name in changed if name not in here):
        lines += old[slice(*there[name])]
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines).encode()


def _spans(raw: bytes) -> dict[str, tuple[int, int]]:
    """The lines of each entry of a catalogue, without the comments and blank lines behind it."""
    table, _ = read(raw, "")
    lines = raw.decode("utf-8", errors="replace").splitlines()
    starts = [(key.value, key.place.line - 1) for key, _ in table.entries] if isinstance(table, Table) else []
    spans = {}
    ends = [start for _, start in starts[1:]] + [len(lines)]
    for (name, start), last in zip(starts, ends, strict=False):
        spans[name] = (start, last - _idle(lines[start + 1 : last]))
    return spans


def _idle(lines: list[str]) -> int:
    """How many comments and blank lines stand at the end."""
    return len(list(takewhile(re.compile(r"\s*(#|$)").match, reversed(lines))))


def _texts(raw: bytes) -> dict[str, str]:
    table, _ = read(raw, "")
    entries = table.entries if isinstance(table, Table) else ()
    return {key.value: " ".join(str(getattr(value, "value", "")).split()) for key, value in entries}
