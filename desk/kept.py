"""What was promised to callers, held against what came: waits that they were told, and times to call them back.

It does not judge; `acd/promises.py` does. It brings together, contact by contact, what happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from acd.promises import Promise, PromiseScore, ToldWait, WaitScore, judge_promises, judge_waits
from desk.asking import Ask
from journal.facts import (
    AgentAnswered,
    CallbackAsked,
    CallbackBegun,
    CallbackDialled,
    CallEnded,
    CallerLeftQueue,
    EstimateTold,
)

Told = Sequence[tuple[int, object]]


@dataclass(frozen=True, slots=True)
class KeptView:
    """Waits told and times promised in an interval. `inside` and `kept` are shares from 0 to 1, None without any.

    `waits_told` with a known end are `waits_judged`; of these `sooner` and `later` ended outside of what was told.
    `error` and `width` in seconds: the mean distance from the middle of the interval, and its mean width. `promises`
    are chosen times: `promises_kept` were dialled within a minute, `late` otherwise, `broken` never; `open` come yet.
    """

    waits_told: int
    waits_judged: int
    inside: float | None
    sooner: int
    later: int
    error: float
    width: float
    promises: int
    promises_kept: int
    kept: float | None
    late: int
    broken: int
    open: int


async def promises(ask: Ask) -> KeptView:
    """Judge what callers of an interval were told; of one queue, where one is named."""
    said, wished, later = await on_record(ask)
    waits, times = told_waits(said, later), promised(wished, later)
    return _view(judge_waits(waits), judge_promises(times, ask.now))


async def on_record(ask: Ask) -> tuple[list[EstimateTold], list[CallbackAsked], dict[type, Told]]:
    """Read what callers of an interval were told and wished, of one queue where one is named, and what came later."""
    since, until = ask.asked.bounds(ask.now)
    queue, library = ask.asked.queue, ask.desk.library
    told = [fact for _, fact in await library.left(since, until, EstimateTold) if isinstance(fact, EstimateTold)]
    asked = [fact for _, fact in await library.left(since, until, CallbackAsked) if isinstance(fact, CallbackAsked)]
    later: dict[type, Told] = {
        kind: await library.left(since, ask.now + 1.0, kind)
        for kind in (AgentAnswered, CallerLeftQueue, CallEnded, CallbackBegun, CallbackDialled)
    }
    said = [fact for fact in told if queue is None or fact.queue == queue]
    return said, [fact for fact in asked if fact.due and (queue is None or fact.queue == queue)], later


def told_waits(told: Iterable[EstimateTold], later: dict[type, Told]) -> list[ToldWait]:
    """The waits that were told, each with when it ended."""
    answered = _times(later.get(AgentAnswered, ()))
    left = _times((*later.get(CallerLeftQueue, ()), *later.get(CallEnded, ())))
    return [
        ToldWait(fact.at, fact.low, fact.high, _after(answered, fact), _after(left, fact))
        for fact in told
        if fact.high
    ]


def promised(asked: Iterable[CallbackAsked], later: dict[type, Told]) -> list[Promise]:
    """The times that were promised, each with when the customer was first dialled."""
    begun = {fact.earlier: fact.contact for _, fact in later.get(CallbackBegun, ()) if isinstance(fact, CallbackBegun)}
    dialled = _times(later.get(CallbackDialled, ()))
    over = _times(later.get(CallEnded, ()))
    return [
        Promise(wish.due, min(dialled.get(contact, ()), default=None), bool(over.get(contact)))
        for wish in asked
        for contact in (begun.get(wish.contact, ""),)
    ]


def _times(facts: Told) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for _, fact in facts:
        found.setdefault(getattr(fact, "contact", ""), []).append(getattr(fact, "at", 0.0))
    return found


def _after(times: dict[str, list[float]], told: EstimateTold) -> float | None:
    return min((at for at in times.get(told.contact, ()) if at >= told.at), default=None)


def _view(waits: WaitScore, times: PromiseScore) -> KeptView:
    return KeptView(
        waits.told, waits.judged, waits.share, waits.sooner, waits.later, waits.error, waits.width,
        times.made, times.kept, times.share, times.late, times.broken, times.open,
    )
