"""Dials outside the hours of their law, found by reading the clock at the called place for each of them.

It does not know how the server decides (`outbound/law/`); the laws' hours stand here a second time, on purpose.
Holidays, gaps and tries are not looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

# For Monday to Friday, Saturday, Sunday: the first hour and the one that is too late.
HOURS: Final = {
    "us": ((8, 21), (8, 21), (8, 21)),
    "uk": ((8, 21), (9, 18), (10, 16)),
    "cn": ((9, 20), (9, 20), (9, 20)),
}

Zones = Callable[[str], tuple[str, ...]]


def outside(begun: Iterable[tuple[float, str, tuple[str, ...], str]], plan: Zones) -> list[tuple[float, str]]:
    """The moment and number of each dial at which it was no time there, wherever the number may have been.

    `begun` are moment, rules, the zones that were known, and the number; `plan` gives the zones of a number. A dial
    whose zones are known in neither way, or under a law of the house, is not judged.
    """
    found = []
    for at, rules, zones, number in begun:
        hours = HOURS.get(rules.partition("@")[0])
        if hours is None:
            continue
        known = [places for places in (zones, plan(number)) if places]
        if known and all(any(not _is_time(at, zone, hours) for zone in places) for places in known):
            found.append((at, number))
    return found


def _is_time(at: float, zone: str, hours: tuple[tuple[int, int], ...]) -> bool:
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    first, end = hours[max(0, local.weekday() - 4)]
    return first <= local.hour < end
