"""Small statistics that every benchmark table uses: percentiles and ratios.

It does not know what is measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` percent of the values do not exceed; None without values."""
    if not values:
        return None
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * share / 100) - 1)]


def ratio(ours: float | None, theirs: float | None) -> float | None:
    """Ours / theirs; None where either is missing or theirs is 0."""
    return None if ours is None or not theirs else ours / theirs
