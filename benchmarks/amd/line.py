"""The greetings on a real line: our switch dials them at the carrier, and tells what Asterisk heard and when.

It does not know what is true of a greeting.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from benchmarks.amd.model import Verdict
from benchmarks.amd.sounds import Spoken
from benchmarks.arena import HOST, ArenaError, free_ports
from cti.asterisk.carrier import Who, customer_number
from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import Layout, write_layout
from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.package import Package
from cti.asterisk.settings import ExchangeSettings, Role, Trunk
from cti.asterisk.switch import Switch
from cti.ids import CallId, NodeId
from cti.vocabulary import CallEnded, CallerArrived, DialCustomer, DialFailed, EndCall, NodeSurveyed, Told

NODE = NodeId("exchange")
AT_ONCE = 24  # lines in the air
PATIENCE = 60.0  # seconds for one of them
Progress = Callable[[int], object]


class Line:
    """An exchange, a carrier and a switch; `with` starts both Asterisks."""

    def __init__(self, folder: Path, package: Package) -> None:
        sip, tcp = free_ports(2), free_ports(4, socket.SOCK_STREAM)
        self.voices = folder / "voices"
        self.voices.mkdir(parents=True)
        self.exchange = write_layout(
            ExchangeSettings(
                "exchange", folder / "exchange", sip[0], tcp[0], tcp[1], trunks=(Trunk("carrier", HOST, sip[1]),),
                rtp_ports=(21000, 22999),
            ),
            package,
        )  # fmt: skip
        self._carrier = write_layout(
            ExchangeSettings(
                "carrier", folder / "carrier", sip[1], tcp[2], tcp[3], trunks=(Trunk("exchange", HOST, sip[0]),),
                rtp_ports=(23000, 24999), role=Role.CARRIER,
            ),
            package,
        )  # fmt: skip
        self._daemons = [Daemon(each, package, dies_with_us=True) for each in (self.exchange, self._carrier)]
        self._count = 0

    def __enter__(self) -> Self:
        for daemon in self._daemons:
            daemon.start()
        with self._daemons[1].probe() as probe:
            probe.ask("Setvar", {"Variable": "VOICES", "Value": str(self.voices)})
        return self

    def __exit__(self, *_: object) -> None:
        for daemon in self._daemons:
            daemon.stop(within=0.0)

    def settings(self, text: str) -> None:
        """Have Asterisk listen by this amd.conf from now on."""
        (self.exchange.conf.parent / "amd.conf").write_text(text, encoding="utf-8")
        self._daemons[0].command("module reload app_amd.so")

    def hear(self, spoken: Sequence[Spoken], progress: Progress) -> list[Verdict]:
        """Dial each once. Verdicts in the order of the greetings, their times counted from the answer."""
        numbers = [customer_number(Who.VOICE, *divmod(place, 1000)) for place in range(len(spoken))]
        for number, each in zip(numbers, spoken, strict=True):
            (self.voices / f"{number[1:]}.ulaw").write_bytes(each.ulaw)
        first, self._count = self._count + 1, self._count + len(numbers)
        return asyncio.run(_dial(self.exchange, numbers, first, progress))


async def _dial(exchange: Layout, numbers: Sequence[str], first: int, progress: Progress) -> list[Verdict]:
    ears = _Ears(exchange)
    await ears.switch.start()
    await asyncio.wait_for(ears.ready.wait(), PATIENCE)
    lines, done = asyncio.Semaphore(AT_ONCE), 0

    async def one(place: int, number: str) -> Verdict:
        nonlocal done
        async with lines:
            verdict = await ears.dial(CallId(f"D{first + place:08d}"), number)
            done += 1
            progress(done)
            return verdict

    try:
        return await asyncio.gather(*(one(place, number) for place, number in enumerate(numbers)))
    finally:
        await ears.switch.stop()


class _Ears:
    def __init__(self, exchange: Layout) -> None:
        settings = NodeSettings(
            NODE, exchange.ami_host, exchange.ami_port, exchange.ami_user, exchange.secrets.ami,
            exchange.secrets.agi_token, outside=("+1",),
        )  # fmt: skip
        self.ready = asyncio.Event()
        self._arrived: dict[str, asyncio.Future[Told]] = {}
        self._over: dict[str, asyncio.Event] = {}
        self.switch = Switch([settings], HOST, exchange.settings.agi_port, self._told, time.time)

    async def dial(self, call: CallId, number: str) -> Verdict:
        self._arrived[call] = asyncio.get_running_loop().create_future()
        self._over[call] = asyncio.Event()
        self.switch.perform(DialCustomer(NODE, call, number, "+18005550100", 30.0, detect=True))
        told = await asyncio.wait_for(self._arrived[call], PATIENCE)
        if not isinstance(told, CallerArrived):
            raise ArenaError(f"a greeting was not heard: {told}")
        verdict = Verdict(str(told.heard), time.time() - told.opened_at)
        self.switch.perform(EndCall(NODE, call))
        await asyncio.wait_for(self._over[call].wait(), PATIENCE)
        return verdict

    def _told(self, told: Told) -> None:
        if isinstance(told, NodeSurveyed):
            self.ready.set()
        call = str(getattr(told, "call", ""))
        waits = self._arrived.get(call)
        if isinstance(told, CallerArrived | DialFailed | CallEnded) and waits is not None and not waits.done():
            waits.set_result(told)
        if isinstance(told, CallEnded) and call in self._over:
            self._over[call].set()
