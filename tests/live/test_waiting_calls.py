"""The whole server and callers who wait on real lines: what they hear and when, what they key, whom we call back."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crash_world import HOST, People, World, answer, world
from patience import PATIENCE, meanwhile
from ports import free_port

from cti.fingerprint import of_mulaw
from cti.hearing import Fingerprints
from cti.sip.call import RobotCall
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import speech
from cti.sound import write_wav
from switchroom.trial.line_ear import LineEar

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

LI_LEI, HAN_MEI = "13800000001", "13900000002"
AFTER, EVERY, LENGTH = 4.0, 12.0, 5.0
LONG = 45.0  # as long as the slowest machine needs to ring an agent and have him talk
EARLY = 0.3  # seconds before its time that hearing may say: it knows a sound by tenths of a second
WAITS = """\
  announce:
    after: 4s
    every: {every}
    say: [please-hold, position]
  callback:
    after: {offered}
    calendar: always
    times: true
"""
FLOW = """\
flow: waits
languages: [en]
start: person

steps:
  person:
    queue: line
    limit: 10m
    answered: bye
    timed_out: bye

  bye:
    hangup: normal
"""


def writer(offered: str = "1h", length: float = LENGTH):
    def write(folder: Path) -> None:
        queue = "line:\n  ring_for: 120s\n  wrap_up: 1s\n  misses: 9\n  record: true\n"
        files = {
            "numbers.yaml": "numbers:\n  700: waits\nfallback: waits\n",
            "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
            "prompts/en.yaml": "please-hold: Please hold, we will be with you as soon as we can.\n",
            "queues.yaml": queue + WAITS.format(offered=offered, every=f"{max(EVERY, 2 * length):.0f}s"),
            "agents.yaml": (
                "agent1:\n  name: Agent\n  phone: agent1\n  node: a1\n  queues: [line]\n  skills: {any: 1}\n"
                "  screen: none\n"
            ),
            "flows/waits.yaml": FLOW,
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "recordings/en").mkdir(parents=True)
        write_wav(folder / "recordings/en/please-hold.wav", [*of_mulaw(speech(length, 7))])

    return write


@dataclass
class Floor:
    world: World
    people: People
    outside: RobotPhone
    prints: Fingerprints

    async def waits(self, number: str) -> tuple[RobotCall, LineEar]:
        """A caller who has come into the queue, and our ear on his line."""
        call = await self.people.call(number)
        ear = LineEar(call, self.prints)
        await meanwhile(lambda: self.world.facts(number, "CallerQueued"), f"{number} in the queue")
        return call, ear

    async def told(self, number: str, count: int = 1) -> float:
        """When he was told something for the `count`th time."""
        await meanwhile(lambda: len(self.world.facts(number, "CallerTold")) >= count, f"word {count}")
        return float(self.world.facts(number, "CallerTold")[count - 1].at)

    async def press(self, call: RobotCall, number: str, keys: str) -> None:
        """Press keys when he is asked the next question, as his channel shows, and half a second of it is over."""
        count = len(self.world.facts(number, "CallerTold"))
        await meanwhile(lambda: self._listens(number), f"a question to {number}")
        await call.over_within(0.5)
        await call.press(keys)
        await self.told(number, count + 1)

    def _listens(self, number: str) -> bool:
        """Whether Asterisk is at a question of his: in an announcement that takes a key, or at the door."""
        call = self.world.row(number).call
        with self.world.daemon.probe(patience=PATIENCE) as probe:
            found = [channel for channel in probe.ask("Status")[1:] if channel["Uniqueid"] == call]
        return any(channel.get("Application") in {"Read", "AGI"} for channel in found)

    async def agrees(self, number: str, *keys: str) -> None:
        """He hears the offer, takes it, keys this, and agrees."""
        call, _ = await self.waits(number)
        await meanwhile(lambda: any(one.offered for one in self.world.facts(number, "CallerTold")), "the offer")
        for key in ("1", *keys, "1"):
            await self.press(call, number, key)
        end = await call.ended(PATIENCE)
        assert end.by == "them"


@pytest.fixture
async def floor(request, package, tmp_path) -> AsyncIterator[Floor]:
    port = free_port(socket.SOCK_DGRAM)
    offered, length = getattr(request, "param", ("1h", LENGTH))
    with world(tmp_path, package, writer(offered, length), outside=port, numbers=("138", "139")) as made:
        account = Account(HOST, made.layout.settings.sip_port, "customer", own_port=port)
        async with contextlib.AsyncExitStack() as stack:
            people = await stack.enter_async_context(People(made))
            outside = await stack.enter_async_context(RobotPhone(account))
            sound = tmp_path / "dialplans/recordings/en/please-hold.wav"
            yield Floor(made, people, outside, Fingerprints({("please-hold", "en"): sound}))


async def heard(call: RobotCall, ear: LineEar, count: int) -> list[tuple[float, bool]]:
    """From when he heard the announcement (POSIX seconds), by its fingerprint, and whether it was whole."""
    deadline = time.monotonic() + 2 * PATIENCE
    while True:
        await call.over_within(0.3)
        await ear.listen()
        found = ear.settled(from_place=0, begun=False, over=call.end is not None)
        if len(found) >= count:
            shift = time.time() - time.monotonic() + ear._began
            return [(one.from_s + shift, one.whole) for one in found]
        assert time.monotonic() < deadline, f"{len(found)} of {count} announcements were heard"


async def test_an_announcement_is_heard_at_its_time_and_again(floor: Floor) -> None:
    call, ear = await floor.waits(LI_LEI)
    queued = floor.world.facts(LI_LEI, "CallerQueued")[0].at
    first, second = (await heard(call, ear, 2))[:2]
    told = [fact.at for fact in floor.world.facts(LI_LEI, "CallerTold")]
    assert queued + AFTER - EARLY < told[0] < first[0] + EARLY
    assert told[0] + EVERY - EARLY < told[1] < second[0] + EARLY
    assert told[1] > first[0] + LENGTH - EARLY, "one after the other"
    assert first[1], "it was whole"
    call.hang_up()
    assert (await floor.world.over(LI_LEI)).outcome == "abandoned"


@pytest.mark.parametrize("floor", [("1h", LONG)], indirect=True)
async def test_an_agent_who_answers_in_the_middle_of_it_has_the_caller_at_once(floor: Floor) -> None:
    call, ear = await floor.waits(LI_LEI)
    told = await floor.told(LI_LEI)
    agent = await floor.people.agent(1)
    rung = await agent.next_call(PATIENCE)
    answer(rung)
    await meanwhile(lambda: floor.world.facts(LI_LEI, "AgentAnswered"), "the talk")
    answered = floor.world.facts(LI_LEI, "AgentAnswered")[0].at
    assert answered < told + LONG, "it was in the middle"
    await rung.over_within(LENGTH)
    await ear.listen()
    assert all(not one.whole and one.to_s < ear.seconds - 2 for one in ear.heard), "he heard the agent instead"
    call.hang_up()
    assert (await floor.world.over(LI_LEI)).outcome == "answered"


async def test_our_death_in_the_middle_of_it_is_not_noticed(floor: Floor) -> None:
    call, ear = await floor.waits(LI_LEI)
    told = await floor.told(LI_LEI)
    os.kill(floor.world.pids()[1], signal.SIGKILL)
    await meanwhile(lambda: len(floor.world.all_facts("ServerStarted")) == 2, "the next server")
    first, second = (await heard(call, ear, 2))[:2]
    assert first[1], "the announcement under way was heard to its end"
    assert second[0] > max(told + EVERY, floor.world.all_facts("ServerStarted")[1].at) - EARLY
    assert len(floor.world.arrivals(LI_LEI)) == 1, "he stood at the door once"
    agent = await floor.people.agent(1)
    answer(await agent.next_call(PATIENCE))
    await meanwhile(lambda: floor.world.facts(LI_LEI, "AgentAnswered"), "the talk")
    queued, answered = floor.world.facts(LI_LEI, "CallerQueued")[0], floor.world.facts(LI_LEI, "AgentAnswered")[0]
    assert answered.waited == pytest.approx(answered.at - queued.at, abs=0.01), "and his clock went on"


@pytest.mark.parametrize("floor", [("4s", LENGTH)], indirect=True)
async def test_who_agrees_is_called_back_in_his_turn(floor: Floor) -> None:
    await floor.agrees(LI_LEI)
    await meanwhile(lambda: [one.outcome for one in floor.world.all_facts("CallEnded")] == ["flowed_out"], "his end")
    later, _ = await floor.waits(HAN_MEI)
    agent = await floor.people.agent(1)
    rung = await agent.next_call(PATIENCE)
    answer(rung)
    customer = await floor.outside.next_call(PATIENCE)
    answer(customer)
    await meanwhile(lambda: floor.world.all_facts("AgentAnswered"), "the talk")
    [first] = floor.world.all_facts("AgentAnswered")
    assert first.contact.startswith("B-"), "he came before who called later"
    assert [one.number for one in floor.world.all_facts("CallbackDialled")] == [LI_LEI]
    customer.hang_up()
    answer(await agent.next_call(PATIENCE))
    await meanwhile(lambda: floor.world.facts(HAN_MEI, "AgentAnswered"), "the other's turn")
    later.hang_up()


@pytest.mark.parametrize("floor", [("4s", LENGTH)], indirect=True)
async def test_another_number_is_keyed_and_one_that_may_not_be_called_is_refused_at_once(floor: Floor) -> None:
    call, _ = await floor.waits(LI_LEI)
    await floor.told(LI_LEI)
    for key in ("1", "2", "4911234567#", f"{HAN_MEI}#", "1"):
        await floor.press(call, LI_LEI, key)
    await call.ended(PATIENCE)
    talked = [(one.stage, one.problem) for one in floor.world.all_facts("CallbackTalked")]
    assert talked == [("agree", ""), ("number", ""), ("number", "say/back-bad-number"), ("agree", ""), ("agreed", "")]
    agent = await floor.people.agent(1)
    answer(await agent.next_call(PATIENCE))
    await floor.outside.next_call(PATIENCE)
    await meanwhile(lambda: floor.world.all_facts("CallbackDialled"), "the word of it")
    assert [one.number for one in floor.world.all_facts("CallbackDialled")] == [HAN_MEI]


@pytest.mark.parametrize("floor", [("4s", LENGTH)], indirect=True)
async def test_a_time_that_he_chose_is_kept_within_a_minute(floor: Floor) -> None:
    agent_comes_late = time.time() + 75.0
    due = (int(agent_comes_late) // 60 + 1) * 60
    await floor.agrees(LI_LEI, "3", datetime.fromtimestamp(due, UTC).strftime("%H%M"))
    await meanwhile(lambda: floor.world.all_facts("CallbackDeferred"), "the promise")
    [deferred] = floor.world.all_facts("CallbackDeferred")
    assert (deferred.until, deferred.why) == (due, "chosen")
    agent = await floor.people.agent(1)
    os.kill(floor.world.pids()[1], signal.SIGKILL)  # a promise outlives us
    rung = await agent.next_call(4 * PATIENCE)
    answer(rung)
    customer = await floor.outside.next_call(PATIENCE)
    rang = time.time()
    assert due <= rang < due + 60
    answer(customer)
    await meanwhile(lambda: floor.world.all_facts("AgentAnswered"), "the talk")
