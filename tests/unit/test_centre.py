"""One caller, told step by step: what the centre asks for and what it puts on record."""

from __future__ import annotations

from pathlib import Path

import pytest

import acd.messages as acd
import cti.vocabulary as cti
import desk.vocabulary as desk
import journal.facts as facts
import recordings.messages as rec
from switchroom import doubts
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan
from switchroom.recovery import restore

pytestmark = pytest.mark.unit

NODE = cti.NodeId("a1")
CALL = cti.CallId("a1-100.1")
LEG = cti.LegId("a1-100.1.1")


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def plan() -> Plan:
    floor, faults = load_floor(Path(__file__).parents[1] / "floors" / "hotline")
    assert not faults, faults
    return Plan(floor, "86")


class Floor:
    """A centre, its facts, and a clock that the test moves."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.now = 1000.0
        self.facts: list = []
        self.open()

    def open(self) -> None:
        self.centre = Centre(self.plan, AnySound())
        restore(self.centre, self.facts)

    def told(self, message, after: float = 0.1) -> list:
        self.now += after
        effects = self.centre.handle(message, self.now)
        self.facts += [e for e in effects if isinstance(e, facts.Fact)]
        return effects

    def survey(self, calls=(), legs=(), ended=(), phones=("agent1",)) -> list:
        return self.told(cti.NodeSurveyed(NODE, self.now + 3.0, calls, legs, ended, phones), after=3.0)

    def agent_ready(self) -> None:
        self.told(cti.PhoneSeen(NODE, "agent1", reachable=True))
        self.told(desk.AgentCameOn("li-na"))
        self.told(desk.AgentAskedReady("li-na"))

    def caller_waits(self) -> list:
        effects = self.told(cti.CallerArrived(NODE, CALL, "13800000001", "", "4008009"))
        for _ in range(20):
            asked = [e for e in effects if isinstance(e, cti.PlayPrompt | cti.CollectDigits)]
            if not asked:
                return effects
            if isinstance(asked[0], cti.PlayPrompt):
                effects = self.told(cti.PromptEnded(CALL))
            else:
                effects = self.told(cti.DigitsCollected(CALL, "1"))
        raise AssertionError("the flow never came to a queue")

    def kinds(self, *kinds) -> list:
        return [f for f in self.facts if isinstance(f, kinds)]


@pytest.fixture
def floor(plan) -> Floor:
    return Floor(plan)


def find(effects, kind):
    found = [e for e in effects if isinstance(e, kind)]
    assert len(found) == 1, effects
    return found[0]


def test_the_screen_shows_the_caller_before_the_phone_is_rung_and_the_music_comes_last(floor):
    floor.agent_ready()
    effects = floor.caller_waits()
    shown, ring = find(effects, desk.ShowContact), find(effects, cti.RingAgent)
    assert effects.index(shown) < effects.index(ring) < effects.index(find(effects, cti.HoldCaller))
    assert shown.agent == "li-na"
    assert shown.context.number == "13800000001"
    assert shown.context.breakpoint == shown.context.path[-1].step
    assert [step.keys for step in shown.context.path if step.keys] == ["1"]
    assert (ring.leg, ring.phone, ring.call) == (LEG, "agent1", CALL)


def test_where_the_flow_only_hangs_up_after_the_talk_nobody_comes_back_to_ask(floor):
    floor.agent_ready()
    assert find(floor.caller_waits(), cti.HoldCaller).last
    floor.told(cti.TalkBegan(CALL, LEG))
    floor.told(cti.LegEnded(NODE, LEG, 16), after=30.0)
    floor.told(cti.CallEnded(NODE, CALL, 16))
    ended = floor.kinds(facts.CallEnded)
    assert [(e.outcome, e.breakpoint) for e in ended] == [("answered", "")]


def test_a_leg_is_dropped_with_the_word_who_waits_on(floor):
    floor.agent_ready()
    floor.caller_waits()
    floor.now = floor.centre.next_deadline()
    assert find(floor.told(acd.Tick(), after=0.0), cti.DropLeg).call == CALL


def test_a_whole_call_ends_in_one_answered_record(floor):
    floor.agent_ready()
    floor.caller_waits()
    floor.told(cti.LegRang(LEG))
    floor.told(cti.TalkBegan(CALL, LEG), after=2.0)
    effects = floor.told(cti.LegEnded(NODE, LEG, 16), after=30.0)
    assert find(effects, rec.KeepRecording).talked == pytest.approx(30.0)
    floor.told(cti.CallerArrived(NODE, CALL, "13800000001", "", "4008009", LEG, floor.now))
    floor.told(cti.CallEnded(NODE, CALL, 16))
    answered, ended = floor.kinds(facts.AgentAnswered)[0], floor.kinds(facts.CallEnded)
    assert answered.waited == pytest.approx(2.1)
    assert [(e.outcome, e.breakpoint) for e in ended] == [("answered", "")]
    assert floor.centre.router.agents()[acd.AgentId("li-na")].state == "wrap_up"


def test_a_caller_who_hangs_up_while_the_phone_rings_has_it_stopped(floor):
    floor.agent_ready()
    floor.caller_waits()
    effects = floor.told(cti.CallEnded(NODE, CALL, 16), after=5.0)
    assert find(effects, cti.DropLeg).leg == LEG
    assert find(effects, desk.ClearContact).outcome == "withdrawn"
    assert find(effects, facts.CallEnded).outcome == "abandoned"
    assert floor.centre.router.agents()[acd.AgentId("li-na")].state == "ready"


def test_an_agent_who_answers_too_late_is_dropped_and_the_caller_keeps_his_place(floor):
    floor.agent_ready()
    floor.caller_waits()
    due = floor.centre.next_deadline()
    floor.now = due
    floor.told(acd.Tick(), after=0.0)
    effects = floor.told(cti.TalkBegan(CALL, LEG))
    assert find(effects, cti.DropLeg).leg == LEG
    assert not floor.kinds(facts.AgentAnswered)
    back = floor.told(cti.CallerArrived(NODE, CALL, "13800000001", "", "4008009", LEG, floor.now))
    assert find(back, cti.HoldCaller)
    assert floor.kinds(facts.CallerQueued)[0].asked_at == floor.centre.contacts[CALL].context.asked_at


def test_a_talk_that_began_while_nobody_listened_is_counted_at_its_real_time(floor):
    floor.agent_ready()
    floor.caller_waits()
    asked_at = floor.now
    floor.open()
    seen = cti.SeenCall(CALL, "talk", LEG, asked_at + 4.0)
    floor.survey(calls=(seen,), legs=(cti.SeenLeg(LEG, "talk", CALL),))
    assert floor.kinds(facts.AgentAnswered)[0].waited == pytest.approx(4.0)


def test_a_survey_between_the_answer_and_the_bridge_ends_no_talk(floor):
    floor.agent_ready()
    floor.caller_waits()
    seen = cti.SeenCall(CALL, "hold", LEG, floor.now + 2.9)
    floor.survey(calls=(seen,), legs=(cti.SeenLeg(LEG, "answered", CALL),))
    assert not floor.kinds(facts.AgentAnswered, facts.TalkEnded, facts.OfferClosed)
    floor.told(cti.TalkBegan(CALL, LEG))
    assert len(floor.kinds(facts.AgentAnswered)) == 1


def test_a_whole_talk_while_nobody_listened_is_answered_not_abandoned(floor):
    floor.agent_ready()
    floor.caller_waits()
    asked_at = floor.now
    floor.open()
    end = cti.CallEnded(NODE, CALL, 16, asked_at + 60.0, LEG, asked_at + 4.0)
    floor.now += 100.0
    floor.survey(ended=(end,))
    assert floor.kinds(facts.TalkEnded)[0].talked == pytest.approx(56.0)
    assert floor.kinds(facts.CallEnded)[0].at == pytest.approx(asked_at + 60.0)
    assert floor.kinds(facts.CallEnded)[0].outcome == "answered"


def test_an_abandon_while_nobody_listened_waited_until_its_real_end(floor):
    floor.caller_waits()
    asked_at = floor.now
    floor.open()
    floor.now += 300.0
    floor.survey(ended=(cti.CallEnded(NODE, CALL, 16, asked_at + 12.5),))
    ended = floor.kinds(facts.CallEnded)[0]
    assert (ended.outcome, ended.at - asked_at) == ("abandoned", pytest.approx(12.5))


def test_an_offer_whose_leg_is_nowhere_is_closed_as_unknown_and_made_again_once(floor):
    floor.agent_ready()
    floor.caller_waits()
    floor.open()
    effects = floor.survey(calls=(cti.SeenCall(CALL, "hold"),))
    assert [f.outcome for f in floor.kinds(facts.OfferClosed)] == ["unknown"]
    assert find(effects, cti.RingAgent).leg == cti.LegId(f"{CALL}.2")
    ringing = cti.SeenLeg(cti.LegId(f"{CALL}.2"), "ringing", CALL)
    assert not floor.survey(calls=(cti.SeenCall(CALL, "hold"),), legs=(ringing,))


def test_a_leg_that_nobody_offered_is_dropped_and_a_stray_caller_is_fetched(floor):
    effects = floor.survey(
        calls=(cti.SeenCall(cti.CallId("a1-7.7"), "hold"),), legs=(cti.SeenLeg(cti.LegId("a1-7.7.3"), "ringing"),)
    )
    assert find(effects, cti.DropLeg).leg == "a1-7.7.3"
    assert find(effects, cti.FetchCaller).call == "a1-7.7"


def test_a_restarted_asterisk_closes_its_calls_as_lost_once(floor):
    floor.caller_waits()
    floor.told(cti.NodeFound(NODE, floor.now + 1.0), after=5.0)
    floor.survey()
    assert [f.outcome for f in floor.kinds(facts.CallEnded)] == ["lost"]


def test_a_caller_who_left_before_his_asterisk_died_left_in_order(floor):
    floor.caller_waits()
    left_at = floor.now + 1.0
    floor.told(cti.NodeFound(NODE, floor.now + 2.0), after=5.0)
    floor.survey(ended=(cti.CallEnded(NODE, CALL, 16, left_at),))
    assert [(f.outcome, f.at) for f in floor.kinds(facts.CallEnded)] == [("abandoned", left_at)]


def test_a_caller_who_is_missing_is_asked_about_before_he_is_closed(floor):
    floor.caller_waits()
    floor.told(acd.Tick(), after=5.0)
    assert cti.SurveyNode(NODE) not in floor.survey()
    assert floor.centre.next_deadline() == floor.now + doubts.AGAIN
    assert cti.SurveyNode(NODE) in floor.told(acd.Tick(), after=doubts.AGAIN)
    assert not floor.kinds(facts.CallEnded)
    floor.told(cti.CallEnded(NODE, CALL, 16))
    assert [(f.outcome, f.cause) for f in floor.kinds(facts.CallEnded)] == [("abandoned", 16)]


def test_whose_end_was_told_behind_the_list_is_not_asked_about(floor):
    floor.caller_waits()
    floor.told(acd.Tick(), after=5.0)
    floor.survey()
    floor.told(cti.CallEnded(NODE, CALL, 16))
    assert cti.SurveyNode(NODE) not in floor.told(acd.Tick(), after=doubts.AGAIN)
    assert floor.centre.next_deadline() is None


def test_and_is_closed_when_nobody_knows_of_his_end(floor):
    floor.caller_waits()
    floor.told(acd.Tick(), after=5.0)
    floor.survey()
    floor.told(acd.Tick(), after=doubts.AGAIN)
    floor.survey()
    assert [(f.outcome, f.cause) for f in floor.kinds(facts.CallEnded)] == [("abandoned", 0)]


def test_a_young_call_missing_from_an_old_list_is_left_alone(floor):
    asked_at = floor.now
    floor.caller_waits()
    floor.told(cti.NodeSurveyed(NODE, asked_at, (), (), (), ()))
    assert not floor.kinds(facts.CallEnded)


def test_a_restarted_server_goes_on_at_the_saved_step(floor):
    effects = floor.told(cti.CallerArrived(NODE, CALL, "", "", "4008009"))
    asked = next(e for e in effects if isinstance(e, cti.PlayPrompt | cti.CollectDigits))
    floor.open()
    again = floor.told(cti.CallerArrived(NODE, CALL, "", "", "4008009"))
    assert again == [asked]


def test_secret_keys_are_in_no_fact_and_no_screen(floor):
    effects = floor.told(cti.CallerArrived(NODE, CALL, "13800000001", "", "4008001"))
    secret = "975310"
    for _ in range(20):
        asked = next((e for e in effects if isinstance(e, cti.PlayPrompt | cti.CollectDigits)), None)
        if asked is None or floor.kinds(facts.CallerQueued):
            break
        if isinstance(asked, cti.PlayPrompt):
            effects = floor.told(cti.PromptEnded(CALL))
            continue
        step = floor.centre.contacts[CALL].context.breakpoint
        keys = {"language": "1", "main-menu": "2", "ask-card": "4242", "ask-pin": secret}[step]
        message = cti.DigitsCollected(CALL, keys)
        assert floor.centre.keying_secret(message) == (step == "ask-pin")
        effects = floor.told(message)
    assert floor.kinds(facts.CallerQueued), floor.facts[-1]
    assert secret not in repr(floor.facts)
    assert secret not in repr(floor.centre.look(floor.now))
    assert "••••••" in [step.keys for step in floor.centre.contacts[CALL].context.path]


def test_an_unknown_agent_is_refused_in_words_and_nothing_changes(floor):
    with pytest.raises(desk.Refused, match="no agent is called 'nobody'"):
        floor.told(desk.AgentAskedReady("nobody"))
    with pytest.raises(desk.Refused):
        floor.told(desk.AgentAskedReady("li-na"))
    assert not floor.facts


def test_an_agent_without_a_screen_comes_and_goes_with_his_phone(floor):
    floor.told(cti.PhoneSeen(NODE, "agent8", reachable=True))
    assert floor.kinds(facts.AgentChanged)[-1].state == "ready"
    floor.told(cti.PhoneSeen(NODE, "agent8", reachable=False))
    assert floor.kinds(facts.AgentChanged)[-1].state == "offline"


def test_a_second_call_of_the_same_customer_shows_the_first(floor):
    floor.caller_waits()
    floor.told(cti.CallEnded(NODE, CALL, 16))
    floor.told(cti.CallerArrived(NODE, cti.CallId("a1-101.9"), "+8613800000001", "", "4008009"))
    earlier = floor.centre.contacts["a1-101.9"].context.earlier
    assert [(e.contact, e.outcome) for e in earlier] == [(CALL, "abandoned")]
