"""Figures per step: what is counted, that the sums come out, and that planted mistakes do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.journeys import journey_of, journeys
from ivr.figures import Ending, Journey, Visit, figures_of, imbalances
from journal import facts as f

pytestmark = pytest.mark.unit


def call(*visits, ending=Ending.HUNG_UP, ended_at=100.0, contact="c1", **more) -> Journey:
    return Journey(contact, "main", "v1", 0.0, visits, ending, ended_at, **more)


def visit(step, at, left=None, way="", verb="menu", **more) -> Visit:
    return Visit(step, verb, at, left, way, **more)


def test_a_call_is_counted_where_it_goes_and_where_it_ends():
    one = call(visit("menu", 0, 4, "1", keys="1", key_count=1), visit("more", 4), ended_at=10.0)
    found = figures_of("main", [one])
    assert (found.calls, found.endings) == (1, {"hung_up": 1})
    assert (found.step("menu").entries, found.step("menu").exits, found.step("menu").endings) == (1, {"1": 1}, {})
    assert (found.step("more").exits, found.step("more").hung_up) == ({}, 1)
    assert found.step("menu").seconds == 4.0
    assert found.step("more").seconds == 6.0
    assert imbalances(found) == []


def test_tries_are_one_stay():
    tries = (visit("menu", 0, 5, "again"), visit("menu", 5, 9, "again", keys="7", key_count=1),
             visit("menu", 9, 12, "no_input"), visit("bye", 12, 12, "end", verb="hangup"))  # fmt: skip
    step = figures_of("main", [call(*tries, ending=Ending.FINISHED)]).step("menu")
    assert (step.entries, step.again, step.timed_out, step.wrong) == (1, 2, 2, 1)
    assert (step.exits, step.keys, step.seconds, step.median) == ({"no_input": 1}, {"7": 1}, 12.0, 12.0)


def test_a_step_that_leads_to_itself_is_entered_anew():
    found = figures_of("main", [call(visit("menu", 0, 2, "star", keys="*", key_count=1), visit("menu", 2))])
    assert found.step("menu").entries == 2
    assert imbalances(found) == []


def test_digits_are_counted_and_never_listed():
    keyed = visit("card", 0, 3, "next", verb="collect", keys="4", key_count=1)
    secret = visit("pin", 3, 6, "again", verb="collect", key_count=6)
    found = figures_of("main", [call(keyed, secret)])
    assert found.step("card").keys == {}
    assert (found.step("pin").wrong, found.step("pin").timed_out) == (1, 0)


def test_who_asked_for_a_person_is_not_contained_whatever_came_of_it():
    done = visit("done", 0, 2, "end", verb="hangup", goal="reported")
    calls = [
        call(done, ending=Ending.FINISHED),
        call(visit("done", 0, 2, "next", goal="reported"), visit("queue", 2, verb="queue"), asked=True),
        call(visit("done", 0, goal="reported"), asked=True, answered=True, ending=Ending.ANSWERED),
        call(visit("menu", 0)),
    ]
    [goal] = figures_of("main", calls).goals
    assert (goal.goal, goal.reached, goal.contained, goal.answered) == ("reported", 3, 1, 1)


def test_a_goal_reached_twice_in_a_call_is_reached_once():
    one = call(visit("a", 0, 1, "next", goal="g"), visit("a", 1, 2, "end", goal="g"), ending=Ending.FINISHED)
    assert figures_of("main", [one]).goals[0].reached == 1


def test_median_and_p95_are_times_that_happened():
    calls = [call(visit("a", 0, seconds, "end"), ending=Ending.FINISHED) for seconds in range(1, 101)]
    step = figures_of("main", calls).step("a")
    assert (step.median, step.p95, step.seconds) == (50, 95, 5050)


def test_calls_of_other_flows_calls_without_a_step_and_open_ones_are_told_apart():
    calls = [call(), replace(call(), flow="other"), call(visit("a", 0), ending=Ending.OPEN, ended_at=None)]
    found = figures_of("main", calls)
    assert (found.calls, found.unentered, found.endings) == (2, 1, {"hung_up": 1, "open": 1})
    assert (found.step("a").median, imbalances(found)) == (None, [])
    assert figures_of("nobody", calls).calls == 0


# ── planted mistakes ────────────────────────────────────────────────────────────────────────────────────────────────

SOUND = figures_of(
    "main",
    [
        call(visit("menu", 0, 4, "1"), visit("more", 4, 5, "end"), ending=Ending.FINISHED),
        call(visit("menu", 0, 4, "again"), visit("menu", 4, 5, "1"), visit("more", 5)),
        call(visit("menu", 0), ending=Ending.LOST),
        call(),
    ],
)
MISTAKES = {
    "a call too many": lambda s: replace(s, calls=s.calls + 1),
    "an ending lost": lambda s: replace(s, endings={"hung_up": 1}),
    "an entry too many": lambda s: _with(s, entries=4),
    "an exit counted twice": lambda s: _with(s, exits={"1": 3}),
    "a hang-up forgotten": lambda s: _with(s, endings={}),
    "an entry and an end invented": lambda s: _with(s, entries=4, exits={"1": 2, "end": 1}),
    "a step forgotten": lambda s: replace(s, steps=s.steps[:1]),
    "calls without a step forgotten": lambda s: replace(s, unentered=0),
}


def _with(figures, **changes):
    return replace(figures, steps=(replace(figures.steps[0], **changes), *figures.steps[1:]))


def test_sound_figures_balance():
    assert imbalances(SOUND) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_does_not_balance(mistake):
    assert imbalances(MISTAKES[mistake](SOUND))


# ── from facts ──────────────────────────────────────────────────────────────────────────────────────────────────────

START = f.CallStarted(0.0, "c1", "c1", "a1", "138", "", "4008001", "main", "v1", "en")
MENU = (f.StepEntered(0.1, "c1", "menu", "menu"), f.StepLeft(2.0, "c1", "menu", "1", "1"))
QUEUE = (f.StepEntered(2.0, "c1", "queue", "queue"), f.CallerQueued(2.0, "c1", "cards", (), 5, 2.0, 60.0, "queue"))
TALK = f.AgentAnswered(5.0, "c1", "c1.1", "ann", 3.0)


def told(*facts):
    return journey_of(facts)


@pytest.mark.parametrize(
    ("facts", "ending"),
    [
        ((START, *MENU, *QUEUE, f.CallEnded(9.0, "c1", "abandoned", 16)), Ending.HUNG_UP),
        ((START, *MENU, *QUEUE, TALK, f.CallEnded(9.0, "c1", "answered", 16)), Ending.ANSWERED),
        ((START, *MENU, *QUEUE, TALK), Ending.OPEN),
        ((START, MENU[0], f.CallEnded(9.0, "c1", "lost", 0)), Ending.LOST),
        ((START, MENU[0], f.StepLeft(3.0, "c1", "menu", "end"), f.CallEnded(9.0, "c1", "ended_in_flow", 16)),
         Ending.FINISHED),
        ((START, *QUEUE, TALK, f.StepLeft(8.0, "c1", "queue", "answered"), f.StepEntered(8.0, "c1", "survey", "menu"),
          f.CallEnded(9.0, "c1", "answered", 16)), Ending.HUNG_UP),
    ],
)  # fmt: skip
def test_a_call_ends_in_one_way(facts, ending):
    journey = told(*facts)
    assert journey.ending is ending
    assert imbalances(figures_of("main", [journey])) == []


def test_asking_in_any_way_is_asking():
    called_back = f.CallbackAsked(3.0, "c1", "138", "cards", (), 5, 3.0)
    for fact in (called_back, f.TransferMade(3.0, "c1", "110", "busy"), QUEUE[1]):
        assert told(START, *MENU, fact).asked
    assert told(START, f.TransferMade(3.0, "c1", "110", "answered")).answered
    assert not told(START, *MENU).asked


def test_facts_without_a_start_are_no_journey():
    assert told(*MENU) is None
    assert list(journeys([f.NodeChanged(1.0, "a1", up=True), START, *MENU, f.ServerStarted(2.0, 1, "x")])) == [
        told(START, *MENU)
    ]
