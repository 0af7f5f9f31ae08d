"""Floors of any size for the routing benchmark: agents with skills, queues with rules, callers who ask for skills.

It knows no router. One seed gives one floor and one crowd.

Agents have one to four of the skills at levels 1 to 5, and a grade from 1 to 5. A caller asks for one to three skills
that at least one agent has. A queue wants grade 3 at first, then 2 after 10 s, 1 after 20 s and anybody after 40 s; the
caller's own skills stay asked for. A third of the queues serves the oldest first, a third lets priority age, a third
goes by deadlines. Of the callers, 5 % want one agent for their first 10 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from acd import messages as m
from acd.agents import AgentProfile
from acd.needs import ANYBODY, Skill
from acd.rules import QueueRules, Relaxation

QUEUES = 12
NODE = "n0"
START = 1_700_000_000.0
STICKY = 0.05
SPREAD = 300.0  # seconds over which those who wait at the beginning have come
RELAX = (Relaxation(10.0, Skill("grade", 2)), Relaxation(20.0, Skill("grade", 1)), Relaxation(40.0, ANYBODY))
ORDERS = ("oldest", "priority", "deadline")


@dataclass(frozen=True, slots=True)
class Size:
    """How many agents there are, how many callers wait, and how many skills they are told apart by."""

    agents: int
    waiting: int
    skills: int

    def __str__(self) -> str:
        return f"{self.agents} x {self.waiting} x {self.skills}"


def queues() -> dict[str, QueueRules]:
    """The rules of all queues: no wrap-up, so that the end of a talk is the choice of the next caller."""
    return {
        f"q{n:02}": QueueRules(
            f"q{n:02}", wrap_up=0.0, misses=9, need=Skill("grade", 3), relax=RELAX, order=ORDERS[n % len(ORDERS)]
        )
        for n in range(QUEUES)
    }


def profiles(size: Size, dice: Random) -> dict[m.AgentId, AgentProfile]:
    """All agents; who has a skill serves the queue that it belongs to."""
    found = {}
    for number in range(size.agents):
        agent = m.AgentId(f"a{number:05}")
        skills = dice.sample(range(size.skills), min(size.skills, dice.randint(1, 4)))
        levels = {f"s{skill:03}": dice.randint(1, 5) for skill in skills}
        served = frozenset(f"q{skill % QUEUES:02}" for skill in skills)
        found[agent] = AgentProfile(agent, served, {**levels, "grade": dice.randint(1, 5)})
    return found


class Crowd:
    """Callers, one after the other."""

    def __init__(self, agents: dict[m.AgentId, AgentProfile], dice: Random) -> None:
        self._agents, self._dice = agents, dice
        self._names = sorted(agents)
        self._count = 0

    def beside(self, dice: Random) -> Crowd:
        """The same callers from here on, drawn with a copy of the dice."""
        other = Crowd(self._agents, dice)
        other._count = self._count
        return other

    def next(self, now: float, waited: float = 0.0) -> m.ContactArrived:
        """A caller who asks for what somebody can do."""
        dice = self._dice
        self._count += 1
        who = self._agents[dice.choice(self._names)]
        held = [skill for skill in sorted(who.skills) if skill != "grade"]
        asked = dice.sample(held, min(len(held), dice.randint(1, 3)))
        wanted = (m.Wanted(dice.choice(self._names), 10.0),) if dice.random() < STICKY else ()
        return m.ContactArrived(
            m.ContactId(f"c{self._count:07}"),
            NODE,
            f"q{int(asked[0][1:]) % QUEUES:02}",
            tuple((skill, dice.randint(1, who.skills[skill])) for skill in sorted(asked)),
            dice.choice((0, 0, 0, 1, 2)),
            now - waited,
            wanted=wanted,
        )
