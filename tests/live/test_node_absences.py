"""The switch and a real Asterisk when one of them is cut off, frozen, killed or begins anew."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from node_stage import NODE, Stage, stage  # noqa: F401 - fixtures
from patience import PATIENCE

from cti.asterisk.switch import Switch
from cti.vocabulary import (
    CallerArrived,
    CallId,
    DropLeg,
    LegEnded,
    NodeFound,
    NodeLost,
    NodeSurveyed,
    PlayPrompt,
    PromptEnded,
    SeenCall,
    SeenLeg,
    TalkBegan,
)

pytestmark = pytest.mark.live


async def test_the_link_is_cut_and_comes_back_with_the_truth(stage: Stage) -> None:
    call = await stage.call()
    waiting = await stage.call()
    await stage.hold(call)
    await stage.hold(waiting)
    leg = await stage.ring(call, "answer")
    await stage.until(TalkBegan)
    protocol = stage.switch._nodes[NODE].link._connection.protocol
    protocol.abort()
    await stage.until(NodeLost)
    with stage.daemon.probe(patience=PATIENCE) as probe:  # somebody leaves while we do not look
        probe.ask("Hangup", {"Channel": waiting, "Cause": "16"})
    found = await stage.until(NodeFound, 2)
    first = stage.of(NodeFound)[0]
    assert isinstance(found, NodeFound)
    assert isinstance(first, NodeFound)
    assert found.booted_at == first.booted_at
    await stage.meanwhile(
        lambda: any(isinstance(each, NodeSurveyed) for each in stage.told[stage.told.index(found, 2) :])
    )
    seen = next(each for each in stage.told[stage.told.index(found, 2) :] if isinstance(each, NodeSurveyed))
    assert [(c.call, c.place) for c in seen.calls] == [(call, "talk")]
    assert seen.legs == (SeenLeg(leg, "talk", call),)
    assert [(end.call, end.cause) for end in seen.ended] == [(waiting, 16)]
    stage.switch.perform(DropLeg(NODE, leg))
    assert await stage.until(LegEnded) == LegEnded(NODE, leg, 16)


async def test_a_restarted_asterisk_has_no_calls_and_another_boot_time(stage: Stage) -> None:
    await stage.call()
    pid = stage.daemon.running()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await stage.until(NodeLost)
    await asyncio.sleep(3.1)  # boot times are told in whole seconds
    await asyncio.to_thread(stage.daemon.start)
    found = await stage.until(NodeFound, 2)
    first = stage.of(NodeFound)[0]
    assert isinstance(found, NodeFound)
    assert isinstance(first, NodeFound)
    assert found.booted_at > first.booted_at + 2
    await stage.until(NodeSurveyed, 2)
    last = stage.of(NodeSurveyed)[-1]
    assert isinstance(last, NodeSurveyed)
    assert last.calls == ()


async def test_a_frozen_asterisk_is_noticed_and_its_calls_are_there_afterwards(stage: Stage) -> None:
    call = await stage.call()
    await stage.hold(call)
    pid = stage.daemon.running()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        await stage.until(NodeLost)
    finally:
        os.kill(pid, signal.SIGCONT)
    await stage.until(NodeFound, 2)
    assert [each.call for each in (await stage.survey()).calls] == [call]


FIRST_SERVER = """
import asyncio, sys, time
from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.switch import Switch
from cti.vocabulary import CallerArrived, PlayPrompt, NodeId

async def main(ami_port, user, secret, token, agi_port):
    def tell(told):
        if isinstance(told, CallerArrived):
            switch.perform(PlayPrompt(told.node, told.call, ("digits/1",) * 300))
            print("playing", told.call, flush=True)
    switch = Switch([NodeSettings(NodeId("exchange"), "127.0.0.1", int(ami_port), user, secret, token)],
                    "127.0.0.1", int(agi_port), tell, time.time)
    await switch.start()
    print("ready", flush=True)
    await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_server_killed_in_the_middle_of_a_prompt_is_followed_by_another(stage: Stage) -> None:
    await stage.switch.stop()
    settings = stage.settings
    words = [
        str(settings.port),
        settings.username,
        settings.secret,
        settings.agi_token,
        str(stage.layout.settings.agi_port),
    ]
    root = Path(__file__).parents[2]
    first = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FIRST_SERVER, *words, cwd=root, stdout=subprocess.PIPE
    )
    assert first.stdout is not None
    assert await asyncio.wait_for(first.stdout.readline(), PATIENCE) == b"ready\n"
    await asyncio.to_thread(stage.originate)
    playing, call = (await asyncio.wait_for(first.stdout.readline(), PATIENCE)).decode().split()
    assert playing == "playing"
    first.kill()
    await first.wait()

    log = stage.layout.messages
    await stage.meanwhile(lambda: "FastAGI failed" in log.read_text(), "a knock that nobody answers")
    before = len(stage.told)
    stage.switch = Switch([settings], "127.0.0.1", stage.layout.settings.agi_port, stage.told.append, time.time)
    await stage.switch.start()
    await stage.meanwhile(lambda: any(isinstance(each, CallerArrived) for each in stage.told[before:]))
    arrived = next(each for each in stage.told[before:] if isinstance(each, CallerArrived))
    assert arrived.call == call
    seen = next(each for each in stage.told[before:] if isinstance(each, NodeSurveyed))
    assert seen.calls == (SeenCall(CallId(call), "flow"),)
    stage.switch.perform(PlayPrompt(NODE, CallId(call), ("digits/1",)))
    assert await stage.until(PromptEnded) == PromptEnded(CallId(call))
