"""One Asterisk, its phones and both arms, ready to be called; and one step of calls, measured.

It does not know which steps are run, nor what is made of the figures.
"""

from __future__ import annotations

import contextlib
import random
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.arena import (
    HOST,
    NODE,
    ArenaError,
    Server,
    ServerPlace,
    end,
    free_ports,
    processor_seconds,
    raise_file_limit,
)
from benchmarks.calls.arms import OURS, OurArm, PlainArm, plain_dialplan
from benchmarks.calls.floor import PROMPT, Seats, write_floor
from benchmarks.calls.shows import Shown, read_shown
from benchmarks.calls.traces import Ends, Trace, trace
from benchmarks.capture import Recorder
from benchmarks.sip_wire import count_retransmissions, read_messages
from benchmarks.sipp import Callers, SippCount, await_callers, read_count, start_callers, start_phones
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import Layout, write_layout
from cti.asterisk.package import Package
from cti.asterisk.settings import ExchangeSettings, Phone, Trunk
from cti.prompts import render_prompts

SCENARIOS = Path(__file__).parent / "scenarios"
PATIENCE = 25.0  # seconds: no caller stays longer (the scenario gives up after 20 s of waiting)
TALKS = 5000
_SETTLE = 0.3

Arm = PlainArm | OurArm


@dataclass(frozen=True, slots=True)
class Load:
    """Callers of `number` at `rate` a second for `seconds`."""

    number: str
    rate: float
    seconds: float

    @property
    def count(self) -> int:
        return max(1, round(self.rate * self.seconds))


@dataclass(frozen=True, slots=True)
class Step:
    """What one step was and did. CPU in seconds over the whole step; `lost` are packets the recorder missed."""

    trace: Trace
    shown: tuple[Shown, ...]
    calls: int
    retransmissions: int
    lost: int
    sipp: SippCount
    cpu_asterisk: float
    cpu_beside: float


class CallStage:
    """`with` starts Asterisk; `phones(talk)` starts the agents' telephones; `run` sends callers through an arm."""

    def __init__(self, folder: Path, package: Package, seats: Seats) -> None:
        self.folder = folder
        self.package = package
        self.seats = seats
        self.agents, self.few, self.screens = seats.named()
        self.sip, self.phones_at, *self.callers_at = free_ports(4)
        self.daemon: Daemon
        self.layout: Layout
        self.place: ServerPlace
        self._pid = 0
        self._runs = 0

    def __enter__(self) -> Self:
        raise_file_limit()
        ami, agi, http = free_ports(3, socket.SOCK_STREAM)
        floor = write_floor(self.folder / "dialplans", self.seats)
        self.place = ServerPlace(self.folder, floor, http, agi)
        spoken = {(PROMPT, "en"): "played from the recording"}
        sounds = render_prompts(spoken, self.place.data / "sounds", None, floor / "recordings")
        self.layout = write_layout(self._settings(ami, agi), self.package)
        dialplan = self.layout.conf.parent / "extensions.conf"
        plain = plain_dialplan(sounds[PROMPT, "en"], self.layout.recordings)
        dialplan.write_text(dialplan.read_text(encoding="utf-8") + plain, encoding="utf-8")
        self.daemon = Daemon(self.layout, self.package, dies_with_us=True)
        self._pid = self.daemon.start()
        found = self.daemon.check()
        if found.faults or found.warnings:
            self.daemon.stop()
            raise ArenaError("; ".join((*found.faults, *found.warnings)))
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.stop()

    def _settings(self, ami: int, agi: int) -> ExchangeSettings:
        phones = (Phone(name, "benchmark", f"{HOST}:{self.phones_at}") for kind in self.seats.named() for name in kind)
        return ExchangeSettings(
            name=NODE,
            folder=self.folder / "asterisk",
            sip_port=self.sip,
            ami_port=ami,
            agi_port=agi,
            rtp_ports=(40000, 59999),
            phones=tuple(phones),
            trunks=(Trunk("callers", HOST, self.callers_at[0]),),
        )

    # ── arms ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def arm(self, name: str, *, few: bool = False) -> Arm:
        """One arm; app_queue with the agents of the ramp, or with the few who are always busy."""
        if name == OURS:
            return OurArm(Server(self.place, self.layout), ready=self.seats.agents + self.seats.few)
        return PlainArm(name, self.daemon, self.few if few else self.agents)

    @contextlib.contextmanager
    def phones(self, talk: float, seed: int) -> Iterator[None]:
        """All agents' telephones; talks are so many seconds long, a quarter more or less, the same by seed."""
        chance = random.Random(seed)  # noqa: S311 (lengths of talks, no secret)
        talks = [talk * chance.uniform(0.75, 1.25) for _ in range(TALKS)]
        child = start_phones(SCENARIOS / "agent.xml", self.phones_at, talks, self.folder)
        try:
            yield
        finally:
            end(child)

    # ── a step ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, arm: Arm, loads: Sequence[Load], *, web: bool = False) -> Step:
        """Send callers through an arm that is up; returns when the last has gone. `web`: watch the screens too."""
        crowds = [self._crowd(load, port) for load, port in zip(loads, self.callers_at, strict=False)]
        beside = arm.pids()
        with Recorder(self.sip, self.folder / "wire.bin", self.place.http_port if web else 0) as recorder:
            before = (processor_seconds([self._pid]), processor_seconds(beside))
            children = [start_callers(crowd, self.folder) for crowd in crowds]
            deadline = time.monotonic() + max(load.seconds for load in loads) + PATIENCE
            for child in children:
                await_callers(child, deadline - time.monotonic())
            time.sleep(_SETTLE)
            after = (processor_seconds([self._pid]), processor_seconds(beside))
        return self._measured(recorder, crowds, after[0] - before[0], after[1] - before[1])

    def _crowd(self, load: Load, port: int) -> Callers:
        self._runs += 1
        scenario = SCENARIOS / "caller.xml"
        return Callers(scenario, f"7{self._runs:04}", load.number, load.rate, load.count, self.sip, port)

    def _measured(self, recorder: Recorder, crowds: list[Callers], asterisk: float, beside: float) -> Step:
        packets = recorder.packets()
        messages = list(read_messages(packets))
        counts = [read_count(crowd, self.folder) for crowd in crowds]
        return Step(
            trace=trace(messages, Ends(self.sip, tuple(self.callers_at), self.phones_at)),
            shown=tuple(read_shown(packets, self.place.http_port)),
            calls=sum(crowd.count for crowd in crowds),
            retransmissions=count_retransmissions(messages),
            lost=recorder.dropped,
            sipp=SippCount(
                sum(count.good for count in counts),
                sum(count.bad for count in counts),
                sum(count.retransmitted for count in counts),
            ),
            cpu_asterisk=asterisk,
            cpu_beside=beside,
        )
