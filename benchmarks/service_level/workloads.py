"""The six workloads as described days: who calls, who works, and what pooling all skills would make of it.

They do not know policies. Handle times stand for talk and wrap-up together, agents pick up at once, and nobody misses a
call: what is compared is who answers whom. A class of callers is a queue; an agent's first queue is his home.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from random import Random

from acd.agents import AgentProfile
from acd.messages import AgentId
from switchroom.day.described import CallerKind, Day, Rate, Seat, Spell
from switchroom.day.laws import Exponential, Hazard, Law, LogNormal, Mixture

HOUR = 3600.0
STEP = 300.0  # a rate that swings is told in steps of this many seconds
PATIENCE = Mixture(((0.04, Exponential(3.0)), (0.96, Exponential(360.0))))
# Peaks near 15 s and 60 s, where announcements are heard, as in the bank's data (Brown et al., 2005).
BANK_PATIENCE = Hazard(((12.0, 0.0012), (20.0, 0.008), (55.0, 0.0015), (65.0, 0.008), (0.0, 0.0025)))
BANK_DAY = (0.35, 0.7, 1.1, 1.35, 1.35, 1.25, 1.15, 1.2, 1.25, 1.2, 1.1, 0.95, 0.8, 0.75, 0.7, 0.65, 0.5)


@dataclass(frozen=True, slots=True)
class Workload:
    """A day by name, how many seeds it is reported on (days differ in length), and the paces that pooling may use."""

    name: str
    says: str
    day: Day
    seeds: int

    def pooled(self) -> Day:
        """The same people, each able to do everything: nobody's skills are like that, so this is a bound."""
        queues = frozenset(self.day.queues())
        seats = (replace(s, profile=AgentProfile(s.agent, queues, s.profile.skills)) for s in self.day.seats)
        return replace(self.day, seats=tuple(seats))

    def fewer(self, count: int) -> Day:
        """The same day with so many agents fewer, taken evenly from all over the list."""
        gone = {round((n + 0.5) * len(self.day.seats) / count) for n in range(count)} if count else set()
        return replace(self.day, seats=tuple(s for n, s in enumerate(self.day.seats) if n not in gone))


def workloads() -> dict[str, Workload]:
    """All of them, by name."""
    made = (
        bank(), centre(0.85), centre(0.92), centre(1.00), crossed(), surge(), speeds(), small(),
    )  # fmt: skip
    return {each.name: each for each in made}


def bank() -> Workload:
    """W1: four classes as in the anonymous bank's data, 17 hours with shifts, some half-hours busier."""
    shares = {"regular": (0.66, 181.0, 1.15), "stock": (0.14, 269.0, 1.19), "internet": (0.06, 381.0, 1.27)}
    shares["new"] = (0.14, 111.0, 1.39)
    calls = 0.92 * 24 / 1.35 / sum(share * work for share, work, _ in shares.values())
    kinds = tuple(
        _kind(name, [share * calls * hour for hour in BANK_DAY], HOUR, LogNormal(work, cv), BANK_PATIENCE, unrest=60.0)
        for name, (share, work, cv) in shares.items()
    )
    day = _day("bank", 17 * HOUR, kinds, _bank_skills())
    shifts = (*[(0.0, 8.5)] * 9, *[(1.5, 10.0)] * 11, *[(6.0, 14.5)] * 5, *[(8.5, 17.0)] * 10)
    order = [n * 8 % 35 for n in range(35)]  # every shift has some of every skill
    seats = [
        replace(day.seats[seat], shifts=(Spell(since * HOUR, until * HOUR),))
        for seat, (since, until) in zip(order, shifts, strict=True)
    ]
    seats.sort(key=lambda seat: seat.agent)
    return Workload("W1 bank", "4 classes, 35 agents in shifts", replace(day, seats=tuple(seats)), 10)


def _bank_skills() -> list[list[str]]:
    """Forty in a hundred with one skill, forty with two, twenty with three, where the work is."""
    one = [["regular"]] * 9 + [["stock"]] * 3 + [["internet"]] + [["new"]]
    two = (
        [["regular", "new"]] * 5 + [["regular", "stock"]] * 5 + [["regular", "internet"]] * 3 + [["stock", "internet"]]
    )
    three = (
        [["regular", "new", "stock"]] * 3
        + [["regular", "stock", "internet"]] * 2
        + [["regular", "new", "internet"]] * 2
    )
    return one + two + three


def centre(load: float, hours: float = 8.0) -> Workload:
    """W2: six skills, sixty agents, the load swinging by a quarter in four hours."""
    kinds = _alike(6, load * 60, lambda at: 1 + 0.25 * math.sin(2 * math.pi * at / (4 * HOUR)), hours)
    return Workload(f"W2 {load:.2f}", "6 skills, 60 agents", _day("centre", hours * HOUR, kinds, _sixty()), 12)


def crossed() -> Workload:
    """W3: twelve skills in pairs that help each other (X), each helping the next (N); one skill is scarce."""
    skills: list[list[str]] = []
    for pair in range(6):
        first, second, after = f"s{2 * pair}", f"s{2 * pair + 1}", f"s{(2 * pair + 2) % 12}"
        only, other, both, on = (9, 9, 10, 6) if pair < 5 else (20, 0, 4, 6)
        skills += [[first]] * only + [[second]] * other + [[first, second]] * both + [[second, after]] * on
    weights = {f"s{n}": 0.3 if n == 11 else 1.0 for n in range(12)}
    hours = 4.0
    kinds = tuple(
        _kind(name, _swing(0.92 * 200 * weight / sum(weights.values()) / 240, hours), STEP, LogNormal(240.0, 1.0))
        for name, weight in weights.items()
    )
    return Workload("W3 X and N", "12 skills, 200 agents, one scarce", _day("crossed", hours * HOUR, kinds, skills), 8)


def surge() -> Workload:
    """W4: the floor of W2 on an even day, and 60 % more calls of one class for a quarter of an hour."""

    def shape(at: float) -> float:
        return 1.6 if 0.5 * HOUR <= at < 0.75 * HOUR else 1.0

    calm = _alike(6, 0.90 * 60, lambda _at: 1.0, 1.5)
    surging = _alike(6, 0.90 * 60, shape, 1.5)
    return Workload(
        "W4 surge", "W2's floor, +60 % in one class", _day("surge", 1.5 * HOUR, (surging[0], *calm[1:]), _sixty()), 36
    )


def speeds() -> Workload:
    """W5: the floor of W2, where some agents need longer than others."""
    chance = Random(5)  # noqa: S311 - the floor is the same in every run
    kinds = _alike(6, 0.92 * 60, lambda at: 1 + 0.25 * math.sin(2 * math.pi * at / (4 * HOUR)), 8.0)
    day = _day("speeds", 8 * HOUR, kinds, _sixty())
    seats = tuple(replace(seat, pace=math.exp(0.2 * chance.gauss(0, 1))) for seat in day.seats)
    return Workload("W5 speeds", "W2's floor, speeds of sd 0.2", replace(day, seats=seats), 12)


def small() -> Workload:
    """W6: ten agents, three skills."""
    skills = [["s0"], ["s1"], ["s2"], ["s0"], ["s0", "s1"], ["s1", "s2"], ["s2", "s0"], ["s1", "s2"]]
    skills += [["s0", "s1", "s2"], ["s1", "s2", "s0"]]
    kinds = _alike(3, 0.85 * 10, lambda at: 1 + 0.25 * math.sin(2 * math.pi * at / (4 * HOUR)), 16.0)
    return Workload("W6 small", "3 skills, 10 agents", _day("small", 16 * HOUR, kinds, skills), 96)


def _sixty() -> list[list[str]]:
    """Forty in a hundred with one skill, forty with two, twenty with three, dealt out evenly."""
    one = [[f"s{n % 6}"] for n in range(24)]
    two = [[f"s{n % 6}", f"s{(n % 6 + 1 + n // 6 % 5) % 6}"] for n in range(24)]
    three = [[f"s{n % 6}", f"s{(n + 1) % 6}", f"s{(n + 3) % 6}"] for n in range(12)]
    return one + two + three


def _alike(count: int, load: float, shape: Callable[[float], float], hours: float) -> tuple[CallerKind, ...]:
    """Classes of one size, AHT 240 s."""
    rate = load / count / 240
    steps = [rate * shape(n * STEP + STEP / 2) for n in range(int(hours * HOUR / STEP))]
    return tuple(_kind(f"s{n}", steps, STEP, LogNormal(240.0, 1.0)) for n in range(count))


def _swing(rate: float, hours: float) -> list[float]:
    marks = ((n + 0.5) * STEP for n in range(int(hours * HOUR / STEP)))
    return [rate * (1 + 0.25 * math.sin(2 * math.pi * at / (4 * HOUR))) for at in marks]


def _kind(  # noqa: PLR0913 - a class of callers has as many sides
    name: str, rates: Iterable[float], step: float, talk: Law, patience: Law = PATIENCE, *, unrest: float = 0.0
) -> CallerKind:
    told = tuple(Rate(n * step, rate * 3600) for n, rate in enumerate(rates))
    return CallerKind(name, name, told, talk, patience, unrest=unrest)


def _day(name: str, seconds: float, kinds: tuple[CallerKind, ...], skills: list[list[str]]) -> Day:
    seats = tuple(
        Seat(
            AgentProfile(AgentId(f"a{n:03d}"), frozenset(able), {skill: 5 - rank for rank, skill in enumerate(able)}),
            (Spell(0.0, seconds + 4 * HOUR),),
        )
        for n, able in enumerate(skills)
    )
    return Day(name, seconds, kinds, seats, busyness=100.0)
