"""The whole server over real phones: an agent who goes to and fro between the caller and who was asked, over a kill."""

from __future__ import annotations

import pytest
from patience import PATIENCE
from served_talks import ended, floor, served  # noqa: F401 - fixtures

pytestmark = pytest.mark.live


async def test_an_agent_goes_to_and_fro_over_kill_9_and_hands_over_from_the_caller(floor) -> None:
    number = "13800000013"
    contact, rung = await floor.talk(number)
    assert await floor.say("agent1", "talk/consult", contact=contact, kind="agent", target="agent2") == 200
    await floor.answers("agent2")
    await floor.hears("alice", {"bob"})
    for _ in range(2):
        assert await floor.say("agent1", "talk/to_caller", contact=contact) == 200
    await floor.hears("caller", {"alice"})
    floor.world.kill_both()
    floor.world.start()
    assert (await floor.view(contact))["standing"] == "with_caller"
    assert await floor.say("agent1", "talk/to_asked", contact=contact) == 200
    await floor.hears("alice", {"bob"})
    await floor.hears("bob", {"alice"})
    assert await floor.say("agent1", "talk/to_caller", contact=contact) == 200
    await floor.hears("alice", {"caller"})
    assert await floor.say("agent1", "talk/complete", contact=contact) == 200
    await floor.hears("caller", {"bob"})
    await rung.ended(PATIENCE)
    floor.voices["bob"].call.hang_up()
    await ended(floor, number)
    assert [fact.with_caller for fact in floor.world.facts(number, "ConsultSwapped")] == [True, False, True]
