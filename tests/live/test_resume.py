"""Real calls on a real Asterisk: cut off, called again, offered to go on, and the agent who has the whole story.

Between the two calls, and while he is being asked, the server is killed.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from crash_world import People, World, world
from patience import PATIENCE, meanwhile

from benchmarks.arena import NODE
from cti.asterisk.music import write_wav
from cti.fingerprint import of_mulaw
from cti.hearing import Fingerprints
from cti.sip.call import RobotCall
from cti.sip.sound import speech

pytestmark = pytest.mark.live

PROMPTS = ("first", "card", "reason", "at-card", "at-reason", "resume-offer", "resume-choice", "resume-changed")
HEARD = "../heard"  # the same sounds, for the caller's ear
FLOW = """\
flow: card
languages: [en]
start: first
resume_for: 1h

steps:
  first:
    menu: first
    keys:
      1: card
    wait: 60s
    tries: 3
    no_input: bye
    no_match: bye

  card:
    collect: card
    resume: freely
    point: at-card
    digits: 4
    into: card
    wait: 60s
    tries: 3
    next: reason
    no_input: bye
    no_match: bye

  reason:
    menu: reason
    resume: freely
    point: at-reason
    keys:
      1: person
    wait: 60s
    tries: 3
    no_input: bye
    no_match: bye

  person:
    queue: line1
    limit: 5m
    answered: bye
    timed_out: bye

  bye:
    hangup: normal
"""
FILES = {
    "numbers.yaml": "numbers:\n  700: card\n\nfallback: card\n",
    "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
    "prompts/en.yaml": "".join(f"{name}: The prompt {name}.\n" for name in PROMPTS),
    "queues.yaml": "line1:\n  ring_for: 120s\n  wrap_up: 5s\n  misses: 9\n  record: false\n  target: 20s\n",
    "agents.yaml": f"agent1:\n  name: Ann\n  phone: agent1\n  node: {NODE}\n  queues: [line1]\n  skills: {{any: 1}}\n",
    "flows/card.yaml": FLOW,
}


def write_floor(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for recorded in (folder / "recordings/en", folder / HEARD):
        recorded.mkdir(parents=True)
        for voice, name in enumerate(PROMPTS):
            write_wav(recorded / f"{name}.wav", of_mulaw(speech(1.5, voice)))


@pytest.fixture(scope="module")
def made(package, tmp_path_factory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("resume"), package, write_floor) as made:
        yield made


class Listener:
    """What a caller hears, told as names of prompts."""

    def __init__(self, made: World, call: RobotCall) -> None:
        self._packets: deque[bytes] = deque()
        call.ear.tap = lambda sound, _at: self._packets.append(sound)  # first: to know the prompts takes a while
        files = {(name, "en"): made.place.dialplans / HEARD / f"{name}.wav" for name in PROMPTS}
        self._listening = Fingerprints(files).listen()

    def prompts(self) -> list[str]:
        """Those that were heard to their end so far."""
        new = b"".join(self._packets.popleft() for _ in range(len(self._packets)))
        if new:
            self._listening.take(of_mulaw(new))
        return [heard.prompt for heard in self._listening.heard() if heard.whole]


def calls(made: World, number: str) -> list[str]:
    """His contacts, in order."""
    return [row.contact for row in reversed(made.journal.contacts(number=number))]


def facts(made: World, contact: str, kind: str) -> list[Any]:
    return [stored.fact for stored in made.journal.facts(contact=contact, kinds=(kind,))]


async def at(made: World, number: str, step: str, call: int = 0) -> None:
    def there() -> bool:
        found = calls(made, number)
        return len(found) > call and any(fact.step == step for fact in facts(made, found[call], "StepEntered"))

    await meanwhile(there, f"{number} at step {step} in call {call}")


async def cut_off(made: World, people: People, number: str) -> None:
    """Key the card, hang up where the reason is asked."""
    call = await people.call(number)
    await at(made, number, "first")
    await call.press("1")
    await at(made, number, "card")
    await call.press("4242")
    await at(made, number, "reason")
    call.hang_up()
    await meanwhile(lambda: facts(made, calls(made, number)[0], "CallEnded"), f"the end of {number}")


async def call_again(made: World, people: People, number: str) -> tuple[RobotCall, Listener]:
    call = await people.call(number)
    listener = Listener(made, call)
    await at(made, number, "(resume)", 1)
    return call, listener


async def shown(made: World, contact: str) -> dict[str, Any]:
    """What the agent's page shows of a contact that rings for him."""
    jar = aiohttp.CookieJar(unsafe=True)  # cookies from a plain address too
    async with aiohttp.ClientSession(made.place.url, cookie_jar=jar) as web:
        body = {"user": "agent1", "password": made.place.passwords()["agent1"]}
        async with web.post("/api/login", json=body) as answer:
            assert answer.status == 200
        deadline = time.monotonic() + PATIENCE
        for state in ("on", "ready"):
            while not await told(web, state):  # the server has not heard of his telephone yet
                assert time.monotonic() < deadline, state
        while time.monotonic() < deadline:
            async with web.get("/api/floor") as answer:
                floor = await answer.json()
            mine = [one for one in floor["contacts"] if one["contact"] == contact and one["agent"] == "agent1"]
            if mine:
                return dict(mine[0]["context"])
            await asyncio.sleep(0.05)
    raise AssertionError(f"{contact} never came to the agent's page")


async def told(web: aiohttp.ClientSession, state: str) -> bool:
    """Tell the floor what the agent wants to be; False when it will not have it yet."""
    async with web.post("/api/me/state", json={"state": state}) as answer:
        assert answer.status in {200, 409}, await answer.text()
        return answer.status == 200


async def goes_on_to_an_agent(made: World, people: People, call: RobotCall, number: str) -> dict[str, Any]:
    """Take the offer, say the reason, and be shown to the agent."""
    await call.press("1")
    await at(made, number, "reason", 1)
    await call.press("1")
    await at(made, number, "person", 1)
    await people.agent(1)
    context = await shown(made, calls(made, number)[1])
    call.hang_up()
    await meanwhile(lambda: facts(made, calls(made, number)[1], "CallEnded"), f"the end of {number}")
    return context


def check_story(made: World, number: str, context: dict[str, Any]) -> None:
    first, second = calls(made, number)
    ended_at = facts(made, first, "CallEnded")[0].at
    assert (context["resumed_from"], context["resumed_at"]) == (first, pytest.approx(ended_at))
    assert dict(context["kept"]) == {"card": "4242"}
    way = [(step["step"], step["keys"]) for step in context["earlier_path"]]
    assert way == [("first", "1"), ("card", "4242"), ("reason", "")]
    assert all(step["entered_at"] > 0 for step in context["earlier_path"])
    assert [step["step"] for step in context["path"]] == ["(resume)", "reason", "person"]
    (end,) = facts(made, second, "ResumeOffered")
    assert (end.earlier, end.step, end.answer) == (first, "reason", "yes")


async def test_who_is_cut_off_calls_again_hears_where_he_was_and_the_agent_has_the_whole_story(made):
    number = "13900000001"
    async with People(made) as people:
        await cut_off(made, people, number)
        call, listener = await call_again(made, people, number)
        await meanwhile(lambda: "resume-choice" in listener.prompts(), "the whole offer")
        assert listener.prompts() == ["resume-offer", "at-reason", "resume-choice"]
        context = await goes_on_to_an_agent(made, people, call, number)
    check_story(made, number, context)


async def test_the_same_when_the_server_is_killed_between_the_calls_and_during_the_offer(made):
    number = "13900000002"
    async with People(made) as people:
        await cut_off(made, people, number)
        made.kill_both()
        await asyncio.to_thread(made.start)
        call, listener = await call_again(made, people, number)
        await meanwhile(lambda: "resume-offer" in listener.prompts(), "the offer's beginning")
        made.kill_both()
        listener = Listener(made, call)
        await asyncio.to_thread(made.start)
        await meanwhile(lambda: "resume-choice" in listener.prompts(), "the whole offer")
        assert listener.prompts()[-3:] == ["resume-offer", "at-reason", "resume-choice"]
        context = await goes_on_to_an_agent(made, people, call, number)
    check_story(made, number, context)
    first, second = calls(made, number)
    assert len(facts(made, first, "BreakpointKept")) == 1
    assert len(facts(made, second, "BreakpointTaken")) == 1
