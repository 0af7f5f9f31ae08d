"""The exact optimum of the memoryless model: work Exp(1/105), ringing Exp(1/16), answer share p, nobody waits.

It does not know of days or ages. A state is (busy agents, ringing lines); at every moment more lines may be dialled.
One reward a connect, a price a drop; value iteration on the uniformised chain, the price found by bisection.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from benchmarks.dialler.onlooker import Onlooker
from outbound.pacing.sight import Bounds

WORK, RING = 105.0, 16.0
TABLE = Path(__file__).with_name("mdp_optimum.json")


@dataclass(frozen=True, slots=True)
class Optimum:
    """Two policies and the weight of the first: the mixture drops exactly the cap's share. Targets are by idle agents.

    `utilisation` and `dropped` are of the mixture.
    """

    agents: int
    answers: float
    cap: float
    weight: float
    targets: tuple[tuple[int, ...], tuple[int, ...]]
    utilisation: float
    dropped: float


@dataclass(frozen=True, slots=True)
class _Policy:
    targets: tuple[int, ...]
    connects: float  # a second
    drops: float
    utilisation: float

    @property
    def share(self) -> float:
        both = self.connects + self.drops
        return self.drops / both if both else 0.0


class Model:
    """The uniformised chain of one size and answer share."""

    def __init__(self, agents: int, answers: float) -> None:
        self.agents, self.p = agents, answers
        self.most = int(4 * agents + 12 / answers**0.5) if agents <= 10 else int(1.2 * agents * 0.3 / answers + 30)
        self.rate = agents / WORK + self.most / RING

    def best(self, price: float, value: list[list[float]]) -> tuple[int, ...]:
        """Iterate from `value` until gains agree, and say how many lines ring at best, by idle agents."""
        for _ in range(200_000):
            low, high = self._sweep(price, value)
            if high - low < 2e-7 * self.rate:
                break
        return tuple(self._target(value[self.agents - idle]) for idle in range(self.agents + 1))

    @staticmethod
    def _target(row: list[float]) -> int:
        return max(range(len(row)), key=lambda lines: (row[lines], -lines))

    def _sweep(self, price: float, value: list[list[float]]) -> tuple[float, float]:
        """One step for all states: first the best number to dial up to, then one event."""
        agents, most, p, rate = self.agents, self.most, self.p, self.rate
        chosen = [_best_after(row) for row in value]
        mu, theta = 1 / WORK / rate, 1 / RING / rate
        low, high = 1e18, -1e18
        zero = value[0][0]
        for busy in range(agents + 1):
            here, down = chosen[busy], chosen[busy - 1] if busy else chosen[0]
            up = chosen[busy + 1] if busy < agents else here
            gain = 1.0 if busy < agents else -price
            row, ends = value[busy], busy * mu
            for ring in range(most + 1):
                over = ring * theta
                new = ends * down[ring] + (1 - ends - over) * here[ring]
                if ring:
                    new += over * (p * (gain + up[ring - 1]) + (1 - p) * here[ring - 1])
                change = new - row[ring]
                low, high = min(low, change), max(high, change)
                row[ring] = new
        for row in value:
            for ring in range(most + 1):
                row[ring] -= zero
        return low * rate, high * rate

    def judged(self, targets: tuple[int, ...]) -> _Policy:
        """The long run of a policy, by iterating its distribution."""
        agents, p = self.agents, self.p
        top = max(targets)
        rate = agents / WORK + top / RING
        share = [[0.0] * (top + 1) for _ in range(agents + 1)]
        share[0][targets[agents]] = 1.0
        for _ in range(400_000):
            new = [[0.0] * (top + 1) for _ in range(agents + 1)]
            for busy in range(agents + 1):
                for ring in range(top + 1):
                    mass = share[busy][ring]
                    if mass < 1e-15:
                        continue
                    self._spread(new, (busy, ring, mass), targets, rate)
            moved = sum(abs(a - b) for x, y in zip(new, share, strict=True) for a, b in zip(x, y, strict=True))
            share = new
            if moved < 1e-9:
                break
        connects = sum(share[b][r] * r * p / RING for b in range(agents) for r in range(top + 1))
        drops = sum(share[agents][r] * r * p / RING for r in range(top + 1))
        used = sum(b * sum(share[b]) for b in range(agents + 1)) / agents
        return _Policy(targets, connects, drops, used)

    def _spread(
        self, new: list[list[float]], state: tuple[int, int, float], targets: tuple[int, ...], rate: float
    ) -> None:
        busy, ring, mass = state
        ends, over = busy / WORK / rate, ring / RING / rate
        new[busy][ring] += mass * (1 - ends - over)
        if busy:
            new[busy - 1][max(ring, targets[self.agents - busy + 1])] += mass * ends
        if ring:
            after = min(busy + 1, self.agents)
            new[after][max(ring - 1, targets[self.agents - after])] += mass * over * self.p
            new[busy][max(ring - 1, targets[self.agents - busy])] += mass * over * (1 - self.p)


def _best_after(row: list[float]) -> list[float]:
    """The best value of this many lines or more."""
    best, after = row[-1], list(row)
    for ring in range(len(row) - 1, -1, -1):
        best = max(best, row[ring])
        after[ring] = best
    return after


def optimum(agents: int, answers: float, cap: float) -> Optimum:
    """Bisect on the price until two neighbouring policies drop more and less than the cap."""
    model = Model(agents, answers)
    value = [[0.0] * (model.most + 1) for _ in range(agents + 1)]
    low, high = 0.0, 400.0
    loose: _Policy | None = None
    tight: _Policy | None = None
    for _ in range(14):
        price = (low + high) / 2 if loose and tight else (5.0 if not loose and not tight else (low + high) / 2)
        found = model.judged(model.best(price, value))
        if found.share > cap:
            low, loose = price, found
        else:
            high, tight = price, found
        if loose and tight and loose.targets == tight.targets:
            break
    if tight is None:
        raise ValueError("no price keeps to the cap")
    return _mixed(agents, answers, cap, (tight, loose or tight))


def _mixed(agents: int, answers: float, cap: float, both: tuple[_Policy, _Policy]) -> Optimum:
    """Mix by time so that drops over answers are the cap."""
    tight, loose = both
    spare = cap * (tight.connects + tight.drops) - tight.drops
    over = loose.drops - cap * (loose.connects + loose.drops)
    weight = over / (over + spare) if over + spare > 0 else 1.0
    used = weight * tight.utilisation + (1 - weight) * loose.utilisation
    drops = weight * tight.drops + (1 - weight) * loose.drops
    every = drops + weight * tight.connects + (1 - weight) * loose.connects
    return Optimum(agents, answers, cap, weight, (tight.targets, loose.targets), used, drops / every)


@lru_cache(maxsize=64)
def known(agents: int, answers: float, cap: float) -> Optimum | None:
    """The computed optimum, from the table that `python -m benchmarks.dialler.mdp` writes."""
    if not TABLE.exists():
        return None
    for row in json.loads(TABLE.read_text(encoding="utf-8")):
        if (row["agents"], row["answers"], row["cap"]) == (agents, answers, cap):
            first, second = (tuple(each) for each in row["targets"])
            return Optimum(agents, answers, cap, row["weight"], (first, second), row["utilisation"], row["dropped"])
    return None


class Exact(Onlooker):
    """Plays the optimum: a coin by its weight chooses for each spell of ten minutes which policy is followed."""

    def __init__(self, best: Optimum, seed: int = 0) -> None:
        super().__init__()
        self.best = best
        self.chance = Random(f"{seed}:mixture")  # noqa: S311 - a simulation wants repeatable chance
        self.until = 0.0
        self.targets = best.targets[0]

    def more(self, bounds: Bounds, now: float) -> int:  # noqa: ARG002  the contract's signature
        if now >= self.until:
            self.until = now + 600.0
            self.targets = self.best.targets[self.chance.random() >= self.best.weight]
        return self.targets[len(self.free)] - len(self.ringing)


def main(words: list[str]) -> int:
    """Compute the optimum of `agents:answers:cap` each, and keep it in the table."""
    rows = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else []
    for word in words:
        agents, answers, cap = word.split(":")
        found = asdict(optimum(int(agents), float(answers), float(cap)))
        key = (found["agents"], found["answers"], found["cap"])
        rows = [row for row in rows if (row["agents"], row["answers"], row["cap"]) != key]
        rows = sorted([*rows, found], key=lambda row: (row["agents"], row["answers"], row["cap"]))
        TABLE.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        print(word, f"{found['utilisation']:.4f}", f"{found['dropped']:.4f}", found["targets"][0][:12])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
