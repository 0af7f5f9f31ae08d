"""The autopilot's benchmark measures what it says: the same callers, the right base, a crowded floor."""

import pytest

from acd.tally import How
from benchmarks.autopilot import floors
from benchmarks.autopilot.crowded import Crowded
from benchmarks.autopilot.run import ARMS, WINDOW, figures, first_queue_only
from switchroom.day.crowd import draw
from switchroom.day.engine import run
from switchroom.day.outcome import DayRun, End, Hours

pytestmark = pytest.mark.unit


def test_the_surge_is_half_as_many_callers_again_for_a_quarter_of_an_hour():
    surging, calm = floors.day(0.8), floors.day(0.8, surging=False)
    at, long, times = floors.SURGE
    for kind, plain in zip(surging.kinds, calm.kinds, strict=True):
        assert kind.rate_at(at - 1) == plain.rate_at(at - 1)
        assert kind.rate_at(at) == pytest.approx(times * plain.rate_at(at))
        assert kind.rate_at(at + long) == plain.rate_at(at + long)


def test_only_the_arm_that_says_so_has_a_reserve_and_every_arm_meets_the_same_callers():
    with_reserve = [name for name, (_, reserve, _) in ARMS.items() if reserve]
    assert with_reserve == ["Switchroom, autopilot, 6 in reserve"]
    day = floors.day(0.8)
    callers = draw(day, 3).callers
    assert callers == draw(first_queue_only(day), 3).callers == draw(floors.day(0.8, reserve=True), 3).callers


def test_the_figures_are_of_all_who_asked():
    day = floors.day(0.8)
    callers = tuple(caller for caller in draw(day, 1).callers if caller.kind == 0 and caller.at >= WINDOW[0])[:4]
    answered = [(10.0, How.ANSWERED, "cards-00"), (30.0, How.ANSWERED, "online-00"), (1.0, How.ANSWERED, "cards-01")]
    hows = [*answered, (5.0, How.ABANDONED, "")]
    ends = tuple(End(one.at, one.at + wait, how, who) for one, (wait, how, who) in zip(callers, hows, strict=True))
    crowd = draw(day, 1)
    done = DayRun(type(crowd)(crowd.kinds, callers), ends, {"a": Hours()}, day.opens_at, 0)
    found = figures(day, done, ARMS["Switchroom, relaxed after 60 s"][0](day))
    assert found["in time"] == found["in time, surge"] == 50.0
    assert found["abandoned"] == 25.0
    assert found["second best"] == pytest.approx(100 / 3)  # an agent of `online` knows a little of cards


def test_a_day_is_run_by_every_arm():
    for name in ("app_queue, both queues by penalty", "Switchroom, autopilot, 6 in reserve"):
        make, reserve, change = ARMS[name]
        day = change(floors.day(0.2, reserve=reserve))
        done = run(day, draw(day, 1), make(day))
        assert all(end.how is not How.WAITING for end in done.ends)


def test_the_crowded_floor_is_crowded():
    floor = Crowded(agents=60, queues=3)
    floor.fill()
    floor.look()
    seen = floor.router.pilot.forecasts
    busy = sum(record.state != "ready" for record in floor.router.router.agents().values())
    assert len(seen) == 3
    assert busy > 45
    assert all(one.rate > 0 for one in seen.values())
