"""The two arms on one private Asterisk: the server with its queues as text, and app_queue with a queue for each skill.

It does not know who calls. Only the arm that runs is loaded.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from benchmarks.arena import HOST, NODE, ArenaError, Server, ServerPlace, free_ports, raise_file_limit
from benchmarks.calls.arms import OurArm
from benchmarks.surge.day import GUARD, Scene
from benchmarks.surge.phones import Call, Exchange, Person
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import Layout, write_layout
from cti.asterisk.package import Package
from cti.asterisk.settings import ExchangeSettings, Phone, Trunk

OURS, THEIRS = "switchroom", "app_queue"
FIRST = {OURS: 4000, THEIRS: 4100}  # the number of the first class; the others follow
PATIENCE = 60.0  # seconds after the day within which everybody has gone


class Stage:
    """`with` starts Asterisk; `play` sends the scene's crowd through an arm."""

    def __init__(self, folder: Path, package: Package, scene: Scene) -> None:
        self.folder, self.package, self.scene = folder, package, scene
        self.sip, self.callers_at, self.phones_at = free_ports(3)
        self.queues = scene.day.queues()
        self.agents = [str(seat.agent) for seat in scene.day.seats]
        self.daemon: Daemon
        self.layout: Layout
        self.place: ServerPlace

    def __enter__(self) -> Self:
        raise_file_limit()
        ami, agi, http = free_ports(3, socket.SOCK_STREAM)
        self.place = ServerPlace(self.folder, self._write_floor(), http, agi)
        self.layout = write_layout(self._settings(ami, agi), self.package)
        dialplan = self.layout.conf.parent / "extensions.conf"
        dialplan.write_text(dialplan.read_text(encoding="utf-8") + self._plain_dialplan(), encoding="utf-8")
        self.daemon = Daemon(self.layout, self.package, dies_with_us=True)
        self.daemon.start()
        found = self.daemon.check()
        if found.faults:
            self.daemon.stop()
            raise ArenaError("; ".join(found.faults))
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.stop()

    def play(self, arm: str, strategy: str, penalty: str) -> list[Call]:
        """The whole crowd, once."""
        people = [
            Person(one.at, str(FIRST[arm] + one.kind), one.patience, one.talk) for one in self.scene.crowd.callers
        ]
        with self._up(arm, strategy, penalty):
            return asyncio.run(self._played(people))

    async def _played(self, people: list[Person]) -> list[Call]:
        paces = {str(seat.agent): seat.pace for seat in self.scene.day.seats}
        async with Exchange(self.sip, self.callers_at, self.phones_at, paces) as exchange:
            return await exchange.play(people, self.scene.day.seconds + PATIENCE)

    @contextmanager
    def _up(self, arm: str, strategy: str, penalty: str) -> Iterator[None]:
        if arm == OURS:
            with OurArm(Server(self.place, self.layout), ready=len(self.agents)):
                yield
            return
        conf = self.layout.conf.parent / "queues.conf"
        conf.write_text(self._queues_conf(strategy, penalty), encoding="utf-8")
        told = self.daemon.command("module load app_queue.so")
        if not self.daemon.command(f"queue show {self.queues[0]}").startswith(self.queues[0]):
            raise ArenaError(f"app_queue did not load: {told.strip()}")
        try:
            yield
        finally:
            self.daemon.command("module unload app_queue.so")

    # ── what is written ─────────────────────────────────────────────────────────────────────────────────────────────

    def _settings(self, ami: int, agi: int) -> ExchangeSettings:
        return ExchangeSettings(
            name=NODE,
            folder=self.folder / "asterisk",
            sip_port=self.sip,
            ami_port=ami,
            agi_port=agi,
            rtp_ports=(40000, 59999),
            phones=tuple(Phone(name, "benchmark", f"{HOST}:{self.phones_at}") for name in self.agents),
            trunks=(Trunk("callers", HOST, self.callers_at),),
        )

    def _plain_dialplan(self) -> str:
        lines = ["", "[switchroom-in](+)"]
        for number, queue in enumerate(self.queues, FIRST[THEIRS]):
            lines += [f"exten => {number},1,Answer()", f" same => n,Queue({queue},,,,600)", " same => n,Hangup()"]
        return "\n".join([*lines, ""])

    def _queues_conf(self, strategy: str, penalty: str) -> str:
        """As its users model skills: a queue for each, agents members of several, penalties for what they do second."""
        options = ("ringinuse = no", f"strategy = {strategy}", "autofill = yes", "retry = 1", "timeout = 15",
                   "wrapuptime = 0", "memberdelay = 0", "announce-frequency = 0", "reportholdtime = no")  # fmt: skip
        lines = ["[general]", "persistentmembers = no", "autofill = yes", "shared_lastcall = yes"]
        for queue in self.queues:
            lines += ["", f"[{queue}]", *options]
            for number, seat in enumerate(self.scene.day.seats):
                if queue in seat.profile.queues:
                    lines.append(f"member => PJSIP/{seat.agent},{self._penalty(number, queue, penalty)}")
        return "\n".join([*lines, ""])

    def _penalty(self, agent: int, queue: str, penalty: str) -> int:
        if penalty == "none":
            return 0
        if penalty == "home first":
            return self.scene.penalty(agent, queue)
        return len(self.scene.day.seats[agent].profile.queues)

    def _write_floor(self) -> Path:
        folder, scale = self.folder / "dialplans", self.scene.scale
        rules = (
            f"  ring_for: 15s\n  wrap_up: 0s\n  misses: 20\n  record: false\n  target: {round(20 / scale)}s\n"
            f"  guard: {round(GUARD / scale)}s\n  order: deadline\n  choose: sparing\n"
        )
        numbers = "".join(f"  {number}: {queue}\n" for number, queue in enumerate(self.queues, FIRST[OURS]))
        files = {
            "calendars.yaml": "always:\n  zone: UTC\n  open: {daily: 00:00-24:00}\n",
            "numbers.yaml": f"numbers:\n{numbers}fallback: {self.queues[0]}\n",
            "queues.yaml": "".join(f"{queue}:\n{rules}" for queue in self.queues),
            "agents.yaml": "".join(self._agent(number) for number in range(len(self.agents))),
            "prompts/en.yaml": "never: Never heard.\n",
        }
        for queue in self.queues:
            files[f"flows/{queue}.yaml"] = (
                f"flow: {queue}\nlanguages: [en]\nstart: wait\nsteps:\n"
                f"  wait: {{queue: {queue}, limit: 10m, answered: bye, timed_out: bye}}\n  bye: {{hangup: normal}}\n"
            )
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    def _agent(self, number: int) -> str:
        profile = self.scene.day.seats[number].profile
        skills = ", ".join(f"{skill}: {level}" for skill, level in profile.skills.items())
        return (
            f"{profile.agent}:\n  name: {profile.agent}\n  phone: {profile.agent}\n  node: {NODE}\n"
            f"  queues: [{', '.join(sorted(profile.queues))}]\n  skills: {{{skills}}}\n  screen: none\n"
        )
