"""What screens may see of what people change on the floor: which queues are open, and every change with its difference.

It does not know where any of it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue now. `held`: a person wants it so, whatever its calendar says. `calendar` is "" for one without hours."""

    queue: str
    is_open: bool
    held: bool
    calendar: str
    waiting: int
    needs: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change: what (`agent` or `queue`), of whom, by whom, why. Texts of `before` and `after` differ.

    `change` is the number to undo it by, 0 for what is not undone. `how`: altered, undone, filed, switched.
    """

    at: float
    what: str
    subject: str
    by: str
    why: str
    how: str
    before: str
    after: str
    change: int = 0
    stands: bool = False


class SteeringDesk(Protocol):
    """What the desk asks of the floor that people change."""

    def queues(self) -> Sequence[QueueView]:
        """List all queues as they are now."""
        ...

    async def changes(self, since: float, until: float, limit: int) -> Sequence[ChangeView]:
        """List what was changed in [since, until), newest first."""
        ...


class NothingSteered:
    """The desk of a floor that nobody changes."""

    def queues(self) -> Sequence[QueueView]:
        return ()

    async def changes(self, since: float, until: float, limit: int) -> Sequence[ChangeView]:
        del since, until, limit
        return ()
