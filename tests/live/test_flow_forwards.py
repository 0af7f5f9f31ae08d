"""Forwards and call-backs that a flow asks for, on a real Asterisk with real SIP calls, over the server's death too."""

from __future__ import annotations

import asyncio

import pytest
from patience import PATIENCE
from stage import read_wav
from verb_floor import (  # noqa: F401 - fixtures
    BACK,
    BUSY,
    CONGESTED,
    LEG,
    NOBODY,
    NODE,
    PERSON,
    Floor,
    floor,
    strongest,
)

from cti.vocabulary import (
    CallEnded,
    CallerArrived,
    CallId,
    DropLeg,
    EndCall,
    ForwardCaller,
    ForwardEnded,
    LegAnswered,
    LegEnded,
    NodeSurveyed,
    PlayPrompt,
    PromptEnded,
    SeenLeg,
    TalkBegan,
)

pytestmark = pytest.mark.live


# ── forwards ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_caller_talks_with_somebody_outside_and_comes_back(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(ForwardCaller(NODE, call, PERSON, PATIENCE, task=2))
    await floor.meanwhile(floor.outside_talks)
    await asyncio.sleep(1.0)
    floor.hang_up_outside()
    assert await floor.until(ForwardEnded) == ForwardEnded(call, "answered", PERSON, 2)
    floor.switch.perform(EndCall(NODE, call))
    ended = await floor.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert ended.doing == ForwardEnded(call, "answered", PERSON, 2)
    heard = await asyncio.to_thread(read_wav, floor.heard)
    assert strongest(heard, 350) > 500


async def test_who_is_not_reached_is_told_and_the_caller_is_back(floor: Floor) -> None:
    call = await floor.call()
    whys = {BUSY: "busy", NOBODY: "no_answer", CONGESTED: "failed", "5550000": "failed"}
    for task, (number, why) in enumerate(whys.items(), 1):
        floor.switch.perform(ForwardCaller(NODE, call, number, 1.0 if number == NOBODY else PATIENCE, task))
        assert await floor.until(ForwardEnded, task) == ForwardEnded(call, why, number, task)
    floor.switch.perform(PlayPrompt(NODE, call, ("digits/1",)))
    assert await floor.until(PromptEnded) == PromptEnded(call)


async def test_a_caller_who_is_forwarded_hears_it_ring(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(ForwardCaller(NODE, call, NOBODY, 2.0))
    await floor.until(ForwardEnded)
    floor.switch.perform(EndCall(NODE, call))
    await floor.until(CallEnded)
    heard = await asyncio.to_thread(read_wav, floor.heard)
    assert strongest(heard, 480) > 500


async def test_a_number_that_is_not_allowed_is_never_dialled(floor: Floor) -> None:
    call = await floor.call()
    numbers = ["6661000", "+5551000", "", "5551000,tT", "5551000@carrier&PJSIP/1", "555 1000"]
    for task, number in enumerate(numbers, 1):
        floor.switch.perform(ForwardCaller(NODE, call, number, 1.0, task))
        assert await floor.until(ForwardEnded, task) == ForwardEnded(call, "failed", number, task)
    assert len(floor.of(CallerArrived)) == 1
    assert floor.dialled() == 0


async def test_a_forwarded_caller_outlives_the_server_and_is_not_forwarded_twice(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(ForwardCaller(NODE, call, PERSON, PATIENCE, task=5))
    await floor.meanwhile(floor.outside_talks)
    after = await floor.restart(lambda: True)
    seen = await floor.until(NodeSurveyed, after=after)
    assert isinstance(seen, NodeSurveyed)
    assert [(each.call, each.place) for each in seen.calls] == [(call, "talk")]
    assert floor.outside_talks()
    floor.hang_up_outside()
    assert await floor.until(ForwardEnded, after=after) == ForwardEnded(call, "answered", PERSON, 5)
    assert floor.dialled() == 1


async def test_a_caller_who_hangs_up_in_a_forwarded_talk_ends_both(floor: Floor) -> None:
    call = await floor.call()
    floor.switch.perform(ForwardCaller(NODE, call, PERSON, PATIENCE, 1))
    await floor.meanwhile(floor.outside_talks)
    floor.leave()
    ended = await floor.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert ended.doing == ForwardEnded(call, "answered", PERSON, 1)
    await floor.meanwhile(lambda: not floor.outside_talks())


# ── call-backs ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_agent_answers_and_his_leg_dials_the_customer_who_sees_our_number(floor: Floor) -> None:
    floor.call_back(PERSON, "2026/back")
    assert await floor.until(LegAnswered) == LegAnswered(LEG)
    assert floor.of(TalkBegan) == []
    talk = await floor.until(TalkBegan)
    assert isinstance(talk, TalkBegan)
    assert (talk.leg, talk.at) == (LEG, None)
    assert talk.call.startswith("exchange-"), "the customer's own channel"
    with floor.carrier.probe(patience=PATIENCE) as probe:
        [customer] = [line for line in probe.ask("Status")[1:] if line.get("Context") == "customer-1"]
    assert customer["CallerIDNum"] == "4008001"
    await asyncio.sleep(1.0)
    floor.hang_up_outside()
    arrived = await floor.until(CallerArrived)
    assert isinstance(arrived, CallerArrived)
    assert (arrived.call, arrived.called, arrived.task) == (LEG, "", 1)
    assert await floor.until(ForwardEnded) == ForwardEnded(CallId(LEG), "answered", PERSON, 1)
    floor.switch.perform(EndCall(NODE, CallId(LEG)))
    assert await floor.until(LegEnded) == LegEnded(NODE, LEG, 16)
    for leg in ("caller", "agent"):
        assert strongest(read_wav(floor.message(f"2026/back-{leg}")), 350) > 500
    assert (len(floor.of(LegAnswered)), len(floor.of(TalkBegan)), floor.dialled()) == (1, 1, 2)


async def test_a_customer_who_is_not_reached_is_told_by_the_leg(floor: Floor) -> None:
    floor.call_back(BUSY)
    assert await floor.until(ForwardEnded) == ForwardEnded(CallId(LEG), "busy", BUSY, 1)
    floor.switch.perform(EndCall(NODE, CallId(LEG)))
    await floor.until(LegEnded)
    assert floor.of(TalkBegan) == []


async def test_a_call_back_to_a_number_that_is_not_allowed_rings_nobody(floor: Floor) -> None:
    floor.call_back("6661000")
    assert await floor.until(ForwardEnded) == ForwardEnded(CallId(LEG), "forbidden", "6661000", 0)
    assert floor.dialled() == 0


async def test_a_call_back_outlives_the_server_and_the_agents_hang_up_ends_both(floor: Floor) -> None:
    floor.call_back(PERSON)
    talk = await floor.until(TalkBegan)
    assert isinstance(talk, TalkBegan)
    after = await floor.restart(lambda: True)
    seen = await floor.until(NodeSurveyed, after=after)
    assert isinstance(seen, NodeSurveyed)
    assert seen.legs == (SeenLeg(LEG, "talk", talk.call),)
    assert [(one.call, one.place, one.leg) for one in seen.calls] == [(talk.call, "talk", LEG)], "the customer"
    floor.switch.perform(DropLeg(NODE, LEG))
    assert await floor.until(LegEnded, after=after) == LegEnded(NODE, LEG, 16)
    await floor.meanwhile(lambda: not floor.outside_talks())
