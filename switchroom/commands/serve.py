"""`switchroom serve`: our own Asterisk nodes, and the server, kept alive by the watchdog.

It does not know what the server does; `switchroom/service.py` does. An own Asterisk goes on when the server
ends: its callers hear music until the next one; `switchroom asterisk stop` ends it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from cti.asterisk.daemon import Daemon, DaemonError
from cti.asterisk.settings import SettingsError
from switchroom import log
from switchroom.commands.answers import Code, OutsideError, print_note, settings_from
from switchroom.commands.asterisk import found_package
from switchroom.floorplan import load_floor
from switchroom.own_asterisk import keep_running, own_nodes, phones_at, prepare, start
from switchroom.versions import Versions
from switchroom.watchdog import supervise
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from switchroom.settings import Settings


def serve(config: Path | None, *, watchdog: bool) -> int:
    """Run until told to stop. Configuration and floor are read first: faults show before any start."""
    settings = settings_from(config).settings
    log.set_up(settings.log)
    # Imported once the configuration is known to be sound, and in the watchdog: each server is a fork of it and
    # starts without importing.
    from switchroom import service  # noqa: PLC0415  see above

    daemons = _started(settings)
    if daemons is None:
        return Code.USAGE

    async def server() -> None:
        nodes = asyncio.create_task(keep_running(daemons))
        try:
            await service.run(settings)
        finally:
            nodes.cancel()

    if watchdog:
        watching = structlog.get_logger("switchroom.watchdog")
        return supervise(server, say_line=lambda line: watching.warning("watchdog", says=line))
    try:
        asyncio.run(server())
    except KeyboardInterrupt:
        return Code.INTERRUPTED
    return Code.OK


def _started(settings: Settings) -> list[Daemon] | None:
    """Start the own nodes; None when the floor is at fault and there is no earlier edition (all has been told then)."""
    plan, faults = load_floor(settings.server.dialplans)
    if plan is None:
        print_note("\n".join(map(str, faults)))
        print_note(say("check.faults", count=len(faults), folder=settings.server.dialplans))
        versions = Versions(settings.server.data / "versions")
        plan = load_floor(versions.place(head))[0] if (head := versions.head()) else None
        if plan is None:
            return None
        print_note(say("serve.older", since=datetime.fromtimestamp(versions.deployed()[-1].at).astimezone()))
    daemons = []
    for node in own_nodes(settings):
        try:
            daemon = prepare(settings, node, found_package(), phones_at(plan.agents, node))
            print_note(say("serve.asterisk", node=node.name, pid=start(daemon), sip=node.sip_port))
        except (DaemonError, SettingsError, OSError) as error:
            raise OutsideError(f"{node.name}: {error}", say("asterisk.failed.remedy")) from error
        daemons.append(daemon)
    return daemons
