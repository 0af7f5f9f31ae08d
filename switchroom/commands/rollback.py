"""`switchroom rollback`: a flow's earlier version back into its file, and so into force.

It does not know what that takes; `switchroom/rollback.py` does.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from switchroom.commands.answers import Code, UsageError, print_json, print_line, settings_from
from switchroom.commands.versions import full_version
from switchroom.rollback import keep_present, plan_return, write_files
from switchroom.versions import Versions
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from switchroom.settings import Settings

PATIENCE = 10.0  # seconds in which a running server must have put it in force
LOOK = 0.02


def rollback(flow: str, version: str, config: Path | None, *, as_json: bool) -> Code:
    """Write the version's texts back and wait until a running server has them in force. Code 1: it cannot be.

    Raises UsageError for a version that is not kept.
    """
    settings = settings_from(config).settings
    kept, dialplans = Versions(settings.server.data / "versions"), settings.server.dialplans
    version = full_version(kept, flow, version)
    found = plan_return(kept, dialplans, flow, version)
    if found is None:
        raise UsageError(say("versions.no_such", flow=flow, version=version, known="-"))
    if found.faults or found.missed:
        _refuse(flow, version, found.faults, as_json=as_json)
        return Code.NO
    before, running = len(kept.deployed(flow)), _runs(settings)
    begun = time.monotonic()
    overwritten = keep_present(kept, dialplans) if found.files else None
    write_files(dialplans, found.files)
    took = _in_force(kept, flow, version, before, begun) if running and found.files else None
    answer = {"flow": flow, "version": version, "files": sorted(found.files), "overwritten": str(overwritten or ""),
              "server": running, "seconds": took}  # fmt: skip
    if as_json:
        print_json(answer)
    else:
        _show(answer, overwritten)
    return Code.NO if running and found.files and took is None else Code.OK


def _refuse(flow: str, version: str, faults: tuple[object, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"flow": flow, "version": version, "faults": [str(fault) for fault in faults]})
        return
    for fault in faults:
        print_line(str(fault))
    print_line(say("rollback.refused", flow=flow, version=version))


def _show(answer: dict[str, object], overwritten: Path | None) -> None:
    names = answer["flow"], answer["version"]
    if not answer["files"]:
        print_line(say("rollback.nothing", flow=names[0], version=names[1]))
        return
    print_line(say("rollback.written", files=", ".join(map(str, answer["files"])), kept=overwritten))  # type: ignore[call-overload]
    if not answer["server"]:
        print_line(say("rollback.later", flow=names[0], version=names[1]))
    elif answer["seconds"] is None:
        print_line(say("rollback.unheard", seconds=PATIENCE))
    else:
        print_line(say("rollback.done", flow=names[0], version=names[1], seconds=f"{answer['seconds']:.2f}"))


def _runs(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.http.host in {"0.0.0.0", "::"} else settings.http.host  # noqa: S104  never bound here
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.http.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _in_force(kept: Versions, flow: str, version: str, before: int, begun: float) -> float | None:
    """After how many seconds the version came into force; None when that did not happen in time."""
    while time.monotonic() - begun < PATIENCE:
        lines = kept.deployed(flow)
        if len(lines) > before and lines[-1].version == version:
            return time.monotonic() - begun
        time.sleep(LOOK)
    return None
