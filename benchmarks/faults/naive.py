"""A second opinion on who fits whom and who comes first, worked out from the rules alone, without the router's code.

It does not know bits, lines or indexes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from acd.needs import Every, Need, Skill, Some

if TYPE_CHECKING:
    from acd.contacts import ContactRecord
    from acd.rules import QueueRules
    from switchroom.floorplan import AgentPlan

Rank = tuple[int, bool, float]


def meets(need: Need, levels: Mapping[str, int]) -> bool:
    """Whether somebody with these levels will do."""
    if isinstance(need, Skill):
        return need.name in levels and levels[need.name] >= need.least
    if isinstance(need, Every | Some):
        found = [meets(part, levels) for part in need.parts]
        return all(found) if isinstance(need, Every) else any(found)
    return not meets(need.part, levels)


def serves(agent: AgentPlan, contact: ContactRecord, rules: QueueRules) -> bool:
    """Whether this agent may be offered this contact as long as it has waited."""
    if contact.only:
        return agent.agent == contact.only
    if agent.queues is not None and contact.queue not in agent.queues:
        return False
    levels = dict(agent.skills)
    begun = rules.relax[: contact.stage]
    need = begun[-1].need if begun else rules.need
    own = () if begun and begun[-1].drop else contact.skills
    return meets(need, levels) and all(levels.get(skill, -1) >= least for skill, least in own)


def rank(contact: ContactRecord, rules: QueueRules, now: float) -> Rank:
    """Where he stands among those of his queue and priority, smallest first."""
    waited = now - contact.asked_at
    if rules.guard and waited >= rules.guard:
        return (0, False, contact.asked_at)
    if rules.order == "deadline" and not contact.at_head and waited >= rules.target:
        return (2, False, contact.asked_at)
    return (1, not contact.at_head, contact.asked_at)
