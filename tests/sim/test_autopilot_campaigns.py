"""The autopilot beside a campaign whose customers have the callers' own agents: the whole centre in virtual time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from dial_floor import CAMPAIGNS, NOON, NUMBER, AnySound, plan

import desk.campaign_vocabulary as said
import journal.facts as facts
import journal.outbound_facts as made
from cti.ids import is_dialled
from switchroom.centre import Centre
from switchroom.simulator import Simulator, Weather

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sim

MINUTE = 60.0
PEOPLE = {f"agent-{number}": "[cards]" for number in range(1, 7)}
TEXTS = {
    "queues.yaml": "cards:\n  ring_for: 15s\n  wrap_up: 10s\n  target: 20s\nsales:\n  ring_for: 15s\n",
    "campaigns.yaml": CAMPAIGNS.format(mode="progressive").replace("queue: sales", "queue: cards"),
    "autopilot.yaml": "cards:\n  steps: [{dialler: 50}, {dialler: 0}]\n  act_below: 75\n  undo_above: 88\n",
}
SMOOTH = {"gives_up_in_flow": 0.0, "no_answer": 0.0, "refuse": 0.0, "talk": 15.0, "patience": 60.0}


class CampaignFloor:
    """Six agents, callers and customers of one queue; the campaign begins with the second minute."""

    def __init__(self, folder: Path, seed: int, calls_a_minute: float) -> None:
        planned = plan(folder, "progressive", PEOPLE, texts=TEXTS)
        weather = Weather(calls_per_second=calls_a_minute / MINUTE, numbers=(NUMBER,), **SMOOTH)
        self.sim = Simulator(lambda: Centre(planned, AnySound()), weather, seed, start=NOON)
        self.sim.customers.size = 2000
        self.sim._minds_his_state = lambda _agent: None  # nobody takes a break
        self.sim.customers.survey_each(10.0)
        self.sim.after(MINUTE, lambda: self.sim.tell(said.CampaignStartAsked("boss", "cards-offer")))

    def more_callers(self, at: float, times: float) -> None:
        """From this second on."""
        before = self.sim.weather

        def come() -> None:
            self.sim.weather = replace(before, calls_per_second=before.calls_per_second * times)

        self.sim.after(at, come)

    def acts(self) -> list[tuple[float, float]]:
        """When the autopilot slowed the dialler, and to which share of its pace."""
        acted = (fact for fact in self.sim.facts if isinstance(fact, facts.AutopilotActed))
        return [(fact.at - NOON, fact.amount) for fact in acted if fact.kind == "dialler"]

    def dials(self, since: float, until: float) -> int:
        begun = (fact.at - NOON for fact in self.sim.facts if isinstance(fact, made.AttemptBegun))
        return sum(since <= at < until for at in begun)

    def in_time(self) -> float:
        """The share of all callers who asked for a person and had one within 20 s."""
        asked = {
            fact.contact: fact.at
            for fact in self.sim.facts
            if isinstance(fact, facts.CallerQueued) and not is_dialled(fact.contact)
        }
        met = {fact.contact: fact.at for fact in self.sim.facts if isinstance(fact, facts.AgentAnswered)}
        return sum(met.get(contact, 1e12) - at <= 20.0 for contact, at in asked.items()) / len(asked)


@pytest.mark.parametrize("seed", range(5))
def test_on_a_floor_that_is_fine_no_dialler_is_stopped(tmp_path, seed):
    floor = CampaignFloor(tmp_path, seed, calls_a_minute=6)
    floor.sim.run(15 * MINUTE, drain=120.0)
    assert floor.in_time() > 0.9, "the floor is not fine"
    assert floor.acts() == []
    assert floor.dials(2 * MINUTE, 4 * MINUTE) > 0
    assert floor.dials(13 * MINUTE, 15 * MINUTE) > 0


@pytest.mark.parametrize("seed", range(5))
def test_when_callers_surge_the_dialler_is_slowed_and_then_stopped(tmp_path, seed):
    floor = CampaignFloor(tmp_path, seed, calls_a_minute=6)
    floor.more_callers(10 * MINUTE, times=4)
    floor.sim.run(16 * MINUTE, drain=120.0)
    surge = [(at, share) for at, share in floor.acts() if at > 10 * MINUTE]
    assert surge[0][0] < 12 * MINUTE
    assert surge[-1][1] == 0.0
    assert surge[-1][0] < 13.5 * MINUTE
    assert floor.dials(15 * MINUTE, 16 * MINUTE) == 0
