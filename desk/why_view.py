"""Why a caller waits, or has his agent: every agent and what speaks against him, and what was decided before.

It does not know how agents are chosen. Reasons are the words of `acd/why.py`; screens say them in their own language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AgentLook:
    """One agent, and why he has the caller or has not. `until` is when that ends by itself, 0 where it does not."""

    agent: str
    name: str
    reason: str
    detail: str = ""
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that was decided of him. `what`: queued, widened, offered, closed, answered, left, ended."""

    at: float
    what: str
    agent: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WhyView:
    """A contact at one moment. `need` is what is asked for at the `stage` of relaxation that was reached.

    `state` is "" for one of whom only the facts are known: then `agents` is empty. `ahead` are callers of his queue who
    come before him.
    """

    contact: str
    at: float
    state: str
    queue: str
    need: str
    stage: int
    ahead: int
    agents: tuple[AgentLook, ...]
    before: tuple[Happened, ...]


class WhyDesk(Protocol):
    """What the desk asks, to be told why."""

    async def why(self, contact: str) -> WhyView | None:
        """Tell of a contact now, or as far as its facts tell; None when there was never one."""
        ...


class NobodyKnows:
    """The desk of a floor that cannot be asked."""

    async def why(self, contact: str) -> WhyView | None:
        del contact
        return None
