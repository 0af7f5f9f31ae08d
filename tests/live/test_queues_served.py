"""Queues and agents changed under real callers: a skill by API, rules by a save, a queue closed by hand, and a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import small_floor
from crash_world import PROGRAM, People, World, answer, world
from patience import PATIENCE, meanwhile

from cti.asterisk.music import tone, write_wav
from switchroom.versions import Versions

pytestmark = pytest.mark.live

AGENTS = (
    "ann:\n  name: Ann\n  phone: agent1\n  queues: [cards]\n  skills: {cards: 1}\n  screen: none\n"
    "ben:\n  name: Ben\n  phone: agent9\n  queues: [cards]\n  skills: {cards: 5}\n  screen: none\n"
)
QUEUES = "cards:\n  ring_for: 120s\n  wrap_up: 0s\n  hours: always\n  misses: 9\n"


def rules(need: str) -> str:
    return f"{QUEUES}  needs: {need}\n"


def write(folder: Path, version: int = 1, need: str = "cards 3") -> None:
    """The small floor with recordings; Ben could serve anybody, and his telephone is not there."""
    for name in ("hello", "ask", "more"):
        path = folder / f"recordings/en/{name}.wav"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wav(path, tone(440, 0.3))
    small_floor.write(folder, version, agents=AGENTS, queues=rules(need), exits="closed")


def switchroom(floor: World, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own interpreter runs our own program
        [sys.executable, "-c", PROGRAM, *words, "--config", str(floor.place.folder / "switchroom.toml")],
        capture_output=True, text=True, timeout=2 * PATIENCE, check=False, env={**os.environ, "LANGUAGE": "en"},
    )  # fmt: skip


def steer(floor: World, *words: str) -> str:
    """What the command line answers to a supervisor with his first password."""
    lines = (floor.place.data / "first-passwords.txt").read_text().split("\n")
    file = floor.place.folder / "password"
    file.write_text(dict(line.split() for line in lines if line)["supervisor"])
    file.chmod(0o600)
    done = switchroom(floor, *words, "--password-file", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def save(floor: World, version: int, need: str) -> None:
    kept = Versions(floor.place.data / "versions")
    before = len(kept.deployed(""))
    write(floor.place.dialplans, version, need)
    os.kill(floor.pids()[0], signal.SIGHUP)  # to the watchdog, as an operator would
    await meanwhile(lambda: len(kept.deployed("")) > before, f"version {version} in force")


async def to_queue(floor: World, people: People, number: str):
    """A caller who has pressed 1, and asked for a person."""
    call = await people.call(number)
    await meanwhile(lambda: any(fact.verb == "menu" for fact in floor.facts(number, "StepEntered")), f"{number}'s menu")
    await call.press("1")
    await meanwhile(lambda: floor.facts(number, "CallerQueued"), f"{number} in the queue")
    return call


async def answered(floor: World, number: str, phone) -> None:
    """The phone rings for him, and is answered."""
    answer(await phone.next_call(PATIENCE))
    await meanwhile(lambda: floor.facts(number, "AgentAnswered"), f"an answer for {number}")


async def test_changes_count_for_real_callers_who_wait_already(package, tmp_path) -> None:
    with world(tmp_path, package, write) as floor:
        async with People(floor) as people:
            ann = await people.agent(1)
            await meanwhile(lambda: any(f.agent == "ann" and f.state == "ready"
                                        for f in floor.all_facts("AgentChanged")), "Ann's phone")  # fmt: skip
            first = await to_queue(floor, people, "13900000001")
            told = json.loads(steer(floor, "why", floor.row("13900000001").contact, "--json"))[0]
            assert {look["agent"]: (look["reason"], look["detail"]) for look in told["agents"]} == {
                "ann": ("lacks", "cards 3"), "ben": ("not_signed_on", ""),
            }  # fmt: skip
            assert not floor.facts("13900000001", "OfferMade")
            steer(floor, "agent", "ann", "--skills", "cards=3", "--why", "passed the course")
            await answered(floor, "13900000001", ann)
            first.hang_up()
            await floor.over("13900000001")

            os.kill(floor.pids()[1], signal.SIGKILL)
            await meanwhile(lambda: len(floor.all_facts("ServerStarted")) == 2, "the next server")
            second = await to_queue(floor, people, "13900000002")
            await answered(floor, "13900000002", ann)  # the change has outlived the server
            second.hang_up()
            await floor.over("13900000002")

            await save(floor, 2, "cards 4")
            third = await to_queue(floor, people, "13900000003")
            assert not floor.facts("13900000003", "OfferMade")
            await save(floor, 3, "cards 2")
            await answered(floor, "13900000003", ann)
            third.hang_up()
            await floor.over("13900000003")

            assert "cards" in steer(floor, "queue", "cards", "closed", "--why", "fire drill")
            late = await people.call("13900000004")
            await meanwhile(lambda: any(f.verb == "menu" for f in floor.facts("13900000004", "StepEntered")), "a menu")
            await late.press("1")
            assert (await floor.over("13900000004")).outcome == "flowed_out"
            assert "closed" in [fact.exit for fact in floor.facts("13900000004", "StepLeft")]
    told = switchroom(floor, "changes", "--since", "today").stdout
    assert "passed the course" in told
    assert "+ skills: {cards: 3}" in told
    assert "fire drill" in told
    again = switchroom(floor, "why", floor.row("13900000001").contact).stdout
    assert "is not able to do what is asked for" not in again.partition("Ann")[0]
    assert "Ann" in again
    assert "chosen" in again
