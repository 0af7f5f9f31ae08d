"""What was promised to callers, promise by promise: waits told by queue and hour, and each chosen time with its end.

It does not judge; `acd/promises.py` does, and `desk/kept.py` brings together what happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from acd.grid import TooFine, cells, index_of
from acd.promises import WITHIN, judge_waits
from desk.asking import Ask
from desk.faults import Fault
from desk.figure_desk import zone_of
from desk.kept import Told, on_record, told_waits
from journal.facts import (
    CallbackAsked,
    CallbackBegun,
    CallbackDialled,
    CallEnded,
    EstimateTold,
)

PROMISED: Final = 0.8  # the share of waits that shall end inside of what was told


@dataclass(frozen=True, slots=True)
class ToldView:
    """Waits told in a queue in the hour from `since`: their mean interval, and how they came out, as in `KeptView`."""

    queue: str
    since: float
    told: int
    judged: int
    inside: float | None
    sooner: int
    later: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TimeView:
    """A chosen time. `became`: open, kept (dialled within a minute), late, early, overdue, or never (it is over).

    `off` is how many seconds after the time the customer was dialled, None while he was not. `callback` is the contact
    of the call-back, "" before it waits, and `outcome` how that ended.
    """

    at: float
    contact: str
    queue: str
    number: str
    due: float
    became: str
    off: float | None
    callback: str
    outcome: str


@dataclass(frozen=True, slots=True)
class PromisesView:
    """`inside` of the judged waits ended within what was told; at least `promised` should."""

    since: float
    until: float
    promised: float
    told: int
    judged: int
    inside: float | None
    waits: Sequence[ToldView]
    times: Sequence[TimeView]


async def listed(ask: Ask) -> PromisesView:
    """List what callers of an interval were promised; of one queue, where one is named."""
    since, until = ask.asked.bounds(ask.now)
    told, wished, later = await on_record(ask)
    said = [fact for fact in told if fact.high]
    score = judge_waits(told_waits(said, later))
    try:
        edges = [cell.since for cell in cells(since, until, "hour", zone_of(ask))]
    except TooFine as fault:
        raise Fault(422, "too_fine", str(fault), "since") from fault
    times = sorted(_times(wished, later, ask.now), key=lambda one: (one.due, one.contact), reverse=True)
    return PromisesView(
        since, until, PROMISED, score.told, score.judged, score.share, tuple(_by_hour(said, later, edges)),
        tuple(times[: ask.asked.limit]),
    )  # fmt: skip


def _by_hour(said: Iterable[EstimateTold], later: dict[type, Told], edges: Sequence[float]) -> Iterator[ToldView]:
    found: dict[tuple[float, str], list[EstimateTold]] = {}
    for fact in said:
        found.setdefault((edges[index_of(edges, fact.at)], fact.queue), []).append(fact)
    for (hour, queue), facts in sorted(found.items(), key=lambda one: (-one[0][0], one[0][1])):
        score, count = judge_waits(told_waits(facts, later)), len(facts)
        low, high = sum(fact.low for fact in facts) / count, sum(fact.high for fact in facts) / count
        yield ToldView(queue, hour, count, score.judged, score.share, score.sooner, score.later, low, high)


def _times(wished: Iterable[CallbackAsked], later: dict[type, Told], now: float) -> Iterator[TimeView]:
    begun = {fact.earlier: fact.contact for _, fact in later[CallbackBegun] if isinstance(fact, CallbackBegun)}
    ended = {fact.contact: fact.outcome for _, fact in later[CallEnded] if isinstance(fact, CallEnded)}
    dialled: dict[str, float] = {}
    for _, fact in later[CallbackDialled]:
        if isinstance(fact, CallbackDialled):
            dialled.setdefault(fact.contact, fact.at)
    for wish in wished:
        contact = begun.get(wish.contact, "")
        off = dialled[contact] - wish.due if contact in dialled else None
        became = _became(off, now - wish.due, is_over=contact in ended)
        yield TimeView(
            wish.at, wish.contact, wish.queue, wish.number, wish.due, became, off, contact, ended.get(contact, "")
        )


def _became(off: float | None, past: float, *, is_over: bool) -> str:
    """What a chosen time has come to; `past` is how many seconds ago it was."""
    if off is not None:
        return "late" if off > WITHIN else "early" if off < -WITHIN else "kept"
    if is_over:
        return "never"
    return "overdue" if past > WITHIN else "open"
