"""What is measured of one run, and what many runs of one policy come to.

It does not know which policy it was, nor what would be good.

The rate is SL20 = answered within 20 s / (asked for a person, less those who gave up within 5 s); beside it stands
answered within 20 s / all who asked. Waits are counted in whole milliseconds, as the product's figures do.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import acd.messages as m
from acd.tally import How

if TYPE_CHECKING:
    from collections.abc import Sequence

    from switchroom.day.described import Day
    from switchroom.day.outcome import DayRun

TARGET, SHORT, LATER, GUARD = 20.0, 5.0, 60.0, 60.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. `classes` are (offered less short abandons, in time) by class; `overtaken` counts broken guards."""

    asked: int
    short: int
    in_time: int
    in_later: int
    answered: int
    abandoned: int
    answered_waits: float
    excess: float
    waits: array[float]
    classes: tuple[tuple[int, int], ...]
    occupancies: tuple[float, ...]
    overtaken: int

    @property
    def sl(self) -> float:
        return 100 * self.in_time / (self.asked - self.short)


def measured(run: DayRun, overtaken: int = 0) -> Measured:
    """Count a run; who still waits at its end counts as asked and not answered."""
    asked = short = in_time = in_later = answered = abandoned = 0
    sums, excess, waits = 0.0, 0.0, array("d")
    classes = [[0, 0] for _ in run.crowd.kinds]
    for caller, end in zip(run.crowd.callers, run.ends, strict=True):
        wait = round((run.crowd.callers[-1].at if end.ended is None else end.ended) - end.asked, 3)
        waits.append(wait)
        excess += max(0.0, wait - TARGET)
        asked += 1
        is_short = end.how is How.ABANDONED and wait <= SHORT
        is_in_time = end.how is How.ANSWERED and wait <= TARGET
        short += is_short
        in_time += is_in_time
        classes[caller.kind][0] += not is_short
        classes[caller.kind][1] += is_in_time
        if end.how is How.ANSWERED:
            answered += 1
            sums += wait
            in_later += wait <= LATER
        abandoned += end.how is How.ABANDONED
    shares = tuple(hours.occupancy or 0.0 for hours in run.hours.values())
    told = tuple((offered, good) for offered, good in classes)
    return Measured(
        asked, short, in_time, in_later, answered, abandoned, sums, excess, waits, told, shares, overtaken
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """Many runs of one policy. Rates in percent, times in seconds; `each` is the rate by seed."""

    each: tuple[float, ...]
    of_all: float
    later: float
    abandoned: float
    asa: float
    excess: float
    p99: float
    worst: float
    spread: float
    overtaken: int

    @property
    def sl(self) -> float:
        return fmean(self.each)


def summary(runs: Sequence[Measured]) -> Summary:
    """Sum up. p99 and the worst class are of all runs' callers together; an agent's occupancy is his mean over runs."""
    asked = sum(r.asked for r in runs)
    waits = sorted(wait for r in runs for wait in r.waits)
    kinds = range(len(runs[0].classes))
    by_class = [100 * sum(r.classes[k][1] for r in runs) / sum(r.classes[k][0] for r in runs) for k in kinds]
    busy = [fmean(agent) for agent in zip(*(r.occupancies for r in runs), strict=True)]
    return Summary(
        tuple(r.sl for r in runs),
        100 * sum(r.in_time for r in runs) / asked,
        100 * sum(r.in_later for r in runs) / (asked - sum(r.short for r in runs)),
        100 * sum(r.abandoned for r in runs) / asked,
        sum(r.answered_waits for r in runs) / sum(r.answered for r in runs),
        sum(r.excess for r in runs) / asked,
        waits[int(0.99 * (len(waits) - 1))],
        min(by_class),
        100 * (max(busy) - min(busy)),
        sum(r.overtaken for r in runs),
    )


class GuardWatch:
    """Watches how often somebody beyond the guard was passed over for one who was not, by an agent fit for both."""

    def __init__(self, day: Day, guard: float = GUARD) -> None:
        self.guard, self.overtaken = guard, 0
        self._serves = {seat.agent: seat.profile.queues for seat in day.seats}
        self._lines: dict[str, dict[m.ContactId, float]] = {queue: {} for queue in day.queues()}
        self._queue: dict[m.ContactId, str] = {}

    def __call__(self, now: float, message: m.Told, answers: list[m.Answer]) -> None:
        if type(message) is m.ContactArrived:
            self._lines[message.queue][message.contact] = message.asked_at
            self._queue[message.contact] = message.queue
        elif type(message) is m.ContactLeft:
            self._gone(message.contact)
        for answer in answers:
            if type(answer) is m.MakeOffer:
                asked = self._gone(answer.contact)
                self.overtaken += now - asked < self.guard and self._oldest(answer.agent, now) >= self.guard

    def _gone(self, contact: m.ContactId) -> float:
        queue = self._queue.pop(contact, None)
        return self._lines[queue].pop(contact) if queue is not None else 0.0

    def _oldest(self, agent: m.AgentId, now: float) -> float:
        lines = (self._lines[queue] for queue in self._serves[agent])
        return max((now - next(iter(line.values())) for line in lines if line), default=0.0)
