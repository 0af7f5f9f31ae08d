"""The centre that decides in a replay, with as many agents as are needed, on the floor of the recorded sample.

It does not know what is played into it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.events.compose import OPENED
from cti.vocabulary import NodeFound, NodeId, PhoneSeen
from switchroom.agentfile import AgentPlan
from switchroom.centre import Centre
from switchroom.floorplan import load_floor
from switchroom.plan import Plan

NODE = NodeId("a1")
IDLE = 50  # agents: looking for the best of those who are idle takes time in proportion to their number
FOLDER = Path(__file__).parent / "dialplans"


class Floor:
    """A centre, and agents who come on duty one by one: one more for each that is rung, so that few are idle."""

    def __init__(self, agents: int) -> None:
        floor, faults = load_floor(FOLDER)
        if floor is None:
            raise ValueError("\n".join(map(str, faults)))
        first = next(iter(floor.agents.values()))
        crowd: dict[str, AgentPlan] = {
            f"agent-{number}": replace(first, agent=f"agent-{number}", name=f"Agent {number}", phone=f"agent{number}")
            for number in range(1, agents + 1)
        }
        sounds = {(prompt, language): f"/{language}/{prompt}" for prompt, language in floor.catalogue}
        self.centre = Centre(Plan(replace(floor, agents=crowd)), sounds)
        self.phones = [plan.phone for plan in crowd.values()]
        self.at_work = 0
        self.centre.handle(NodeFound(NODE, OPENED - 1000), OPENED - 10)
        for _ in range(min(IDLE, agents)):
            self.one_more(OPENED - 10)

    def one_more(self, now: float) -> None:
        """The next agent's phone registers, and he is ready. Nobody is left: nothing happens."""
        if self.at_work < len(self.phones):
            self.centre.handle(PhoneSeen(NODE, self.phones[self.at_work], reachable=True), now)
            self.at_work += 1
