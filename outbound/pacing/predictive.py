"""As many lines as will be served: the pacer of predictive campaigns.

It does not know telephones, laws or leads; `sight.py` says what it sees. The parts: `air.py` and `crew.py` learn who
will answer and who will be free, each by age; `collisions.py` tells what one more line puts at risk; `price.py` says
how much risk the cap allows. A line is dialled while its risk is below that.

Learning and choosing are apart. What happened only counts; what follows from it is reckoned when lines are asked for.
A line is charged with the risk at which it was chosen. Lines of a story that is told again, after a restart, were
chosen by another: they are not charged, and whoever was abandoned on them is no lesson about our forecasts.
"""

from __future__ import annotations

from math import sqrt

from outbound.pacing.air import Air
from outbound.pacing.collisions import MIDDLE, Collisions, Few, Many
from outbound.pacing.counted import one_each, usable
from outbound.pacing.crew import SMALL, TAKERS, Crew
from outbound.pacing.price import Price
from outbound.pacing.sight import Bounds, Event, Happened

COUNTED = 13.0  # agents free until then up to which every case is counted
REST = 0.9  # seconds until a floor on which nothing happened is looked at again
GLANCE, GLANCE_EACH = 0.4, 1 / 400  # and a large floor on which something happens all the time: longer with each agent,
GLANCE_MOST = 0.9  # but no longer than this
DIALLED, ANSWERED, OTHER, DROPPED = Event.DIALLED, Event.ANSWERED, Event.OTHER, Event.DROPPED
ABANDONED = Event.ABANDONED
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
        self._why = "learning"
        self._told: Collisions | None = None
        self._chosen: set[str] = set()
        self._dials = 0  # of the chosen, those that are not charged yet
        self._asked = OPEN
        self._rest_until = self._glance_until = self._glance = self._coming = 0.0

    def happened(self, told: Happened) -> None:
        self._rest_until = 0.0
        if told.line:
            self._line(told.event, told.line)
            self._air.happened(told)
        if told.agent:
            self._crew.happened(told)

    def _line(self, event: Event, line: str) -> None:
        """Lines that we choose are charged; of their persons it is learned whether the forecasts are true."""
        if event is DIALLED:
            if self._told is not None:
                self._chosen.add(line)
                self._dials += 1
        elif event is not ANSWERED:
            if event is not OTHER and event is not DROPPED:
                self._price.reached(abandoned=event is ABANDONED, chosen=line in self._chosen)
            self._chosen.discard(line)

    def _size(self) -> None:
        if self._crew.all != self._sized:
            self._sized = self._crew.all
            self._air.rate.remember(self._sized)
            self._price.remember(self._sized)
            self._glance = min(GLANCE + GLANCE_EACH * self._sized, GLANCE_MOST) if self._sized > SMALL else 0.0

    def _charge(self) -> None:
        """Charge the lines that were dialled since with the risks that were seen when they were chosen."""
        if self._dials and self._told is not None:
            self._price.dialled(self._dials, self._air.new[-1], self._told.charge(self._dials))
            self._dials = 0

    def _sight(self, bounds: Bounds, now: float) -> Collisions:
        air = self._air
        free = usable(self._crew, air, bounds)
        freed = self._crew.freed(now)
        taken = self._crew.taken(now) if self._crew.shared(now) else []
        if free + freed.mean[MIDDLE] + 3.0 * sqrt(freed.mean[MIDDLE]) > COUNTED:
            mean, spread = air.answers(now)
            self._coming = mean[-1]
            if taken:
                mean = [here + TAKERS * chance for here, chance in zip(mean, taken, strict=True)]
                spread = [here + TAKERS * chance for here, chance in zip(spread, taken, strict=True)]
            return Many(free, freed, (mean, spread), air)
        ages = air.ages(now)
        self._coming = sum(count * row[-1] for count, row in ages)
        return Few(free, freed, [*ages, (TAKERS, taken)] if taken else ages, air)

    def lines(self, bounds: Bounds, now: float) -> int:
        if now < self._glance_until or (now < self._rest_until and bounds == self._asked):
            return 0
        self._size()
        self._charge()
        self._asked, self._rest_until = bounds, now + REST
        self._glance_until = now + self._glance
        self._price.cap, self._crew.wait = bounds.cap, bounds.wait
        self._air.look(now)
        self._crew.look(now)
        room = bounds.most - self._air.lines
        sight = self._sight(bounds, now)
        self._told = sight
        if room <= 0:
            self._why = "most"
            return 0
        if self._air.unknown(now):
            self._why = "learning"
            return one_each(self._crew, self._air, bounds)
        limit = self._price.limit(bounds, self._coming)
        more = sight.within(limit, room) if limit > 0.0 else 0
        self._why = self._reason(more, room)
        return max(more, self._sure(bounds, now))

    def _sure(self, bounds: Bounds, now: float) -> int:
        """One line for each free agent; where others take agents, the last of them has one only if the risk allows."""
        sure = one_each(self._crew, self._air, bounds)
        if not self._crew.shared(now) or (self._crew.all == 1 and not bounds.abandoned):
            return sure
        return max(sure - 1, 0)

    def _reason(self, more: int, room: int) -> str:
        if more >= room:
            return "most"
        return "cap" if self._price.spent else "agents"

    def why(self) -> str:
        return self._why

    def risk(self) -> float:
        return min(self._told.share() * self._price.truth, 1.0) if self._told else 0.0
