"""Cutting an interval into quarters of an hour, hours, days or months, as clocks on the wall show them.

It does not know what is counted in them. A day of 23 or 25 hours is one day; an hour that a clock shows twice is two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

GRAINS = ("15min", "30min", "hour", "day", "month")
_SECONDS = {"15min": 900, "30min": 1800, "hour": 3600}
MOST = 10_000  # cells


class TooFine(ValueError):
    """The interval would fall into more cells than anybody reads."""


@dataclass(frozen=True, slots=True)
class Cell:
    """[since, until) in POSIX seconds; `name` is its begin on the wall clock. The first and the last may be cut."""

    name: str
    since: float
    until: float


def cells(since: float, until: float, grain: str, zone: tzinfo) -> tuple[Cell, ...]:
    """The cells that cover [since, until), in order and without a gap. Raises `TooFine`, and KeyError for the grain."""
    edges = [since]
    for edge in _edges(since, until, grain, zone):
        edges.append(edge)
        if len(edges) > MOST:
            raise TooFine(f"more than {MOST} cells of a {grain}; ask for a shorter time or a coarser grain")
    edges.append(until)
    return tuple(Cell(_name(begin, grain, zone), begin, end) for begin, end in pairwise(edges) if begin < end)


def index_of(edges: Sequence[float], at: float) -> int:
    """In which cell `at` lies, where `edges` are the cells' begins."""
    return max(0, bisect_right(edges, at) - 1)


def _edges(since: float, until: float, grain: str, zone: tzinfo) -> Iterator[float]:
    """The borders strictly inside (since, until)."""
    edge = since
    while (edge := _next(edge, grain, zone)) < until:
        yield edge


def _next(at: float, grain: str, zone: tzinfo) -> float:
    """The first border after `at`."""
    local = datetime.fromtimestamp(at, zone)
    if grain in _SECONDS:
        step = _SECONDS[grain]
        offset = (local.utcoffset() or timedelta()).total_seconds()
        return (at + offset) // step * step + step - offset
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if grain == "day":
        return (midnight + timedelta(days=1)).timestamp()
    if grain == "month":
        first = midnight.replace(day=1)
        return (first + timedelta(days=32)).replace(day=1).timestamp()
    raise KeyError(grain)


def _name(at: float, grain: str, zone: tzinfo) -> str:
    local = datetime.fromtimestamp(at, UTC).astimezone(zone)
    if grain == "month":
        return local.strftime("%Y-%m")
    return local.strftime("%Y-%m-%d") if grain == "day" else local.isoformat(timespec="minutes")
