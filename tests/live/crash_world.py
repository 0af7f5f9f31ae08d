"""The whole server on a real Asterisk, to be killed: nine lines with an agent each, real phones, a link to cut.

The server is a process of its own below its watchdog, as in life. Its link to Asterisk goes through a small TCP relay.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from patience import PATIENCE, meanwhile, until
from ports import free_port, free_udp_range

from benchmarks.arena import HOST, NODE, Server, ServerPlace
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import Layout, write_layout
from cti.asterisk.music import tone, write_wav
from cti.asterisk.package import Package
from cti.asterisk.settings import ExchangeSettings, Phone, Trunk
from cti.sip.call import RobotCall
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import speech
from cti.vocabulary import CallerArrived
from journal.rows import ContactRow, OfferRow
from journal.views import JournalReader
from switchroom import tape

LINES = range(1, 10)
RING_FOR, WRAP_UP = 120, 6  # nobody is rung in vain here, however slow the machine
PROGRAM = "from switchroom.cli import main; main()"
FLOW = """\
flow: states
languages: [en]
start: first

steps:
  first:
    menu: first
    keys:
      1: second
    wait: 60s
    tries: 3
    no_input: bye
    no_match: bye

  second:
    menu: second
    keys:
{keys}    wait: 60s
    tries: 3
    no_input: bye
    no_match: bye
{lines}
  thanks:
    play: first
    next: bye

  bye:
    hangup: normal
"""


def write_floor(folder: Path) -> None:
    """Key 1 at `first`, then a line's number at `second`; line N has agent N alone."""
    keys = "".join(f"      {n}: line{n}\n" for n in LINES)
    lines = "".join(
        f"\n  line{n}:\n    queue: line{n}\n    limit: 10m\n    answered: thanks\n    timed_out: bye\n" for n in LINES
    )
    files = {
        "numbers.yaml": "numbers:\n  700: states\n\nfallback: states\n",
        "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
        "prompts/en.yaml": "first: Press one.\nsecond: Press a line.\n",
        "queues.yaml": "\n".join(
            f"line{n}:\n  ring_for: {RING_FOR}s\n  wrap_up: {WRAP_UP}s\n  misses: 9\n  record: true\n  target: 20s\n"
            for n in LINES
        ),
        "agents.yaml": "\n".join(
            f"agent{n}:\n  name: Agent {n}\n  phone: agent{n}\n  node: {NODE}\n  queues: [line{n}]\n"
            f"  skills: {{any: 1}}\n  screen: none\n"
            for n in LINES
        ),
        "flows/states.yaml": FLOW.format(keys=keys, lines=lines),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("first", "second"):
        (folder / "recordings/en").mkdir(parents=True, exist_ok=True)
        write_wav(folder / f"recordings/en/{name}.wav", tone(440, 0.3))


class Relay:
    """TCP from `port` to a target. `cut` resets every connection and refuses new ones until `mend`."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._pairs: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        self._listening = socket.create_server((HOST, self.port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for end in self._pairs:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
                far = socket.create_connection((HOST, self._target))
            except OSError:
                return
            self._pairs += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while told := source.recv(65536):
            target.sendall(told)
    for end in (source, target):
        end.close()


@dataclass
class World:
    """Everything that runs. Times are POSIX seconds."""

    place: ServerPlace
    layout: Layout
    daemon: Daemon
    relay: Relay
    server: Server | None = None

    # ── life and death ──

    def start(self) -> None:
        """Start watchdog and server; return when they are ready."""
        behind = replace(self.layout, settings=replace(self.layout.settings, ami_port=self.relay.port))
        self.server = Server(self.place, behind)
        self.server.__enter__()

    def stop(self) -> None:
        if self.server is not None:
            self.server.__exit__()
            self.server = None
        if open_one := self.__dict__.pop("journal", None):
            open_one.close()

    def pids(self) -> tuple[int, ...]:
        """The watchdog, then the server."""
        return self.server.pids() if self.server else ()

    def kill_both(self) -> None:
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        self.stop()

    def kill_asterisk(self) -> None:
        pid = self.daemon.running()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until(lambda: not self.daemon._alive((pid,)), "Asterisk's death")

    def serve_once_more(self) -> subprocess.CompletedProcess[str]:
        """What somebody gets who starts a second server on the same journal."""
        config = self.place.folder / "switchroom.toml"
        return subprocess.run(  # noqa: S603 (our own interpreter runs our own program)
            [sys.executable, "-c", PROGRAM, "serve", "--config", str(config)],
            capture_output=True, text=True, timeout=2 * PATIENCE, check=False,
        )  # fmt: skip

    # ── what the journal says ──

    @functools.cached_property
    def journal(self) -> JournalReader:
        """Kept open: tests ask it many times a second, and opening costs more than reading."""
        return JournalReader.open_reader(f"sqlite:///{self.place.data / 'journal.db'}")

    def row(self, number: str) -> ContactRow | None:
        """The one contact of a caller, None when there is none; two are a failure."""
        rows = self.journal.contacts(number=number)
        assert len(rows) <= 1, f"{number} was counted {len(rows)} times: {rows}"
        return rows[0] if rows else None

    def facts(self, number: str, kind: str = "") -> list[Any]:
        """The facts of his contact in order."""
        row = self.row(number)
        told = [stored.fact for stored in self.journal.facts(contact=row.contact)] if row else []
        return [fact for fact in told if not kind or type(fact).__name__ == kind]

    def offers(self, number: str) -> list[OfferRow]:
        row = self.row(number)
        return list(self.journal.offers(row.contact)) if row else []

    def all_facts(self, kind: str) -> list[Any]:
        return [stored.fact for stored in self.journal.facts(kinds=(kind,))]

    def arrivals(self, number: str) -> list[float]:
        """When he stood at our door, each time."""
        row = self.row(number)
        told = [pair for stored in self.journal.tape() for pair in tape.read(stored.body)]
        return [now for now, message in told if isinstance(message, CallerArrived) and row and message.call == row.call]

    async def at(self, number: str, step: str) -> None:
        """Wait until he has entered a step of the flow."""
        await meanwhile(
            lambda: any(fact.step == step for fact in self.facts(number, "StepEntered")), f"{number} at step {step}"
        )

    async def over(self, number: str) -> ContactRow:
        """Wait until his contact is closed."""
        await meanwhile(lambda: (row := self.row(number)) is not None and row.outcome, f"the end of {number}")
        row = self.row(number)
        assert row is not None
        return row


@contextlib.contextmanager
def world(
    folder: Path,
    package: Package,
    write: Callable[[Path], None] = write_floor,
    *,
    outside: int = 5060,
    numbers: tuple[str, ...] = (),
) -> Iterator[World]:
    """Asterisk and server, up and ready, on the floor that `write` wrote; both end with the block.

    `outside` is the port of the trunk, where customers who are called back answer; `numbers` may be called there.
    """
    write(folder / "dialplans")
    layout = write_layout(
        ExchangeSettings(
            name=NODE,
            folder=folder / "asterisk",
            sip_port=free_port(socket.SOCK_DGRAM),
            ami_port=free_port(),
            agi_port=free_port(),
            rtp_ports=free_udp_range(),
            phones=tuple(Phone(f"agent{n}") for n in LINES),
            trunks=(Trunk("carrier", HOST, outside),),
        ),
        package,
    )
    daemon = Daemon(layout, package, dies_with_us=True)
    place = ServerPlace(folder, folder / "dialplans", free_port(), layout.settings.agi_port, numbers)
    made = World(place, layout, daemon, Relay(layout.ami_port))
    try:
        daemon.start(within=2 * PATIENCE)
        made.start()
        yield made
    finally:
        made.stop()
        made.relay.cut()
        daemon.stop(within=0.0)
        shutil.rmtree(folder / "asterisk" / "recordings", ignore_errors=True)


class People:
    """The phones of callers and agents in one event loop; all are gone at the end of the block."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._outside = await self._stack.enter_async_context(RobotPhone(self._account("caller")))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def _account(self, user: str, password: str = "") -> Account:
        return Account(HOST, self._world.layout.settings.sip_port, user, password)

    async def agent(self, line: int) -> RobotPhone:
        """Sit down an agent; his line can be answered from here on."""
        name = f"agent{line}"
        phone = await self._stack.enter_async_context(
            RobotPhone(self._account(name, self._world.layout.secrets.phones[name]))
        )
        await phone.register(PATIENCE)
        return phone

    async def call(self, number: str) -> RobotCall:
        """Call, and be answered by the exchange."""
        call = self._outside.call("700", number)
        assert await call.answered(PATIENCE)
        call.play(speech(), again=True)
        return call

    async def call_line(self, number: str, line: int) -> RobotCall:
        """Call, go through the flow, and wait in a line."""
        call = await self.call(number)
        await self._world.at(number, "first")
        await call.press("1")
        await self._world.at(number, "second")
        await call.press(str(line))
        await self._world.at(number, f"line{line}")
        return call

    async def talk(self, number: str, line: int, agent: RobotPhone) -> tuple[RobotCall, RobotCall]:
        """Caller and agent, both their ends of a talk."""
        caller = await self.call_line(number, line)
        rung = await agent.next_call(PATIENCE)
        answer(rung)
        await meanwhile(lambda: self._world.facts(number, "AgentAnswered"), f"the talk of {number}")
        return caller, rung


def answer(rung: RobotCall) -> float:
    """Answer and speak; return when."""
    rung.answer()
    rung.play(speech(), again=True)
    return time.time()
