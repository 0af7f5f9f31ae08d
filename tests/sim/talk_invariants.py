"""What must hold of talks that are held, consulted about, passed on and listened to, from the facts alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import journal.facts as facts
import journal.talk_facts as told_of
from cti import ids


class Broken(AssertionError):
    """An invariant does not hold; the text names it."""


def holds(claim: bool, name: str, *shown: object) -> None:
    if not claim:
        raise Broken(name, *shown)


def what(fact) -> str:
    """What somebody is rung for: the caller, or a consult about him."""
    return fact.offer.rpartition(".")[0] if ids.is_consult(fact.offer) else fact.contact


def closes(fact, told: Iterable) -> bool:
    """Whether this end is that of an agent's offer: a supervisor and a number outside have none."""
    if isinstance(fact, told_of.ConsultEnded):
        began = any(isinstance(f, told_of.ConsultBegan) and f.offer == fact.offer for f in told)
        return began and bool(fact.agent)  # the offer of one that never began is closed by itself
    if ids.is_consult(fact.offer):
        return bool(fact.agent)
    return not ids.is_listener(fact.offer)


@dataclass
class Talks:
    """What is open: holds, consults, listeners, and the leg that has each caller."""

    held: dict[str, float] = field(default_factory=dict)
    consulting: set[str] = field(default_factory=set)
    listening: set[str] = field(default_factory=set)
    has: dict[str, str] = field(default_factory=dict)

    def hold_began(self, fact) -> None:
        is_his = fact.contact not in self.held and self.has.get(fact.contact) == fact.offer
        holds(is_his, "T1 a hold begins once, in a talk", fact)
        self.held[fact.contact] = fact.at

    def hold_ended(self, fact) -> None:
        began = self.held.pop(fact.contact, None)
        holds(began is not None and abs(fact.held - (fact.at - began)) < 1e-6, "T1 a hold ends once", fact)

    def consult_asked(self, fact) -> None:
        holds(fact.contact in self.held, "T2 the caller is on hold meanwhile", fact)
        holds(fact.contact not in self.consulting, "T2 one consult at a time", fact)
        self.consulting.add(fact.contact)

    def consult_ended(self, fact) -> None:
        holds(fact.contact in self.consulting, "T2 a consult ends once", fact)
        self.consulting.discard(fact.contact)

    def transferred(self, fact) -> None:
        holds(fact.contact not in self.has and fact.contact not in self.held, "T3 who passes on has him no more", fact)
        if fact.warm:
            self.consult_ended(fact)
            self.has[fact.contact] = fact.to_offer

    def taken_over(self, fact) -> None:
        holds(fact.contact not in self.has, "T3 who is relieved has him no more", fact)
        holds(fact.contact not in self.consulting, "T2 nobody is asked any more", fact)
        self.has[fact.contact] = fact.leg

    def answered(self, fact) -> None:
        holds(fact.contact not in self.has, "T3 one has the caller", fact)
        self.has[fact.contact] = fact.offer

    def ended(self, fact) -> None:
        holds(fact.contact not in self.held, "T1 a hold ends before the talk", fact)
        holds(self.has.pop(fact.contact, "") == fact.offer, "T3 who ends had the caller", fact)

    def joined(self, fact) -> None:
        self.listening.add(fact.leg)

    def left(self, fact) -> None:
        holds(fact.leg in self.listening, "T4 who leaves had joined, once", fact)
        self.listening.discard(fact.leg)


TAKERS: dict[type, Callable[[Talks, object], None]] = {
    told_of.HoldBegan: Talks.hold_began,
    told_of.HoldEnded: Talks.hold_ended,
    told_of.ConsultAsked: Talks.consult_asked,
    told_of.ConsultEnded: Talks.consult_ended,
    told_of.CallerTransferred: Talks.transferred,
    told_of.TalkTakenOver: Talks.taken_over,
    told_of.SupervisorJoined: Talks.joined,
    told_of.SupervisorLeft: Talks.left,
    facts.AgentAnswered: Talks.answered,
    facts.TalkEnded: Talks.ended,
}


def check_talks(told: list) -> None:
    """What began in a talk ended once, before the talk did; who passes a caller on had him."""
    talks = Talks()
    for fact in told:
        if type(fact) in TAKERS:
            TAKERS[type(fact)](talks, fact)
    holds(not (talks.held or talks.consulting or talks.listening or talks.has), "T5 nothing stays open", talks)
