"""Agents who answer in the very instant in which their caller is sent into the music: nobody may be left there."""

from __future__ import annotations

import asyncio
import time

import pytest
from patience import PATIENCE, meanwhile

from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.switch import Switch
from cti.vocabulary import (
    CallEnded,
    CallerArrived,
    CallId,
    EndCall,
    HoldCaller,
    LegEnded,
    LegId,
    NodeId,
    RingAgent,
    TalkBegan,
    Told,
)

pytestmark = pytest.mark.live

PARTS = """
[agents]
exten => brief,1,Answer()
 same => n,Wait(1)
[callers]
exten => s,1,Wait(600)
"""
NODE, CALLS = NodeId("exchange"), 150


class Desk:
    """Rings an agent and holds the caller in the same breath; ends him when he is back from the talk."""

    def __init__(self, settings: NodeSettings, agi_port: int) -> None:
        self.arrived: list[CallId] = []
        self.ended: list[CallId] = []
        self.legs: list[LegId] = []
        self.early: set[CallId] = set()
        self.talks: list[CallId] = []
        self.switch = Switch([settings], "127.0.0.1", agi_port, self.tell, time.time)

    def tell(self, told: Told) -> None:
        if isinstance(told, CallerArrived) and told.leg is None:
            self.arrived.append(told.call)
            self.switch.perform(RingAgent(NODE, LegId(f"{told.call}.1"), told.call, "brief", PATIENCE, "1", "B"))
            self.switch.perform(HoldCaller(NODE, told.call))
        elif isinstance(told, CallerArrived):
            if told.call not in self.talks:
                self.early.add(told.call)
            self.switch.perform(EndCall(NODE, told.call))
        elif isinstance(told, TalkBegan):
            self.talks.append(told.call)
        elif isinstance(told, LegEnded):
            self.legs.append(told.leg)
        elif isinstance(told, CallEnded):
            self.ended.append(told.call)


async def test_every_caller_comes_back_from_a_talk_that_began_at_once(exchange) -> None:
    layout = exchange.layout
    with (layout.conf.parent / "extensions.conf").open("a") as dialplan:
        dialplan.write(PARTS)
    await asyncio.to_thread(exchange.daemon.command, "dialplan reload")
    settings = NodeSettings(
        NODE,
        layout.ami_host,
        layout.ami_port,
        layout.ami_user,
        layout.secrets.ami,
        layout.secrets.agi_token,
        dial="Local/{phone}@agents/n",
    )
    desk = Desk(settings, layout.settings.agi_port)
    await desk.switch.start()
    try:
        await asyncio.to_thread(call_in, exchange.daemon)
        await meanwhile(lambda: len(desk.ended) >= CALLS, "the end of each call")
    finally:
        await desk.switch.stop()
    assert sorted(desk.ended) == sorted(desk.arrived)
    assert len(desk.ended) == len(set(desk.legs)) == len(desk.legs) == len(desk.talks) == CALLS
    assert desk.early == set(), "somebody was told to be back from a talk that had not begun"


def call_in(daemon) -> None:
    headers = {
        "Channel": "Local/800@switchroom-in/n",
        "Context": "callers",
        "Exten": "s",
        "Priority": "1",
        "Async": "true",
    }
    with daemon.probe(patience=PATIENCE) as probe:
        for _ in range(CALLS):
            probe.ask("Originate", headers)
            probe.events.clear()
            time.sleep(0.04)
