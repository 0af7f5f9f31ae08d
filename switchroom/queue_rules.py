"""A queue as `queues.yaml` writes it, mapped to the rules that the router knows.

It does not know how either is made: it only says which field is which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.rules import QueueRules, Relaxation, When

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.calendar import Calendar
    from switchroom.queuefile import QueuePlan
    from switchroom.relax_text import RelaxPlan


def rules_of(queue: QueuePlan, calendars: Mapping[str, Calendar]) -> QueueRules:
    """The router's rules for a queue. The calendar of its hours lends its clock to `between`."""
    calendar = calendars.get(queue.hours)
    zone = calendar.zone if calendar else "UTC"
    return QueueRules(
        queue.name,
        queue.ring_for,
        queue.wrap_up,
        queue.misses,
        queue.target,
        queue.need,
        queue.prefer,
        queue.choose,
        queue.order,
        queue.guard,
        queue.ageing,
        relax=tuple(_relaxation(step, zone) for step in queue.relax),
        group=queue.ring_together,
        full=queue.full,
        no_agent=queue.no_agent,
    )


def _relaxation(step: RelaxPlan, zone: str) -> Relaxation:
    when = When(step.estimate_over, step.segments, step.between, step.zone or zone)
    return Relaxation(step.after, step.need, when, step.drop_asked)
