"""`switchroom check`: every fault of the floor's files, with its place.

It does not know what is a fault; `switchroom/floorplan.py` and `switchroom/advice.py` do.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from ivr.resume_rules import told_to_anyone
from switchroom.advice import advise
from switchroom.commands.answers import Code, UsageError, print_json, print_line, settings_from
from switchroom.commands.fault_formats import as_github, as_sarif
from switchroom.floorplan import load_floor
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.faults import Fault
    from switchroom.floorplan import FloorPlan


class Format(StrEnum):
    """How faults are told."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


@dataclass(frozen=True, slots=True)
class _Findings:
    folder: Path
    plan: FloorPlan | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def check(folder: Path | None, config: Path | None, shape: Format, *, strict: bool) -> Code:
    """Read `folder` (or the configured one); exit code 1 when anything in it is at fault, or warned of when strict."""
    folder = folder or settings_from(config).settings.server.dialplans
    if not folder.is_dir():
        raise UsageError(say("check.nowhere", folder=folder))
    found = _read(folder)
    faults = found.faults
    failed = bool(faults) or (strict and bool(found.warnings))
    told = (*faults, *found.warnings)
    if shape is Format.JSON:
        records = {"faults": [each.record() for each in faults], "warnings": [each.record() for each in found.warnings]}
        print_json({"folder": str(folder), "sound": not failed, **records})
    elif shape is Format.SARIF:
        print_json(as_sarif(told))
    elif shape is Format.GITHUB:
        for line in as_github(told):
            print_line(line)
    else:
        _tell(found)
    return Code.NO if failed else Code.OK


def _read(folder: Path) -> _Findings:
    gc.disable()  # nothing of what is read is garbage, and to look for some takes a fifth of the time
    try:
        plan, faults = load_floor(folder)
        return _Findings(folder, plan, faults, advise(folder, plan, datetime.now(UTC).date()) if plan else ())
    finally:
        gc.enable()


def _tell(found: _Findings) -> None:
    for each in (*found.faults, *found.warnings):
        print_line(str(each))
    if found.plan is None:
        print_line(say("check.faults", count=len(found.faults), folder=found.folder))
        return
    plan = found.plan
    counts = {"flows": len(plan.flows), "queues": len(plan.queues), "agents": len(plan.agents)}
    print_line(say("check.sound", folder=found.folder, **counts))
    for flow in plan.flows.values():
        anyone = told_to_anyone(flow)
        if anyone:
            print_line(say("check.anyone", flow=flow.name, points=", ".join(dict.fromkeys(p for _, p in anyone))))
    if found.warnings:
        print_line(say("check.warnings", count=len(found.warnings)))
