"""Another edition in force between two messages: what changes for whom, and what does not."""

from __future__ import annotations

import pytest
import small_floor
from house import NODE, House, of

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from switchroom.edition import FloorChanged

pytestmark = pytest.mark.unit

TWO = small_floor.AGENTS + "ben:\n  name: Ben\n  phone: agent2\n  queues: [cards]\n  skills: {cards: 1}\n"
LOANS = small_floor.QUEUES + "loans:\n  ring_for: 10s\n  wrap_up: 5s\n"
BOTH = small_floor.AGENTS.replace("queues: [cards]", "queues: [cards, loans]")


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


def test_the_change_is_one_fact_for_every_flow_that_changed(house):
    before = house.kept[0].plan.floor.flows["main"].version
    [fact] = of(facts.FlowChanged, house.save(2))
    assert (fact.flow, fact.before, fact.by, fact.how) == ("main", before, "anna", "saved")
    assert fact.version == house.kept[1].plan.floor.flows["main"].version


def test_who_is_on_the_line_goes_on_in_his_version_and_hears_its_words(house):
    house.comes()
    house.save(2)
    asked = of(cti.CollectDigits, house.told(cti.PromptEnded(cti.CallId("a1-1.1"))))
    assert asked[0].sounds == ("said: Ask 1",)
    [entered] = of(facts.StepEntered, house.told(cti.DigitsCollected(cti.CallId("a1-1.1"), "1")))
    assert entered.step == "queue-1"


def test_the_next_caller_meets_the_new_one(house):
    house.save(2)
    effects = house.comes()
    assert of(facts.StepEntered, effects)[0].step == "hello-2"
    assert of(cti.PlayPrompt, effects)[0].sounds == ("said: Hello 2",)


def test_a_prompt_alone_makes_another_version_for_new_callers_only(house):
    house.comes("a1-1.1")
    (house.stage.dialplans / "prompts" / "en.yaml").write_text("hello: Good day 9\nask: Ask 9\nmore: More 9\n")
    edition = house.stage.edition()
    house.centre.editions.staged[edition.key] = edition
    assert of(facts.FlowChanged, house.told(FloorChanged(edition.key, "anna", "saved")))
    assert of(cti.CollectDigits, house.told(cti.PromptEnded(cti.CallId("a1-1.1"))))[0].sounds == ("said: Ask 1",)
    assert of(cti.PlayPrompt, house.comes("a1-2.1"))[0].sounds == ("said: Good day 9",)


def test_after_a_crash_a_call_goes_on_in_the_version_it_came_in_under(house):
    house.comes()
    house.save(2)
    house.save(3)
    house.open()
    asked = of(cti.CollectDigits, house.told(cti.PromptEnded(cti.CallId("a1-1.1"))))
    assert asked[0].sounds == ("said: Ask 1",)
    assert of(facts.StepEntered, house.told(cti.DigitsCollected(cti.CallId("a1-1.1"), "1")))[0].step == "queue-1"


def test_an_edition_that_is_not_staged_changes_nothing(house):
    assert house.told(FloorChanged("nobody-kept-it", "anna", "saved")) == []


def test_a_new_agent_can_serve_who_waits_already(house):
    house.waits()
    house.save(1, agents=TWO)
    assert house.state("ben") == "offline"
    assert of(cti.RingAgent, house.ready("ben", "agent2"))


def test_a_new_skill_reaches_who_waits_already(tmp_path):
    house = House(tmp_path, agents=small_floor.AGENTS.replace("queues: [cards]", "queues: [loans]"), queues=LOANS,
                  queue="loans")  # fmt: skip
    house.ready()
    house.waits("a1-1.1")
    house.told(cti.CallEnded(NODE, cti.CallId("a1-1.1"), 16))
    assert house.state("ann") == "ready"
    changed = house.save(2, agents=BOTH, queues=LOANS)
    assert not of(cti.RingAgent, changed)
    house.waits("a1-2.1")
    assert house.state("ann") == "offered"


def test_who_waits_is_offered_at_once_when_an_agent_gets_his_queue(tmp_path):
    wrong = small_floor.AGENTS + "cid:\n  name: Cid\n  phone: agent3\n  queues: [loans]\n  skills: {cards: 1}\n"
    house = House(tmp_path, agents=wrong, queues=LOANS)
    house.ready("cid", "agent3")
    house.waits()
    rung = of(cti.RingAgent, house.save(2, agents=wrong.replace("queues: [loans]", "queues: all"), queues=LOANS))
    assert [ring.phone for ring in rung] == ["agent3"]


def test_a_removed_agent_who_is_free_goes_off_duty(tmp_path):
    house = House(tmp_path, agents=TWO)
    house.ready("ben", "agent2")
    moved = of(facts.AgentChanged, house.save(2))
    assert [(fact.agent, fact.state) for fact in moved] == [("ben", "offline")]
    assert house.state("ben") is None
    assert "ben" not in {agent.agent for agent in house.centre.look(house.now).agents}
    with pytest.raises(desk.Refused):
        house.told(desk.AgentAskedReady("ben"))


def test_a_removed_agent_who_talks_goes_home_after_his_talk(tmp_path):
    house = House(tmp_path, agents=TWO)
    house.ready("ben", "agent2")
    house.waits()
    leg = cti.LegId("a1-1.1.1")
    house.told(cti.TalkBegan(cti.CallId("a1-1.1"), leg))
    house.save(2)
    assert house.state("ben") == "talking"
    [seen] = [agent for agent in house.centre.look(house.now).agents if agent.agent == "ben"]
    assert seen.state == "talking"
    house.open()
    assert house.state("ben") == "talking", "also after a crash"
    ended = of(facts.AgentChanged, house.told(cti.LegEnded(NODE, leg, 16)))
    assert ended[-1].state == "offline"
    assert house.state("ben") is None


def test_a_removed_agent_who_is_rung_loses_the_offer_and_the_caller_keeps_his_place(tmp_path):
    house = House(tmp_path, agents=TWO)
    house.ready("ben", "agent2")
    house.waits()
    effects = house.save(2)
    assert of(cti.DropLeg, effects)
    assert of(facts.OfferClosed, effects)[0].outcome == "withdrawn"
    assert house.centre.contacts["a1-1.1"].state() == "waiting"
    assert of(cti.RingAgent, house.ready("ann", "agent1"))


def test_a_removed_agent_in_wrap_up_leaves_no_deadline_behind(tmp_path):
    house = House(tmp_path, agents=TWO)
    house.ready("ben", "agent2")
    house.waits()
    leg = cti.LegId("a1-1.1.1")
    house.told(cti.TalkBegan(cti.CallId("a1-1.1"), leg))
    house.told(cti.LegEnded(NODE, leg, 16))
    assert house.state("ben") == "wrap_up"
    house.save(2)
    assert house.centre.next_deadline() is None


def test_a_queue_that_is_gone_stays_for_those_who_can_still_come_to_it(tmp_path):
    house = House(tmp_path, agents=BOTH, queues=LOANS, queue="loans")
    house.ready()
    house.comes()
    house.save(2)
    house.told(cti.PromptEnded(cti.CallId("a1-1.1")))
    assert of(cti.RingAgent, house.told(cti.DigitsCollected(cti.CallId("a1-1.1"), "1")))
    house.open()
    assert "loans" in house.centre.plan.queues, "also after a crash"
    house.told(cti.CallEnded(NODE, cti.CallId("a1-1.1"), 16))
    house.save(3)
    assert "loans" not in house.centre.plan.queues


def test_an_agent_with_another_phone_is_without_one_until_it_is_seen(house):
    house.ready()
    house.save(2, agents=small_floor.AGENTS.replace("agent1", "agent7"))
    house.waits()
    assert house.state("ann") == "not_ready"
    assert of(cti.RingAgent, house.told(cti.PhoneSeen(NODE, "agent7", reachable=True)))[0].phone == "agent7"
