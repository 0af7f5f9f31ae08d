"""Which contact and which agent come together next.

It does not know what made them free, nor how an offer is made: it reads the board and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from acd.agents import AgentProfile, AgentRecord, AgentState
from acd.contacts import ContactRecord, ContactState
from acd.messages import AgentId, ContactId
from acd.rules import QueueRules
from acd.skills import fits, serves
from acd.strategies import STRATEGIES, Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from acd.board import Board
    from acd.contacts import Line


LINES_KEPT = 1000  # a flow may ask for any mix of skills: what is remembered of them must end somewhere


@dataclass(frozen=True, slots=True)
class House:
    """What is configured: the queues' rules and the agents' profiles."""

    queues: Mapping[str, QueueRules]
    profiles: Mapping[AgentId, AgentProfile]
    _able: dict[Line, frozenset[AgentId]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def able(self, line: Line) -> frozenset[AgentId]:
        """Give all whose profile serves the line; worked out once, for profiles do not change."""
        known = self._able.get(line)
        if known is None:
            if len(self._able) >= LINES_KEPT:
                self._able.clear()
            rules = self.rules(line.queue)
            known = frozenset(who for who, profile in self.profiles.items() if serves(profile, line, rules))
            self._able[line] = known
        return known

    def rules(self, queue: str) -> QueueRules:
        """Give a queue's rules; one that is no longer configured ends its contacts by the default rules."""
        return self.queues.get(queue) or QueueRules(queue)


def next_pair(
    board: Board, house: House, agents: Iterable[AgentId], contacts: Iterable[ContactId]
) -> tuple[ContactRecord, AgentRecord] | None:
    """Find who is served next, given the agents and contacts that changed; None when nobody can be.

    Among the changed contacts and the best contact of each changed agent, the first in the order of service
    that has a fit ready agent, with the best of those.
    """
    wanted = {record for key in contacts if (record := _waiting(board, key))}
    wanted |= {record for key in agents if (record := best_contact(board, house, board.agents[key]))}
    for contact in sorted(wanted, key=lambda each: each.place):
        if agent := best_agent(board, house, contact):
            return contact, agent
    return None


def best_contact(board: Board, house: House, agent: AgentRecord) -> ContactRecord | None:
    """Find the first in the order of service among those for whom this agent is fit, if he is ready."""
    profile = house.profiles.get(agent.agent)
    if profile is None or agent.state is not AgentState.READY:
        return None
    lines = board.heads(profile.queues)
    heads = (place for line, place in lines if fits(agent, profile, line, house.rules(line.queue)))
    best = min(heads, default=None)
    return board.contacts[ContactId(best[3])] if best else None


def best_agent(board: Board, house: House, contact: ContactRecord) -> AgentRecord | None:
    """Find the best of the fit ready agents; those who let this contact pass before come last."""
    strategy = STRATEGIES[house.rules(contact.queue).choose]
    able = house.able(contact.line)
    fit = (agent for _, agent in board.ready_on(contact.node) if agent in able)
    is_plain = strategy == Strategy() and not house.rules(contact.queue).prefer
    best = _first(fit, contact) if is_plain else _least(fit, contact, strategy, board, house)
    return None if best is None else board.agents[best]


def _first(fit: Iterable[AgentId], contact: ContactRecord) -> AgentId | None:
    """Find the first who has not let it pass before, or else the first; looks no further than that."""
    passed = None
    for agent in fit:
        if agent not in contact.tried:
            return agent
        passed = agent if passed is None else passed
    return passed


def _least(
    fit: Iterable[AgentId], contact: ContactRecord, strategy: Strategy, board: Board, house: House
) -> AgentId | None:
    """Find the least in rank of all."""
    asked = frozenset(name for name, _ in contact.skills)
    prefer = house.rules(contact.queue).prefer

    def rank(agent: AgentId) -> tuple[bool, float, int, float, AgentId]:
        profile, record = house.profiles[agent], board.agents[agent]
        wish = -sum(weight * profile.skills.get(skill, 0) for skill, weight in prefer)
        return agent in contact.tried, wish, strategy.tier(profile, asked, 0), strategy.turn(record), agent

    return min(fit, key=rank, default=None)


def _waiting(board: Board, contact: ContactId) -> ContactRecord | None:
    record = board.contacts.get(contact)
    return record if record and record.state is ContactState.WAITING else None
