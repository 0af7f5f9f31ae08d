"""Where the lines between the steps run: down from a way out, along a lane of the gap below, down to the next place.

It does not know what a line looks like, nor why a step stands where it stands.

All lines of a gap that end at the same spot are one *net* and share a lane; nets that would run over each other get
lanes of their own, in the order in which they cross least. Coordinates grow to the right and downwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ivr.picture.layers import Layering, Spot

LANE = 11.0
ABOVE, BELOW = 15.0, 21.0  # between the lanes and the steps
APART = 8.0  # what two nets in one lane need between them
COLUMN = 14.0
ON_TOP_OF_EACH_OTHER = 3.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A step's place: centre and width, top and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Plan:
    """All places and lines. `routes` are by (step, target); a way back to the same step has none."""

    boxes: Mapping[str, Box]
    routes: Mapping[tuple[str, str], tuple[Point, ...]]
    width: float
    height: float


@dataclass
class _Net:
    """The lines of one gap that end at one spot: where they come from the top, and where they leave to the bottom."""

    tops: list[float] = field(default_factory=list)
    bottoms: list[float] = field(default_factory=list)
    lane: int = -1

    @cached_property
    def span(self) -> tuple[float, float]:
        """From where to where the lane runs; to be asked once the net is whole."""
        every = [*self.tops, *self.bottoms]
        return min(every), max(every)

    @property
    def straight(self) -> bool:
        low, high = self.span
        return high - low < 1.0

    def crossed_by(self, places: Sequence[float]) -> int:
        """How many lines at these places run through its lane."""
        low, high = self.span
        return sum(low < place < high for place in places)


Nets = list[dict[tuple[str, bool], _Net]]  # a dict for each gap, the first one above all; by (target, runs back)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the lines run between. `port` is where the way (step, target) leaves, from the step's centre."""

    found: Layering
    width: Mapping[str, float]
    port: Mapping[tuple[str, str], float]
    height: float
    top: float

    def x(self, level: int, spot: Spot) -> float:
        return self.found.centre[level, spot]

    def leaves(self, source: str, target: str) -> float:
        """Where a way leaves its step."""
        return self.x(self.found.layer_of[source], Spot(source)) + self.port[source, target]


def lay(ground: Ground) -> Plan:
    """Give every step its box and every way its line."""
    right = max((ground.x(level, spot) + ground.width.get(spot.name, 0.0) / 2 * (not spot.rail)
                 for level, layer in enumerate(ground.found.layers) for spot in layer), default=0.0)  # fmt: skip
    columns, count = _columns(ground.found)
    beside = {target: right + COLUMN * (1.5 + column) for target, column in columns.items()}
    nets = _nets(ground, beside)
    for gap in nets:
        _give_lanes(gap)
    tops, heights = _heights(ground, nets)
    routes = {pair: _route(ground, nets, tops, beside, pair) for pair in ground.port if pair[0] != pair[1]}
    boxes = {
        name: Box(ground.x(level, Spot(name)), tops[level], ground.width[name], ground.height)
        for name, level in ground.found.layer_of.items()
    }
    width = right + (COLUMN * (count + 1.5) if count else 0.0)
    return Plan(boxes, routes, width, tops[-1] + ground.height + heights[-1] if tops else ground.top)


def _columns(found: Layering) -> tuple[dict[str, int], int]:
    """A column at the right for the lines that lead up to each target; targets apart from each other share one."""
    spans: dict[str, tuple[int, int]] = {}
    for source, target in sorted(found.back, key=lambda pair: (found.layer_of[pair[1]], pair)):
        low = found.layer_of[target]
        high = max(found.layer_of[source], spans.get(target, (0, 0))[1])
        spans[target] = (low, high)
    columns: dict[str, int] = {}
    for target, (low, high) in sorted(spans.items(), key=lambda each: (each[1][1] - each[1][0], each[1], each[0])):
        taken = {columns[name] for name in columns if spans[name][0] <= high and low <= spans[name][1]}
        columns[target] = next(column for column in range(len(spans)) if column not in taken)
    return columns, max(columns.values(), default=-1) + 1


def _nets(ground: Ground, beside: Mapping[str, float]) -> Nets:
    """The nets of each gap; gap n + 1 is below layer n."""
    found = ground.found
    nets: Nets = [{} for _ in range(len(found.layers) + 1)]
    for source, target in ground.port:
        if source == target:
            continue
        level, x = found.layer_of[source], ground.leaves(source, target)
        if (source, target) in found.back:
            up = nets[level + 1].setdefault((target, True), _Net([beside[target]]))
            up.tops.append(x)
        else:
            down = nets[level + 1].setdefault((target, False), _Net())
            down.tops.append(x)
            down.bottoms = [ground.x(level + 1, found.below(source, target))]
    _lead_on(ground, nets)
    for target, column in beside.items():
        level = found.layer_of[target]
        end = nets[level].setdefault((target, False), _Net(bottoms=[ground.x(level, Spot(target))]))
        end.bottoms.append(column)
    return nets


def _lead_on(ground: Ground, nets: Nets) -> None:
    """Lead what only passes a layer on to the next one."""
    found = ground.found
    for level, layer in enumerate(found.layers):
        for spot in layer:
            if spot.rail:
                down = nets[level + 1].setdefault((spot.name, False), _Net())
                down.tops.append(ground.x(level, spot))
                ends = level + 1 == found.layer_of[spot.name]
                down.bottoms = [ground.x(level + 1, Spot(spot.name, rail=not ends))]


def _give_lanes(gap: Mapping[tuple[str, bool], _Net]) -> None:
    """Number the lanes of a gap from the top: nets over one another in the order in which they cross least."""
    bent = [net for _, net in sorted(gap.items()) if not net.straight]
    bent.sort(key=lambda net: net.span)
    for _ in bent:
        swapped = False
        for at in range(len(bent) - 1):
            if _cost(bent[at + 1], bent[at]) < _cost(bent[at], bent[at + 1]):
                bent[at], bent[at + 1] = bent[at + 1], bent[at]
                swapped = True
        if not swapped:
            break
    for at, net in enumerate(bent):
        low, high = net.span
        above = [one.lane for one in bent[:at] if one.span[0] - APART < high and low < one.span[1] + APART]
        net.lane = max(above, default=-1) + 1


def _cost(upper: _Net, lower: _Net) -> int:
    """Crossings when one net's lane is above the other's; lines on top of each other count most."""
    crossings = lower.crossed_by(upper.bottoms) + upper.crossed_by(lower.tops)
    hidden = sum(abs(one - other) < ON_TOP_OF_EACH_OTHER for one in upper.bottoms for other in lower.tops)
    return crossings + 20 * hidden


def _heights(ground: Ground, nets: Nets) -> tuple[list[float], list[float]]:
    """The top of each layer, and the height of the gap below it."""
    rooms = [max((net.lane for net in gap.values()), default=-1) + 1 for gap in nets]
    heights = [ABOVE + BELOW + LANE * max(0, room - 1) if room else ABOVE + BELOW * 0.6 for room in rooms]
    tops: list[float] = []
    at = ground.top + (LANE * rooms[0] + BELOW if rooms[0] else 0.0)
    for height in heights[1:]:
        tops.append(at)
        at += ground.height + height
    return tops, heights[1:]


def _route(
    ground: Ground, nets: Nets, tops: Sequence[float], beside: Mapping[str, float], pair: tuple[str, str]
) -> tuple[Point, ...]:
    source, target = pair
    level, end = ground.found.layer_of[source], ground.found.layer_of[target]
    x = ground.leaves(source, target)
    points = [(x, tops[level] + ground.height)]
    if pair in ground.found.back:
        points += _bend(nets[level + 1][target, True], x, beside[target], tops[level] + ground.height)
        x = beside[target]
        points += _bend(nets[end][target, False], x, ground.x(end, Spot(target)), _gap_top(ground, tops, nets, end))
    else:
        for below in range(level + 1, end + 1):
            onto = ground.x(below, Spot(target, rail=below != end))
            points += _bend(nets[below][target, False], x, onto, tops[below - 1] + ground.height)
            x = onto
    points.append((ground.x(end, Spot(target)), tops[end]))
    return tuple(_without_repeats(points))


def _gap_top(ground: Ground, tops: Sequence[float], nets: Nets, level: int) -> float:
    """The upper edge of the gap above a layer."""
    if level:
        return tops[level - 1] + ground.height
    rooms = max((net.lane for net in nets[0].values()), default=-1) + 1
    return tops[0] - BELOW - ABOVE - LANE * max(0, rooms - 1)


def _bend(net: _Net, x: float, onto: float, top: float) -> list[Point]:
    if net.lane < 0:
        return []
    y = top + ABOVE + LANE * net.lane
    return [(x, y), (onto, y)]


def _without_repeats(points: Sequence[Point]) -> Iterator[Point]:
    """The points at which a line bends, and its ends."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.5 and abs(kept[-1][1] - point[1]) < 0.5:
            continue
        if len(kept) > 1 and any(kept[-2][axis] == kept[-1][axis] == point[axis] for axis in (0, 1)):
            kept.pop()
        kept.append(point)
    yield from ((round(x, 1), round(y, 1)) for x, y in kept)
