"""Talks on a served floor: held, passed on, consulted about; and kills meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from patience import PATIENCE, meanwhile
from served_talks import ended, floor, kinds, served  # noqa: F401 - fixtures

pytestmark = pytest.mark.live


async def test_a_hold_survives_kill_9_and_a_double_click_is_one_act(floor) -> None:
    contact, _ = await floor.talk("13800000001")
    assert await floor.say("agent1", "talk/hold", contact=contact) == 200
    assert await floor.say("agent1", "talk/hold", contact=contact) == 200
    await floor.hears("alice", set())
    floor.world.kill_both()
    floor.world.start()
    assert (await floor.view(contact))["standing"] == "held"
    assert await floor.say("agent1", "talk/retrieve", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    await floor.hears("alice", {"caller"})
    floor.voices["caller"].call.hang_up()
    await ended(floor, "13800000001")
    told = kinds(floor.world, "13800000001")
    assert told.count("HoldBegan") == told.count("HoldEnded") == told.count("AgentAnswered") == 1


async def test_a_caller_passed_on_to_a_queue_is_on_the_next_screen_before_that_phone_rings(floor) -> None:
    contact, rung = await floor.talk("13800000002")
    async with floor.screens["agent2"].get("/api/events") as events:
        assert await floor.say("agent1", "talk/transfer", contact=contact, kind="queue", target="two") == 200
        assert await floor.say("agent1", "talk/transfer", contact=contact, kind="queue", target="two") == 200
        shown = b""
        while b"event: show" not in shown:
            shown += await asyncio.wait_for(events.content.readany(), PATIENCE)
        assert contact.encode() in shown.split(b"event: show")[1]
    await floor.answers("agent2")
    await floor.hears("caller", {"bob"})
    await rung.ended(PATIENCE)
    floor.voices["bob"].call.hang_up()
    await ended(floor, "13800000002")
    assert [offer.agent for offer in floor.world.offers("13800000002")] == ["agent1", "agent2"]
    assert kinds(floor.world, "13800000002").count("CallerTransferred") == 1


async def test_a_caller_passed_on_to_an_agent_by_name_rings_there_though_he_serves_another_queue(floor) -> None:
    contact, _ = await floor.talk("13800000003")
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="agent", target="agent3") == 200
    await floor.answers("agent3")
    await floor.hears("caller", {"carol"})
    floor.voices["carol"].call.hang_up()
    await ended(floor, "13800000003")


async def test_a_caller_passed_on_to_a_flow_goes_through_it(floor) -> None:
    contact, _ = await floor.talk("13800000004")
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="flow", target="other") == 200
    await floor.world.at("13800000004", "ask")
    await floor.voices["caller"].call.press("1")
    await floor.answers("agent2")
    await floor.hears("caller", {"bob"})
    floor.voices["caller"].call.hang_up()
    await ended(floor, "13800000004")


async def test_a_consult_through_kill_9_ends_with_who_was_asked_having_the_caller(floor) -> None:
    number = "13800000005"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    floor.world.kill_both()
    floor.world.start()
    await floor.hears("bob", {"alice"})
    assert (await floor.view(contact))["standing"] == "consulting"
    assert await floor.say("agent2", "talk/complete", contact=contact) == 409, "it is not his talk yet"
    assert await floor.say("agent1", "talk/complete", contact=contact) == 200
    assert await floor.say("agent1", "talk/complete", contact=contact) == 200
    await floor.hears("caller", {"bob"})
    await floor.hears("bob", {"caller"})
    await rung.ended(PATIENCE)
    floor.voices["bob"].call.hang_up()
    await ended(floor, number)
    await meanwhile(lambda: len(floor.world.facts(number, "RecordingKept")) == 2, "both recordings")
    assert {fact.state for fact in floor.world.facts(number, "RecordingKept")} == {"whole"}


async def test_a_caller_whose_agent_is_gone_while_he_hears_music_waits_again_at_the_head(floor) -> None:
    number = "13800000006"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    second = await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    rung.hang_up()
    await second.ended(PATIENCE)
    await floor.answers("agent1")
    await floor.hears("caller", {"alice"})
    assert floor.world.facts(number, "CallerQueued")[-1].at_head
    floor.voices["caller"].call.hang_up()
    await ended(floor, number)


async def test_who_is_asked_and_refuses_leaves_the_caller_with_his_agent(floor) -> None:
    number = "13800000007"
    contact, _ = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    (await floor.phones["agent2"].next_call(PATIENCE)).refuse()
    await meanwhile(lambda: floor.world.facts(number, "ConsultEnded"), "the refusal")
    assert [fact.why for fact in floor.world.facts(number, "ConsultEnded")] == ["refused"]
    assert await floor.say("agent1", "talk/retrieve", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    floor.voices["caller"].call.hang_up()
    await ended(floor, number)
