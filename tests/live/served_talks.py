"""The whole server over real phones: three agents at screens and phones, a supervisor, callers, and one outside."""

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
from cti.sip.call import RobotCall
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import read_sound

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


BACK = """flow: back
languages: [en]
start: wish
steps:
  wish:
    callback: one
    number: ${caller.number}
    next: bye
    refused: bye
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
        "numbers.yaml": "numbers:\n  700: desk\n  701: back\n\nfallback: desk\n",
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
        "flows/back.yaml": BACK,
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

    async def wishes(self, number: str) -> None:
        """Somebody asks to be called back."""
        assert await self._outside.call("701", number).ended(PATIENCE)

    async def calls_back(self, number: str) -> tuple[str, RobotCall]:
        """A customer who has asked for it is called back by agent1, and answers."""
        await self.wishes(number)
        rung = await self.answers("agent1")
        self.speaks("caller", await self.phones["outside"].next_call(PATIENCE))
        await self.hears("caller", {"alice"})
        await self.hears("alice", {"caller"})
        await meanwhile(lambda: self.contact_of(number), "the word of it")
        return self.contact_of(number), rung

    def contact_of(self, number: str) -> str:
        """The contact under which a customer was reached."""
        begun = {fact.contact for fact in self.world.all_facts("CallbackBegun") if fact.number == number}
        reached = [fact.contact for fact in self.world.all_facts("CallbackReached")]
        return next((contact for contact in reached if contact in begun), "")

    async def answers(self, phone: str) -> RobotCall:
        call = await self.phones[phone].next_call(PATIENCE)
        self.speaks(AGENTS.get(phone, "carol"), call)
        return call

    def speaks(self, name: str, call: RobotCall) -> None:
        """Somebody who is rung answers."""
        call.answer()
        self._voice(name, call)

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
