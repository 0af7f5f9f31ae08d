"""`switchroom doctor`: what stands against serving on this machine, and every setting with its origin.

It does not know what is examined; `switchroom/doctor.py` does.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from journal.errors import JournalError
from journal.salvage import salvage
from switchroom import doctor
from switchroom.commands.answers import Code, OutsideError, print_json, print_line, settings_from
from switchroom.config_faults import ConfigError
from switchroom.settings import Settings
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import BaseModel

MARKS = {doctor.State.OK: "ok  ", doctor.State.WARNING: "warn", doctor.State.FAULT: "FAULT"}


def examine(config: Path | None, *, as_json: bool) -> Code:
    """Print the findings; exit code 1 when there is a fault, 0 when there are warnings at most."""
    findings = list(_findings(config))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print_line(f"{MARKS[finding.state]:5} {finding.name:10} {finding.text}")
            if finding.remedy:
                print_line(f"{'':16} -> {finding.remedy}")
    return Code.NO if any(finding.state is doctor.State.FAULT for finding in findings) else Code.OK


def _findings(config: Path | None) -> Iterator[doctor.Finding]:
    try:
        loaded = settings_from(config)
    except ConfigError as error:
        for fault in error.faults:
            where = f"{fault.key} ({fault.origin})" if fault.origin else fault.key
            yield doctor.Finding("settings", doctor.State.FAULT, f"{where}: {fault.problem}", fault.remedy)
        # The rest of the machine can still be examined, against the defaults.
        yield from doctor.examine(Settings())
        return
    source = loaded.file or say("doctor.settings.defaults")
    yield doctor.Finding("settings", doctor.State.OK, say("doctor.settings.read", file=source))
    yield from doctor.examine(loaded.settings)


def show_settings(config: Path | None, *, as_json: bool) -> Code:
    """Print each setting in force, its value and its origin. A password inside an address is struck out."""
    loaded = settings_from(config)
    rows = [
        {"key": key, "value": value, "origin": loaded.origins.get(key, "default")}
        for key, value in _flat(loaded.settings)
    ]
    if as_json:
        print_json(rows)
        return Code.OK
    width = max(len(row["key"]) for row in rows)
    for row in rows:
        print_line(f"{row['key']:{width}} = {row['value']!s:40} # {row['origin']}")
    return Code.OK


def save_journal(target: Path, config: Path | None, *, as_json: bool) -> Code:
    """Copy what can be read of the configured journal to a new file. Code 1 when something could not be."""
    try:
        saved = salvage(settings_from(config).settings.journal.url, target)
    except JournalError as fault:
        problem, _, remedy = str(fault).partition("; ")
        raise OutsideError(problem, remedy) from fault
    if as_json:
        print_json(asdict(saved))
    else:
        print_line(say("doctor.salvaged", facts=saved.facts, missing=saved.missing, file=target))
    return Code.NO if saved.missing else Code.OK


def _flat(settings: Settings) -> Iterator[tuple[str, Any]]:
    for name, section in settings:
        if isinstance(section, tuple):
            for position, node in enumerate(section, 1):
                yield from _rows(f"node.{position}", node)
        else:
            yield from _rows(name, section)


def _rows(prefix: str, section: BaseModel) -> Iterator[tuple[str, Any]]:
    for key, value in section.model_dump(mode="json").items():
        yield f"{prefix}.{key}", _without_password(value) if key == "url" else value


def _without_password(url: str) -> str:
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":***@") if password else url
