"""One run: a private Asterisk, SIPp as callers and as agents' phones, the real server, and the kills.

It does not judge. Everything is started here and ends with us.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.arena import HOST, NODE, ArenaError, Server, ServerPlace, end, free_ports, spawn
from benchmarks.kills import crowd, floor, logs
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import write_layout
from cti.asterisk.settings import ExchangeSettings, Phone, Trunk
from journal.facts import OfferMade
from journal.views import JournalReader

if TYPE_CHECKING:
    from cti.asterisk.package import Package
    from journal.rows import ContactRow

SCENARIOS = Path(__file__).parent / "scenarios"
BUSY = 6.3  # seconds for which a call takes an agent: ringing, talk and wrap-up, in the mean
CALLS_FOR_AGENTS = 0.85  # of all callers wait long enough to reach one
FULL = 0.95  # of the agents' time is taken: some callers wait
LONGER = 8.0  # seconds for each kill that waits for talks
PATIENCE = 30.0
LONGEST_DRAIN = 90.0


class Victim(StrEnum):
    """Who is killed: the server, whose watchdog starts the next; or both, and somebody starts them anew."""

    SERVER = "server"
    BOTH = "server and watchdog"


@dataclass(frozen=True, slots=True)
class Plan:
    """A run. `gaps`: least and most seconds between two kills, drawn by seed. `rate` in calls a second.

    `settle`: seconds for the journal to close its last contact after the last caller has gone. A kill waits until there
    are so many `talks`; callers come for longer then.
    """

    victim: Victim
    kills: int
    rate: float
    gaps: tuple[float, float] = (4.5, 9.0)
    seed: int = 1
    warm_up: float = 6.0
    settle: float = 15.0
    talks: int = 0

    def moments(self) -> list[float]:
        """Seconds from the first caller to each kill."""
        chance = random.Random(f"moments {self.seed} {self.victim}")  # noqa: S311 (a benchmark's dice)
        at, found = self.warm_up, []
        for _ in range(self.kills):
            found.append(at)
            at += chance.uniform(*self.gaps)
        return found

    def callers(self) -> list[crowd.Caller]:
        """Enough to keep coming until a little after the last kill."""
        waits = self.kills * LONGER if self.talks else 0.0
        return crowd.draw(self.seed, round((self.moments()[-1] + waits + 5.0) * self.rate))

    def agents(self) -> int:
        """Phones."""
        return max(3, round(self.rate * CALLS_FOR_AGENTS * BUSY / FULL))


@dataclass(slots=True)
class Done:
    """What a run left behind: the phones' logs, when each kill was, and the journal to read."""

    plan: Plan
    planned: list[crowd.Caller]
    truth: logs.Truth
    kills: list[float]
    journal: str
    server_log: Path
    still_open: int = 0
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    folder: Path
    sip: int
    phones: int
    callers: int
    server: ServerPlace


def run(plan: Plan, folder: Path, package: Package) -> Done:
    """Do it. Raises ArenaError, DaemonError."""
    folder.mkdir(parents=True, exist_ok=True)
    phones = floor.write_floor(folder / "dialplans", plan.agents())
    sip, phones_port, callers_port = free_ports(3)
    ami, agi, http = free_ports(3, socket.SOCK_STREAM)
    place = _Place(folder, sip, phones_port, callers_port, ServerPlace(folder, folder / "dialplans", http, agi))
    layout = write_layout(
        ExchangeSettings(
            name=NODE,
            folder=folder / "asterisk",
            sip_port=sip,
            ami_port=ami,
            agi_port=agi,
            rtp_ports=(30000, 31999),
            phones=tuple(map(Phone, phones)),
            trunks=(Trunk("carrier", HOST),),
        ),
        package,
    )
    daemon = Daemon(layout, package, dies_with_us=True)
    with contextlib.ExitStack() as stack:
        stack.callback(daemon.stop)
        daemon.start()
        _register(place, layout.secrets.phones)
        answering = stack.enter_context(_phones(place))
        server = _Servers(place.server, lambda: Server(place.server, layout))
        stack.callback(server.stop)
        server.start()
        done = _calls(plan, place, server)
        _end_phones(answering)
        done.truth = logs.read(_lines(folder))
    return done


def _calls(plan: Plan, place: _Place, server: _Servers) -> Done:
    planned = plan.callers()
    crowd.write_rows(planned, place.folder / "callers.csv")
    url = f"sqlite:///{place.server.data / 'journal.db'}"
    done = Done(plan, planned, logs.Truth(), [], url, place.folder / "server.log")
    calling = _callers(place, plan.rate, len(planned))
    try:
        opened = time.time()
        for moment in plan.moments():
            time.sleep(max(0.0, opened + moment - time.time()))
            _talking(url, plan.talks, done.kills[-1] if done.kills else 0.0)
            done.kills.append(time.time())
            server.kill(plan.victim)
            server.revive(plan.victim)
        calling.wait(LONGEST_DRAIN + crowd.LONGEST)
    except subprocess.TimeoutExpired:
        done.remarks.append("SIPp's callers did not come to their end")
    finally:
        end(calling)
    done.still_open = _settled(url, plan.settle)
    return done


def _talking(url: str, talks: int, since: float) -> None:
    """Wait until the journal shows so many talks, one of them offered since the last kill, or for `PATIENCE`.

    On a slow machine the server is not back at a planned moment, or has fewer talks; and a talk that has begun since
    may be of a ring that the server before it had sent out.
    """
    if not talks:
        return
    reader = JournalReader.open_reader(url)
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            up = {row.contact for row in reader.contacts(outcome="", limit=10_000) if _in_talk(row)}
            if len(up) >= talks and not up.isdisjoint(_offered(reader, since)):
                return
            time.sleep(0.1)
    finally:
        reader.close()


def _in_talk(row: ContactRow) -> bool:
    return row.answered_at is not None and row.talk_ended_at is None


def _offered(reader: JournalReader, since: float) -> set[str]:
    made = (stored.fact for stored in reader.facts(kinds=("OfferMade",)))
    return {fact.contact for fact in made if isinstance(fact, OfferMade) and fact.at > since}


def _settled(url: str, within: float) -> int:
    """Wait until the journal has no open contact; return how many it still has."""
    reader = JournalReader.open_reader(url)
    try:
        deadline = time.monotonic() + within
        while (still := len(reader.contacts(outcome="", limit=10_000))) and time.monotonic() < deadline:
            time.sleep(0.2)
        return still
    finally:
        reader.close()


class _Servers:
    """The server below its watchdog, however often it is killed."""

    def __init__(self, place: ServerPlace, make: Callable[[], Server]) -> None:
        self._place = place
        self._make = make
        self._now: Server | None = None

    def start(self) -> None:
        """Start both and wait until they are ready."""
        self._now = self._make()
        self._now.__enter__()

    def stop(self) -> None:
        """End both in order."""
        if self._now is not None:
            self._now.__exit__()

    def kill(self, victim: Victim) -> None:
        """SIGKILL. Of a family, the first is the watchdog."""
        pids = self._now.pids() if self._now else ()
        for pid in pids[1:] if victim is Victim.SERVER else pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def revive(self, victim: Victim) -> None:
        """Start anew what nobody else starts."""
        if victim is Victim.BOTH:
            self.stop()
            self.start()


# ── SIPp ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _register(place: _Place, passwords: dict[str, str]) -> None:
    """Sign every phone on, from the port at which they will answer."""
    rows = [f"{name};[authentication username={name} password={secret}]" for name, secret in passwords.items()]
    _private(place.folder / "phones.csv", "SEQUENTIAL\n" + "\n".join(rows) + "\n")
    with (place.folder / "register.out").open("wb") as out:
        words = [*_sipp("register", place.phones, place), "-inf", str(place.folder / "phones.csv"), "-r", "50"]
        signing_on = spawn([*words, "-m", str(len(passwords)), f"{HOST}:{place.sip}"], out)
        if signing_on.wait(30) != 0:
            raise ArenaError(f"the phones could not register: see {place.folder}/register.out")


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def _phones(place: _Place) -> Iterator[subprocess.Popen[bytes]]:
    with (place.folder / "agents.out").open("wb") as out:
        answering = spawn([*_sipp("agent", place.phones, place), "-l", "10000"], out)
    try:
        yield answering
    finally:
        end(answering, within=2.0)


def _end_phones(answering: subprocess.Popen[bytes]) -> None:
    """Let SIPp write its log to the end: it does so when asked to end, calls or not."""
    answering.send_signal(signal.SIGUSR1)
    with contextlib.suppress(subprocess.TimeoutExpired):
        answering.wait(8)


def _callers(place: _Place, rate: float, count: int) -> subprocess.Popen[bytes]:
    pace = ["-r", str(round(rate * 1000)), "-rp", "1000000", "-m", str(count), "-l", "10000"]
    with (place.folder / "callers.out").open("wb") as out:
        words = [*_sipp("caller", place.callers, place), "-inf", str(place.folder / "callers.csv"), *pace]
        return spawn([*words, f"{HOST}:{place.sip}"], out)


def _sipp(scenario: str, port: int, place: _Place) -> list[str]:
    log = str(place.folder / scenario)
    return ["sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", HOST, "-mi", HOST, "-p", str(port), "-nostdin",
            "-trace_logs", "-log_file", f"{log}.log", "-trace_err", "-error_file", f"{log}.err"]  # fmt: skip


def _lines(folder: Path) -> Iterator[str]:
    for name in ("caller", "agent"):
        with (folder / f"{name}.log").open(encoding="utf-8", errors="replace") as file:
            yield from file
