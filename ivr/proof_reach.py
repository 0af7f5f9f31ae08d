"""How soon a caller can be somewhere: for certain, or when everything goes his way.

It does not know flows, only situations, moves and what they cost.

For certain is a game of two: at some situations the caller chooses the move, at the others the hour, the sources and
the data do, and they are taken to be against him. Prices are found from the goal backwards, each situation once, the
cheapest first (Dijkstra's algorithm, extended to such games: where not he chooses, the last move settles the price).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import inf

from ivr.proof_moves import BY_CALLER
from ivr.proof_space import Edge, Space

Price = tuple[float, float]
Cost = Callable[[Edge], Price | None]  # None: the move does not count
Allowed = Callable[[int, Edge], bool]
NEVER: Price = (inf, inf)
Way = list[tuple[int, Edge]]  # situations, and the move that is made in each


def keys_first(edge: Edge) -> Price:
    """Fewest keys; of equally many, the soonest."""
    return (float(len(edge.move.keys)), edge.move.seconds)


def soonest(edge: Edge) -> Price:
    """Fewest seconds, when sources answer at once."""
    return (edge.move.quick, float(len(edge.move.keys)))


def _seconds_without_keys(edge: Edge) -> Price | None:
    return None if edge.move.keys else (edge.move.seconds, 0.0)


@dataclass(frozen=True, slots=True)
class Reach:
    """For each situation its price and the move to make there; for one that is not the caller's, the worst move."""

    prices: list[Price]
    moves: Mapping[int, Edge]

    def way(self, start: int) -> Way:
        """The moves from `start` on: the caller's best, and the worst of all else."""
        way: Way = []
        at = start
        while at in self.moves and len(way) <= len(self.prices):
            way.append((at, self.moves[at]))
            at = self.moves[at].target
        return way


class Game:
    """The moves of a space that count; `alone` makes the caller choose all of them."""

    def __init__(self, space: Space, allowed: Allowed, *, alone: bool = False) -> None:
        self.edges = [
            [edge for edge in situation.edges if allowed(number, edge)]
            for number, situation in enumerate(space.situations)
        ]
        self.sources: list[list[tuple[int, Edge]]] = [[] for _ in self.edges]
        for number, edges in enumerate(self.edges):
            for edge in edges:
                self.sources[edge.target].append((number, edge))
        self.theirs = {
            number: len(edges)
            for number, edges in enumerate(self.edges)
            if not alone and any(edge.move.kind not in BY_CALLER for edge in edges)
        }

    def reach(self, goals: Collection[int], cost: Cost) -> Reach:
        """The least price of each situation."""
        return _Round(self, cost, dict.fromkeys(goals, (0.0, 0.0))).played()

    def within(self, goals: Collection[int], keys: int) -> list[float]:
        """The seconds in which each situation surely comes to a goal with at most so many keys; else infinite."""
        layers: list[list[float]] = []
        for budget in range(keys + 1):
            seeds = self._from_fewer_keys(budget, layers) | dict.fromkeys(goals, (0.0, 0.0))
            layers.append([price[0] for price in _Round(self, _seconds_without_keys, seeds).played().prices])
        return layers[-1]

    def _from_fewer_keys(self, budget: int, layers: list[list[float]]) -> dict[int, Price]:
        seeds = {}
        for number, edges in enumerate(self.edges):
            pressed = [
                layers[budget - len(edge.move.keys)][edge.target] + edge.move.seconds
                for edge in edges
                if 0 < len(edge.move.keys) <= budget
            ]
            best = min(pressed, default=inf)
            if best < inf:
                seeds[number] = (best, 0.0)
        return seeds


@dataclass(slots=True)
class _Round:
    """One search backwards. `seeds` are prices that are known from the start."""

    game: Game
    cost: Cost
    seeds: Mapping[int, Price]
    prices: list[Price] = field(init=False)
    moves: dict[int, Edge] = field(default_factory=dict)
    left: dict[int, int] = field(init=False)
    worst: dict[int, Price] = field(default_factory=dict)
    heap: list[tuple[Price, int]] = field(default_factory=list)

    def played(self) -> Reach:
        self.prices = [NEVER] * len(self.game.edges)
        self.left = dict(self.game.theirs)
        for number, price in self.seeds.items():
            self._offer(number, price)
        settled = [False] * len(self.prices)
        while self.heap:
            price, number = heapq.heappop(self.heap)
            if not settled[number]:
                settled[number] = True
                for source, edge in self.game.sources[number]:
                    if not settled[source]:
                        self._weigh(source, edge, price)
        return Reach(self.prices, {number: edge for number, edge in self.moves.items() if settled[number]})

    def _weigh(self, source: int, edge: Edge, ahead: Price) -> None:
        step = self.cost(edge)
        if step is None:
            return
        total = (ahead[0] + step[0], ahead[1] + step[1])
        if source not in self.left:
            if total < self.prices[source]:
                self.moves[source] = edge
                self._offer(source, total)
            return
        self.left[source] -= 1
        if total >= self.worst.get(source, (-1.0, -1.0)):
            self.worst[source], self.moves[source] = total, edge
        if self.left[source] == 0:
            self._offer(source, self.worst[source])

    def _offer(self, number: int, price: Price) -> None:
        if price < self.prices[number]:
            self.prices[number] = price
            heapq.heappush(self.heap, (price, number))
