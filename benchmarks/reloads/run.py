"""Does a save cost a caller anything? 500 saves of a flow under 100 real calls, each in force before the next.

    python benchmarks/reloads/run.py [--quick] [--json FILE] [--saves N] [--calls N] [--keep FOLDER]

The callers are SIPp on a real Asterisk; they press nothing and are led through twelve menus of the flow. From the
journal it is read whether each went through one version only and was sent away by its last step. Exit code 0 when so,
1 when not, 2 when it could not be run.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a file, from anywhere

from rich.console import Console
from rich.table import Table

from benchmarks.arena import HOST, NODE, ArenaError, Server, ServerPlace, free_ports, machine
from benchmarks.reloads import floor
from benchmarks.reloads.verdict import Verdict, judge, spread
from benchmarks.sipp import Callers, await_callers, read_count, start_callers
from cti.asterisk.daemon import Daemon, DaemonError
from cti.asterisk.layout import write_layout
from cti.asterisk.package import Package, find_or_unpack
from cti.asterisk.settings import ExchangeSettings, Phone, Trunk
from cti.debian import CannotUnpackError
from desk.journeys import KINDS, journeys
from journal.views import JournalReader
from switchroom.versions import Versions

LENGTH = floor.MENUS * 2 * (floor.WAIT + 0.5)  # seconds of a call, about
ROLLBACKS = 5
PAUSE = 0.1  # seconds between a version in force and the next save
PATIENCE = 20.0


@dataclass(slots=True)
class Done:
    """What a run left behind. Times in seconds."""

    saved: list[float] = field(default_factory=list)
    rolled_back: list[float] = field(default_factory=list)
    began: float = 0.0
    up: int = 0
    memory: tuple[float, float] = (0.0, 0.0)
    sent_away: int = 0
    failed: int = 0


def main(words: Sequence[str] | None = None) -> int:
    """Run, judge, print."""
    wanted = _arguments().parse_args(words)
    console = Console(stderr=wanted.json == "-")
    with tempfile.TemporaryDirectory(prefix="switchroom-reloads-", ignore_cleanup_errors=True) as temporary:
        folder = Path(wanted.keep or temporary).absolute()
        try:
            told = _measure(wanted, folder, console)
        except (ArenaError, DaemonError, CannotUnpackError, OSError) as fault:
            console.print(f"The benchmark cannot be run: {fault}", style="red", markup=False)
            return 2
    console.print(table(told))
    if wanted.json:
        text = json.dumps(told, indent=2) + "\n"
        print(text, end="") if wanted.json == "-" else Path(wanted.json).write_text(text, encoding="utf-8")
    return 1 if told["wrong"] else 0


def _arguments() -> argparse.ArgumentParser:
    reader = argparse.ArgumentParser(description="saves of a flow under load: what they cost the callers")
    reader.add_argument("--quick", action="store_true", help="30 saves under 20 calls: does it run at all?")
    reader.add_argument("--json", default="", metavar="FILE", help="write all figures there; - is standard output")
    reader.add_argument("--saves", type=int, default=0, help="how many (default 500)")
    reader.add_argument("--calls", type=int, default=0, help="how many at once (default 100)")
    reader.add_argument("--keep", default="", metavar="FOLDER", help="keep logs, journal and versions there")
    return reader


def _measure(wanted: argparse.Namespace, folder: Path, console: Console) -> dict[str, Any]:
    package: Package = find_or_unpack(say=console.print)
    saves, calls = (30, 20) if wanted.quick else (500, 100)
    saves, calls = wanted.saves or saves, wanted.calls or calls
    about = {**machine(), "asterisk": ".".join(map(str, package.version))}
    console.print(f"{saves} saves under {calls} calls ...")
    done, verdict = run(saves, calls, folder, package)
    return {
        "machine": about,
        "saves": saves,
        "in_force": len(done.saved),
        "calls_up": done.up,
        "calls": verdict.calls,
        "versions_met_by_callers": verdict.versions_met,
        "sent_away_by_the_flow": done.sent_away,
        "WRONG: dropped": len(verdict.dropped) + done.failed,
        "WRONG: met two versions": len(verdict.two_versions),
        "wrong": verdict.wrong + done.failed + (saves - len(done.saved)),
        "save_to_in_force_ms": spread(done.saved),
        "rollback_to_in_force_ms": spread(done.rolled_back),
        "a_try_took_longer_before_ms": spread(verdict.before),
        "a_try_took_longer_during_ms": spread(verdict.during),
        "server_memory_mb": done.memory,
        "rolled_back": asdict(done)["rolled_back"],
    }


def run(saves: int, calls: int, folder: Path, package: Package) -> tuple[Done, Verdict]:
    """Do it. Raises ArenaError, DaemonError."""
    folder.mkdir(parents=True, exist_ok=True)
    floor.write_floor(folder / "dialplans")
    sip, callers_port = free_ports(2)
    ami, agi, http = free_ports(3, socket.SOCK_STREAM)
    place = ServerPlace(folder, folder / "dialplans", http, agi)
    layout = write_layout(
        ExchangeSettings(
            name=NODE, folder=folder / "asterisk", sip_port=sip, ami_port=ami, agi_port=agi, rtp_ports=(30000, 31999),
            phones=(Phone("agent1"),), trunks=(Trunk("carrier", HOST),),
        ),
        package,
    )  # fmt: skip
    daemon = Daemon(layout, package, dies_with_us=True)
    try:
        daemon.start()
        with Server(place, layout) as server:
            done = _under_load(saves, calls, (sip, callers_port), server)
    finally:
        daemon.stop()
    reader = JournalReader.open_reader(f"sqlite:///{place.data / 'journal.db'}")
    try:
        kinds = [kind.__name__ for kind in KINDS]
        told = (stored.fact for stored in reader.facts_of_calls(0.0, 1e11, kinds=kinds))
        return done, judge(journeys(told), done.began)
    finally:
        reader.close()


def _under_load(saves: int, calls: int, ports: tuple[int, int], server: Server) -> Done:
    """Callers come at an even rate all the time; the saves begin when the floor is full."""
    done, kept = Done(), Versions(server.place.data / "versions")
    rate = calls / LENGTH
    count = round(rate * (LENGTH * 1.5 + saves * 0.62 + 20))
    scenario = Path(__file__).parent / "scenarios" / "caller.xml"
    callers = Callers(scenario, "7", floor.NUMBER, rate, count, *ports)
    child = start_callers(callers, server.place.folder)
    time.sleep(LENGTH * 1.5)
    done.began, done.memory = time.time(), (_memory(server), 0.0)
    for version in range(2, saves + 2):
        took = _save(server.place.dialplans, kept, version)
        if took is None:
            break
        done.saved.append(took)
        time.sleep(PAUSE)
    done.up = _open_calls(server)
    done.memory = (done.memory[0], _memory(server))
    for _ in range(ROLLBACKS):
        done.rolled_back.append(_roll_back(server, kept))
    await_callers(child, LENGTH * 4 + count / rate)
    counted = read_count(callers, server.place.folder)
    done.sent_away, done.failed = counted.good, counted.bad
    time.sleep(3.0)
    return done


def _save(dialplans: Path, kept: Versions, version: int) -> float | None:
    """Save, and return after how many seconds it was in force; None when that did not happen."""
    before = len(kept.deployed(floor.FLOW))
    begun = time.monotonic()
    floor.save(dialplans, version)
    while time.monotonic() - begun < PATIENCE:
        if len(kept.deployed(floor.FLOW)) > before:
            return time.monotonic() - begun
        time.sleep(0.005)
    return None


def _roll_back(server: Server, kept: Versions) -> float:
    """Bring the version before the last one back by the command; return the seconds that it tells."""
    version = [line for line in kept.deployed(floor.FLOW) if line.version][-2].version
    words = [sys.executable, "-c", "from switchroom.cli import main; main()", "rollback", floor.FLOW, version, "--json"]
    config = str(server.place.folder / "switchroom.toml")
    told = subprocess.run([*words, "--config", config], capture_output=True, text=True, check=False, timeout=60)
    if told.returncode:
        raise ArenaError(f"rollback: {told.stdout}{told.stderr}")
    return float(json.loads(told.stdout)["seconds"])


def _open_calls(server: Server) -> int:
    reader = JournalReader.open_reader(f"sqlite:///{server.place.data / 'journal.db'}")
    try:
        return len(reader.contacts(outcome="", limit=10_000))
    finally:
        reader.close()


def _memory(server: Server) -> float:
    """What the server holds in memory, in MB."""
    text = Path(f"/proc/{server.pids()[1]}/status").read_text(encoding="utf-8")
    return round(int(text.partition("VmRSS:")[2].split()[0]) / 1024, 1)


def table(told: dict[str, Any]) -> Table:
    """All figures, a line each."""
    about = told["machine"]
    made = Table(
        title=f"Saves under load\n{about['cpu']}, {about['cores']} cores, Asterisk {about['asterisk']}, "
        f"Python {about['python']}",
        title_justify="left",
        show_header=False,
    )
    for name, value in told.items():
        if name not in {"machine", "rolled_back"}:
            shown = ", ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else str(value)
            made.add_row(name.replace("_", " "), shown)
    return made


if __name__ == "__main__":
    sys.exit(main())
