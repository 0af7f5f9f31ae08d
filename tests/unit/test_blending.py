"""Calls that we make yield to those who call: how many agents they may use, and that nobody gets both."""

from random import Random

import pytest

import acd.messages as m
from acd.acts import Forecast
from acd.agents import AgentProfile, AgentRecord, AgentState
from acd.blending import Blending, Room, Why, Yielding
from acd.router import Router
from acd.rules import QueueRules

pytestmark = pytest.mark.unit

RULE = Yielding("renewals", keep=2, below=0.8, above=0.9, calm=60)
BOTH, ONLY, CALLED = frozenset({"cards", "renewals"}), frozenset({"renewals"}), frozenset({"cards"})


def floor(both=5, only=2, called=3):
    kinds = [*[BOTH] * both, *[ONLY] * only, *[CALLED] * called]
    profiles = {m.AgentId(f"a{n}"): AgentProfile(m.AgentId(f"a{n}"), queues) for n, queues in enumerate(kinds)}
    ready = {who: AgentRecord(who, AgentState.READY, node="a1", idle_since=1.0) for who in profiles}
    return profiles, ready


def seen(share, queue="cards"):
    return {queue: Forecast(queue, share, 5.0, 10, 3, 0, 200.0, 200.0)}


def test_some_of_the_shared_are_left_alone():
    profiles, ready = floor()
    assert Blending({"renewals": RULE}).room("renewals", ready, profiles, {}) == Room(5, Why.KEPT, 2, 5)
    few, ready = floor(both=1, only=0)
    assert Blending({"renewals": RULE}).room("renewals", ready, few, {}).agents == 0


def test_while_somebody_waits_only_those_who_serve_nobody_else_are_used():
    profiles, ready = floor()
    blending = Blending({"renewals": RULE})
    assert blending.room("renewals", ready, profiles, {"cards": 1}) == Room(2, Why.WAITING, 2, 5)
    assert blending.room("renewals", ready, profiles, {"loans": 1}).agents == 5


def test_the_pace_bounds_it():
    profiles, ready = floor()
    assert Blending({"renewals": RULE}).room("renewals", ready, profiles, {}, 0.5) == Room(2, Why.PACE, 2, 5)
    assert Blending({"renewals": RULE}).room("renewals", ready, profiles, {}, 0.0).agents == 0


def test_it_yields_when_the_forecast_dips_and_comes_back_after_a_calm():
    profiles, ready = floor()
    blending = Blending({"renewals": RULE})
    blending.look(seen(0.79), profiles.values(), 100.0)
    assert blending.room("renewals", ready, profiles, {}) == Room(2, Why.YIELDS, 2, 5)
    blending.look(seen(0.85), profiles.values(), 110.0)
    assert blending.is_yielding("renewals")
    blending.look(seen(0.95), profiles.values(), 120.0)
    blending.look(seen(0.95), profiles.values(), 179.0)
    assert blending.is_yielding("renewals")
    blending.look(seen(0.85), profiles.values(), 179.5)
    blending.look(seen(0.95), profiles.values(), 185.0)
    blending.look(seen(0.95), profiles.values(), 245.0)
    assert not blending.is_yielding("renewals")


def test_the_forecast_of_others_and_none_at_all_make_it_yield_to_nobody():
    profiles, _ = floor()
    blending = Blending({"renewals": RULE})
    blending.look(seen(0.1, "loans"), profiles.values(), 100.0)
    blending.look(seen(None), profiles.values(), 101.0)
    assert not blending.is_yielding("renewals")


def test_agents_who_are_busy_or_away_are_no_room():
    profiles, ready = floor(both=1, only=3)
    ready[m.AgentId("a1")] = AgentRecord(m.AgentId("a1"), AgentState.TALKING, node="a1", offer="x.1")
    ready[m.AgentId("a2")] = AgentRecord(m.AgentId("a2"), AgentState.READY, idle_since=1.0)
    assert Blending({"renewals": RULE}).room("renewals", ready, profiles, {}).alone == 1


@pytest.mark.parametrize("wrong", [{"keep": -1}, {"below": 0.9}, {"above": 1.5}])
def test_senseless_rules_are_refused(wrong):
    with pytest.raises(ValueError, match="renewals"):
        Yielding("renewals", **wrong)


class Blended:
    """A router that is offered callers by chance, and calls out as far as there is room, second by second."""

    def __init__(self, seed, keep):
        self.random = Random(seed)  # noqa: S311 - a simulation wants repeatable chance
        self.profiles, _ = floor(both=12, only=0, called=0)
        rules = {"cards": QueueRules("cards", wrap_up=5), "renewals": QueueRules("renewals", wrap_up=5)}
        self.router = Router(rules, self.profiles)
        self.blending = Blending({"renewals": Yielding("renewals", keep)})
        self.now, self.count = 1_700_000_000.0, 0
        self.ends, self.waits, self.begun = [], [], 0
        for who in self.profiles:
            for message in (m.PhoneFound(who, "a1"), m.AgentSignedOn(who), m.AgentMadeReady(who)):
                self.tell(message)

    def tell(self, message):
        answers = list(self.router.handle(message, self.now))
        for answer in answers:
            if isinstance(answer, m.MakeOffer):
                record = self.router.contacts()[answer.contact]
                if record.queue == "cards":
                    self.waits.append(self.now - record.asked_at)
                self.ends.append((self.now + self.random.expovariate(1 / 120), answer.offer))
                self.tell(m.OfferAccepted(answer.offer))

    def asks(self, queue, priority):
        self.count += 1
        self.tell(m.ContactArrived(m.ContactId(f"k{self.count}"), "a1", queue, (), priority, self.now))

    def waiting(self):
        contacts = self.router.contacts().values()
        return {"cards": sum(each.queue == "cards" and each.state == "waiting" for each in contacts)}

    def second(self, rate, *, blended=True):
        self.now += 1
        for over in [end for end in self.ends if end[0] <= self.now]:
            self.ends.remove(over)
            self.tell(m.TalkOver(over[1]))
        self.tell(m.Tick())
        if self.random.random() < rate:
            self.asks("cards", 5)
        room = self.blending.room("renewals", self.router.agents(), self.profiles, self.waiting())
        free = sum(record.state == "ready" for record in self.router.agents().values())
        for _ in range(room.agents if blended else free):
            self.begun += 1
            self.asks("renewals", 0)
        self.nobody_has_both()

    def nobody_has_both(self):
        talks = [offer.agent for offer in self.router.offers().values() if offer.state in ("pending", "accepted")]
        assert len(talks) == len(set(talks))


def in_time(waits):
    return sum(wait <= 20 for wait in waits) / len(waits)


def test_calls_out_fill_the_free_time_and_callers_notice_little():
    blended, greedy, alone = [], [], []
    for seed in range(4):
        kept, all_of_them, none = Blended(seed, keep=3), Blended(seed, keep=0), Blended(seed, keep=12)
        for _ in range(3000):
            kept.second(0.04)
            all_of_them.second(0.04, blended=False)
            none.second(0.04)
        assert kept.begun > 80
        assert none.begun == 0
        blended += kept.waits
        greedy += all_of_them.waits
        alone += none.waits
    assert in_time(alone) - in_time(blended) < 0.03
    assert in_time(blended) - in_time(greedy) > 0.05


@pytest.mark.parametrize("seed", range(4))
def test_when_callers_come_in_numbers_calls_out_cease(seed):
    floor = Blended(seed, keep=2)
    for _ in range(1500):
        floor.second(0.02)
    quiet = floor.begun
    for _ in range(1500):
        floor.second(0.15)
    assert quiet > 50
    assert floor.begun - quiet < 0.2 * quiet
