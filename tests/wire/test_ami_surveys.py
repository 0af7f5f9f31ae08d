"""What a survey of one node tells, when surveys come, and what a login finds."""

from __future__ import annotations

import time

import pytest
from fake_ami import give_list
from node_world import CALL, LEG, NODE, RING, World, refuse, world  # noqa: F401 - fixtures

from cti.asterisk import node as node_module
from cti.vocabulary import (
    CallEnded,
    CallId,
    LegEnded,
    NodeFound,
    NodeLost,
    NodeSurveyed,
    SeenCall,
    SeenLeg,
    SurveyNode,
)

pytestmark = pytest.mark.wire


async def test_a_login_tells_the_node_and_then_the_truth(world: World) -> None:
    found, seen = world.told
    assert isinstance(found, NodeFound)
    assert world.began - 101 < found.booted_at < time.time() - 99
    assert seen == NodeSurveyed(NODE, seen.asked_at, (), (), (), ())
    assert [name for name in ("dbgettree", "devicestatelist", "status") if world.ami.received(name)] == [
        "dbgettree",
        "devicestatelist",
        "status",
    ]


async def test_an_unknown_outcome_is_found_out_by_the_survey_and_never_repeated(world: World) -> None:
    world.ami.answers["originate"] = lambda session, _action: session.break_off()
    world.ami.answers["status"] = lambda session, action: give_list(
        session,
        action,
        "StatusComplete",
        [
            (("Event", "Status"), ("Uniqueid", CALL), ("Context", "switchroom-hold"), ("Variable", "SR_CALLED=100")),
            (("Event", "Status"), ("Uniqueid", LEG), ("ChannelState", "5"), ("Variable", f"SR_PEER={CALL}")),
        ],
    )
    world.node.perform(RING)
    seen = await world.until(NodeSurveyed, 2)
    assert isinstance(seen, NodeSurveyed)
    assert seen.calls == (SeenCall(CALL, "hold"),)
    assert seen.legs == (SeenLeg(LEG, "ringing", CALL),)
    assert [type(each) for each in world.told] == [NodeFound, NodeSurveyed, NodeLost, NodeFound, NodeSurveyed]
    assert len(world.ami.received("originate")) == 1
    world.ami.session.event("Hangup", Uniqueid=LEG, Cause="19")
    assert await world.until(LegEnded) == LegEnded(NODE, LEG, 19)


async def test_a_lost_originate_that_never_arrived_is_missing_from_the_survey(world: World) -> None:
    world.ami.answers["originate"] = lambda session, _action: session.break_off()
    world.node.perform(RING)
    seen = await world.until(NodeSurveyed, 2)
    assert isinstance(seen, NodeSurveyed)
    assert seen.legs == ()
    assert world.of(LegEnded) == []


async def test_a_leg_just_asked_for_is_in_the_survey_though_asterisk_does_not_list_it_yet(world: World) -> None:
    world.node.perform(RING)
    world.node.perform(SurveyNode(NODE))
    seen = await world.until(NodeSurveyed, 2)
    assert isinstance(seen, NodeSurveyed)
    assert seen.legs == (SeenLeg(LEG, "dialling", CALL),)


async def test_surveys_come_by_themselves_and_read_remembered_ends_only_when_needed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ami.answers["dbgettree"] = lambda session, action: give_list(
        session,
        action,
        "DBGetTreeComplete",
        [(("Event", "DBGetTreeResponse"), ("Key", "/switchroom-ended/17.1"), ("Val", "a1-17.1|20.500|16||"))],
    )
    monkeypatch.setattr(node_module, "SURVEY_EVERY", 0.1)
    monkeypatch.setattr(node_module, "SURVEY_SOON", 0.1)
    world.node.perform(SurveyNode(NODE))
    seen = await world.until(NodeSurveyed, 4)
    assert isinstance(seen, NodeSurveyed)
    assert seen.ended == ()
    asked = await world.until(NodeSurveyed, 2)
    assert isinstance(asked, NodeSurveyed)
    assert asked.ended == (CallEnded(NODE, CallId("a1-17.1"), 16, at=20.5),)
    assert len(world.ami.received("dbgettree")) == 2


async def test_after_a_login_the_second_survey_does_not_wait_for_the_usual_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was too young for the first one is judged by the second: nobody may wait ten seconds for that."""
    monkeypatch.setattr(node_module, "SURVEY_SOON", 0.1)
    world.node.perform(SurveyNode(NODE))
    seen = await world.until(NodeSurveyed, 3)
    assert isinstance(seen, NodeSurveyed)
    assert seen.ended == ()


async def test_a_survey_that_fails_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_module, "SURVEY_AGAIN", 0.05)
    world.ami.answers["status"] = refuse
    world.node.perform(SurveyNode(NODE))
    await world.ami.until(lambda: len(world.ami.received("status")) >= 3)
    assert len(world.of(NodeSurveyed)) == 1
    del world.ami.answers["status"]
    await world.until(NodeSurveyed, 2)
    assert len(world.ami.received("dbgettree")) >= 3


async def test_no_remembered_end_and_no_list_of_devices_are_no_fault(world: World) -> None:
    world.ami.answers |= {"dbgettree": refuse, "devicestatelist": refuse}
    world.node.perform(SurveyNode(NODE))
    seen = await world.until(NodeSurveyed, 2)
    assert isinstance(seen, NodeSurveyed)
    assert (seen.ended, seen.reachable_phones) == ((), None)


async def test_a_restarted_asterisk_is_told_from_a_lost_link(world: World) -> None:
    world.ami.uptime += round(time.time() - world.began)
    world.ami.session.break_off()
    again = await world.until(NodeFound, 2)
    world.ami.uptime = 1
    world.ami.session.break_off()
    other = await world.until(NodeFound, 3)
    first = world.of(NodeFound)[0]
    assert isinstance(first, NodeFound)
    assert again == first
    assert isinstance(other, NodeFound)
    assert other.booted_at > first.booted_at + 90


async def test_stopping_tells_nothing(world: World) -> None:
    count = len(world.told)
    await world.node.stop()
    assert len(world.told) == count
