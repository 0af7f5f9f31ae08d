"""Gets Debian programs into a folder of the user's own: no root, nothing on the machine changed.

`apt-get` runs with its own state, lists and cache and an empty list of installed packages, so it fetches a
program with everything that it needs; `dpkg -x` unpacks that into one root, and the root's own loader
starts the program. This module does not know what any of the programs does.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIRROR_VARIABLE = "SWITCHROOM_DEBIAN_MIRROR"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SUITES = {"stable", "testing", "unstable", "sid", "bullseye", "bookworm", "trixie", "forky"}
_OPTION_FOR_FILES = {"espeak-ng": "--path="}  # programs that must be told where their own files were unpacked
_DEADLINE = 900.0
Say = Callable[[str], None]


class CannotUnpackError(RuntimeError):
    """A program could not be fetched. The text says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One archive of the machine's apt sources; `signed_by` is its key file ("" = the keys apt trusts)."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A program ready to run: its command's first words; where it was unpacked (None = the machine's own)."""

    command: tuple[str, ...]
    root: Path | None = None


def silent(_: str) -> None:
    """Say nothing: the default for those who do not want to hear the steps."""


def cache_folder() -> Path:
    """Return the user's cache folder for Switchroom; every clone and version of the product shares it."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "switchroom"


def find_or_unpack_program(packages: tuple[str, ...], binary: str, *, say: Say = silent) -> Program:
    """Find `binary` on the path, or unpack `packages` from the machine's own suite.

    Raises `CannotUnpackError`.
    """
    found = shutil.which(binary)
    if found:
        return Program((found,))
    return unpack_program(packages, binary, say=say)


def unpack_program(packages: tuple[str, ...], binary: str, *, say: Say = silent) -> Program:
    """Unpack `packages` of the machine's own suite; return the start of `binary` (a name or path in it)."""
    return _program_in(unpack(packages, suite=own_suite(), say=say), binary)


def unpacked_program(package: str, binary: str) -> Program | None:
    """Return the start of `binary` where the package was unpacked before, else None. Never unpacks."""
    root = newest_root(package)
    return _program_in(root, binary) if root is not None else None


def _program_in(root: Path, binary: str) -> Program:
    command = command_in(root, binary)
    option = _OPTION_FOR_FILES.get(binary)
    return Program((*command, option + command[2].split(":")[0]) if option else command, root)


def unpack(packages: tuple[str, ...], *, suite: str, say: Say = silent) -> Path:
    """Unpack packages of a suite with all that they need into the cache folder, once; return the root.

    Safe beside others who do the same at the same time: one works, the rest wait and find it done. The root
    is named after the first package and its version: `mosquitto-2.0.11`.
    """
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = packages[0]
    with _alone(cache / f".{name}.lock"):
        done = newest_root(name)
        if done is not None:
            return done
        for stale in cache.glob(f".unpacking-{name}-*"):
            shutil.rmtree(stale, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=f".unpacking-{name}-", dir=cache))
        try:
            return _unpack_in(work, packages, suite, say)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def newest_root(name: str) -> Path | None:
    """Return the newest finished root of a package in the cache folder, or None."""
    roots = [path for path in cache_folder().glob(f"{name}-[0-9]*") if path.is_dir()]
    return max(roots, key=lambda path: version_of(path.name), default=None)


def version_of(text: str) -> tuple[int, ...]:
    """Return the first dotted number in a text: `Asterisk 22.10.1~dfsg` gives (22, 10, 1), no number ()."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def command_in(root: Path, binary: str) -> tuple[str, ...]:
    """Return the words that start `binary` from an unpacked root: its own loader, its own libraries."""
    places = [root / folder / binary for folder in ("", "usr/bin", "usr/sbin", "bin", "sbin")]
    program = next((place for place in places if place.is_file()), None)
    loader = next((found for place in ("usr/lib", "lib") for found in (root / place).glob("*/ld-linux*.so.*")), None)
    if program is None or loader is None:
        what = binary if program is None else "the loader (ld-linux)"
        raise CannotUnpackError(f"{root} holds no {what}: delete that folder and start again, it is unpacked anew")
    triple = loader.parent.name
    folders = [root / "usr/lib" / triple, root / "lib" / triple, root / "usr/lib"]
    libraries = ":".join(str(folder) for folder in folders if folder.is_dir())
    return (str(loader), "--library-path", libraries, str(program))


# ── the machine's apt sources ─────────────────────────────────────────────────────────────────────────────


def parse_one_line(text: str) -> Iterator[Source]:
    """Read the old format: `deb [signed-by=KEY arch=amd64] URI SUITE COMPONENT...`, one source a line."""
    for raw in text.splitlines():
        found = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)", raw)
        if found:
            options = dict(part.split("=", 1) for part in (found[1] or "").split() if "=" in part)
            yield Source(found[2], (found[3],), tuple(found[4].split()), options.get("signed-by", ""))


def parse_deb822(text: str) -> Iterator[Source]:
    """Read the `.sources` format: stanzas of `Key: value`; a stanza may name several addresses and suites."""
    for stanza in re.split(r"\n[ \t]*\n", _without_comments(text)):
        fields: dict[str, str] = {}
        key = ""
        for line in stanza.splitlines():
            if line[:1] in (" ", "\t") and key:
                fields[key] += "\n" + line.strip()
            elif ":" in line:
                key, value = line.split(":", 1)
                key = key.strip().lower()
                fields[key] = value.strip()
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes").lower() != "no":
            keys = fields.get("signed-by", "")
            for uri in fields.get("uris", "").split():
                yield Source(
                    uri,
                    tuple(fields.get("suites", "").split()),
                    tuple(fields.get("components", "").split()),
                    "" if "\n" in keys else keys,  # a key written out in place: its archive is trusted by the keyring
                )


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def machine_sources(etc: Path = Path("/etc/apt")) -> tuple[Source, ...]:
    """Every source that the machine's apt is configured with, in apt's order."""
    found: list[Source] = []
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if path.is_file() and path.suffix in (".list", ".sources"):
            read = parse_deb822 if path.suffix == ".sources" else parse_one_line
            found.extend(read(path.read_text(encoding="utf-8", errors="replace")))
    return tuple(found)


def debian_mirror(sources: Iterable[Source]) -> Source | None:
    """Pick the source that mirrors Debian itself: component main, a Debian suite, no add-on archive."""
    named = os.environ.get(MIRROR_VARIABLE)
    if named:
        return Source(named, (), ("main",), str(_KEYRING) if _KEYRING.exists() else "")
    fit = [source for source in sources if "main" in source.components and _SUITES.intersection(source.suites)]
    by_name = [source for source in fit if source.uri.rstrip("/").endswith("/debian")]
    return next(iter(by_name or fit), None)


def own_suite() -> str:
    """Return the code name of the machine's own Debian release, such as bookworm."""
    release = Path("/etc/os-release")
    text = release.read_text(encoding="utf-8") if release.exists() else ""
    found = re.search(r'^VERSION_CODENAME="?(\w+)', text, re.MULTILINE)
    return found[1] if found else "stable"


# ── the work ──────────────────────────────────────────────────────────────────────────────────────────────


def _unpack_in(work: Path, packages: tuple[str, ...], suite: str, say: Say) -> Path:
    wanted = " ".join(packages)
    apt = _private_apt(work, _mirror_of(wanted), suite)
    say(f"reading the package lists of Debian {suite}")
    _run([*apt, "update"], wanted)
    say(f"fetching {wanted} with all that it needs")
    _run([*apt, "--download-only", "install", *packages], wanted)
    archives = sorted((work / "cache/archives").glob("*.deb"))
    root = work / "root"
    root.mkdir()
    say(f"unpacking {len(archives)} packages")
    for archive in archives:
        _run(["dpkg", "-x", str(archive), str(root)], wanted)
    first = next(archive for archive in archives if archive.name.startswith(f"{packages[0]}_"))
    version = version_of(_run(["dpkg-deb", "-f", str(first), "Version"], wanted))
    final = cache_folder() / f"{packages[0]}-{'.'.join(map(str, version)) or '0'}"
    root.rename(final)
    return final


def _mirror_of(wanted: str) -> Source:
    missing = [tool for tool in ("apt-get", "dpkg", "dpkg-deb") if not shutil.which(tool)]
    source = debian_mirror(machine_sources())
    if missing or source is None:
        what = f"{', '.join(missing)} not found" if missing else "no Debian mirror among this machine's apt sources"
        raise CannotUnpackError(
            f"cannot fetch {wanted}: {what}. Install it by the machine's own means, or name a mirror in "
            f"{MIRROR_VARIABLE} (needs apt-get and dpkg)"
        )
    return source


def _private_apt(work: Path, source: Source, suite: str) -> list[str]:
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    key = source.signed_by or (str(_KEYRING) if _KEYRING.exists() else "")
    signed = f"[signed-by={key}] " if key else ""
    (work / "sources.list").write_text(f"deb {signed}{source.uri} {suite} main\n", encoding="utf-8")
    settings = {
        "Dir::State": f"{work}/state",
        "Dir::State::status": f"{work}/status",
        "Dir::Cache": f"{work}/cache",
        "Dir::Etc::sourcelist": f"{work}/sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "APT::Get::List-Cleanup": "false",
    }
    return ["apt-get", "-qq", "-y", *(f"-o{key}={value}" for key, value in settings.items())]


def _run(command: list[str], wanted: str) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 (the words are ours; no shell reads them)
            command, capture_output=True, text=True, check=False, env=environment, timeout=_DEADLINE
        )
    except subprocess.TimeoutExpired:
        raise CannotUnpackError(
            f"fetching {wanted} took more than {_DEADLINE:.0f} s: is the mirror reachable?"
        ) from None
    if done.returncode != 0:
        last = [line for line in done.stderr.splitlines() if line.strip()][-4:]
        raise CannotUnpackError(f"cannot fetch {wanted}: {Path(command[0]).name} said: {' / '.join(last)}")
    return done.stdout


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
