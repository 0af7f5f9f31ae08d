"""The server frozen, two servers at once, the link to Asterisk cut, Asterisk itself killed: real calls through each."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import wave
from collections.abc import Iterator

import pytest
from crash_world import People, World, answer, world
from patience import PATIENCE, meanwhile, until

pytestmark = pytest.mark.live

MOMENT = 0.05  # seconds by which two programs' clocks of one machine may differ: Asterisk tells milliseconds


@pytest.fixture(scope="module")
def made(package, tmp_path_factory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("links"), package) as made:
        yield made


def unseen(made: World) -> bool:
    """Whether Asterisk has one caller less and one talk more than the server was last told."""
    with made.daemon.probe(patience=PATIENCE) as probe:
        channels = probe.ask("Status")[1:]
    return len(channels) == 4 and sum(bool(one.get("BridgeID")) for one in channels) == 4


def written(made: World, number: str) -> int:
    """The bytes of the shorter leg of his recording; Asterisk writes two seconds at a time."""
    files = [*made.layout.recordings.rglob(f"*{made.row(number).contact}*.wav")]
    return min(path.stat().st_size for path in files) if len(files) == 2 else 0


async def test_a_frozen_server_keeps_its_journal_until_the_watchdog_ends_it_and_callers_go_on(made):
    in_flow, talking, waiting = "13810000001", "13810000002", "13810000003"
    async with People(made) as people:
        agent = await people.agent(1)
        caller, rung = await people.talk(talking, 1, agent)
        waits = await people.call_line(waiting, 2)
        stands = await people.call(in_flow)
        await made.at(in_flow, "first")
        watchdog, frozen = made.pids()[:2]
        os.kill(frozen, signal.SIGSTOP)
        stopped = time.time()

        second = await asyncio.to_thread(made.serve_once_more)
        assert second.returncode == 2
        assert "held by another running server" in second.stderr, second.stderr
        holders = {frozen, *made.pids()[1:]}  # its successor, where the second is slower than the watchdog's patience
        told = " ".join(second.stderr.split())  # whatever the width of its lines
        assert any(f"process {pid}" in told for pid in holders), told

        await meanwhile(lambda: frozen not in made.pids(), "the end of the frozen server")
        assert made.pids()[0] == watchdog
        await meanwhile(lambda: made.arrivals(in_flow)[-1] > stopped, "the question that was open")
        await stands.press("1")
        await made.at(in_flow, "second")
        other = await people.agent(2)
        answer(await other.next_call(PATIENCE))
        await meanwhile(lambda: made.facts(waiting, "AgentAnswered"), "the answer to who waited")
        assert caller.end is None, "the talk was dropped"
        for call in (stands, waits, rung):
            call.hang_up()
        outcomes = [(await made.over(number)).outcome for number in (in_flow, talking, waiting)]
    assert outcomes == ["ended_in_flow", "answered", "answered"]


async def test_the_link_to_asterisk_is_cut_and_what_happened_meanwhile_is_found_out(made):
    talking, leaving, rung_through = "13820000001", "13820000002", "13820000003"
    async with People(made) as people:
        agents = [await people.agent(line) for line in (3, 4)]
        caller, _ = await people.talk(talking, 3, agents[0])
        leaves = await people.call_line(leaving, 5)
        rings = await people.call_line(rung_through, 4)
        ringing = await agents[1].next_call(PATIENCE)
        await meanwhile(lambda: made.facts(rung_through, "AgentRang"), "the ring")

        made.relay.cut()
        await meanwhile(lambda: not made.all_facts("NodeChanged")[-1].up, "the loss of the link")
        picked_up = time.time()
        answer(ringing)
        left = time.time()
        leaves.hang_up()
        await leaves.ended(PATIENCE)
        await asyncio.to_thread(until, lambda: unseen(made), "a talk and an end that the server cannot see")
        looked_again = time.time()
        assert made.row(rung_through).outcome == ""
        assert made.row(leaving).outcome == "", "nothing may be concluded while nobody can look"
        made.relay.mend()
        await meanwhile(lambda: made.row(leaving).outcome, "the survey after the login")

        assert made.row(leaving).outcome == "abandoned"
        assert left - MOMENT < made.row(leaving).ended_at < looked_again, "when he left, not when it was found out"
        await meanwhile(lambda: made.facts(rung_through, "AgentAnswered"), "the talk that began unseen")
        assert picked_up - MOMENT < made.row(rung_through).answered_at < looked_again
        assert len(made.offers(rung_through)) == 1
        assert caller.end is None
        assert rings.end is None
        caller.hang_up()
        rings.hang_up()
        outcomes = [(await made.over(number)).outcome for number in (talking, rung_through)]
    assert outcomes == ["answered", "answered"]


async def test_a_killed_asterisk_closes_its_calls_once_and_leaves_recordings_that_play(made):
    in_flow, waiting, talking = "13830000001", "13830000002", "13830000003"
    async with People(made) as people:
        agent = await people.agent(6)
        await people.talk(talking, 6, agent)
        await people.call_line(waiting, 7)
        await people.call(in_flow)
        await made.at(in_flow, "first")
        await meanwhile(lambda: written(made, talking) > 16_000, "a second of the talk on the disk")
        killed = time.time()
        made.kill_asterisk()
        made.daemon.start(within=2 * PATIENCE)
        rows = {number: await made.over(number) for number in (in_flow, waiting, talking)}
        assert [row.outcome for row in rows.values()] == ["lost", "lost", "answered"]
        for number in rows:
            assert len(made.facts(number, "CallEnded")) == 1
        assert killed < rows[talking].ended_at < time.time()
        assert rows[waiting].breakpoint == "line7"
        await meanwhile(lambda: made.row(talking).recording, "a look at the recording")
    (offer,) = made.offers(talking)
    assert offer.recording_state in {"repaired", "short"}, "short: Asterisk had seconds of it in its hands"
    for name in offer.legs:
        with wave.open(str(made.layout.recordings / name)) as file:
            assert file.getnframes() / 8000 == pytest.approx(offer.recorded, abs=0.1)
    assert offer.recorded > 1.0

    async with People(made) as people:  # and the next caller is served as if nothing had been
        agent = await people.agent(6)
        caller, _ = await people.talk("13830000009", 6, agent)
        caller.hang_up()
        assert (await made.over("13830000009")).outcome == "answered"
