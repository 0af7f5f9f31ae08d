"""Examining this machine before a server starts on it: each finding says how things are and how to mend them.

It changes nothing, and it does not know how the server uses what it examines. No secret is read.
"""

from __future__ import annotations

import ctypes
import shutil
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cti.asterisk.package import find
from cti.debian import newest_root
from journal import health
from journal.health import Condition
from switchroom import reachable
from switchroom.own_asterisk import own_nodes
from switchroom.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from switchroom.settings import Settings

OLDEST_PYTHON = (3, 11)
LITTLE_DISK = 2 * 10**9
NO_DISK = 2 * 10**8
BUILT = 1_761_955_200  # 2025-11-01: a clock before that is wrong
TIME_ERROR = 5


class State(StrEnum):
    """How grave a finding is: nothing, calls may suffer, calls will not run."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy` is "" when it is well."""

    name: str
    state: State
    text: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything the settings need of this machine; takes some seconds where a peer is silent."""
    yield _python()
    yield _asterisk(settings)
    yield from _ports(settings)
    yield from _foreign_nodes(settings)
    yield _host_name()
    yield _disk(settings)
    yield from _folders(settings)
    yield from _journal(settings)
    yield _clock()
    yield _speech()
    yield _broker(settings)


def well(name: str, /, **values: object) -> Finding:
    """Return a finding that needs no remedy."""
    return Finding(name, State.OK, say(f"doctor.{name}", **values))


def ill(name: str, state: State, kind: str, /, **values: object) -> Finding:
    """Return a finding of this state; `kind` tells which of the ways `name` can be ill."""
    key = f"doctor.{name}.{kind}"
    return Finding(name, state, say(key, **values), say(f"{key}.remedy", **values))


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return ill("python", State.FAULT, "old", version=version)
    return well("python", version=version)


def _asterisk(settings: Settings) -> Finding:
    package = find()
    if package:
        return well("asterisk", version=".".join(map(str, package.version)), where=package.command[-1])
    if own_nodes(settings):
        return ill("asterisk", State.WARNING, "none")
    return Finding("asterisk", State.OK, say("doctor.asterisk.elsewhere"))


def _ports(settings: Settings) -> Iterator[Finding]:
    serving = reachable.is_our_server(settings.http.host, settings.http.port)
    wanted = [("http.port", settings.http.host, settings.http.port, "tcp", serving)]
    wanted.append(("agi.port", settings.agi.host, settings.agi.port, "tcp", serving))
    for node in own_nodes(settings):
        running = reachable.is_asterisk(node.ami_host, node.ami_port)
        wanted.append((f"{node.name} ami_port", node.ami_host, node.ami_port, "tcp", running))
        wanted.append((f"{node.name} sip_port", node.bind, node.sip_port, "udp", running))
    for key, host, port, kind, ours in wanted:
        if ours:
            yield Finding("port", State.OK, say("doctor.port.ours", key=key, port=port))
        elif reachable.is_free(host, port, kind):
            yield well("port", key=key, port=port)
        else:
            yield ill("port", State.FAULT, "taken", key=key, port=port, kind=kind)


def _foreign_nodes(settings: Settings) -> Iterator[Finding]:
    for node in settings.nodes:
        if node.own:
            continue
        values = {"node": node.name, "host": node.ami_host, "port": node.ami_port}
        if not node.ami_tls and not reachable.is_loopback(node.ami_host):
            yield ill("node", State.WARNING, "open", **values)
        # With TLS the greeting comes after the handshake; that the port answers must do here.
        look = reachable.is_open if node.ami_tls else reachable.is_asterisk
        if look(node.ami_host, node.ami_port):
            yield well("node", **values)
        else:
            yield ill("node", State.FAULT, "silent", **values)


def _host_name() -> Finding:
    name, found = reachable.host_name_resolves()
    return well("host", host=name) if found else ill("host", State.WARNING, "unknown", host=name)


def _disk(settings: Settings) -> Finding:
    folder = _existing(settings.server.data)
    free = shutil.disk_usage(folder).free
    values = {"gigabytes": f"{free / 10**9:.1f}", "folder": folder}
    if free < NO_DISK:
        return ill("disk", State.FAULT, "full", **values)
    return ill("disk", State.WARNING, "full", **values) if free < LITTLE_DISK else well("disk", **values)


def _existing(folder: Path) -> Path:
    return folder if folder.exists() or folder == folder.parent else _existing(folder.parent)


def _folders(settings: Settings) -> Iterator[Finding]:
    data = settings.server.data
    if not reachable.is_writable(_existing(data)):
        yield ill("data", State.FAULT, "locked", folder=data)
    elif (data / "secrets").exists() and (data / "secrets").stat().st_mode & 0o077:
        yield ill("data", State.WARNING, "open", folder=data / "secrets")
    else:
        yield well("data", folder=data)
    if settings.server.dialplans.is_dir():
        yield well("dialplans", folder=settings.server.dialplans)
    else:
        yield ill("dialplans", State.FAULT, "none", folder=settings.server.dialplans)


def _journal(settings: Settings) -> Iterator[Finding]:
    found = health.examine(settings.journal.url)
    said = {
        Condition.ABSENT: say("doctor.journal.absent"),
        Condition.OLDER: say("doctor.journal.older"),
        Condition.REFUSED: say("doctor.journal.refused", why=found.why),
        Condition.DAMAGED: say("doctor.journal.damaged", why=found.why),
    }
    if found.condition in said:
        yield Finding("journal", State.FAULT if found.remedy else State.OK, said[found.condition], found.remedy)
        return
    if found.unreadable:
        numbers = health.shown(found.unreadable)
        yield ill("journal", State.WARNING, "aside", count=len(found.unreadable), numbers=numbers)
    if found.gaps:
        numbers = health.shown(f"{first}-{last}" for first, last in found.gaps)
        yield ill("journal", State.WARNING, "gap", numbers=numbers)
    if found.in_part:
        yield Finding("journal", State.OK, say("doctor.journal.part", facts=found.facts))
    elif not found.unreadable and not found.gaps:
        yield well("journal", facts=found.facts)


def _clock() -> Finding:
    if time.time() < BUILT:
        return ill("clock", State.FAULT, "past", now=time.strftime("%Y-%m-%d"))
    if sys.platform == "linux":
        # An all-zero request only reads; 512 bytes hold the kernel's answer on every Linux.
        answer = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
        if answer == TIME_ERROR:
            return ill("clock", State.WARNING, "loose")
    return well("clock")


def _speech() -> Finding:
    if shutil.which("espeak-ng") or newest_root("espeak-ng"):
        return well("speech")
    return ill("speech", State.WARNING, "none")


def _broker(settings: Settings) -> Finding:
    if settings.bus.mode != "mqtt":
        return Finding("broker", State.OK, say("doctor.broker.inside", mode=settings.bus.mode))
    url = urlsplit(settings.bus.url)
    host, port = url.hostname or "", url.port or (8883 if url.scheme == "mqtts" else 1883)
    if reachable.is_open(host, port):
        return well("broker", host=host, port=port)
    return ill("broker", State.WARNING, "silent", host=host, port=port)
