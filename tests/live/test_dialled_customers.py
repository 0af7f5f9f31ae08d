"""Customers dialled over a real trunk: each kind of them ends in exactly the right word, and told once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from patience import PATIENCE

from cti.asterisk.carrier import Who, customer_number
from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.switch import Switch
from cti.dial_vocabulary import CustomerAnswered, CustomerRang, DialCustomer, DialFailed, Failure, Heard
from cti.ids import CallId, LegId, NodeId
from cti.sip.phone import Account, RobotPhone
from cti.vocabulary import (
    CallEnded,
    CallerArrived,
    EndCall,
    HoldCaller,
    NodeSurveyed,
    PlayPrompt,
    PromptEnded,
    RingAgent,
    SurveyNode,
    TalkBegan,
    Told,
)

pytestmark = pytest.mark.live

NODE = NodeId("exchange")
OURS = "+18005550100"


class Line:
    """Our switch over a real Asterisk whose trunk is the carrier; `told` is all that it told."""

    def __init__(self, switch: Switch, told: list[Told]) -> None:
        self.switch, self.told = switch, told

    def dial(self, number: int, customer: str, ring_for: float = 60.0, *, detect: bool = True) -> CallId:
        call = CallId(f"D{number:08d}")
        self.switch.perform(DialCustomer(NODE, call, customer, OURS, ring_for, detect))
        return call

    def of(self, call: CallId, *kinds: type[Told]) -> list[Told]:
        return [each for each in self.told if isinstance(each, kinds) and getattr(each, "call", "") == call]

    async def until(self, call: CallId, *kinds: type[Told]) -> Told:
        deadline = time.monotonic() + PATIENCE
        while not self.of(call, *kinds):
            assert time.monotonic() < deadline, f"no {kinds} of {call} in time: {self.told}"
            await asyncio.sleep(0.01)
        return self.of(call, *kinds)[0]


@pytest.fixture
async def line(exchange, carrier) -> AsyncIterator[Line]:
    layout, told = exchange.layout, []
    settings = NodeSettings(
        NODE, layout.ami_host, layout.ami_port, layout.ami_user, layout.secrets.ami, layout.secrets.agi_token,
        outside=("+1",),
    )  # fmt: skip
    switch = Switch([settings], "127.0.0.1", layout.settings.agi_port, told.append, time.time)
    await switch.start()
    yield Line(switch, told)
    await switch.stop()


FAILS = {
    Who.BUSY: (Failure.BUSY, 17, 486),
    Who.ENGAGED: (Failure.BUSY, 17, 486),
    Who.CONGESTED: (Failure.CONGESTION, 34, 503),
    Who.NO_SUCH_NUMBER: (Failure.BAD_NUMBER, 1, 404),
    Who.UNKNOWN_NUMBER: (Failure.BAD_NUMBER, 1, 404),
    Who.REJECTS: (Failure.REJECTED, 21, 403),
}
ANSWERS = {Who.PERSON: Heard.HUMAN, Who.FAX: Heard.FAX, Who.MACHINE: Heard.MACHINE, Who.SILENT: Heard.SILENT}


async def test_each_kind_of_customer_ends_in_the_right_word_once(line: Line):
    kinds = [*FAILS, *ANSWERS]
    calls = {who: line.dial(number, customer_number(who, 0, 10)) for number, who in enumerate(kinds, 1)}
    rings_on = line.dial(90, customer_number(Who.NOBODY, 0, 10), ring_for=3.0)
    announced = line.dial(91, customer_number(Who.UNKNOWN_NUMBER, 1, 10), ring_for=1.0)
    dropped = line.dial(92, customer_number(Who.NOBODY, 1, 10))
    not_allowed = line.dial(93, "+4930123456")
    await line.until(dropped, CustomerRang)
    line.switch.perform(EndCall(NODE, dropped))
    for who, (why, cause, sip) in FAILS.items():
        assert await line.until(calls[who], DialFailed) == DialFailed(NODE, calls[who], why, cause, sip), who
    for who, heard in ANSWERS.items():
        arrived = await line.until(calls[who], CallerArrived)
        assert isinstance(arrived, CallerArrived)
        assert arrived.heard == heard, who
        assert (arrived.number, arrived.called) == (customer_number(who, 0, 10), OURS)
        [answered] = line.of(calls[who], CustomerAnswered)
        assert line.told.index(answered) < line.told.index(arrived)
    others = {rings_on: "no_answer", announced: "no_answer", dropped: "cancelled", not_allowed: "congestion"}
    for call, why in others.items():
        failed = await line.until(call, DialFailed)
        assert isinstance(failed, DialFailed)
        assert failed.why == why, call
    for who in ANSWERS:
        line.switch.perform(EndCall(NODE, calls[who]))
        await line.until(calls[who], CallEnded)
    for call in (*calls.values(), rings_on, announced, dropped, not_allowed):
        assert len(line.of(call, DialFailed, CallEnded)) == 1, call


async def test_what_came_of_a_dial_is_known_after_an_absence_and_a_survey_shows_who_rings(line: Line, carrier):
    person = line.dial(1, customer_number(Who.PERSON, 0, 0), detect=False)
    busy = line.dial(2, customer_number(Who.BUSY, 0, 0))
    rings = line.dial(3, customer_number(Who.NOBODY, 0, 0))
    await line.until(person, CallerArrived)
    await line.until(busy, DialFailed)
    await line.until(rings, CustomerRang)
    surveys = sum(isinstance(each, NodeSurveyed) for each in line.told)
    line.switch.perform(SurveyNode(NODE))
    deadline = time.monotonic() + PATIENCE
    while sum(isinstance(each, NodeSurveyed) for each in line.told) == surveys:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    seen = [each for each in line.told if isinstance(each, NodeSurveyed)][-1]
    assert {each.call: each.place for each in seen.calls} == {person: "flow", rings: "dialling"}
    assert [(each.call, each.why, each.cause) for each in seen.failed] == [(busy, Failure.BUSY, 17)]


async def test_a_person_to_whom_a_message_is_played_hears_it(line: Line, outside):
    call = line.dial(1, customer_number(Who.PERSON, 0, 0))
    arrived = await line.until(call, CallerArrived)
    assert isinstance(arrived, CallerArrived)
    assert arrived.heard is Heard.HUMAN
    line.switch.perform(PlayPrompt(NODE, call, ("digits/1", "digits/2", "digits/3") * 3))
    await line.until(call, PromptEnded, CallEnded)
    line.switch.perform(EndCall(NODE, call))
    await line.until(call, CallEnded)
    told = await asyncio.to_thread(outside.await_event, "UserEvent", within=PATIENCE, UserEvent="CarrierCall")
    assert told["Account"].startswith("told|")


async def test_a_phone_that_is_asked_to_answers_by_itself_and_talks_with_the_customer(line: Line, exchange):
    secret = exchange.layout.secrets.phones["alice"]
    account = Account("127.0.0.1", exchange.layout.settings.sip_port, "alice", secret)
    async with RobotPhone(account) as phone:
        await phone.register(within=PATIENCE)
        call = line.dial(1, customer_number(Who.PERSON, 0, 0), detect=False)
        await line.until(call, CallerArrived)
        line.switch.perform(HoldCaller(NODE, call))
        line.switch.perform(RingAgent(NODE, LegId(f"{call}.1"), call, "alice", 30.0, "+1", "Ann", at_once=True))
        rung = await phone.next_call(within=PATIENCE)
        assert rung.at_once
        rung.answer()
        began = await line.until(call, TalkBegan)
        assert isinstance(began, TalkBegan)
        assert began.leg == f"{call}.1"
        line.switch.perform(EndCall(NODE, call))
        await line.until(call, CallEnded)
