"""A campaign over two Asterisks: both are used, one that dies is left out till it is back, the caps hold over both."""

from __future__ import annotations

from pathlib import Path

import pytest
from two_nodes import AGENTS, LINES, OTHER, RATE, TwoNodes, most_at_once, most_in_a_second, two_nodes

from benchmarks.arena import NODE
from cti.asterisk.package import Package
from journal.facts import AgentAnswered, NodeChanged
from journal.outbound_facts import AttemptBegun, AttemptEnded

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]

CUSTOMERS = 400  # more than can be called meanwhile
AFTER = 8  # attempts that are looked at after the node has died, and after it is back


def test_both_nodes_dial_and_one_that_dies_is_left_out_until_it_is_back(tmp_path: Path, package: Package) -> None:
    with two_nodes(tmp_path, package, CUSTOMERS) as world:
        world.say("campaign", "start", "both", who="campaigns")
        world.until(lambda: {one.agent for one in world.facts(AgentAnswered)} == _everybody(), "a talk of each agent")
        world.kill(OTHER)
        lost = world.until(lambda: _changed(world, up=False), "the loss of the node")
        assert {one.node for one in world.until(lambda: _next(world, lost), "dials on the other node")} == {NODE}
        world.daemons[OTHER].start()
        found = world.until(lambda: _changed(world, up=True), "the node's return")
        world.until(lambda: OTHER in {one.node for one in _begun(world) if one.at >= found}, "dials on it again")
        world.say("campaign", "stop", "both", who="campaigns")
        world.until(lambda: not _open(world), "the end of every attempt")
        _the_caps_hold(world)
        _nobody_was_called_twice_and_each_met_an_agent_of_his_node(world)


def _everybody() -> set[str]:
    return {agent for some in AGENTS.values() for agent in some}


def _begun(world: TwoNodes) -> list[AttemptBegun]:
    return [fact for fact in world.facts(AttemptBegun) if isinstance(fact, AttemptBegun)]


def _ended(world: TwoNodes) -> list[AttemptEnded]:
    return [fact for fact in world.facts(AttemptEnded) if isinstance(fact, AttemptEnded)]


def _open(world: TwoNodes) -> set[str]:
    return {one.contact for one in _begun(world)} - {one.contact for one in _ended(world)}


def _changed(world: TwoNodes, *, up: bool) -> float:
    """When the other node was lost, or found again after that; 0 for not yet."""
    news = [fact for fact in world.facts(NodeChanged) if isinstance(fact, NodeChanged) and fact.node == OTHER]
    lost = next((fact.at for fact in news if not fact.up), 0.0)
    if not up:
        return lost
    return next((fact.at for fact in news if fact.up and fact.at > lost), 0.0)


def _next(world: TwoNodes, since: float) -> list[AttemptBegun]:
    """The first attempts after that moment, once there are enough of them."""
    after = [one for one in _begun(world) if one.at > since]
    return after[:AFTER] if len(after) >= AFTER else []


def _the_caps_hold(world: TwoNodes) -> None:
    begun, ended = _begun(world), _ended(world)
    assert most_at_once([*((one.at, 1) for one in begun), *((one.at, -1) for one in ended)]) <= LINES
    assert most_in_a_second([one.at for one in begun]) <= RATE


def _nobody_was_called_twice_and_each_met_an_agent_of_his_node(world: TwoNodes) -> None:
    begun = {one.contact: one for one in _begun(world)}
    assert len({one.number for one in begun.values()}) == len(begun)
    home = {agent: node for node, some in AGENTS.items() for agent in some}
    met = [fact for fact in world.facts(AgentAnswered) if isinstance(fact, AgentAnswered)]
    assert {begun[one.contact].node for one in met} == set(AGENTS)
    assert all(begun[one.contact].node == home[one.agent] for one in met)
