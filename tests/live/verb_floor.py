"""A real Asterisk, our switch over it, and a carrier that sends callers and plays the people outside."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from patience import PATIENCE, meanwhile
from stage import strength

from cti.asterisk.daemon import Daemon
from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.switch import Switch
from cti.vocabulary import (
    CallerArrived,
    CallId,
    LegId,
    NodeId,
    NodeSurveyed,
    RingAgent,
    Told,
)

NODE = NodeId("exchange")
PERSON, BUSY, NOBODY, CONGESTED, AGENT = "5551000", "5552000", "5553000", "5554000", "5556000"
BACK = CallId("B-exchange-1795300000.7")
LEG = LegId(f"{BACK}.1")
CALLERS = """
[speaker]
exten => s,1,MixMonitor(${HEARD},r(${HEARD}))
 same => n,Wait(600)
exten => leave,1,Hangup()
exten => act,1,PlayTones(440)
 same => n,Wait(${SPEAKS})
 same => n,StopPlayTones()
 same => n,ExecIf($["${KEYS}" != ""]?SendDTMF(${KEYS},100,100))
 same => n,Wait(${STAYS})
"""


class Floor:
    """A real Asterisk, our switch over it, and a carrier that sends callers and plays the people outside."""

    def __init__(self, exchange, carrier, folder: Path) -> None:
        self.carrier: Daemon = carrier.daemon
        self.layout = exchange.layout
        self.heard = folder / "heard.wav"
        self.told: list[Told] = []
        self.settings = NodeSettings(
            NODE, self.layout.ami_host, self.layout.ami_port, self.layout.ami_user, self.layout.secrets.ami,
            self.layout.secrets.agi_token, dial="PJSIP/{phone}@carrier", outside=("555",),
        )  # fmt: skip
        self.switch = self.new_switch()

    def new_switch(self) -> Switch:
        return Switch([self.settings], "127.0.0.1", self.layout.settings.agi_port, self.told.append, time.time)

    async def restart(self, meanwhile: Callable[[], object]) -> int:
        """Our server dies; the next one comes when `meanwhile` is true. Returns how much was told before."""
        await self.switch.stop()
        await self.meanwhile(meanwhile)
        told = len(self.told)
        self.switch = self.new_switch()
        await self.switch.start()
        return told

    def of(self, kind: type[Told], after: int = 0) -> list[Told]:
        return [each for each in self.told[after:] if isinstance(each, kind)]

    async def until(self, kind: type[Told], count: int = 1, after: int = 0) -> Told:
        await self.meanwhile(lambda: len(self.of(kind, after)) >= count, kind.__name__)
        return self.of(kind, after)[count - 1]

    async def meanwhile(self, true: Callable[[], object], what: str = "it") -> None:
        await meanwhile(true, what, seen=self.told)

    async def call(self) -> CallId:
        """A caller comes over SIP. Returns when he stands at the door."""
        await asyncio.to_thread(self._originate)
        arrived = await self.until(CallerArrived)
        assert isinstance(arrived, CallerArrived)
        return arrived.call

    def act(self, *, speaks: float = 0.0, keys: str = "", stays: float = 600.0) -> None:
        """The caller hums, keys and stays, in this order and from now on."""
        self._send("act", SPEAKS=str(speaks), KEYS=keys, STAYS=str(stays))

    def leave(self) -> None:
        """The caller hangs up."""
        self._send("leave")

    def _send(self, where: str, **variables: str) -> None:
        with self.carrier.probe(patience=PATIENCE) as probe:
            [caller] = [line["Channel"] for line in probe.ask("Status")[1:] if line.get("Context") == "speaker"]
            for name, value in variables.items():
                probe.ask("Setvar", {"Channel": caller, "Variable": name, "Value": value})
            probe.ask("Redirect", {"Channel": caller, "Context": "speaker", "Exten": where, "Priority": "1"})

    async def recording(self, name: str) -> Path:
        """Wait until a message is being recorded."""
        path = self.message(name)
        await self.meanwhile(path.exists, name)
        return path

    def _originate(self) -> None:
        headers = {
            "Channel": "PJSIP/800@exchange", "Context": "speaker", "Exten": "s", "Priority": "1",
            "CallerID": '"Bob" <5551234>', "Async": "true",
        }  # fmt: skip
        with self.carrier.probe(patience=PATIENCE) as probe:
            probe.ask("Originate", headers, {"HEARD": str(self.heard)})

    def message(self, name: str) -> Path:
        return self.layout.recordings / f"{name}.wav"

    def outside_talks(self) -> bool:
        """Whether somebody whom the exchange has dialled has answered."""
        with self.carrier.probe(patience=PATIENCE) as probe:
            lines = probe.ask("Status")[1:]
        return any(line.get("Context", "") == "customer-1" and line.get("ChannelState") == "6" for line in lines)

    def hang_up_outside(self) -> None:
        """The person outside hangs up."""
        with self.carrier.probe(patience=PATIENCE) as probe:
            for line in probe.ask("Status")[1:]:
                if line.get("Context") == "customer-1":
                    probe.ask("Hangup", {"Channel": line["Channel"]})

    def call_back(self, number: str, recording: str = "") -> None:
        """Ring an agent, who answers at once, for a customer who is to be called back."""
        self.switch.perform(
            RingAgent(NODE, LEG, BACK, AGENT, PATIENCE, number, "Bob", recording, number, 1.5, "4008001")
        )

    def dialled(self) -> int:
        """How many calls the outside world has got from the exchange, those that ended included."""
        with self.carrier.probe(patience=PATIENCE) as probe:
            ended = [line for line in probe.ask("DBGetTree", {"Family": "carrier-calls"})[1:] if "Val" in line]
            live = [line for line in probe.ask("Status")[1:] if line.get("Context", "").startswith("customer")]
        return len(ended) + len(live)


@pytest.fixture
async def floor(exchange, carrier, tmp_path: Path) -> AsyncIterator[Floor]:
    with (carrier.layout.conf.parent / "extensions.conf").open("a") as dialplan:
        dialplan.write(CALLERS)
    await asyncio.to_thread(carrier.daemon.command, "dialplan reload")
    floor = Floor(exchange, carrier, tmp_path)
    await floor.switch.start()
    await floor.until(NodeSurveyed)
    yield floor
    await floor.switch.stop()


def pieces(samples: array[int]) -> list[array[int]]:
    """The tenths of a second."""
    return [samples[at : at + 800] for at in range(0, len(samples) - 800, 800)]


def strongest(samples: array[int], hertz: int) -> float:
    return max(strength(piece, hertz) for piece in pieces(samples))
