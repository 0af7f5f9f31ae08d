"""Writes the whole configuration folder of a private Asterisk from its settings.

Everything that the Asterisk reads or writes lies below one folder (recordings may lie elsewhere), so any
number of them live side by side and leave no trace when the folder goes. It does not know how the program
is started.

The folder: `etc/` configuration, `data/` documentation and sounds, `lib/` database and keys, `spool/`,
`run/` socket and pid file, `log/`, `music/`, `recordings/`, and `secrets.json`.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from cti.asterisk.music import write_hold_music
from cti.asterisk.settings import (
    ExchangeSettings,
    Role,
    Secrets,
    SettingsError,
    check_settings,
    keep_secrets,
    write_private,
)

if TYPE_CHECKING:
    from cti.asterisk.package import Package

# The core reads these too; without them it complains, with its defaults it would work for nothing.
_SWITCHED_OFF = ("cdr.conf", "cel.conf")
_LEFT_EMPTY = (
    "acl.conf",
    "ccss.conf",
    "features.conf",
    "http.conf",
    "sorcery.conf",
    "stasis.conf",
    "udptl.conf",
)
_SOCKET_PATH_LIMIT = 100  # bytes; a UNIX socket's address holds 108

# The order matters to a reader only: Asterisk sorts by dependency. `Daemon.check` tells which one is missing.
MODULES = (
    "pbx_config",
    "res_timing_timerfd",
    "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb", "res_pjproject",
    "res_pjsip", "res_pjsip_pubsub", "res_pjsip_session", "res_pjsip_sdp_rtp", "res_pjsip_nat",
    "res_pjsip_caller_id", "res_pjsip_rfc3326", "res_pjsip_dtmf_info", "res_pjsip_registrar",
    "res_pjsip_authenticator_digest", "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_endpoint_identifier_user", "res_pjsip_endpoint_identifier_ip",
    "chan_pjsip", "res_rtp_asterisk",
    "bridge_simple", "bridge_native_rtp", "bridge_softmix",
    "codec_ulaw", "codec_alaw", "codec_gsm", "codec_resample",
    "format_pcm", "format_wav", "format_sln", "format_gsm",
    "res_musiconhold", "res_speech", "res_agi",
    "app_playback", "app_record", "app_dial", "app_read", "app_senddtmf", "app_stack", "app_userevent", "app_exec",
    "app_playtones",
    "app_chanspy", "func_cut", "func_groupcount", "func_uri", "func_periodic_hook", "app_mixmonitor",
    "app_confbridge", "func_lock", "app_amd", "app_waitforsilence", "res_tonedetect", "res_pjsip_header_funcs",
    "func_callerid", "func_channel", "func_db", "func_env", "func_global", "func_logic", "func_strings", "func_timeout",
    "func_hangupcause", "res_manager_devicestate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """A configuration folder that has been written, and how to speak with the Asterisk that runs on it.

    `conf` is the asterisk.conf to start with. AMI is at `ami_host`:`ami_port` for `ami_user` with
    `secrets.ami`; AGI requests carry `secrets.agi_token` as their script name.
    """

    settings: ExchangeSettings
    secrets: Secrets
    conf: Path
    run: Path
    recordings: Path
    modules: tuple[str, ...]
    ami_host: str = "127.0.0.1"
    ami_user: str = "switchroom"

    @property
    def folder(self) -> Path:
        """The folder that holds everything."""
        return self.settings.folder

    @property
    def ami_port(self) -> int:
        """The AMI's TCP port on loopback."""
        return self.settings.ami_port

    @property
    def messages(self) -> Path:
        """Asterisk's own log."""
        return self.folder / "log" / "messages.log"


FOLDERS = ("", "etc", "data", "data/documentation", "data/sounds", "lib", "lib/keys", "spool", "run", "log")


def write_layout(settings: ExchangeSettings, package: Package) -> Layout:
    """Write the configuration folder; what Asterisk has stored in it (database, recordings, logs) stays.

    Raises `SettingsError` before anything is written, `OSError` when the folder cannot be.
    """
    check_settings(settings)
    folder = settings.folder.absolute()
    recordings = (settings.recordings or folder / "recordings").absolute()
    for place in (*(folder / name for name in FOLDERS), recordings):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    secrets = keep_secrets(folder, settings.phones)
    _write_documents(folder / "data", package)
    music = settings.music.absolute() if settings.music else write_hold_music(folder / "music")
    run = _run_folder(folder)
    modules = (*MODULES, *settings.applications)
    values = _values(settings, secrets) | {
        "etc": folder / "etc", "library": folder / "lib", "database": folder / "lib",
        "documents": folder / "data", "spool": folder / "spool", "log": folder / "log", "run": run,
        "modules": package.modules, "music": music, "recordings": recordings,
    }  # fmt: skip
    texts = _texts(settings, secrets, values, modules)
    for name, text in texts.items():
        write_private(folder / "etc" / name, text)
    return Layout(settings, secrets, folder / "etc/asterisk.conf", run, recordings, modules)


def template(name: str) -> str:
    """Return the text of a shipped configuration template."""
    return (files("cti.asterisk") / "templates" / name).read_text(encoding="utf-8")


def _values(settings: ExchangeSettings, secrets: Secrets) -> dict[str, object]:
    return {
        "name": settings.name,
        "address": settings.address,
        "sip_port": settings.sip_port,
        "ami_port": settings.ami_port,
        "ami_secret": secrets.ami,
        "agi_host": settings.agi_host,
        "agi_port": settings.agi_port,
        "agi_token": secrets.agi_token,
        "rtp_first": settings.rtp_ports[0],
        "rtp_last": settings.rtp_ports[1],
        "transmit_silence": "yes" if settings.role is Role.CARRIER else "no",  # the carrier's people sound like phones
        "trunk": next((trunk.name for trunk in settings.trunks), ""),
        "trunk_context": "switchroom-in" if settings.role is Role.EXCHANGE else "customer",
    }


def _texts(
    settings: ExchangeSettings, secrets: Secrets, values: dict[str, object], modules: tuple[str, ...]
) -> dict[str, str]:
    written = ("asterisk.conf", "manager.conf", "rtp.conf", "musiconhold.conf", "confbridge.conf", "amd.conf",
               "logger.conf", "indications.conf", "pjproject.conf", "switchroom-globals.conf")  # fmt: skip
    texts = {name: Template(template(name)).substitute(values) for name in written}
    for name, folder in settings.classes:
        texts["musiconhold.conf"] += f"[{name}]\nmode = files\ndirectory = {folder.absolute()}\n"
    texts |= dict.fromkeys(_SWITCHED_OFF, template("switched-off.conf"))
    texts |= dict.fromkeys(_LEFT_EMPTY, "; Switchroom needs none of it.\n")
    texts["modules.conf"] = template("modules.conf") + "".join(f"load = {name}.so\n" for name in modules)
    texts["pjsip.conf"] = _pjsip(settings, secrets, values)
    texts["extensions.conf"] = template(
        "extensions.conf" if settings.role is Role.EXCHANGE else "carrier-extensions.conf"
    )
    return texts


def _pjsip(settings: ExchangeSettings, secrets: Secrets, values: dict[str, object]) -> str:
    phone, trunk = Template(template("phone.conf")), Template(template("trunk.conf"))
    parts = [Template(template("pjsip.conf")).substitute(values)]
    for each in settings.phones:
        parts.append(phone.substitute(name=each.name, secret=secrets.phones[each.name]))
        if each.fixed_at:
            parts.append(f"qualify_frequency = 0\ncontact = sip:{each.name}@{each.fixed_at}\n")
    parts += [trunk.substitute(name=each.name, host=each.host, port=each.port) for each in settings.trunks]
    return "".join(parts)


def _write_documents(target: Path, package: Package) -> None:
    """Give Asterisk the part of its documentation that it insists on, and the package's English sounds."""
    cut = target / "documentation/core-en_US.xml"
    marker = f"<!-- Asterisk {'.'.join(map(str, package.version))} -->"
    if not (cut.exists() and marker in cut.read_text(encoding="utf-8")[:200]):
        write_private(
            cut,
            _cut_documentation((package.documents / "documentation" / cut.name).read_text("utf-8"), marker),
        )
    sounds = target / "sounds/en"
    recorded = next((path for path in sorted(package.documents.glob("sounds/en*")) if path.is_dir()), None)
    if recorded is not None and not sounds.exists():
        sounds.unlink(missing_ok=True)
        sounds.symlink_to(recorded)
    sounds.mkdir(exist_ok=True)


def _cut_documentation(whole: str, marker: str) -> str:
    """Keep what Asterisk checks its configuration against, and the bare names of the rest.

    It parses the whole file (1.6 MB) at each start: the cut one saves two thirds of the boot and of its
    memory.
    """
    needed = re.findall(r"<configInfo\b.*?</configInfo>", whole, re.DOTALL)
    named = sorted(set(re.findall(r'<(application|function|manager|agi|managerEvent)\s[^>]*?name="([^"]+)"', whole)))
    bare = [
        f'<{kind} name="{name}" language="en_US"><synopsis>see asterisk.org</synopsis></{kind}>' for kind, name in named
    ]
    kept = "\n".join(
        re.sub(r"<xi:include\b.*?(?:/>|</xi:include>)", "", element, flags=re.DOTALL) for element in needed
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{marker}\n<docs>\n{kept}\n{chr(10).join(bare)}\n</docs>\n'


def _run_folder(folder: Path) -> Path:
    run = folder / "run"
    if len(str(run / "asterisk.ctl")) <= _SOCKET_PATH_LIMIT:
        return run
    short = Path(tempfile.gettempdir()) / f"switchroom-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != folder.stat().st_uid or short.is_symlink():
        raise SettingsError(f"folder {folder} is too long for a socket, and {short} belongs to somebody else")
    return short
