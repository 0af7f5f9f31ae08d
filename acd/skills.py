"""Which agents may serve which contacts.

It does not know who among the fit is best, nor whether an agent is free.
"""

from __future__ import annotations

from collections.abc import Mapping

from acd.agents import AgentProfile, AgentRecord


def has_skills(levels: Mapping[str, int], required: tuple[tuple[str, int], ...]) -> bool:
    """Every required skill at its least level or above. A skill one does not have is met by no level, not even 0."""
    return all(name in levels and levels[name] >= least for name, least in required)


def fits(
    record: AgentRecord, profile: AgentProfile, *, queue: str, node: str, skills: tuple[tuple[str, int], ...]
) -> bool:
    """He serves the queue, his phone is reachable on the contact's node, and he has every required skill."""
    return bool(record.node) and record.node == node and queue in profile.queues and has_skills(profile.skills, skills)
