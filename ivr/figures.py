"""What callers did in each step of a flow, counted so that nothing is lost: sums equal calls to the call.

It does not know where the journeys come from, nor which of them belong to an interval.

A *journey* is one call through a flow: it starts once, and ends in exactly one place in exactly one way. A *stay* is
one time in a step, with all its tries. Every stay ends by an exit or is where the call ended, so

    entries of a step   = its exits + the calls that ended in it
    entries of all      = calls that entered a step + all exits that led to a step
    calls               = calls that ended, by their ways of ending

`imbalances` checks these on any figures. Digits are counted, never listed: only keys of a menu have names.

Containment is counted for each goal: `contained` are the calls that reached it and never asked for a person. Who asked
and gave up waiting is not contained; that would count the worst calls as the best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

AGAIN, END = "again", "end"
MENU = "menu"


class Ending(StrEnum):
    """How a call ended. `finished`: the flow hung up; `answered`: by or after a talk; `open`: it has not ended."""

    FINISHED = "finished"
    ANSWERED = "answered"
    HUNG_UP = "hung_up"
    LOST = "lost"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Visit:
    """One try at a step. `left_at` is None and `exit` is "" while he is in it, or when the call ended there."""

    step: str
    verb: str
    entered_at: float
    left_at: float | None = None
    exit: str = ""
    keys: str = ""
    key_count: int = 0
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """One call through a flow, in the order of its visits. Times are POSIX seconds; `ended_at` None while it goes on.

    `asked` is whether he ever asked for a person, `answered` whether one talked with him.
    """

    contact: str
    flow: str
    version: str
    started_at: float
    visits: tuple[Visit, ...]
    ending: Ending
    ended_at: float | None = None
    asked: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step. `exits` are by name, `end` among them; `endings` are the calls that ended here otherwise.

    `again` are further tries; `timed_out` and `wrong` the tries with no key, and with keys that did not fit. `keys`
    are those of a menu. Times of a stay are in seconds, None without one that is over.
    """

    step: str
    verb: str
    entries: int
    exits: Mapping[str, int]
    endings: Mapping[str, int]
    again: int
    timed_out: int
    wrong: int
    keys: Mapping[str, int]
    seconds: float
    median: float | None
    p95: float | None

    @property
    def hung_up(self) -> int:
        """Calls that the caller ended in this step."""
        return self.endings.get(Ending.HUNG_UP, 0)


@dataclass(frozen=True, slots=True)
class GoalFigures:
    """Calls that reached a goal; those of them that never asked for a person; those that talked with one."""

    goal: str
    reached: int
    contained: int
    answered: int


@dataclass(frozen=True, slots=True)
class FlowFigures:
    """A flow. `endings` are all calls by how they ended; `unentered` are those that came to no step at all."""

    flow: str
    calls: int
    versions: Mapping[str, int]
    endings: Mapping[str, int]
    unentered: int
    steps: tuple[StepFigures, ...]
    goals: tuple[GoalFigures, ...]

    def step(self, name: str) -> StepFigures | None:
        """The figures of a step; None when nobody came to it."""
        return next((one for one in self.steps if one.step == name), None)


def figures_of(flow: str, journeys: Iterable[Journey]) -> FlowFigures:
    """Count the journeys of one flow; those of others are passed over. Steps come in the order of first entry."""
    taken = [journey for journey in journeys if journey.flow == flow]
    steps: dict[str, _Step] = {}
    for journey in taken:
        for stay in _stays(journey):
            steps.setdefault(stay.step, _Step(stay.step, stay.verb)).count(stay)
    return FlowFigures(
        flow,
        len(taken),
        _sorted(Counter(journey.version for journey in taken)),
        _sorted(Counter(str(journey.ending) for journey in taken)),
        sum(not journey.visits for journey in taken),
        tuple(step.figures() for step in steps.values()),
        tuple(_goals(taken)),
    )


def imbalances(figures: FlowFigures) -> list[str]:
    """Every sum that does not come out, in words; [] for sound figures."""
    found = []
    if figures.calls != sum(figures.endings.values()):
        found.append(f"{figures.calls} calls, but {sum(figures.endings.values())} endings")
    for step in figures.steps:
        gone = sum(step.exits.values()) + sum(step.endings.values())
        if step.entries != gone:
            found.append(f"step '{step.step}': {step.entries} entries, but {gone} exits and endings")
    entries = sum(step.entries for step in figures.steps)
    onward = sum(count for step in figures.steps for name, count in step.exits.items() if name != END)
    if entries != figures.calls - figures.unentered + onward:
        found.append(f"{entries} entries, but {figures.calls - figures.unentered} first ones and {onward} by exits")
    ended = Counter({Ending.FINISHED.value: sum(step.exits.get(END, 0) for step in figures.steps)})
    for step in figures.steps:
        ended.update(step.endings)
    if sum(ended.values()) + figures.unentered != figures.calls:
        found.append(f"{figures.calls} calls, but {sum(ended.values())} ended in steps, {figures.unentered} before")
    return found


@dataclass(frozen=True, slots=True)
class _Stay:
    """One time in a step with all its tries, in order."""

    step: str
    verb: str
    tries: tuple[Visit, ...]
    ending: Ending | None
    until: float | None

    @property
    def seconds(self) -> float | None:
        return None if self.until is None else max(0.0, self.until - self.tries[0].entered_at)


def _stays(journey: Journey) -> Iterator[_Stay]:
    tries: list[Visit] = []
    for number, visit in enumerate(journey.visits):
        tries.append(visit)
        last = number == len(journey.visits) - 1
        if visit.exit != AGAIN or last:
            ending = journey.ending if last and visit.exit in ("", AGAIN) else None
            until = visit.left_at if visit.left_at is not None else journey.ended_at
            yield _Stay(visit.step, visit.verb, tuple(tries), ending, until)
            tries = []


@dataclass(slots=True)
class _Step:
    step: str
    verb: str
    entries: int = 0
    again: int = 0
    timed_out: int = 0
    wrong: int = 0
    exits: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    stays: list[float] = field(default_factory=list)

    def count(self, stay: _Stay) -> None:
        self.entries += 1
        if stay.ending is not None:
            self.endings[str(stay.ending)] += 1
        if stay.seconds is not None:
            self.stays.append(stay.seconds)
        for visit in stay.tries:
            self._count_try(visit)

    def _count_try(self, visit: Visit) -> None:
        if visit.exit == AGAIN:
            self.again += 1
        elif visit.exit:
            self.exits[visit.exit] += 1
        failed = visit.exit in (AGAIN, "no_input", "no_match")
        self.timed_out += failed and not visit.key_count
        self.wrong += failed and bool(visit.key_count)
        if self.verb == MENU and len(visit.keys) == 1:
            self.keys[visit.keys] += 1

    def figures(self) -> StepFigures:
        stays = sorted(self.stays)
        return StepFigures(
            self.step, self.verb, self.entries, _sorted(self.exits), _sorted(self.endings), self.again, self.timed_out,
            self.wrong, _sorted(self.keys), sum(stays), _share(stays, 0.5), _share(stays, 0.95),
        )  # fmt: skip


def _goals(journeys: Sequence[Journey]) -> Iterator[GoalFigures]:
    reached: dict[str, list[Journey]] = {}
    for journey in journeys:
        for goal in dict.fromkeys(visit.goal for visit in journey.visits if visit.goal):
            reached.setdefault(goal, []).append(journey)
    for goal in sorted(reached):
        calls = reached[goal]
        contained = sum(not journey.asked for journey in calls)
        yield GoalFigures(goal, len(calls), contained, sum(journey.answered for journey in calls))


def _share(ordered: Sequence[float], share: float) -> float | None:
    """The value that this share of all does not exceed (nearest rank); None of none."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts)}
