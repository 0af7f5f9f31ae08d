"""The fluid bound: callers as an even stream, agents as a capacity, skills as they are.

It does not know chance, so it binds only where the floor is overloaded or a skill is. In each step of the day as many
callers are answered as the agents of the right skills can work off, and nobody waits: a linear programme over classes
and kinds of agents. What classes of callers can get of the agents at once is a polymatroid (Edmonds 1970), so it is
solved by greed: the class whose talks are shortest first, each as much as a flow through the skills still allows.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from switchroom.day.described import Day

Able = tuple[int, ...]
STEP = 300.0


def served(wanted: Sequence[float], works: Sequence[float], agents: Mapping[Able, float]) -> float:
    """The most callers that can be answered of so many `wanted` by class; `agents` are seconds of work, by classes."""
    left = dict(agents)
    given: dict[tuple[int, Able], float] = defaultdict(float)
    total = 0.0
    for kind in sorted(range(len(wanted)), key=lambda each: works[each]):
        need = wanted[kind] * works[kind]
        got = 0.0
        while need - got > 1e-9 and (more := _augment(kind, need - got, left, given)) > 0:
            got += more
        total += got / works[kind]
    return total


def _augment(kind: int, need: float, left: dict[Able, float], given: dict[tuple[int, Able], float]) -> float:
    """Give a class more along the shortest way: from agents who are free, or whose other callers others can take."""
    came: dict[Able, tuple[int, Able | None]] = {able: (kind, None) for able in left if kind in able}
    way = list(came)
    for able in way:
        if left[able] > 1e-9:
            return _give(able, need, came, (left, given))
        for other in able:
            if given[other, able] > 1e-9:
                for next_ in left:
                    if other in next_ and next_ not in came:
                        came[next_] = other, able
                        way.append(next_)
    return 0.0


def _give(
    end: Able,
    need: float,
    came: Mapping[Able, tuple[int, Able | None]],
    flows: tuple[dict[Able, float], dict[tuple[int, Able], float]],
) -> float:
    left, given = flows
    steps: list[tuple[int, Able, Able | None]] = []
    at: Able | None = end
    while at is not None:
        kind, before = came[at]
        steps.append((kind, at, before))
        at = before
    most = min([need, left[end], *(given[kind, before] for kind, _, before in steps if before is not None)])
    left[end] -= most
    for kind, able, before in steps:
        given[kind, able] += most
        if before is not None:
            given[kind, before] -= most
    return most


def of_day(day: Day, busyness: float = 1.0) -> float:
    """The share of all callers of a described day that can be answered at once, in percent."""
    works = [kind.talk.mean for kind in day.kinds]
    asked = answered = 0.0
    for n in range(int(day.seconds / STEP)):
        since = n * STEP
        wanted = [kind.rate_at(since) * STEP * busyness for kind in day.kinds]
        asked += sum(wanted)
        answered += served(wanted, works, _agents(day, since))
    return 100 * answered / asked


def _agents(day: Day, since: float) -> dict[Able, float]:
    """Seconds of work in a step, by what an agent is able to do; a fast agent has more of them."""
    number = {kind.queue: n for n, kind in enumerate(day.kinds)}
    found: dict[Able, float] = defaultdict(float)
    for seat in day.seats:
        here = sum(max(0.0, min(spell.until, since + STEP) - max(spell.since, since)) for spell in seat.shifts)
        found[tuple(sorted(number[queue] for queue in seat.profile.queues if queue in number))] += here / seat.pace
    return dict(found)
