"""The agents of a campaign: who is free, and who will be when, each by the age of what he does now.

It does not know lines or customers. Talks and wrap-ups are learned as they end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from math import exp
from operator import sub

from outbound.pacing.air import GRID, SHAPED
from outbound.pacing.freed import Chances, Freed
from outbound.pacing.lasting import Lasting, exponential, humped
from outbound.pacing.sight import Event, Happened

EDGES = (
    *(2.0 * i for i in range(20)),
    *(40.0 + 5.0 * i for i in range(16)),
    *(120.0 + 15.0 * i for i in range(16)),
    *(360.0 + 60.0 * i for i in range(19)),
)
AGES = (
    *(float(i) for i in range(40)),
    *(40.0 + 5.0 * i for i in range(16)),
    *(120.0, 135.0, 150.0, 170.0, 190.0, 215.0, 240.0, 270.0, 300.0, 350.0, 420.0, 520.0, 650.0, 800.0, 1000.0),
)
WRAPS = (*(0.5 * i for i in range(80)), *EDGES[20:])
OF_WRAPS = (0.125, 0.375, 0.625, 0.875)
TAKERS, FIRST = 4, 12.5  # of others so many are counted, and only those who come in so many seconds: later ones wait
HARDLY = 0.05  # of one who was taken is left, after so many seconds without another, that nobody seems to take any more
LATELY = 1800.0  # seconds for which it counts how many others took
STALE = 240.0  # seconds after which a little news is enough to reckon anew
SEEN, SEEN_EACH, SEEN_MOST = 2.0, 250, 4.0  # seconds for which a look at a large floor serves: more with the agents
SMALL = 40  # agents up to which everybody is looked at anew each time
CONNECTED, TALK_OVER, FREE = Event.CONNECTED, Event.TALK_OVER, Event.FREE
CAME, LEFT, BUSY_ELSEWHERE = Event.CAME, Event.LEFT, Event.BUSY_ELSEWHERE


class Doing:
    """One thing that agents do: who does it since when, in the order of time, how long it lasts, and what follows."""

    __slots__ = ("chances", "lasting", "since")

    def __init__(self, lasting: Lasting) -> None:
        self.lasting = lasting
        self.since: dict[str, float] = {}
        self.chances: Chances | None = None

    def beyond(self, halves: int, now: float) -> list[float]:
        """How many of them last beyond each half second; those that go on count."""
        return self.lasting.each_half(halves, [now - since for since in self.since.values()])


class Crew:
    """Agents by what they do. `wait` is how long a person may wait: whoever is free by then serves him."""

    __slots__ = (
        *("_does", "_elsewhere", "_free", "_freed", "_freed_at", "_learned", "_looked", "_made", "_open", "_taken"),
        *("_talk", "_wrap", "wait"),
    )

    def __init__(self, wait: float = 2.0) -> None:
        self.wait = wait
        self._free = Doing(Lasting(EDGES, exponential(60.0), 0.0, 1.0))
        self._talk = Doing(Lasting(EDGES, humped(100.0), 8.0, 1500.0))
        self._wrap = Doing(Lasting(WRAPS, exponential(12.0), 5.0, 1500.0))
        self._elsewhere = Doing(Lasting(EDGES, exponential(180.0), 5.0, 500.0))
        self._does: dict[str, Doing] = {}
        self._made = 0.0
        self._learned = 0
        self._freed: Freed | None = None
        self._freed_at = 0.0
        self._taken, self._open, self._looked = 0.0, 0.0, 0.0

    @property
    def free(self) -> int:
        return len(self._free.since)

    @property
    def ours(self) -> int:
        """Who talks or wraps up for this campaign."""
        return len(self._talk.since) + len(self._wrap.since)

    @property
    def all(self) -> int:
        return len(self._does)

    @property
    def handling(self) -> float:
        """Mean seconds of a talk and its wrap-up."""
        return self._talk.lasting.mean + self._wrap.lasting.mean

    def happened(self, told: Happened) -> None:
        """Take in what became of an agent."""
        event, doing = told.event, self._does.get(told.agent)
        if event is CONNECTED:
            self._now(told, self._talk)
        elif event is BUSY_ELSEWHERE:
            self._took(told.at)
            self._now(told, self._elsewhere)
        elif event is LEFT:
            self._gone(told.agent)
        elif doing is not None:
            self._over(told, doing)
        elif event is CAME:
            self._now(told, self._free)

    def look(self, now: float) -> None:
        """Reckon what follows from what happened, if what is known is not fresh any more."""
        learned = self._talk.lasting.learned + self._wrap.lasting.learned + self._elsewhere.lasting.learned
        since, more = now - self._made, learned - self._learned
        news = more > 0.03 * self._learned or (more and since >= STALE)
        if (news and since >= SHAPED) or (since >= SEEN and more > 0.2 * self._learned + 3.0) or self._unforeseen:
            self._learned = learned
            self._foresee(now)
        if len(self._does) <= SMALL:
            self._freed = None
        elif self._freed is None or now - self._freed_at >= min(SEEN + len(self._does) / SEEN_EACH, SEEN_MOST):
            self._freed, self._freed_at = self._look(now), now

    @property
    def _unforeseen(self) -> bool:
        """Whether somebody does what nothing is reckoned of yet."""
        return any(doing.chances is None and doing.since for doing in (self._talk, self._wrap, self._elsewhere))

    def _took(self, now: float) -> None:
        """One was taken by others: how many a second are, lately."""
        since = min(now - self._looked, LATELY) if self._looked else 60.0
        self._looked = now
        keep = exp(-since / LATELY)
        self._taken = self._taken * keep + 1.0
        self._open = self._open * keep + since

    def shared(self, now: float) -> bool:
        """Whether others take agents: they did, and not too long ago."""
        return self._taken * exp((self._looked - now) / LATELY) > HARDLY

    def taken(self, now: float) -> list[float]:
        """The chance that one of `TAKERS` others takes an agent by each moment of the grid, before our persons do."""
        keep = exp((self._looked - now) / LATELY)
        rate = self._taken * keep / max(self._open * keep + now - self._looked, 60.0) / TAKERS
        return [1.0 - exp(-rate * min(soon, FIRST)) for soon in GRID]

    def _over(self, told: Happened, doing: Doing) -> None:
        lasted = told.at - doing.since[told.agent]
        if told.event is TALK_OVER:
            if doing is self._talk:
                doing.lasting.learn(lasted)
            self._now(told, self._wrap)
        elif told.event is FREE:
            if doing is not self._free:
                doing.lasting.learn(lasted)
            if doing is self._talk:
                self._wrap.lasting.learn(0.0)
            self._now(told, self._free)

    def _now(self, told: Happened, doing: Doing) -> None:
        agent = told.agent
        before = self._does.get(agent)
        if before is not None:
            del before.since[agent]
        self._does[agent] = doing
        doing.since[agent] = told.at

    def _gone(self, agent: str) -> None:
        known = self._does.pop(agent, None)
        if known is not None:
            del known.since[agent]

    def _foresee(self, now: float) -> None:
        self._made = now
        ahead = [int(2 * (soon + self.wait)) for soon in GRID]
        halves = 2 * int(AGES[-1]) + ahead[-1] + 1
        wraps = [int(2 * self._wrap.lasting.reached(share)) for share in OF_WRAPS]
        for doing, after in ((self._talk, wraps), (self._wrap, [0]), (self._elsewhere, [0])):
            if doing.since or doing.chances is not None:
                doing.chances = Chances(_after_wraps(doing.beyond(halves, now), ahead, after))

    def freed(self, now: float) -> Freed:
        """Who of the busy gets free by when. On a large floor that changes slowly, and was seen a moment ago."""
        if self._freed is None:
            return self._look(now)
        since = now - self._freed_at
        return self._freed.later(since, self.wait) if since > 0.0 else self._freed

    def _look(self, now: float) -> Freed:
        freed = Freed()
        for doing in (self._talk, self._wrap, self._elsewhere):
            if doing.since and doing.chances is not None:
                freed.add(_by_age(doing.since.values(), now), doing.chances, alike=doing is self._talk)
        return freed


def _by_age(begun: Collection[float], now: float) -> list[int]:
    """How many are of each of the ages: one after the other where they are few, age by age where they are many."""
    if len(begun) < len(AGES):
        counts = [0] * len(AGES)
        for since in begun:
            counts[bisect_right(AGES, now - since) - 1 if now > since else 0] += 1
        return counts
    first_first = sorted(begun)
    reached = [len(begun), *(bisect_right(first_first, now - age) for age in AGES[1:]), 0]
    return [*map(sub, reached, reached[1:])]


def _after_wraps(beyond: list[float], ahead: list[int], wraps: list[int]) -> list[list[float]]:
    """For each of the ages, the chances of being free so far ahead, when a wrap-up follows that is one of these."""
    talked = [[soon - wrap for wrap in wraps if soon > wrap] for soon in ahead]
    rows = []
    for age in AGES:
        here = int(2 * age)
        now, left = beyond[here], beyond[here] * len(wraps)
        if left > 1e-9:
            rows.append([sum([now - beyond[here + talk] for talk in each]) / left for each in talked])
        else:
            rows.append([1.0] * len(ahead))
    return rows
