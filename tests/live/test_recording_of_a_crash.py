"""What a real Asterisk leaves of a recording: whole after a talk, repairable when it was killed in the middle."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import wave

import pytest
from patience import PATIENCE, until
from stage import account, hold_then_end, place, read_wav, ring_leg, waiting

from recordings.audio import join, measure
from recordings.keeper import Keeper, Patience
from recordings.messages import KeepRecording
from recordings.naming import recording_path

pytestmark = pytest.mark.live


async def looked_at(folder, asked):
    keeper = Keeper(folder, Patience(step=0.1, still=2.0, most=PATIENCE))
    told = asyncio.Queue()
    keeper.start(told.put_nowait)
    keeper.keep(asked)
    found = await asyncio.wait_for(told.get(), 2 * PATIENCE)
    await keeper.stop()
    return found


def begin_talk(ami, outside, open_door, talk):
    open_door(hold_then_end)
    place(outside, "k1", talk=talk)
    call = waiting(ami)[0]["Uniqueid"]
    path = recording_path(f"{call}.1", time.time())
    ring_leg(ami, call, recording=path)
    ami.await_event("BridgeEnter", within=PATIENCE, Uniqueid=call)
    return call, path


def test_a_finished_talk_is_whole_and_plays_in_stereo(exchange, ami, outside, open_door, tmp_path):
    call, path = begin_talk(ami, outside, open_door, talk=2.0)
    account(outside, "k1")
    last = ami.await_event("UserEvent", within=PATIENCE, UserEvent="SwitchroomEnded")["Last"].split("|")
    talked = float(last[1]) - float(last[4])
    folder = exchange.layout.recordings
    recorded = min(len(read_wav(folder / f"{path}-{who}.wav")) for who in ("caller", "agent")) / 8000
    found = asyncio.run(looked_at(folder, KeepRecording(call, f"{call}.1", path, recorded)))
    assert found.state == "whole"
    assert 1.0 < found.seconds < talked + 0.5, "a busy Asterisk begins late"
    caller, agent = (folder / name for name in found.legs)
    assert measure(caller).samples == measure(agent).samples, "the legs are aligned"
    assert join(caller, agent, tmp_path / "both.wav") == pytest.approx(found.seconds, abs=0.001)


def test_what_a_killed_asterisk_left_is_repaired(exchange, ami, outside, open_door):
    rung = time.time()
    call, path = begin_talk(ami, outside, open_door, talk=PATIENCE)
    began = time.time()
    folder = exchange.layout.recordings
    until((folder / f"{path}-agent.wav").exists, what="recording")
    until(lambda: time.time() - began >= 5.0, what="five seconds of talk")
    talked = time.time() - began
    os.kill(exchange.daemon.running(), signal.SIGKILL)
    killed = time.time()
    until(lambda: exchange.daemon.running() is None, what="its death")
    with pytest.raises((wave.Error, EOFError)):  # as it lies there no program can read it
        wave.open(str(folder / f"{path}-agent.wav")).close()
    found = asyncio.run(looked_at(folder, KeepRecording(call, f"{call}.1", path, talked)))
    assert found.state == "repaired"
    assert talked - 2.6 <= found.seconds <= killed - rung
    for name in found.legs:
        with wave.open(str(folder / name)) as file:
            assert file.getnframes() / 8000 == pytest.approx(found.seconds, abs=0.001)
