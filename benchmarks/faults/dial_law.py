"""A second opinion on whether a customer may be called now: the law of the storms worked out by hand, from the facts.

It does not know the book of law, nor how it remembers: it keeps a plain list of what was dialled, and looks through it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import journal.outbound_facts as made
from benchmarks.faults.calling_floor import CONTACTS, GAP, TRIES, Calling

NOT_HIS = frozenset({"congestion", "cancelled"})  # our fault: no try of his is used up
REACHED = frozenset({"connected", "abandoned", "informed", "gone"})


class PlainLaw:
    """What of it is remembered. All of a storm is one day in each of its places."""

    def __init__(self, calling: Calling) -> None:
        self.hours = calling.hours
        self.blocked: set[str] = set()
        self.tries: dict[str, list[tuple[float, str]]] = defaultdict(list)  # by number and by person, with the attempt
        self.reached: dict[str, int] = defaultdict(int)

    def begun(self, fact: made.AttemptBegun) -> None:
        for who in {fact.number, fact.person}:
            self.tries[who].append((fact.at, fact.contact))

    def ended(self, fact: made.AttemptEnded) -> None:
        self.reached[fact.person] += fact.outcome in REACHED
        for who in {fact.number, fact.person} if fact.outcome in NOT_HIS else ():
            self.tries[who] = [each for each in self.tries[who] if each[1] != fact.contact]

    def forbids(self, number: str, person: str, zones: tuple[str, ...], now: float) -> str:
        """Why he may not be called now, "" if he may."""
        if number in self.blocked:
            return "blocked"
        if self.reached[person] >= CONTACTS:
            return "reached already"
        if not zones or not all(self._is_open(zone, now) for zone in zones):
            return "hours"
        tried = [self.tries[number], self.tries[person]]
        if any(len(each) >= TRIES for each in tried):
            return "tries"
        if any(each and each[-1][0] + GAP > now for each in tried):
            return "too soon"
        return ""

    def _is_open(self, zone: str, now: float) -> bool:
        there = datetime.fromtimestamp(now, ZoneInfo(zone))
        minute = there.hour * 60 + there.minute
        return any(first <= minute < end for first, end in self.hours)
