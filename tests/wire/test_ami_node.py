"""One node against a fake Asterisk: what an action becomes when things go wrong."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from fake_ami import Action, FakeAmi, Session
from node_world import CALL, LEG, NODE, RING, World, refuse, world  # noqa: F401 - fixtures

from cti.asterisk.node_settings import NodeSettings
from cti.asterisk.switch import Switch
from cti.dial_vocabulary import Failure
from cti.vocabulary import (
    CallId,
    CollectDigits,
    DialCustomer,
    DialFailed,
    DigitsCollected,
    DropLeg,
    EndCall,
    FetchCaller,
    LegEnded,
    LegRang,
    NodeId,
    NodeLost,
    NodeSurveyed,
    PlayPrompt,
    PromptEnded,
    RingAgent,
    SurveyNode,
    TellCaller,
    Told,
)

pytestmark = pytest.mark.wire


def ignore(_session: Session, _action: Action) -> None:
    """Answer nothing."""


async def test_ringing_sends_one_originate_with_our_names(world: World) -> None:
    world.node.perform(RING)
    await world.ami.until(lambda: world.ami.received("originate"))
    [sent] = world.ami.received("originate")
    assert sent["channel"] == ["PJSIP/alice"]
    assert sent["channelid"] == [LEG]
    assert sent["context"] == ["switchroom-leg"]
    assert sent["variable"] == [f"SR_PEER={CALL}", "SR_RECORDING=2026/11/21/a1-17.2"]
    assert sent["timeout"] == ["20000"]


async def test_a_phone_that_is_to_answer_by_itself_is_told_so_in_two_headers(world: World) -> None:
    world.node.perform(replace(RING, at_once=True))
    await world.ami.until(lambda: world.ami.received("originate"))
    [sent] = world.ami.received("originate")
    headers = [value for value in sent["variable"] if value.startswith("PJSIP_HEADER(add,")]
    assert headers == [
        "PJSIP_HEADER(add,Call-Info)=<sip:switchroom>;answer-after=0",
        "PJSIP_HEADER(add,Alert-Info)=<http://switchroom>;info=alert-autoanswer;delay=0",
    ]


DIAL = DialCustomer(NODE, CallId("D00000001"), "+12015551234", "+18005550100", 25.0, detect=True)


async def test_a_customer_is_dialled_once_even_right_after_the_login_and_never_without_a_trunk() -> None:
    async with FakeAmi() as ami:
        world = World(ami)
        world.node.settings = replace(world.node.settings, outside=("+1",))
        ami.answers["getvar"] = lambda session, action: session.grant(action, ("Value", "carrier"))
        await world.node.start()
        world.node.perform(DIAL)
        world.node.perform(DIAL)
        world.node.perform(replace(DIAL, call=CallId("D00000002"), number="+4930123456"))
        await ami.until(lambda: ami.received("originate"))
        [sent] = ami.received("originate")
        assert sent["channel"] == ["PJSIP/+12015551234@carrier"]
        assert sent["actionid"] == ["dial:D00000001"]
        assert [each.call for each in world.of(DialFailed)] == ["D00000002"]
        await world.node.stop()


async def test_a_dial_that_asterisk_refuses_or_that_cannot_be_sent_failed_by_our_fault(world: World) -> None:
    world.node.settings = replace(world.node.settings, outside=("+1",))
    world.ami.answers["getvar"] = lambda session, action: session.grant(action, ("Value", "carrier"))
    world.ami.answers["originate"] = refuse
    world.node._placing.trunk_is("carrier")
    world.node.perform(DIAL)
    failed = await world.until(DialFailed)
    assert failed == DialFailed(NODE, DIAL.call, Failure.CONGESTION, 0)
    world.ami.close()
    await world.until(NodeLost)
    world.node.perform(DIAL)
    assert (await world.until(DialFailed, 2)) == failed


async def test_a_dial_of_unknown_result_is_left_to_the_survey(world: World) -> None:
    world.node.settings = replace(world.node.settings, outside=("+1",))
    world.node._placing.trunk_is("carrier")
    world.ami.answers["originate"] = ignore
    world.node.perform(DIAL)
    await world.ami.until(lambda: world.ami.received("originate"))
    world.ami.session.break_off()
    seen = await world.until(NodeSurveyed, 2)
    assert isinstance(seen, NodeSurveyed)
    assert seen.calls == ()
    assert world.of(DialFailed) == []
    assert len(world.ami.received("originate")) == 1


async def test_the_same_leg_is_never_rung_twice(world: World) -> None:
    world.node.perform(RING)
    world.node.perform(RING)
    world.node.perform(SurveyNode(NODE))
    await world.until(NodeSurveyed, 2)
    assert len(world.ami.received("originate")) == 1


async def test_a_refused_ring_ends_the_leg_once(world: World) -> None:
    world.ami.answers["originate"] = refuse
    world.node.perform(RING)
    assert await world.until(LegEnded) == LegEnded(NODE, LEG, 21)
    world.ami.session.event("Hangup", Uniqueid=LEG, Cause="16")
    world.ami.session.event("Newstate", Uniqueid="a1-17.2.2", ChannelState="5")
    await world.until(LegRang)
    assert len(world.of(LegEnded)) == 1


async def test_a_ring_that_cannot_be_written_ends_the_leg(world: World) -> None:
    world.node.perform(RingAgent(NODE, LEG, CALL, "alice\r\nVariable: X=1", 20.0, "1", "Bob"))
    assert world.of(LegEnded) == [LegEnded(NODE, LEG, 28)]
    world.node.perform(RingAgent(NODE, LEG, CALL, "alice", 20.0, "1", "Bob", "a,b"))
    assert len(world.of(LegEnded)) == 2
    world.node.perform(SurveyNode(NODE))
    await world.until(NodeSurveyed, 2)
    assert world.ami.received("originate") == []


async def test_a_dangerous_caller_name_still_rings(world: World) -> None:
    world.node.perform(RingAgent(NODE, LEG, CALL, "alice", 20.0, "1", 'B\r\nAction: Hangup\0"<9>' + "x" * 999))
    await world.ami.until(lambda: world.ami.received("originate"))
    [sent] = world.ami.received("originate")
    assert sent["callerid"] == ['"' + ("B Action: Hangup9" + "x" * 999)[:61] + '" <1>']


async def test_what_is_asked_while_the_link_is_down_is_not_done_later(world: World) -> None:
    world.ami.session.break_off()
    await world.until(NodeLost)
    for action in (RING, DropLeg(NODE, LEG), EndCall(NODE, CALL), FetchCaller(NODE, CALL), SurveyNode(NODE)):
        world.node.perform(action)
    await world.until(NodeSurveyed, 2)
    assert not any(world.ami.received(name) for name in ("originate", "hangup", "redirect"))
    world.node.perform(RING)  # a leg that was never sent may be asked for again
    await world.ami.until(lambda: world.ami.received("originate"))


async def test_dropping_a_leg_whose_channel_is_not_made_yet_is_tried_again(world: World) -> None:
    tries = 0

    def later(session: Session, action: Action) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            refuse(session, action)
        else:
            session.grant(action)
            session.event("Hangup", Uniqueid=LEG, Cause="16")
            session.event("OriginateResponse", ActionID=f"leg:{LEG}", Response="Failure", Reason="0", Uniqueid=LEG)

    world.ami.answers["hangup"] = later
    world.node.perform(RING)
    world.node.perform(DropLeg(NODE, LEG))
    assert await world.until(LegEnded) == LegEnded(NODE, LEG, 16)
    assert tries == 3


async def test_dropping_what_is_gone_is_asked_once(world: World) -> None:
    world.ami.answers["hangup"] = refuse
    world.node.perform(DropLeg(NODE, LEG))
    world.node.perform(EndCall(NODE, CALL))
    await asyncio.sleep(0.5)  # longer than the pause before another try
    assert len(world.ami.received("hangup")) == 2


async def test_a_phone_without_a_channel_ends_the_leg(world: World) -> None:
    world.node.perform(RING)
    await world.ami.until(lambda: world.ami.received("originate"))
    world.ami.session.event("OriginateResponse", ActionID=f"leg:{LEG}", Response="Failure", Reason="0", Uniqueid=LEG)
    assert await world.until(LegEnded) == LegEnded(NODE, LEG, 20)


async def test_a_call_that_is_ended_by_us_is_hung_up_with_its_cause(world: World) -> None:
    world.node.perform(EndCall(NODE, CALL, 21))
    world.node.perform(FetchCaller(NODE, CALL))
    await world.ami.until(lambda: world.ami.received("redirect"))
    assert world.ami.received("hangup")[0]["channel"] == [CALL]
    assert world.ami.received("hangup")[0]["cause"] == ["21"]
    assert world.ami.received("redirect")[0]["context"] == ["switchroom-door"]


async def test_a_switch_over_two_nodes_keeps_them_apart_and_survives_a_dead_one() -> None:
    async with FakeAmi() as one, FakeAmi() as two:
        told: list[Told] = []
        two.close()
        nodes = [
            NodeSettings(NodeId(name), "127.0.0.1", ami.port, "switchroom", "right", f"token-{name}")
            for name, ami in (("a1", one), ("a2", two))
        ]
        switch = Switch(nodes, "127.0.0.1", 0, told.append, time.time)
        await switch.start(within=0.5)
        assert switch.agi_port > 0
        await one.until(lambda: [state for state, _ in switch.links().values()] == ["up", "down"])
        switch.perform(EndCall(NodeId("a2"), CallId("a2-1.1")))
        switch.perform(EndCall(NodeId("a3"), CallId("a3-1.1")))
        switch.perform(EndCall(NodeId("a1"), CALL))
        await one.until(lambda: one.received("hangup"))
        assert len(one.received("hangup")) == 1
        switch.perform(PlayPrompt(NodeId("a1"), CALL, ("hello",)))  # he is not at the door: nothing is told
        assert not [each for each in told if isinstance(each, PromptEnded)]
        await switch.stop()


@pytest.mark.parametrize("tokens", [("same", "same"), ("one", "")])
def test_nodes_without_tokens_of_their_own_are_refused(tokens: tuple[str, str]) -> None:
    nodes = [NodeSettings(NodeId(f"a{n}"), "h", 1, "u", "s", token) for n, token in enumerate(tokens)]
    with pytest.raises(ValueError, match="agi_token of its own"):
        Switch(nodes, "127.0.0.1", 0, print, time.time)


async def test_a_dangerous_sound_is_answered_as_unplayable() -> None:
    async with FakeAmi() as ami:
        told: list[Told] = []
        settings = NodeSettings(NODE, "127.0.0.1", ami.port, "switchroom", "right", "token")
        switch = Switch([settings], "127.0.0.1", 0, told.append, time.time)
        await switch.start()
        _, writer = await asyncio.open_connection("127.0.0.1", switch.agi_port)
        writer.write(f"agi_request: agi://h/token\nagi_uniqueid: {CALL}\n\n".encode())
        await ami.until(lambda: len(told) >= 3)
        switch.perform(PlayPrompt(NODE, CALL, ("a\nHANGUP",)))
        assert told[-1] == PromptEnded(CALL, failed=True)
        switch.perform(CollectDigits(NODE, CALL, ("a\0",), 1, 1.0))
        assert told[-1] == DigitsCollected(CALL, "", complete=False)
        writer.close()
        await switch.stop()


async def test_a_waiting_caller_is_told_something_by_three_kinds_of_words(world: World) -> None:
    world.node.perform(TellCaller(NODE, CALL, ("a/one", "a/two"), listen=4.0))
    await world.ami.until(lambda: world.ami.received("redirect"))
    variables = [(each["variable"][0], each["value"][0]) for each in world.ami.received("setvar")]
    assert variables[0] == ("SR_SAY1", "a/one&a/two")
    assert dict(variables[1:]) == {"SR_SAY2": "", "SR_SAY3": "", "SR_SAY4": "", "SR_LISTEN": "4.0"}
    [sent] = world.ami.received("redirect")
    assert (sent["channel"], sent["context"], sent["exten"]) == ([CALL], ["switchroom-hold"], ["tell"])


async def test_sounds_that_asterisk_would_cut_leave_him_in_the_music(world: World) -> None:
    world.node.perform(TellCaller(NODE, CALL, ("a&b",)))
    world.node.perform(FetchCaller(NODE, CALL))
    await world.ami.until(lambda: world.ami.received("redirect"))
    assert not world.ami.received("setvar")
    assert len(world.ami.received("redirect")) == 1
