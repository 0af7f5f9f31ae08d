"""A busy floor of many agents beside an autopilot, second by second, to see what a look costs.

It does not measure anything itself.
"""

from __future__ import annotations

from collections import deque
from random import Random

import acd.messages as m
from acd.acts import Bounds, Kind, Step
from acd.agents import AgentProfile
from acd.router import Router
from acd.rules import QueueRules, Relaxation
from switchroom.day.piloted import PilotedRouter

NEVER = (Step(Kind.RELAX, 10.0),)


class Crowded:
    """`agents` who serve three of the queues each, nearly all of them in a talk; talks of 200 s that end and begin."""

    def __init__(self, agents: int, queues: int, seed: int = 1) -> None:
        self.chance = Random(seed)  # noqa: S311 - a simulation wants repeatable chance
        self.queues = [f"q{n}" for n in range(queues)]
        rules = {queue: QueueRules(queue, wrap_up=15, relax=(Relaxation(60.0),)) for queue in self.queues}
        names = [m.AgentId(f"a{n:04d}") for n in range(agents)]
        profiles = {who: AgentProfile(who, frozenset(self.chance.sample(self.queues, 3))) for who in names}
        bounds = {queue: Bounds(queue, NEVER, 0.01, 0.02) for queue in self.queues}
        self.router = PilotedRouter(Router(rules, profiles), bounds, rules, profiles)
        self.now, self.count = 1_700_000_000.0, 0
        self.talks: deque[tuple[float, str]] = deque()
        self.rate = 0.93 * agents / 215.0
        for who in names:
            for message in (m.PhoneFound(who, "a1"), m.AgentSignedOn(who), m.AgentMadeReady(who)):
                self.tell(message)

    def tell(self, message: m.Told) -> None:
        for answer in self.router.handle(message, self.now):
            if isinstance(answer, m.MakeOffer):
                self.talks.append((self.now + 200.0, answer.offer))
                self.tell(m.OfferAccepted(answer.offer))

    def fill(self) -> None:
        """A quarter of an hour, so that the floor is as it usually is."""
        for _ in range(900):
            self.goes_on()

    def goes_on(self) -> None:
        """One second: who has talked hangs up, others call. The autopilot is not told that time passes."""
        self.now += 1.0
        while self.talks and self.talks[0][0] <= self.now:
            self.tell(m.TalkOver(m.OfferId(self.talks.popleft()[1])))
        for answer in self.router.router.handle(m.Tick(), self.now):
            if isinstance(answer, m.MakeOffer):
                self.talks.append((self.now + 200.0, answer.offer))
                self.tell(m.OfferAccepted(answer.offer))
        arrivals = int(self.rate) + (self.chance.random() < self.rate % 1)
        for _ in range(arrivals):
            self.count += 1
            queue = self.chance.choice(self.queues)
            self.tell(m.ContactArrived(m.ContactId(f"c{self.count}"), "a1", queue, (), 0, self.now))

    def look(self) -> None:
        """The autopilot's second."""
        self.router.pilot.handle(m.Tick(), self.now)
