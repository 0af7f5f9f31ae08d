"""Finds an Asterisk 22.10 or newer on this machine, or unpacks Debian's into the user's cache folder.

It knows where a package keeps its modules and its documentation; it does not know what Asterisk is used for.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cti.debian import CannotUnpackError, Say, command_in, newest_root, silent, unpack, version_of

OLDEST = (22, 10)
_SUITE = "sid"  # the Debian suite that carries Asterisk 22
_MACHINE_MODULES = (
    "/usr/lib/*/asterisk/modules",
    "/usr/lib/asterisk/modules",
    "/usr/local/lib/asterisk/modules",
)
_MACHINE_DOCUMENTS = ("/usr/share/asterisk", "/var/lib/asterisk", "/usr/local/share/asterisk")


@dataclass(frozen=True, slots=True)
class Package:
    """One Asterisk that can be started.

    `command` are the first words of its command line; `modules` and `documents` are folders (`documents`
    holds `documentation/core-en_US.xml`); `version` is such as (22, 10, 1).
    """

    command: tuple[str, ...]
    root: Path
    modules: Path
    documents: Path
    version: tuple[int, ...]


def find_or_unpack(*, say: Say = silent) -> Package:
    """Return the machine's own Asterisk if it is new enough, else the unpacked one, unpacking it once.

    The first time takes 15 to 60 s and 310 MB in the cache folder. Raises `CannotUnpackError` with the
    remedy in its text.
    """
    found = find()
    if found is not None:
        return found
    root = unpack(("asterisk",), suite=_SUITE, say=say)
    package = in_root(root)
    if package.version < OLDEST:
        raise CannotUnpackError(
            f"the Debian mirror's {_SUITE} holds Asterisk {_dotted(package.version)}, Switchroom needs "
            f"{_dotted(OLDEST)}: delete {root} and use a current mirror, or install a newer Asterisk"
        )
    return package


def find() -> Package | None:
    """Return an Asterisk that is here already, installed or unpacked; None when there is none new enough."""
    installed = on_machine()
    if installed is not None:
        return installed
    root = newest_root("asterisk")
    package = in_root(root) if root is not None else None
    return package if package is not None and package.version >= OLDEST else None


def on_machine() -> Package | None:
    """Return the machine's installed Asterisk, or None when it is missing, too old or incomplete."""
    binary = shutil.which("asterisk") or shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin")
    if binary is None:
        return None
    modules = _first(_MACHINE_MODULES, "chan_pjsip.so")
    documents = _first(_MACHINE_DOCUMENTS, "documentation/core-en_US.xml")
    version = _ask_version((binary,))
    if modules is None or documents is None or version < OLDEST:
        return None
    return Package((binary,), Path("/"), modules, documents, version)


def in_root(root: Path) -> Package:
    """Describe the Asterisk unpacked in `root`. Raises `CannotUnpackError` when the folder is not whole."""
    command = command_in(root, "asterisk")
    modules = next(iter(root.glob("usr/lib/*/asterisk/modules")), None) or root / "usr/lib/asterisk/modules"
    documents = root / "usr/share/asterisk"
    if not (modules / "chan_pjsip.so").exists() or not (documents / "documentation/core-en_US.xml").exists():
        raise CannotUnpackError(
            f"{root} is not a whole Asterisk: delete that folder and start again, it is unpacked anew"
        )
    return Package(command, root, modules, documents, _ask_version(command))


def _first(patterns: tuple[str, ...], witness: str) -> Path | None:
    found = (path for pattern in patterns for path in sorted(Path("/").glob(pattern.lstrip("/"))))
    return next((path for path in found if (path / witness).exists()), None)


def _ask_version(command: tuple[str, ...]) -> tuple[int, ...]:
    try:
        done = subprocess.run(  # noqa: S603 (the words are ours; no shell reads them)
            [*command, "-V"], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return version_of(done.stdout)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
