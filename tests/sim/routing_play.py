"""A wild floor for two routers that must answer alike: every rule in use, random messages, new rules at any time."""

from __future__ import annotations

from random import Random

from acd import messages as m
from acd.agents import AgentProfile
from acd.checks import faults
from acd.errors import IllegalTransition, UnknownAgent, UnknownQueue
from acd.house import House
from acd.needs import ANYBODY, Every, Skill, Some, Without
from acd.orders import ORDERS
from acd.router import Router
from acd.rules import QueueRules, Relaxation, When
from acd.strategies import STRATEGIES

SKILLS = ("loans", "cards", "en", "zh", "vip", "trainee")
QUEUES = ("q0", "q1", "q2", "q3", "q4")
AGENTS = 14
CONTACTS = 24
START = 1_700_000_000.0


def need(dice: Random, depth: int = 0):
    """A random tree, mostly of the kinds that floors have."""
    roll = dice.random()
    if depth == 0 and roll < 0.4:
        return ANYBODY
    if depth >= 2 or roll < 0.7:
        return Skill(dice.choice(SKILLS), dice.randint(0, 3))
    if roll < 0.8:
        return Without(need(dice, depth + 1))
    kind = Every if roll < 0.9 else Some
    return kind(tuple(need(dice, depth + 1) for _ in range(dice.randint(0, 2))))


def relaxation(dice: Random, after: float) -> Relaxation:
    when = When(
        segments=frozenset({"gold"}) if dice.random() < 0.3 else frozenset(),
        between=(0, dice.randint(0, 1440)) if dice.random() < 0.3 else None,
        estimate_over=30.0 if dice.random() < 0.1 else None,
    )
    return Relaxation(after, need(dice), when, drop=dice.random() < 0.5)


def rules(dice: Random, name: str) -> QueueRules:
    steps = sorted(dice.sample((2.0, 5.0, 8.0, 13.0), dice.randint(0, 3)))
    return QueueRules(
        name,
        ring_for=dice.choice((3.0, 6.0)),
        wrap_up=dice.choice((0.0, 2.0)),
        misses=dice.randint(1, 3),
        target=dice.choice((5.0, 10.0)),
        need=need(dice),
        prefer=tuple((skill, dice.randint(1, 3)) for skill in dice.sample(SKILLS, dice.randint(0, 2))),
        choose=dice.choice(tuple(STRATEGIES)),
        order=dice.choice(tuple(ORDERS)),
        guard=dice.choice((0.0, 12.0, 25.0)),
        ageing=dice.choice((0.0, 4.0)),
        seed=dice.randrange(100),
        relax=tuple(relaxation(dice, after) for after in steps),
        group=dice.choice((1, 1, 2, 3)),
        full=dice.choice((0, 0, 4)),
        no_agent=dice.random() < 0.3,
    )


def house(dice: Random) -> tuple[dict, dict]:
    """Random queues, at times one of them gone, and random agents, at times some of them gone."""
    queues = [name for name in QUEUES if dice.random() < 0.95]
    profiles = {}
    for number in range(AGENTS):
        if dice.random() < 0.95:
            name = m.AgentId(f"a{number:02}")
            served = frozenset(name for name in QUEUES if dice.random() < 0.6)
            levels = {skill: dice.randint(0, 4) for skill in SKILLS if dice.random() < 0.5}
            profiles[name] = AgentProfile(name, served, levels, reserve=dice.random() < 0.15)
    return {name: rules(dice, name) for name in queues}, profiles


class Play:
    """`step` tells both routers the same random thing and holds their answers against each other."""

    def __init__(self, seed: int, rival: type[Router]) -> None:
        self.dice = Random(seed)  # noqa: S311 - play, not secrets
        self.now = START
        self.queues, self.profiles = house(self.dice)
        self.router, self.rival = Router(self.queues, self.profiles), rival(self.queues, self.profiles)
        self.offers: list[str] = []
        self.count = 0
        self.seen: dict[str, int] = {}
        for number in range(AGENTS):
            who = m.AgentId(f"a{number:02}")
            for message in (m.PhoneFound(who, "n0"), m.AgentSignedOn(who), m.AgentMadeReady(who)):
                self.tell(message)

    def step(self) -> None:
        """Let some time go by, with the ticks that are due in it, most of the time; then something happens."""
        then = self.now + self.dice.choice((0.0, 0.0, 0.1, 0.5, 1.0, 3.0))
        while (due := self.router.next_deadline()) is not None and due <= then and self.dice.random() < 0.9:
            self.now = max(self.now, due)
            self.tell(m.Tick())
        self.now = then
        if self.dice.random() < 0.002:
            self.reconfigure()
        else:
            self.tell(self._message())

    def tell(self, message: m.Told) -> list[m.Answer]:
        answers = self._ask(self.router, message)
        theirs = self._ask(self.rival, message)
        assert answers == theirs, f"{message} at {self.now}:\n{answers}\n{theirs}"
        assert self.router.next_deadline() == self.rival.next_deadline()
        self._note(message, answers if isinstance(answers, list) else [])
        return answers if isinstance(answers, list) else []

    def _ask(self, router: Router, message: m.Told) -> list[m.Answer] | type[Exception]:
        try:
            return router.handle(message, self.now)
        except (IllegalTransition, UnknownAgent, UnknownQueue) as refused:
            return type(refused)

    def reconfigure(self) -> None:
        """Other rules and people, in the middle of all."""
        gone = self.profiles.keys()
        self.queues, self.profiles = house(self.dice)
        answers = self.router.reconfigure(self.queues, self.profiles, self.now)
        assert answers == self.rival.reconfigure(self.queues, self.profiles, self.now)
        self._note(None, answers)
        for agent in sorted(gone - self.profiles.keys()):
            self.tell(m.AgentSignedOff(agent))

    def check(self) -> None:
        """The plain judge finds nothing, the records are equal, and a router built from them is the same."""
        snapshot = self.router.snapshot()
        assert snapshot == self.rival.snapshot()
        wrong = faults(snapshot, House(self.queues, self.profiles))
        assert not [each for each in wrong if "not fit" not in each], wrong  # who rings may be unfit by newer rules
        again = Router(self.queues, self.profiles)
        again.restore(snapshot.agents, snapshot.contacts, snapshot.offers, snapshot.closed, snapshot.relief)
        assert again.snapshot() == snapshot
        assert again.next_deadline() == self.router.next_deadline()
        self.rival = type(self.rival)(self.queues, self.profiles) if self.dice.random() < 0.5 else self.rival
        self.rival.restore(snapshot.agents, snapshot.contacts, snapshot.offers, snapshot.closed, snapshot.relief)
        if self.dice.random() < 0.3:
            self.router = again

    def _note(self, message: m.Told | None, answers: list[m.Answer]) -> None:
        for each in [message, *answers]:
            kind = type(each).__name__
            if isinstance(each, m.ReleaseContact):
                kind = f"{kind} {each.why}"
            if isinstance(each, m.MakeOffer):
                kind = f"{kind} {each.reason}"
                self.offers.append(each.offer)
            self.seen[kind] = self.seen.get(kind, 0) + 1
        del self.offers[:-30]

    # ── what may happen ──

    def _message(self) -> m.Told:
        dice = self.dice
        agent = m.AgentId(f"a{dice.randrange(AGENTS):02}")
        contact = m.ContactId(f"c{dice.randrange(CONTACTS):02}")
        kind = dice.choices(
            ("arrive", "leave", "accept", "fail", "over", "ready", "break", "on", "off", "found", "lost", "wrapped",
             "extended", "closed", "opened", "relief", "tick"),
            (14, 4, 14, 8, 24, 24, 2, 6, 1, 4, 1, 10, 1, 0.3, 2, 1, 1),
        )[0]  # fmt: skip
        if kind == "arrive":
            return self._arrival(contact)
        if kind in ("accept", "fail", "over"):
            return self._of_offer(kind)
        queue = dice.choice(QUEUES)
        made = {
            "leave": m.ContactLeft(contact),
            "ready": m.AgentMadeReady(agent),
            "break": m.AgentMadeNotReady(agent, "lunch"),
            "on": m.AgentSignedOn(agent),
            "off": m.AgentSignedOff(agent),
            "found": m.PhoneFound(agent, "n1" if dice.random() < 0.2 else "n0"),
            "lost": m.PhoneLost(agent, may_ring=dice.random() < 0.5),
            "wrapped": m.WrapUpEnded(agent),
            "extended": m.WrapUpExtended(agent, 3.0),
            "closed": m.QueueClosed(queue, empties=dice.random() < 0.5),
            "opened": m.QueueOpened(queue),
            "relief": m.ReliefGiven(queue, dice.choice((0.0, 3.0)), reserve=dice.random() < 0.5),
            "tick": m.Tick(),
        }
        return made[kind]

    def _arrival(self, contact: m.ContactId) -> m.ContactArrived:
        dice = self.dice
        self.count += 1
        asked = tuple((skill, dice.randint(0, 2)) for skill in dice.sample(SKILLS, dice.choice((0, 0, 1, 2))))
        agents = [m.AgentId(f"a{dice.randrange(AGENTS + 1):02}") for _ in range(dice.choice((0, 0, 0, 1, 2)))]
        wanted = tuple(m.Wanted(agent, dice.choice((2.0, 6.0)), fit=dice.random() < 0.7) for agent in agents)
        return m.ContactArrived(
            contact,
            "n1" if dice.random() < 0.2 else "n0",
            dice.choice(QUEUES),
            asked,
            dice.choice((0, 0, 1, 3)),
            self.now - dice.choice((0.0, 0.0, 4.0, 15.0)),
            dice.choice((0.0, 0.0, 20.0, 40.0)),
            at_head=dice.random() < 0.1,
            made=100 * self.count,
            segment=dice.choice(("", "gold")),
            wanted=wanted,
            singly=dice.random() < 0.2,
        )

    def _of_offer(self, kind: str) -> m.Told:
        dice = self.dice
        talks = [str(each.offers[0]) for each in self.router.contacts().values() if each.state == "talking"]
        rings = [str(one) for each in self.router.contacts().values() if each.state == "offered" for one in each.offers]
        known = {"accept": rings, "fail": rings, "over": talks}[kind] if dice.random() < 0.85 else self.offers
        offer = m.OfferId(dice.choice(sorted(known)) if known else "c99.1")
        if kind == "accept":
            return m.OfferAccepted(offer)
        if kind == "over":
            return m.TalkOver(offer)
        return m.OfferFailed(offer, dice.choice(("refused", "timed_out", "failed", "unknown")))
