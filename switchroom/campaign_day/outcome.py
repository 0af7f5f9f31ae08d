"""What came of a campaign's day: dials, persons, abandoned ones, and how agents' time was spent.

It does not know how a day is run.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MINUTE = 60.0


@dataclass(slots=True)
class Count:
    """Counted while a day runs. A person who waited longer than the law's time is abandoned, served later or not."""

    dials: int = 0
    persons: int = 0
    connected: int = 0
    abandoned: int = 0
    lost: int = 0  # hung up before the law's time was over
    misheard: int = 0  # persons who were taken for machines, and hung up on
    congested: int = 0
    refused: int = 0  # lines that a pacer asked for beyond its bounds
    outcomes: dict[str, int] = field(default_factory=dict)
    by_minute: dict[int, list[int]] = field(default_factory=dict)  # minute: persons, abandoned
    idle: list[float] = field(default_factory=list)  # how long agents waited for each customer
    waits: list[float] = field(default_factory=list)  # how long customers waited for each agent, if at all
    present: float = 0.0
    busy: float = 0.0
    line_seconds: float = 0.0
    asked: int = 0
    told: int = 0

    def person(self, at: float, *, abandoned: bool) -> None:
        """Count one who answered, by the minute of the day in which it is decided what becomes of him."""
        self.persons += 1
        self.abandoned += abandoned
        both = self.by_minute.setdefault(int(at // MINUTE), [0, 0])
        both[0] += 1
        both[1] += abandoned


@dataclass(frozen=True, slots=True)
class DayOutcome:
    """The figures of one day."""

    count: Count
    agents: int
    seconds: float

    @property
    def utilisation(self) -> float:
        """Talk, wrap-up and calls of other queues over the time in which agents were there, after the warm-up."""
        return self.count.busy / self.count.present if self.count.present else 0.0

    @property
    def abandonment(self) -> float:
        """Abandoned over all persons who answered, of the whole day."""
        return self.count.abandoned / self.count.persons if self.count.persons else 0.0

    @property
    def dials_per_connect(self) -> float:
        return self.count.dials / self.count.connected if self.count.connected else 0.0
