"""How soon a word to a campaign counts on a real Asterisk: pause, red stop, and how old the page is.

    python benchmarks/campaign_hands/run.py [--quick] [--seed N] [--json FILE]

A campaign dials customers who do not answer, three lines for each free agent, and some who do. Over and over it is
paused (how long the answer took, and whether anything was dialled after it) and stopped (how long whatever rang went on
ringing, by Asterisk's own word that its channel is gone). Beside it a page is open: for each dial, how much later than
its fact the page counted it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a file, from anywhere

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks.arena import machine
from benchmarks.campaign.drive import NAME, Stage
from benchmarks.figures import percentile
from cti.asterisk.carrier import Who, customer_number
from cti.asterisk.package import find_or_unpack
from journal.outbound_facts import AttemptBegun, AttemptEnded
from journal.views import JournalReader

ROUNDS, QUICK = 12, 3
AGENTS, CUSTOMERS, RATIO = 6, 600, 3.0
AFTER = 2.0  # seconds in which nothing may be dialled after a pause
MORE = 2.0
PATIENCE = 60.0
ONE = f"/api/campaigns/{NAME}"


@dataclass(slots=True)
class Measured:
    """Seconds; `late` are dials begun after a pause was answered, `rang` how many rang when they were hung up."""

    paused: list[float] = field(default_factory=list)
    late: int = 0
    stopped: list[float] = field(default_factory=list)
    rang: list[int] = field(default_factory=list)
    page: list[float] = field(default_factory=list)


class Hands:
    """One who runs the campaign, with his page open."""

    def __init__(self, web: aiohttp.ClientSession, journal: str) -> None:
        self._web, self._journal = web, journal
        self.looks: list[tuple[float, dict[str, Any]]] = []

    async def watch(self) -> None:
        """Keep what the page is told, with when it came. Until cancelled."""
        async with self._web.get("/api/events", timeout=aiohttp.ClientTimeout(total=None)) as answer:
            kind = ""
            async for raw in answer.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: ") and kind == "campaigns":
                    self.looks.append((time.time(), json.loads(line[6:])["campaigns"][0]))

    async def say(self, what: str, **body: object) -> tuple[float, float]:
        """Say it; returns when it was said and when it was answered."""
        said = time.time()
        async with self._web.post(f"{ONE}/{what}", json=body) as answer:
            if answer.status != 200:
                raise SystemExit(f"{what}: {answer.status} {await answer.text()}")
        return said, time.time()

    @property
    def ringing(self) -> int:
        """How many are dialled and have not answered, by the page."""
        return int(self.looks[-1][1]["dialling"]) if self.looks else 0

    async def until_they_ring(self) -> int:
        """Wait until somebody rings, and then a little for more; returns how many."""
        await self.until(lambda: self.ringing > 0)
        await asyncio.sleep(MORE)
        return self.ringing

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for it, but not for ever."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > deadline:
                raise SystemExit(f"nothing came within {PATIENCE:g} s; the page says {self.looks[-1:]}")
            await asyncio.sleep(0.02)

    def facts(self, *kinds: str) -> list[Any]:
        reader = JournalReader.open_reader(self._journal)
        try:
            return [stored.fact for stored in reader.facts(kinds=kinds)]
        finally:
            reader.close()


async def measure(stage: Stage, rounds: int, look: Console) -> Measured:
    place, found = stage.server.place, Measured()
    jar = aiohttp.CookieJar(unsafe=True)  # unsafe: cookies from a plain IP address too
    async with aiohttp.ClientSession(place.url, cookie_jar=jar) as web:
        await web.post("/api/login", json={"user": "campaigns", "password": place.passwords()["campaigns"]})
        hands = Hands(web, f"sqlite:///{place.data / 'journal.db'}")
        watching = asyncio.create_task(hands.watch())
        await hands.say("tune", mode="ratio", ratio=RATIO)
        for number in range(rounds):
            await _pause(hands, found)
            await _stop(hands, found)
            look.print(f"round {number + 1} of {rounds}", style="dim")
        watching.cancel()
    begun = sorted(fact.at for fact in hands.facts(AttemptBegun.__name__))
    for count, at in enumerate(begun, 1):
        shown = next((when for when, view in hands.looks if view["dialled"] >= count), None)
        if shown is not None:
            found.page.append(shown - at)
    return found


async def _pause(hands: Hands, found: Measured) -> None:
    await hands.say("start")
    await hands.until_they_ring()
    said, answered = await hands.say("pause")
    found.paused.append(answered - said)
    await asyncio.sleep(AFTER)
    found.late += sum(fact.at > answered for fact in hands.facts(AttemptBegun.__name__))


async def _stop(hands: Hands, found: Measured) -> None:
    await hands.say("start")
    found.rang.append(await hands.until_they_ring())
    said, _ = await hands.say("stop")
    await hands.until(lambda: not hands.ringing)
    await asyncio.sleep(AFTER)  # the page shows none as soon as they are told to end; the facts say when they had
    ends = [fact.at for fact in hands.facts(AttemptEnded.__name__) if fact.at > said and fact.outcome == "cancelled"]
    if ends:  # those who rang a moment ago may have answered just now
        found.stopped.append(max(ends) - said)


def numbers(seed: int) -> list[str]:
    """Two of three never answer, so that there is always somebody who rings."""
    chance = random.Random(f"{seed} hands")  # noqa: S311 (a benchmark's dice)
    kinds = [Who.PERSON if n % 3 == 0 else Who.NOBODY for n in range(CUSTOMERS)]
    return list(dict.fromkeys(customer_number(who, chance.randrange(176), chance.randrange(1000)) for who in kinds))


def publish(found: Measured, target: str, console: Console) -> None:
    table = Table(title="A word to a campaign on a real Asterisk")
    for head in ("what", "count", "median", "p95", "most"):
        table.add_column(head, justify="left" if head == "what" else "right")
    rows = (("pause answered", found.paused), ("last ring hung up after the stop", found.stopped),
            ("page behind the fact", found.page))  # fmt: skip
    for name, values in rows:
        shares = [f"{percentile(values, part):.3f} s" for part in (50, 95)] if values else ["-", "-"]
        table.add_row(name, str(len(values)), *shares, f"{max(values, default=0.0):.3f} s")
    console.print(table)
    console.print(f"dials begun after a pause was answered: {found.late}; rang at the stops: {found.rang}")
    if target:
        text = json.dumps({"about": machine(), **asdict(found)}, indent=1) + "\n"
        sys.stdout.write(text) if target == "-" else Path(target).write_text(text, encoding="utf-8")


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--quick", action="store_true", help=f"{QUICK} rounds instead of {ROUNDS}")
    reader.add_argument("--seed", type=int, default=1, help="draws the customers (default 1)")
    reader.add_argument("--json", default="", metavar="FILE", help="write all figures there; - is standard output")
    wanted = reader.parse_args()
    console = Console(stderr=wanted.json == "-")
    with tempfile.TemporaryDirectory(prefix="switchroom-hands-") as folder:
        stage = Stage(Path(folder), find_or_unpack(say=console.print), AGENTS, 1.0)
        with stage.running(numbers(wanted.seed)):
            found = asyncio.run(measure(stage, QUICK if wanted.quick else ROUNDS, console))
    publish(found, wanted.json, console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
