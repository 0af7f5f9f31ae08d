"""The whole server over real phones: talks held, passed on, consulted about, shared, overheard; and kills meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Self

import aiohttp
import pytest
from crash_world import HOST, NODE, World, world
from patience import PATIENCE, meanwhile
from ports import free_port
from talk_world import TONES, Voice

from cti.asterisk.music import tone, write_wav
from cti.sip.phone import Account, RobotCall, RobotPhone
from cti.sip.sound import read_sound

pytestmark = pytest.mark.live

PROVIDER = free_port(socket.SOCK_DGRAM)  # where numbers outside are answered
AGENTS = {"agent1": "alice", "agent2": "bob", "agent3": "carol"}  # and whose tone each plays
FLOW = """flow: desk
languages: [en]
start: line
steps:
  line:
    queue: {queue}
    limit: 10m
    answered: bye
    timed_out: bye
  bye:
    hangup: normal
"""
OTHER = """flow: other
languages: [en]
start: ask
steps:
  ask:
    menu: first
    keys: {1: line}
    wait: 60s
    tries: 3
    no_input: bye
    no_match: bye
  line:
    queue: two
    limit: 10m
    answered: bye
    timed_out: bye
  bye:
    hangup: normal
"""


def write_floor(folder: Path) -> None:
    lines = {"agent1": "one", "agent2": "two", "agent3": "three"}
    files = {
        "numbers.yaml": "numbers:\n  700: desk\n\nfallback: desk\n",
        "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
        "prompts/en.yaml": "first: Press one.\n",
        "queues.yaml": "\n".join(
            f"{name}:\n  ring_for: 120s\n  wrap_up: 1s\n  misses: 9\n  record: true\n  target: 20s\n"
            for name in lines.values()
        ),
        "agents.yaml": "\n".join(
            f"{agent}:\n  name: {agent}\n  phone: {agent}\n  node: {NODE}\n  queues: [{line}]\n  skills: {{any: 1}}\n"
            for agent, line in lines.items()
        ),
        "flows/desk.yaml": FLOW.format(queue="one"),
        "flows/other.yaml": OTHER,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "recordings/en").mkdir(parents=True, exist_ok=True)
    write_wav(folder / "recordings/en/first.wav", tone(440, 0.3))


class Floor:
    """Three agents at their screens and phones, a supervisor, and callers."""

    def __init__(self, made: World, tones: dict[str, bytes]) -> None:
        self.world, self.tones = made, tones
        self.voices: dict[str, Voice] = {}
        self.screens: dict[str, aiohttp.ClientSession] = {}
        self.phones: dict[str, RobotPhone] = {}
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        layout = self.world.layout
        port = layout.settings.sip_port
        self._outside = await self._stack.enter_async_context(RobotPhone(Account(HOST, port, "caller")))
        provider = RobotPhone(Account(HOST, port, "provider", own_port=PROVIDER))
        self.phones["outside"] = await self._stack.enter_async_context(provider)
        for name in (*AGENTS, "agent9"):
            account = Account(HOST, port, name, layout.secrets.phones[name])
            self.phones[name] = await self._stack.enter_async_context(RobotPhone(account))
            await self.phones[name].register(PATIENCE)
        for user in (*AGENTS, "supervisor"):
            await self._log_in(user)
        for agent in AGENTS:
            await self.state(agent, "on")
            await meanwhile(lambda a=agent: self._may(a), f"{agent} ready")
        return self

    async def __aexit__(self, *_: object) -> None:
        for agent in AGENTS:
            await self.state(agent, "off")
        await self._stack.aclose()

    async def _log_in(self, user: str) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        screen = await self._stack.enter_async_context(aiohttp.ClientSession(self.world.place.url, cookie_jar=jar))
        body = {"user": user, "password": self.world.place.passwords()[user]}
        async with screen.post("/api/login", json=body) as answer:
            assert answer.status == 200, await answer.text()
        self.screens[user] = screen

    def _may(self, agent: str) -> bool:
        self._ready = getattr(self, "_ready", {})
        if agent not in self._ready or self._ready[agent].done():
            if agent in self._ready and self._ready[agent].result() == 200:
                return True
            self._ready[agent] = asyncio.ensure_future(self.state(agent, "ready"))
        return False

    async def state(self, agent: str, wanted: str) -> int:
        async with self.screens[agent].post("/api/me/state", json={"state": wanted}) as answer:
            return answer.status

    async def say(self, user: str, path: str, **content) -> int:
        async with self.screens[user].post(f"/api/{path}", json=content) as answer:
            text = await answer.text()
            assert answer.status in (200, 409), text
            return answer.status

    async def view(self, contact: str) -> dict:
        async with self.screens["supervisor"].get("/api/floor") as answer:
            found = [one for one in (await answer.json())["contacts"] if one["contact"] == contact]
            return found[0] if found else {}

    async def calls(self, number: str) -> str:
        """Ring in; return the contact when an agent's phone is about to ring."""
        call = self._outside.call("700", number)
        assert await call.answered(PATIENCE)
        self._voice("caller", call)
        await meanwhile(lambda: self.world.facts(number, "OfferMade"), f"an offer of {number}")
        return self.world.row(number).contact

    async def answers(self, phone: str) -> RobotCall:
        call = await self.phones[phone].next_call(PATIENCE)
        call.answer()
        self._voice(AGENTS.get(phone, "carol"), call)
        return call

    def _voice(self, name: str, call: RobotCall) -> None:
        self.voices[name] = Voice(name, call)
        self.voices[name].begin(self.tones)

    async def hears(self, who: str, whom: set[str]) -> None:
        try:
            await meanwhile(lambda: self.voices[who].hears() == whom, "sound")
        except AssertionError:
            raise AssertionError(f"{who} hears {self.voices[who].hears()}, not {whom}") from None

    async def talk(self, number: str) -> tuple[str, RobotCall]:
        """A caller with agent1."""
        contact = await self.calls(number)
        rung = await self.answers("agent1")
        await self.hears("caller", {"alice"})
        return contact, rung


@pytest.fixture(scope="module")
def served(package, tmp_path_factory) -> Iterator[World]:
    place = tmp_path_factory.mktemp("talks")
    with world(place, package, write_floor, outside=PROVIDER, numbers=("9",)) as made:
        yield made


@pytest.fixture
async def floor(served, tmp_path) -> AsyncIterator[Floor]:
    tones = {}
    for name, hertz in TONES.items():
        write_wav(tmp_path / f"{name}.wav", tone(hertz, 1.0))
        tones[name] = read_sound(tmp_path / f"{name}.wav")
    async with Floor(served, tones) as made:
        yield made


def kinds(made: World, number: str) -> list[str]:
    return [type(fact).__name__ for fact in made.facts(number)]


async def ended(floor: Floor, number: str) -> None:
    row = await floor.world.over(number)
    assert row.outcome == "answered"
    told = kinds(floor.world, number)
    assert told.count("CallStarted") == told.count("CallEnded") == 1


async def test_a_hold_survives_kill_9_and_a_double_click_is_one_act(floor) -> None:
    contact, _ = await floor.talk("13800000001")
    assert await floor.say("agent1", "talk/hold", contact=contact) == 200
    assert await floor.say("agent1", "talk/hold", contact=contact) == 200
    await floor.hears("alice", set())
    floor.world.kill_both()
    floor.world.start()
    assert (await floor.view(contact))["standing"] == "held"
    assert await floor.say("agent1", "talk/retrieve", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    await floor.hears("alice", {"caller"})
    floor.voices["caller"].call.hang_up()
    await ended(floor, "13800000001")
    told = kinds(floor.world, "13800000001")
    assert told.count("HoldBegan") == told.count("HoldEnded") == told.count("AgentAnswered") == 1


async def test_a_caller_passed_on_to_a_queue_is_on_the_next_screen_before_that_phone_rings(floor) -> None:
    contact, rung = await floor.talk("13800000002")
    async with floor.screens["agent2"].get("/api/events") as events:
        assert await floor.say("agent1", "talk/transfer", contact=contact, kind="queue", target="two") == 200
        assert await floor.say("agent1", "talk/transfer", contact=contact, kind="queue", target="two") == 200
        shown = b""
        while b"event: show" not in shown:
            shown += await asyncio.wait_for(events.content.readany(), PATIENCE)
        assert contact.encode() in shown.split(b"event: show")[1]
    await floor.answers("agent2")
    await floor.hears("caller", {"bob"})
    await rung.ended(PATIENCE)
    floor.voices["bob"].call.hang_up()
    await ended(floor, "13800000002")
    assert [offer.agent for offer in floor.world.offers("13800000002")] == ["agent1", "agent2"]
    assert kinds(floor.world, "13800000002").count("CallerTransferred") == 1


async def test_a_caller_passed_on_to_an_agent_by_name_rings_there_though_he_serves_another_queue(floor) -> None:
    contact, _ = await floor.talk("13800000003")
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="agent", target="agent3") == 200
    await floor.answers("agent3")
    await floor.hears("caller", {"carol"})
    floor.voices["carol"].call.hang_up()
    await ended(floor, "13800000003")


async def test_a_caller_passed_on_to_a_flow_goes_through_it(floor) -> None:
    contact, _ = await floor.talk("13800000004")
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="flow", target="other") == 200
    await floor.world.at("13800000004", "ask")
    await floor.voices["caller"].call.press("1")
    await floor.answers("agent2")
    await floor.hears("caller", {"bob"})
    floor.voices["caller"].call.hang_up()
    await ended(floor, "13800000004")


async def test_a_consult_through_kill_9_ends_with_who_was_asked_having_the_caller(floor) -> None:
    number = "13800000005"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    floor.world.kill_both()
    floor.world.start()
    await floor.hears("bob", {"alice"})
    assert (await floor.view(contact))["standing"] == "consulting"
    assert await floor.say("agent2", "talk/complete", contact=contact) == 409, "it is not his talk yet"
    assert await floor.say("agent1", "talk/complete", contact=contact) == 200
    assert await floor.say("agent1", "talk/complete", contact=contact) == 200
    await floor.hears("caller", {"bob"})
    await floor.hears("bob", {"caller"})
    await rung.ended(PATIENCE)
    floor.voices["bob"].call.hang_up()
    await ended(floor, number)
    await meanwhile(lambda: len(floor.world.facts(number, "RecordingKept")) == 2, "both recordings")
    assert {fact.state for fact in floor.world.facts(number, "RecordingKept")} == {"whole"}


async def test_a_caller_whose_agent_is_gone_while_he_hears_music_waits_again_at_the_head(floor) -> None:
    number = "13800000006"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    second = await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    rung.hang_up()
    await second.ended(PATIENCE)
    await floor.answers("agent1")
    await floor.hears("caller", {"alice"})
    assert floor.world.facts(number, "CallerQueued")[-1].at_head
    floor.voices["caller"].call.hang_up()
    await ended(floor, number)


async def test_who_is_asked_and_refuses_leaves_the_caller_with_his_agent(floor) -> None:
    number = "13800000007"
    contact, _ = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    (await floor.phones["agent2"].next_call(PATIENCE)).refuse()
    await meanwhile(lambda: floor.world.facts(number, "ConsultEnded"), "the refusal")
    assert [fact.why for fact in floor.world.facts(number, "ConsultEnded")] == ["refused"]
    assert await floor.say("agent1", "talk/retrieve", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    floor.voices["caller"].call.hang_up()
    await ended(floor, number)


async def test_who_is_asked_and_answers_while_the_server_is_dead_is_found_and_can_be_let_go(floor) -> None:
    number = "13800000012"
    contact, _ = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    rung = await floor.phones["agent2"].next_call(PATIENCE)
    floor.world.kill_both()
    rung.answer()
    floor.voices["bob"] = Voice("bob", rung)
    floor.voices["bob"].begin(floor.tones)
    await floor.hears("bob", {"alice"})
    floor.world.start()
    await meanwhile(lambda: floor.world.facts(number, "ConsultBegan"), "the consult, found by a survey")
    assert await floor.say("agent1", "talk/cancel", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    await rung.ended(PATIENCE)
    floor.voices["caller"].call.hang_up()
    await ended(floor, number)
    assert [fact.agent for fact in floor.world.facts(number, "OfferMade")] == ["agent1", "agent2"], "nobody twice"


async def test_a_number_outside_is_asked_and_is_handed_the_caller(floor) -> None:
    number = "13800000010"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="outside", target="95588") == 200
    await floor.answers("outside")
    await floor.hears("alice", {"carol"})
    assert await floor.say("agent1", "talk/complete", contact=contact) == 200
    await floor.hears("caller", {"carol"})
    await rung.ended(PATIENCE)
    floor.voices["carol"].call.hang_up()
    await ended(floor, number)
    assert [fact.agent for fact in floor.world.facts(number, "TalkEnded")] == ["agent1", ""]


async def test_a_caller_whom_nobody_outside_takes_is_back_in_the_queue_and_may_be_passed_on_again(floor) -> None:
    number = "13800000011"
    contact, _ = await floor.talk(number)
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="outside", target="95599") == 200
    (await floor.phones["outside"].next_call(PATIENCE)).refuse()
    await floor.answers("agent1")
    await floor.hears("caller", {"alice"})
    assert [fact.why for fact in floor.world.facts(number, "TransferMade")] == ["busy"]
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="outside", target="95566") == 200
    await floor.answers("outside")
    await floor.hears("caller", {"carol"})
    floor.voices["carol"].call.hang_up()
    await ended(floor, number)
    assert [fact.why for fact in floor.world.facts(number, "TransferMade")] == ["busy", "answered"]


async def test_three_speak_and_who_asked_leaves_the_other_two(floor) -> None:
    number = "13800000008"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="queue", target="two") == 200
    await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    assert await floor.say("agent1", "talk/conference", contact=contact) == 200
    await floor.hears("caller", {"alice", "bob"})
    await floor.hears("alice", {"caller", "bob"})
    rung.hang_up()
    await floor.hears("caller", {"bob"})
    await meanwhile(lambda: floor.world.facts(number, "CallerTransferred"), "the hand-over")
    assert await floor.say("agent2", "talk/hold", contact=contact) == 200
    await floor.hears("bob", set())
    assert await floor.say("agent2", "talk/retrieve", contact=contact) == 200
    await floor.hears("caller", {"bob"})
    floor.voices["bob"].call.hang_up()
    await ended(floor, number)


async def test_a_supervisor_listens_whispers_and_takes_over_and_all_of_it_is_kept(floor) -> None:
    number = "13800000009"
    contact, rung = await floor.talk(number)
    assert await floor.say("supervisor", "supervise/listen", contact=contact, phone="agent9") == 200
    await floor.answers("agent9")
    await floor.hears("carol", {"alice", "caller"})
    await floor.hears("alice", {"caller"})
    assert await floor.say("supervisor", "supervise/whisper", contact=contact) == 200
    await floor.hears("alice", {"caller", "carol"})
    await floor.hears("caller", {"alice"})
    assert await floor.say("supervisor", "supervise/take_over", contact=contact) == 200
    await floor.hears("caller", {"carol"})
    await floor.hears("carol", {"caller"})
    await rung.ended(PATIENCE)
    floor.voices["carol"].call.hang_up()
    await ended(floor, number)
    (taken,) = floor.world.facts(number, "TalkTakenOver")
    assert (taken.by, taken.agent) == ("supervisor", "agent1")
    changed = [fact.ear for fact in floor.world.facts(number, "SupervisorChanged")]
    assert changed == ["whisper"]
    assert len(floor.world.facts(number, "SupervisorJoined")) == len(floor.world.facts(number, "SupervisorLeft")) == 1
