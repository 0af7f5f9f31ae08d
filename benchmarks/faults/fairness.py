"""Long runs of the router alone, for each order of service and each choice of agent: nobody is passed over for ever.

It does not know telephones or flows. The floor is by turns too small for its callers and half asleep; a fifth of the
offers come to nothing. `python -m benchmarks.faults.fairness --steps 1000000` runs each once, `--all` every pair;
tests run short ones.

    A caller who has waited beyond his guard is passed over by nobody who came later, at any agent fit for both.
    An agent who stays ready is passed over by his equals no more than `TURNS` times as often as there are of them; by
    `fewest_calls` only by those who have had no more calls than he.
    The same seed makes the same choices.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import sys
import time
from dataclasses import dataclass
from itertools import product
from random import Random

import acd.messages as m
from acd.agents import AgentProfile
from acd.orders import ORDERS
from acd.router import Router
from acd.rules import QueueRules
from acd.strategies import STRATEGIES
from benchmarks.faults.broken import Broken, holds

QUEUES, AGENTS, GUARD = ("cards", "loans", "help"), 12, 30.0
TURNS = 3  # `random` draws, and may draw anybody often: see DRAWN
DRAWN = 30
START = 1_700_000_000.0


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one. `longest` is the longest wait of one who was answered, in seconds."""

    steps: int
    answered: int
    longest: float
    most_passed: int
    hash: str


class Floor:
    """The router, its callers and agents. Agents of one number modulo four are equals."""

    def __init__(self, order: str, choose: str, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 (people, no secret)
        rules = {
            name: QueueRules(name, ring_for=4.0, wrap_up=1.0, misses=1000, order=order, choose=choose, guard=GUARD,
                             target=10.0 + 5 * n, seed=seed)
            for n, name in enumerate(QUEUES)
        }  # fmt: skip
        self.names = [m.AgentId(f"a{n:02}") for n in range(AGENTS)]
        self.profiles = {who: _profile(who, n % 4) for n, who in enumerate(self.names)}
        self.router, self.now, self.steps, self.count = Router(rules, self.profiles), START, 0, 0
        self.choose = choose
        self.passed = dict.fromkeys(self.names, 0)
        self.answered, self.longest, self.most = 0, 0.0, 0
        self.hash = hashlib.blake2b(digest_size=16)
        self._heap: list[tuple[float, int, m.Told]] = []
        for who in self.names:
            for told in (m.PhoneFound(who, "n"), m.AgentSignedOn(who), m.AgentMadeReady(who)):
                self.tell(told)

    def run(self, steps: int) -> Run:
        """Raises `Broken`."""
        self._comes()
        while self.steps < steps:
            due, at = self.router.next_deadline(), self._heap[0][0]
            if due is not None and due <= at:
                self.now = max(self.now, due)
                self.tell(m.Tick())
                continue
            self.now, _, told = heapq.heappop(self._heap)
            if isinstance(told, m.ContactArrived):
                self._comes()
            self.tell(told)
        return Run(self.steps, self.answered, self.longest, self.most, self.hash.hexdigest())

    def _after(self, seconds: float, told: m.Told) -> None:
        self.count += 1
        heapq.heappush(self._heap, (self.now + seconds, self.count, told))

    def _comes(self) -> None:
        """The next caller: five minutes long more come than can be served, and five minutes long half as many."""
        load = 1.2 if int((self.now - START) / 300) % 2 == 0 else 0.5
        at = self.now + self.chance.expovariate(load * AGENTS / 12.0)
        contact, queue = m.ContactId(f"c{self.count:09}"), self.chance.choice(QUEUES)
        skills = (("gold", 1),) if self.chance.random() < 0.1 else ()
        self._after(
            at - self.now, m.ContactArrived(contact, "n", queue, skills, self.chance.randrange(3), at)
        )
        self._after(at - self.now + 20 + self.chance.expovariate(1 / 60), m.ContactLeft(contact))

    def tell(self, told: m.Told) -> None:
        self.steps += 1
        ready = [who for who, one in self.router.agents().items() if one.state == "ready"]
        for answer in self.router.handle(told, self.now):
            if isinstance(answer, m.MakeOffer):
                self._offered(answer, ready)

    def _offered(self, made: m.MakeOffer, ready: list[m.AgentId]) -> None:
        self.hash.update(f"{made.offer} {made.agent}\n".encode())
        mood = self.chance.random()
        if mood < 0.8:
            self._after(1.0, m.OfferAccepted(made.offer))
            self._after(1.0 + self.chance.expovariate(1 / 10), m.TalkOver(made.offer))
            asked_at = self.router.contacts()[made.contact].asked_at
            self.answered, self.longest = self.answered + 1, max(self.longest, self.now - asked_at)
        elif mood < 0.9:
            self._after(1.0, m.OfferFailed(made.offer, "refused"))
        self._nobody_older(made)
        self._turns(made, ready)

    def _nobody_older(self, made: m.MakeOffer) -> None:
        """Beyond the guard the oldest goes first."""
        contacts = self.router.contacts()
        taken = contacts[made.contact]
        for other in contacts.values():
            guarded = other.state == "waiting" and self.now - other.asked_at >= GUARD
            if guarded and other.asked_at < taken.asked_at and _fits(self.profiles[made.agent], other):
                holds(False, "S1 nobody beyond his guard is passed over", other, taken, made)

    def _turns(self, made: m.MakeOffer, ready: list[m.AgentId]) -> None:
        """Equals take turns; or, by `fewest_calls`, he goes first who has fewer, for as long as that takes."""
        group = int(made.agent[1:]) % 4
        equals = [who for who in ready if int(who[1:]) % 4 == group and who != made.agent]
        self.passed[made.agent] = 0
        most = (DRAWN if STRATEGIES[self.choose].drawn else TURNS) * AGENTS // 4
        if self.choose == "fewest_calls":
            self._fewest(made, equals)
            return
        for who in equals:
            self.passed[who] += 1
            self.most = max(self.most, self.passed[who])
            holds(self.passed[who] <= most, "S2 equals take turns", who, self.passed[who], made)

    def _fewest(self, made: m.MakeOffer, equals: list[m.AgentId]) -> None:
        records, tried = self.router.agents(), self.router.contacts()[made.contact].tried
        for who in equals:
            fewer = records[who].calls < records[made.agent].calls and who not in tried
            holds(not fewer, "S2 equals take turns", records[who], made)


def _profile(who: m.AgentId, kind: int) -> AgentProfile:
    queues = (frozenset(QUEUES), frozenset(QUEUES[:1]), frozenset(QUEUES[1:]), frozenset(QUEUES))[kind]
    return AgentProfile(who, queues, {"gold": 1 + kind} if kind in {0, 3} else {"plain": kind})


def _fits(profile: AgentProfile, contact: object) -> bool:
    queue, skills = contact.queue, contact.skills  # type: ignore[attr-defined] # a contact's record
    return queue in profile.queues and all(profile.skills.get(skill, 0) >= least for skill, least in skills)


def main() -> int:
    """Run every order, and every choice."""
    parser = argparse.ArgumentParser(prog="benchmarks.faults.fairness", description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="every pair of an order and a choice")
    options = parser.parse_args()
    code = 0
    for order, choose in product(sorted(ORDERS), sorted(STRATEGIES)):
        if not options.all and order != "oldest" and choose != "longest_idle":
            continue
        begun = time.process_time()
        try:
            run = Floor(order, choose, options.seed).run(options.steps)
        except Broken as fault:
            print(order, choose, "BROKEN", *fault.args)
            code = 1
            continue
        took = time.process_time() - begun
        print(f"{order:9} {choose:13} {run.steps} steps, {run.answered} answered, longest wait {run.longest:.0f} s, "
              f"passed over {run.most_passed} times at most, {run.hash}, {took:.0f} s")  # fmt: skip
    return code


if __name__ == "__main__":
    sys.exit(main())
