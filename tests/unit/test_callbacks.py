"""Calling customers back: the wish keeps its place, an agent takes it, and everything is told once."""

from __future__ import annotations

import pytest
from flow_floor import NUMBER, flow_plan

import acd.messages as acd
import cti.moves as moves
import cti.vocabulary as cti
import customers.messages as customers
import desk.vocabulary as desk
import journal.facts as facts
from desk.talk_vocabulary import AgentAskedTransfer, AgentWished, Ear, Kind, SupervisorAskedEar, Wish
from switchroom.callbacks import AGAIN_AFTER, NOT_AFTER, TRIES
from switchroom.centre import Centre
from switchroom.plan import Plan
from switchroom.recovery import restore

pytestmark = pytest.mark.unit

NODE, CALL = cti.NodeId("a1"), cti.CallId("a1-1732220000.17")
BACK, PHONE = f"B-{CALL}", "13800000001"


class AnySound(dict):
    def __missing__(self, key):
        return "/".join(key)


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> Plan:
    return flow_plan(tmp_path_factory.mktemp("dialplans"))


class World:
    """A floor on which somebody asks to be called back and hangs up; agents come as the test says."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.now, self.facts, self.asked = plan, 1_732_220_000.0, [], []
        self.open()

    def open(self) -> None:
        """Our death, and the next server."""
        self.centre = Centre(self.plan, AnySound())
        restore(self.centre, self.facts)

    def told(self, message, after: float = 0.5) -> list:
        self.now += after
        effects = self.centre.handle(message, self.now)
        self.facts += [e for e in effects if isinstance(e, facts.Fact)]
        self.asked = [e for e in effects if not isinstance(e, facts.Fact)]
        return effects

    def wishes(self) -> None:
        self.told(cti.CallerArrived(NODE, CALL, PHONE, "", NUMBER))
        asked = next(e for e in self.asked if isinstance(e, customers.LookUp))
        self.told(customers.LookedUp(asked.question, CALL, "cards", "not_found"))
        self.told(cti.DigitsCollected(CALL, "4"))

    def hangs_up(self) -> None:
        self.told(cti.CallEnded(NODE, CALL, 16, self.now + 0.5))

    def agent_ready(self, agent: str = "li-na", phone: str = "agent1") -> None:
        self.told(cti.PhoneSeen(NODE, phone, reachable=True))
        self.told(desk.AgentCameOn(agent))
        self.told(desk.AgentAskedReady(agent))

    def ring(self) -> cti.RingAgent:
        return next(e for e in self.asked if isinstance(e, cti.RingAgent))

    def offered(self) -> cti.RingAgent:
        """A wish that an agent is rung for."""
        self.wishes()
        self.hangs_up()
        self.agent_ready()
        return self.ring()

    def not_reached(self, leg: str, why: str = "no_answer") -> None:
        self.told(cti.LegAnswered(cti.LegId(leg)))
        self.told(cti.CallerArrived(NODE, cti.CallId(leg), "", "", "", task=1))
        self.told(cti.ForwardEnded(cti.CallId(leg), why, PHONE, 1))

    def of(self, *kinds) -> list:
        return [f for f in self.facts if isinstance(f, kinds)]

    def ends(self) -> list[tuple[str, str]]:
        return [(f.contact, f.outcome) for f in self.of(facts.CallEnded)]

    def agent(self, agent: str = "li-na") -> str:
        return str(self.centre.router.agents()[acd.AgentId(agent)].state)

    def survey(self, legs=()) -> None:
        self.told(cti.NodeSurveyed(NODE, self.now + 5.0, (), legs, (), ("agent1",)), after=5.0)


@pytest.fixture
def world(plan) -> World:
    return World(plan)


def test_nobody_is_called_back_while_he_is_still_there(world):
    world.agent_ready()
    world.wishes()
    assert BACK not in world.centre.contacts
    assert not [e for e in world.asked if isinstance(e, cti.RingAgent)]
    world.hangs_up()
    assert world.ring().call == BACK
    assert world.ends() == [(CALL, "ended_in_flow")]


def test_the_wish_keeps_the_place_of_its_caller(world):
    world.wishes()
    [wish] = world.of(facts.CallbackAsked)
    world.now += 300.0
    world.hangs_up()
    [queued] = [f for f in world.of(facts.CallerQueued) if f.contact == BACK]
    assert (queued.asked_at, queued.queue) == (wish.at, "cards")
    world.told(cti.CallerArrived(NODE, cti.CallId("a1-2.1"), "13900000002", "", NUMBER))
    asked = next(e for e in world.asked if isinstance(e, customers.LookUp))
    world.told(customers.LookedUp(asked.question, asked.contact, "cards", "not_found"))
    world.told(cti.DigitsCollected(cti.CallId("a1-2.1"), "6"))
    world.agent_ready()
    assert world.ring().call == BACK


def test_the_agent_sees_whom_he_will_call_and_his_leg_dials_the_number(world):
    ring = world.offered()
    assert (ring.dial, ring.caller_number, ring.dial_from) == (PHONE, PHONE, NUMBER)
    shown = world.of(facts.OfferMade)[-1]
    context = world.centre.contacts[BACK].context
    assert (context.callback, context.breakpoint, shown.contact) == (PHONE, "bye", BACK)
    assert [step.step for step in context.path][:3] == ["who", "menu", "call-me"]


def test_a_talk_is_counted_for_the_agent_and_ends_the_wish(world):
    leg = world.offered().leg
    world.told(cti.LegRang(leg))
    world.told(cti.LegAnswered(leg))
    assert [(f.agent, f.number) for f in world.of(facts.CallbackDialled)] == [("li-na", PHONE)]
    assert world.agent() == "talking"
    world.told(cti.TalkBegan(cti.CallId(BACK), leg), after=8.0)
    assert [f.contact for f in world.of(facts.AgentAnswered)] == [BACK]
    world.told(cti.LegEnded(NODE, leg, 16), after=60.0)
    [talk] = world.of(facts.TalkEnded)
    assert (talk.talked, talk.ended_by, talk.agent) == (60.0, "agent", "li-na")
    assert world.ends() == [(CALL, "ended_in_flow"), (BACK, "answered")]
    assert world.agent() == "wrap_up"


def test_a_customer_who_hangs_up_ends_the_talk_and_the_agents_leg(world):
    leg = world.offered().leg
    world.told(cti.LegAnswered(leg))
    world.told(cti.TalkBegan(cti.CallId(BACK), leg))
    world.told(cti.CallerArrived(NODE, cti.CallId(leg), "", "", "", task=1))
    assert world.asked == []
    world.told(cti.ForwardEnded(cti.CallId(leg), "answered", PHONE, 1))
    assert cti.EndCall(NODE, cti.CallId(leg)) in world.asked
    assert [f.ended_by for f in world.of(facts.TalkEnded)] == ["caller"]
    world.told(cti.LegEnded(NODE, leg, 16))
    assert world.ends()[-1] == (BACK, "answered")
    assert len(world.of(facts.TalkEnded)) == 1


def test_who_is_not_reached_is_tried_again_and_at_last_given_up(world):
    leg = world.offered().leg
    for number in range(1, TRIES + 1):
        assert leg == f"{BACK}.{number}"
        world.not_reached(leg, "busy")
        assert [(f.outcome, f.agent) for f in world.of(facts.OfferClosed)] == [("not_reached", "li-na")] * number
        if number < TRIES:
            assert world.centre.next_deadline() is not None
            world.told(desk.AgentEndedWrapUp("li-na"))
            assert not [e for e in world.asked if isinstance(e, cti.RingAgent)]
            world.told(acd.Tick(), after=AGAIN_AFTER)
            leg = world.ring().leg
    assert [f.again_at > 0 for f in world.of(facts.CallbackFailed)] == [True] * (TRIES - 1) + [False]
    assert world.ends()[-1] == (BACK, "not_reached")
    assert BACK not in world.centre.contacts
    assert {f.outcome for f in world.of(facts.CallEnded)}.isdisjoint({"abandoned", "lost"})


def test_an_agent_who_hangs_up_before_the_customer_answers_has_not_reached_him(world):
    leg = world.offered().leg
    world.told(cti.LegAnswered(leg))
    world.told(cti.LegEnded(NODE, leg, 16))
    assert [f.why for f in world.of(facts.CallbackFailed)] == ["agent"]
    assert BACK in world.centre.contacts


def test_an_agent_who_does_not_answer_leaves_the_wish_to_another(world):
    leg = world.offered().leg
    world.agent_ready("wang-wei", "agent2")
    world.told(cti.LegEnded(NODE, leg, 17))
    assert world.ring().leg == f"{BACK}.2"
    assert world.of(facts.CallbackFailed, facts.CallbackDialled) == []


def test_a_number_that_must_not_be_dialled_is_given_up_at_once_and_costs_the_agent_nothing(world):
    leg = world.offered().leg
    world.told(cti.ForwardEnded(cti.CallId(leg), "forbidden", PHONE))
    assert [(f.why, f.again_at) for f in world.of(facts.CallbackFailed)] == [("forbidden", 0.0)]
    assert world.ends()[-1] == (BACK, "not_reached")
    assert world.of(facts.CallbackDialled) == []
    assert world.agent() == "ready"


def test_a_wish_is_not_older_than_a_day(world):
    world.wishes()
    world.hangs_up()
    world.told(acd.Tick(), after=NOT_AFTER + 1)
    assert world.ends()[-1] == (BACK, "not_reached")
    assert [f.contact for f in world.of(facts.CallerLeftQueue)] == [BACK]


@pytest.mark.parametrize("dies", ["waiting", "offered", "calling", "talking", "resting"])
def test_our_death_changes_nothing(world, dies):
    world.wishes()
    world.hangs_up()
    if dies != "waiting":
        world.agent_ready()
        leg = world.ring().leg
    if dies in {"calling", "talking"}:
        world.told(cti.LegAnswered(leg))
    if dies == "talking":
        world.told(cti.TalkBegan(cti.CallId(BACK), leg))
    if dies == "resting":
        world.not_reached(leg)
    before, due = world.centre.contacts[BACK], world.centre.next_deadline()
    agents = {name: str(agent.state) for name, agent in world.centre.router.agents().items()}
    world.open()
    after = world.centre.contacts[BACK]
    assert (after.place, after.context, after.tries, after.offers) == (
        before.place, before.context, before.tries, before.offers,
    )  # fmt: skip
    assert {name: str(agent.state) for name, agent in world.centre.router.agents().items()} == agents
    if dies == "offered":  # he may have answered: what is over in time is not over before his phone is in sight
        assert world.centre.next_deadline() is None
        world.told(cti.PhoneSeen(NODE, "agent1", reachable=True))
    assert world.centre.next_deadline() == due


def test_a_leg_that_talks_unheard_is_a_talk(world):
    leg = world.offered().leg
    world.open()
    world.survey((cti.SeenLeg(leg, "talk", cti.CallId(BACK)),))
    assert [f.contact for f in world.of(facts.AgentAnswered)] == [BACK]
    assert not [e for e in world.asked if isinstance(e, cti.DropLeg)]


def test_a_leg_that_was_never_placed_is_offered_anew_and_one_that_dialled_rests(world):
    world.offered()
    world.survey()
    assert [f.outcome for f in world.of(facts.OfferClosed)] == ["unknown"]
    leg = world.ring().leg
    world.told(cti.LegAnswered(leg))
    world.survey()
    assert [f.why for f in world.of(facts.CallbackFailed)] == ["unknown"]


def test_an_asterisk_that_restarts_loses_no_wish(world):
    world.wishes()
    world.hangs_up()
    world.told(cti.NodeFound(NODE, world.now + 100.0))
    assert BACK in world.centre.contacts
    world.survey()
    assert BACK in world.centre.contacts


def test_a_leg_that_nobody_wants_any_more_is_ended_at_the_door(world):
    leg = cti.CallId("B-a1-1.1.1")
    world.told(cti.CallerArrived(NODE, leg, "", "", "", task=1))
    assert world.asked == [cti.EndCall(NODE, leg)]
    assert world.told(cti.ForwardEnded(leg, "answered", PHONE, 1)) == []
    assert world.of(facts.CallStarted) == []


# ── he is on the line ───────────────────────────────────────────────────────────────────────────────────────────────

LINE = cti.CallId("a1-1732220100.31")


def reached(world, leg: str) -> None:
    world.told(cti.LegAnswered(cti.LegId(leg)))
    world.told(cti.TalkBegan(LINE, cti.LegId(leg)))


def last_words(world, leg: str) -> cti.CallEnded:
    return cti.CallEnded(NODE, LINE, 16, world.now, cti.LegId(leg), world.now - 2.0, PHONE, PHONE, world.now - 9.0)


def test_a_customer_who_is_on_the_line_can_be_held_and_waits_when_his_agent_is_gone(world):
    leg = world.offered().leg
    reached(world, leg)
    world.told(AgentWished("li-na", BACK, Wish.HOLD))
    assert moves.PutOnHold(NODE, LINE, leg) in world.asked
    world.open()
    world.told(cti.LegEnded(NODE, leg, 16))
    assert world.centre.contacts[BACK].place == "waiting"
    assert [fact.at_head for fact in world.of(facts.CallerQueued)] == [False, True]
    world.told(cti.PhoneSeen(NODE, "agent1", reachable=True))
    world.told(desk.AgentEndedWrapUp("li-na"))
    ring = world.ring()
    assert (ring.call, ring.dial) == (LINE, ""), "nobody dials him a second time"
    world.told(cti.LegAnswered(ring.leg))
    assert len(world.of(facts.CallbackDialled)) == 1


@pytest.mark.parametrize("order", ["leg", "customer"])
def test_a_talk_with_him_ends_once_whoever_is_heard_of_first(world, order):
    leg = world.offered().leg
    reached(world, leg)
    messages = [cti.CallerArrived(NODE, cti.CallId(leg), "", "", "", task=1), last_words(world, leg)]
    for message in messages if order == "leg" else reversed(messages):
        world.told(message)
    world.told(cti.ForwardEnded(cti.CallId(leg), "answered", PHONE, 1))
    assert world.ends() == [(CALL, "ended_in_flow"), (BACK, "answered")]
    assert len(world.of(facts.CallStarted)) == 2, "his call is no call to us"
    assert world.of(facts.CallbackFailed) == []


def test_whom_a_survey_shows_on_a_dialled_line_is_talked_with(world):
    leg = world.offered().leg
    world.open()
    seen = cti.SeenCall(LINE, "talk", leg, world.now - 1.0)
    shown = cti.NodeSurveyed(NODE, world.now, (seen,), (cti.SeenLeg(leg, "talk", LINE),))
    world.told(shown)
    assert [fact.line for fact in world.of(facts.CallbackReached)] == [LINE]
    assert [fact.at for fact in world.of(facts.AgentAnswered)] == [seen.answered_at]
    assert not [e for e in world.asked if isinstance(e, cti.DropLeg)]
    world.told(shown)
    assert len(world.of(facts.CallbackReached)) == 1


def test_who_talked_and_left_unseen_is_closed_by_his_last_words_and_not_called_again(world):
    leg = world.offered().leg
    world.told(cti.LegAnswered(leg))
    world.open()
    world.told(cti.NodeSurveyed(NODE, world.now + 5.0, (), (), (last_words(world, leg),)), after=5.0)
    assert world.ends()[-1] == (BACK, "answered")
    assert world.of(facts.CallbackFailed) == []


def test_the_last_words_of_one_who_was_called_back_open_no_call(world):
    world.told(last_words(world, "B-a1-5.5.1"))
    world.told(cti.NodeSurveyed(NODE, world.now, (), (), (last_words(world, "Q1-B-a1-5.5.1"),)))
    world.told(cti.CallerArrived(NODE, LINE, PHONE, "", "", cti.LegId("B-a1-5.5.1"), world.now))
    assert world.facts == []
    assert world.asked == [cti.EndCall(NODE, LINE)]


def test_whom_we_called_and_passed_on_outside_is_let_go_when_that_talk_is_over(world):
    leg = world.offered().leg
    reached(world, leg)
    world.told(AgentAskedTransfer("li-na", BACK, Kind.OUTSIDE, "95588"))
    world.told(cti.CallerArrived(NODE, LINE, PHONE, "", PHONE, leg, world.now - 2.0))
    (forward,) = [one for one in world.asked if isinstance(one, cti.ForwardCaller)]
    world.told(cti.ForwardEnded(LINE, "answered", "95588", forward.task))
    assert world.of(facts.TransferMade)[-1].why == "answered"
    assert cti.EndCall(NODE, LINE) in world.asked, "he has no flow in which he could go on"


def test_he_may_ask_for_another_call_back_while_he_waits_again(world):
    leg = world.offered().leg
    reached(world, leg)
    contact = world.centre.contacts[BACK]
    contact.wish = facts.CallbackAsked(world.now, BACK, PHONE, contact.context.queue, (), 0, world.now, 0.0)
    world.told(last_words(world, leg))
    assert world.of(facts.CallbackBegun)[-1].earlier == BACK
    assert f"B-{BACK}" in world.centre.contacts


def test_who_listens_to_him_is_let_go_when_his_leg_says_that_he_has_gone(world):
    leg = world.offered().leg
    reached(world, leg)
    world.told(SupervisorAskedEar("boss", BACK, Ear.LISTEN, "boss1"))
    world.told(cti.ForwardEnded(cti.CallId(leg), "answered", PHONE, 1))
    assert cti.DropLeg(NODE, f"S1-{BACK}.1") in world.asked
    assert [fact.why for fact in world.of(facts.SupervisorLeft)] == ["talk_over"]
    assert world.ends()[-1] == (BACK, "answered")
