"""Queues that close and open under their callers, are full, or have nobody: on record, and over a restart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import small_floor
from house import House, of
from steered_house import house  # noqa: F401 - fixtures

import acd.messages as acd
import cti.vocabulary as cti
import journal.facts as facts
from desk.steered import QueueSwitchAsked, QueueWish
from desk.vocabulary import Refused
from switchroom.trial.diary import diary_of

pytestmark = pytest.mark.unit


OFFICE = "office:\n  zone: UTC\n  open: {mon-fri: 09:00-17:00, sat-sun: closed}\n"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()


def at(hour: float) -> float:
    return MONDAY + hour * 3600


# ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def office(tmp_path, more="", hour=16.9) -> House:
    queues = f"{small_floor.QUEUES}  hours: office\n{more}"
    house = House(tmp_path, queues=queues, calendars=OFFICE, exits="closed")
    house.now = at(hour)
    return house


def left(house: House) -> list[tuple[str, str]]:
    steps = [fact for fact in house.facts if isinstance(fact, facts.StepLeft) and "queue" in fact.step]
    return [(fact.contact, fact.exit) for fact in steps]


def test_a_caller_who_comes_after_closing_time_leaves_by_the_exit_at_once(tmp_path):
    house = office(tmp_path, hour=17.5)
    effects = house.waits()
    assert left(house) == [("a1-1.1", "closed")]
    assert not of(cti.HoldCaller, effects), "he never went to the music"
    assert not of(cti.FetchCaller, effects)
    assert of(cti.EndCall, effects)
    [gone] = of(facts.CallerLeftQueue, effects)
    assert (gone.why, gone.waited) == ("closed", 0.0)


def test_closing_time_comes_by_itself_and_who_waits_is_served_still(tmp_path):
    house = office(tmp_path)
    house.waits("a1-1.1")
    assert house.centre.next_deadline() == at(17)
    [switched] = of(facts.QueueSwitched, house.told(acd.Tick(), after=at(17) - house.now))
    assert (switched.is_open, switched.by, switched.released) == (False, "calendar office", False)
    house.waits("a1-1.2")
    assert left(house) == [("a1-1.2", "closed")]
    assert [ring.call for ring in of(cti.RingAgent, house.ready())] == ["a1-1.1"]
    assert house.centre.hours.due == at(24 + 9)


def test_who_waits_is_let_go_at_closing_time_where_the_queue_says_so(tmp_path):
    house = office(tmp_path, "  when_closed: release\n")
    house.waits()
    effects = house.told(acd.Tick(), after=at(17) - house.now)
    assert of(facts.CallerLeftQueue, effects)[0].why == "closed"
    assert of(cti.FetchCaller, effects)
    house.comes()
    assert left(house) == [("a1-1.1", "closed")]


def test_the_first_message_after_closing_time_finds_the_queue_closed_without_a_tick(tmp_path):
    house = office(tmp_path)
    house.comes()
    house.told(cti.PromptEnded(cti.CallId("a1-1.1")), after=at(17.2) - house.now)
    house.told(cti.DigitsCollected(cti.CallId("a1-1.1"), "1"))
    assert left(house) == [("a1-1.1", "closed")]


def test_a_supervisor_closes_a_queue_against_its_calendar_and_gives_it_back(tmp_path):
    house = office(tmp_path, hour=10)
    [closed] = of(facts.QueueSwitched, house.told(QueueSwitchAsked("li", "cards", QueueWish.CLOSED, "fire drill")))
    assert (closed.is_open, closed.by, closed.why, closed.held) == (False, "li", "fire drill", True)
    house.open()
    assert house.centre.hours.held == {"cards": False}
    house.waits("a1-1.1")
    assert left(house) == [("a1-1.1", "closed")]
    with pytest.raises(Refused, match="is closed already"):
        house.told(QueueSwitchAsked("li", "cards", QueueWish.CLOSED, "again"))
    [opened] = of(facts.QueueSwitched, house.told(QueueSwitchAsked("li", "cards", QueueWish.CALENDAR, "over")))
    assert (opened.is_open, opened.held) == (True, False)
    house.waits("a1-1.2")
    assert house.centre.contacts["a1-1.2"].state() == "waiting"


def test_a_queue_that_is_held_open_stays_open_at_night(tmp_path):
    house = office(tmp_path)
    house.told(QueueSwitchAsked("li", "cards", QueueWish.OPEN, "storm"))
    house.told(acd.Tick(), after=at(20) - house.now)
    house.waits()
    assert house.centre.contacts["a1-1.1"].state() == "waiting"
    assert left(house) == []


def test_a_queue_without_hours_can_be_closed_and_its_callers_time_out(house):
    house.told(QueueSwitchAsked("li", "cards", QueueWish.CLOSED, "flood", release=True))
    house.waits()
    assert left(house) == [("a1-1.1", "timed_out")]


def test_other_hours_that_are_saved_count_at_once(tmp_path):
    house = office(tmp_path, hour=10)
    house.waits("a1-1.1")
    queues = f"{small_floor.QUEUES}  hours: office\n"
    later = OFFICE.replace("09:00-17:00", "11:00-17:00")
    [closed] = of(facts.QueueSwitched, house.save(2, queues=queues, calendars=later, exits="closed"))
    assert not closed.is_open
    assert house.centre.hours.due == at(11)


def test_a_restart_in_the_night_knows_that_it_is_closed_and_says_it_once(tmp_path):
    house = office(tmp_path, hour=18)
    house.comes("a1-1.1")
    house.open()
    house.waits("a1-1.2")
    assert left(house) == [("a1-1.2", "closed")]
    assert len([fact for fact in house.facts if isinstance(fact, facts.QueueSwitched)]) == 1


def test_a_flow_that_goes_round_a_closed_queue_ends_in_the_end(house):
    flow = house.centre.editions.present.plan.floor.flows["main"]
    queue = next(step for step in flow.steps.values() if step.verb.VERB == "queue")
    back = queue.verb.timed_out.__class__("timed_out", queue.name, queue.place)
    object.__setattr__(queue.verb, "timed_out", back)
    house.told(QueueSwitchAsked("li", "cards", QueueWish.CLOSED, "flood"))
    assert of(cti.EndCall, house.waits())


def test_a_finished_call_tells_that_the_queue_let_him_go(tmp_path):
    house = office(tmp_path, hour=18)
    house.waits()
    diary = diary_of(fact for fact in house.facts if getattr(fact, "contact", "") == "a1-1.1")
    assert diary
    assert [wait.how for wait in diary.waits] == ["closed"]


# ── full, and nobody there ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_queue_lets_nobody_else_in(tmp_path):
    house = House(tmp_path, queues=small_floor.QUEUES + "  full: 1\n", exits="full")
    house.waits("a1-1.1")
    house.waits("a1-1.2")
    assert left(house) == [("a1-1.2", "full")]


def test_nobody_waits_where_no_agent_is_signed_on(tmp_path):
    house = House(tmp_path, queues=small_floor.QUEUES + "  no_agent: true\n", exits="no_agent")
    house.waits("a1-1.1")
    assert left(house) == [("a1-1.1", "no_agent")]
