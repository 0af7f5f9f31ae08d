"""A waiting caller and the centre: announcements at their times, the offer to be called back, promises kept."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from waiting_floor import waiting_plan
from waiting_world import MANDARIN, NODE, NOON, AnySound, World

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from acd.messages import Tick
from ivr.waiting.rules import CallbacksOffered
from switchroom.contact import Place
from switchroom.deployment import put_in_force
from switchroom.edition import Edition
from switchroom.turn import Turn

pytestmark = pytest.mark.unit

OFFER = "You need not wait on the line. Press one, and we will call you back when it is your turn."
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return waiting_plan(tmp_path_factory.mktemp("floor"), outside=("1", "+86"))


@pytest.fixture
def world(plan) -> World:
    return World(plan)


def at(clock: str, day: int = 1) -> float:
    return datetime(2025, 12, day, *map(int, clock.split(":")), tzinfo=SHANGHAI).timestamp()


# ── announcements ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_he_waits_with_the_music_of_his_queue(world):
    world.arrives("a1-1.1")
    assert world.one(cti.HoldCaller).music == "soft"


def test_he_is_told_his_place_at_the_written_times(world):
    world.arrives("a1-1.1")
    began = world.now
    told = world.until(120.0)
    said = "You are the next in line. [please-hold]"
    assert [world.words(each) for each in told] == [said, f"{said} {OFFER}", said]
    assert [round(f.at - began) for f in world.of(facts.CallerTold)] == [20, 65, 110]
    assert [each.listen for each in told] == [0.0, 4.0, 0.0]


def test_each_hears_his_own_language_and_place(world):
    for n in range(3):
        world.arrives(f"a1-1.{n}", MANDARIN if n == 2 else "4008001")
        world.now += 1.0
    assert [world.words(each) for each in world.until(25.0)] == [
        "You are the next in line. [please-hold]", "You are number two in line. [please-hold]",
        "您目前排在第三位。 [please-hold]",
    ]  # fmt: skip


def test_places_move_up_and_are_never_said_worse_than_before(world):
    for n in range(3):
        world.arrives(f"a1-1.{n}")
        world.now += 1.0
    world.until(25.0)
    world.hangs_up("a1-1.0")
    assert [world.words(each) for each in world.until(45.0)][:2] == [
        f"You are the next in line. [please-hold] {OFFER}", f"You are number two in line. [please-hold] {OFFER}",
    ]  # fmt: skip
    third = world.centre.contacts["a1-1.2"]
    assert third.heard.position == 2
    assert world.centre.waiting_room.standing.place("a1-1.2") == 2


def test_nobody_is_told_anything_while_an_agent_is_rung_for_him(world):
    world.arrives("a1-1.1")
    world.until(15.0)
    world.agent_ready()
    assert world.until(14.0) == []
    world.told(desk.AgentWentOff("li-na"))
    told = world.until(6.0)
    assert [world.words(each) for each in told] == ["You are the next in line. [please-hold]"], "and then at once"


def test_a_caller_who_is_answered_hears_nothing_more(world):
    call = world.arrives("a1-1.1")
    world.until(25.0)
    world.agent_ready()
    world.told(cti.TalkBegan(call, world.one(cti.RingAgent).leg), after=2.0)
    assert world.until(200.0) == []


def test_while_the_link_is_down_nothing_counts_as_told(world):
    world.arrives("a1-1.1")
    world.told(cti.NodeLost(NODE))
    assert world.until(60.0) == []
    assert not world.of(facts.CallerTold)
    world.told(cti.NodeFound(NODE, NOON - 1000.0))
    assert len(world.until(6.0)) == 1


@pytest.mark.parametrize("cut", [10.0, 30.0, 70.0, 115.0])
def test_our_death_moves_no_announcement(plan, cut):
    one, other = World(plan), World(plan)
    for world in (one, other):
        world.arrives("a1-1.1")
    one.until(200.0)
    other.until(cut)
    other.open()
    assert other.centre.contacts["a1-1.1"].heard == _heard_at(plan, cut)
    other.until(200.0 - cut)
    assert other.of(facts.CallerTold, facts.EstimateTold) == one.of(facts.CallerTold, facts.EstimateTold)


def _heard_at(plan, cut):
    world = World(plan)
    world.arrives("a1-1.1")
    world.until(cut)
    return world.centre.contacts["a1-1.1"].heard


def test_many_who_are_due_at_once_are_told_turn_by_turn(world):
    for n in range(50):
        world.arrives(f"a1-1.{n}")
    world.now += 30.0
    counts = []
    while world.centre.next_deadline() <= world.now:
        world.told(Tick())
        counts.append(len([e for e in world.asked if isinstance(e, cti.TellCaller)]))
    assert counts == [20, 20, 10]


# ── the offer ───────────────────────────────────────────────────────────────────────────────────────────────────────


def offered(world: World, number: str = "13800000001") -> None:
    """One caller who has heard the offer and presses its key."""
    world.arrives("a1-1.1", number=number)
    world.until(66.0)
    world.arrives("a1-1.1", number=number, key="1")


def test_the_key_is_nothing_before_the_offer(world):
    world.arrives("a1-1.1")
    world.until(21.0)
    world.arrives("a1-1.1", key="1")
    assert world.one(cti.HoldCaller)


def test_he_agrees_and_his_place_is_kept(world):
    offered(world)
    assert world.words(world.one(cti.CollectDigits)) == (
        "We will call you at one three eight, zero zero zero zero, zero zero zero one when it is your turn. "
        "If this is right, press one. For another number, press two. To choose a time, press three. "
        "To go on waiting, press star."
    )
    world.presses("a1-1.1", "1")
    assert world.words(world.one(cti.PlayPrompt)) == "Thank you. We will call you. Goodbye."
    [left] = world.of(facts.CallerLeftQueue)
    assert left.why == "callback"
    world.arrives("a1-2.2")  # another caller, who came later
    world.told(cti.PromptEnded(cti.CallId("a1-1.1")))
    assert world.one(cti.EndCall).call == "a1-1.1"
    world.hangs_up("a1-1.1")
    [asked] = world.of(facts.CallbackAsked)
    queued = world.of(facts.CallerQueued)
    assert (asked.asked_at, asked.number, queued[-1].contact) == (queued[0].at, "13800000001", "B-a1-1.1")
    world.agent_ready()
    assert world.one(cti.RingAgent).dial == "13800000001", "he comes before who came later"


def test_he_keys_another_number_and_a_forbidden_one_is_refused_before_the_promise(world):
    offered(world)
    world.presses("a1-1.1", "2")
    assert world.words(world.one(cti.CollectDigits)) == "Please key the number, and then the pound key."
    world.presses("a1-1.1", "0900123456")
    assert world.words(world.one(cti.CollectDigits)).startswith("We cannot call this number. Please key")
    world.presses("a1-1.1", "13900000009")
    assert "one three nine" in world.words(world.one(cti.CollectDigits))
    world.presses("a1-1.1", "1")
    assert world.of(facts.CallbackAsked)[0].number == "13900000009"


def test_two_forbidden_numbers_leave_him_where_he_was(world):
    offered(world)
    world.presses("a1-1.1", "2")
    for _ in range(2):
        world.presses("a1-1.1", "0900123456")
    assert world.one(cti.HoldCaller)
    assert world.words(world.one(cti.TellCaller)) == "We cannot call this number. You have kept your place in line."
    assert world.centre.contacts["a1-1.1"].place is Place.WAITING
    assert not world.of(facts.CallbackAsked)


@pytest.mark.parametrize("number", ["", "0900123456"])
def test_whose_own_number_is_unknown_or_forbidden_is_asked_for_one_at_once(world, number):
    offered(world, number)
    assert "Please key the number" in world.words(world.one(cti.CollectDigits))


def test_star_and_silence_lead_back_to_the_music(world):
    offered(world)
    world.presses("a1-1.1", "*")
    assert world.one(cti.HoldCaller)
    assert world.words(world.one(cti.TellCaller)) == "You have kept your place in line."


def test_an_agent_who_answers_in_the_middle_of_the_talk_has_him(world):
    offered(world)
    world.agent_ready()
    leg = world.one(cti.RingAgent).leg
    world.presses("a1-1.1", "2")
    world.told(cti.TalkBegan(cti.CallId("a1-1.1"), leg), after=1.0)
    contact = world.centre.contacts["a1-1.1"]
    assert (contact.place, contact.talk) == (Place.TALKING, None)
    world.presses("a1-1.1", "1")
    assert not world.asked
    assert not world.of(facts.CallbackAsked)


def test_who_agrees_while_an_agent_is_rung_stops_the_ringing(world):
    offered(world)
    world.agent_ready()
    leg = world.one(cti.RingAgent).leg
    world.presses("a1-1.1", "1")
    assert world.one(cti.DropLeg).leg == leg


@pytest.mark.parametrize("keys", ["", "2", "3", "2,0900123456", "2,13900000009", "3,1630", "3,0300"])
def test_our_death_in_the_talk_asks_the_same_question_again(world, keys):
    offered(world)
    for each in filter(None, keys.split(",")):
        world.presses("a1-1.1", each)
    before = world.centre.contacts["a1-1.1"]
    asked = world.one(cti.CollectDigits)
    world.open()
    after = world.centre.contacts["a1-1.1"]
    assert (after.talk, after.heard, after.place) == (before.talk, before.heard, before.place)
    world.arrives("a1-1.1", key="1")
    assert world.one(cti.CollectDigits) == asked


def test_our_death_after_he_agreed_loses_nothing(world):
    offered(world)
    world.presses("a1-1.1", "1")
    world.open()
    world.arrives("a1-1.1", key="1")
    assert world.one(cti.EndCall)
    world.hangs_up("a1-1.1")
    assert "B-a1-1.1" in world.centre.contacts


def test_an_offer_that_is_made_each_time_comes_with_every_announcement(tmp_path):
    world = World(waiting_plan(tmp_path, offer="each"))
    world.arrives("a1-1.1")
    assert [OFFER in world.words(each) for each in world.until(160.0)] == [False, True, True, True]


def test_an_offer_can_be_switched_on_for_everybody_who_waits(tmp_path):
    world = World(waiting_plan(tmp_path, offer="never"))
    for n in range(3):
        world.arrives(f"a1-1.{n}")
    assert not any(OFFER in world.words(each) for each in world.until(100.0))
    world.told(CallbacksOffered("cards", on=True))
    told = world.until(2.0)
    assert [world.words(each) for each in told] == [OFFER] * 3
    world.arrives("a1-1.9")
    assert [OFFER in world.words(each) for each in world.until(24.0)].count(True) == 1
    world.told(CallbacksOffered("cards", on=False))
    world.arrives("a1-1.10")
    assert not any(OFFER in world.words(each) for each in world.until(100.0))


# ── a time that he has chosen, and hours ────────────────────────────────────────────────────────────────────────────


def chosen(world: World, keys: str) -> None:
    offered(world)
    world.presses("a1-1.1", "3")
    world.presses("a1-1.1", keys)


def test_a_chosen_time_is_read_back_promised_and_kept(world):
    chosen(world, "1630")
    assert "today at four thirty p.m." in world.words(world.one(cti.CollectDigits))
    world.presses("a1-1.1", "1")
    world.told(cti.PromptEnded(cti.CallId("a1-1.1")))
    world.hangs_up("a1-1.1")
    assert world.of(facts.CallbackAsked)[0].due == at("16:30")
    [deferred] = world.of(facts.CallbackDeferred)
    assert (deferred.until, deferred.why) == (at("16:30"), "chosen")
    world.agent_ready()
    assert not [e for e in world.asked if isinstance(e, cti.RingAgent)]
    world.open()
    world.told(cti.PhoneSeen(NODE, "agent1", reachable=True))
    world.until(at("16:30") - world.now)
    [rung] = [f for f in world.of(facts.OfferMade) if f.contact == "B-a1-1.1"]
    assert rung.at == at("16:30")


def test_at_his_time_he_comes_before_all_who_wait(world):
    chosen(world, "1230")
    world.presses("a1-1.1", "1")
    world.hangs_up("a1-1.1")
    world.arrives("a1-0.1")
    world.now = at("12:29")
    world.arrives("a1-9.9")
    world.until(61.0)
    world.agent_ready()
    assert world.one(cti.RingAgent).call == "B-a1-1.1"


def test_a_time_that_is_over_is_tomorrows(world):
    chosen(world, "0930")
    assert "tomorrow at nine thirty a.m." in world.words(world.one(cti.CollectDigits))


@pytest.mark.parametrize("keys", ["2200", "0300", "2561", "99", ""])
def test_a_time_at_which_nobody_calls_is_refused(world, keys):
    chosen(world, keys)
    asked = world.words(world.one(cti.CollectDigits))
    assert asked.endswith("is one six three zero.")
    assert asked.startswith("We cannot call you at this time.") is bool(keys)


def test_nobody_is_rung_for_a_call_back_out_of_hours_and_its_place_is_kept(plan):
    world = World(plan, at("17:59"))
    offered(world)
    world.presses("a1-1.1", "1")
    world.hangs_up("a1-1.1")
    [deferred] = world.of(facts.CallbackDeferred)
    assert (deferred.until, deferred.why) == (at("09:00", 2), "closed")
    world.agent_ready()
    assert not [e for e in world.asked if isinstance(e, cti.RingAgent)]
    world.until(at("09:00", 2) - world.now)
    assert world.of(facts.OfferMade)[-1].contact == "B-a1-1.1"


@pytest.mark.parametrize("dies", [False, True])
def test_at_closing_time_a_call_back_leaves_the_line(plan, dies):
    world = World(plan, at("17:50"))
    offered(world)
    world.presses("a1-1.1", "1")
    world.hangs_up("a1-1.1")
    assert not world.of(facts.CallbackDeferred)
    if dies:
        world.open()
    world.until(at("18:00") - world.now)
    assert [f.until for f in world.of(facts.CallbackDeferred)] == [at("09:00", 2)]
    world.agent_ready()
    assert not [e for e in world.asked if isinstance(e, cti.RingAgent)]


def test_a_floor_without_words_for_waiting_says_nothing(tmp_path):
    world = World(waiting_plan(tmp_path, waits=""))
    world.arrives("a1-1.1")
    assert world.one(cti.HoldCaller).music == ""
    assert world.until(300.0) == []


def test_an_edit_counts_for_those_who_wait(tmp_path, plan):
    world = World(waiting_plan(tmp_path, waits=""))
    world.arrives("a1-1.1")
    world.until(30.0)
    world.centre.editions.present = Edition("two", plan, AnySound())
    put_in_force(world.centre, Turn(world.now))
    assert [world.words(each) for each in world.until(1.0)] == ["You are the next in line. [please-hold]"]
