"""A day as it was: the journal's facts as a crowd of callers and as agents at their desks.

It does not read the journal: facts come in, a day goes out.

What is known of each caller is taken as it was: when he asked, for which queue, with which skills and priority, how
long he was rung for and talked. How long he would have waited is known only of those who gave up; of one who was
answered it is drawn, by seed, from those who waited longer than he did (the estimate of Kaplan and Meier). A caller who
was never answered would have talked for as long as somebody did, by seed, in the same queue.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import journal.facts as facts
from acd.agents import AgentProfile
from acd.messages import AgentId
from switchroom.day.described import Caller, CallerKind, Crowd, Day, Rate, Seat, Spell
from switchroom.day.laws import Exponential, Measured

LONGEST: Final = 7200.0  # seconds for which anybody is taken to wait, who was never seen to give up
USUAL_TALK: Final = 180.0
READ: Final = (
    facts.CallStarted, facts.CallerQueued, facts.OfferMade, facts.AgentAnswered, facts.TalkEnded, facts.CallerLeftQueue,
    facts.CallEnded, facts.AgentChanged,
)
_AWAY: Final = "not_ready"

_Kind = tuple[str, tuple[tuple[str, int], ...], int, str]  # queue, skills, priority, segment


@dataclass(slots=True)
class _Seen:
    """One caller, as far as the facts have told."""

    queued: facts.CallerQueued
    segment: str
    rung_at: float = 0.0
    answered_at: float | None = None
    talked: float | None = None
    ended_at: float | None = None
    gave_up: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """A day that was. `crowd(seed)` is its callers; all but what nobody knows of them is the same for every seed."""

    day: Day
    seen: tuple[_Seen, ...]
    kinds: Mapping[_Kind, int] = field(repr=False)

    def crowd(self, seed: int) -> Crowd:
        chance = Random(f"{seed}:recorded")  # noqa: S311 - a simulation wants repeatable chance
        patience = _Patience(self.seen)
        talks: dict[str, list[float]] = {}
        for each in self.seen:
            if each.talked is not None:
                talks.setdefault(each.queued.queue, []).append(each.talked)
        callers = [self._caller(each, patience, talks, chance) for each in self.seen]
        return Crowd(self.day.kinds, tuple(callers), seed)

    def _caller(self, seen: _Seen, patience: _Patience, talks: Mapping[str, list[float]], chance: Random) -> Caller:
        known = talks.get(seen.queued.queue)
        talk = chance.choice(known) if known else USUAL_TALK
        draw = chance.random()
        waited = _waited(seen)
        return Caller(
            seen.queued.asked_at - self.day.opens_at,
            self.kinds[_kind_of(seen)],
            waited if seen.gave_up else patience.beyond(waited, draw),
            talk if seen.talked is None else seen.talked,
            None,
            0.0 if seen.answered_at is None else max(0.0, seen.answered_at - seen.rung_at),
        )


class _Patience:
    """How long people wait before they give up, from those who did and those who were answered before (or left)."""

    def __init__(self, seen: Iterable[_Seen]) -> None:
        ends = sorted((_waited(each), not each.gave_up) for each in seen if each.ended_at is not None)
        self.times: list[float] = []
        self.left: list[float] = []
        share, here = 1.0, len(ends)
        for waited, censored in ends:
            if not censored:
                share *= 1.0 - 1.0 / here
                self.times.append(waited)
                self.left.append(share)
            here -= 1

    def beyond(self, waited: float, draw: float) -> float:
        """Draw the patience of one who waited so long and had not given up."""
        place = bisect_right(self.times, waited)
        before = self.left[place - 1] if place else 1.0
        wanted = before * (1.0 - draw)
        for time, left in zip(self.times[place:], self.left[place:], strict=True):
            if left <= wanted:
                return time
        return LONGEST


def recorded(told: Iterable[Any], profiles: Mapping[AgentId, AgentProfile], begin: float, end: float) -> Recorded:
    """Make the day of [begin, end) from its facts, in the journal's order, and from the agents' present profiles."""
    seen: dict[str, _Seen] = {}
    segments: dict[str, str] = {}
    desks: dict[str, _Desk] = {}
    for fact in told:
        if isinstance(fact, facts.AgentChanged):
            desks.setdefault(fact.agent, _Desk()).moved(fact, begin, end)
        elif isinstance(fact, facts.CallStarted):
            segments[fact.contact] = fact.segment
        elif isinstance(fact, facts.CallerQueued):
            if begin <= fact.asked_at < end and fact.contact not in seen and not fact.contact.startswith("B-"):
                seen[fact.contact] = _Seen(fact, segments.get(fact.contact, ""))
        elif fact.contact in seen:
            _note(seen[fact.contact], fact)
    people = tuple(sorted(seen.values(), key=lambda each: (each.queued.asked_at, each.queued.contact)))
    kinds = {key: number for number, key in enumerate(sorted({_kind_of(each) for each in people}))}
    seats = tuple(
        Seat(profiles[AgentId(agent)], *desk.spells(begin, end))
        for agent, desk in sorted(desks.items()) if AgentId(agent) in profiles
    )
    day = Day("recorded", end - begin, _kinds(people, kinds, begin, end), seats, 0.0, begin)
    return Recorded(day, people, kinds)


def _note(seen: _Seen, fact: Any) -> None:
    if isinstance(fact, facts.OfferMade) and seen.answered_at is None:
        seen.rung_at = fact.at
    elif isinstance(fact, facts.AgentAnswered) and seen.answered_at is None:
        seen.answered_at = seen.ended_at = fact.at
    elif isinstance(fact, facts.TalkEnded) and seen.talked is None:
        seen.talked = fact.talked
    elif isinstance(fact, facts.CallerLeftQueue | facts.CallEnded) and seen.ended_at is None:
        seen.ended_at = fact.at
        seen.gave_up = isinstance(fact, facts.CallEnded) and fact.outcome == "abandoned"


def _waited(seen: _Seen) -> float:
    return max(0.0, (seen.ended_at or seen.queued.asked_at) - seen.queued.asked_at)


def _kind_of(seen: _Seen) -> _Kind:
    queued = seen.queued
    return (queued.queue, queued.skills, queued.priority, seen.segment)


def _kinds(
    people: Iterable[_Seen], kinds: Mapping[_Kind, int], begin: float, end: float
) -> tuple[CallerKind, ...]:
    """Describe each kind of callers by its means: the crowd is known, but Erlang's formulas want to know the rates."""
    found = []
    for queue, skills, priority, segment in kinds:
        mine = [each for each in people if _kind_of(each) == (queue, skills, priority, segment)]
        hours = [0] * (int((end - begin) // 3600) + 1)
        for each in mine:
            hours[int((each.queued.asked_at - begin) // 3600)] += 1
        talks = sorted(each.talked for each in mine if each.talked is not None) or [USUAL_TALK]
        name = " ".join((queue, *(f"{skill} {level}" for skill, level in skills), segment)).strip()
        rates = tuple(Rate(3600.0 * hour, float(count)) for hour, count in enumerate(hours))
        found.append(
            CallerKind(
                name if priority == 0 else f"{name} +{priority}", queue, rates, Measured(tuple(talks)),
                Exponential(_mean_patience(mine)), skills=skills, priority=priority, segment=segment,
            )
        )
    return tuple(found)


def _mean_patience(mine: list[_Seen]) -> float:
    return max(1.0, sum(_waited(each) for each in mine) / max(1, sum(each.gave_up for each in mine)))


class _Desk:
    """When an agent was there, and when he was on a break."""

    def __init__(self) -> None:
        self.shifts: list[list[float]] = []
        self.breaks: list[list[float]] = []
        self.state = "offline"

    def moved(self, fact: facts.AgentChanged, begin: float, end: float) -> None:
        at = min(max(fact.at, begin), end) - begin
        if self.state == "offline" and fact.state != "offline":
            self.shifts.append([at])
        if self.state != "offline" and fact.state == "offline" and self.shifts:
            self.shifts[-1].append(at)
        if self.state != _AWAY and fact.state == _AWAY:
            self.breaks.append([at])
        if self.state == _AWAY and fact.state != _AWAY and self.breaks:
            self.breaks[-1].append(at)
        self.state = fact.state

    def spells(self, begin: float, end: float) -> tuple[tuple[Spell, ...], tuple[Spell, ...]]:
        """Shifts and breaks of some length, in seconds of the day; what has no end lasts as long as the day."""
        return tuple(_spells(self.shifts, end - begin)), tuple(_spells(self.breaks, end - begin))


def _spells(found: list[list[float]], seconds: float) -> Iterable[Spell]:
    for spell in found:
        since, until = spell[0], spell[1] if len(spell) > 1 else seconds
        if until > since:
            yield Spell(since, until)
