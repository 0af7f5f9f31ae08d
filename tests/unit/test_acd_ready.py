"""Whose turn it is among many: pieces that are cut and emptied give the same as sorting everybody."""

from __future__ import annotations

from random import Random

import pytest

from acd.agents import AgentProfile, AgentRecord, AgentState
from acd.house import House
from acd.messages import AgentId
from acd.ready import MOST, Ready
from acd.rules import QueueRules
from acd.strategies import STRATEGIES

pytestmark = pytest.mark.unit

AGENTS = 7 * MOST
NAMES = [AgentId(f"a{number:04}") for number in range(AGENTS)]
QUEUES = {name: QueueRules(name, choose=name) for name in ("longest_idle", "round_robin", "fewest_calls")}
HOUSE = House(QUEUES, {name: AgentProfile(name, frozenset(QUEUES)) for name in NAMES})


def record(name, dice, node):
    idle, calls, rung_at = float(dice.randrange(50)), dice.randrange(5), float(dice.randrange(20))
    return AgentRecord(name, AgentState.READY, idle_since=idle, node=node, calls=calls, rung_at=rung_at)


@pytest.mark.parametrize("seed", range(4))
def test_the_first_of_any_set_is_the_first_by_sorting(seed):
    dice = Random(seed)  # noqa: S311 - play, not secrets
    ready, here = Ready(HOUSE), {}
    for step in range(6 * AGENTS):
        name = dice.choice(NAMES)
        if name in here and (step > 3 * AGENTS or dice.random() < 0.4):
            ready.leave(here.pop(name))
        elif name not in here:
            here[name] = record(name, dice, dice.choice(("n0", "n1")))
            ready.join(here[name])
        if step % 20:
            continue
        for node in ("n0", "n1"):
            mine = {name: it for name, it in here.items() if it.node == node}
            assert ready.on(node) == HOUSE.bits(mine)
            some = sorted(dice.sample(sorted(mine), dice.randint(0, len(mine))))
            for rules in QUEUES.values():
                turn = STRATEGIES[rules.choose].turn
                if some:
                    best = min(some, key=lambda each: (turn(mine[each]), mine[each].idle_since, each))
                    assert ready.first(HOUSE.bits(some), node, turn) == best


def test_who_is_not_configured_is_in_no_set():
    ready = Ready(HOUSE)
    ready.join(AgentRecord(AgentId("ghost"), AgentState.READY, idle_since=1.0, node="n0"))
    assert ready.on("n0") == 0
