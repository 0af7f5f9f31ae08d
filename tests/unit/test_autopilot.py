"""The autopilot beside a real router: it sees trouble before it comes, does what it may, and takes it back."""

from dataclasses import replace

import pytest

import acd.messages as m
from acd.acts import Act, ActUndone, AutopilotSwitched, BeginAct, Bounds, EndAct, Forecast, Kind, Step
from acd.agents import AgentProfile
from acd.autopilot import RESTS_AFTER, Autopilot
from acd.errors import UnknownAct
from acd.habits import Habits
from acd.held import counted
from acd.needs import Skill
from acd.pools import Relief
from acd.router import Router
from acd.rules import QueueRules, Relaxation
from switchroom.day.piloted import PilotedRouter

pytestmark = pytest.mark.unit

DAY = 1_700_000_000.0
CARDS = QueueRules("cards", need=Skill("cards"), relax=(Relaxation(30.0),))
LOANS = QueueRules("loans", need=Skill("loans"))
STEPS = (Step(Kind.RELAX, 15.0), Step(Kind.RESERVE), Step(Kind.CALLBACKS), Step(Kind.DIALLER, 0.25))
CAREFUL = Bounds("cards", STEPS, sure=5, hold=20, calm=30)


def agents(count, queues, skills, prefix, *, reserve=False):
    ids = [m.AgentId(f"{prefix}{n}") for n in range(count)]
    return {who: AgentProfile(who, frozenset(queues), skills, reserve) for who in ids}


MINUTES = tuple(counted([60.0, 120.0, 180.0, 360.0] * 10))
USUAL = tuple(Habits(queue, MINUTES, DAY, 3600.0, (0.02,) * 8) for queue in ("cards", "loans"))


class Floor:
    """A router with its pilot, and a clock that is moved by hand. Other days (`habits`) say three minutes a talk."""

    def __init__(self, bounds=(CAREFUL,), *, reserve=2, habits=USUAL):
        self.profiles = {
            **agents(8, ("cards", "loans"), {"cards": 3}, "c"), **agents(4, ("cards", "loans"), {"loans": 3}, "l"),
            **agents(reserve, ("cards",), {"cards": 1}, "r", reserve=True),
        }
        rules = {"cards": CARDS, "loans": LOANS}
        self.router = PilotedRouter(
            Router(rules, self.profiles), {each.queue: each for each in bounds}, rules, self.profiles, habits=habits
        )
        self.pilot, self.now, self.count = self.router.pilot, DAY, 0
        for who in self.profiles:
            for message in (m.PhoneFound(who, "a1"), m.AgentSignedOn(who), m.AgentMadeReady(who)):
                self.tell(message)

    def tell(self, message):
        answers = self.router.handle(message, self.now)
        for answer in answers:
            if isinstance(answer, m.MakeOffer):
                answers += self.tell(m.OfferAccepted(answer.offer))
        return answers

    def caller(self, queue="cards"):
        self.count += 1
        self.tell(m.ContactArrived(m.ContactId(f"k{self.count}"), "a1", queue, (), 0, self.now))

    def lets(self, seconds, *, every=0.0, queue="cards"):
        """Let time pass, with a caller in every so many seconds."""
        end, coming = self.now + seconds, self.now + every
        while True:
            due = self.router.next_deadline()
            at = min(due if due is not None else end, coming if every else end, end)
            self.now = max(self.now, at)
            if self.now >= end:
                return
            if due is not None and due <= self.now:
                self.tell(m.Tick())
            else:
                self.caller(queue)
                coming += every

    def steps(self):
        return [act.step for act in self.pilot.acts()]


def test_it_acts_before_anybody_waits():
    floor = Floor()
    floor.lets(150, every=20)
    waiting = [at for at, change in floor.router.changes if isinstance(change, BeginAct)]
    assert waiting
    first = floor.router.changes[0][1].act
    assert first.seen.waiting == 0
    assert first.seen.share < CAREFUL.act_below
    assert first.step == STEPS[0]


def test_it_climbs_its_steps_in_their_order_and_tells_the_router():
    floor = Floor()
    floor.lets(600, every=10)
    assert floor.steps() == list(STEPS)
    assert floor.pilot.relief("cards") == Relief(15.0, reserve=True)
    assert floor.pilot.offers_callbacks("cards")
    assert not floor.pilot.offers_callbacks("loans")
    assert floor.pilot.pace() == 0.25


def test_when_it_is_quiet_again_everything_is_undone_and_it_rests():
    floor = Floor()
    floor.lets(300, every=15)
    assert floor.steps()
    for who, record in list(floor.router.router.agents().items()):
        if record.state == "talking":
            floor.tell(m.TalkOver(m.OfferId(record.offer)))
        floor.tell(m.WrapUpEnded(who))
    floor.lets(RESTS_AFTER + 600)
    assert floor.steps() == []
    assert floor.pilot.relief("cards") == Relief()
    assert floor.pilot.pace() == 1.0
    assert floor.pilot.next_deadline() is None


def test_a_supervisor_undoes_an_act_and_it_stays_undone():
    floor = Floor()
    floor.lets(150, every=15)
    act = floor.pilot.acts()[0]
    (ended,) = floor.pilot.handle(ActUndone(act.act, "supervisor"), floor.now)
    assert isinstance(ended, EndAct)
    assert (ended.why, ended.by) == ("supervisor", "supervisor")
    floor.lets(600, every=15)
    assert act.step not in floor.steps()
    with pytest.raises(UnknownAct):
        floor.pilot.handle(ActUndone(act.act, "supervisor"), floor.now)


def test_switched_off_it_undoes_all_and_does_nothing():
    floor = Floor()
    floor.lets(300, every=15)
    ended = floor.pilot.handle(AutopilotSwitched(on=False, by="supervisor"), floor.now)
    assert [change.act.step for change in ended] == list(reversed(STEPS[: len(ended)]))
    floor.lets(200, every=5)
    assert floor.steps() == []
    floor.pilot.handle(AutopilotSwitched(on=True, by="supervisor"), floor.now)
    floor.lets(100, every=5)
    assert floor.steps()


def test_no_reserve_is_called_that_is_not_there():
    floor = Floor(reserve=0)
    floor.lets(600, every=10)
    assert Step(Kind.RESERVE) not in floor.steps()
    assert Step(Kind.CALLBACKS) in floor.steps()


def test_of_two_short_queues_the_shorter_is_relaxed_first_and_then_the_other():
    loans = Bounds("loans", (Step(Kind.RELAX, 10.0),), sure=5, hold=20, calm=30)
    rules = {"cards": CARDS, "loans": replace(LOANS, relax=(Relaxation(30.0),))}
    pilot = Floor((CAREFUL, loans)).pilot
    pilot.reconfigure({"cards": CAREFUL, "loans": loans}, rules, pilot.profiles, DAY)
    short = {"cards": 0.5, "loans": 0.3}
    pilot.forecasts = {queue: Forecast(queue, share, 1.0, 3, 0, 5, 100.0, 300.0) for queue, share in short.items()}
    assert not pilot._is_of_use("cards", STEPS[0]), "it would lend agents of whom the other has too few"
    assert pilot._is_of_use("loans", loans.steps[0])
    pilot.restore([Act("loans.1", "loans", loans.steps[0], DAY, pilot.forecasts["loans"])], [], on=True)
    assert pilot._is_of_use("cards", STEPS[0]), "the other has had its help"


def test_other_bounds_end_what_they_do_not_allow():
    floor = Floor()
    floor.lets(600, every=10)
    rules = {"cards": CARDS, "loans": LOANS}
    fewer = Bounds("cards", STEPS[1:], sure=5, hold=20, calm=30)
    ended = floor.pilot.reconfigure({"cards": fewer}, rules, floor.profiles, floor.now)
    assert [(change.act.step, change.why) for change in ended] == [(STEPS[0], "bounds")]
    ended = floor.pilot.reconfigure({}, rules, floor.profiles, floor.now)
    assert [change.act.step for change in ended] == list(reversed(STEPS[1:]))
    assert floor.pilot.acts() == []


def test_what_is_restored_is_in_force_and_without_bounds_nothing_is():
    floor = Floor()
    floor.lets(300, every=15)
    acts, router = floor.pilot.acts(), floor.router.router
    again = Autopilot({"cards": CAREFUL}, {"cards": CARDS, "loans": LOANS}, floor.profiles, router)
    again.restore(acts, [("cards", STEPS[3], floor.now + 60)], on=True)
    assert again.acts() == acts
    assert again.barred() == [("cards", STEPS[3], floor.now + 60)]
    assert again.relief("cards") == floor.pilot.relief("cards")
    none = Autopilot({}, {"cards": CARDS}, {}, router)
    none.restore([Act("x.1", "cards", STEPS[0], DAY, acts[0].seen)], [], on=True)
    assert none.acts() == []
    assert none.next_deadline() is None
