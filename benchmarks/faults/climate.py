"""How bad the weather of a storm is: the chances and rates of every fault, drawn by seed.

It does not know how the faults are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.faults.floors import QUICK, SERVICE
from switchroom.simulator import Weather


@dataclass(frozen=True, slots=True)
class Climate(Weather):
    """Times in seconds, chances from 0 to 1; a rate is the mean time between two such faults.

    `late` is the chance of an event to come late by up to `lateness`; `at_once` that caller and agent act in the same
    instant; `dead_phone` that an offer meets a phone that is dead unseen; `early` that an agent ends his wrap-up;
    `minds` how often an agent acts at all; `kills`, `freezes`, `cuts`, `restarts`, `edits`, `phones` are rates.
    `restless` is how many wishes a talk sees on average.
    """

    late: float = 0.05
    lateness: float = 3.0
    at_once: float = 0.02
    dead_phone: float = 0.01
    twice: float = 0.03
    early: float = 0.5
    minds: float = 25.0
    kills: float = 90.0
    freezes: float = 400.0
    cuts: float = 120.0
    restarts: float = 400.0
    edits: float = 100.0
    phones: float = 15.0
    agents: int = 40
    restless: float = 0.0

    def calm(self) -> Climate:
        """The same floor when every fault has stopped."""
        return Climate(
            self.calls_per_second, self.patience, self.talk, no_answer=0.0, refuse=0.0, gives_up_in_flow=0.0,
            source_down=0.0, told_twice=0.0, numbers=self.numbers, late=0.0, at_once=0.0, dead_phone=0.0, twice=0.0,
            agents=self.agents, restless=self.restless,
        )  # fmt: skip


def draw(chance: Random) -> Climate:
    """A climate: now a quiet floor with few faults, now one that is overrun while everything breaks."""
    agents = chance.randint(12, 60)
    talk, load = chance.uniform(8, 25), chance.uniform(0.5, 1.4)
    evil = chance.choice((0.3, 1.0, 1.0, 3.0))

    def rate(mean: float) -> float:
        return mean / evil * chance.uniform(0.5, 2.0)

    def share(mean: float) -> float:
        return min(0.4, mean * evil * chance.uniform(0.3, 2.0))

    return Climate(
        calls_per_second=load * agents / (talk + 6.0),
        patience=chance.choice((20.0, 60.0, 120.0)),
        talk=talk,
        no_answer=share(0.05),
        refuse=share(0.03),
        gives_up_in_flow=share(0.05),
        source_down=share(0.05),
        told_twice=share(0.03),
        numbers=(*(QUICK,) * 9, SERVICE),
        late=share(0.05),
        lateness=chance.choice((0.3, 1.0, 3.0)),
        at_once=share(0.02),
        dead_phone=share(0.01),
        twice=share(0.03),
        early=chance.uniform(0.0, 0.8),
        minds=rate(25.0),
        kills=rate(90.0),
        freezes=rate(400.0),
        cuts=rate(120.0),
        restarts=rate(400.0),
        edits=rate(100.0),
        phones=rate(15.0),
        agents=agents,
        restless=chance.choice((0.0, 0.5, 2.0)),
    )
