"""Laws of how long a telephone rings until somebody answers.

It does not know who is rung.
"""

from __future__ import annotations

import math
from functools import lru_cache

from switchroom.day.laws import Measured

STEPS = 2048


@lru_cache(maxsize=32)
def gamma(mean: float, shape: int) -> Measured:
    """A gamma law of a whole shape, as so many values of equal chance."""
    scale = mean / shape
    return Measured(tuple(scale * _quantile((step + 0.5) / STEPS, shape) for step in range(STEPS)))


def _quantile(u: float, shape: int) -> float:
    low, high = 0.0, 40.0 + 4.0 * shape
    for _ in range(50):
        middle = (low + high) / 2
        if _below(middle, shape) < u:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _below(x: float, shape: int) -> float:
    """The share of an Erlang variable of this shape and scale 1 below x."""
    term = total = math.exp(-x)
    for step in range(1, shape):
        term *= x / step
        total += term
    return 1.0 - total
