"""Talks on a served floor with somebody outside, with three, with a supervisor; and who answers while nobody serves."""

from __future__ import annotations

import pytest
from patience import PATIENCE, meanwhile
from served_talks import ended, floor, served  # noqa: F401 - fixtures
from talk_world import Voice

pytestmark = pytest.mark.live


async def test_who_is_asked_and_answers_while_the_server_is_dead_is_found_and_can_be_let_go(floor) -> None:
    number = "13800000012"
    contact, _ = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    rung = await floor.phones["agent2"].next_call(PATIENCE)
    floor.world.kill_both()
    rung.answer()
    floor.voices["bob"] = Voice("bob", rung)
    floor.voices["bob"].begin(floor.tones)
    await floor.hears("bob", {"alice"})
    floor.world.start()
    await meanwhile(lambda: floor.world.facts(number, "ConsultBegan"), "the consult, found by a survey")
    assert await floor.say("agent1", "talk/cancel", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    await rung.ended(PATIENCE)
    floor.voices["caller"].call.hang_up()
    await ended(floor, number)
    assert [fact.agent for fact in floor.world.facts(number, "OfferMade")] == ["agent1", "agent2"], "nobody twice"


async def test_a_number_outside_is_asked_and_is_handed_the_caller(floor) -> None:
    number = "13800000010"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="outside", target="95588") == 200
    await floor.answers("outside")
    await floor.hears("alice", {"carol"})
    assert await floor.say("agent1", "talk/complete", contact=contact) == 200
    await floor.hears("caller", {"carol"})
    await rung.ended(PATIENCE)
    floor.voices["carol"].call.hang_up()
    await ended(floor, number)
    assert [fact.agent for fact in floor.world.facts(number, "TalkEnded")] == ["agent1", ""]


async def test_a_caller_whom_nobody_outside_takes_is_back_in_the_queue_and_may_be_passed_on_again(floor) -> None:
    number = "13800000011"
    contact, _ = await floor.talk(number)
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="outside", target="95599") == 200
    (await floor.phones["outside"].next_call(PATIENCE)).refuse()
    await floor.answers("agent1")
    await floor.hears("caller", {"alice"})
    assert [fact.why for fact in floor.world.facts(number, "TransferMade")] == ["busy"]
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="outside", target="95566") == 200
    await floor.answers("outside")
    await floor.hears("caller", {"carol"})
    floor.voices["carol"].call.hang_up()
    await ended(floor, number)
    assert [fact.why for fact in floor.world.facts(number, "TransferMade")] == ["busy", "answered"]


async def test_three_speak_and_who_asked_leaves_the_other_two(floor) -> None:
    number = "13800000008"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="queue", target="two") == 200
    await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    assert await floor.say("agent1", "talk/conference", contact=contact) == 200
    await floor.hears("caller", {"alice", "bob"})
    await floor.hears("alice", {"caller", "bob"})
    rung.hang_up()
    await floor.hears("caller", {"bob"})
    await meanwhile(lambda: floor.world.facts(number, "CallerTransferred"), "the hand-over")
    assert await floor.say("agent2", "talk/hold", contact=contact) == 200
    await floor.hears("bob", set())
    assert await floor.say("agent2", "talk/retrieve", contact=contact) == 200
    await floor.hears("caller", {"bob"})
    floor.voices["bob"].call.hang_up()
    await ended(floor, number)


async def test_a_supervisor_listens_whispers_and_takes_over_and_all_of_it_is_kept(floor) -> None:
    number = "13800000009"
    contact, rung = await floor.talk(number)
    assert await floor.say("supervisor", "supervise/listen", contact=contact, phone="agent9") == 200
    await floor.answers("agent9")
    await floor.hears("carol", {"alice", "caller"})
    await floor.hears("alice", {"caller"})
    assert await floor.say("supervisor", "supervise/whisper", contact=contact) == 200
    await floor.hears("alice", {"caller", "carol"})
    await floor.hears("caller", {"alice"})
    assert await floor.say("supervisor", "supervise/take_over", contact=contact) == 200
    await floor.hears("caller", {"carol"})
    await floor.hears("carol", {"caller"})
    await rung.ended(PATIENCE)
    floor.voices["carol"].call.hang_up()
    await ended(floor, number)
    (taken,) = floor.world.facts(number, "TalkTakenOver")
    assert (taken.by, taken.agent) == ("supervisor", "agent1")
    changed = [fact.ear for fact in floor.world.facts(number, "SupervisorChanged")]
    assert changed == ["whisper"]
    assert len(floor.world.facts(number, "SupervisorJoined")) == len(floor.world.facts(number, "SupervisorLeft")) == 1
