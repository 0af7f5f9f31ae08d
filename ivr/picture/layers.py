"""In which layer each step of a flow stands, from the start down, and in which order, so that few lines cross.

It does not know how wide a step is, where in its layer it stands (`places.py` does), nor where lines run (`lanes.py`).

A way that leads up again (to a step that is on the way from the start to it) is a *back way*; without them the flow has
layers. A way over more than one layer runs down a *rail*, a place of its own in each layer between; all ways to one
step share one rail, as trains to one terminus do. Back ways run up at the right, outside of everything.

Everything is decided by the order of the text, so the same flow gives the same picture on every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 12

Edges = Mapping[str, tuple[str, ...]]


class Spot(NamedTuple):
    """A place in a layer: a step, or the rail to a step."""

    name: str
    rail: bool = False


@dataclass(slots=True)
class Layering:
    """The layers from the top, their spots from left to right. `back` holds the (step, target) pairs that lead up."""

    layers: list[list[Spot]]
    layer_of: dict[str, int]
    back: frozenset[tuple[str, str]]
    centre: dict[tuple[int, Spot], float] = field(default_factory=dict)

    def below(self, source: str, target: str) -> Spot:
        """The spot in the next layer by which a way leads on."""
        return Spot(target, rail=self.layer_of[target] > self.layer_of[source] + 1)


def layering(edges: Edges, start: str) -> Layering:
    """The layers of a graph whose names stand in the order of the text. Every target must be a name."""
    back = frozenset(_back_ways(edges, start))
    forward = {
        name: tuple(target for target in ways if (name, target) not in back and target != name)
        for name, ways in edges.items()
    }
    depth = _depths(forward, start)
    layers: list[list[Spot]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in _by_reach(forward, start):
        layers[depth[name]].append(Spot(name))
    found = Layering(layers, depth, back)
    for target, first in _rails(forward, depth).items():
        for level in range(first, depth[target]):
            layers[level].append(Spot(target, rail=True))
    _order(found, forward)
    return found


def _back_ways(edges: Edges, start: str) -> Iterator[tuple[str, str]]:
    """The ways that close a circle, walking from the start and then from what was not reached."""
    done: set[str] = set()
    for root in dict.fromkeys((start, *edges)):
        if root in done or root not in edges:
            continue
        path = {root}
        ahead = [(root, iter(edges[root]))]
        while ahead:
            name, ways = ahead[-1]
            target = next(ways, None)
            if target is None:
                ahead.pop()
                path.discard(name)
                done.add(name)
            elif target in path and target != name:
                yield name, target
            elif target not in done and target not in path:
                path.add(target)
                ahead.append((target, iter(edges[target])))


def _by_reach(forward: Edges, start: str) -> list[str]:
    """The names as a walk from the start meets them, first ways first; then the rest."""
    met: dict[str, None] = {}
    for root in dict.fromkeys((start, *forward)):
        ahead = [root]
        while ahead:
            name = ahead.pop()
            if name in forward and name not in met:
                met[name] = None
                ahead.extend(reversed(forward[name]))
    return list(met)


def _depths(forward: Edges, start: str) -> dict[str, int]:
    """The layer of each name: below all that lead to it. One to which nothing leads stands just above its first way."""
    sources: dict[str, int] = dict.fromkeys(forward, 0)
    for ways in forward.values():
        for target in ways:
            sources[target] += 1
    roots = {name for name, count in sources.items() if not count}
    depth = dict.fromkeys(forward, 0)
    ahead = [name for name in forward if name in roots]
    order = []
    while ahead:
        name = ahead.pop(0)
        order.append(name)
        for target in forward[name]:
            depth[target] = max(depth[target], depth[name] + 1)
            sources[target] -= 1
            if not sources[target]:
                ahead.append(target)
    for name in reversed(order):
        if name in roots and name != start and forward[name]:
            depth[name] = max(0, min(depth[target] for target in forward[name]) - 1)
    return depth


def _rails(forward: Edges, depth: Mapping[str, int]) -> dict[str, int]:
    """For each target of a long way, the first layer in which its rail runs."""
    first: dict[str, int] = {}
    for name, ways in forward.items():
        for target in ways:
            if depth[target] > depth[name] + 1:
                first[target] = min(first.get(target, depth[target]), depth[name] + 1)
    return first


# ── order ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _order(found: Layering, forward: Edges) -> None:
    """Sort the layers up and down by where their neighbours stand, and keep the order with the fewest crossings."""
    links = links_of(found, forward)
    best, least = [list(layer) for layer in found.layers], _crossings(found.layers, links)
    for sweep in range(sweeps_for(found, SWEEPS)):
        if not least:
            break
        levels = range(1, len(found.layers)) if sweep % 2 == 0 else range(len(found.layers) - 2, -1, -1)
        for level in levels:
            _sort(found.layers, level, links, down=sweep % 2 == 0)
        count = _crossings(found.layers, links)
        if count < least:
            best, least = [list(layer) for layer in found.layers], count
    found.layers[:] = best


def sweeps_for(found: Layering, most: int) -> int:
    """How often to go over all spots: less often where there are very many."""
    spots = sum(len(layer) for layer in found.layers)
    return max(4, min(most, 40_000 // max(1, spots)))


def links_of(found: Layering, forward: Edges) -> list[list[tuple[Spot, Spot]]]:
    """For each gap between two layers, the pairs of spots that are joined across it."""
    links: list[dict[tuple[Spot, Spot], None]] = [{} for _ in found.layers]
    for name, ways in forward.items():
        for target in ways:
            links[found.layer_of[name]][Spot(name), found.below(name, target)] = None
    for level, layer in enumerate(found.layers):
        for spot in layer:
            if spot.rail:
                ends = level + 1 == found.layer_of[spot.name]
                links[level][spot, Spot(spot.name, rail=not ends)] = None
    return [list(gap) for gap in links]


def _sort(layers: list[list[Spot]], level: int, links: Sequence[Sequence[tuple[Spot, Spot]]], *, down: bool) -> None:
    beside = layers[level - 1] if down else layers[level + 1]
    place = {spot: number for number, spot in enumerate(beside)}
    near: dict[Spot, list[int]] = {}
    for upper, lower in links[level - 1 if down else level]:
        here, there = (lower, upper) if down else (upper, lower)
        near.setdefault(here, []).append(place[there])
    rank = {spot: float(number) for number, spot in enumerate(layers[level])}
    for spot, places in near.items():
        rank[spot] = sum(places) / len(places)
    layers[level].sort(key=rank.__getitem__)


def _crossings(layers: Sequence[Sequence[Spot]], links: Sequence[Sequence[tuple[Spot, Spot]]]) -> int:
    count = 0
    for (upper, lower), gap in zip(pairwise(layers), links, strict=False):
        above = {spot: number for number, spot in enumerate(upper)}
        below = {spot: number for number, spot in enumerate(lower)}
        pairs = sorted((above[one], below[other]) for one, other in gap)
        count += _inversions([place for _, place in pairs])
    return count


def _inversions(places: Sequence[int]) -> int:
    """How many pairs stand the wrong way round, by a tree of counts."""
    size = max(places, default=0) + 1
    tree = [0] * (size + 1)
    found = 0
    for seen, place in enumerate(places):
        at = place + 1
        smaller = 0
        while at:
            smaller += tree[at]
            at -= at & -at
        found += seen - smaller
        at = place + 1
        while at <= size:
            tree[at] += 1
            at += at & -at
    return found
