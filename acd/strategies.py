"""Who among the fit is rung first: one strategy per way to choose.

It does not know who is fit, nor who is free.

A strategy has two parts, each one function. `tier` ranks by what an agent is: his profile, the skills that are asked
for, and how scarce he is. It may not depend on what he does, so it is worked out once for a line of callers. `turn`
ranks those of one tier by what they have done, from their records. Smallest first in both; then who is idle longest,
then by id. A strategy that is `drawn` draws among the best tier by the queue's seed and the offer, the same each time.
One that `spares` keeps those free of the best tier who are among the last for something else (`acd.sparing`).
To add a strategy, write its functions and list it below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acd.agents import AgentProfile, AgentRecord
    from acd.messages import AgentId

Tier = Callable[["AgentProfile", frozenset[str], int], int]
Turn = Callable[["AgentRecord"], float]


def alike(_profile: AgentProfile, _asked: frozenset[str], _scarcity: int) -> int:
    """Nobody is better than another."""
    return 0


def most_skilled(profile: AgentProfile, asked: frozenset[str], _scarcity: int) -> int:
    """The highest sum of levels in the skills that are asked for."""
    return -sum(profile.skills.get(skill, 0) for skill in asked)


def least_scarce(_profile: AgentProfile, _asked: frozenset[str], scarcity: int) -> int:
    """He who can be missed best: keep those who can do what few can."""
    return scarcity


def idle_since(agent: AgentRecord) -> float:
    """Ready longest without a talk."""
    return agent.idle_since


def calls(agent: AgentRecord) -> float:
    """Fewest talks since he signed on."""
    return agent.calls


def rung_at(agent: AgentRecord) -> float:
    """Longest not rung, answered or not."""
    return agent.rung_at


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to choose among the fit."""

    tier: Tier = alike
    turn: Turn = idle_since
    drawn: bool = False
    spares: bool = False


STRATEGIES: Mapping[str, Strategy] = {
    "longest_idle": Strategy(),
    "best_skill": Strategy(most_skilled),
    "least_scarce": Strategy(least_scarce),
    "round_robin": Strategy(turn=rung_at),
    "fewest_calls": Strategy(turn=calls),
    "random": Strategy(drawn=True),
    "sparing": Strategy(spares=True),
}


def scarcities(profiles: Mapping[AgentId, AgentProfile]) -> dict[AgentId, int]:
    """Rate every agent by the skills and queues that few share with him, in coarse steps: alike agents are equal."""
    holders = Counter(skill for profile in profiles.values() for skill in profile.skills)
    servers = Counter(queue for profile in profiles.values() for queue in profile.queues)

    def rate(profile: AgentProfile) -> int:
        shares = [1 / holders[skill] for skill in profile.skills] + [1 / servers[queue] for queue in profile.queues]
        return round(4 * log2(1 + 64 * sum(sorted(shares))))

    return {agent: rate(profile) for agent, profile in profiles.items()}
