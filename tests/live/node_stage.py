"""A real Asterisk, our switch over it, and callers and agents whom its own dialplan plays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from patience import PATIENCE, meanwhile

from cti.asterisk.daemon import Daemon
from cti.asterisk.layout import Layout
from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.switch import Switch
from cti.vocabulary import (
    CallerArrived,
    CallId,
    HoldCaller,
    LegId,
    NodeId,
    NodeSurveyed,
    RingAgent,
    SurveyNode,
    Told,
)

PARTS = """
[agents]
exten => answer,1,Answer()
 same => n,Wait(60)
exten => brief,1,Answer()
 same => n,Wait(0.4)
exten => ring,1,Ringing()
 same => n,Wait(60)
exten => slow,1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Wait(60)
exten => busy,1,Hangup(17)
exten => refuse,1,Hangup(21)
exten => congested,1,Hangup(34)
[callers]
exten => s,1,Wait(600)
exten => leave,1,Hangup()
exten => press,1,SendDTMF(${KEYS},${GAP},60)
 same => n,Wait(600)
"""


NODE = NodeId("exchange")


class Stage:
    """A real Asterisk, our switch over it, and callers and agents played by its own dialplan."""

    def __init__(self, daemon: Daemon, layout: Layout) -> None:
        self.daemon, self.layout = daemon, layout
        self.told: list[Told] = []
        self.settings = NodeSettings(
            NODE, layout.ami_host, layout.ami_port, layout.ami_user, layout.secrets.ami, layout.secrets.agi_token,
            dial="Local/{phone}@agents/n",
        )  # fmt: skip
        self.switch = Switch([self.settings], "127.0.0.1", layout.settings.agi_port, self.told.append, time.time)

    def of(self, kind: type[Told]) -> list[Told]:
        return [each for each in self.told if isinstance(each, kind)]

    async def until(self, kind: type[Told], count: int = 1) -> Told:
        await self.meanwhile(lambda: len(self.of(kind)) >= count, kind.__name__)
        return self.of(kind)[count - 1]

    async def meanwhile(self, true: Callable[[], object], what: str = "it") -> None:
        await meanwhile(true, what, seen=self.told)

    async def call(self) -> CallId:
        """Ring in; return when the caller stands at the door."""
        before = len(self.of(CallerArrived))
        await asyncio.to_thread(self.originate)
        arrived = await self.until(CallerArrived, before + 1)
        assert isinstance(arrived, CallerArrived)
        return arrived.call

    def originate(self) -> None:
        headers = {
            "Channel": "Local/800@switchroom-in/n", "Context": "callers", "Exten": "s", "Priority": "1",
            "CallerID": '"Bob" <5551234>', "Async": "true",
        }  # fmt: skip
        with self.daemon.probe(patience=PATIENCE) as probe:
            probe.ask("Originate", headers)

    def press(self, keys: str, gap: int = 60) -> None:
        """The caller presses keys from now on, with so many milliseconds between."""
        self._send("press", KEYS=keys, GAP=str(gap))

    def leave(self) -> None:
        """The caller hangs up."""
        self._send("leave")

    def _send(self, where: str, **variables: str) -> None:
        with self.daemon.probe(patience=PATIENCE) as probe:
            [caller] = [line["Channel"] for line in probe.ask("Status")[1:] if line.get("Context") == "callers"]
            for name, value in variables.items():
                probe.ask("Setvar", {"Channel": caller, "Variable": name, "Value": value})
            probe.ask("Redirect", {"Channel": caller, "Context": "callers", "Exten": where, "Priority": "1"})

    async def ring(self, call: CallId, phone: str, number: int = 1, ring_for: float = PATIENCE) -> LegId:
        leg = LegId(f"{call}.{number}")
        self.switch.perform(RingAgent(NODE, leg, call, phone, ring_for, "5551234", "Bob"))
        return leg

    async def hold(self, call: CallId, *, last: bool = False) -> None:
        """Send into the music, and wait until he is there."""
        self.switch.perform(HoldCaller(NODE, call, last))
        for _ in range(200):
            if (call, "hold") in [(each.call, each.place) for each in (await self.survey()).calls]:
                return
        raise AssertionError(f"{call} is not on hold")

    async def survey(self) -> NodeSurveyed:
        before = len(self.of(NodeSurveyed))
        self.switch.perform(SurveyNode(NODE))
        seen = await self.until(NodeSurveyed, before + 1)
        assert isinstance(seen, NodeSurveyed)
        return seen


@pytest.fixture
async def stage(exchange) -> AsyncIterator[Stage]:
    with (exchange.layout.conf.parent / "extensions.conf").open("a") as dialplan:
        dialplan.write(PARTS)
    await asyncio.to_thread(exchange.daemon.command, "dialplan reload")
    stage = Stage(exchange.daemon, exchange.layout)
    await stage.switch.start()
    await stage.until(NodeSurveyed)
    yield stage
    await stage.switch.stop()
