"""Walking the graph of a flow: what is reached, from where the end is reached, which loops there are.

It does not know what a step is: it is told names, and to which names each leads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

Targets = Mapping[str, Iterable[str]]


def reached(targets: Targets, starts: Iterable[str]) -> set[str]:
    """Everything that can be reached from `starts`, these included."""
    found: set[str] = set()
    ahead = [name for name in starts if name in targets]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(target for target in targets[name] if target in targets)
    return found


def backwards(targets: Targets) -> dict[str, list[str]]:
    """The same graph with every edge turned round."""
    sources: dict[str, list[str]] = {name: [] for name in targets}
    for name, ways in targets.items():
        for target in ways:
            if target in sources:
                sources[target].append(name)
    return sources


def ways_from(targets: Targets, start: str) -> dict[str, tuple[str, ...]]:
    """The shortest way to everything that can be reached from `start`, both ends included."""
    came_from = first_ways(targets, start)
    return {name: way_to(came_from, name) for name in came_from}


def first_ways(targets: Targets, start: str) -> dict[str, str]:
    """For everything that can be reached from `start`, what is before it on the shortest way; "" for the start."""
    came_from = {start: ""} if start in targets else {}
    ahead = deque(came_from)
    while ahead:
        name = ahead.popleft()
        for target in targets[name]:
            if target in targets and target not in came_from:
                came_from[target] = name
                ahead.append(target)
    return came_from


def way_to(came_from: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The way that `first_ways` found to `name`."""
    way = [name]
    while came_from[way[-1]]:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def loops(targets: Targets) -> list[tuple[str, ...]]:
    """One loop for each step that closes one, in the order of the steps."""
    done: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in targets:
        if root not in done:
            _loops_below(targets, root, done, found)
    return found


def _loops_below(targets: Targets, root: str, done: set[str], found: list[tuple[str, ...]]) -> None:
    path = [root]
    inside = {root}
    ahead = [iter(targets[root])]
    while ahead:
        target = next(ahead[-1], None)
        if target is None:
            ahead.pop()
            name = path.pop()
            inside.discard(name)
            done.add(name)
        elif target in inside:
            found.append(tuple(path[path.index(target) :]))
        elif target in targets and target not in done:
            ahead.append(iter(targets[target]))
            path.append(target)
            inside.add(target)
