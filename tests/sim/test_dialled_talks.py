"""The talk with a customer whom a campaign has dialled is moved like any: held, passed on, never left in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from dial_moment import D1, NODE, Floor, of

import cti.moves as moves
import cti.vocabulary as cti
import journal.facts as facts
import journal.outbound_facts as made
from desk.talk_vocabulary import AgentAskedTransfer, AgentWished, Kind, Wish
from switchroom.contact import Place

pytestmark = pytest.mark.sim
LEG = cti.LegId(f"{D1}.1")


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    ready = Floor(tmp_path)
    ready.start(1)
    ready.talks(D1)
    return ready


def test_he_is_held_and_had_back(floor: Floor) -> None:
    assert of(moves.PutOnHold, floor.tell(AgentWished("ann", D1, Wish.HOLD))) == [moves.PutOnHold(NODE, D1, LEG)]
    assert of(moves.Connect, floor.tell(AgentWished("ann", D1, Wish.RETRIEVE))) == [moves.Connect(NODE, D1, LEG)]


def test_he_waits_when_his_agent_is_gone_while_he_is_held_and_his_attempt_ends_once(floor: Floor) -> None:
    floor.tell(AgentWished("ann", D1, Wish.HOLD))
    effects = floor.tell(cti.LegEnded(NODE, LEG, 16))
    assert [fact.at_head for fact in of(facts.CallerQueued, effects)] == [True]
    ended = floor.tell(cti.CallEnded(NODE, cti.CallId(D1), 16, floor.now + 5), after=5)
    assert [fact.outcome for fact in of(facts.CallEnded, ended)] == ["answered"]
    assert len(of(made.AttemptEnded, ended)) == 1


def test_passed_on_to_a_queue_that_lets_him_go_he_hears_the_message(floor: Floor) -> None:
    queue = floor.centre.contacts[D1].context.queue
    floor.tell(AgentAskedTransfer("ann", D1, Kind.QUEUE, queue))
    contact = floor.centre.contacts[D1]
    contact.place, contact.back = Place.RETURNING, "closed"
    back = floor.tell(cti.CallerArrived(NODE, cti.CallId(D1), "", "", "4009001", heard="human"))
    assert of(cti.PlayPrompt, back)[0].sounds == ("/sounds/en/hello",)
