"""A small described day for tests: two kinds of callers, four agents, breaks and an early shift."""

from __future__ import annotations

from acd import messages as m
from acd.agents import AgentProfile
from acd.router import QueueRules, Router
from switchroom.day.described import CallerKind, Day, Rate, Seat, Spell
from switchroom.day.laws import Exponential, Fixed, Hazard, LogNormal

HOUR = 3600.0


def seat(name: str, queues: set[str], skills: dict[str, int] | None = None, pace: float = 1.0, **times) -> Seat:
    shifts = times.get("shifts", (Spell(0.0, 4 * HOUR),))
    return Seat(AgentProfile(m.AgentId(name), frozenset(queues), skills or {}), shifts, times.get("breaks", ()), pace)


def small_day(busyness: float = 20.0) -> Day:
    rates = (Rate(0.0, 50.0), Rate(HOUR, 90.0))
    cards = CallerKind("cards", "cards", rates, LogNormal(120.0, 1.0), Exponential(90.0), Fixed(10.0), Fixed(2.0))
    loans = CallerKind(
        "loans", "loans", (Rate(0.0, 30.0),), Exponential(150.0), Hazard(((30.0, 0.002), (0.0, 0.02))), None,
        Fixed(3.0), (("en", 2),), limit=100.0, unrest=10.0,
    )  # fmt: skip
    seats = (
        seat("ann", {"cards"}, breaks=(Spell(1800.0, 2400.0, "lunch"),)),
        seat("bob", {"cards", "loans"}, {"en": 3}),
        seat("cy", {"loans"}, {"en": 1}),
        seat("di", {"cards", "loans"}, {"en": 2}, 0.8, shifts=(Spell(600.0, 5000.0), Spell(6000.0, 4 * HOUR))),
    )
    return Day("small", 2 * HOUR, (cards, loans), seats, busyness)


def router_of(day: Day, **rules: float) -> Router:
    queues = {name: QueueRules(name, **{"wrap_up": 20.0, **rules}) for name in day.queues()}
    return Router(queues, day.profiles())
