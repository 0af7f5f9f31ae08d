"""A floor that is changed under its callers: rules and skills count at once, on record, and stand a restart."""

from __future__ import annotations

from dataclasses import replace

import pytest
import small_floor
from house import NODE, House, of
from steered_house import house  # noqa: F401 - fixtures

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
from customers.context import read_context, write_context
from desk.steered import AgentAlterationAsked, AlterationUndoAsked, QueueSwitchAsked, QueueWish
from desk.vocabulary import Refused, ShowContact
from switchroom import tape

pytestmark = pytest.mark.unit


NOVICE = small_floor.AGENTS.replace("cards: 5", "cards: 1, loans: 2")
TWO = small_floor.AGENTS + "ben:\n  name: Ben\n  phone: agent2\n  queues: [cards]\n  skills: {cards: 5}\n"


def ask(agent: str, skills=None, queues=None, why="training", by="maria") -> AgentAlterationAsked:
    return AgentAlterationAsked(by, agent, why, queues, skills)


def skills_of(house: House, agent: str = "ann") -> dict[str, int]:
    return dict(house.centre.plan.agents[agent].skills)


# ── rules of a saved file ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_need_that_is_saved_counts_for_callers_who_wait_already(tmp_path):
    house = House(tmp_path, agents=NOVICE, queues=small_floor.QUEUES + "  needs: loans 2 and not cards 2\n")
    house.waits()
    house.told(cti.PhoneSeen(NODE, "agent1", reachable=True))
    tougher = small_floor.QUEUES + "  needs: loans 3\n"
    strong = NOVICE + "ben:\n  name: Ben\n  phone: agent2\n  queues: [cards]\n  skills: {loans: 4}\n"
    house.save(2, agents=strong, queues=tougher)
    assert not of(cti.RingAgent, house.ready())
    rung = of(cti.RingAgent, house.save(3, agents=strong, queues=small_floor.QUEUES))
    assert [ring.phone for ring in rung] == ["agent1"]


def test_a_relaxation_that_is_saved_counts_from_the_caller_s_first_second(tmp_path):
    house = House(tmp_path, agents=NOVICE, queues=small_floor.QUEUES + "  needs: cards\n")
    strong = NOVICE + "ben:\n  name: Ben\n  phone: agent2\n  queues: [cards]\n  skills: {cards: 4}\n"
    house.save(2, agents=strong, queues=small_floor.QUEUES + "  needs: cards 3\n")
    house.ready()
    house.waits()
    asked = house.now
    relaxed = small_floor.QUEUES + "  needs: cards 3\n  relax:\n    - {after: 30s, needs: cards}\n"
    house.told(acd.Tick(), after=20)
    assert not of(cti.RingAgent, house.save(3, agents=strong, queues=relaxed))
    due = house.centre.next_deadline()
    assert due == pytest.approx(asked + 30, abs=0.5)
    assert of(cti.RingAgent, house.told(acd.Tick(), after=due - house.now))


def test_a_segment_s_priority_counts_at_once_and_when_it_is_saved_later(tmp_path):
    gold = "number,customer,name,segment\n13800000001,c-1,Zhao,gold\n13800000002,c-2,Zhou,\n"
    house = House(tmp_path, customers=gold)
    house.waits("a1-1.1")
    ranked = small_floor.QUEUES + "  priority: {gold: 8}\n"
    saved = of(facts.CallerReranked, house.save(2, customers=gold, queues=ranked))
    assert [(fact.contact, fact.priority) for fact in saved] == [("a1-1.1", 8)]
    queued = of(facts.CallerQueued, house.waits("a1-1.2"))
    assert [(fact.priority, fact.asked_priority, fact.segment) for fact in queued] == [(8, 5, "gold")]
    before = house.centre.router.snapshot()
    house.open()
    assert house.centre.router.snapshot() == before
    assert {contact.priority for contact in house.centre.contacts.values()} == {5}


def test_a_caller_whose_circle_was_widened_keeps_it_when_his_priority_changes(tmp_path):
    gold = "number,customer,name,segment\n13800000001,c-1,Zhao,gold\n"
    relaxed = small_floor.QUEUES + "  relax:\n    - {after: 20s, needs: anybody, drop_asked: true}\n"
    house = House(tmp_path, customers=gold, queues=relaxed)
    house.waits()
    house.told(acd.Tick(), after=25)
    assert house.centre.router.contacts()["a1-1.1"].stage == 1
    house.save(2, customers=gold, queues=relaxed + "  priority: {gold: 8}\n")
    live = house.centre.router.contacts()["a1-1.1"]
    assert (live.stage, live.priority) == (1, 8)
    house.open()
    assert replace(house.centre.router.contacts()["a1-1.1"], widens_at=live.widens_at) == live


# ── a supervisor changes an agent ───────────────────────────────────────────────────────────────────────────────────


def test_a_skill_that_a_supervisor_gives_counts_for_callers_who_wait_already(tmp_path):
    strong = NOVICE + "ben:\n  name: Ben\n  phone: agent2\n  queues: [cards]\n  skills: {cards: 4}\n"
    house = House(tmp_path, agents=strong, queues=small_floor.QUEUES + "  needs: cards 3\n")
    house.ready()
    house.waits()
    effects = house.told(ask("ann", skills=(("cards", 3),)))
    assert of(cti.RingAgent, effects)
    [fact] = of(facts.AgentAltered, effects)
    assert (fact.by, fact.why, fact.change, fact.how) == ("maria", "training", 1, "altered")
    assert (fact.skills_before, fact.skills) == ((("cards", 1), ("loans", 2)), (("cards", 3),))
    assert (fact.queues_before, fact.queues) == (("cards",), ("cards",))


def test_a_change_stands_a_restart_and_a_save_that_leaves_the_agent_alone(house):
    house.told(ask("ann", skills=(("loans", 7),)))
    house.open()
    assert skills_of(house) == {"loans": 7}
    house.save(2)
    assert skills_of(house) == {"loans": 7}


def test_the_file_wins_as_soon_as_it_says_something_else_of_the_agent(house):
    house.told(ask("ann", skills=(("loans", 7),)))
    [over] = of(facts.AgentAltered, house.save(2, agents=small_floor.AGENTS.replace("cards: 5", "cards: 6")))
    assert (over.by, over.how, over.skills_before, over.skills) == (
        "agents.yaml", "filed", (("loans", 7),), (("cards", 6),),
    )  # fmt: skip
    assert skills_of(house) == {"cards": 6}
    house.save(3)
    assert skills_of(house) == {"cards": 5}, "what is over stays over, also when the file is as it was"
    house.open()
    assert skills_of(house) == {"cards": 5}


def test_a_change_is_undone_by_its_number_and_the_undoing_too(house):
    house.told(ask("ann", skills=(("loans", 7),)))
    [undone] = of(facts.AgentAltered, house.told(AlterationUndoAsked("li", "ann", 1, "wrong agent")))
    assert (undone.how, undone.undoes, undone.change, undone.by) == ("undone", 1, 2, "li")
    assert skills_of(house) == {"cards": 5}
    with pytest.raises(Refused, match="last change of agent 'ann' is 2, not 1"):
        house.told(AlterationUndoAsked("li", "ann", 1, "again"))
    house.open()
    house.told(AlterationUndoAsked("li", "ann", 2, "it was right"))
    assert skills_of(house) == {"loans": 7}


REFUSED = [
    (ask("bob"), "no agent is called 'bob'"),
    (ask("ann", queues=("lones",)), "there is no queue 'lones'; there are cards"),
    (ask("ann", skills=(("cards", 10),)), "a level is from 1 to 9, not 10"),
    (ask("ann", skills=(("Cards", 1),)), "'Cards' is not a skill's name"),
    (ask("ann", skills=(("a", 1), ("a", 2))), "a skill is named twice"),
    (ask("ann", skills=(("cards", 5),)), "has these queues and skills already"),
    (AlterationUndoAsked("li", "ann", 1, "x"), "has no change that stands"),
    (QueueSwitchAsked("li", "lones", QueueWish.CLOSED, "x"), "there is no queue 'lones'"),
    (QueueSwitchAsked("li", "cards", QueueWish.CALENDAR, "x"), "is as its calendar says already"),
]


@pytest.mark.parametrize(("message", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_cannot_be_is_refused_with_the_reason_and_changes_nothing(house, message, why):
    before = house.centre.router.snapshot()
    with pytest.raises(Refused, match=why):
        house.told(message)
    assert house.centre.router.snapshot() == before
    assert not [fact for fact in house.facts if isinstance(fact, facts.AgentAltered | facts.QueueSwitched)]


def test_an_agent_who_is_taken_out_of_a_queue_is_offered_nothing_of_it_any_more(tmp_path):
    loans = small_floor.QUEUES + "loans:\n  ring_for: 10s\n"
    house = House(tmp_path, queues=loans)
    house.ready()
    house.told(ask("ann", queues=("loans",)))
    assert not of(cti.RingAgent, house.waits())
    assert of(cti.RingAgent, house.told(ask("ann", queues=("all",))))


def test_the_tape_reads_what_it_writes_of_these_messages():
    told = [
        (1.0, ask("ann", skills=(("cards", 3),), queues=("all",))),
        (2.0, AlterationUndoAsked("li", "ann", 1, "why")),
        (3.0, QueueSwitchAsked("li", "cards", QueueWish.CLOSED, "fire", release=True)),
    ]
    assert list(tape.read(tape.write(told))) == told


# ── for whom he waits ───────────────────────────────────────────────────────────────────────────────────────────────

FAMILY = (
    "number,customer,name,segment,household,agent\n13800000001,c-1,Zhao,,h1,\n13800000002,c-2,Zhou,,h1,\n"
    "13800000003,c-3,Sun,,,ben\n"
)


def served(house: House, call: str, number: str, phone: str) -> None:
    """A talk of a number with whoever has this phone, to its end."""
    name = cti.CallId(call)
    house.told(cti.CallerArrived(NODE, name, number, "", "4008001"))
    house.told(cti.PromptEnded(name))
    rung = of(cti.RingAgent, house.told(cti.DigitsCollected(name, "1")))
    assert [ring.phone for ring in rung] == [phone]
    house.told(cti.TalkBegan(name, rung[0].leg))
    house.told(cti.LegEnded(NODE, rung[0].leg, 16), after=30)
    house.told(cti.CallEnded(NODE, name, 16, house.now))


def wanted(house: House, call: str, number: str) -> tuple[tuple[str, float, bool], ...]:
    name = cti.CallId(call)
    house.told(cti.CallerArrived(NODE, name, number, "", "4008001"))
    house.told(cti.PromptEnded(name))
    [queued] = of(facts.CallerQueued, house.told(cti.DigitsCollected(name, "1")))
    return queued.wanted


def test_a_caller_waits_for_who_served_him_and_his_household_for_who_served_one_of_them(tmp_path):
    rules = small_floor.QUEUES + "  last_agent: 20s\n  household: 10s\n  named_agent: 30s\n"
    house = House(tmp_path, queues=rules, agents=TWO, customers=FAMILY)
    house.ready()
    served(house, "a1-1.1", "13800000001", "agent1")
    assert wanted(house, "a1-1.2", "13800000001") == (("ann", 20.0, True),)
    assert wanted(house, "a1-1.3", "13800000002") == (("ann", 10.0, True),)
    assert wanted(house, "a1-1.4", "13800000003") == (("ben", 30.0, False),)
    assert wanted(house, "a1-1.5", "13900000000") == ()
    before = {name: record.wanted for name, record in house.centre.router.contacts().items()}
    house.open()
    assert {name: record.wanted for name, record in house.centre.router.contacts().items()} == before


def test_the_agent_sees_what_the_household_talked_about_before(tmp_path):
    house = House(tmp_path, agents=TWO, customers=FAMILY)
    house.ready()
    served(house, "a1-1.1", "13800000001", "agent1")
    house.told(acd.Tick(), after=10)  # her wrap-up is over
    house.told(cti.CallerArrived(NODE, cti.CallId("a1-1.2"), "13800000002", "", "4008001"))
    house.told(cti.PromptEnded(cti.CallId("a1-1.2")))
    shown = of(ShowContact, house.told(cti.DigitsCollected(cti.CallId("a1-1.2"), "1")))
    [before] = shown[0].context.household
    assert (before.caller, before.agent, before.outcome) == ("Zhao", "ann", "answered")
    assert read_context(write_context(shown[0].context)) == shown[0].context


def test_a_flow_may_name_the_agent(tmp_path):
    rules = small_floor.QUEUES + "  named_agent: 30s\n"
    house = House(tmp_path, queues=rules, agents=TWO, customers=FAMILY)
    flow = house.centre.editions.present.plan.floor.flows["main"]
    verb = next(step.verb for step in flow.steps.values() if step.verb.VERB == "queue")
    object.__setattr__(verb, "agent", "ben")
    assert wanted(house, "a1-1.1", "13900000000") == (("ben", 30.0, False),)
    object.__setattr__(verb, "agent", "nobody-of-ours")
    assert wanted(house, "a1-1.2", "13900000000") == ()


def test_whose_agent_is_signed_off_is_offered_to_the_others_at_once(tmp_path):
    house = House(tmp_path, queues=small_floor.QUEUES + "  named_agent: 30s\n", agents=TWO, customers=FAMILY)
    house.ready()
    wanted(house, "a1-1.4", "13800000003")
    assert house.state("ann") == "offered"
