"""Who among the fit comes first: one ranking function per strategy.

It does not know who is fit, nor who is free.

A ranking takes (agent, profile, contact) and gives a tuple; the smallest wins. Every ranking must end with
the agent's id, so that equal agents are always ranked the same way. To add a strategy, write its function
and list it below. `longest_idle` is the order in which the board keeps the ready: it is walked to the first
fit instead of ranked; all others are ranked over all the fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from acd.agents import AgentProfile, AgentRecord
from acd.contacts import ContactRecord

Rank = tuple[float | str, ...]
Ranking = Callable[[AgentRecord, AgentProfile, ContactRecord], Rank]


def longest_idle(agent: AgentRecord, _profile: AgentProfile, _contact: ContactRecord) -> Rank:
    """He who has been ready longest without a talk."""
    return agent.turn


STRATEGIES: Mapping[str, Ranking] = {"longest_idle": longest_idle}
