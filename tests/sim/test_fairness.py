"""Every order of service with every choice of agent: nobody is passed over for ever, and the same each time."""

from __future__ import annotations

from itertools import product

import pytest

from acd.orders import ORDERS
from acd.ready import Ready
from acd.rules import QueueRules
from acd.strategies import STRATEGIES
from benchmarks.faults.broken import Broken
from benchmarks.faults.fairness import GUARD, QUEUES, Floor

pytestmark = pytest.mark.sim

STEPS = 8_000


@pytest.mark.parametrize(("order", "choose"), [*product(sorted(ORDERS), sorted(STRATEGIES))])
def test_nobody_is_passed_over_for_ever(order, choose):
    run = Floor(order, choose, seed=3).run(STEPS)
    assert run.answered > 1000
    assert run.longest > GUARD, "the floor was to be too small for its callers"


@pytest.mark.parametrize("choose", sorted(STRATEGIES))
def test_the_same_seed_makes_the_same_choices(choose):
    one, same, other = (Floor("deadline", choose, seed).run(STEPS // 2).hash for seed in (5, 5, 6))
    assert one == same != other


def test_a_router_that_forgets_the_guard_is_seen():
    floor = Floor("deadline", "longest_idle", seed=3)
    forgetful = {name: QueueRules(name, ring_for=4.0, misses=1000, order="deadline", guard=0.0) for name in QUEUES}
    floor.router.reconfigure(forgetful, floor.profiles, floor.now)
    with pytest.raises(Broken, match="S1"):
        floor.run(STEPS)


def test_an_agent_who_is_always_last_is_seen(monkeypatch):
    def highest_number(self, among, *_):
        return self._house.names[among.bit_length() - 1]

    monkeypatch.setattr(Ready, "first", highest_number)
    with pytest.raises(Broken, match="S2"):
        Floor("oldest", "longest_idle", seed=3).run(STEPS)
