"""What a supervisor would change about a day: more agents, other skills, other rules, other callers.

It does not know how a day is described or run: it takes one and gives another, so the callers stay the same people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from acd.agents import AgentProfile
from acd.messages import AgentId
from acd.rules import QueueRules
from switchroom.day.described import CallerKind, Day, Rate, Seat

_AGENT: Final = re.compile(r"(?P<agent>\S+)\s+(?P<what>skills|queues|reserve|off)(?:\s+(?P<values>.+))?\Z")
_SURGE: Final = re.compile(r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)/(?P<long>\d+)m/(?P<times>\d+(?:\.\d+)?)\Z")


class NotUnderstood(ValueError):
    """A change cannot be read, or speaks of somebody who is not there."""


@dataclass(frozen=True, slots=True)
class Surge:
    """From `at` seconds of the day for `seconds`, `times` as many call."""

    at: float
    seconds: float
    times: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`agents` more or fewer (clones of those who are there, in their order); `alter` as `alteration` reads it."""

    agents: int = 0
    like: str = ""
    alter: tuple[str, ...] = ()
    target: float | None = None
    rules: Mapping[str, QueueRules] = field(default_factory=dict)

    @property
    def changes_nothing(self) -> bool:
        return self == WhatIf()


def applied(day: Day, rules: Mapping[str, QueueRules], change: WhatIf) -> tuple[Day, dict[str, QueueRules]]:
    """Give the day and the rules with the change. Raises NotUnderstood."""
    seats = list(day.seats)
    for text in change.alter:
        seats = _altered(seats, text)
    seats = _fewer(seats, -change.agents) if change.agents < 0 else _more(seats, change.agents, change.like)
    new = {**rules, **change.rules}
    if change.target is not None:
        new = {queue: replace(rule, target=change.target) for queue, rule in new.items()}
    return replace(day, seats=tuple(seats)), new


def surged(day: Day, surge: Surge) -> Day:
    """The day with more callers of every kind for a while."""
    return replace(day, kinds=tuple(_surged(kind, surge) for kind in day.kinds))


def busier(day: Day, times: float) -> Day:
    """The day with so many times the callers."""
    kinds = (
        replace(kind, rates=tuple(Rate(rate.since, rate.an_hour * times) for rate in kind.rates)) for kind in day.kinds
    )
    return replace(day, kinds=tuple(kinds))


def read_surge(text: str, opens: float) -> Surge:
    """Read `14:00/15m/1.5`. `opens` is the day's opening in seconds of the clock."""
    found = _SURGE.match(text)
    if not found:
        raise NotUnderstood(f"'{text}' is no surge; write one like 14:00/15m/1.5")
    at = int(found["hour"]) * 3600.0 + int(found["minute"]) * 60.0 - opens
    return Surge(at, int(found["long"]) * 60.0, float(found["times"]))


def _surged(kind: CallerKind, surge: Surge) -> CallerKind:
    end = surge.at + surge.seconds
    marks = sorted({rate.since for rate in kind.rates} | {max(0.0, surge.at), end})
    rates = (
        Rate(mark, kind.rate_at(mark) * 3600 * (surge.times if surge.at <= mark < end else 1.0)) for mark in marks
    )
    return replace(kind, rates=tuple(rates))


def _more(seats: list[Seat], count: int, like: str) -> list[Seat]:
    models = [seat for seat in seats if not like or seat.agent == like]
    if count and not models:
        raise NotUnderstood(f"nobody called '{like}' works on this day" if like else "nobody works on this day")
    return [*seats, *(_clone(models[n % len(models)], n + 1) for n in range(count))]


def _clone(seat: Seat, number: int) -> Seat:
    return replace(seat, profile=replace(seat.profile, agent=AgentId(f"more-{number}")))


def _fewer(seats: list[Seat], count: int) -> list[Seat]:
    if count >= len(seats):
        raise NotUnderstood(f"only {len(seats)} agents work on this day")
    return seats[: len(seats) - count]


def _altered(seats: list[Seat], text: str) -> list[Seat]:
    """Read `li-na skills loans=4, cards=2`, `li-na queues cards, loans`, `li-na reserve` or `li-na off`."""
    found = _AGENT.match(text.strip())
    if not found:
        raise NotUnderstood(f"'{text}' is no change; write one like 'wang-wei skills mortgages=4'")
    if all(seat.agent != found["agent"] for seat in seats):
        raise NotUnderstood(f"nobody called '{found['agent']}' works on this day")
    if found["what"] == "off":
        return [seat for seat in seats if seat.agent != found["agent"]]
    values = [each.strip() for each in (found["values"] or "").split(",") if each.strip()]
    return [
        replace(seat, profile=_profile(seat.profile, found["what"], values)) if seat.agent == found["agent"] else seat
        for seat in seats
    ]


def _profile(profile: AgentProfile, what: str, values: list[str]) -> AgentProfile:
    if what == "reserve":
        return replace(profile, reserve=True)
    if not values:
        raise NotUnderstood(f"{what} of whom? write for example '{profile.agent} skills mortgages=4'")
    if what == "queues":
        return replace(profile, queues=frozenset(values))
    return replace(profile, skills={**profile.skills, **dict(_skill(value) for value in values)})


def _skill(text: str) -> tuple[str, int]:
    name, _, level = text.partition("=")
    if not level.isdigit() or not 0 <= int(level) <= 9:
        raise NotUnderstood(f"'{text}' is no skill with its level; write one like mortgages=4")
    return name.strip(), int(level)
