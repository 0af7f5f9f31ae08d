"""How good the router's wait estimates are: against LES, HOL and queue length, at the same moments of the same days.

It does not know how the router estimates. Everybody who has to wait is estimated when he asks and again after
`LATER` seconds, and counts if he is answered. The rivals are told what they need and the router has to learn: queue
length knows mean handle times and the agents' numbers.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from functools import partial
from math import sqrt
from statistics import fmean
from typing import TYPE_CHECKING

import acd.messages as m
from acd.estimate import Estimate, missed
from benchmarks.service_level.arms import switchroom
from benchmarks.service_level.play import WORKLOADS, crowd_of, on_all_processors
from switchroom.day.engine import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from acd.router import Router
    from switchroom.day.described import Day

LATER = 30.0
SETTLING = 1800.0  # seconds at a day's beginning in which nothing is compared, for the floor fills from nothing
RIVALS = ("LES", "HOL", "QL")


@dataclass(frozen=True, slots=True)
class Guess:
    """What was said of one wait, and what came of it. `at` is the second of the day."""

    kind: int
    at: float
    later: bool
    estimate: Estimate
    rivals: tuple[float, ...]
    waited: float = 0.0


class Listener:
    """Hears a day as the router plays it; asks for estimates, and notes what happened."""

    def __init__(self, day: Day, router: Router) -> None:
        self._router, self._opens = router, day.opens_at
        self._kind = {kind.queue: n for n, kind in enumerate(day.kinds)}
        self._work = [kind.talk.mean for kind in day.kinds]
        self._agents = [
            sum(k.queue in s.profile.queues and 1 / len(s.profile.queues) for s in day.seats) for k in day.kinds
        ]
        self._lines: list[dict[m.ContactId, float]] = [{} for _ in day.kinds]
        self._of: dict[m.ContactId, int] = {}
        self._les = [0.0 for _ in day.kinds]
        self._later: deque[tuple[float, m.ContactId]] = deque()
        self._open: dict[m.ContactId, list[Guess]] = {}
        self.guesses: list[Guess] = []
        self.took: list[float] = []

    def __call__(self, now: float, message: m.Told, answers: list[m.Answer]) -> None:
        for answer in answers:
            if type(answer) is m.MakeOffer:
                self._answered(answer.contact, now, message)
        if type(message) is m.ContactArrived and message.contact in self._router.contacts():
            self._waits(message, now, answers)
        elif type(message) is m.ContactLeft:
            self._left(message.contact)
        while self._later and self._later[0][0] <= now:
            _, contact = self._later.popleft()
            if contact in self._of:
                self._guess(contact, now, later=True)

    def _waits(self, message: m.ContactArrived, now: float, answers: list[m.Answer]) -> None:
        if any(type(answer) is m.MakeOffer and answer.contact == message.contact for answer in answers):
            return
        kind = self._kind[message.queue]
        self._of[message.contact] = kind
        self._guess(message.contact, now, later=False)
        self._lines[kind][message.contact] = now
        self._later.append((now + LATER, message.contact))

    def _guess(self, contact: m.ContactId, now: float, *, later: bool) -> None:
        began = time.perf_counter()
        estimate = self._router.estimate(contact, now)
        self.took.append(time.perf_counter() - began)
        if estimate is None or now - self._opens < SETTLING:
            return
        kind = self._of[contact]
        line = self._lines[kind]
        waited = now - line[contact] if later else 0.0
        ahead = bisect_left(list(line.values()), line[contact]) if later else len(line)
        head = now - next(iter(line.values())) if line else 0.0
        rivals = (self._les[kind] - waited, head - waited, (ahead + 1) * self._work[kind] / self._agents[kind])
        guess = Guess(kind, now - self._opens, later, estimate, tuple(max(0.0, each) for each in rivals))
        self._open.setdefault(contact, []).append(guess)

    def _answered(self, contact: m.ContactId, now: float, message: m.Told) -> None:
        kind = self._of.get(contact)
        if kind is None:
            self._les[self._kind[message.queue] if isinstance(message, m.ContactArrived) else 0] = 0.0
            return
        self._les[kind] = now - self._lines[kind][contact]
        for g in self._open.get(contact, ()):
            waited = now - self._opens - g.at
            self.guesses.append(Guess(g.kind, g.at, g.later, g.estimate, g.rivals, waited))
        self._left(contact)

    def _left(self, contact: m.ContactId) -> None:
        kind = self._of.pop(contact, None)
        if kind is not None:
            self._lines[kind].pop(contact, None)
        self._open.pop(contact, None)


def guesses(workload: str, seed: int) -> tuple[list[Guess], list[float]]:
    """Play a day and give every guess, and how long each took."""
    day = WORKLOADS[workload].day
    router = switchroom(day)
    listener = Listener(day, router)
    run(day, crowd_of(workload, seed), router, listener)
    return listener.guesses, listener.took


@dataclass(frozen=True, slots=True)
class Judged:
    """Errors in seconds, coverage in percent. `classes` and `hours` are coverages, least and most."""

    workload: str
    when: str
    guesses: int
    waited: float
    rmse: float
    bias: float
    rivals: tuple[float, ...]
    ratio: float
    covered: float
    classes: tuple[float, float]
    hours: tuple[float, float]
    width: float


def judged(workload: str, when: str, told: Sequence[Guess]) -> Judged:
    """Sum up guesses of one kind of moment."""
    rivals = tuple(_rmse(g.rivals[n] - g.waited for g in told) for n in range(len(RIVALS)))
    ours = _rmse(g.estimate.likely - g.waited for g in told)
    classes = [_covered([g for g in told if g.kind == kind]) for kind in sorted({g.kind for g in told})]
    in_hours = [[g for g in told if int(g.at // 3600) == hour] for hour in sorted({int(g.at // 3600) for g in told})]
    hours = [_covered(each) for each in in_hours if len(each) >= 200]
    return Judged(
        workload, when, len(told), fmean(g.waited for g in told), ours,
        fmean(g.estimate.likely - g.waited for g in told), rivals, ours / min(rivals), _covered(told),
        (min(classes), max(classes)), (min(hours, default=0.0), max(hours, default=0.0)),
        fmean(g.estimate.high - g.estimate.low for g in told),
    )  # fmt: skip


def judge(workload: str, seeds: Iterable[int]) -> tuple[list[Judged], list[float]]:
    """Play days on all processors and judge what was said at the two moments; and how long each answer took."""
    days = list(on_all_processors(partial(guesses, workload), list(seeds)))
    told = [guess for day, _ in days for guess in day]
    took = sorted(seconds for _, day in days for seconds in day)
    moments = (("asked", False), (f"{LATER:.0f} s later", True))
    return [judged(workload, when, [g for g in told if g.later == later]) for when, later in moments], took


def _rmse(errors: Iterable[float]) -> float:
    return sqrt(fmean(error * error for error in errors))


def _covered(told: Sequence[Guess]) -> float:
    return 100 * fmean(missed(g.estimate, g.waited).inside for g in told)
