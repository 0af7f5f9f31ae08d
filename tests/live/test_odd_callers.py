"""Odd callers against the whole server: whatever their phones do, each ends in exactly one correct record."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from patience import PATIENCE
from ports import free_port

from cti.debian import find_or_unpack_program
from cti.sip.call import PhoneError
from cti.sip.caller import CallPlan, place_call
from cti.sip.phone import Account, RobotPhone
from switchroom.outside.ports import HOST
from switchroom.outside.robots import Manners, RobotAgent, Seat
from switchroom.outside.stage import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests" / "sipp"
DESK, HOTLINE, LOANS, NOWHERE = "4008009", "4008001", "4008002", "4999"
BUSY_FLOOR = Manners(
    answer_after=(0.2, 0.3), talk_least=1.0, talk_mean=0.01, hangs_up_first=1.0, lets_it_ring=0, refuses=0
)


@dataclass
class World:
    """The server with everything around it; `rows` are the contacts of one caller's number."""

    stage: Stage

    async def rows(self, since: float, number: str | None = None) -> list[dict[str, Any]]:
        rows = await self.told("/api/contacts", {"since": f"{since:.3f}"})
        return [row for row in rows if number is None or row["number"] == number]

    async def told(self, path: str, query: dict[str, str]) -> Any:
        """Ask until the server has the time to answer."""
        deadline = time.monotonic() + PATIENCE
        while (told := await self.stage.office._ask(path, query)) is None:
            assert time.monotonic() < deadline, path
        return told

    async def ended(self, since: float, number: str | None = None, count: int = 1) -> list[dict[str, Any]]:
        """Wait until `count` records are there and over; a moment later there must be no more."""
        deadline = time.monotonic() + PATIENCE
        while True:
            rows = await self.rows(since, number)
            if len(rows) >= count and all(row["outcome"] for row in rows):
                break
            assert time.monotonic() < deadline, f"records of {number}: {rows}"
            await asyncio.sleep(0.1)
        await self.settled()
        rows = await self.rows(since, number)
        assert len(rows) == count
        return rows

    async def settled(self) -> None:
        """No call is left in the exchange, and none on the floor."""
        deadline = time.monotonic() + PATIENCE
        with_calls = True
        while with_calls:
            assert time.monotonic() < deadline
            floor = await self.stage.office.floor()
            with_calls = floor is None or bool(floor["contacts"])
            await asyncio.sleep(0.1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory, package) -> AsyncIterator[World]:
    async with Stage(tmp_path_factory.mktemp("odd"), ROOT / "tests" / "floors" / "hotline", package) as stage:
        yield World(stage)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def agent(world) -> AsyncIterator[RobotAgent]:
    """The one agent on the floor, at a phone and a page, who hangs up a second after he has answered."""
    plan = world.stage.floor.agents["chen-jie"]
    phone = Account(HOST, world.stage.ports.sip, plan.phone, world.stage.exchange.secrets.phones[plan.phone])
    seat = Seat("chen-jie", phone, world.stage.login("chen-jie"))
    robot = RobotAgent(seat, BUSY_FLOOR, 1, lambda _agent, _number: None)
    work = asyncio.create_task(robot.work())
    await robot.at_work(within=PATIENCE)
    yield robot
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def sipp(world: World, scenario: str, number: str, caller: str, *more: str) -> tuple[int, str]:
    """Run one scenario to its end; its exit code is 0 when everything came as it says."""
    program = find_or_unpack_program(("sip-tester",), "sipp")
    words = [
        *program.command, f"{HOST}:{world.stage.ports.sip}", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", number,
        "-key", "caller", caller, "-i", HOST, "-mi", HOST, "-p", str(free_port()), "-mp", str(free_port()),
        *(() if "-aa" in more else ("-m", "1")), "-nostdin", "-timeout", "90s", "-timeout_error", *more,
    ]  # fmt: skip
    child = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=world.stage.folder
    )
    try:
        said, _ = await asyncio.wait_for(child.communicate(), 100)
    finally:
        if child.returncode is None:
            child.kill()
    return child.returncode or 0, said.decode(errors="replace")[-3000:]


@pytest.mark.parametrize(
    ("scenario", "number"),
    [
        ("early-bye", HOTLINE),
        ("reinvite", HOTLINE),
        ("hold", HOTLINE),
        ("late-ack", DESK),
        ("unknown-method", HOTLINE),
        ("delayed-offer", HOTLINE),
    ],
)
async def test_who_leaves_in_the_flow_is_one_record_of_that(world, scenario, number):
    # A call that never came to the door began at a whole second, as its unique id tells.
    since, caller = time.time() - 1.0, f"1392000{abs(hash(scenario)) % 10000:04d}"
    code, said = await sipp(world, scenario, number, caller)
    assert code == 0, said
    (row,) = await world.ended(since, caller)
    assert row["outcome"] == "ended_in_flow"
    assert row["called"] == number
    # Who hangs up while Asterisk still waits for his first audio was never in a step.
    assert row["breakpoint"] in ({"", "language"} if scenario == "early-bye" else {"language", "front-desk"})
    assert row["queue"] == ""


async def test_a_caller_without_a_common_codec_never_becomes_a_call(world):
    since = time.time()
    code, said = await sipp(world, "no-common-codec", HOTLINE, "13920019999")
    assert code == 0, said
    await world.settled()
    assert await world.rows(since) == []


async def test_a_caller_who_cancels_at_once_is_at_most_one_record(world):
    """The exchange answers within a millisecond, so CANCEL and answer cross: both ends must agree all the same."""
    since = time.time()
    async with RobotPhone(Account(HOST, world.stage.ports.sip, "odd")) as phone:
        for turn in range(6):
            call = phone.call(HOTLINE, f"1392002000{turn}")
            await asyncio.sleep(turn * 0.0005)
            call.hang_up()
            assert (await call.ended(within=PATIENCE)).by in {"us", "them"}
        await world.settled()
        await asyncio.sleep(0.5)  # a record that comes late would be one too many
        for turn in range(6):
            rows = await world.rows(since, f"1392002000{turn}")
            assert len(rows) <= 1
            assert all(row["outcome"] == "ended_in_flow" for row in rows)


async def test_names_and_numbers_that_want_to_be_code_stay_text(world):
    lines = (SCENARIOS / "nasty-names.csv").read_text(encoding="utf-8").splitlines()[1:]
    since = time.time()
    more = ("-inf", str(SCENARIOS / "nasty-names.csv"), "-m", str(len(lines)), "-l", "3")
    code, said = await sipp(world, "nasty-names", HOTLINE, "odd", *more)
    assert code == 0, said
    rows = await world.ended(since, count=len(lines))
    assert {row["outcome"] for row in rows} == {"ended_in_flow"}
    for row in rows:
        assert len(row["name"]) <= 64
        assert all(sign.isprintable() for sign in row["name"])
        assert row["number"] == "" or row["number"].lstrip("+").isdecimal()
    named = {row["number"]: row["name"] for row in rows}
    assert named["13910000002"] == "李娜 📞🏦"
    assert named["13910000007"].startswith("${SHELL(id)}")
    assert named["13910000010"] == "", "CR LF in a number must not end the introduction at the door"
    assert sum(row["number"] == "" for row in rows) == 1, "anonymous"


async def test_a_dialled_number_cannot_forge_an_introduction(world):
    since = time.time()
    code, said = await sipp(world, "reinvite", f"{HOTLINE}%0d%0aagi_uniqueid:%20forged%0d%0a%0d%0a", "13920060000")
    assert code == 0, said
    (row,) = await world.ended(since, "13920060000")
    assert row["contact"].startswith("a1-")
    assert (row["called"], row["outcome"]) == (HOTLINE, "ended_in_flow")


async def test_a_number_nobody_planned_hears_so_and_is_let_go(world):
    since = time.time()
    async with RobotPhone(Account(HOST, world.stage.ports.sip, "odd")) as phone:
        call = phone.call(NOWHERE, "13920030000")
        assert await call.answered(within=PATIENCE)
        assert (await call.ended(within=PATIENCE)).by == "them"
        assert call.ear.loud_seconds > 1
    (row,) = await world.ended(since, "13920030000")
    assert (row["outcome"], row["flow"]) == ("ended_in_flow", "fallback")


async def test_a_caller_whose_audio_never_arrives_still_reaches_an_agent(world, agent):
    since = time.time()
    code, said = await sipp(world, "no-audio", DESK, "13920040000")
    assert code == 0, said
    (row,) = await world.ended(since, "13920040000")
    assert (row["outcome"], row["agent"]) == ("answered", "chen-jie")
    assert row["talked"] > 0.5


async def test_keys_as_info_are_keys(world, agent):
    since = time.time()
    code, said = await sipp(world, "info-keys", DESK, "13920050000", "-key", "keys", "1")
    assert code == 0, said
    (row,) = await world.ended(since, "13920050000")
    assert row["outcome"] == "answered"
    (menu, *_) = (await world.told(f"/api/contacts/{row['contact']}", {}))["context"]["path"]
    assert (menu["step"], menu["exit"]) == ("front-desk", "1"), "the key was taken, not the silence after it"


async def test_a_sipp_phone_without_a_page_is_an_agent_once_it_registers(world):
    since, port = time.time(), str(free_port(socket.SOCK_DGRAM))
    secret = world.stage.exchange.secrets.phones["agent8"]
    code, said = await sipp(world, "agent-register", "agent8", "agent8", "-au", "agent8", "-ap", secret, "-p", port)
    assert code == 0, said
    answering = asyncio.create_task(sipp(world, "agent-answer", "agent8", "agent8", "-p", port, "-aa"))
    plan = CallPlan(LOANS, port=world.stage.ports.sip, sender="13920070000", keys="wait 2; 0", talk=1, patience=60)
    report = await place_call(plan)
    answering.cancel()
    assert report.ended_by == "exchange", "he hung up; the flow says goodbye and lets the caller go"
    (row,) = await world.ended(since, "13920070000")
    assert (row["outcome"], row["agent"]) == ("answered", "grace-taylor")
    assert row["talked"] > 2.5


async def test_a_stranger_cannot_sit_down_at_an_agents_phone(world):
    async with RobotPhone(Account(HOST, world.stage.ports.sip, "agent1", "guessed")) as phone:
        with pytest.raises(PhoneError, match="registration refused"):
            await phone.register()
