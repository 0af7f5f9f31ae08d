"""Who is compared: the product's pacer, and its rivals at their defaults and with every setting that tuning may try.

It does not know what tuning finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from benchmarks.dialler.lookahead import LookAhead
from benchmarks.dialler.mdp import Exact, known
from benchmarks.dialler.simple import Erlang, Progressive, RatioOfAll, RatioOfFree
from benchmarks.dialler.vicidial import Method, Rules, Vicidial
from benchmarks.dialler.worlds import Cell
from outbound.pacing.sight import Pacer


@dataclass(frozen=True, slots=True)
class Arm:
    """A pacer by its kind and settings. `hold`: how long it keeps who waits, None for the day's. `every`: of asking."""

    name: str
    kind: str
    settings: Any = None
    hold: float | None = None
    every: float = 0.5

    def pacer(self, cell: Cell, seed: int) -> Pacer:
        return KINDS[self.kind](self.settings, cell, seed)

    @property
    def said(self) -> str:
        if isinstance(self.settings, Rules):
            r = self.settings
            return f"{r.method.value} target {r.target} most {r.most:g} intensity {r.intensity} percent {r.percent:g}"
        return "" if self.settings is None else f"{self.settings:g}"


def _ours(settings: Any, _cell: Cell, _seed: int) -> Pacer:
    from outbound.pacing.predictive import Predictive  # noqa: PLC0415  benchmarks of rivals alone run without it

    return Predictive() if settings is None else Predictive(settings)


def _exact(_settings: Any, cell: Cell, seed: int) -> Pacer:
    best = known(cell.agents, cell.answers, cell.cap)
    if best is None:
        raise ValueError(f"the optimum of {cell} is not in the table")
    return Exact(best, seed)


KINDS: Mapping[str, Callable[[Any, Cell, int], Pacer]] = {
    "ours": _ours,
    "progressive": lambda _settings, _cell, _seed: Progressive(),
    "ratio of free": lambda settings, _cell, _seed: RatioOfFree(settings),
    "ratio of all": lambda settings, _cell, _seed: RatioOfAll(settings),
    "erlang": lambda settings, _cell, _seed: Erlang(settings),
    "vicidial": lambda settings, _cell, _seed: Vicidial(settings),
    "look-ahead": lambda settings, _cell, _seed: LookAhead(settings),
    "optimum": _exact,
}

OURS = Arm("switchroom predictive", "ours")
PROGRESSIVE = Arm("progressive", "progressive", None, None, inf)
VICIDIAL = Arm("VICIdial default, 5 s", "vicidial", Rules(), 5.0, 1.0)
VICIDIAL_2S = Arm("VICIdial default, 2 s", "vicidial", Rules(), None, 1.0)
LOOK_AHEAD = Arm("look-ahead (prototype)", "look-ahead", 1.0)
OPTIMUM = Arm("MDP optimum", "optimum", None, None, inf)
DEFAULTS = (PROGRESSIVE, VICIDIAL, VICIDIAL_2S, LOOK_AHEAD)
METHODS = (
    Arm("VICIdial HARD, 2 s", "vicidial", Rules(Method.HARD), None, 1.0),
    Arm("VICIdial AVERAGE, 2 s", "vicidial", Rules(Method.AVERAGE), None, 1.0),
)

# Sweeps: settings in the order in which more is abandoned, so that the best that keeps to the cap is found by halving.
SWEEPS: Mapping[str, tuple[Arm, tuple[float, ...]]] = {
    "ratio of free": (
        Arm("ratio per free agent, tuned", "ratio of free", 1.0, None, inf),
        (*(round(1 + 0.125 * step, 3) for step in range(25)), 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0),
    ),
    "ratio of all": (
        Arm("ratio per agent, tuned", "ratio of all", 1.0, None, inf),
        tuple(round(1 + 0.03 * step, 3) for step in range(20)) + tuple(round(1.6 + 0.1 * s, 2) for s in range(25)),
    ),
    "erlang": (
        Arm("Erlang pacing, tuned", "erlang", 0.03),
        (0.001, 0.003, 0.006, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5),
    ),
}


WALKED_FROM = Rules(Method.HARD, most=1.25, percent=2.5)  # the default breaks the cap, and all near it


def vicidial_choices(agents: int) -> Mapping[str, tuple[Any, ...]]:
    """Each setting's values, for a walk along one setting after the other."""
    some, more = max(1, round(0.04 * agents)), max(2, round(0.1 * agents))
    return {
        "most": (1.0, 1.25, 1.5, 2.0, 3.0, 4.5),
        "target": (-more, -some, 0, some),
        "intensity": (-60, -30, 0),
        "method": tuple(Method),
        "percent": (3.0, 2.5, 2.0, 1.0),
    }
