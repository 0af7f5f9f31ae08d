"""Records the sample that the benchmark replays: some dozens of real calls through our server, as two AMI sessions.

    .venv/bin/python -m benchmarks.events.record [--calls 36] [--seed 3]

It starts a private Asterisk, a second one as the carrier, `switchroom serve` and robot agents at real SIP phones, all
on the floor in `dialplans/`, and places the calls over SIP and RTP with recording on. Beside our server's own session
two more listen: one with the event filter that every Switchroom node has, and one that hears everything. What is kept
in `recorded/` is told in `sample.py`. It does not know what will be done with the sample.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.events.sample import EVERYTHING, FILTERED, FOLDER, STORY, SURVEY, AtDoor, pack
from cti.asterisk.actions import ListChannels, ListDevices, ReadFamily
from cti.asterisk.codec import encode
from cti.asterisk.daemon import Daemon
from cti.asterisk.package import find_or_unpack
from cti.asterisk.survey import FAMILY, VARIABLES
from cti.sip.phone import Account
from journal.facts import CallEnded, OfferMade
from journal.views import JournalReader
from switchroom import tape
from switchroom.config import load
from switchroom.outside.callers import Caller, Intent
from switchroom.outside.carrier_director import CarrierDirector
from switchroom.outside.ports import HOST
from switchroom.outside.robots import Manners, RobotAgent, Seat
from switchroom.outside.stage import Stage

FLOOR = FOLDER.parent / "dialplans"
LISTENER = "everything"
MANNERS = Manners(answer_after=(0.4, 1.2), talk_mean=2.0, talk_least=2.5, lets_it_ring=0.0, refuses=0.15)
LOOK_EVERY = 0.4  # seconds between two channel lists


class Session:
    """One AMI session whose bytes are kept as they come."""

    def __init__(self, user: str, secret: str, events: str = "on") -> None:
        self.heard = bytearray()
        self._login = encode(
            (("Action", "Login"), ("Username", user), ("Secret", secret), ("Events", events)), "login"
        )
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter

    async def open(self, port: int) -> None:
        reader, self._writer = await asyncio.open_connection(HOST, port)
        self._task = asyncio.create_task(self._listen(reader))
        self._writer.write(self._login)
        await self.until(b"Message: Authentication accepted")

    async def ask(self, headers: tuple[tuple[str, str], ...], name: str, closing: str) -> bytes:
        """Ask for a list and return the bytes of the answer; "" when it is refused."""
        begun = len(self.heard)
        self._writer.write(encode(headers, name))
        found = await self.until(f"Event: {closing}\r\nActionID: {name}".encode(), b"Response: Error", begun)
        return bytes(self.heard[begun:]) if found else b""

    async def until(self, mark: bytes, fault: bytes = b"Authentication failed", begun: int = 0) -> bool:
        async with asyncio.timeout(10):
            while mark not in self.heard[begun:]:
                if fault in self.heard[begun:]:
                    return False
                await asyncio.sleep(0.01)
        return True

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._writer.close()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while piece := await reader.read(65536):
            self.heard += piece


def callers(count: int, seed: int) -> Iterator[Caller]:
    """Most reach a person; some leave in the flow, some while a phone rings for them."""
    chance = random.Random(seed)  # noqa: S311 (a repeatable crowd, no secret)
    for number in range(count):
        intent = Intent.LEAVES_FLOW if number % 12 == 5 else Intent.PERSON
        impatient = number % 12 == 9
        patience = 1.2 if intent is Intent.LEAVES_FLOW else 2.3 if impatient else 60.0
        yield Caller(
            call=f"caller-{number}", at=number * 0.6 + chance.random() * 0.5, number="4008009",
            sender=f"139{number:08d}", keys="www1" if intent is Intent.PERSON else "", intent=intent,
            patience=patience, talk=2.5 + chance.random() * 3,
        )  # fmt: skip


async def record(count: int, seed: int) -> None:
    package = await asyncio.to_thread(find_or_unpack, say=print)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with Stage(Path(folder), FLOOR, package) as stage:
            secret = await asyncio.to_thread(_let_listen, stage.exchange.conf.parent, Daemon(stage.exchange, package))
            heard = await _calls(stage, secret, count, seed)
            version = ".".join(map(str, package.version))
        _keep(heard, _story(load(Path(folder) / "switchroom.toml", {}).settings.journal.url, version, seed))


def _let_listen(folder: Path, daemon: Daemon) -> str:
    """Give Asterisk a user who hears everything, as a program without a filter does."""
    secret = secrets.token_urlsafe(24)
    with (folder / "manager.conf").open("a", encoding="utf-8") as file:
        file.write(f"\n[{LISTENER}]\nsecret = {secret}\nread = all\nwrite =\nwritetimeout = 10000\n")
    daemon.command("manager reload")
    return secret


async def _calls(stage: Stage, secret: str, count: int, seed: int) -> dict[str, bytes]:
    exchange = stage.exchange
    everything = Session(LISTENER, secret)
    filtered = Session(exchange.ami_user, exchange.secrets.ami)
    asking = Session(exchange.ami_user, exchange.secrets.ami, "off")
    robots = [RobotAgent(seat, MANNERS, seed, lambda *_: None) for seat in _seats(stage)]
    work = [asyncio.create_task(robot.work()) for robot in robots]
    looks: list[bytes] = []
    try:
        async with CarrierDirector(stage.carrier_access()) as director:
            await asyncio.gather(*(robot.at_work(within=30) for robot in robots))
            for session in (everything, filtered, asking):
                await session.open(exchange.ami_port)
            looking = asyncio.create_task(_look(asking, looks))
            await director.send(callers(count, seed))
            drained = await director.drained(60)
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            print(f"{len(director.accounts)} of {count} calls ended; drained: {drained}")
            ended = await asking.ask(ReadFamily(FAMILY).headers(), "ended", ReadFamily(FAMILY).listing)
            phones = await asking.ask(ListDevices().headers(), "phones", ListDevices().listing)
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        for session in (everything, filtered, asking):
            session.close()
    survey = b"".join((*looks, ended, phones))
    return {EVERYTHING: bytes(everything.heard), FILTERED: bytes(filtered.heard), SURVEY: survey}


def _seats(stage: Stage) -> Iterator[Seat]:
    for agent, plan in sorted(stage.floor.agents.items()):
        secret = stage.exchange.secrets.phones[plan.phone]
        yield Seat(agent, Account(HOST, stage.ports.sip, plan.phone, secret))


async def _look(asking: Session, looks: list[bytes]) -> None:
    question = ListChannels(VARIABLES)
    for number in range(10_000):
        await asyncio.sleep(LOOK_EVERY)
        looks.append(await asking.ask(question.headers(), f"look-{number}", question.listing))


def _story(url: str, version: str, seed: int) -> dict[str, object]:
    """What our server was told at its door, what it asked, and how it says that each call ended."""
    journal = JournalReader.open_reader(url)
    with contextlib.closing(journal):
        told = [line for commit in journal.tape() for line in tape.read(commit.body)]
        door = [json.loads(tape.write([line]))[0] for line in told if isinstance(line[1], AtDoor)]
        facts = [stored.fact for stored in journal.facts()]
    asked = [[fact.at, fact.offer, fact.contact] for fact in facts if isinstance(fact, OfferMade)]
    outcomes = {fact.contact: fact.outcome for fact in facts if isinstance(fact, CallEnded)}
    return {"asterisk": version, "seed": seed, "outcomes": outcomes, "asked": asked, "door": door}


def _keep(heard: dict[str, bytes], story: dict[str, object]) -> None:
    """Write the sample. Folders of this machine are renamed, and the door's token is taken out."""
    FOLDER.mkdir(exist_ok=True)
    for name, wire in heard.items():
        plain = re.sub(rb"/[^\s,()]*/(recordings|spool|sounds|var)/", rb"/srv/switchroom/\1/", wire)
        plain = re.sub(rb"(agi://[0-9.]+:\d+)/[\w-]+", rb"\1/TOKEN", plain)
        pack(FOLDER / name, plain)
    pack(FOLDER / STORY, json.dumps(story, ensure_ascii=False, separators=(",", ":")).encode())
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.name:24}{path.stat().st_size:>10,} bytes")
    print(f"how they ended: {story['outcomes']}", file=sys.stderr)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--calls", type=int, default=36)
    words.add_argument("--seed", type=int, default=3)
    chosen = words.parse_args()
    asyncio.run(record(chosen.calls, chosen.seed))


if __name__ == "__main__":
    main()
