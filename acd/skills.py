"""Which agents may serve which contacts.

It does not know who among the fit is best, nor whether an agent is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acd.agents import AgentProfile, AgentRecord
    from acd.contacts import Line


def has_skills(levels: Mapping[str, int], required: tuple[tuple[str, int], ...]) -> bool:
    """Tell whether every required skill is there at its least level; a missing one meets no level."""
    return all(name in levels and levels[name] >= least for name, least in required)


def serves(profile: AgentProfile, line: Line) -> bool:
    """Tell whether he serves the queue and has every required skill, wherever his phone is."""
    return line.queue in profile.queues and has_skills(profile.skills, line.skills)


def fits(record: AgentRecord, profile: AgentProfile, line: Line) -> bool:
    """Tell whether he serves the queue, is reachable on the contact's node, and has every required skill."""
    return record.node == line.node and bool(record.node) and serves(profile, line)
