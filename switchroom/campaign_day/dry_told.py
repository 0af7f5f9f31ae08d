"""What a dry run came to: its counts, and the first dials and refusals with the reason of each.

It does not know how it is run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from switchroom.campaign_day.outcome import Count, DayOutcome

FIRST = 100


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
