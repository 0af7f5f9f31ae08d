"""Works out the table of small floors: our rule, first come and `app_queue`'s beside the exact optimum.

    python benchmarks/service_level/optimum_run.py        # writes optimum.json; a quarter of an hour

It does not know how an optimum is found. The rules are the router's and its rivals', said of stages instead of seconds:
of those alike in stage the oldest is any of them, and who is idle longest is any of those idle.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from benchmarks.service_level.optimum import GUARDED, IN_TIME, LATE, Chain, Floor, Move, Rule, State

TABLE = Path(__file__).with_name("optimum.json")
FLOORS = (
    Floor("2 skills, 3 agents: a, b, ab", 2, (((0,), 1), ((1,), 1), ((0, 1), 1)), 0.80, 6),
    Floor("2 skills, 5 agents: 2 a, 2 b, ab", 2, (((0,), 2), ((1,), 2), ((0, 1), 1)), 0.85, 6),
    Floor("3 skills, 3 agents: ab, bc, ca", 3, (((0, 1), 1), ((1, 2), 1), ((0, 2), 1)), 0.80, 5),
)


def _choose(
    state: State, moves: list[Move], stages: tuple[int, ...], missed: Callable[[Move], int]
) -> list[tuple[Move | None, float]]:
    """The first stage of these in which somebody can be served, any of them; then the agents who are missed least."""
    first = min((move[0] % 3 for move in moves), key=stages.index)
    callers = {move[0] for move in moves if move[0] % 3 == first}
    return _shared({at: float(state[0][at]) for at in callers}, moves, missed)


def _shared(
    callers: dict[int, float], moves: list[Move], missed: Callable[[Move], int]
) -> list[tuple[Move | None, float]]:
    total, found = sum(callers.values()), list[tuple[Move | None, float]]()
    for at, weight in callers.items():
        fit = [move for move in moves if move[0] == at]
        least = min(missed(move) for move in fit)
        best = [move for move in fit if missed(move) == least]
        found += [(move, weight / total / len(best)) for move in best]
    return found


def ours(floor: Floor, state: State, moves: list[Move], _came: int) -> list[tuple[Move | None, float]]:
    """Guarded, then in time, then late; the agent who is ready for the fewest other things (few are always short)."""
    return _choose(state, moves, (GUARDED, IN_TIME, LATE), lambda move: len(floor.kinds[move[1]][0]))


def first_come(_floor: Floor, state: State, moves: list[Move], _came: int) -> list[tuple[Move | None, float]]:
    """The oldest, any agent."""
    return _choose(state, moves, (GUARDED, LATE, IN_TIME), lambda _move: 0)


def app_queue(_floor: Floor, _state: State, moves: list[Move], _came: int) -> list[tuple[Move | None, float]]:
    """The head of any queue, any agent; its second between two looks is left out."""
    heads: dict[int, int] = {}
    for at, _ in moves:
        heads[at // 3] = max(heads.get(at // 3, 0), at)
    return _shared(dict.fromkeys(heads.values(), 1.0), moves, lambda _move: 0)


@dataclass(frozen=True, slots=True)
class Row:
    """Shares of all who come that are answered in time, in percent."""

    floor: str
    load: float
    app_queue: float
    first_come: float
    ours: float
    optimum: float
    unguarded: float
    pooled: float

    @property
    def closed(self) -> float:
        """The part of the gap from `app_queue` to the optimum that ours closes, in percent."""
        return 100 * (self.ours - self.app_queue) / (self.optimum - self.app_queue)


def row(floor: Floor) -> Row:
    """Work out all of a floor."""
    free = replace(floor, guarded=False)
    rules: tuple[Rule, ...] = (app_queue, first_come, ours)
    chains = (Chain(free), Chain(floor), Chain(floor))
    worths = [100 * chain.worth(rule) for chain, rule in zip(chains, rules, strict=True)]
    best = [100 * Chain(each).optimum() for each in (floor, free, floor.pooled())]
    return Row(floor.name, floor.load, *worths, *best)


def known() -> list[Row]:
    """The table as it was worked out last."""
    return [Row(**each) for each in json.loads(TABLE.read_text(encoding="utf-8"))] if TABLE.exists() else []


def main() -> int:
    rows = []
    for floor in FLOORS:
        began = time.process_time()
        rows.append(row(floor))
        print(asdict(rows[-1]), f"closed {rows[-1].closed:.0f} %, {time.process_time() - began:.0f} s", flush=True)
    TABLE.write_text(json.dumps([asdict(each) for each in rows], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
