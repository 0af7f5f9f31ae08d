"""Ways round and round: situations that a caller cannot leave by doing nothing, or only wrong things.

It does not know flows, only situations and moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ivr.messages import LookedUp
from ivr.proof_moves import Kind
from ivr.proof_space import END, Edge, Space

Takes = Callable[[Edge], bool]
_GOOD = "found"


def loops(space: Space, takes: Takes) -> list[list[int]]:
    """Every knot of situations in which `takes` moves lead round and round."""
    return [knot for knot in _knots(space, takes) if _goes_round(space, knot, takes)]


def never_right(edge: Edge) -> bool:
    """The moves of a caller who presses nothing, or nothing that is taken; and all that is not up to him."""
    return edge.move.kind in {Kind.PASS, Kind.OUTSIDE, Kind.SILENCE, Kind.WRONG}


def always_refused(edge: Edge) -> bool:
    """The same, for a caller who keys numbers of the right form that no source knows."""
    found = isinstance(edge.move.told, LookedUp) and edge.move.told.outcome == _GOOD
    return not found and (never_right(edge) or edge.move.kind is Kind.ENTRY)


def refusals(space: Space) -> list[list[tuple[int, Edge]]]:
    """Ways round on which a number is keyed and a source refuses it, over and over: one for each knot."""
    found = []
    for knot in loops(space, always_refused):
        inside = set(knot)
        refused = [
            (number, edge)
            for number in knot
            for edge in space.situations[number].edges
            if edge.target in inside and isinstance(edge.move.told, LookedUp) and always_refused(edge)
        ]
        trips = [_trip_through(space, inside, number, edge) for number, edge in refused]
        keyed = [trip for trip in trips if any(edge.move.kind is Kind.ENTRY for _, edge in trip)]
        if keyed:
            found.append(min(keyed, key=len))
    return found


def _trip_through(space: Space, inside: set[int], number: int, edge: Edge) -> list[tuple[int, Edge]]:
    """The shortest way round that takes `edge`."""
    return [*_way(space, inside, edge.target, number), (number, edge)]


def traps(space: Space) -> list[int]:
    """Situations from which no move at all leads to the end, in their order."""
    sources: list[list[int]] = [[] for _ in space.situations]
    for number, situation in enumerate(space.situations):
        for edge in situation.edges:
            sources[edge.target].append(number)
    ending = {END}
    ahead = [END]
    while ahead:
        for source in sources[ahead.pop()]:
            if source not in ending:
                ending.add(source)
                ahead.append(source)
    return [number for number in range(len(space.situations)) if number not in ending]


def round_trip(space: Space, knot: Sequence[int], takes: Takes) -> list[tuple[int, Edge]]:
    """The shortest way round in a knot, from its first situation back to it."""
    first, inside = knot[0], set(knot)
    trips = [
        [(first, edge), *_way(space, inside, edge.target, first, takes)]
        for edge in space.situations[first].edges
        if edge.target in inside and takes(edge)
    ]
    return min(trips, key=len)


def _way(
    space: Space, inside: set[int], start: int, end: int, takes: Takes = always_refused
) -> list[tuple[int, Edge]]:
    """The shortest way from `start` to `end` without leaving a knot."""
    came: dict[int, tuple[int, Edge]] = {}
    ahead = [start] if start != end else []
    for number in ahead:
        for edge in space.situations[number].edges:
            if edge.target in inside and takes(edge) and edge.target not in came:
                came[edge.target] = (number, edge)
                ahead.append(edge.target)
    way: list[tuple[int, Edge]] = []
    at = end
    while at != start:
        way.append(came[at])
        at = came[at][0]
    return way[::-1]


def _goes_round(space: Space, knot: Sequence[int], takes: Takes) -> bool:
    if len(knot) > 1:
        return True
    return any(edge.target == knot[0] and takes(edge) for edge in space.situations[knot[0]].edges)


def _knots(space: Space, takes: Takes) -> Iterator[list[int]]:
    """Tarjan's strongly connected components, without recursion; each in the order of its situations."""
    search = _Search(space, takes)
    for root in range(len(space.situations)):
        if root not in search.order:
            yield from search.below(root)


class _Search:
    def __init__(self, space: Space, takes: Takes) -> None:
        self.space = space
        self.takes = takes
        self.order: dict[int, int] = {}
        self.low: dict[int, int] = {}
        self.stack: list[int] = []
        self.inside: set[int] = set()
        self.walk: list[tuple[int, Iterator[int]]] = []

    def below(self, root: int) -> Iterator[list[int]]:
        self._meet(root)
        while self.walk:
            number, targets = self.walk[-1]
            target = next(targets, None)
            if target is None:
                self.walk.pop()
                if self.walk:
                    above = self.walk[-1][0]
                    self.low[above] = min(self.low[above], self.low[number])
                if self.low[number] == self.order[number]:
                    yield self._unwound(number)
            elif target not in self.order:
                self._meet(target)
            elif target in self.inside:
                self.low[number] = min(self.low[number], self.order[target])

    def _meet(self, number: int) -> None:
        self.order[number] = self.low[number] = len(self.order)
        self.stack.append(number)
        self.inside.add(number)
        edges = self.space.situations[number].edges
        self.walk.append((number, iter([edge.target for edge in edges if self.takes(edge)])))

    def _unwound(self, number: int) -> list[int]:
        knot = [self.stack.pop()]
        while knot[-1] != number:
            knot.append(self.stack.pop())
        self.inside.difference_update(knot)
        return sorted(knot)
