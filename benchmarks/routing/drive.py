"""Drives a router over a busy floor and times every decision.

It does not know how the router decides; whoever keeps the router's contract can be driven.

A *decision* is one `handle` of a message that makes the router choose: a caller comes (which agent, or wait), or a talk
ends and its agent is free (which caller, or none). All that `handle` does for it is in its time: tables, records,
answers. What must be told in between, answers to offers, agents who come and go, ticks, is timed apart. So is what the
router learns for its estimates of waits: it goes by the clock, so much a second of the floor's time, and this floor's
time runs far faster than the world's. Times are of the processor, in this thread: what other programs of the machine
take does not count.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, field
from random import Random

from acd import messages as m
from acd.router import Router
from benchmarks.routing.floors import NODE, SPREAD, START, Crowd, Size, profiles, queues

TALK = 240.0  # seconds of a mean talk: with so many agents one of them is free every TALK / agents seconds
CHURN = 0.01  # of the agents, each second, take a break or come back from one


@dataclass(slots=True)
class Times:
    """Seconds of each decision, of learning, and of all the rest together; `answers` are kept to be compared."""

    decisions: list[float] = field(default_factory=list)
    learning: float = 0.0
    rest: float = 0.0
    seconds: float = 0.0
    others: int = 0
    offers: int = 0
    answers: list[list[m.Answer]] = field(default_factory=list)


class Drive:
    """One floor under one router: the same seed tells every router the same, as long as it answers the same."""

    def __init__(self, size: Size, seed: int, build: type[Router] = Router, *, keep: bool = False) -> None:
        self.size, self.keep = size, keep
        self.dice = Random(seed)  # noqa: S311 - a benchmark wants repeatable chance
        self.people = profiles(size, self.dice)
        self.router = build(queues(), self.people)
        self.crowd = Crowd(self.people, self.dice)
        self.names = sorted(self.people)
        self.now = START
        self.times = Times()
        self.talks: list[m.OfferId] = []
        self.away: list[m.AgentId] = []
        self._open()
        self.times = Times()

    def twin(self, build: type[Router], *, keep: bool = False) -> Drive:
        """The same floor at the same moment under another router of the same contract."""
        other = copy.copy(self)
        other.keep, other.times = keep, Times()
        other.dice = Random()  # noqa: S311 - it gets the state of the other's
        other.dice.setstate(self.dice.getstate())
        other.crowd = self.crowd.beside(other.dice)
        other.talks, other.away = [*self.talks], [*self.away]
        records = self.router.snapshot()
        other.router = build(queues(), self.people)
        other.router.restore(records.agents, records.contacts, records.offers)
        return other

    def _watch_learning(self) -> None:
        """Time apart what the router learns."""
        estimator, times = self.router._estimator, self.times  # noqa: SLF001 - it has no door, for nobody else needs one
        learn = type(estimator).heard

        def heard(*told: object) -> None:
            began = time.thread_time()
            learn(estimator, *told)
            times.learning += time.thread_time() - began

        estimator.heard = heard

    def _open(self) -> None:
        """Everybody signs on and talks already where callers shall wait; else everybody is ready."""
        for who in self.names:
            for message in (m.PhoneFound(who, NODE), m.AgentSignedOn(who)):
                self._tell(message)
        if not self.size.waiting:
            for who in self.names:
                self._tell(m.AgentMadeReady(who))
            for _ in range(self.size.agents // 2):
                self._arrive()
            return
        for _ in range(self.size.waiting + self.size.agents):
            self._tell(self.crowd.next(self.now, self.dice.random() * SPREAD))
        for who in self.names:
            self._tell(m.AgentMadeReady(who))

    def run(self, decisions: int) -> Times:
        """Play until so many decisions have been made."""
        self._watch_learning()
        began = self.now
        while len(self.times.decisions) < decisions:
            self._turn()
        self.times.seconds = self.now - began
        return self.times

    def _turn(self) -> None:
        """One talk ends, one caller comes, and what else is due in the time of a turn."""
        step = TALK / self.size.agents
        then = self.now + step
        while (due := self.router.next_deadline()) is not None and due <= then:
            self.now = max(self.now, due)
            self._tell(m.Tick())
        self.now = then
        self._churn(CHURN * self.size.agents * step)
        if self.talks:
            at = self.dice.randrange(len(self.talks))
            self.talks[at], self.talks[-1] = self.talks[-1], self.talks[at]
            self._decide(m.TalkOver(self.talks.pop()))
        self._arrive()

    def _arrive(self) -> None:
        self._decide(self.crowd.next(self.now))

    def _churn(self, changes: float) -> None:
        """Somebody takes a break, or comes back from one."""
        while changes > 0:
            if self.dice.random() < changes:
                if self.away and self.dice.random() < 0.5:
                    self._tell(m.AgentMadeReady(self.away.pop(self.dice.randrange(len(self.away)))))
                else:
                    who = self.dice.choice(self.names)
                    self.away.append(who)
                    self._tell(m.AgentMadeNotReady(who, "break"))
            changes -= 1

    def _decide(self, message: m.Told) -> None:
        began, learned = time.thread_time(), self.times.learning
        answers = self.router.handle(message, self.now)
        self.times.decisions.append(time.thread_time() - began - (self.times.learning - learned))
        self._hear(answers)

    def _tell(self, message: m.Told) -> None:
        began, learned = time.thread_time(), self.times.learning
        answers = self.router.handle(message, self.now)
        self.times.rest += time.thread_time() - began - (self.times.learning - learned)
        self.times.others += 1
        self._hear(answers)

    def _hear(self, answers: list[m.Answer]) -> None:
        """Every offer is accepted at once."""
        if self.keep:
            self.times.answers.append(answers)
        for answer in answers:
            if isinstance(answer, m.MakeOffer):
                self.times.offers += 1
                self.talks.append(answer.offer)
                self._tell(m.OfferAccepted(answer.offer))
