"""The exact optimum of small memoryless floors, and what our rule and others make of the same floors.

It does not know days, nor the router: a rule is written here as a choice in a state. Callers of each class come at a
rate, talk, give up, become late (mean `TARGET`) and then guarded (mean `GUARD` - `TARGET`) without memory, so a state
is how many of each class wait in each stage and how many agents of each kind are busy. One reward for each answer in
time. After every event callers and agents may be brought together, or kept apart for somebody better; but who is
guarded is served as soon as a fit agent is free, so everything here is under the guard. Value iteration on the
uniformised chain gives the optimum; the same with the choice fixed gives what a rule is worth.

Who would wait beyond `room` is turned away, as rarely as the table says. Agents of a kind are alike.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from benchmarks.service_level.measure import GUARD, TARGET

WORK, PATIENCE = 240.0, 360.0
IN_TIME, LATE, GUARDED = range(3)
CLOSE = 2e-5  # of all arrivals: how near the bounds of the rate must be


@dataclass(frozen=True, slots=True)
class Floor:
    """`kinds` are the agents by what they can do and how many they are, `load` is for each agent."""

    name: str
    classes: int
    kinds: tuple[tuple[tuple[int, ...], int], ...]
    load: float
    room: int
    guarded: bool = True

    @property
    def agents(self) -> int:
        return sum(count for _, count in self.kinds)

    def pooled(self) -> Floor:
        """The same people, each able to do everything."""
        return Floor(self.name, self.classes, ((tuple(range(self.classes)), self.agents),), self.load, self.room)


Waiting = tuple[int, ...]  # by class and stage: class * 3 + stage
State = tuple[Waiting, tuple[int, ...]]
Move = tuple[int, int]  # a place in `Waiting`, a kind of agent
Rule = Callable[[Floor, State, list[Move], int], list[tuple[Move | None, float]]]
"""Which of the moves is made, with chances; the last says the class of who has just come, or -1 for a freed agent."""


class Chain:
    """All states of a floor and what leads from one to another."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        lines = sorted(_lines(floor.classes * 3, floor.room), key=sum)
        busy = list(product(*(range(count + 1) for _, count in floor.kinds)))
        self.states: list[State] = [(line, at) for line in lines for at in busy]
        self.number = {state: n for n, state in enumerate(self.states)}
        rate = floor.load * floor.agents / WORK
        self.arrivals = rate / floor.classes
        most = max(1 / TARGET, 1 / (GUARD - TARGET)) + 1 / PATIENCE
        self.speed = rate + floor.agents / WORK + floor.room * most
        self.moves = [self._moves(state) for state in self.states]
        self.free = [n for n in range(len(self.states)) if not self.forced(n)]

    def _moves(self, state: State) -> list[Move]:
        line, busy = state
        found = [
            (at, kind)
            for kind, (able, count) in enumerate(self.floor.kinds)
            if busy[kind] < count
            for at in range(len(line))
            if line[at] and at // 3 in able
        ]
        must = [move for move in found if move[0] % 3 == GUARDED] if self.floor.guarded else []
        return must or found

    def forced(self, state: int) -> bool:
        """Whether one of its moves must be made: somebody guarded could be served."""
        moves = self.moves[state]
        return self.floor.guarded and bool(moves) and moves[0][0] % 3 == GUARDED

    def after(self, state: State, move: Move) -> int:
        (line, busy), (at, kind) = state, move
        return self.number[_changed(line, at, -1), _changed(busy, kind, 1)]

    def events(self, state: State) -> Iterator[tuple[float, int, int]]:
        """(chance in a step, state after it, class of who came or -1)."""
        line, busy = state
        full = sum(line) >= self.floor.room
        for kind in range(self.floor.classes):
            if not full:
                yield self.arrivals / self.speed, self.number[_changed(line, 3 * kind, 1), busy], kind
        for kind, count in enumerate(busy):
            if count:
                yield count / WORK / self.speed, self.number[line, _changed(busy, kind, -1)], -1
        for at, count in enumerate(line):
            if count:
                gone = _changed(line, at, -1)
                yield count / PATIENCE / self.speed, self.number[gone, busy], -1
                if at % 3 != GUARDED:
                    rate = 1 / TARGET if at % 3 == IN_TIME else 1 / (GUARD - TARGET)
                    yield count * rate / self.speed, self.number[_changed(gone, at + 1, 1), busy], -1

    # ── what it is worth ──

    def optimum(self) -> float:
        """The share of all who come that the best rule answers in time."""
        return self._iterate(None)

    def worth(self, rule: Rule) -> float:
        """The same of a rule."""
        return self._iterate(rule)

    def _iterate(self, rule: Rule | None) -> float:
        flows = self._flows(rule)
        values = array("d", [0.0]) * len(self.states)
        per_arrival = self.speed / (self.arrivals * self.floor.classes)
        moved = [[(self.after(self.states[n], move), float(move[0] % 3 == IN_TIME)) for move in moves]
                 for n, moves in enumerate(self.moves)]  # fmt: skip
        forced = [self.forced(n) for n in range(len(self.states))]
        for _ in range(100_000):
            decided = values if rule else _decided(values, moved, forced)
            low, high, zero = 1e9, -1e9, values[self.free[0]]
            new = array("d", values)
            for n, (stays, gain, chances, states) in flows:
                value = gain + stays * values[n]
                for chance, state in zip(chances, states, strict=True):
                    value += chance * decided[state]
                change = value - values[n]
                low, high = min(low, change), max(high, change)
                new[n] = value - zero
            values = new
            if (high - low) * per_arrival < CLOSE:
                break
        return (high + low) / 2 * per_arrival

    def _flows(self, rule: Rule | None) -> list[tuple[int, tuple[float, float, tuple[float, ...], tuple[int, ...]]]]:
        """For each state that lasts: the chance that nothing happens, the reward, and where it goes."""
        found = []
        ends: dict[tuple[int, int], tuple[float, list[tuple[int, float]]]] = {}
        for n in self.free:
            chances, gain, stays = dict[int, float](), 0.0, 1.0
            for chance, state, came in self.events(self.states[n]):
                stays -= chance
                ended = [(state, 1.0)]
                if rule is not None:
                    if (state, came) not in ends:
                        ends[state, came] = self._played(state, came, rule)
                    reward, ended = ends[state, came]
                    gain += chance * reward
                for after, share in ended:
                    chances[after] = chances.get(after, 0.0) + chance * share
            found.append((n, (stays, gain, tuple(chances.values()), tuple(chances))))
        return found

    def _played(self, state: int, came: int, rule: Rule) -> tuple[float, list[tuple[int, float]]]:
        """What a rule gains at once in a state, and where that ends."""
        moves = self.moves[state]
        if not moves:
            return 0.0, [(state, 1.0)]
        gain, ends = 0.0, dict[int, float]()
        for move, share in rule(self.floor, self.states[state], moves, came):
            if move is None:
                ends[state] = ends.get(state, 0.0) + share
                continue
            more, after = self._played(self.after(self.states[state], move), -1, rule)
            gain += share * (more + (move[0] % 3 == IN_TIME))
            for end, chance in after:
                ends[end] = ends.get(end, 0.0) + share * chance
        return gain, list(ends.items())


def _decided(values: array[float], moved: list[list[tuple[int, float]]], forced: list[bool]) -> list[float]:
    """The value of each state before the decision; fewer who wait come first, so one pass does it."""
    best = list(values)
    for n, moves in enumerate(moved):
        if moves:
            after = max([reward + best[state] for state, reward in moves])
            best[n] = after if forced[n] else max(best[n], after)
    return best


def _lines(places: int, room: int) -> Iterator[Waiting]:
    if places == 0:
        yield ()
        return
    for first in range(room + 1):
        for rest in _lines(places - 1, room - first):
            yield (first, *rest)


def _changed(many: tuple[int, ...], at: int, by: int) -> tuple[int, ...]:
    return (*many[:at], many[at] + by, *many[at + 1 :])
