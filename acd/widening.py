"""How the circle of those who may serve a contact widens: wanted agents first, then one relaxation after another.

It does not know who is ready, nor what follows from a wider circle.

Both go by the time waited since the first request. Of several wanted agents each is waited for until the sum of the
patiences up to his is over; one who is not there is passed over at once. A relaxation begins at its time, or later,
when its condition is found to hold; once begun it stays, until the rules or the relief of the queue change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.contacts import widened
from lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from acd.contacts import ContactRecord
    from acd.messages import Wanted
    from acd.rules import QueueRules

LOOKED_AGAIN = 5.0  # seconds until a condition that did not hold is looked at again


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What widening depends on besides the contact. `there`: can he be waited for; `likely`: the likely wait."""

    rules: QueueRules
    sooner: float
    there: Callable[[Wanted], bool]
    likely: Callable[[], float | None]


def widens(record: ContactRecord, rules: QueueRules) -> bool:
    """Tell whether time can change who may serve it."""
    return bool(record.wanted or rules.relax)


def reviewed(record: ContactRecord, around: Circumstances, now: float) -> ContactRecord:
    """Give the record as it should be at `now`: the stage, the agent for whom it waits, and when to look again."""
    stage, step_at = _stage(record, around, now)
    only, over_at = _only(record, around, now)
    at = min(step_at, over_at) if step_at and over_at else step_at or over_at
    if (stage, only, at) == (record.stage, record.only, record.widens_at):
        return record
    return widened(record, stage, only, at)


def _stage(record: ContactRecord, around: Circumstances, now: float) -> tuple[int, float]:
    """Give the stage, and when a further step may begin, 0 for never."""
    stage, again = record.stage, 0.0
    for number, step in enumerate(around.rules.relax, start=1):
        begins = record.asked_at + step.after - around.sooner
        if number <= record.stage:
            continue
        if now < begins:
            return stage, min(begins, again) if again else begins
        likely = around.likely() if step.when.estimate_over is not None else None
        if step.when.holds(record.segment, likely, now):
            stage, again = number, 0.0
        elif step.when.may_change:
            again = now + LOOKED_AGAIN
    return stage, again


def _only(record: ContactRecord, around: Circumstances, now: float) -> tuple[str, float]:
    """Give the agent for whom it waits, and when that is over; with ("", 0) nobody will be waited for any more.

    While nobody is there but somebody may come, the answer is ("", 0), too: his coming is an occasion to look again.
    """
    over = record.asked_at
    for wanted in record.wanted:
        over += wanted.patience
        if now < over and around.there(wanted):
            return wanted.agent, over
    return "", 0.0
