"""A customer whom an agent has called back is held, passed on, consulted about and shared like one who called."""

from __future__ import annotations

from typing import Any

import pytest
from patience import PATIENCE, meanwhile
from served_talks import Floor, floor, served  # noqa: F401 - fixtures

pytestmark = pytest.mark.live


def facts(floor: Floor, contact: str, kind: str) -> list[Any]:
    return [fact for fact in floor.world.all_facts(kind) if fact.contact == contact]


async def over(floor: Floor, contact: str) -> None:
    """His contact ends once, answered; and nobody calls him a second time."""
    await meanwhile(lambda: facts(floor, contact, "CallEnded"), "the end")
    assert [fact.outcome for fact in facts(floor, contact, "CallEnded")] == ["answered"]
    assert len(facts(floor, contact, "CallbackDialled")) == len(facts(floor, contact, "CallbackReached")) == 1
    assert not [fact for fact in floor.world.all_facts("CallbackBegun") if fact.earlier == contact]


async def test_a_talk_that_nobody_moves_ends_as_soon_as_either_hangs_up(floor) -> None:
    for number, who in (("95500001", "alice"), ("95500002", "caller")):
        contact, _ = await floor.calls_back(number)
        floor.voices[who].call.hang_up()
        other = "caller" if who == "alice" else "alice"
        await floor.voices[other].call.ended(PATIENCE)
        await over(floor, contact)


async def test_he_is_held_through_kill_9_and_retrieved(floor) -> None:
    contact, rung = await floor.calls_back("95500003")
    assert await floor.say("agent1", "talk/hold", contact=contact) == 200
    await floor.hears("alice", set())
    floor.world.kill_both()
    floor.world.start()
    assert (await floor.view(contact))["standing"] == "held"
    assert await floor.say("agent1", "talk/retrieve", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    await floor.hears("alice", {"caller"})
    floor.voices["caller"].call.hang_up()
    await rung.ended(PATIENCE)
    await over(floor, contact)


async def test_he_is_passed_on_to_a_queue_to_a_flow_and_to_a_number_outside(floor) -> None:
    contact, rung = await floor.calls_back("95500004")
    assert await floor.say("agent1", "talk/transfer", contact=contact, kind="queue", target="two") == 200
    second = await floor.answers("agent2")
    await floor.hears("caller", {"bob"})
    await rung.ended(PATIENCE)
    assert await floor.say("agent2", "talk/transfer", contact=contact, kind="flow", target="other") == 200
    await second.ended(PATIENCE)
    await meanwhile(lambda: facts(floor, contact, "StepEntered"), "the flow")
    await floor.voices["caller"].call.press("1")
    await floor.answers("agent2")
    await floor.hears("caller", {"bob"})
    assert await floor.say("agent2", "talk/transfer", contact=contact, kind="outside", target="95588") == 200
    await floor.answers("outside")
    await floor.hears("caller", {"carol"})
    floor.voices["caller"].call.hang_up()
    await over(floor, contact)
    assert [fact.kind for fact in facts(floor, contact, "CallerTransferred")] == ["queue", "flow", "outside"]


async def test_somebody_is_asked_about_him_and_has_him_then(floor) -> None:
    contact, rung = await floor.calls_back("95500005")
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    assert await floor.say("agent1", "talk/complete", contact=contact) == 200
    await floor.hears("caller", {"bob"})
    await floor.hears("bob", {"caller"})
    await rung.ended(PATIENCE)
    floor.voices["bob"].call.hang_up()
    await over(floor, contact)
    await floor.voices["caller"].call.ended(PATIENCE)
    assert [fact.agent for fact in facts(floor, contact, "TalkEnded")] == ["agent1", "agent2"]


async def test_three_speak_with_him_and_who_called_him_leaves(floor) -> None:
    contact, rung = await floor.calls_back("95500006")
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="queue", target="two") == 200
    await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    assert await floor.say("agent1", "talk/conference", contact=contact) == 200
    await floor.hears("caller", {"alice", "bob"})
    rung.hang_up()
    await floor.hears("caller", {"bob"})
    floor.voices["caller"].call.hang_up()
    await floor.voices["bob"].call.ended(PATIENCE)
    await over(floor, contact)


async def test_an_agent_whose_phone_dies_while_he_is_held_leaves_him_at_the_head_of_the_queue(floor) -> None:
    contact, rung = await floor.calls_back("95500007")
    assert await floor.say("agent1", "talk/hold", contact=contact) == 200
    await floor.hears("alice", set())
    rung.hang_up()
    await floor.answers("agent1")
    await floor.hears("caller", {"alice"})
    floor.voices["caller"].call.hang_up()
    await over(floor, contact)


async def test_a_supervisor_hears_him_and_takes_him_over(floor) -> None:
    contact, rung = await floor.calls_back("95500008")
    assert await floor.say("supervisor", "supervise/listen", contact=contact, phone="agent9") == 200
    await floor.answers("agent9")
    await floor.hears("carol", {"alice", "caller"})
    assert await floor.say("supervisor", "supervise/take_over", contact=contact) == 200
    await floor.hears("caller", {"carol"})
    await rung.ended(PATIENCE)
    floor.voices["carol"].call.hang_up()
    await over(floor, contact)


async def test_who_answers_while_the_server_is_dead_is_found_and_can_be_held(floor) -> None:
    number = "95500009"
    await floor.wishes(number)
    await floor.answers("agent1")
    rung = await floor.phones["outside"].next_call(PATIENCE)
    floor.world.kill_both()
    floor.speaks("caller", rung)
    await floor.hears("caller", {"alice"})
    floor.world.start()
    await meanwhile(lambda: floor.contact_of(number), "the customer, found by a survey")
    contact = floor.contact_of(number)
    assert await floor.say("agent1", "talk/hold", contact=contact) == 200
    await floor.hears("alice", set())
    assert await floor.say("agent1", "talk/retrieve", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    floor.voices["caller"].call.hang_up()
    await over(floor, contact)


async def test_who_talked_and_left_while_the_server_was_dead_is_not_called_again(floor) -> None:
    number = "95500010"
    await floor.wishes(number)
    await floor.answers("agent1")
    rung = await floor.phones["outside"].next_call(PATIENCE)
    floor.world.kill_both()
    floor.speaks("caller", rung)
    await floor.hears("caller", {"alice"})
    rung.hang_up()
    floor.voices["alice"].call.hang_up()
    floor.world.start()
    await meanwhile(lambda: floor.contact_of(number), "his last words")
    await over(floor, floor.contact_of(number))
