"""Calls that ended before they stood at the door are counted, each once."""

from pathlib import Path

import pytest
from test_centre import AnySound, Floor

import cti.vocabulary as cti
import journal.facts as facts
from cti.asterisk.survey import read_last_words
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.recovery import restore

pytestmark = pytest.mark.unit

NODE, QUICK = cti.NodeId("a1"), cti.CallId("a1-1001.7")
LAST = cti.CallEnded(NODE, QUICK, 16, at=1002.5, called="4008009", number="13900000001", began_at=1001.0)


@pytest.fixture
def floor() -> Floor:
    read, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults
    return Floor(Plan(read, "86"))


def counted(floor: Floor) -> list:
    return [fact for fact in floor.facts if isinstance(fact, facts.CallStarted | facts.CallEnded)]


def test_who_hangs_up_before_the_door_is_counted_as_ended_in_the_flow(floor):
    floor.told(LAST)
    started, ended = counted(floor)
    assert (started.at, started.number, started.called, started.contact) == (1001.0, "13900000001", "4008009", QUICK)
    assert (ended.at, ended.outcome, ended.cause) == (1002.5, "ended_in_flow", 16)
    assert not floor.centre.contacts


def test_he_is_counted_once_whatever_tells_of_him_again(floor):
    floor.told(LAST)
    floor.told(LAST)
    floor.survey(ended=(LAST,))
    effects = floor.told(cti.CallerArrived(NODE, QUICK, "13900000001", "", "4008009"))
    assert effects == [cti.EndCall(NODE, QUICK)]
    floor.open()
    floor.survey(ended=(LAST,))
    assert len(counted(floor)) == 2


def test_who_came_and_went_while_no_server_was_there_is_counted_by_the_next(floor):
    floor.agent_ready()
    floor.open()
    floor.survey(ended=(LAST,))
    assert [fact.outcome for fact in counted(floor)[1:]] == ["ended_in_flow"]


def test_ends_from_before_the_last_server_or_without_any_server_are_not_ours_to_count(floor):
    old = cti.CallEnded(NODE, cti.CallId("a1-1.1"), 16, at=500.0, called="4008009", began_at=1.0)
    floor.survey(ended=(LAST, old))
    assert counted(floor) == [], "a new journal knows nothing of what Asterisk remembers"
    floor.agent_ready()
    floor.open()
    floor.survey(ended=(old,))
    assert counted(floor) == []


def test_an_older_dialplan_does_not_tell_enough(floor):
    floor.told(cti.CallEnded(NODE, QUICK, 16, at=1002.5))
    assert counted(floor) == []


def test_the_time_of_the_last_fact_may_be_told_apart(floor):
    centre = Centre(floor.plan, AnySound())
    restore(centre, [facts.NodeChanged(10.0, "a1", up=True)])
    assert centre.heard_until == 10.0
    restore(centre, [facts.NodeChanged(10.0, "a1", up=True)], 77.0)
    assert centre.heard_until == 77.0


def test_last_words_are_read_with_number_and_beginning():
    told = read_last_words(NODE, "a1-1001.7|1002.500|16|||4008009|+8613900000001")
    assert told == cti.CallEnded(
        NODE, QUICK, 16, at=1002.5, called="4008009", number="+8613900000001", began_at=1001.0
    )
    assert read_last_words(NODE, "a1-1001.7|1002.500|16|||4008009|anonymous").number == ""
    assert read_last_words(NODE, "a1-1001.7|1002.500|16|||4008009") is None
