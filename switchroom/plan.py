"""The floor plan as the centre asks it: which flow, which customer, which rules, which phone.

It does not know where the plan was written; `switchroom/floorplan.py` reads it from `dialplans/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from acd.agents import AgentProfile
from acd.messages import AgentId
from acd.router import QueueRules
from customers.directory import Customer, Directory
from ivr.flow import Flow
from ivr.session import Caller
from switchroom.floorplan import AgentPlan, FloorPlan, QueuePlan


class Plan:
    """One floor plan, mapped to the trades. `country` is the home country's code, for numbers without one."""

    def __init__(self, floor: FloorPlan, country: str = "") -> None:
        self.floor = floor
        self.queues: Mapping[str, QueuePlan] = floor.queues
        self.agents: Mapping[str, AgentPlan] = floor.agents
        self._directory = Directory(
            (Customer(number, row.customer, row.name, row.segment) for number, row in floor.customers.items()),
            country,
        )

    def flow_for(self, called: str) -> Flow:
        """The flow that answers a called number."""
        return self.floor.flow_for(called)

    def flow_named(self, name: str, called: str) -> Flow:
        """A flow by name, where there still is one; else what answers the called number now."""
        return self.floor.flows.get(name) or self.flow_for(called)

    def customer(self, number: str) -> Customer:
        """Whose number it is; a record of empty texts when nobody's."""
        return self._directory.find(number)

    def caller(self, number: str, name: str, called: str, who: Customer) -> Caller:
        """What a flow may know of the caller."""
        return Caller(number, name, called, who.customer, who.name, who.segment)

    def queue_rules(self) -> dict[str, QueueRules]:
        """The router's rules for each queue."""
        return {
            name: QueueRules(name, queue.ring_for, queue.wrap_up, queue.misses)
            for name, queue in self.queues.items()
        }

    def agent_profiles(self) -> dict[AgentId, AgentProfile]:
        """What the router may know of each agent."""
        every = frozenset(self.queues)
        return {
            AgentId(name): AgentProfile(
                AgentId(name), every if agent.queues is None else frozenset(agent.queues), dict(agent.skills)
            )
            for name, agent in self.agents.items()
        }

    def agents_on(self, node: str) -> tuple[AgentPlan, ...]:
        """The agents whose phones belong to a node."""
        return self._by_node.get(node, ())

    def agents_at(self, node: str, phone: str) -> tuple[AgentPlan, ...]:
        """The agents who sit at a phone: one, or more who share it in shifts."""
        return self._by_phone.get((node, phone), ())

    @cached_property
    def _by_node(self) -> dict[str, tuple[AgentPlan, ...]]:
        nodes = {agent.node for agent in self.agents.values()}
        return {node: tuple(a for a in self.agents.values() if a.node == node) for node in nodes}

    @cached_property
    def _by_phone(self) -> dict[tuple[str, str], tuple[AgentPlan, ...]]:
        seats = {(agent.node, agent.phone) for agent in self.agents.values()}
        return {s: tuple(a for a in self.agents.values() if (a.node, a.phone) == s) for s in seats}
