"""Which agents may serve which contacts.

It does not know who among the fit is best, nor whether an agent is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from acd.agents import AgentProfile, AgentRecord
    from acd.contacts import Line
    from acd.rules import QueueRules


def has_skills(levels: Mapping[str, int], required: tuple[tuple[str, int], ...]) -> bool:
    """Tell whether every required skill is there at its least level; a missing one meets no level."""
    return all(name in levels and levels[name] >= least for name, least in required)


def serves(profile: AgentProfile, line: Line, rules: QueueRules) -> bool:
    """Tell whether he serves the queue and has what it and the caller need, wherever his phone is."""
    able = line.queue in profile.queues and has_skills(profile.skills, line.skills)
    return able and rules.need.meets(profile.skills)


def fits(record: AgentRecord, profile: AgentProfile, line: Line, rules: QueueRules) -> bool:
    """Tell whether he serves the line and is reachable on the contact's node."""
    return record.node == line.node and bool(record.node) and serves(profile, line, rules)
