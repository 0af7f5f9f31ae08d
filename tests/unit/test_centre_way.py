"""A caller's way through a flow that looks up, proves, records, transfers: what the centre asks and puts on record."""

from __future__ import annotations

import pytest
from flow_floor import NUMBER, PIN, flow_plan

import cti.vocabulary as cti
import customers.messages as customers
import desk.vocabulary as desk
import journal.facts as facts
from switchroom import tape
from switchroom.centre import Centre
from switchroom.plan import Plan
from switchroom.recovery import restore

pytestmark = pytest.mark.unit

NODE, CALL = cti.NodeId("a1"), cti.CallId("a1-1732220000.17")
LI_LEI = (("customer", "C1"), ("name", "Li Lei"), ("segment", "gold"), ("balance", "12.50"))


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> Plan:
    return flow_plan(tmp_path_factory.mktemp("dialplans"))


class World:
    """A centre, its facts and what it asked for last."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.now, self.facts, self.asked = plan, 1_732_220_000.0, [], []
        self.open()

    def open(self) -> None:
        """Our death, and the next server."""
        self.centre = Centre(self.plan, AnySound())
        restore(self.centre, self.facts)

    def told(self, message) -> list:
        self.now += 0.5
        effects = self.centre.handle(message, self.now)
        self.facts += [e for e in effects if isinstance(e, facts.Fact)]
        self.asked = [e for e in effects if not isinstance(e, facts.Fact)]
        return effects

    def arrives(self, task: int = 0) -> None:
        self.told(cti.CallerArrived(NODE, CALL, "13800000001", "", NUMBER, task=task))

    def one(self, kind):
        found = [e for e in self.asked if isinstance(e, kind)]
        assert len(found) == 1, self.asked
        return found[0]

    def of(self, *kinds) -> list:
        return [f for f in self.facts if isinstance(f, kinds)]

    def answers(self, outcome: str, values=(), wrong: str = "") -> None:
        asked = self.one(customers.LookUp)
        self.told(customers.LookedUp(asked.question, asked.contact, asked.source, outcome, values, 0.1, wrong))

    def keys(self, digits: str) -> None:
        self.one(cti.CollectDigits)
        self.told(cti.DigitsCollected(CALL, digits))

    def at_menu(self, key: str = "") -> None:
        self.arrives()
        self.answers("found", LI_LEI)
        if key:
            self.keys(key)

    @property
    def step(self) -> str:
        return self.centre.contacts[CALL].session.state.step

    @property
    def context(self):
        return self.centre.contacts[CALL].context


@pytest.fixture
def world(plan) -> World:
    return World(plan)


# ── lookups ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lookup_lets_the_caller_hear_something_and_asks_the_source(world):
    world.arrives()
    filler, asked = world.one(cti.PlayFiller), world.one(customers.LookUp)
    assert filler == cti.PlayFiller(NODE, CALL, ("one-moment/en",))
    assert (asked.contact, asked.source, asked.keys, asked.deadline) == (CALL, "cards", (("card", "13800000001"),), 2.0)
    world.answers("found", LI_LEI)
    assert world.step == "menu"
    done = world.of(facts.LookupDone)
    assert [(one.source, one.outcome, one.took, one.wrong) for one in done] == [("cards", "found", 0.1, "")]


def test_who_calls_is_on_record_and_on_the_agents_screen(world):
    world.at_menu()
    assert [(f.level, f.customer, f.customer_name, f.segment) for f in world.of(facts.CallerIdentified)] == [
        ("identified", "C1", "Li Lei", "gold")
    ]
    assert (world.context.level, world.context.customer, world.context.segment) == ("identified", "C1", "gold")
    world.open()
    assert (world.context.level, world.context.customer_name) == ("identified", "Li Lei")


def test_an_answer_to_a_question_of_before_is_passed_over(world):
    world.arrives()
    asked = world.one(customers.LookUp)
    world.answers("found", LI_LEI)
    before = len(world.facts)
    world.told(customers.LookedUp(asked.question, CALL, "cards", "not_found"))
    world.told(customers.LookedUp("a1-9.9.1", cti.CallId("a1-9.9"), "cards", "found"))
    assert (world.asked, len(world.facts), world.step) == ([], before, "menu")


def test_after_our_death_the_source_is_asked_again(world):
    world.arrives()
    first = world.one(customers.LookUp)
    world.open()
    world.arrives()
    assert world.one(customers.LookUp) == first
    world.answers("failed")
    assert world.step == "menu"


def test_a_secret_is_in_the_question_and_nowhere_else(world):
    world.at_menu("1")
    keyed = cti.DigitsCollected(CALL, PIN)
    assert world.centre.keying_secret(keyed)
    world.told(keyed)
    asked = world.one(customers.LookUp)
    assert asked.secrets == (("pin", PIN),)
    assert PIN not in repr(asked)
    world.answers("refused", wrong="d1gest")
    world.keys(PIN)
    world.answers("found", LI_LEI)
    assert [f.wrong for f in world.of(facts.LookupDone)] == ["", "d1gest", ""]
    assert [f.level for f in world.of(facts.CallerIdentified)] == ["identified", "authenticated"]
    assert world.context.level == "authenticated"
    assert PIN not in repr(world.facts) + repr(world.context)
    assert PIN not in tape.write([(1.0, tape.masked(keyed))])


def test_after_a_failed_proof_the_agent_sees_that_it_failed(world):
    world.at_menu("1")
    for _ in range(3):
        world.keys(PIN)
        world.answers("refused")
    assert world.context.level == "failed"
    world.open()
    assert world.context.level == "failed"


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_is_recorded_found_by_its_queue_and_confirmed(world):
    world.at_menu("2")
    ask = world.one(cti.RecordCaller)
    assert (ask.sounds, ask.at_most, ask.silence) == (("speak/en",), 60.0, 3.0)
    assert ask.recording == f"2024/11/21/{CALL}-m{ask.task}"
    world.arrives(ask.task)
    assert world.asked == []
    world.told(cti.CallerRecorded(CALL, ask.recording, 7.25, ask.task))
    left, sent = world.of(facts.MessageLeft, facts.MessageSent)
    assert (left.queue, left.recording, left.seconds, left.number) == (
        "cards", f"{ask.recording}.wav", 7.25, "13800000001",
    )  # fmt: skip
    assert (sent.channel, sent.to, sent.text) == ("sms", "13800000001", "Thank you for your word.")
    assert isinstance(world.asked[-1], cti.EndCall)


def test_who_says_nothing_leaves_nothing(world):
    world.at_menu("2")
    ask = world.one(cti.RecordCaller)
    world.arrives(ask.task)
    world.told(cti.CallerRecorded(CALL, ask.recording, 0.0, ask.task))
    assert world.of(facts.MessageLeft) == []
    assert world.step == "menu"


def test_who_hangs_up_while_he_speaks_has_left_his_message(world):
    world.at_menu("2")
    ask = world.one(cti.RecordCaller)
    done = cti.CallerRecorded(CALL, ask.recording, 3.5, ask.task)
    world.told(cti.CallEnded(NODE, CALL, 16, world.now + 0.5, doing=done))
    kinds = [type(f) for f in world.facts]
    assert kinds.index(facts.MessageLeft) < kinds.index(facts.CallEnded)
    assert [f.seconds for f in world.of(facts.MessageLeft)] == [3.5]
    assert [(f.outcome, f.breakpoint) for f in world.of(facts.CallEnded)] == [("ended_in_flow", "")]
    assert not [e for e in world.asked if isinstance(e, cti.PlayPrompt | cti.EndCall)]


def test_what_he_recorded_before_and_something_else_is_not_left_twice(world):
    world.at_menu("7")
    first = world.one(cti.RecordCaller)
    done = cti.CallerRecorded(CALL, first.recording, 3.5, first.task)
    world.arrives(first.task)
    world.told(done)
    second = world.one(cti.RecordCaller)
    assert second.task > first.task
    assert second.recording != first.recording
    world.told(cti.CallEnded(NODE, CALL, 16, world.now + 0.5, doing=done))
    assert world.of(facts.MessageLeft) == []


@pytest.mark.parametrize("dies", ["before_it_is_told", "after_it_was_told"])
def test_our_death_asks_nobody_to_speak_again(world, dies):
    world.at_menu("7")
    ask = world.one(cti.RecordCaller)
    done = cti.CallerRecorded(CALL, ask.recording, 3.5, ask.task)
    if dies == "after_it_was_told":
        world.arrives(ask.task)
        world.told(done)
    world.open()
    world.arrives(ask.task)
    world.told(done)
    assert world.step == "word"
    kept = [pair for f in world.of(facts.StepLeft) for pair in f.kept]
    assert kept.count(("place", f"{ask.recording}.wav")) == 1


def test_a_recording_that_never_began_is_asked_for_again_after_our_death(world):
    world.at_menu("7")
    ask = world.one(cti.RecordCaller)
    world.open()
    world.arrives()
    assert world.one(cti.RecordCaller) == ask


def test_a_goal_is_on_record_with_its_step(world):
    world.at_menu("7")
    assert [(f.step, f.goal) for f in world.of(facts.StepEntered) if f.goal] == [("say-where", "said-where")]


# ── transfers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_transfer_is_asked_for_once_and_its_end_is_on_record(world):
    world.at_menu("3")
    ask = world.one(cti.ForwardCaller)
    assert (ask.number, ask.ring_for) == ("5551000", 20.0)
    world.arrives(ask.task)
    assert world.asked == []
    world.told(cti.ForwardEnded(CALL, "busy", "5551000", ask.task))
    assert world.step == "menu"
    assert [(f.number, f.why) for f in world.of(facts.TransferMade)] == [("5551000", "busy")]


def test_a_transfer_that_is_refused_at_the_door_is_told_without_his_coming_back(world):
    world.at_menu("3")
    world.told(cti.ForwardEnded(CALL, "failed", "5551000", world.one(cti.ForwardCaller).task))
    assert world.step == "menu"


def test_our_death_dials_nobody_twice(world):
    world.at_menu("3")
    task = world.one(cti.ForwardCaller).task
    world.open()
    world.arrives(task)
    assert world.asked == []
    world.told(cti.ForwardEnded(CALL, "answered", "5551000", task))
    assert isinstance(world.asked[-1], cti.EndCall)
    assert len(world.of(facts.TransferMade)) == 1


def test_a_second_transfer_of_the_same_step_is_another_one(world):
    world.at_menu("3")
    first = world.one(cti.ForwardCaller).task
    world.arrives(first)
    world.told(cti.ForwardEnded(CALL, "busy", "5551000", first))
    world.keys("3")
    second = world.one(cti.ForwardCaller).task
    world.open()
    world.arrives(first)  # he never came to it: what the dialplan tells is the first one's end
    assert world.one(cti.ForwardCaller).task == second != first


def test_who_hangs_up_in_a_talk_outside_ended_in_the_flow_and_counts_once(world):
    world.at_menu("3")
    task = world.one(cti.ForwardCaller).task
    world.told(cti.CallEnded(NODE, CALL, 16, world.now + 60, doing=cti.ForwardEnded(CALL, "answered", "5551000", task)))
    assert [f.why for f in world.of(facts.TransferMade)] == ["answered"]
    assert [(f.outcome, f.breakpoint) for f in world.of(facts.CallEnded)] == [("ended_in_flow", "")]
    assert world.facts[-1].at == world.now
    assert CALL not in world.centre.contacts


# ── aside ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_callback_keeps_number_queue_and_the_first_time_of_asking(world):
    world.at_menu("4")
    asked = world.of(facts.CallbackAsked)
    assert [(f.number, f.queue, f.priority) for f in asked] == [("13800000001", "cards", 5)]
    assert asked[0].asked_at == asked[0].at


def test_a_score_is_counted_for_the_agent_of_the_talk(world):
    world.told(cti.PhoneSeen(NODE, "agent1", reachable=True))
    world.told(desk.AgentCameOn("li-na"))
    world.told(desk.AgentAskedReady("li-na"))
    world.at_menu("6")
    leg = world.one(cti.RingAgent).leg
    world.told(cti.TalkBegan(CALL, leg))
    world.told(cti.LegEnded(NODE, leg, 16))
    world.told(cti.CallerArrived(NODE, CALL, "13800000001", "", NUMBER, leg, world.now))
    world.keys("4")
    assert [(f.question, f.score, f.agent) for f in world.of(facts.SurveyAnswered)] == [("service", "4", "li-na")]
    assert [f.outcome for f in world.of(facts.CallEnded)] == []


def test_a_score_without_a_talk_is_nobodys(world):
    world.at_menu("5")
    world.keys("5")
    assert [(f.score, f.agent) for f in world.of(facts.SurveyAnswered)] == [("5", "")]
