"""What is shown on a picture besides the flow itself: one call's way, and the traffic of many.

It does not know how light looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ivr.figures import AGAIN, END, Ending, FlowFigures, Journey
from ivr.picture.sketch import Way

SUBFLOW, RETURN = "subflow", "return"


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


def light_of(
    journey: Journey | None = None, figures: FlowFigures | None = None, names: Collection[str] = ()
) -> Light:
    """The light of a call, of the traffic, of both or of nothing.

    `names` are the steps that the picture has; a step inside a subflow lights the one that calls it.
    """
    traffic = DARK if figures is None else _traffic(figures, names)
    if journey is None:
        return traffic
    taken = frozenset(
        (_shown(visit.step, names), visit.exit) for visit in journey.visits if _leads_out(visit.step, visit.verb, names)
    )
    last = _shown(journey.visits[-1].step, names) if journey.visits else ""
    ended = ("", "") if journey.ending is Ending.OPEN else (last, str(journey.ending))
    return replace(traffic, numbers=_numbers(journey, names), taken=taken, ended=ended)


def _numbers(journey: Journey, names: Collection[str]) -> dict[str, tuple[int, ...]]:
    """As which of the call's steps it came to each step of the picture; another try is no other step."""
    numbers: dict[str, tuple[int, ...]] = {}
    count, before, again = 0, "", False
    for visit in journey.visits:
        step = _shown(visit.step, names)
        inside = step != visit.step
        if before != step or not (inside or again):
            count += 1
            numbers[step] = (*numbers.get(step, ()), count)
        before, again = step, visit.exit == AGAIN
    return numbers


def _traffic(figures: FlowFigures, names: Collection[str]) -> Light:
    entries: Counter[str] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    gone: Counter[str] = Counter()
    for step in figures.steps:
        shown = _shown(step.step, names)
        gone[shown] += step.hung_up
        if shown == step.step:
            entries[shown] += step.entries
        if _leads_out(step.step, step.verb, names):
            counts.update({(shown, name): count for name, count in step.exits.items()})
    return Light(calls=figures.calls, entries=entries, counts=counts, endings=+gone)


def _shown(step: str, names: Collection[str]) -> str:
    """The step of the picture that a step is, or is inside of."""
    while names and step not in names and "/" in step:
        step = step.rpartition("/")[0]
    return step


def _leads_out(step: str, verb: str, names: Collection[str]) -> bool:
    """Whether the exits of a step are ways of the picture: its own steps' are, and the ends of a subflow."""
    if _shown(step, names) == step:
        return verb != SUBFLOW
    return verb == RETURN and "/" not in step.removeprefix(f"{_shown(step, names)}/")
