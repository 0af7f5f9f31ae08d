"""Where callers stopped, in the centre: kept when they go, offered once, shown to agents, the same after our death."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from resume_world import CARD, flow_of

import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
from customers.breakpoints import Breakpoint, Breakpoints, read_path, read_session, write_state
from customers.context import PathStep
from desk.story import tell_story
from journal.store import Journal
from switchroom.centre import Centre
from switchroom.contact import Place
from switchroom.floorplan import CustomerPlan, load_floor
from switchroom.plan import Plan
from switchroom.recovery import restore
from switchroom.resume import from_kept, remember

pytestmark = pytest.mark.unit

NODE, HOTLINE = cti.NodeId("a1"), "4008001"
MOBILE, HOME = "13800000001", "01088888888"


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def floor_plan():
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults, faults
    known = {MOBILE: CustomerPlan(MOBILE, "c-1", "Zhao", "gold")}
    return replace(floor, flows={"card": flow_of()}, numbers={HOTLINE: "card"}, fallback="card", customers=known)


class Floor:
    """A centre, its facts, and callers by number."""

    def __init__(self, floor) -> None:
        self.floor, self.now, self.facts, self.calls = floor, 1000.0, [], 0
        self.centre = Centre(Plan(floor, "86"), AnySound())

    def told(self, message) -> list:
        self.now += 0.1
        effects = self.centre.handle(message, self.now)
        self.facts += [e for e in effects if isinstance(e, facts.Fact)]
        return effects

    def call(self, number=MOBILE) -> str:
        self.calls += 1
        self.call_id = cti.CallId(f"a1-{self.calls}.0")
        self._go(self.told(cti.CallerArrived(NODE, self.call_id, number, "", HOTLINE)))
        return self.call_id

    def _go(self, effects) -> None:
        self.asked = [e for e in effects if not isinstance(e, facts.Fact)]
        for ask in self.asked:
            if isinstance(ask, cti.PlayPrompt):
                self._go(self.told(cti.PromptEnded(ask.call)))

    def press(self, call, *keys) -> None:
        for key in keys:
            self._go(self.told(cti.DigitsCollected(call, key, bool(key))))

    def hangs_up(self, call, cause=16) -> list:
        return self.told(cti.CallEnded(NODE, call, cause))

    def dies(self, from_journal=False) -> None:
        """A new centre from facts alone; `from_journal`: of ended calls only what the server reads at its start."""
        self.centre = Centre(Plan(self.floor, "86"), AnySound())
        told = self.facts
        if from_journal:
            remember(self.centre, told)
            ended = {f.contact for f in told if isinstance(f, facts.CallEnded)}
            told = [f for f in told if getattr(f, "contact", "") not in ended]
        restore(self.centre, told)

    def heard(self) -> list[str]:
        sounds = [ask.sounds for ask in self.asked if isinstance(ask, cti.PlayPrompt | cti.CollectDigits)]
        return [sound.rpartition("/")[0] or sound for each in sounds for sound in each]

    def kinds(self, *kinds) -> list:
        return [f for f in self.facts if isinstance(f, kinds)]


@pytest.fixture
def floor(floor_plan) -> Floor:
    return Floor(floor_plan)


def cut_off(floor, *keys, number=MOBILE) -> str:
    call = floor.call(number)
    floor.press(call, *keys)
    floor.hangs_up(call)
    return call


OFFERED = ["resume-offer", "at-card", "resume-choice"]


def test_a_call_that_is_cut_off_leaves_a_point_and_the_next_one_is_offered_it(floor):
    first = cut_off(floor, "1", "1")
    kept = floor.kinds(facts.BreakpointKept)[0]
    assert (kept.contact, kept.step, kept.until) == (first, "ask-card", pytest.approx(kept.at + 7200))
    second = floor.call()
    assert floor.heard() == OFFERED
    taken = floor.kinds(facts.BreakpointTaken)[0]
    assert (taken.contact, taken.earlier, taken.step) == (second, first, "ask-card")
    floor.press(second, "1")
    end = floor.kinds(facts.ResumeOffered)[0]
    assert (end.earlier, end.step, end.answer, end.fallen_from) == (first, "ask-card", "yes", "")
    assert floor.heard() == ["card"]


def test_the_agent_sees_from_which_call_he_went_on_his_way_there_and_what_he_gave(floor):
    first = cut_off(floor, "2", "1", "4242")
    second = floor.call()
    floor.press(second, "1", "4242", "", "", "")
    floor.told(cti.PhoneSeen(NODE, "agent1", reachable=True))
    floor.told(desk.AgentCameOn("li-na"))
    shown = next(e for e in floor.told(desk.AgentAskedReady("li-na")) if isinstance(e, desk.ShowContact)).context
    ended_at = floor.kinds(facts.CallEnded)[0].at
    assert (shown.resumed_from, shown.resumed_at, shown.language) == (first, ended_at, "zh-CN")
    assert dict(shown.kept)["card"] == "4242"
    way = [(step.step, step.keys) for step in shown.earlier_path]
    assert way == [("language", "2"), ("chinese", ""), ("menu", "1"), ("ask-card", "4242"), ("ask-word", "")]
    assert all(step.left_at >= step.entered_at for step in shown.earlier_path[:-1])
    story = tell_story(f for f in floor.facts if getattr(f, "contact", "") == second)
    assert replace(story.context, queue="", asked_at=0, earlier=()) == replace(shown, queue="", asked_at=0, earlier=())


def test_an_offer_is_made_once_whether_it_is_taken_or_not(floor):
    for answer in ("1", "2", ""):
        cut_off(floor, "1", "1")
        call = floor.call()
        floor.press(call, answer)
        floor.hangs_up(call)
        floor.centre.breakpoints.drop(call)  # what he leaves now is another point
        floor.call()
        assert "resume-choice" not in floor.heard(), answer


def test_of_two_calls_from_one_number_only_one_is_offered_the_point(floor):
    cut_off(floor, "1", "1")
    floor.call()
    assert floor.heard() == OFFERED
    floor.call()
    assert floor.heard() == ["hello"]


def test_who_hangs_up_during_the_offer_is_offered_it_again_for_as_long_as_before(floor):
    cut_off(floor, "1", "1")
    until = floor.kinds(facts.BreakpointKept)[0].until
    second = floor.call()
    floor.hangs_up(second)
    assert floor.kinds(facts.ResumeOffered)[0].answer == "gone"
    assert [(kept.contact, kept.until) for kept in floor.kinds(facts.BreakpointKept)[1:]] == [(second, until)]
    floor.call()
    assert floor.heard() == OFFERED


def test_who_hangs_up_during_the_proof_has_told_nothing_and_is_asked_again(floor):
    cut_off(floor, "1", "2", "111111", "33")
    second = floor.call()
    floor.press(second, "1", "000000")
    floor.hangs_up(second)
    assert floor.kinds(facts.ResumeOffered)[0].answer == "gone"
    third = floor.call()
    floor.press(third, "1", "111111")
    assert floor.kinds(facts.ResumeOffered)[1].step == "balance"


def test_a_newer_point_takes_the_place_of_an_older_one(floor):
    cut_off(floor, "1", "1")
    second = floor.call()
    floor.press(second, "2", "1", "0")
    floor.hangs_up(second)
    third = floor.call()
    assert floor.heard()[1] == "at-queue"
    floor.press(third, "1")
    assert floor.centre.contacts[third].place is Place.WAITING


def test_after_its_time_nothing_is_offered(floor):
    cut_off(floor, "1", "1")
    floor.now += 7200
    floor.call()
    assert floor.heard() == ["hello"]


def test_one_form_of_a_number_is_the_other(floor):
    cut_off(floor, "1", "1")
    floor.call("+8613800000001")
    assert floor.heard() == OFFERED


@pytest.mark.parametrize("number", ["", "anonymous"])
def test_a_withheld_number_is_nobodys(floor, number):
    cut_off(floor, "1", "1", number=number)
    assert not floor.kinds(facts.BreakpointKept)
    floor.call(number)
    assert floor.heard() == ["hello"]


def test_another_number_is_offered_nothing(floor):
    cut_off(floor, "1", "1")
    floor.call(HOME)
    assert floor.heard() == ["hello"]


def test_who_talked_to_a_person_leaves_no_point_unless_we_lost_him_in_the_talk(floor):
    floor.told(cti.PhoneSeen(NODE, "agent1", reachable=True))
    floor.told(desk.AgentCameOn("li-na"))
    floor.told(desk.AgentAskedReady("li-na"))
    call = floor.call()
    floor.press(call, "1", "0")
    floor.told(cti.TalkBegan(call, cti.LegId(f"{call}.1")))
    floor.hangs_up(call)
    assert not floor.kinds(facts.BreakpointKept)
    floor.told(desk.AgentEndedWrapUp("li-na"))
    call = floor.call()
    floor.press(call, "1", "0")
    floor.told(cti.TalkBegan(call, cti.LegId(f"{call}.1")))
    floor.now += 10
    floor.told(cti.NodeFound(NODE, floor.now))
    floor.told(cti.NodeSurveyed(NODE, floor.now, (), ()))
    assert floor.kinds(facts.CallEnded)[-1].outcome == "answered"
    assert floor.kinds(facts.BreakpointKept)[0].step == "person"


def test_calls_lost_with_their_asterisk_leave_their_point(floor):
    call = floor.call()
    floor.press(call, "1", "1")
    floor.now += 10
    floor.told(cti.NodeFound(NODE, floor.now))
    floor.told(cti.NodeSurveyed(NODE, floor.now, (), ()))
    assert floor.kinds(facts.CallEnded)[0].outcome == "lost"
    floor.call()
    assert floor.heard() == OFFERED


@pytest.mark.parametrize("from_journal", [False, True])
def test_our_death_before_during_and_after_an_offer_changes_nothing(floor, from_journal):
    cut_off(floor, "1", "1", "4242")
    floor.dies(from_journal)
    second = floor.call()
    assert floor.heard() == OFFERED
    floor.dies(from_journal)
    floor._go(floor.told(cti.CallerArrived(NODE, second, MOBILE, "", HOTLINE)))
    assert floor.heard() == OFFERED
    other = floor.call()
    assert floor.heard() == ["hello"]
    floor.hangs_up(other)
    floor.press(second, "1")
    live = floor.centre.contacts[second]
    floor.dies(from_journal)
    again = floor.centre.contacts[second]
    assert (again.session.state, again.context, again.taken) == (live.session.state, live.context, None)
    assert len(floor.centre.breakpoints) == 0


def test_who_hung_up_while_we_were_dead_is_offered_his_point(floor):
    call = floor.call()
    floor.press(call, "1", "1")
    floor.dies()
    floor.now += 5
    ended = (cti.CallEnded(NODE, call, 16, floor.now),)
    floor.told(cti.NodeSurveyed(NODE, floor.now + 1, (), (), ended, ()))
    floor.call()
    assert floor.heard() == OFFERED


def test_a_point_holds_no_secret(floor):
    cut_off(floor, "1", "1", "4242", "77", "135790")
    kept = floor.kinds(facts.BreakpointKept)[0]
    assert "135790" not in kept.state
    assert ("ask-pin", "••••••") in [(step.step, step.keys) for step in read_path(kept.state)]


def test_a_new_version_of_the_flow_is_landed_in_or_fallen_back_in(floor):
    cut_off(floor, "1", "1")
    newer = CARD.replace("  ask-card:\n", "  card-number:\n").replace(": ask-card\n", ": card-number\n")
    floor.floor = replace(floor.floor, flows={"card": flow_of(newer)})
    floor.dies()
    call = floor.call()
    assert floor.heard() == ["resume-changed", "resume-offer", "at-menu", "resume-choice"]
    floor.press(call, "1")
    assert floor.kinds(facts.ResumeOffered)[0].fallen_from == "ask-card"


def test_a_server_reads_the_points_that_nobody_has_taken_out_of_its_journal(floor, tmp_path):
    taken, kept = cut_off(floor, "1", "1"), cut_off(floor, "1", "1", number=HOME)
    floor.press(floor.call(), "1")
    journal = Journal.open(f"sqlite:///{tmp_path}/journal.db", holder="test", now=floor.now)
    with contextlib.closing(journal):
        journal.append(floor.facts)
        journal.project()
        told = [stored.fact for stored in journal.breakpoints(since=0.0)]
        late = journal.breakpoints(since=floor.now + 1)
    assert [type(fact).__name__ for fact in told] == ["BreakpointKept", "BreakpointKept", "BreakpointTaken"]
    assert (told[0].contact, told[1].contact, told[2].earlier) == (taken, kept, taken)
    assert late == []
    floor.centre.breakpoints.drop(kept)
    remember(floor.centre, told)
    assert [floor.centre.breakpoints.find(floor.centre.plan.number(n), "card", floor.now) for n in (MOBILE, HOME)] == [
        None, from_kept(told[1])
    ]


# ── the memory ──────────────────────────────────────────────────────────────────────────────────────────────────────


def point(contact, at=1.0, number="1", flow="card", until=100.0) -> Breakpoint:
    return Breakpoint(contact, at, number, "", flow, "v1", "menu", "", "{}", until)


def test_the_memory_is_bounded_and_forgets_the_oldest():
    memory = Breakpoints(most=3)
    for n in range(5):
        memory.keep(point(f"c{n}", at=n, number=str(n)))
    assert len(memory) == 3
    assert memory.find("1", "card", 0.0) is None
    assert memory.find("4", "card", 0.0).contact == "c4"
    with pytest.raises(ValueError, match="at least 1"):
        Breakpoints(0)


def test_an_older_point_told_late_does_not_replace_a_newer_one():
    memory = Breakpoints()
    memory.keep(point("new", at=5.0))
    memory.keep(point("old", at=4.0))
    assert memory.find("1", "card", 0.0).contact == "new"
    memory.drop("old")
    assert len(memory) == 1


def test_each_flow_has_its_own_point_and_time():
    memory = Breakpoints()
    memory.keep(point("a"))
    memory.keep(point("b", flow="loans", until=50.0))
    assert memory.find("1", "loans", 49.9).contact == "b"
    assert memory.find("1", "loans", 50.0) is None
    assert memory.find("1", "card", 50.0).contact == "a"
    assert memory.find("", "card", 0.0) is None


def test_a_state_comes_back_as_it_was_and_a_long_way_is_cut():
    way = [PathStep(f"s{n}", "menu", float(n), n + 1.0, "1", "1") for n in range(150)]
    text = write_state({"step": "a", "variables": [["x", "甲"]]}, way)
    assert read_session(text) == {"step": "a", "variables": [["x", "甲"]]}
    assert read_path(text) == tuple(way[-100:])
