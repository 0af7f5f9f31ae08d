"""What no single key can tell: ports that collide, names used twice, unknown time zones, unsafe secret files.

It does not know how values are written down; it sees finished settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from switchroom.config_faults import Fault
from switchroom.secret_files import SecretError, check_secret
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from switchroom.settings import NodeSettings, Settings

EVERY = {"0.0.0.0", "::"}  # noqa: S104  compared with, never bound


def cross_checked(settings: Settings, file: Path | None, origins: Mapping[str, str]) -> list[Fault]:
    """Return the faults that show only when settings are seen together or against the file system."""
    found = [
        *_zone(settings),
        *_urls(settings, file),
        *_names(settings),
        *_ports(settings),
        *_ranges(settings),
        *_secrets(settings),
    ]
    return [Fault(key, problem, remedy, origins.get(key, "")) for key, problem, remedy in found]


Found = Iterator[tuple[str, str, str]]


def _zone(settings: Settings) -> Found:
    zone = settings.server.timezone
    if zone == "UTC":
        return
    try:
        ZoneInfo(zone)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError, and odd names raise the others
        yield "server.timezone", say("config.zone", zone=zone), say("config.zone.remedy")
    except KeyError:
        yield "server.timezone", say("config.zone", zone=zone), say("config.zone.remedy")


def _urls(settings: Settings, file: Path | None) -> Found:
    bus = _split(settings.bus.url)
    if bus.scheme not in {"mqtt", "mqtts"} or not bus.hostname:
        yield "bus.url", say("config.bus"), say("config.bus.remedy")
    elif bus.password is not None:
        yield "bus.url", say("config.bus.password"), say("config.bus.password.remedy")
    journal = _split(settings.journal.url)
    if journal.scheme.split("+")[0] not in {"sqlite", "postgresql"}:
        yield "journal.url", say("config.journal"), say("config.journal.remedy")
    elif journal.password and file and file.stat().st_mode & 0o077:
        remedy = say("config.journal.open.remedy", file=file)
        yield "journal.url", say("config.journal.open", file=file), remedy


def _split(url: str) -> SplitResult:
    """Return the parts of `url`; of one that cannot be read, or whose port is none, empty ones."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _names(settings: Settings) -> Found:
    if not settings.nodes:
        yield "node", say("config.nodes.none"), say("config.nodes.none.remedy")
    seen: set[str] = set()
    for position, node in enumerate(settings.nodes, 1):
        if node.name in seen:
            yield f"node.{position}.name", say("config.twice", name=node.name), say("config.twice.remedy")
        seen.add(node.name)


def _ports(settings: Settings) -> Found:
    """Each listening port of ours and of our own nodes is used once; SIP is UDP, the others TCP."""
    wanted = [("http.port", settings.http.host, settings.http.port, "tcp")]
    wanted.append(("agi.port", settings.agi.host, settings.agi.port, "tcp"))
    for position, node in enumerate(settings.nodes, 1):
        if node.own:
            wanted.append((f"node.{position}.ami_port", node.ami_host, node.ami_port, "tcp"))
            wanted.append((f"node.{position}.sip_port", node.bind, node.sip_port, "udp"))
    taken: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for key, host, port, kind in wanted:
        for other, other_host in taken.get((kind, port), []):
            if host == other_host or host in EVERY or other_host in EVERY:
                yield key, say("config.port", port=port, other=other), say("config.port.remedy")
                break
        taken.setdefault((kind, port), []).append((key, host))


def _ranges(settings: Settings) -> Found:
    earlier: list[tuple[int, NodeSettings]] = []
    for position, node in enumerate(settings.nodes, 1):
        if not node.own:
            continue
        key = f"node.{position}.rtp_to"
        if node.rtp_to <= node.rtp_from:
            yield key, say("config.rtp", start=node.rtp_from), say("config.rtp.remedy")
        for other, one in earlier:
            if node.bind == one.bind and node.rtp_from <= one.rtp_to and one.rtp_from <= node.rtp_to:
                yield key, say("config.rtp.shared", other=other), say("config.rtp.remedy")
        earlier.append((position, node))


def _secrets(settings: Settings) -> Found:
    files = [("bus.password_file", settings.bus.password_file, True)]
    for position, node in enumerate(settings.nodes, 1):
        # An own node's secrets are made when it is first started.
        files.append((f"node.{position}.ami_secret_file", node.ami_secret_file, not node.own))
        files.append((f"node.{position}.agi_token_file", node.agi_token_file, not node.own))
    for key, file, needed in files:
        if file is None or not (needed or file.exists()):
            continue
        try:
            check_secret(file)
        except SecretError as error:
            yield key, error.problem, error.remedy
