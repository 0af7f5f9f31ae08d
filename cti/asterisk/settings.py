"""What a private Asterisk is asked to be: its name, its ports, its phones, its trunks, its secrets.

Plain records and their checks. It does not know how a configuration file is written.
"""

from __future__ import annotations

import json
import os
import re
import secrets as chance
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_HOST = re.compile(r"[A-Za-z0-9_.:/-]{1,253}")
_FIXED = re.compile(r"[A-Za-z0-9_.-]{1,253}:[0-9]{1,5}")
_SECRET = re.compile(r"[A-Za-z0-9_.~+/=!@%^*-]{1,120}")


class SettingsError(ValueError):
    """A setting cannot be used. The text names the setting, what is wrong with it and what would be right."""


class Role(StrEnum):
    """EXCHANGE carries Switchroom's calls; CARRIER plays the outside world for demo and tests."""

    EXCHANGE = "exchange"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class Phone:
    """An agent's SIP account.

    `secret` "" = one is made and kept. The name needs a letter: numbers are for callers. `fixed_at`
    (HOST:PORT) is where a phone stands that never registers and is never asked whether it is there; "" = it
    registers.
    """

    name: str
    secret: str = ""
    fixed_at: str = ""


@dataclass(frozen=True, slots=True)
class Trunk:
    """A neighbour that sends and takes calls without a password: every call from `host` is his.

    `port` is dialled.
    """

    name: str
    host: str
    port: int = 5060


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made once, kept in a file with mode 0600. `phones` maps a phone's name to its SIP password."""

    ami: str
    agi_token: str
    phones: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """A private Asterisk, complete.

    `name` is the node's name, in every unique id. `folder` is its own and holds everything that it writes,
    except `recordings` (default: `folder/recordings`). `address` is where SIP and RTP are bound; AMI is
    bound to loopback. `music` is a folder with hold music (default: a soft one is made), `classes` are folders with
    other music, by the name under which a queue asks for it. `applications` names further modules that a
    benchmark wants, such as `app_queue`.
    """

    name: str
    folder: Path
    sip_port: int
    ami_port: int
    agi_port: int = 0
    agi_host: str = "127.0.0.1"
    rtp_ports: tuple[int, int] = (16384, 18383)
    phones: tuple[Phone, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    recordings: Path | None = None
    music: Path | None = None
    classes: tuple[tuple[str, Path], ...] = ()
    address: str = "127.0.0.1"
    role: Role = Role.EXCHANGE
    applications: tuple[str, ...] = ()


def check_settings(settings: ExchangeSettings) -> None:
    """Refuse what cannot be written into a configuration file safely.

    Raises `SettingsError` with every fault.
    """
    faults = [*_name_faults(settings), *_port_faults(settings), *_peer_faults(settings), *_word_faults(settings)]
    faults += [
        f"folder {str(place)!r} holds a control character or one of ;[]{{}}$: Asterisk misreads it"
        for place in (settings.folder, settings.recordings, settings.music, *(folder for _, folder in settings.classes))
        if place is not None and re.search(r"[\x00-\x1f;\[\]{}$]", str(place))
    ]
    if faults:
        raise SettingsError("; ".join(faults))


def _peer_faults(settings: ExchangeSettings) -> list[str]:
    faults = [
        f"trunk {trunk.name}: {trunk.host!r} is no host name or address"
        for trunk in settings.trunks
        if not _HOST.fullmatch(trunk.host)
    ]
    faults += [
        f"phone {phone.name}: the secret may hold letters, digits and ._~+/=!@%^*- only"
        for phone in settings.phones
        if phone.secret and not _SECRET.fullmatch(phone.secret)
    ]
    faults += [
        f"phone {phone.name}: fixed_at {phone.fixed_at!r} must be HOST:PORT, such as 192.0.2.7:5060"
        for phone in settings.phones
        if phone.fixed_at and not _FIXED.fullmatch(phone.fixed_at)
    ]
    return faults


def _word_faults(settings: ExchangeSettings) -> list[str]:
    faults = [
        f"application {name!r} is no module's name, such as app_queue"
        for name in settings.applications
        if not re.fullmatch(r"[a-z0-9_]+", name)
    ]
    faults += [
        f"music {name!r} is no name: use small letters, digits and hyphens, and not `default` or `general`"
        for name, _ in settings.classes
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name) or name in {"default", "general"}
    ]
    return faults


def _name_faults(settings: ExchangeSettings) -> list[str]:
    named = [
        settings.name,
        *(phone.name for phone in settings.phones),
        *(trunk.name for trunk in settings.trunks),
    ]
    faults = [f"name {name!r} must be 1 to 40 letters, digits or _.-" for name in named if not _NAME.fullmatch(name)]
    faults += [
        f"name {name!r} is used twice" for name in sorted({name for name in named[1:] if named[1:].count(name) > 1})
    ]
    faults += [
        f"phone {phone.name!r} needs a letter in its name: a caller may present that number"
        for phone in settings.phones
        if not re.search("[A-Za-z]", phone.name)
    ]
    return faults


def _port_faults(settings: ExchangeSettings) -> list[str]:
    ports = {"sip_port": settings.sip_port, "ami_port": settings.ami_port}
    if settings.agi_port:
        ports["agi_port"] = settings.agi_port
    faults = [f"{key} {port} must be 1 to 65535" for key, port in ports.items() if not 0 < port < 65536]
    first, last = settings.rtp_ports
    if not (1024 <= first < last <= 65535 and last - first >= 9):
        faults.append(f"rtp_ports {first}-{last} must be a range of at least 10 ports between 1024 and 65535")
    return faults


def keep_secrets(folder: Path, phones: tuple[Phone, ...] = ()) -> Secrets:
    """Read the secrets of `folder/secrets.json`; make those that are missing and keep them, mode 0600.

    A secret written in the settings wins over a kept one.
    """
    path = folder / "secrets.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known = kept.get("phones", {})
    passwords = {phone.name: phone.secret or known.get(phone.name) or chance.token_urlsafe(12) for phone in phones}
    made = Secrets(
        ami=kept.get("ami") or chance.token_urlsafe(24),
        agi_token=kept.get("agi_token") or chance.token_urlsafe(24),
        phones=passwords,
    )
    wanted = {"ami": made.ami, "agi_token": made.agi_token, "phones": {**known, **passwords}}
    if wanted != kept:
        write_private(path, json.dumps(wanted, indent=2) + "\n")
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
