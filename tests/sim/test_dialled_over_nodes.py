"""Customers dialled over two nodes: where their agents are; one that is away holds up nobody, and ends as unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dial_floor import NOON, AnySound, plan, snapshot
from dial_moment import D1, NODE, of, person

import acd.messages as acd
import cti.vocabulary as cti
import desk.campaign_vocabulary as said
import desk.vocabulary as desk
import journal.facts as facts
import journal.outbound_facts as made
from cti.dial_vocabulary import Failure
from outbound.lead import Due
from outbound.messages import LeadsFetched
from switchroom.centre import Centre
from switchroom.recovery import restore

pytestmark = pytest.mark.sim
OTHER = cti.NodeId("a2")
PEOPLE = {"ann": "[sales]", "bob": "[cards]", "eve": "[sales]", "fay": "[sales]"}
THERE = {"eve": "a2", "fay": "a2"}


class Floor:
    """Ann and bob on the first node, eve and fay on the other; a campaign in this mode has begun."""

    def __init__(self, where: Path, mode: str = "progressive", *leads: Due) -> None:
        self.plan = plan(where, mode, PEOPLE, THERE)
        self.centre, self.now, self.facts = Centre(self.plan, AnySound()), NOON, []
        for node in (NODE, OTHER):
            self.found(node)
        for agent in PEOPLE:
            self.tell(desk.AgentCameOn(agent), desk.AgentAskedReady(agent))
        self.tell(said.CampaignStartAsked("boss", "cards-offer"))
        given = leads or tuple(Due(person(row)) for row in range(1, 30))
        self.first = self.tell(LeadsFetched("cards-offer", given, len(given)))

    def found(self, node: cti.NodeId) -> list[Any]:
        phones = tuple(name for name in PEOPLE if THERE.get(name, "a1") == node)
        return self.tell(
            cti.NodeFound(node, NOON - 1000.0), cti.NodeSurveyed(node, self.now, (), (), (), phones)
        )  # fmt: skip

    def tell(self, *told: Any, after: float = 0.0) -> list[Any]:
        self.now += after
        effects = [effect for one in told for effect in self.centre.handle(one, self.now)]
        self.facts += [effect for effect in effects if isinstance(effect, facts.Fact)]
        return effects

    @property
    def run(self) -> Any:
        return self.centre.outbound.dialler.campaigns["cards-offer"]


def nodes(effects: list[Any]) -> list[str]:
    return [dial.node for dial in of(cti.DialCustomer, effects)]


def test_each_node_has_as_many_of_them_as_its_agents_can_take(tmp_path: Path) -> None:
    assert sorted(nodes(Floor(tmp_path).first)) == ["a1", "a2", "a2"]


def test_a_node_without_agents_of_the_campaign_dials_nobody_for_it(tmp_path: Path) -> None:
    floor = Floor(tmp_path, "ratio")
    floor.tell(*(cti.DialFailed(one.node, one.call, Failure.BUSY, 17) for one in of(cti.DialCustomer, floor.first)))
    floor.tell(desk.AgentWentOff("ann"))
    later = floor.tell(acd.Tick(), after=1.1)
    assert set(nodes(later)) == {"a2"}


def test_an_agents_own_customer_is_dialled_on_his_node(tmp_path: Path) -> None:
    own = tuple(Due(person(row), promised=NOON, whom="ann") for row in (1, 2))
    assert nodes(Floor(tmp_path, "progressive", *own).first) == ["a1"]


def test_what_is_dialled_on_a_node_that_is_lost_holds_up_nobody_on_the_other(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.tell(cti.NodeLost(OTHER))
    assert (floor.run.air, floor.centre.outbound.dialler.trunk.used) == (1, 3)
    floor.tell(cti.DialFailed(NODE, of(cti.DialCustomer, floor.first)[0].call, Failure.BUSY, 17))
    later = floor.tell(acd.Tick(), after=1.1)
    assert set(nodes(floor.first + later)) - {"a2"} == {"a1"}
    assert floor.run.air == 1


def test_a_node_that_is_back_tells_what_came_of_it_and_its_lines_are_free(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.tell(cti.NodeLost(OTHER))
    floor.now += 30.0
    floor.found(OTHER)
    assert floor.run.air == 3
    effects = floor.tell(cti.NodeSurveyed(OTHER, floor.now, (), (), (), ("eve", "fay")), after=5.0)
    effects += floor.tell(cti.NodeSurveyed(OTHER, floor.now, (), (), (), ("eve", "fay")), after=5.0)
    assert {one.outcome for one in of(made.AttemptEnded, effects)} == {"unknown"}


def test_of_a_node_that_stays_away_nobody_waits_for_ever(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.tell(cti.NodeLost(OTHER))
    effects = floor.tell(acd.Tick(), after=601.0)
    assert [one.outcome for one in of(made.AttemptEnded, effects)] == ["unknown", "unknown"]
    assert {one.contact for one in of(made.AttemptEnded, effects)} & {D1, "D00000002", "D00000003"}


@pytest.mark.parametrize("comes_back", [False, True])
def test_a_new_server_knows_which_of_them_are_out_of_sight(tmp_path: Path, comes_back: bool) -> None:
    floor = Floor(tmp_path)
    floor.tell(cti.NodeLost(OTHER), after=2.0)
    if comes_back:
        floor.found(OTHER)
    again = Centre(floor.plan, AnySound())
    restore(again, floor.facts)
    now, new = snapshot(floor.centre), snapshot(again)
    assert (new["attempts"], new["campaigns"], new["used"]) == (now["attempts"], now["campaigns"], now["used"])
