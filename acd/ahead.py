"""How many callers come before one caller: in the order of service, and by age alone.

It does not know agents, nor how long anything takes. It counts a line as `acd.places` orders it, but for two points
that hardly matter to a wait: how priorities age within a line, and who rings already.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acd.places import Zone, zone

if TYPE_CHECKING:
    from acd.contacts import ContactRecord
    from acd.lines import Group, Line
    from acd.rules import QueueRules


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands now: his zone, his priority, and when he asked."""

    zone: Zone
    priority: int
    asked_at: float


def standing(record: ContactRecord, rules: QueueRules, now: float) -> Standing:
    return Standing(zone(record, rules, now), record.priority, record.asked_at)


def count_ahead(line: Line, me: Standing, now: float) -> tuple[int, int]:
    """Count who of a line is served before him as things stand, and who asked before him."""
    before = older = 0
    guarded = now - line.rules.guard if line.rules.guard else -1.0
    late = max(guarded, now - line.rules.target) if line.order.deadlines else guarded
    for (priority, at_head), group in line.groups().items():
        mine = _older(group, me.asked_at)
        older += mine
        if me.zone is Zone.GUARDED:
            before += mine
        elif at_head or (line.order.strict and priority > me.priority):
            before += len(group)
        elif line.order.strict and priority < me.priority:
            before += _older(group, guarded)
        elif me.zone is Zone.IN_TIME:
            before += _older(group, guarded) + max(0, mine - _older(group, late))
        else:
            before += len(group) - max(0, _older(group, late) - mine)
    return before, older


def _older(group: Group, asked_at: float) -> int:
    return bisect_left(group, (asked_at, "")) if asked_at > 0 else 0
