"""Starts, finds, checks and stops the private Asterisk of one layout, and no other.

A running one is known by the configuration file in its command line, so a stale pid file or another
folder's Asterisk fools nobody. All calls block; from asyncio use `asyncio.to_thread`. It does not know what
the Asterisk is used for.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cti.asterisk.probe import Headers, Probe, ProbeError

if TYPE_CHECKING:
    from cti.asterisk.layout import Layout
    from cti.asterisk.package import Package

_PR_SET_PDEATHSIG = 1


class DaemonError(RuntimeError):
    """Asterisk could not be started or stopped. The text holds the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What a look at the Asterisk found.

    `faults` stop calls; `warnings` make them slow. Both are whole sentences.
    """

    pid: int | None
    version: str
    faults: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """True when nothing stands against taking calls."""
        return not self.faults


class Daemon:
    """The Asterisk of one layout.

    With `dies_with_us` it ends when the thread that started it ends (demo, tests): start it from a thread
    that lives on, such as the main one. Without, it is a daemon of its own and outlives its starter, which
    is what `serve` needs.
    """

    def __init__(self, layout: Layout, package: Package, *, dies_with_us: bool = False) -> None:
        self.layout = layout
        self.package = package
        self._dies_with_us = dies_with_us
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, *, within: float = 20.0) -> int:
        """Start Asterisk, or find it running; return its process id once it is fully booted.

        Raises `DaemonError` with the end of its log when it is not up in time; nothing is left running then.
        """
        running = self.running()
        if running is None:
            running = self._spawn()
        deadline = time.monotonic() + within
        last = "it has not answered yet"
        while time.monotonic() < deadline:
            if self._child is not None and self._child.poll() is not None:
                raise DaemonError(f"Asterisk ended at start with code {self._child.returncode}: {self._last_words()}")
            try:
                with self.probe(patience=max(0.1, deadline - time.monotonic())) as probe:
                    probe.await_event("FullyBooted", within=max(0.1, deadline - time.monotonic()))
            except ProbeError as fault:
                last = str(fault)
                time.sleep(0.01)
            else:
                return running
        self.stop()
        raise DaemonError(f"Asterisk was not up within {within:.0f} s ({last}): {self._last_words()}")

    def stop(self, *, within: float = 5.0) -> None:
        """Ask Asterisk to end, and end it after `within` seconds. Not running: nothing happens."""
        found = self.leftovers()
        for pid in found:
            _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + within
        while self._alive(found) and time.monotonic() < deadline:
            time.sleep(0.01)
        for pid in self._alive(found):
            _signal(pid, signal.SIGKILL)
        deadline = time.monotonic() + 5.0
        while self._alive(found):
            if time.monotonic() > deadline:
                raise DaemonError(f"Asterisk {self._alive(found)} does not end even when killed")
            time.sleep(0.01)

    def running(self) -> int | None:
        """Return the process id of this layout's Asterisk, or None."""
        return next(iter(self.leftovers()), None)

    def leftovers(self) -> tuple[int, ...]:
        """Return every process that runs on this layout's configuration (more than one after an accident)."""
        mark = str(self.layout.conf).encode()
        return tuple(pid for pid in _processes() if _runs_on(pid, mark))

    def check(self) -> Checkup:
        """Look whether it runs, answers, has every module, and whether the host name resolves."""
        pid = self.running()
        name = socket.gethostname()
        stall = f"this machine's name {name!r} does not resolve: calls will stall for 5 s; add it to /etc/hosts"
        warnings = () if _resolves(name) else (stall,)
        if pid is None:
            return Checkup(None, "", ("Asterisk is not running",), warnings)
        try:
            version = self.command("core show version")
        except DaemonError as fault:
            return Checkup(pid, "", (f"Asterisk runs but does not answer: {fault}",), warnings)
        faults = [f"module {name} is not running: see {self.layout.messages}" for name in self.missing_modules()]
        try:
            with self.probe(patience=3.0) as probe:
                probe.ask("Ping")
        except ProbeError as fault:
            faults.append(f"AMI: {fault}")
        return Checkup(pid, version.strip(), tuple(faults), warnings)

    def missing_modules(self) -> tuple[str, ...]:
        """Modules of the layout that did not come up, such as for a dependency that is missing."""
        lines = self.command("module show").splitlines()
        up = {line.split(".so", 1)[0] for line in lines if ".so" in line and "Not Running" not in line}
        return tuple(name for name in self.layout.modules if name not in up)

    def command(self, words: str, *, within: float = 10.0) -> str:
        """Run one console command and return what it printed. Raises `DaemonError`."""
        try:
            done = subprocess.run(  # noqa: S603 (the words are ours; no shell reads them)
                [*self.package.command, "-C", str(self.layout.conf), "-rx", words],
                capture_output=True, text=True, errors="replace", check=False, timeout=within,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise DaemonError(f"no answer to '{words}' within {within:.0f} s") from None
        if done.returncode != 0:
            raise DaemonError((done.stderr or done.stdout).strip() or f"'{words}' failed")
        return done.stdout

    def probe(self, *, patience: float = 5.0) -> Probe:
        """Open a blocking AMI session with this Asterisk (a context manager)."""
        layout = self.layout
        return Probe(layout.ami_host, layout.ami_port, layout.ami_user, layout.secrets.ami, patience=patience)

    def find_channels(self) -> list[Headers]:
        """Every living channel as AMI's Status tells it."""
        with self.probe() as probe:
            return probe.ask("Status")[1:]

    def _spawn(self) -> int:
        self._refuse_taken_ports()
        words = [*self.package.command, "-f", "-q", "-C", str(self.layout.conf)]
        with (self.layout.folder / "log" / "console.log").open("ab") as console:
            self._child = subprocess.Popen(  # noqa: S603 (the words are ours; no shell reads them)
                words,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                cwd=self.layout.folder,
                start_new_session=True,
                umask=0o077,
                preexec_fn=_die_with_parent if self._dies_with_us else None,  # noqa: PLW1509 (one system call, no lock)
            )
        (self.layout.run / "switchroom.pid").write_text(f"{self._child.pid}\n", encoding="utf-8")
        return self._child.pid

    def _refuse_taken_ports(self) -> None:
        wanted = self.layout.settings
        for key, port, address, kind in (
            ("sip_port", wanted.sip_port, wanted.address, socket.SOCK_DGRAM),
            ("ami_port", wanted.ami_port, self.layout.ami_host, socket.SOCK_STREAM),
        ):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            with socket.socket(family, kind) as trial:
                if kind is socket.SOCK_STREAM:
                    trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    trial.bind((address.strip("[]"), port))
                except OSError as fault:
                    reason = fault.strerror or str(fault)
                    raise DaemonError(f"{key} {port} on {address} cannot be used ({reason}): choose another") from fault

    def _alive(self, pids: tuple[int, ...]) -> tuple[int, ...]:
        if self._child is not None:
            self._child.poll()
        return tuple(pid for pid in pids if not _gone(pid))

    def _last_words(self) -> str:
        for path in (self.layout.messages, self.layout.folder / "log" / "console.log"):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
            worth = [line for line in lines if "ERROR" in line or "WARNING" in line] or lines
            if worth:
                return " / ".join(worth[-4:])
        return "it wrote nothing"


def free_leftovers(folder: Path) -> tuple[int, ...]:
    """Kill every Asterisk that runs on a configuration below `folder`; return their process ids.

    For clearing up.
    """
    mark = str(folder.absolute()).rstrip("/").encode() + b"/"
    found = tuple(pid for pid in _processes() if _runs_on(pid, mark, below=True))
    for pid in found:
        _signal(pid, signal.SIGKILL)
    return found


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _processes() -> list[int]:
    return sorted(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())


def _runs_on(pid: int, mark: bytes, *, below: bool = False) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if b"-C" not in words or b"-f" not in words or not any(word.endswith(b"/asterisk") for word in words):
        return False
    conf = words[words.index(b"-C") + 1]
    return conf.startswith(mark) if below else conf == mark


def _gone(pid: int) -> bool:
    """Tell whether every thread has ended: until then a dead one's ports are still taken."""
    place = Path(f"/proc/{pid}")
    try:
        state = (place / "stat").read_text().rpartition(")")[2].split()[0]
        return state == "Z" and len(list((place / "task").iterdir())) <= 1
    except OSError:
        return True


def _resolves(name: str) -> bool:
    found: list[bool] = []

    def look() -> None:
        try:
            socket.getaddrinfo(name, None)
        except OSError:
            return
        found.append(True)

    asking = threading.Thread(target=look, daemon=True)
    asking.start()
    asking.join(2.0)
    return bool(found)
