"""What the floor has learned of its callers in the last half hour: how many come, how long they talk and wait.

It does not know agents, nor what will be; `forecast.py` looks ahead from here.

It is told five things, each with its time: a contact asked, an agent was rung for it, he answered, their talk was over,
the contact left. It forgets what is older than `WINDOW`, so whoever tells it the last half hour again has the same
memory. What a queue has too few talks to show is taken from what `Habits` say of other days, or else from a guess; and
as long as there would be little but the guess, or a handful of callers, it says so (`is_known`).

An agent's time for one contact is counted from the ring that he answered to the end of the talk (`held`); wrap-up comes
on top by the queue's rule.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from acd.habits import Habits
from acd.held import GUESS, Law, law_of, usual

WINDOW: Final = 1800.0  # seconds that are remembered
SLACK: Final = 60.0  # arrivals are dropped a minute's at a time
SPAN: Final = 900.0  # the longest window of which a rate is made
LEAST_SPAN: Final = 120.0
# A shorter window, and by how many standard deviations it must differ to be believed: it is looked at each second, and
# what is looked at so often is often odd.
SHORTER: Final = ((300.0, 3.0), (120.0, 3.5), (60.0, 4.0))
TALKS: Final = 400  # of one queue that are remembered
MANY: Final = 15  # callers who show how many come before a quarter of an hour is over
PACE: Final = 60.0  # seconds of which our own pace is made: it is changed at will, and is to be seen at once
ENOUGH: Final = 5  # talks, over or longer than a guess would have them, without which nothing is known of a queue's
PATIENCE: Final = (300.0, 4.0)  # a guess in seconds, and for how many who gave up it counts


@dataclass(frozen=True, slots=True)
class Rate:
    """Contacts a second now; `seen` is of how many contacts it was made, so that it can be doubted by so much."""

    rate: float
    seen: int


NOBODY: Final = Rate(0.0, 0)


@dataclass(frozen=True, slots=True)
class Talk:
    """An agent is held by a queue's contact, from the ring on."""

    queue: str
    rung_at: float


@dataclass(slots=True)
class _Queue:
    """What is remembered of one queue. Waits are in whole milliseconds: they add up to the same in any order."""

    arrivals: list[float] = field(default_factory=list)
    talks: deque[tuple[float, float]] = field(default_factory=deque)  # (when over, held)
    ends: deque[tuple[float, int, bool]] = field(default_factory=deque)  # (when, waited, gave up)
    waited: int = 0  # the sum of `ends`
    gave_up: int = 0
    waiting: int = 0
    habits: Habits | None = None

    def end(self, now: float, since: float, *, gave_up: bool) -> None:
        """Somebody waits no longer."""
        waited = max(0, round((now - since) * 1000))
        self.waiting -= 1
        self.ends.append((now, waited, gave_up))
        self.waited += waited
        self.gave_up += gave_up

    def talked(self, now: float, held: float) -> None:
        """A talk is over."""
        self.talks.append((now, held))
        if len(self.talks) > TALKS:
            self.talks.popleft()

    def forget(self, oldest: float) -> None:
        """Drop what is older."""
        if self.arrivals and self.arrivals[0] < oldest - SLACK:
            del self.arrivals[: bisect_left(self.arrivals, oldest)]
        while self.ends and self.ends[0][0] < oldest:
            _, waited, gave_up = self.ends.popleft()
            self.waited, self.gave_up = self.waited - waited, self.gave_up - gave_up
        while self.talks and self.talks[0][0] < oldest:
            self.talks.popleft()

    def lately(self, now: float, window: float) -> int:
        """Count who came within so many seconds."""
        return len(self.arrivals) - bisect_right(self.arrivals, now - window)


class Demand:
    """What is known of every queue's callers."""

    def __init__(self) -> None:
        self._queues: dict[str, _Queue] = {}
        self._waiting: dict[str, tuple[str, float]] = {}  # contact: queue, since when
        self._talks: dict[str, Talk] = {}  # by offer, rung or answered
        self._talking: dict[str, str] = {}  # contact: offer
        self._begun = float("inf")

    # ── told ──

    def asked(self, contact: str, queue: str, now: float) -> None:
        """A contact waits in a queue; whoever waited in another waits there no longer."""
        self.left(contact, now, gave_up=False)
        self._begun = min(self._begun, now)
        here = self._queue(queue)
        insort(here.arrivals, now)
        here.waiting += 1
        self._waiting[contact] = (queue, now)

    def rung(self, contact: str, offer: str, now: float) -> None:
        """An agent is rung for it."""
        if contact in self._waiting:
            self._talks[offer] = Talk(self._waiting[contact][0], now)

    def closed(self, offer: str) -> None:
        """He did not answer."""
        self._talks.pop(offer, None)

    def answered(self, contact: str, offer: str, now: float) -> None:
        """He has answered."""
        waited = self._waiting.pop(contact, None)
        if waited is None:
            return
        queue, since = waited
        self._queue(queue).end(now, since, gave_up=False)
        self._talks.setdefault(offer, Talk(queue, now))
        self._talking[contact] = offer

    def over(self, contact: str, now: float) -> None:
        """Their talk is over."""
        talk = self._talks.pop(self._talking.pop(contact, ""), None)
        if talk is not None:
            self._queue(talk.queue).talked(now, max(0.0, now - talk.rung_at))

    def left(self, contact: str, now: float, *, gave_up: bool = True) -> None:
        """The contact hung up, or (`gave_up` is False) was taken elsewhere."""
        waited = self._waiting.pop(contact, None)
        if waited is not None:
            self._queue(waited[0]).end(now, waited[1], gave_up=gave_up)
        self.over(contact, now)

    def learn(self, habits: Habits) -> None:
        """Other days say this."""
        self._queue(habits.queue).habits = habits

    def forget(self, now: float) -> None:
        """Drop what is too old."""
        for here in self._queues.values():
            here.forget(now - WINDOW)

    def _queue(self, queue: str) -> _Queue:
        found = self._queues.get(queue)
        if found is None:
            found = self._queues[queue] = _Queue()
        return found

    # ── asked ──

    def waiting(self, queue: str) -> int:
        """Count those who wait, or are being offered to an agent."""
        found = self._queues.get(queue)
        return found.waiting if found else 0

    def talk_of(self, offer: str) -> Talk | None:
        """Give the talk, or the ring, of an offer; None when it is not known."""
        return self._talks.get(offer)

    def rates(self, now: float) -> dict[str, Rate]:
        """Tell how many come now, for each queue that was ever asked for.

        Of the longest window, or of a shorter one where that is plainly another. What no queue shows for itself all
        may show together: so queues without news of their own follow the sum of such queues.
        """
        span = min(SPAN, max(LEAST_SPAN, now - self._begun))
        seen = {queue: here.lately(now, span) for queue, here in self._queues.items()}
        long = {queue: Rate(count / span, count) for queue, count in seen.items()}
        found = {queue: _newer((here,), long[queue], span, now) for queue, here in self._queues.items()}
        steady = [queue for queue, rate in found.items() if rate is long[queue]]
        together = Rate(sum(long[queue].rate for queue in steady), sum(long[queue].seen for queue in steady))
        newer = _newer([self._queues[queue] for queue in steady], together, span, now)
        if newer is not together and together.rate > 0:
            factor = newer.rate / together.rate
            found |= {queue: Rate(long[queue].rate * factor, long[queue].seen) for queue in steady}
        return found

    def ahead(self, queue: str, now: float, later: float) -> float:
        """Tell by which factor the usual rate changes from now to `later`; 1 when it is not known."""
        here = self._queues.get(queue)
        habits = here.habits if here else None
        if habits is None:
            return 1.0
        present, then = habits.rate(now), habits.rate(later)
        return then / present if present and then is not None else 1.0

    def patience(self, queue: str) -> float:
        """Tell after how long callers give up, as the mean of an exponential law."""
        mean, weight = PATIENCE
        here = self._queues.get(queue)
        return (here.waited / 1000 + mean * weight) / (here.gave_up + weight) if here else mean

    def held(self, queue: str, now: float) -> Law:
        """Give the law by which a talk holds an agent."""
        here = self._queues.get(queue)
        if here is None:
            return GUESS
        lengths, ages = [held for _, held in here.talks], self._ages(queue, now)
        return law_of(usual(here.habits, lengths, ages), lengths, ages)

    def is_known(self, queue: str, now: float) -> bool:
        """Tell whether enough is known of how many come, and of how long they hold an agent, to look ahead.

        Of how many come other days may tell, a quarter of an hour, or many in a shorter time.
        """
        here = self._queues.get(queue)
        if here is None:
            return False
        is_usual = here.habits is not None and here.habits.rate(now) is not None
        is_rate_known = is_usual or now - self._begun >= SPAN or here.lately(now, SPAN) >= MANY
        return is_rate_known and self.knows_talks(queue, now)

    def knows_talks(self, queue: str, now: float) -> bool:
        """Tell whether more than a guess is known of how long they hold an agent."""
        here = self._queues.get(queue)
        if here is None:
            return False
        known = len(here.talks) + (sum(here.habits.held) if here.habits else 0.0)
        return known >= ENOUGH or known + sum(age >= GUESS.mean for age in self._ages(queue, now)) >= ENOUGH

    def _ages(self, queue: str, now: float) -> list[float]:
        """Give how long each talk that goes on has held its agent."""
        talks = (self._talks[offer] for offer in self._talking.values() if offer in self._talks)
        return [max(0.0, now - talk.rung_at) for talk in talks if talk.queue == queue]

    def pace(self, queue: str, now: float) -> float:
        """Tell how many came in a second of the last minute: of contacts whose coming is our own doing, not chance."""
        here = self._queues.get(queue)
        return here.lately(now, PACE) / PACE if here else 0.0


def _newer(queues: Collection[_Queue], long: Rate, span: float, now: float) -> Rate:
    """Give the rate of the shortest window that plainly differs from the longer ones, else that of the longest."""
    found = long
    for window, sure in SHORTER:
        if window < span:
            count, expected = sum(here.lately(now, window) for here in queues), found.rate * window
            if abs(count - expected) > sure * sqrt(expected + 1.0):
                found = Rate(count / window, count)
    return found
