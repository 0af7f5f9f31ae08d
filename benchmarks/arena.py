"""What a benchmark on a real Asterisk stands on: ports, processes that die with it, a server, CPU clocks.

It does not know what is measured.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cti.asterisk.layout import Layout

HOST = "127.0.0.1"
NODE = "a1"
_PR_SET_PDEATHSIG = 1
_TICK = os.sysconf("SC_CLK_TCK")


class ArenaError(RuntimeError):
    """Something that the benchmark stands on does not stand. The text says what."""


def free_ports(count: int, kind: socket.SocketKind = socket.SOCK_DGRAM) -> list[int]:
    """Ports on loopback that nobody uses now."""
    probes = [socket.socket(socket.AF_INET, kind) for _ in range(count)]
    for probe in probes:
        probe.bind((HOST, 0))
    ports: list[int] = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def raise_file_limit() -> int:
    """Let our children open as many files as the machine allows; return that number. A call takes six."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def machine() -> dict[str, object]:
    """What the figures depend on: processor, cores, kernel, Python, SIPp, and how busy it was before."""
    cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next((line.partition(":")[2].strip() for line in cpu.splitlines() if line.startswith("model name")), "?")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sipp": _sipp_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _sipp_version() -> str:
    try:
        told = subprocess.run(["sipp", "-v"], capture_output=True, text=True, check=False, timeout=10).stdout
    except OSError as fault:
        raise ArenaError("sipp is missing: apt-get install sip-tester (`make setup` does it)") from fault
    return next((word.strip(".") for word in told.split() if word.startswith("v3")), "?")


def spawn(words: Sequence[str], output: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; it ends when we do."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHROOM_")}
    return subprocess.Popen(
        list(words),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        env=surroundings,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 (one system call, no lock)
    )


def end(child: subprocess.Popen[bytes], within: float = 20.0) -> None:
    """End it in order, or after `within` seconds anyhow."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(within)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)  # its session is its own
            child.wait(5)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


# ── processor time ──────────────────────────────────────────────────────────────────────────────────────────────────


def processor_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes so far; a process that is gone counts nothing."""
    return sum(_seconds(pid) for pid in pids)


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def family(pid: int) -> tuple[int, ...]:
    """Return a process and all below it."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    except OSError:
        return ()
    return (pid, *(each for child in told.split() for each in family(int(child))))


# ── the server ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """Where a server lives: its folder (switchroom.toml, var/), its dialplans, its ports; `outside` it may dial.

    `administrators` are more of them than the one that every house has.
    """

    folder: Path
    dialplans: Path
    http_port: int
    agi_port: int
    outside: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.http_port}"

    @property
    def data(self) -> Path:
        return self.folder / "var"

    def passwords(self) -> dict[str, str]:
        """The screens' passwords by user, made at the server's first start."""
        text = (self.data / "first-passwords.txt").read_text(encoding="utf-8")
        return dict(line.split(" ", 1) for line in text.splitlines() if " " in line)


class Server:
    """`switchroom serve` on an Asterisk that somebody else runs; `with` starts it and waits until it is ready.

    `more` are further nodes, under their own names, which keep their recordings where the first does.
    """

    def __init__(self, place: ServerPlace, exchange: Layout, *more: Layout) -> None:
        self.place = place
        self._exchange = exchange
        self._nodes = {NODE: exchange, **{layout.settings.name: layout for layout in more}}
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        words = [sys.executable, "-c", "from switchroom.cli import main; main()", "serve", "--config"]
        with (self.place.folder / "server.log").open("ab") as log:
            self._child = spawn([*words, str(self._write())], log)
        deadline = time.monotonic() + 180
        while not self._ready():
            if self._child.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise ArenaError(f"the server did not become ready: {self.last_words()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            end(self._child)
            self._child = None

    def pids(self) -> tuple[int, ...]:
        """The watchdog and the server below it."""
        return family(self._child.pid) if self._child is not None else ()

    def last_words(self) -> str:
        """The end of its log."""
        lines = (self.place.folder / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
        return " / ".join(lines[-4:]) or "it wrote nothing"

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.place.url}/readyz", timeout=2) as answer:  # noqa: S310 (our own http)
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _write(self) -> Path:
        place = self.place
        for node, layout in self._nodes.items():
            for name, secret in (("ami", layout.secrets.ami), ("agi", layout.secrets.agi_token)):
                file = place.folder / f"secret-{name}-{node}"
                file.touch(mode=0o600)
                file.write_text(secret + "\n", encoding="utf-8")
        config = place.folder / "switchroom.toml"
        config.write_text(
            f"""[server]
data = "var"
dialplans = {json.dumps(str(place.dialplans))}
[http]
port = {place.http_port}
[agi]
port = {place.agi_port}
[outside]
numbers = {json.dumps(place.outside)}
[people]
administrators = {json.dumps(("administrator", *place.administrators))}
[bus]
mode = "none"
{"".join(self._node(name, layout) for name, layout in self._nodes.items())}[log]
level = "warning"
format = "json"
""",
            encoding="utf-8",
        )
        return config

    def _node(self, name: str, layout: Layout) -> str:
        return f"""[[node]]
name = "{name}"
ami_port = {layout.ami_port}
ami_secret_file = "secret-ami-{name}"
agi_token_file = "secret-agi-{name}"
recordings = {json.dumps(str(self._exchange.recordings))}
"""
