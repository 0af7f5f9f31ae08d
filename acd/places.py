"""The place of a contact in the order of service, at one moment.

It does not know agents, nor how lines are kept: this is the plain definition, from the record alone. `acd.lines` must
agree with it, and tests compare the two.

Smallest is served first. Whoever rings already and could ring at more agents comes after all who do not ring. Then come
the zones: beyond the guard (oldest first), in time, and, in an order with deadlines, beyond the target (oldest first).
In time are, in an order without deadlines, all; and always those whom an agent has failed: they come back to the head.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from acd.contacts import ContactState
from acd.orders import ORDERS

if TYPE_CHECKING:
    from acd.contacts import ContactRecord
    from acd.rules import QueueRules

Place = tuple[bool, int, int, bool, float, str]


class Zone(IntEnum):
    """What the time waited makes of a caller."""

    GUARDED = 0
    IN_TIME = 1
    LATE = 2


def zone(record: ContactRecord, rules: QueueRules, now: float) -> Zone:
    """Tell the zone in which a contact is."""
    if rules.guard and now >= record.asked_at + rules.guard:
        return Zone.GUARDED
    if ORDERS[rules.order].deadlines and not record.at_head and now >= record.asked_at + rules.target:
        return Zone.LATE
    return Zone.IN_TIME


def place(record: ContactRecord, rules: QueueRules, now: float) -> Place:
    """Give the place of a contact in the order of service."""
    rings = record.state is ContactState.OFFERED
    where = zone(record, rules, now)
    if where is not Zone.IN_TIME:
        return (rings, int(where), 0, False, record.asked_at, record.contact)
    order = ORDERS[rules.order]
    reference = order.refer(record.asked_at, record.priority, rules)
    steps = -record.priority if order.strict else 0
    return (rings, int(where), steps, not record.at_head, reference, record.contact)
