"""What a dry run asks of the dialler, and what it came to: counts, the first dials and refusals with their reasons.

It does not know how it is run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

from outbound.lead import Outcome
from switchroom.campaign_day.fates import CONGESTION, NO_ANSWER
from switchroom.campaign_day.outcome import Count, DayOutcome

FIRST = 100
FAILED = {
    "busy": Outcome.BUSY,
    NO_ANSWER: Outcome.NO_ANSWER,
    CONGESTION: Outcome.CONGESTION,
    "bad_number": Outcome.BAD_NUMBER,
    "rejected": Outcome.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Dial:
    """One of the next dials, or (`refused`) one that was not made, with the reason of either. `at` is POSIX time."""

    at: float
    lead: str
    number: str
    why: str
    tries: int = 0
    refused: bool = False
    until: float = 0.0


@dataclass(slots=True)
class Told:
    """What a dry run came to. `done_at` is the POSIX time at which every lead was at its end, 0 if it never was."""

    count: Count = field(default_factory=Count)
    outcomes: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    dials: list[Dial] = field(default_factory=list)
    refused: list[Dial] = field(default_factory=list)
    paid_seconds: float = 0.0  # lines that were answered, from answer to end
    done_at: float = 0.0
    left: int = 0
    agents: int = 0
    seconds: float = 0.0

    @property
    def day(self) -> DayOutcome:
        return DayOutcome(self.count, self.agents, self.seconds)


class Dialling(Protocol):
    """What a dry run asks of the dialler."""

    def handle(self, told: Any, now: float) -> list[Any]:
        """Take one message."""

    def next_deadline(self) -> float | None:
        """When to be woken."""
