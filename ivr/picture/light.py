"""What is shown on a picture besides the flow itself: one call's way, and the traffic of many.

It does not know how light looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.figures import AGAIN, END, Ending, FlowFigures, Journey
from ivr.picture.sketch import Way


@dataclass(frozen=True, slots=True)
class Light:
    """`numbers` says as which of his steps a caller came to a step; `taken` and `counts` are by (step, exit).

    `calls` is None where no traffic is shown, and `numbers` is empty where no call is. `ended` is the step in which
    the call ended, and how.
    """

    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    taken: frozenset[tuple[str, str]] = frozenset()
    ended: tuple[str, str] = ("", "")
    calls: int | None = None
    entries: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    endings: Mapping[str, int] = field(default_factory=dict)

    @property
    def call_shown(self) -> bool:
        """Whether one call's way is lit, and the rest dimmed."""
        return bool(self.numbers)

    def was_taken(self, step: str, way: Way) -> bool:
        """Whether the call went this way."""
        return any((step, name) in self.taken for name in way.exits)

    def count(self, step: str, way: Way) -> int:
        """How many went this way."""
        return sum(self.counts.get((step, name), 0) for name in way.exits)

    @property
    def most(self) -> int:
        """The highest count of a way, at least 1."""
        return max((count for (_, name), count in self.counts.items() if name != END), default=1) or 1

    @property
    def busiest(self) -> int:
        """The highest count of entries, at least 1."""
        return max(self.entries.values(), default=1) or 1


DARK = Light()


def light_of(journey: Journey | None = None, figures: FlowFigures | None = None) -> Light:
    """The light of a call, of the traffic, of both or of nothing."""
    traffic = DARK if figures is None else _traffic(figures)
    if journey is None:
        return traffic
    numbers: dict[str, tuple[int, ...]] = {}
    count = 0
    for before, visit in zip((None, *journey.visits), journey.visits, strict=False):
        if before is None or before.exit != AGAIN:
            count += 1
            numbers[visit.step] = (*numbers.get(visit.step, ()), count)
    last = journey.visits[-1].step if journey.visits else ""
    taken = frozenset((visit.step, visit.exit) for visit in journey.visits if visit.exit)
    ended = ("", "") if journey.ending is Ending.OPEN else (last, str(journey.ending))
    return Light(numbers, taken, ended, traffic.calls, traffic.entries, traffic.counts, traffic.endings)


def _traffic(figures: FlowFigures) -> Light:
    counts = {(step.step, name): count for step in figures.steps for name, count in step.exits.items()}
    gone: Counter[str] = Counter({step.step: step.hung_up for step in figures.steps if step.hung_up})
    entries = {step.step: step.entries for step in figures.steps}
    return Light(calls=figures.calls, entries=entries, counts=counts, endings=gone)
