"""Waits counted as they begin and end, and the rates of what has been counted.

It does not know where the waits come from, nor which of them belong to an interval; `acd/service_level.py` has the
formulas.

The clock of a wait starts when the caller first asks for a person, runs through the ringing of agents, and
stops at two-way audio, at hang-up, or when the flow takes him out of the queue. It counts whole
milliseconds: exactly 20.000 s is in time, 20.001 s is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from acd.service_level import (
    SHORT,
    TARGET,
    Counts,
    Definition,
    abandon_rate,
    asa,
    longest_wait,
    sl1,
    sl2,
    sl3,
    sl4,
    sl5,
    sl6,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


class How(StrEnum):
    """How a wait ended.

    `flowed_out`: the flow took the caller elsewhere; `callback`: he left to be called back; `lost`: we failed him.
    """

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    FLOWED_OUT = "flowed_out"
    CALLBACK = "callback"
    LOST = "lost"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Wait:
    """One request for a person. Times are POSIX seconds; `ended_at` is None exactly while he waits.

    `how` may be given as text. Raises ValueError on an unknown `how`, or on an end that does not go with
    it. An end before the start (a clock that was set back) counts as no wait at all.
    """

    asked_at: float
    ended_at: float | None
    how: How | str

    def __post_init__(self) -> None:
        if (How(self.how) is How.WAITING) != (self.ended_at is None):
            raise ValueError(f"a wait that is {self.how} cannot have ended_at={self.ended_at}")

    @property
    def milliseconds(self) -> int:
        """The length of a wait that has ended; 0 for one that has not."""
        if self.ended_at is None:
            return 0
        return max(0, _milliseconds(self.ended_at) - _milliseconds(self.asked_at))


@dataclass(frozen=True, slots=True)
class Rates:
    """The whole picture of some waits. Rates are percentages, None without a base; times are seconds."""

    counts: Counts
    target: float
    short: float
    sl1: float | None
    sl2: float | None
    sl3: float | None
    sl4: float | None
    sl5: float | None
    sl6: float | None
    abandon_rate: float | None
    asa: float | None
    longest_wait: float | None

    def value(self, definition: Definition) -> float | None:
        """Give the value of one of the six."""
        return definition.formula(self.counts)


def rates(waits: Iterable[Wait], target: float = TARGET, short: float = SHORT) -> Rates:
    """Work out everything from these waits. `target` and `short` in seconds, at millisecond grain."""
    tally = Tally(target, short)
    for wait in waits:
        tally.add(wait)
    return tally.rates()


@dataclass(frozen=True, slots=True)
class Sums:
    """Waits that ended alike: how many, those within the target and the short limit, and their milliseconds."""

    count: int
    in_time: int
    short: int
    waited: int
    longest: int


class Tally:
    """The same figures kept up as things happen: a wait costs the same however many came before.

    `began` when a caller asks; `ended` when his wait ends; `add` for one that is complete or found waiting.
    """

    def __init__(self, target: float = TARGET, short: float = SHORT) -> None:
        if target < 0 or short < 0:
            raise ValueError(f"target and short are seconds from 0 up, not {target} and {short}")
        self.target, self.short = target, short
        self.target_ms, self.short_ms = _milliseconds(target), _milliseconds(short)
        self._ended: dict[How, int] = dict.fromkeys(How, 0)
        self._answered_in_time = self._abandoned_in_time = self._short_abandoned = 0
        self._answered_waits = self._longest = 0

    def began(self) -> None:
        """Count a caller who asks for a person."""
        self._ended[How.WAITING] += 1

    def ended(self, wait: Wait) -> None:
        """Count the end of a wait that began. Raises ValueError when nobody waits, or the wait has no end."""
        if not self._ended[How.WAITING] or wait.ended_at is None:
            raise ValueError("only a wait that began can end")
        self._ended[How.WAITING] -= 1
        self.add(wait)

    def add(self, wait: Wait) -> None:
        """Count a wait as it stands."""
        length = wait.milliseconds
        self.fold(How(wait.how), Sums(1, length <= self.target_ms, length <= self.short_ms, length, length))

    def fold(self, how: How, sums: Sums) -> None:
        """Count many waits that ended alike, as somebody else has counted them with this target and short limit."""
        self._ended[how] += sums.count
        if how is How.ANSWERED:
            self._answered_waits += sums.waited
            self._answered_in_time += sums.in_time
        elif how is How.ABANDONED:
            self._abandoned_in_time += sums.in_time
            self._short_abandoned += sums.short
        if how not in (How.LOST, How.WAITING):
            self._longest = max(self._longest, sums.longest)

    def counts(self) -> Counts:
        """Give the counts as they are now."""
        return Counts(
            answered=self._ended[How.ANSWERED],
            answered_in_time=self._answered_in_time,
            abandoned=self._ended[How.ABANDONED],
            abandoned_in_time=self._abandoned_in_time,
            short_abandoned=self._short_abandoned,
            flowed_out=self._ended[How.FLOWED_OUT],
            lost=self._ended[How.LOST],
            waiting=self._ended[How.WAITING],
            answered_waits=self._answered_waits,
            longest=self._longest,
            callback=self._ended[How.CALLBACK],
        )

    def rates(self) -> Rates:
        """Work out everything as it is now."""
        c = self.counts()
        return Rates(
            counts=c,
            target=self.target,
            short=self.short,
            sl1=sl1(c),
            sl2=sl2(c),
            sl3=sl3(c),
            sl4=sl4(c),
            sl5=sl5(c),
            sl6=sl6(c),
            abandon_rate=abandon_rate(c),
            asa=asa(c),
            longest_wait=longest_wait(c),
        )


def _milliseconds(seconds: float) -> int:
    """Give the nearest whole millisecond: a POSIX time as float is exact to less than a microsecond."""
    return round(seconds * 1000)
