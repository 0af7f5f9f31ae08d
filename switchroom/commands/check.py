"""`switchroom check`: every fault of the floor's files, with its place.

It does not know what is a fault; `switchroom/floorplan.py` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.commands.answers import Code, print_json, print_line, settings_from
from switchroom.floorplan import load_floor
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path


def check(folder: Path | None, config: Path | None, *, as_json: bool) -> Code:
    """Read `folder` (or the configured one); exit code 1 when anything in it is at fault."""
    folder = folder or settings_from(config).settings.server.dialplans
    plan, faults = load_floor(folder)
    if as_json:
        print_json({"folder": str(folder), "sound": not faults, "faults": [fault.record() for fault in faults]})
    elif plan is None:
        print_line("\n".join(map(str, faults)))
        print_line(say("check.faults", count=len(faults), folder=folder))
    else:
        counts = {"flows": len(plan.flows), "queues": len(plan.queues), "agents": len(plan.agents)}
        print_line(say("check.sound", folder=folder, **counts))
    return Code.NO if faults else Code.OK
