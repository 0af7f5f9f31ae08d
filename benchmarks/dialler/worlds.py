"""The days on which pacers are compared: sizes, answer rates, and what happens in them.

It does not know who is compared. `memoryless` is the model on which the exact optimum can be computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from switchroom.campaign_day.described import (
    CampaignDay,
    Ear,
    Inbound,
    People,
    Place,
    Share,
    Silence,
    everybody,
)
from switchroom.day.described import Spell
from switchroom.day.laws import Exponential, Fixed, LogNormal, Mixture

HOURS = 8.5
SECONDS = HOURS * 3600
SIZES = (5, 10, 25, 50, 200, 500)
ANSWERS = (0.12, 0.30, 0.45)
STEP_AT = 3 * 3600.0


class Cell(NamedTuple):
    """One cell of the grid."""

    scenario: str
    agents: int
    answers: float
    cap: float = 0.03

    def __str__(self) -> str:
        return f"{self.scenario} N={self.agents} p={self.answers:.2f} cap={self.cap:.0%}"


def stationary(agents: int, answers: float) -> CampaignDay:
    return CampaignDay("stationary", SECONDS, People((Share(0.0, answers),)), everybody(agents, SECONDS))


def drift(agents: int, answers: float) -> CampaignDay:
    """The answer rate swings by half of itself, once in four hours."""
    steps = tuple(
        Share(at, answers * (1 + 0.5 * math.sin(math.tau * at / (4 * 3600)))) for at in range(0, int(SECONDS), 300)
    )
    day = stationary(agents, answers)
    return replace(day, people=replace(day.people, answers=steps))


def step(agents: int, answers: float) -> CampaignDay:
    """From .35 to .12 at the third hour; at other answer rates than .30, as much in proportion."""
    high = 0.35 * answers / 0.30
    day = stationary(agents, answers)
    return replace(day, people=replace(day.people, answers=(Share(0.0, high), Share(STEP_AT, high * 0.12 / 0.35))))


def step_up(agents: int, answers: float) -> CampaignDay:
    """The other way, from .12 to .35: here people are abandoned, where the step down only idles agents."""
    day = step(agents, answers)
    high, low = day.people.answers
    return replace(day, people=replace(day.people, answers=(Share(0.0, low.share), Share(STEP_AT, high.share))))


def shifts(agents: int, answers: float) -> CampaignDay:
    """Two breaks and a lunch in three waves; at five hours every fourth agent is replaced, 5 minutes later."""
    return replace(stationary(agents, answers), places=tuple(_place(number) for number in range(agents)))


def _place(number: int) -> Place:
    wave = number % 3
    rests = [(7200.0 + 900 * wave, 900.0), (14_400.0 + 1800 * wave, 1800.0), (23_400.0 + 900 * wave, 900.0)]
    if number % 4 == 3:
        rests.append((19_800.0, 300.0))
    rests.sort()
    since, spells = 0.0, []
    for at, lasts in rests:
        spells.append(Spell(since, at))
        since = at + lasts
    return Place(f"a{number:03d}", (*spells, Spell(since, SECONDS)))


def bimodal(agents: int, answers: float) -> CampaignDay:
    """Three of four refuse in 20 s, one talks for 300 s."""
    talk = Mixture(((0.75, LogNormal(20.0, 0.4)), (0.25, LogNormal(300.0, 0.4))))
    day = stationary(agents, answers)
    return replace(day, people=replace(day.people, talk=talk))


def ring18(agents: int, answers: float) -> CampaignDay:
    return replace(stationary(agents, answers), ring_for=18.0)


def ring30(agents: int, answers: float) -> CampaignDay:
    return replace(stationary(agents, answers), ring_for=30.0)


def congested(agents: int, answers: float) -> CampaignDay:
    """The carrier has no line for one dial in ten, and two lines for each agent at the most."""
    day = stationary(agents, answers)
    return replace(day, people=replace(day.people, congested=0.10), most=((0.0, 2 * agents),))


def detection(agents: int, answers: float) -> CampaignDay:
    """It takes 3 s to hear who answered, and one person in twenty is taken for a machine."""
    nobody = (
        Silence(0.35, "machine", LogNormal(21.0, 0.2)),
        Silence(0.35, "no_answer", None),
        Silence(0.30, "busy", Fixed(3.0)),
    )
    day = stationary(agents, answers)
    return replace(day, people=replace(day.people, ear=Ear(3.0, 0.05), nobody=nobody))


def blended(agents: int, answers: float) -> CampaignDay:
    """Callers of other queues take four tenths of the agents' time; they wait until no customer does."""
    return replace(stationary(agents, answers), inbound=Inbound(0.4 * agents * 3600 / 105))


def memoryless(agents: int, answers: float) -> CampaignDay:
    """Work Exp(1/105), ringing Exp(1/16) whatever it ends in, nobody waits."""
    people = People(
        (Share(0.0, answers),),
        ring=Exponential(16.0),
        nobody=(Silence(1.0, "no_answer", Exponential(16.0)),),
        talk=Exponential(105.0),
        wrap_up=Fixed(0.0),
    )
    return CampaignDay("memoryless", SECONDS, people, everybody(agents, SECONDS), ring_for=1e9, wait=0.0, hold=0.0)


SCENARIOS: dict[str, Callable[[int, float], CampaignDay]] = {
    each.__name__: each
    for each in (
        *(stationary, drift, step, step_up, shifts, bimodal, ring18, ring30, congested, detection, blended),
        memoryless,
    )
}


def day_of(cell: Cell) -> CampaignDay:
    """The day of one cell."""
    return replace(SCENARIOS[cell.scenario](cell.agents, cell.answers), name=cell.scenario, cap=cell.cap)
