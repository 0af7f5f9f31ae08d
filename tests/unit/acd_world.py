"""A floor played against the router: a plain second opinion on every answer, for tests that play at random.

It keeps what the outside world would know (who rang, who is here, who asked when) and raises AssertionError
when the router's answers do not go with it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from acd import messages as m
from acd.agents import AgentProfile
from acd.checks import faults
from acd.errors import IllegalTransition, UnknownAgent, UnknownQueue
from acd.house import House
from acd.router import Router
from acd.rules import QueueRules

QUEUES = {
    "cards": QueueRules("cards", ring_for=4.0, wrap_up=3.0, misses=2),
    "loans": QueueRules("loans", ring_for=3.0, wrap_up=0.0, misses=1),
}
PROFILES = {
    m.AgentId("a0"): AgentProfile(m.AgentId("a0"), frozenset({"cards", "loans"}), {"en": 5, "zh": 5}),
    m.AgentId("a1"): AgentProfile(m.AgentId("a1"), frozenset({"cards", "loans"}), {"en": 1, "zh": 5}),
    m.AgentId("a2"): AgentProfile(m.AgentId("a2"), frozenset({"cards"}), {"en": 3}),
}
HOUSE = House(QUEUES, PROFILES)
SKILLS = ((), (("en", 2),), (("zh", 1), ("en", 1)), (("fr", 0),))
AGENTS = ("a0", "a1", "a2", "a0", "a1", "a2", "a0", "a1", "a2", "ghost")
CONTACTS = ("c0", "c1", "c2", "c3", "c4")
OUTCOMES = ("refused", "timed_out", "failed", "unknown", "vanished")
REASONS = ("lunch", "phone")
GAPS = (0.0, 0.0, 0.25, 0.25, 1.0, 1.0, 3.0, 70.0)
KINDS = (
    "on", "on", "ready", "ready", "ready", "found", "found", "off", "break", "lost", "wrapped",
    "wrapped", "arrive", "arrive", "arrive", "arrive", "leave", "leave", "leave", "accept", "accept",
    "fail", "over", "over", "tick", "dial", "dialled",
)  # fmt: skip

Step = tuple[int, int, int, int, bool]
"""What (of KINDS), who, a variant, the time that passes before (of GAPS), and whether the clock is asleep."""

START: tuple[tuple[str, int], ...] = (
    ("found", 0),
    ("on", 0),
    ("ready", 0),
    ("found", 1),
    ("on", 1),
    ("ready", 1),
)


@dataclass
class Asked:
    """A contact as the outside knows it."""

    message: m.ContactArrived
    tried: set[str] = field(default_factory=set)
    offer: str = ""
    talking: bool = False

    def place(self, now: float) -> tuple:
        told = self.message
        guarded = now >= told.asked_at + QUEUES[told.queue].guard
        order = (0, False) if guarded else (-told.priority, not told.at_head)
        return (not guarded, *order, told.asked_at, told.contact)


class World:
    """The router, the clock, and what the outside knows."""

    def __init__(self, router: Router | None = None) -> None:
        self.router = router or Router(QUEUES, PROFILES)
        self.now = 1_700_000_000.0
        self.here: dict[str, Asked] = {}
        self.agents = {agent: m.AgentMoved(agent, "offline") for agent in PROFILES}
        self.phones = dict.fromkeys(PROFILES, "")
        self.rung: dict[str, m.MakeOffer] = {}
        self.open: set[str] = set()
        self.seen: Counter[str] = Counter()
        self.missed = dict.fromkeys(PROFILES, 0)
        self.wishes = dict.fromkeys(PROFILES, "")
        for kind, who in START:
            self.tell(self._message(kind, who, 0))

    # ── playing ──

    def play(self, steps: list[Step]) -> None:
        for step in steps:
            self.step(step)

    def step(self, step: Step) -> None:
        kind, who, variant, gap, asleep = step
        then = self.now + GAPS[gap % len(GAPS)]
        while not asleep and (due := self.router.next_deadline()) is not None and due <= then:
            self.now = max(self.now, due)
            self.tell(m.Tick())
            assert (self.router.next_deadline() or then + 1) > self.now, "a tick left its own deadline standing"
        self.now = then
        self.tell(self._message(KINDS[kind % len(KINDS)], who, variant))

    def _message(self, kind: str, who: int, variant: int) -> m.Told:
        agent = m.AgentId(AGENTS[who % len(AGENTS)])
        contact = m.ContactId(CONTACTS[who % len(CONTACTS)])
        if kind == "arrive":
            return self._arrival(contact, variant)
        if kind in ("accept", "fail", "over"):
            return self._of_offer(kind, who, variant)
        made = {
            "on": m.AgentSignedOn(agent),
            "off": m.AgentSignedOff(agent),
            "ready": m.AgentMadeReady(agent),
            "break": m.AgentMadeNotReady(agent, REASONS[variant % len(REASONS)]),
            "found": m.PhoneFound(agent, "n1" if variant % 8 == 7 else "n0"),
            "lost": m.PhoneLost(agent),
            "wrapped": m.WrapUpEnded(agent),
            "leave": m.ContactLeft(contact),
            "dial": m.DialBegun(agent, contact),
            "dialled": m.DialOver(agent, contact),
            "tick": m.Tick(),
        }
        return made[kind]

    def _arrival(self, contact: m.ContactId, variant: int) -> m.ContactArrived:
        made = sum(offer.contact == contact for offer in self.rung.values())
        return m.ContactArrived(
            contact,
            "n1" if variant % 7 == 6 else "n0",
            ("nowhere" if variant % 17 == 16 else ("cards", "loans")[variant % 5 % 2]),
            SKILLS[variant % 11 % len(SKILLS)],
            variant % 2,
            self.now - variant % 3,
            (0.0, 0.0, 6.0, 0.0, 2.0)[variant % 5],
            variant % 13 == 12,
            made,
        )

    def _of_offer(self, kind: str, who: int, variant: int) -> m.Told:
        """Mostly of an open offer; often of one that is closed, at times of one that never was."""
        open_, all_ = sorted(self.open), sorted(self.rung)
        known = open_ if open_ and variant % 4 else all_
        offer = m.OfferId(known[who % len(known)] if known and variant % 10 < 9 else "c9.9")
        if kind == "accept":
            return m.OfferAccepted(offer)
        return m.TalkOver(offer) if kind == "over" else m.OfferFailed(offer, OUTCOMES[variant % len(OUTCOMES)])

    # ── telling, and checking the answer ──

    def tell(self, message: m.Told) -> list[m.Answer]:
        before, deadline = self.router.snapshot(), self.router.next_deadline()
        shadow = Router(QUEUES, PROFILES)
        shadow.restore(before.agents, before.contacts, before.offers)
        assert (shadow.snapshot(), shadow.next_deadline()) == (before, deadline), "restored is not as it was"
        try:
            answers = self.router.handle(message, self.now)
        except (UnknownAgent, UnknownQueue, IllegalTransition, ValueError) as error:
            assert (self.router.snapshot(), self.router.next_deadline()) == (before, deadline), "refused, yet changed"
            self.seen[type(error).__name__] += 1
            self._refused_alike(shadow, message, error)
            return []
        assert shadow.handle(message, self.now) == answers, "a restored router answers otherwise"
        assert shadow.snapshot() == self.router.snapshot()
        self.seen[type(message).__name__] += 1
        self._told(message, answers)
        for answer in answers:
            self._answered(answer, message, answers)
        self._compare()
        return answers

    def _refused_alike(self, shadow: Router, message: m.Told, error: Exception) -> None:
        try:
            shadow.handle(message, self.now)
        except type(error):
            return
        raise AssertionError(f"the restored router takes {message}")

    def _told(self, message: m.Told, answers: list[m.Answer]) -> None:
        """What the message itself says, before any answer."""
        if isinstance(message, m.PhoneFound):
            self.phones[message.agent] = message.node
        elif isinstance(message, m.PhoneLost):
            self.phones[message.agent] = ""
        elif isinstance(message, (m.AgentMadeReady, m.AgentMadeNotReady, m.AgentSignedOff, m.AgentSignedOn)):
            self._wished(message)
        elif isinstance(message, m.ContactLeft):
            gone = self.here.pop(message.contact, None)
            self._talk_over(gone)
        elif isinstance(message, m.ContactArrived):
            self._arrived(message)
        elif isinstance(message, (m.OfferAccepted, m.TalkOver)):
            self._told_of_offer(message, answers)

    def _told_of_offer(self, message: m.OfferAccepted | m.TalkOver, answers: list[m.Answer]) -> None:
        is_open, accepted = message.offer in self.open, isinstance(message, m.OfferAccepted)
        if is_open and accepted:
            asked = self.here[self.rung[message.offer].contact]
            asked.talking, asked.tried = True, set()
            self.missed[self.rung[message.offer].agent] = 0
        elif accepted:
            assert [type(each) for each in answers] == [m.WithdrawOffer], "a late acceptance drops its leg"
        elif is_open:
            asked = self.here.pop(self.rung[message.offer].contact)
            assert asked.talking, "took what cannot be"
            self._talk_over(asked)

    def _talk_over(self, asked: Asked | None) -> None:
        if asked and asked.talking:
            self.open.discard(asked.offer)

    def _arrived(self, message: m.ContactArrived) -> None:
        known = self.here.get(message.contact)
        if known is None or known.talking:
            self._talk_over(known)
            self.here[message.contact] = Asked(message)
            return
        old = known.message
        same = (old.node, old.queue, old.skills) == (message.node, message.queue, message.skills)
        if not (known.offer and same):
            first = min(old.asked_at, message.asked_at)
            known.message = replace(message, asked_at=first, at_head=message.at_head or old.at_head)

    def _answered(self, answer: m.Answer, message: m.Told, answers: list[m.Answer]) -> None:
        if isinstance(answer, m.AgentMoved):
            assert self.agents[answer.agent] != answer, "told twice of the same move"
            self._moved(self.agents[answer.agent], answer)
            self.agents[answer.agent] = answer
        elif isinstance(answer, m.MakeOffer):
            self._offered(answer)
        elif isinstance(answer, m.OfferClosed):
            self._closed(answer, message)
        elif isinstance(answer, m.ReleaseContact):
            gone = self.here.pop(answer.contact).message
            assert 0 < gone.limit <= self.now - gone.asked_at, "released before his time"
            back = any(isinstance(each, m.OfferClosed) and each.contact == answer.contact for each in answers)
            assert back or not self._fit_ready(gone), "released while an agent was free for him"
        self.seen[type(answer).__name__] += 1

    def _wished(self, message: m.AgentMadeReady | m.AgentMadeNotReady | m.AgentSignedOff | m.AgentSignedOn) -> None:
        """What he asks for during a talk, to come after it."""
        was = self.agents[message.agent].state
        assert was != "offline" or isinstance(message, (m.AgentSignedOn, m.AgentSignedOff)), "took what cannot be"
        talks = was in ("talking", "wrap_up")
        if isinstance(message, m.AgentMadeNotReady) and talks:
            self.wishes[message.agent] = "not_ready"
        elif isinstance(message, m.AgentSignedOff) and talks:
            self.wishes[message.agent] = "offline"
        elif isinstance(message, m.AgentMadeReady) or self.wishes[message.agent] == "offline":
            self.wishes[message.agent] = ""

    def _moved(self, old: m.AgentMoved, new: m.AgentMoved) -> None:
        """The place among the idle, the length of wrap-up, and wishes kept."""
        if new.state == "ready":
            keeps = old.state in {"offered", "dialling"} or (old.reason == "phone" and old.idle_since)
            assert new.idle_since == (old.idle_since if keeps else self.now), "lost or stole a place among the idle"
            assert not self.wishes[new.agent], "forgot what he asked for during the talk"
        if new.state == "wrap_up" and old.state == "talking":
            asked = self.rung[m.OfferId(new.offer)].contact
            assert (asked, new.until) == (new.offer.rpartition(".")[0], self.now + QUEUES["cards"].wrap_up)
        if new.state in ("not_ready", "offline"):
            self.missed[new.agent], self.wishes[new.agent] = 0, ""

    def _offered(self, made: m.MakeOffer) -> None:
        """I4, I5, I7 and the choice of agent, from what the outside knows."""
        asked = self.here[made.contact]
        assert made.offer not in self.rung, "an offer's id was used twice"
        assert not asked.offer, "a contact in two offers"
        assert made.until == self.now + QUEUES[asked.message.queue].ring_for
        assert all(self.rung[offer].agent != made.agent for offer in self.open), "an agent in two offers"
        assert self._fits(made.agent, asked.message), "not fit"
        # The move to "offered" is told just before the offer; until then he was ready.
        assert (self.agents[made.agent].state, self.agents[made.agent].offer) == ("offered", made.offer)
        for other in self.here.values():
            is_before = not other.offer and other.place(self.now) < asked.place(self.now)
            passed_over = is_before and self._fits(made.agent, other.message)
            assert not passed_over, f"{other} was passed over"
        mine = self.agents[made.agent]
        for rival in self._fit_ready(asked.message):
            rank = (rival in asked.tried, self.agents[rival].idle_since, rival)
            assert (made.agent in asked.tried, mine.idle_since, made.agent) < rank, f"{rival} came first"
        asked.offer = made.offer
        self.rung[made.offer] = made
        self.open.add(made.offer)

    def _closed(self, closed: m.OfferClosed, message: m.Told) -> None:
        assert closed.offer in self.open, "closed twice"
        self.open.discard(closed.offer)
        asked = self.here.get(closed.contact)
        if asked is None:
            return
        if closed.outcome in ("refused", "timed_out"):
            self.missed[closed.agent] += 1
            over = self.missed[closed.agent] >= QUEUES[asked.message.queue].misses
            self.wishes[closed.agent] = "not_ready" if over else ""
        asked.offer = ""
        if not (isinstance(message, m.ContactArrived) and message.contact == closed.contact):
            asked.message = replace(asked.message, at_head=True)
        if closed.outcome in ("refused", "timed_out", "failed"):
            asked.tried.add(closed.agent)

    def _fits(self, agent: str, asked: m.ContactArrived) -> bool:
        profile = PROFILES[m.AgentId(agent)]
        levels = [profile.skills.get(name, -1) >= least for name, least in asked.skills]
        return self.phones[m.AgentId(agent)] == asked.node and asked.queue in profile.queues and all(levels)

    def _fit_ready(self, asked: m.ContactArrived) -> list[str]:
        return [key for key, a in self.agents.items() if a.state == "ready" and self._fits(key, asked)]

    def _compare(self) -> None:
        """The router's records against the outside's, and its deadline against a plain search."""
        snapshot = self.router.snapshot()
        assert not (wrong := faults(snapshot, HOUSE)), wrong
        assert {c.contact for c in snapshot.contacts} == set(self.here), "a caller was lost, or is there twice"
        assert {o.offer for o in snapshot.offers if o.state in ("pending", "accepted")} == self.open
        for agent in snapshot.agents:
            assert agent.moved() == self.agents[agent.agent], "the world believes otherwise of an agent"
            assert agent.state != "ready" or agent.node, "ready without a phone"
        due = [o.until for o in snapshot.offers if o.state == "pending"]
        due += [a.until for a in snapshot.agents if a.state == "wrap_up"]
        due += [c.asked_at + c.limit for c in snapshot.contacts if c.state == "waiting" and c.limit]
        assert self.router.next_deadline() == min(due, default=None), "the wrong deadline"
