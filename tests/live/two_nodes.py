"""Two Asterisks with agents on each, one server over both, and a carrier with the customers of a campaign."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ports import free_port, free_udp_range

from benchmarks.arena import HOST, NODE, Server, ServerPlace
from benchmarks.campaign.crowd import write_list
from cti.asterisk.carrier import Who, customer_number
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import write_layout
from cti.asterisk.music import tone, write_wav
from cti.asterisk.package import Package
from cti.asterisk.settings import ExchangeSettings, Phone, Role, Trunk
from journal.facts import Fact
from journal.views import JournalReader

Found = TypeVar("Found")
OTHER = "a2"
AGENTS = {NODE: ("agent-11", "agent-12"), OTHER: ("agent-21", "agent-22")}
LINES, RATE = 8, 3
SECOND = "second"  # a law that gives more than its country's takes two people's word
PATIENCE = 180.0  # seconds for what takes five on a machine that does nothing else
CAMPAIGN = f"""house:
  lines: {LINES}
  rate: {RATE}

both:
  mode: ratio
  ratio: 2.0
  queue: sales
  lists: [both]
  law: anytime
  message: too-late
  numbers: ["+18005550100"]
  ring_for: 25s
  tries: 1
"""
AGENT = "{0}:\n  name: {0}\n  phone: {0}\n  node: {1}\n  queues: [sales]\n  skills: {{any: 1}}\n  screen: none\n"
LAW = "anytime:\n  version: 2026-12-01\n  based_on: us\n  hours:\n    daily: 00:00-24:00\n  consent_for: none\n"
FLOW = """flow: too-late
languages: [en]
start: first
steps:
  first:
    play: message
    next: bye
  bye:
    hangup: normal
"""


@dataclass
class TwoNodes:
    """What runs. `daemons` by node; the carrier is not among them."""

    folder: Path
    daemons: dict[str, Daemon]
    server: Server

    def facts(self, *kinds: type[Fact]) -> list[Fact]:
        """What the server has written of these kinds, in order."""
        place = f"sqlite:///{self.server.place.data / 'journal.db'}"
        with contextlib.closing(JournalReader.open_reader(place)) as book:
            return [stored.fact for stored in book.facts(kinds=tuple(kind.__name__ for kind in kinds))]

    def until(self, found: Callable[[], Found], what: str) -> Found:
        """Wait until that is true, and return it."""
        deadline = time.monotonic() + PATIENCE
        while not (told := found()):
            assert time.monotonic() < deadline, f"{what} did not come: {self.server.last_words()}"
            time.sleep(0.1)
        return told

    def kill(self, node: str) -> None:
        """Kill -9 a node's Asterisk."""
        pid = self.daemons[node].running()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: self.daemons[node].running() is None, f"the death of {node}")

    def say(self, *words: str, who: str = "") -> None:
        """A word of the command line."""
        command = [sys.executable, "-c", "from switchroom.cli import main; main()", *words]
        if who:
            secret = self.folder / f"password-{who}"
            secret.touch(mode=0o600)
            secret.write_text(self.server.place.passwords()[who], encoding="utf-8")
            command += ["--user", who, "--password-file", str(secret)]
        command += ["--config", str(self.folder / "switchroom.toml")]
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 (ours)
        assert told.returncode == 0, told.stdout + told.stderr


@contextlib.contextmanager
def two_nodes(folder: Path, package: Package, customers: int) -> Iterator[TwoNodes]:
    """Everything runs, the list is in, the law is agreed; nothing is dialled yet."""
    sip = {name: free_port(socket.SOCK_DGRAM) for name in (*AGENTS, "carrier")}
    agi = free_port()
    layouts = {name: write_layout(_exchange(folder, name, sip, agi), package) for name in AGENTS}
    carrier = write_layout(
        ExchangeSettings(
            "carrier", folder / "carrier", sip["carrier"], free_port(), free_port(), role=Role.CARRIER,
            trunks=(Trunk("exchange", HOST, sip[NODE]),), rtp_ports=free_udp_range(),
        ),
        package,
    )  # fmt: skip
    every = {**layouts, "carrier": carrier}
    daemons = {name: Daemon(layout, package, dies_with_us=True) for name, layout in every.items()}
    place = ServerPlace(folder, _floor(folder / "dialplans"), free_port(), agi, ("+1",), (SECOND,))
    server = Server(place, layouts[NODE], layouts[OTHER])
    made = TwoNodes(folder, {name: daemons[name] for name in AGENTS}, server)
    try:
        for daemon in daemons.values():
            daemon.start()
        with daemons["carrier"].probe() as probe:
            probe.ask("Setvar", {"Variable": "SLOW", "Value": "0.3"})
        with server:
            persons = [customer_number(Who.PERSON, row % 160, row // 160) for row in range(customers)]
            write_list(folder / "customers.csv", persons)
            made.say("list", "import", str(folder / "customers.csv"), "--name", "both", "--region", "US")
            for who in ("administrator", SECOND):
                made.say("law", "agree", "anytime", "--why", "a test at any hour", who=who)
            yield made
    finally:
        for daemon in daemons.values():
            daemon.stop(within=0.0)


def _exchange(folder: Path, name: str, sip: dict[str, int], agi: int) -> ExchangeSettings:
    phones = tuple(Phone(agent, fixed_at=f"{HOST}:{sip['carrier']}") for agent in AGENTS[name])
    return ExchangeSettings(
        name, folder / name, sip[name], free_port(), agi, phones=phones, rtp_ports=free_udp_range(),
        trunks=(Trunk("carrier", HOST, sip["carrier"]),), recordings=folder / "recorded",
    )  # fmt: skip


def _floor(folder: Path) -> Path:
    agents = "".join(AGENT.format(agent, node) for node, some in AGENTS.items() for agent in some)
    texts = {
        "agents.yaml": agents, "campaigns.yaml": CAMPAIGN, "laws.yaml": LAW, "flows/too-late.yaml": FLOW,
        "queues.yaml": "sales:\n  ring_for: 15s\n  wrap_up: 1s\n", "prompts/en.yaml": "message: Sorry.\n",
        "calendars.yaml": "always:\n  zone: UTC\n  open: {daily: 00:00-24:00}\n",
        "numbers.yaml": "numbers:\n  800: too-late\nfallback: too-late\n",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "recordings/en").mkdir(parents=True)
    write_wav(folder / "recordings/en/message.wav", tone(440, 1.0))
    return folder


def most_at_once(told: list[tuple[float, int]]) -> int:
    """The most that were open, of beginnings (1) and ends (-1) with their times; ends come first at the same time."""
    open_, most = 0, 0
    for _, step in sorted(told):
        open_ += step
        most = max(most, open_)
    return most


def most_in_a_second(times: list[float]) -> int:
    """The most that lie in any second."""
    return max((sum(begin <= at < begin + 1.0 for at in times) for begin in times), default=0)
