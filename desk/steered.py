"""What a supervisor changes on the running floor, as the screens and the command line tell it to the centre.

It knows nothing of HTTP, nor of what the centre makes of it. Each says who wants it, and why.
"""

from __future__ import annotations

from enum import StrEnum

from lean import dataclass


class QueueWish(StrEnum):
    """How a queue shall be: open or closed whatever its calendar says, or as the calendar says."""

    OPEN = "open"
    CLOSED = "closed"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class AgentAlterationAsked:
    """An agent's skills or queues shall be these; None leaves them. Queues are names, or `all`."""

    by: str
    agent: str
    why: str
    queues: tuple[str, ...] | None = None
    skills: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class AlterationUndoAsked:
    """The last change of an agent shall be taken back; `change` is its number, so that no other is meant."""

    by: str
    agent: str
    change: int
    why: str


@dataclass(frozen=True, slots=True)
class QueueSwitchAsked:
    """A queue shall be open, closed, or as its calendar says. `release`: let those go who wait, if it closes."""

    by: str
    queue: str
    wish: QueueWish
    why: str
    release: bool = False


Steered = AgentAlterationAsked | AlterationUndoAsked | QueueSwitchAsked
