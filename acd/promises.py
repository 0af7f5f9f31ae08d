"""What callers were told, judged by what came: waits that were said, and times at which we promised to call.

It does not know how anything was told, nor where it is kept: it is given numbers, and counts.

A wait that was told is judged by when somebody answered. A caller who left before cannot tell whether it would have
been kept, unless he left after its end: then it was not. What is still open is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WITHIN = 60.0  # seconds: a call-back that begins so near to the promised time has kept it


@dataclass(frozen=True, slots=True)
class ToldWait:
    """He was told, at `at`, that he would wait from `low` to `high` seconds more.

    `answered_at` is when somebody answered, `left_at` when he left otherwise; None for what has not happened.
    """

    at: float
    low: float
    high: float
    answered_at: float | None = None
    left_at: float | None = None


@dataclass(frozen=True, slots=True)
class WaitScore:
    """`told` waits, of which `judged` have shown how they come out: `inside` the interval, `sooner`, or `later`.

    `error` is the mean distance, in seconds, of the waits that ended in an answer from the middle of what was told;
    `width` is the mean width of the intervals. 0 without any.
    """

    told: int = 0
    judged: int = 0
    inside: int = 0
    sooner: int = 0
    later: int = 0
    error: float = 0.0
    width: float = 0.0

    @property
    def share(self) -> float | None:
        """The share of the judged whose wait ended inside the interval; None without any."""
        return self.inside / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Promise:
    """A call-back promised for `due`. `dialled_at` is when the customer was first dialled, None while he was not.

    `over`: nobody will dial him any more.
    """

    due: float
    dialled_at: float | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class PromiseScore:
    """`made` promises: `kept` within `WITHIN`, `late` (or too early), `broken` (never dialled), and `open` ones."""

    made: int = 0
    kept: int = 0
    late: int = 0
    broken: int = 0
    open: int = 0

    @property
    def share(self) -> float | None:
        """The share that was kept of those that are settled; None without any."""
        settled = self.kept + self.late + self.broken
        return self.kept / settled if settled else None


def judge_waits(told: Iterable[ToldWait]) -> WaitScore:
    """Hold waits that were told against how they ended."""
    every = list(told)
    verdicts = [_verdict(one) for one in every]
    answered = [one for one in every if one.answered_at is not None]
    errors = [abs((one.answered_at or 0.0) - one.at - (one.low + one.high) / 2) for one in answered]
    return WaitScore(
        told=len(every),
        judged=len(every) - verdicts.count(""),
        inside=verdicts.count("inside"),
        sooner=verdicts.count("sooner"),
        later=verdicts.count("later"),
        error=sum(errors) / len(errors) if errors else 0.0,
        width=sum(one.high - one.low for one in every) / len(every) if every else 0.0,
    )


def judge_promises(promises: Iterable[Promise], now: float) -> PromiseScore:
    """Hold promised times against when the customers were dialled."""
    every = list(promises)
    kept = sum(one.dialled_at is not None and abs(one.dialled_at - one.due) <= WITHIN for one in every)
    dialled = sum(one.dialled_at is not None for one in every)
    missed = [one for one in every if one.dialled_at is None]
    broken = sum(one.over or now > one.due + WITHIN for one in missed)
    return PromiseScore(len(every), kept, dialled - kept, broken, len(missed) - broken)


def _verdict(told: ToldWait) -> str:
    """inside, sooner or later; "" for what cannot be known."""
    if told.answered_at is not None:
        waited = told.answered_at - told.at
        if waited < told.low:
            return "sooner"
        return "inside" if waited <= told.high else "later"
    if told.left_at is not None and told.left_at - told.at > told.high:
        return "later"
    return ""
