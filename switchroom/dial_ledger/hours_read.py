"""Dials outside the hours of their law, found by reading the clock at the called place for each of them.

It does not know how the server decides (`outbound/law/`); the laws' hours stand here a second time, on purpose.
Holidays are not looked at; tries, gaps and frequency are in `tries_read.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

Day = Sequence[Sequence[int]]  # spans from minute to minute; the second is too late


def _same(first: int, end: int) -> Day:
    return ((first * 60, end * 60),)


# From Monday to Sunday, by rules.
HOURS: Final[Mapping[str, Sequence[Day]]] = {
    "us@2026.1": (_same(8, 21),) * 7,
    "uk@2026.1": (*(_same(8, 21),) * 5, _same(9, 18), _same(10, 16)),
    "cn@2026.1": (_same(9, 20),) * 7,
    "strict@2026.1": (*(_same(9, 20),) * 5, _same(9, 18), _same(10, 16)),
}

Zones = Callable[[str], tuple[str, ...]]


def outside(
    begun: Iterable[tuple[float, str, tuple[str, ...], str]], plan: Zones, house: Mapping[str, Sequence[Day]]
) -> list[tuple[float, str]]:
    """The moment and number of each dial at which it was no time there, wherever the number may have been.

    `begun` are moment, rules, the zones that were known, and the number; `plan` gives the zones of a number, `house`
    the hours of the house's own laws. A dial whose zones are known in neither way is not judged.
    """
    found = []
    known_hours = {**HOURS, **house}
    for at, rules, zones, number in begun:
        hours = known_hours.get(rules)
        if hours is None:
            continue
        known = [places for places in (zones, plan(number)) if places]
        if known and all(any(not _is_time(at, zone, hours) for zone in places) for places in known):
            found.append((at, number))
    return found


def _is_time(at: float, zone: str, week: Sequence[Day]) -> bool:
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return any(first <= minute < end for first, end in week[local.weekday()])
