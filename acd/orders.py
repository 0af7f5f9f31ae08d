"""Who among the waiting comes first: one function per order.

It does not know agents, nor how a line of callers is kept.

An order gives a caller's *reference time*: among those whom nothing else sets apart the smallest is served first. It
may not depend on the present, so a line that is sorted stays sorted. What does depend on the present are the zones, and
they are the same for all orders: whoever has waited beyond his queue's guard comes before everybody, oldest first; then
those who are in time; and in an order that has `deadlines`, last those who have waited beyond their target, oldest
first. To add an order, write its function and list it below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acd.rules import QueueRules

USUAL_TARGET = 20.0  # deadlines are told as if all targets were this, so that they can be compared with times of asking


@dataclass(frozen=True, slots=True)
class Order:
    """`refer` gives the reference time of (asked_at, priority, rules). `strict`: a higher priority goes first."""

    refer: Callable[[float, int, QueueRules], float]
    strict: bool = False
    deadlines: bool = False


def oldest(asked_at: float, _priority: int, _rules: QueueRules) -> float:
    """The first to ask, within a priority."""
    return asked_at


def aged(asked_at: float, priority: int, rules: QueueRules) -> float:
    """As if he had asked `ageing` seconds earlier for every step of his priority."""
    return asked_at - priority * rules.ageing


def deadline(asked_at: float, priority: int, rules: QueueRules) -> float:
    """The moment at which his target is over; a higher priority has it earlier."""
    return asked_at + rules.target - USUAL_TARGET - priority * rules.ageing


ORDERS: Mapping[str, Order] = {
    "oldest": Order(oldest, strict=True),
    "priority": Order(aged),
    "deadline": Order(deadline, deadlines=True),
}
