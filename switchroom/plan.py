"""The floor plan as the centre asks it: which flow, which customer, which rules, which phone.

It does not know where the plan was written; `switchroom/floorplan.py` reads it from `dialplans/`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from acd.agents import AgentProfile
from acd.messages import AgentId
from acd.rules import QueueRules
from customers.directory import Customer, Directory, one_form
from ivr.flow import Flow
from ivr.session import Caller
from ivr.state import ANY_NUMBER
from outbound.campaign import Campaign
from outbound.trunk import House
from switchroom.autopilotfile import AutopilotPlan
from switchroom.floorplan import AgentPlan, FloorPlan, QueuePlan
from switchroom.queue_rules import rules_of

_Key = TypeVar("_Key", bound=str | tuple[str, str])


class Plan:
    """One floor plan, mapped to the trades. `country` is the home country's code, for numbers without one.

    `outside` are the beginnings of the numbers that may be dialled; None where nobody says.
    """

    def __init__(
        self,
        floor: FloorPlan,
        country: str = "",
        directory: Directory | None = None,
        outside: tuple[str, ...] | None = None,
    ) -> None:
        self.floor = floor
        self.outside = outside
        self.queues: Mapping[str, QueuePlan] = floor.queues
        self.agents: Mapping[str, AgentPlan] = floor.agents
        self._country = country
        self._directory = directory or Directory(
            (
                Customer(number, row.customer, row.name, row.segment, row.household, row.agent)
                for number, row in floor.customers.items()
            ),
            country,
        )

    def beside(self, needed: Iterable[Plan]) -> Plan:
        """This plan with the queues that only the `needed` ones have, and those agents of theirs who serve them."""
        older = {id(plan): plan for plan in needed if plan is not self}.values()
        queues = {name: queue for plan in older for name, queue in plan.queues.items() if name not in self.queues}
        if not queues:
            return self
        agents = {name: replace(agent, queues=_serves(agent, queues, older)) for name, agent in self.agents.items()}
        floor = replace(self.floor, queues={**self.queues, **queues}, agents=agents)
        return Plan(floor, self._country, self._directory, self.outside)

    def with_agents(self, agents: Mapping[str, AgentPlan]) -> Plan:
        """This plan with these agents in place of those of the same names."""
        return Plan(replace(self.floor, agents={**self.agents, **agents}), self._country, self._directory, self.outside)

    def flow_for(self, called: str) -> Flow:
        """The flow that answers a called number."""
        return self.floor.flow_for(called)

    def flow_named(self, name: str, called: str) -> Flow:
        """A flow by name, where there still is one; else what answers the called number now."""
        return self.floor.flows.get(name) or self.flow_for(called)

    def customer(self, number: str) -> Customer:
        """Whose number it is; a record of empty texts when nobody's."""
        return self._directory.find(number)

    def household(self, customer: str) -> tuple[str, ...]:
        """The other customers of a customer's household."""
        return self._directory.household(customer)

    def name_of(self, customer: str) -> str:
        """A customer's name, by his id; "" when he is not known."""
        return self._directory.customer(customer).name

    def looked_after_by(self, customer: str) -> str:
        """The agent who looks after a customer in particular; "" when nobody does."""
        return self._directory.customer(customer).agent

    def number(self, number: str) -> str:
        """The number in the one form in which numbers are compared; "" when withheld, or no number."""
        return one_form(number, self._country)

    def full_number(self, number: str) -> str:
        """The number with + and its country, as lists have it; "" when withheld, or no number."""
        form = one_form(number, self._country)
        return form if form.startswith("+") or not form else f"+{self._country}{form}"

    def caller(self, number: str, name: str, called: str, who: Customer) -> Caller:
        """What a flow may know of the caller."""
        reachable = ANY_NUMBER if self.outside is None else " ".join(self.outside)
        return Caller(number, name, called, who.customer, who.name, who.segment, reachable)

    def may_call(self, number: str) -> bool:
        """Whether anybody may be connected with this number."""
        return self.outside is None or number.startswith(self.outside)

    def agent(self, name: str) -> AgentPlan:
        """An agent, or the bare name of one who is planned no more and whose talk is not over yet."""
        return self.agents.get(name) or AgentPlan(name, name, "", "", (), (), "none")

    def queue_rules(self) -> dict[str, QueueRules]:
        """The router's rules for each queue."""
        return {name: rules_of(queue, self.floor.calendars) for name, queue in self.queues.items()}

    def agent_profiles(self) -> dict[AgentId, AgentProfile]:
        """What the router may know of each agent."""
        every = frozenset(self.queues)
        return {
            AgentId(name): AgentProfile(
                AgentId(name),
                every if agent.queues is None else frozenset(agent.queues),
                dict(agent.skills),
                reserve=agent.reserve,
            )
            for name, agent in self.agents.items()
        }

    def autopilot(self) -> AutopilotPlan:
        """What the autopilot may do."""
        return self.floor.autopilot

    def campaigns(self) -> tuple[Campaign, ...]:
        """Whom the house calls."""
        return tuple(plan.campaign for _, plan in sorted(self.floor.calling.campaigns.items()))

    def house(self) -> House:
        """The lines that campaigns may use."""
        return self.floor.calling.house

    def agents_on(self, node: str) -> tuple[AgentPlan, ...]:
        """The agents whose phones belong to a node."""
        return self._by_node.get(node, ())

    def agents_at(self, node: str, phone: str) -> tuple[AgentPlan, ...]:
        """The agents who sit at a phone: one, or more who share it in shifts."""
        return self._by_phone.get((node, phone), ())

    @cached_property
    def _by_node(self) -> dict[str, tuple[AgentPlan, ...]]:
        return _grouped((agent.node, agent) for agent in self.agents.values())

    @cached_property
    def _by_phone(self) -> dict[tuple[str, str], tuple[AgentPlan, ...]]:
        return _grouped(((agent.node, agent.phone), agent) for agent in self.agents.values())


def _grouped(pairs: Iterable[tuple[_Key, AgentPlan]]) -> dict[_Key, tuple[AgentPlan, ...]]:
    found: dict[_Key, list[AgentPlan]] = {}
    for key, agent in pairs:
        found.setdefault(key, []).append(agent)
    return {key: tuple(agents) for key, agents in found.items()}


def _serves(agent: AgentPlan, queues: Mapping[str, QueuePlan], older: Collection[Plan]) -> tuple[str, ...] | None:
    """The agent's queues and those of `queues` that he served before; None for all."""
    if agent.queues is None:
        return None
    before = (plan.agents[agent.agent] for plan in older if agent.agent in plan.agents)
    served = {name for one in before for name in (queues if one.queues is None else one.queues) if name in queues}
    return (*agent.queues, *sorted(served))
