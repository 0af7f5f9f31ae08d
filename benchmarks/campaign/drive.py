"""One campaign on a real Asterisk: the carrier with its customers and the agents' phones, the whole server, the kill.

It does not judge. Everything is started here and ends with us.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arena import HOST, NODE, ArenaError, Server, ServerPlace, free_ports
from benchmarks.calls.arms import OurArm
from benchmarks.campaign.account import Attempt
from benchmarks.campaign.crowd import write_list
from cti.asterisk.carrier import FAMILY, Account, read_account
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import write_layout
from cti.asterisk.music import tone, write_wav
from cti.asterisk.package import Package
from cti.asterisk.settings import ExchangeSettings, Phone, Role, Trunk
from journal.facts import AgentAnswered
from journal.outbound_facts import AttemptBegun, AttemptEnded, CustomerHeard
from journal.views import JournalReader

SHIPPED = Path(__file__).parent / "dialplans"
NAME = "bench"
SECOND = "second"  # a law that gives more than its country's takes two people's word
MESSAGE_SECONDS = 6.0
LAST_TALKS = 30.0  # seconds at the most for which the carrier's last accounts are waited for
QUIET_FOR = 75.0  # seconds without a new attempt after which a campaign is over, whatever it says
KINDS = ("AttemptBegun", "AttemptEnded", "CustomerHeard", "AgentAnswered")
Look = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Seen:
    """What both sides say, the server's log, and how long it took; `killed_at` is 0 for never."""

    attempts: list[Attempt]
    accounts: list[Account]
    talked: float  # agents' seconds in talk
    wrapped: int  # talks, each of which has a wrap-up
    began_at: float
    ended_at: float
    killed_at: float
    log: str


class Stage:
    """`with` starts two Asterisks and the server, with so many agents, and imports the list."""

    def __init__(self, folder: Path, package: Package, agents: int, slow: float) -> None:
        self._folder, self._slow = folder, slow
        self.names = tuple(f"agent-{number:04}" for number in range(1, agents + 1))
        sip, tcp = free_ports(2), free_ports(5, socket.SOCK_STREAM)
        self.exchange = write_layout(self._exchange(sip, tcp), package)
        self.carrier = write_layout(
            ExchangeSettings(
                "carrier", folder / "carrier", sip[1], tcp[2], tcp[3], trunks=(Trunk("exchange", HOST, sip[0]),),
                rtp_ports=(26000, 29999), role=Role.CARRIER,
            ),
            package,
        )  # fmt: skip
        self.daemons = [Daemon(each, package, dies_with_us=True) for each in (self.exchange, self.carrier)]
        plan = _floor(folder / "dialplans", self.names)
        place = ServerPlace(folder, plan, tcp[4], tcp[1], outside=("+1",), administrators=(SECOND,))
        self.server = Server(place, self.exchange)

    def _exchange(self, sip: list[int], tcp: list[int]) -> ExchangeSettings:
        phones = tuple(Phone(name, fixed_at=f"{HOST}:{sip[1]}") for name in self.names)
        return ExchangeSettings(
            NODE, self._folder / "exchange", sip[0], tcp[0], tcp[1], phones=phones, rtp_ports=(20000, 25999),
            trunks=(Trunk("carrier", HOST, sip[1]),),
        )  # fmt: skip

    @contextmanager
    def running(self, numbers: list[str]) -> Iterator[Stage]:
        """Everything runs, and the list is in."""
        try:
            for daemon in self.daemons:
                daemon.start()
            with self.daemons[1].probe() as probe:
                probe.ask("Setvar", {"Variable": "SLOW", "Value": f"{self._slow:g}"})
            with OurArm(self.server, ready=len(self.names)):
                write_list(self._folder / "customers.csv", numbers)
                self._say("list", "import", str(self._folder / "customers.csv"), "--name", NAME, "--region", "US")
                for who in ("administrator", SECOND):
                    self._say("law", "agree", NAME, "--why", "the benchmark runs at any hour", *self._as(who))
                yield self
        finally:
            for daemon in self.daemons:
                daemon.stop(within=0.0)

    def run(self, count: int, kill_after: int, patience: float, look: Look) -> Seen:
        """Start the campaign and wait until every attempt is over; kill the server after so many (0: never)."""
        began = time.time()
        self._say("campaign", "start", NAME, *self._as("campaigns"))
        killed, last, changed = 0.0, -1, time.monotonic()
        while time.time() < began + patience:
            time.sleep(2.0)
            self._see_both_alive()
            begun, ended = self._counts()
            look(begun, ended)
            if kill_after and not killed and begun >= kill_after:
                killed = self._kill()
            if begun + ended != last:
                last, changed = begun + ended, time.monotonic()
            done = begun >= count and ended >= begun
            if done or (begun == ended and time.monotonic() > changed + QUIET_FOR):
                break
        self._await_accounts(self._counts()[0])
        return self._seen(began, killed)

    def _await_accounts(self, dials: int) -> None:
        """Talks go on after the last attempt's word; the carrier accounts for a call at its end."""
        deadline = time.monotonic() + LAST_TALKS
        while len(self._accounts()) < dials and time.monotonic() < deadline:
            time.sleep(0.5)

    def _kill(self) -> float:
        """Kill -9 the server; its watchdog starts the next."""
        watchdog, *below = self.server.pids()
        if not below:
            raise ArenaError(f"no server below its watchdog {watchdog}")
        os.kill(below[-1], signal.SIGKILL)
        return time.time()

    def _as(self, who: str) -> tuple[str, ...]:
        """The words by which this user speaks."""
        secret = self._folder / f"password-{who}"
        secret.touch(mode=0o600)
        secret.write_text(self.server.place.passwords()[who], encoding="utf-8")
        return ("--user", who, "--password-file", str(secret))

    def _say(self, *words: str) -> None:
        config = str(self._folder / "switchroom.toml")
        command = [sys.executable, "-c", "from switchroom.cli import main; main()", *words, "--config", config]
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if told.returncode != 0:
            raise ArenaError(f"switchroom {' '.join(words[:2])}: {(told.stdout + told.stderr).strip()[-600:]}")

    def _reader(self) -> JournalReader:
        return JournalReader.open_reader(f"sqlite:///{self.server.place.data / 'journal.db'}")

    def _see_both_alive(self) -> None:
        for daemon in self.daemons:
            if daemon.running() is None:
                raise ArenaError(f"the Asterisk of {daemon.layout.settings.name} died in the middle of it")

    def _counts(self) -> tuple[int, int]:
        """A reader is closed at once: an open one keeps the journal's log from being folded in."""
        with closing(self._reader()) as reader:
            begun = sum(1 for _ in reader.facts(kinds=("AttemptBegun",)))
            return begun, sum(1 for _ in reader.facts(kinds=("AttemptEnded",)))

    def _seen(self, began: float, killed: float) -> Seen:
        found: dict[str, dict[str, object]] = {}
        talked, talks, ended = 0.0, 0, began
        with closing(self._reader()) as reader:
            facts = [stored.fact for stored in reader.facts(kinds=KINDS)]
        for fact in facts:
            if isinstance(fact, AttemptBegun):
                found[fact.contact] = {
                    "attempt": fact.contact, "number": fact.number, "outcome": "", "begun_at": fact.at
                }  # fmt: skip
            elif isinstance(fact, CustomerHeard):
                found[fact.contact]["greeted_at"] = fact.greeted_at
            elif isinstance(fact, AgentAnswered):
                found.setdefault(fact.contact, {})["connected_at"] = fact.at
                talks += 1
            elif isinstance(fact, AttemptEnded):
                found[fact.contact].update(outcome=fact.outcome, ended_at=fact.at, talked=fact.talked)
                talked, ended = talked + fact.talked, fact.at
        attempts = [Attempt(**each) for each in found.values() if "number" in each]  # type: ignore[arg-type]  # from facts of those types
        log = (self._folder / "server.log").read_text(encoding="utf-8", errors="replace")
        return Seen(attempts, self._accounts(), talked, talks, began, ended, killed, log)

    def _accounts(self) -> list[Account]:
        with self.daemons[1].probe(patience=30) as probe:
            told = probe.ask("DBGetTree", {"Family": FAMILY})
        return [each for each in map(read_account, told) if each is not None]


def _floor(folder: Path, agents: tuple[str, ...]) -> Path:
    """Return the shipped files with an agent for each phone. The message is a tone, so no speech program is needed."""
    shutil.copytree(SHIPPED, folder)
    recorded = folder / "recordings" / "en"
    recorded.mkdir(parents=True)
    write_wav(recorded / "message.wav", tone(440, MESSAGE_SECONDS))
    lines = ("name: {0}", "phone: {0}", f"node: {NODE}", "queues: [sales]", "skills: {{any: 1}}", "screen: none")
    rows = ("\n  ".join(("{0}:", *lines)).format(name) + "\n" for name in agents)
    (folder / "agents.yaml").write_text("\n".join(rows), encoding="utf-8")
    return folder


