"""As many lines as will be served: the pacer of predictive campaigns.

It does not know telephones, laws or leads; `sight.py` says what it sees. The parts: `air.py` and `crew.py` learn who
will answer and who will be free, each by age; `collisions.py` tells what one more line puts at risk; `price.py` says
how much risk the cap allows. A line is dialled while its risk is below that.
"""

from __future__ import annotations

from math import sqrt

from outbound.pacing.air import Air
from outbound.pacing.collisions import Collisions, Few, Many
from outbound.pacing.counted import one_each, usable
from outbound.pacing.crew import Crew
from outbound.pacing.price import Price
from outbound.pacing.sight import Bounds, Event, Happened

MIDDLE = 6  # the moment of the grid around which lines dialled now are answered
COUNTED = 13.0  # agents free until then up to which every case is counted
REST = 0.9  # seconds until a floor on which nothing happened is looked at again
TOGETHER = 1.0  # seconds of dials that are charged together on a large floor
PERSONS = frozenset({Event.CONNECTED, Event.ABANDONED, Event.LOST})
OPEN = Bounds(cap=0.03, persons=0, abandoned=0, most=1_000_000)


class Predictive:
    """A pacer by `outbound/pacing/sight.py`. What it has learned follows from `happened` alone.

    `cap` and `wait` are what it assumes until bounds say otherwise.
    """

    def __init__(self, cap: float = 0.03, wait: float = 2.0) -> None:
        self._air = Air()
        self._crew = Crew(wait)
        self._price = Price(cap)
        self._sized = 0
        self._seen: Collisions | None = None
        self._seen_until = 0.0
        self._dials = 0
        self._why = "learning"
        self._told: Collisions | None = None
        self._asked = OPEN
        self._rest_until = 0.0

    def happened(self, told: Happened) -> None:
        self._rest_until = 0.0
        if told.event is Event.DIALLED:
            self._dialled(told.at)
        elif told.event in PERSONS:
            self._price.reached(abandoned=told.event is Event.ABANDONED)
        self._crew.happened(told)
        self._air.happened(told)
        if self._crew.all != self._sized:
            self._sized = self._crew.all
            self._air.rate.remember(self._sized)
            self._price.remember(self._sized)

    def _dialled(self, now: float) -> None:
        """Charge dials of one moment by what was seen before the first of them."""
        if self._seen is None or now > self._seen_until:
            if self._seen is not None:
                self._price.dialled(self._dials, self._air.new[-1], self._seen.charge(self._dials))
            self._seen = self._sight(OPEN, now)
            self._seen_until = now if isinstance(self._seen, Few) else now + TOGETHER
            self._dials = 0
        self._dials += 1

    def _sight(self, bounds: Bounds, now: float) -> Collisions:
        free = usable(self._crew, self._air, bounds)
        freed = self._crew.freed(now)
        ages = self._air.ages(now)
        taken = self._crew.taken()
        if taken and free:
            ages.append((1, taken))
        few = free + freed.mean[MIDDLE] + 3.0 * sqrt(freed.mean[MIDDLE]) <= COUNTED
        return (Few if few else Many)(free, freed, ages, self._air)

    def lines(self, bounds: Bounds, now: float) -> int:
        if now < self._rest_until and bounds == self._asked:
            return 0
        self._asked, self._rest_until = bounds, now + REST
        self._price.cap, self._crew.wait = bounds.cap, bounds.wait
        room = bounds.most - self._air.lines
        sight = self._sight(bounds, now)
        self._told = sight
        if room <= 0:
            self._why = "most"
            return 0
        if self._air.unknown(now):
            self._why = "learning"
            return one_each(self._crew, self._air, bounds)
        limit = self._price.limit(bounds, self._air.coming(now))
        more = sight.within(limit, room) if limit > 0.0 else 0
        self._why = self._reason(more, room, limit)
        return max(more, self._sure(bounds, spent=limit <= 0.0))

    def _sure(self, bounds: Bounds, *, spent: bool) -> int:
        """One line for each free agent; where others take agents and the cap is spent, one agent has none."""
        sure = one_each(self._crew, self._air, bounds)
        return sure if not spent or not self._crew.taken() else max(sure - 1, 0)

    @staticmethod
    def _reason(more: int, room: int, limit: float) -> str:
        if more >= room:
            return "most"
        return "agents" if limit > 0.0 else "cap"

    def why(self) -> str:
        return self._why

    def risk(self) -> float:
        return min(self._told.share() * self._price.truth, 1.0) if self._told else 0.0
