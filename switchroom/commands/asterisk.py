"""`switchroom asterisk start | stop | check | path`: the private Asterisk of each own node.

It does not know how one is written or started; it asks `own_asterisk` and tells what came of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cti.asterisk.daemon import Daemon, DaemonError
from cti.asterisk.package import Package, find_or_unpack
from cti.asterisk.settings import SettingsError
from cti.debian import CannotUnpackError
from switchroom.commands.answers import Code, OutsideError, print_json, print_line, print_note, settings_from
from switchroom.floorplan import load_floor
from switchroom.own_asterisk import own_nodes, phones_at, prepare
from switchroom.own_asterisk import start as start_or_reload
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Row = dict[str, Any]


def start(config: Path | None, *, as_json: bool) -> Code:
    """Start each own node's Asterisk; one that runs stays as it is."""

    def started(daemon: Daemon) -> Row:
        before = daemon.running()
        pid = start_or_reload(daemon)
        key = "asterisk.ran" if before else "asterisk.started"
        text = say(key, pid=pid, ami=daemon.layout.ami_port, sip=daemon.layout.settings.sip_port)
        return {"sound": True, "pid": pid, "was_running": before is not None, "text": text}

    return _for_each(config, started, as_json=as_json, needs_floor=True)


def stop(config: Path | None, *, as_json: bool) -> Code:
    """Stop each own node's Asterisk; one that does not run is left so."""

    def stopped(daemon: Daemon) -> Row:
        pid = daemon.running()
        daemon.stop()
        text = say("asterisk.stopped", pid=pid) if pid else say("asterisk.not_running")
        return {"sound": True, "pid": pid, "text": text}

    return _for_each(config, stopped, as_json=as_json)


def check_running(config: Path | None, *, as_json: bool) -> Code:
    """Say of each own node whether its Asterisk runs and is sound; exit code 1 when one is not."""

    def checked(daemon: Daemon) -> Row:
        found = daemon.check()
        text = "; ".join((*found.faults, *found.warnings)) or found.version
        return {
            "sound": found.sound,
            "pid": found.pid,
            "version": found.version,
            "faults": found.faults,
            "warnings": found.warnings,
            "text": text,
        }

    return _for_each(config, checked, as_json=as_json)


def show_path(*, as_json: bool) -> Code:
    """Say which Asterisk is used; unpack one when there is none."""
    package = found_package()
    version = ".".join(map(str, package.version))
    if as_json:
        print_json({"command": package.command, "root": str(package.root), "version": version})
    else:
        print_line(f"Asterisk {version}\n{' '.join(package.command)}")
    return Code.OK


def found_package() -> Package:
    """Return the machine's Asterisk, unpacked if need be; `OutsideError` when there is no way to one."""
    try:
        return find_or_unpack(say=print_note)
    except CannotUnpackError as error:
        raise OutsideError(say("asterisk.none", why=error), say("asterisk.none.remedy")) from error


def _for_each(config: Path | None, deed: Callable[[Daemon], Row], *, as_json: bool, needs_floor: bool = False) -> Code:
    settings = settings_from(config).settings
    if not own_nodes(settings):
        raise OutsideError(say("asterisk.no_own"), say("asterisk.no_own.remedy"))
    plan, faults = load_floor(settings.server.dialplans)
    # On a faulty floor it can be stopped and checked; started, its agents would have no phones.
    if faults and needs_floor:
        print_note("\n".join(map(str, faults)))
        return Code.NO
    package, rows = found_package(), []
    for node in own_nodes(settings):
        try:
            row = deed(prepare(settings, node, package, phones_at(plan.agents if plan else {}, node)))
        except (DaemonError, SettingsError, OSError) as error:
            raise OutsideError(f"{node.name}: {error}", say("asterisk.failed.remedy")) from error
        rows.append({"node": node.name, **row})
        if not as_json:
            print_line(f"{node.name}: {row['text']}")
    if as_json:
        print_json(rows)
    return Code.OK if all(row["sound"] for row in rows) else Code.NO
