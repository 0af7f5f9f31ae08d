"""Where in its layer each step of a flow stands: close to what it is joined with, rails and single lines straight.

It does not know why a step is in its layer, nor what a step looks like, only how wide it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ivr.picture.layers import SWEEPS, Edges, Layering, Spot, links_of, sweeps_for

RAIL_WIDTH = 8.0
GAP = 26.0  # between two steps of a layer
RAIL_GAP = 16.0
NEARLY = 12.0


def stand(found: Layering, forward: Edges, width: Mapping[str, float], port: Mapping[tuple[str, str], float]) -> None:
    """Give each spot its `centre`: close to its neighbours, rails straight, none in another's way.

    `width` is of each step; `port` is where the way (step, target) leaves the step, from the step's centre.
    """
    links = links_of(found, forward)
    pulls = _pulls(links, port)
    for level, layer in enumerate(found.layers):
        at = 0.0
        for spot in layer:
            room = _width(spot, width)
            found.centre[level, spot] = at + room / 2
            at += room + _gap(spot)
    rows = [_Row.of(layer, level, pulls, width) for level, layer in enumerate(found.layers)]
    for sweep in range(sweeps_for(found, 4 * SWEEPS)):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.settle(found.centre)
    _straighten(found, links, port, width)
    least = min((at - _width(spot, width) / 2 for (_, spot), at in found.centre.items()), default=0.0)
    for key in found.centre:
        found.centre[key] = round(found.centre[key] - least, 1)


Pulls = dict[tuple[int, Spot], list[tuple[tuple[int, Spot], float, float]]]


def _pulls(links: Sequence[Sequence[tuple[Spot, Spot]]], port: Mapping[tuple[str, str], float]) -> Pulls:
    """For each spot, the spots it wants to stand under or over: which, how far beside, and how much it wants it."""
    pulls: Pulls = {}
    for level, gap in enumerate(links):
        for upper, lower in gap:
            beside = 0.0 if upper.rail else port.get((upper.name, lower.name), 0.0)
            weight = 6.0 if upper.rail and lower.rail else 2.0 if upper.rail or lower.rail else 1.0
            pulls.setdefault((level, upper), []).append(((level + 1, lower), -beside, weight))
            pulls.setdefault((level + 1, lower), []).append(((level, upper), beside, weight))
    return pulls


@dataclass(frozen=True, slots=True)
class _Row:
    """A layer's spots, by how much more than the first each must stand to the right, and by what pulls each."""

    keys: tuple[tuple[int, Spot], ...]
    shifts: tuple[float, ...]
    pulls: tuple[tuple[tuple[tuple[int, Spot], float, float], ...], ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, layer: Sequence[Spot], level: int, pulls: Pulls, width: Mapping[str, float]) -> _Row:
        shifts = [0.0]
        for one, other in pairwise(layer):
            shifts.append(shifts[-1] + _apart(one, other, width))
        keys = tuple((level, spot) for spot in layer)
        pulled = tuple(tuple(pulls.get(key, ())) for key in keys)
        return cls(keys, tuple(shifts), pulled, tuple(sum(each[2] for each in some) for some in pulled))

    def settle(self, centre: dict[tuple[int, Spot], float]) -> None:
        """Move the spots to where they are pulled, as near as their order and room allow."""
        wanted = []
        for key, shift, pulled, weight in zip(self.keys, self.shifts, self.pulls, self.weights, strict=True):
            target = sum([(centre[other] + beside) * each for other, beside, each in pulled])
            wanted.append((target / weight if weight else centre[key]) - shift)
        weights = [weight or 0.1 for weight in self.weights]
        for key, shift, at in zip(self.keys, self.shifts, _nearest_rising(wanted, weights), strict=True):
            centre[key] = at + shift


def _nearest_rising(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The never falling sequence nearest to what is wanted (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(wanted, weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, heavy, some), (other, light, more) = pools[-2], pools.pop()
            pools[-1] = ((one * heavy + other * light) / (heavy + light), heavy + light, some + more)
    return [value for value, _, count in pools for _ in range(count)]


def _straighten(
    found: Layering,
    links: Sequence[Sequence[tuple[Spot, Spot]]],
    port: Mapping[tuple[str, str], float],
    width: Mapping[str, float],
) -> None:
    """Stand every rail upright, and a step right below its only source, where there is room for it."""
    rails = _rails(found)
    for _ in range(2):
        for rail, run in rails.items():
            _stand_upright(found, rail, list(run), width)
        for level, gap in enumerate(links):
            over: dict[Spot, list[float]] = {}
            for upper, lower in gap:
                beside = 0.0 if upper.rail else port.get((upper.name, lower.name), 0.0)
                over.setdefault(lower, []).append(found.centre[level, upper] + beside)
            for lower, sources in over.items():
                _stand_below(found, (level + 1, lower), sources, width)


def _rails(found: Layering) -> dict[Spot, list[int]]:
    """Every rail, with the layers that it runs through, from the top."""
    rails: dict[Spot, list[int]] = {}
    for level, layer in enumerate(found.layers):
        for spot in layer:
            if spot.rail:
                rails.setdefault(spot, []).append(level)
    return rails


def _stand_below(found: Layering, at: tuple[int, Spot], sources: Sequence[float], width: Mapping[str, float]) -> None:
    """Stand a step right below its only source, or the one that it is below nearly."""
    here = found.centre[at]
    nearest = min(sources, key=lambda x: (abs(x - here), x))
    low, high = _room(found, *at, width)
    if not at[1].rail and (len(sources) == 1 or abs(nearest - here) <= NEARLY) and low <= nearest <= high:
        found.centre[at] = nearest


def _stand_upright(found: Layering, rail: Spot, levels: list[int], width: Mapping[str, float]) -> None:
    """Bring a rail into one line over as many layers as there is room for, from the lowest one up."""
    while levels:
        run = [levels.pop()]
        low, high = _room(found, run[0], rail, width)
        while levels:
            left, right = _room(found, levels[-1], rail, width)
            if max(low, left) > min(high, right):
                break
            low, high = max(low, left), min(high, right)
            run.append(levels.pop())
        middle = sum(found.centre[level, rail] for level in run) / len(run)
        for level in run:
            found.centre[level, rail] = min(max(middle, low), high)


def _room(found: Layering, level: int, spot: Spot, width: Mapping[str, float]) -> tuple[float, float]:
    """Between which places a spot can stand without pushing its neighbours."""
    layer = found.layers[level]
    at = layer.index(spot)
    low, high = float("-inf"), float("inf")
    if at:
        low = found.centre[level, layer[at - 1]] + _apart(layer[at - 1], spot, width)
    if at + 1 < len(layer):
        high = found.centre[level, layer[at + 1]] - _apart(spot, layer[at + 1], width)
    return low, high


def _apart(one: Spot, other: Spot, width: Mapping[str, float]) -> float:
    return (_width(one, width) + _width(other, width)) / 2 + max(_gap(one), _gap(other))


def _width(spot: Spot, width: Mapping[str, float]) -> float:
    return RAIL_WIDTH if spot.rail else width[spot.name]


def _gap(spot: Spot) -> float:
    return RAIL_GAP if spot.rail else GAP
