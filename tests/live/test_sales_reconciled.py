"""Sales by agent on real lines: what the server adds up is what agents said, the carrier saw and recordings hold."""

from __future__ import annotations

import array
import asyncio
import contextlib
import io
import re
import shutil
import time
import wave
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from cti.asterisk.package import find_or_unpack
from cti.sip.phone import Account
from switchroom.outside.backoffice import insist
from switchroom.outside.campaign_floor import CAMPAIGN
from switchroom.outside.campaign_tally import compare_campaign
from switchroom.outside.campaigner import Campaigner
from switchroom.outside.carrier_director import CarrierDirector
from switchroom.outside.customers import as_csv, draw
from switchroom.outside.ports import HOST
from switchroom.outside.robots import Manners, RobotAgent, Seat
from switchroom.outside.stage import Stage

pytestmark = [pytest.mark.live, pytest.mark.timeout(420)]

ROOT = Path(__file__).parents[2]
PATIENCE = 150.0
SALES = 3
OTHERS = ("thinks-about-it", "not-interested", "wrong-person")
WORDS = "".join(f"    {word}: other\n" for word in OTHERS)


def floor(folder: Path) -> Path:
    """The shipped floor, with two words for an agent to say, and a short pause after his talks."""
    shutil.copytree(ROOT / "dialplans", folder)
    (folder.parent / "stage").mkdir()
    campaigns, queues = folder / "campaigns.yaml", folder / "queues.yaml"
    text = campaigns.read_text(encoding="utf-8")
    assert WORDS in text
    campaigns.write_text(text.replace(WORDS, "    later: other\n"), encoding="utf-8")
    shorter = re.sub(r"wrap_up: \d+s", "wrap_up: 2s", queues.read_text(encoding="utf-8"))
    queues.write_text(shorter, encoding="utf-8")
    return folder


@contextlib.asynccontextmanager
async def at_work(stage: Stage):
    """Robots at all phones and pages, who talk briefly and answer every ring."""
    secrets, manners = stage.exchange.secrets.phones, Manners(talk_mean=2.0, lets_it_ring=0.0, refuses=0.0)
    robots = [
        RobotAgent(
            Seat(agent, Account(HOST, stage.ports.sip, plan.phone, secrets[plan.phone]), stage.login(agent)),
            manners, 7, lambda _agent, _number: None,
        )
        for agent, plan in sorted(stage.floor.agents.items())
        if plan.screen != "none"
    ]  # fmt: skip
    tasks = [asyncio.create_task(robot.work()) for robot in robots]
    try:
        await asyncio.gather(*(robot.at_work(within=60.0) for robot in robots))
        yield {robot.seat.agent: robot for robot in robots}
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(question, what: str):
    """Ask until the answer is something. Fails with what was waited for."""
    try:
        return await insist(question, PATIENCE)
    except TimeoutError:
        raise AssertionError(f"waited for {what}") from None


def sounds(recording: bytes) -> tuple[bool, bool]:
    """Whether anything can be heard of either side."""
    with wave.open(io.BytesIO(recording)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        samples = array.array("h", file.readframes(file.getnframes()))
    left, right = samples[0::2], samples[1::2]
    return max(map(abs, left), default=0) > 500, max(map(abs, right), default=0) > 500


async def test_sales_per_agent_are_the_agents_words_the_carriers_talks_and_can_be_heard(tmp_path):
    package, began = await asyncio.to_thread(find_or_unpack), time.time()
    dialplans = await asyncio.to_thread(floor, tmp_path / "floor")
    async with (
        Stage(tmp_path / "stage", dialplans, package, campaign=True) as stage,
        CarrierDirector(stage.carrier_access()) as director,
        at_work(stage) as robots,
    ):
        office = stage.office
        campaigner = Campaigner(stage.offices, as_csv(draw(300, seed=2)))
        await asyncio.wait_for(campaigner.begin(), PATIENCE)
        assert campaigner.is_running, campaigner.fault

        async def enough() -> bool | None:
            sales = await office.ask(f"/api/campaigns/{CAMPAIGN}/sales")
            return (sales is not None and sales["total"]["successes"] >= SALES) or None

        await until(enough, f"{SALES} sales")
        assert await campaigner.end(PATIENCE)
        dials = await until(lambda: campaigner.dials(began - 1), "the end of every attempt")
        await director.gather()
        both = compare_campaign(dials, director.customers.values())
        assert both.differences == ()

        async def told():
            """The sales, once every talk has its word and every sale a recording that was looked at."""
            sales = await office.ask(f"/api/campaigns/{CAMPAIGN}/sales")
            return sales if sales is not None and sales["agrees"] else None

        sales = await until(told, "sales that agree")
        assert sales["differences"] == []

        results = await office.ask(f"/api/campaigns/{CAMPAIGN}/results")
        assert sales["total"]["talks"] == both.outcomes["connected"] == both.carrier.talked
        assert results["successes"] == sales["total"]["successes"] == sales["total"]["recorded"] >= SALES
        said = {agent: robot.screen.said for agent, robot in robots.items() if robot.screen.said}
        check_agents(sales["agents"], said)
        await check_recordings(office, said)


def check_agents(told, said) -> None:
    """Each agent's row is what he said, and no more."""
    assert {one["agent"] for one in told} == said.keys()
    for one in told:
        words = Counter(word for word, _ in said[one["agent"]].values())
        amounts = sum((Decimal(amount) for _, amount in said[one["agent"]].values() if amount), Decimal())
        assert (one["said"], one["successes"]) == (words.total(), words["agreed"])
        assert Decimal(one["amount"]) == amounts


async def check_recordings(office, said) -> None:
    """Each sale is that of the agent who said so, and both can be heard in its recording."""
    talks = await office.ask(f"/api/campaigns/{CAMPAIGN}/attempts", {"outcomes": "connected", "limit": "1000"})
    sold = [row for row in talks if row["success"]]
    assert {row["contact"]: row["said_by"] for row in sold} == {
        contact: agent for agent, words in said.items() for contact, (word, _) in words.items() if word == "agreed"
    }
    for row in sold:
        seen = await office.ask("/api/outbound/journey", {"who": row["number"]})
        [offer] = [one["recording"] for one in seen if one["attempt"]["contact"] == row["contact"]]
        assert sounds(await office.heard(offer)) == (True, True), row
