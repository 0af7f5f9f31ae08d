"""The two choices by example: which agent for a caller, and which caller for an agent."""

from __future__ import annotations

import heapq

import pytest
from acd_floor import ANN, BOB, asks, floor, offers

from acd import messages as m
from acd.agents import AgentProfile
from acd.needs import Skill, Some, Without
from acd.router import Router
from acd.rules import QueueRules, Relaxation, When

pytestmark = pytest.mark.unit


def people(rules, **skills):
    """A router with the agents named, all ready since the same moment, all in all queues."""
    queues = {rule.name: rule for rule in rules}
    names = [m.AgentId(name) for name in skills]
    profiles = {name: AgentProfile(name, frozenset(queues), skills[name]) for name in names}
    router = Router(queues, profiles)
    for name in names:
        for message in (m.PhoneFound(name, "n0"), m.AgentSignedOn(name), m.AgentMadeReady(name)):
            router.handle(message, 1.0)
    return router


def talk(router, contact, at, seconds=1.0):
    """A caller comes, is answered and talks; who answered is told."""
    made = [each for each in router.handle(asks(contact, at), at) if isinstance(each, m.MakeOffer)]
    router.handle(m.OfferAccepted(made[0].offer), at)
    router.handle(m.TalkOver(made[0].offer), at + seconds)
    return made[0].agent


# ── which agent ──


def test_a_queue_needs_what_its_tree_says():
    need = Some((Skill("loans", 2), Without(Skill("trainee"))))
    router = people([QueueRules("q", need=need)], ann={"trainee": 1}, bob={"trainee": 1, "loans": 2})
    assert offers(router.handle(asks(), 10.0)) == [("c", "bob")]
    assert offers(router.handle(asks("d"), 10.0)) == []


def test_what_is_preferred_comes_before_the_strategy_and_weighs():
    rules = QueueRules("q", prefer=(("en", 1), ("gold", 3)))
    router = people([rules], ann={"en": 5}, bob={"en": 2, "gold": 2}, eve={})
    chosen = [offers(router.handle(asks(name), 10.0))[0][1] for name in ("c", "d", "e")]
    assert chosen == ["bob", "ann", "eve"]


def test_best_skill_counts_what_is_asked_for():
    router = people([QueueRules("q", choose="best_skill")], ann={"en": 2, "zh": 5}, bob={"en": 4})
    assert offers(router.handle(asks(skills=(("en", 1),)), 10.0)) == [("c", "bob")]


def test_least_scarce_keeps_him_who_can_do_what_few_can():
    router = people([QueueRules("q", choose="least_scarce")], ann={"en": 5, "thai": 5}, bob={"en": 1})
    assert offers(router.handle(asks(skills=(("en", 1),)), 10.0)) == [("c", "bob")]


def test_round_robin_goes_by_who_was_rung_last_answered_or_not():
    router = people([QueueRules("q", choose="round_robin", wrap_up=0.0)], ann={}, bob={}, eve={})
    assert [talk(router, f"c{n}", 10.0 + 5 * n) for n in range(6)] == ["ann", "bob", "eve"] * 2


def test_fewest_calls_goes_by_talks_since_sign_on():
    router = people([QueueRules("q", choose="fewest_calls", wrap_up=0.0)], ann={}, bob={})
    assert [talk(router, f"c{n}", 10.0 + 5 * n) for n in range(3)] == ["ann", "bob", "ann"]
    router.handle(m.AgentSignedOff(m.AgentId("ann")), 40.0)
    for message in (m.AgentSignedOn(m.AgentId("ann")), m.AgentMadeReady(m.AgentId("ann"))):
        router.handle(message, 41.0)
    assert [talk(router, f"d{n}", 50.0 + 5 * n) for n in range(2)] == ["ann", "bob"]


def test_random_is_the_same_for_a_seed_and_reaches_everybody():
    def day(seed):
        router = people([QueueRules("q", choose="random", seed=seed, wrap_up=0.0)], ann={}, bob={}, eve={})
        return [talk(router, f"c{n}", 10.0 + 5 * n) for n in range(40)]

    assert day(1) == day(1) != day(2)
    assert min(day(1).count(name) for name in ("ann", "bob", "eve")) > 5


# ── which caller ──


def served(router, count):
    """Who is served, one after the other, by ann alone."""
    order = []
    for _ in range(count):
        (contact, _), *_ = offers(router.handle(m.AgentMadeReady(ANN), 100.0))
        order.append(contact)
        router.handle(m.AgentMadeNotReady(ANN, "busy"), 100.0)
        router.handle(m.ContactLeft(m.ContactId(contact)), 100.0)
    return order


def test_whoever_has_waited_beyond_the_guard_goes_first_whatever_his_priority():
    router = floor(QueueRules("q", guard=60.0), ready=())
    for contact, at, priority in (("gold", 90.0, 9), ("old", 39.0, 0), ("older", 38.0, 0), ("young", 80.0, 0)):
        router.handle(asks(contact, at, priority=priority), 100.0)
    assert served(router, 4) == ["older", "old", "gold", "young"]


def test_priority_ages_so_that_gold_passes_over_nobody_for_long():
    rules = QueueRules("q", order="priority", ageing=20.0, guard=0.0)
    router = floor(rules, ready=())
    for contact, at, priority in (("gold", 90.0, 2), ("plain", 49.0, 0), ("late", 51.0, 0), ("silver", 69.0, 1)):
        router.handle(asks(contact, at, priority=priority), 100.0)
    assert served(router, 4) == ["plain", "silver", "gold", "late"]


def test_deadline_serves_who_can_still_be_in_time_then_the_late_and_the_guarded_before_all():
    router = floor(QueueRules("q", order="deadline", target=20.0, guard=60.0), ready=())
    for contact, at in (("late", 70.0), ("later", 60.0), ("fresh", 95.0), ("nearly", 81.0), ("guarded", 39.0)):
        router.handle(asks(contact, at), 100.0)
    assert served(router, 5) == ["guarded", "nearly", "fresh", "later", "late"]


def test_deadlines_of_different_targets_are_held_against_each_other():
    quick, slow = QueueRules("quick", order="deadline", target=10.0), QueueRules("slow", order="deadline", target=40.0)
    router = floor(quick, slow, ready=())
    for contact, at, queue in (("a", 80.0, "slow"), ("b", 95.0, "quick"), ("c", 99.0, "quick")):
        router.handle(asks(contact, at, queue=queue), 100.0)
    assert served(router, 3) == ["b", "c", "a"]


# ── a wider circle ──


def test_a_need_relaxes_in_time_and_the_flows_skills_stay_until_they_are_dropped():
    rules = QueueRules(
        "q", need=Skill("loans", 3), relax=(Relaxation(10.0, Skill("loans", 1)), Relaxation(20.0, drop=True))
    )
    router = people([rules], ann={"loans": 2}, bob={"en": 1})
    assert offers(router.handle(asks("c", 10.0, skills=(("en", 1),)), 10.0)) == []
    assert router.next_deadline() == 20.0
    assert router.handle(m.Tick(), 20.0) == [m.ContactWidened(m.ContactId("c"), "q", 1, "")]
    assert offers(router.handle(m.Tick(), 30.0)) == [("c", "ann")]


def test_a_relaxation_waits_for_its_condition():
    gold = Relaxation(10.0, when=When(segments=frozenset({"gold"})))
    night = Relaxation(20.0, when=When(between=(0, 1)))  # in the first minute of a day
    router = people([QueueRules("q", need=Skill("loans"), relax=(gold, night))], ann={})
    router.handle(m.ContactArrived(m.ContactId("g"), "n0", "q", (), 0, 86_300.0, segment="gold"), 86_300.0)
    router.handle(m.ContactArrived(m.ContactId("p"), "n0", "q", (), 0, 86_300.0), 86_300.0)
    assert offers(router.handle(m.Tick(), 86_310.0)) == [("g", "ann")]
    router.handle(m.ContactLeft(m.ContactId("g")), 86_311.0)
    while (due := router.next_deadline()) < 86_400.0:
        assert offers(router.handle(m.Tick(), due)) == []
    assert offers(router.handle(m.Tick(), due)) == [("p", "ann")]


def test_other_rules_count_for_those_who_wait_already():
    router = people([QueueRules("q", need=Skill("loans"))], ann={})
    router.handle(asks(), 10.0)
    profiles = {ANN: AgentProfile(ANN, frozenset({"q"}))}
    assert offers(router.reconfigure({"q": QueueRules("q")}, profiles, 11.0)) == [("c", ANN)]


def test_relief_brings_relaxations_forward_and_calls_the_reserve_in_and_can_be_undone():
    rules = QueueRules("q", need=Skill("loans"), relax=(Relaxation(30.0),))
    router = people([rules], ann={})
    router.handle(asks(), 10.0)
    assert offers(router.handle(m.ReliefGiven("q", sooner=20.0), 20.0)) == [("c", "ann")]
    router.handle(m.OfferFailed(m.OfferId("c.1"), "unknown"), 21.0)
    router.handle(m.AgentMadeNotReady(m.AgentId("ann"), "lunch"), 21.0)
    undone = router.handle(m.ReliefGiven("q"), 22.0)
    assert undone == [m.ContactWidened(m.ContactId("c"), "q", 0, "")]


def test_the_reserve_serves_only_while_it_is_called_in():
    profiles = {ANN: AgentProfile(ANN, frozenset({"q"}), reserve=True)}
    router = Router({"q": QueueRules("q")}, profiles)
    for message in (m.PhoneFound(ANN, "n0"), m.AgentSignedOn(ANN), m.AgentMadeReady(ANN)):
        router.handle(message, 1.0)
    assert offers(router.handle(asks(), 10.0)) == []
    assert offers(router.handle(m.ReliefGiven("q", reserve=True), 11.0)) == [("c", ANN)]


# ── somebody wanted ──


def wants(*wanted, contact="c", at=10.0):
    return m.ContactArrived(m.ContactId(contact), "n0", "q", (), 0, at, wanted=wanted)


def test_a_caller_waits_for_the_agent_he_wants_and_then_takes_another():
    router = floor()
    router.handle(m.AgentMadeNotReady(BOB, "lunch"), 5.0)
    told = router.handle(wants(m.Wanted(BOB, 15.0)), 10.0)
    assert told == [m.ContactWidened(m.ContactId("c"), "q", 0, BOB)]
    assert offers(router.handle(m.Tick(), 25.0)) == [("c", ANN)]


def test_the_wanted_agent_has_him_as_soon_as_he_is_ready():
    router = floor()
    router.handle(m.AgentMadeNotReady(BOB, "lunch"), 5.0)
    router.handle(wants(m.Wanted(BOB, 15.0)), 10.0)
    made = [each for each in router.handle(m.AgentMadeReady(BOB), 12.0) if isinstance(each, m.MakeOffer)]
    assert [(each.agent, each.reason) for each in made] == [(BOB, "wanted")]


def test_who_is_signed_off_is_not_waited_for_and_the_next_has_the_time_of_both():
    router = floor(ready=())
    router.handle(m.AgentSignedOff(ANN), 5.0)
    router.handle(wants(m.Wanted(ANN, 15.0), m.Wanted(BOB, 10.0)), 10.0)
    assert router.contacts()[m.ContactId("c")].only == BOB
    assert router.next_deadline() == 35.0
    router.handle(m.AgentSignedOn(ANN), 12.0)
    assert router.contacts()[m.ContactId("c")].only == ANN
    router.handle(m.AgentSignedOff(ANN), 13.0)
    assert router.contacts()[m.ContactId("c")].only == BOB


def test_who_is_not_fit_is_waited_for_only_when_it_must_be_he():
    router = floor(QueueRules("q", need=Skill("loans")), ready=(), skills={ANN: {}, BOB: {"loans": 1}})
    router.handle(wants(m.Wanted(ANN, 15.0)), 10.0)
    assert router.contacts()[m.ContactId("c")].only == ""
    router.handle(wants(m.Wanted(ANN, 15.0, fit=False), contact="d"), 10.0)
    assert offers(router.handle(m.AgentMadeReady(ANN), 11.0)) == [("d", ANN)]


def test_a_wanted_agent_who_lets_it_pass_is_wanted_no_more():
    router = floor(QueueRules("q", misses=9))
    router.handle(wants(m.Wanted(BOB, 60.0)), 10.0)
    assert offers(router.handle(m.OfferFailed(m.OfferId("c.1"), "refused"), 11.0)) == [("c", ANN)]


# ── a surge ──


def surge(rules, seconds=600.0, every=6.6):
    """Ten agents, talks of a minute, twice as many gold callers as plain ones: waits by priority, and who passed whom.

    The first two minutes bring twice the callers that the staff can serve.
    """
    names = [m.AgentId(f"a{n}") for n in range(10)]
    router = Router({"q": rules}, {name: AgentProfile(name, frozenset({"q"})) for name in names})
    for name in names:
        for message in (m.PhoneFound(name, "n0"), m.AgentSignedOn(name), m.AgentMadeReady(name)):
            router.handle(message, 1.0)
    due = [(100.0 + n * every / 2, n) for n in range(int(240 / every))]
    due += [(220.0 + n * every, 1000 + n) for n in range(int(seconds / every))]
    events = [(at, "call", asks(f"c{n:04}", at, priority=2 if n % 3 else 0)) for at, n in due]
    waits, passed, count = {0: [], 2: []}, [], 0
    while events:
        at, _, message = heapq.heappop(events)
        for made in [each for each in router.handle(message, at) if isinstance(each, m.MakeOffer)]:
            record, count = router.contacts()[made.contact], count + 1
            waits[record.priority].append(at - record.asked_at)
            left = [each for each in router.contacts().values() if each.state == "waiting" and not each.priority]
            passed += [record.asked_at - each.asked_at for each in left if record.priority]
            router.handle(m.OfferAccepted(made.offer), at)
            heapq.heappush(events, (at + 60.0, f"over{count}", m.TalkOver(made.offer)))
    return waits, passed


def test_gold_goes_first_in_a_surge_and_passes_over_nobody_by_more_than_his_priority_weighs():
    strict, _ = surge(QueueRules("q", wrap_up=0.0, guard=0.0))
    waits, passed = surge(QueueRules("q", wrap_up=0.0, order="priority", target=60.0, guard=180.0, ageing=30.0))
    assert sum(waits[2]) / len(waits[2]) < sum(waits[0]) / len(waits[0])
    assert 0 < max(passed) <= 2 * 30.0
    assert max(waits[0]) <= 3 * 60.0 < max(strict[0]), "three times the target, where strict priority starves"


def test_beyond_the_guard_nobody_is_passed_over_at_all():
    _, passed = surge(QueueRules("q", wrap_up=0.0, guard=60.0))
    assert 0 < max(passed) <= 60.0 + 1e-6
