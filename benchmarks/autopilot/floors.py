"""The day of the benchmark: a bank's four queues, agents with a first and a second queue, and a surge of all callers.

It does not know policies.

Every agent is good at his first queue (level 3) and trained for a second (level 1). The rules ask for level 2, and for
level 1 from 60 seconds of wait on: customers get a specialist as long as that is possible. Six more are in reserve.
Handle times stand for talk and wrap-up together, agents pick up at once, and nobody misses a call.
"""

from __future__ import annotations

from acd.acts import Bounds, Kind, Step
from acd.agents import AgentProfile
from acd.messages import AgentId
from acd.needs import Skill
from acd.rules import QueueRules, Relaxation
from switchroom.day.described import CallerKind, Day, Rate, Seat, Spell
from switchroom.day.laws import Exponential, LogNormal, Mixture

HOUR = 3600.0
LONG = 3 * HOUR
SURGE = (1.5 * HOUR, 0.25 * HOUR, 1.5)  # when, how long, how many times the callers
QUEUES = ("cards", "loans", "claims", "online")
SECOND = {"cards": "loans", "loans": "claims", "claims": "online", "online": "cards"}
AGENTS = {"cards": 20, "loans": 14, "claims": 12, "online": 14}
RESERVE = 6
WORK = 240.0
RELAXED_AFTER = 60.0


def day(load: float, *, reserve: bool = False, surging: bool = True) -> Day:
    """So many erlangs for each agent on a calm minute, and the surge on top."""
    whole = (Spell(0.0, LONG),)
    profiles = [
        AgentProfile(AgentId(f"{queue}-{n:02d}"), frozenset({queue, SECOND[queue]}), {queue: 3, SECOND[queue]: 1})
        for queue in QUEUES
        for n in range(AGENTS[queue])
    ]
    if reserve:
        every = dict.fromkeys(QUEUES, 2)
        profiles += [
            AgentProfile(AgentId(f"reserve-{n}"), frozenset(QUEUES), every, reserve=True) for n in range(RESERVE)
        ]
    seats = tuple(Seat(profile, whole) for profile in profiles)
    return Day("surge", LONG, tuple(_kind(queue, load, surging=surging) for queue in QUEUES), seats)


def _kind(queue: str, load: float, *, surging: bool) -> CallerKind:
    calm = load * AGENTS[queue] * HOUR / WORK
    at, long, times = SURGE
    rates = (Rate(0.0, calm), Rate(at, calm * times), Rate(at + long, calm)) if surging else (Rate(0.0, calm),)
    patience = Mixture(((0.04, Exponential(3.0)), (0.96, Exponential(300.0))))
    return CallerKind(queue, queue, rates, LogNormal(WORK, 0.9), patience, unrest=60.0)


def rules(after: float | None = RELAXED_AFTER) -> dict[str, QueueRules]:
    """Specialists first; None: whoever is trained, at once, the specialist before the other."""
    made = {}
    for queue in QUEUES:
        relax = () if after is None else (Relaxation(after, Skill(queue)),)
        need = Skill(queue) if after is None else Skill(queue, 2)
        made[queue] = QueueRules(
            queue, wrap_up=0.0, need=need, prefer=((queue, 1),), relax=relax, order="deadline", choose="longest_idle"
        )
    return made


def bounds(*steps: Step) -> dict[str, Bounds]:
    """The same for every queue."""
    return {queue: Bounds(queue, steps) for queue in QUEUES}


RELAX = (Step(Kind.RELAX, 45.0), Step(Kind.RELAX, 60.0))
RELAX_AND_RESERVE = (Step(Kind.RELAX, 45.0), Step(Kind.RESERVE), Step(Kind.RELAX, 60.0))
