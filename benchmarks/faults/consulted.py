"""What the facts must say of talks that are moved: holds, consults, who has the caller, who listens.

It does not know the other books, nor the switch. Raises `Broken` by the names of `tests/sim/talk_invariants.py`.

    T1  a hold begins once, in a talk, and ends once      T2  one consult at a time, with somebody who was asked
    T3  one has the caller, and who passes him on no more
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import journal.facts as facts
from benchmarks.faults.broken import holds
from cti import ids

_OF_OFFERS = (facts.OfferMade, facts.AgentRang, facts.OfferClosed)


def is_of_consult(fact: object) -> bool:
    """Whether this is told of somebody who is rung for a consult; his talk with the caller is one like any."""
    return isinstance(fact, _OF_OFFERS) and ids.is_consult(fact.offer)


@dataclass(slots=True)
class Moved:
    """How the talk of one contact stands by the facts. `asked` is the leg of who was asked, once he has answered."""

    held: bool = False
    consulting: bool = False
    asked: str = ""
    third: str = ""  # his agent's name
    has: str = ""
    listening: set[str] = field(default_factory=set)

    def read(self, fact: Any) -> None:
        """One more fact of this contact."""
        reader = _READERS.get(type(fact))
        if reader is not None:
            reader(self, fact)

    def end(self, fact: facts.CallEnded) -> None:
        """Nothing is left open."""
        left = self.held or self.consulting or self.has or self.listening
        holds(not left, "T3 nothing of a talk stays open", fact, self)

    def _answered(self, fact: facts.AgentAnswered) -> None:
        holds(not self.has, "T3 one has the caller", fact, self)
        self.has = fact.offer

    def _talked(self, fact: facts.TalkEnded) -> None:
        holds(self.has == fact.offer, "T3 who stops talking had him", fact, self)
        holds(not self.held, "T1 a hold ends before the talk", fact, self)
        self.has = ""

    def _hold_began(self, fact: facts.HoldBegan) -> None:
        holds(not self.held and self.has == fact.offer, "T1 a hold begins once, in a talk", fact, self)
        self.held = True

    def _hold_ended(self, fact: facts.HoldEnded) -> None:
        holds(self.held and fact.held >= 0, "T1 a hold ends once", fact, self)
        self.held = False

    def _asked(self, fact: facts.ConsultAsked) -> None:
        holds(self.held and not self.consulting, "T2 one consult at a time, the caller on hold", fact, self)
        self.consulting, self.asked, self.third = True, "", ""

    def _met(self, fact: facts.ConsultBegan) -> None:
        holds(self.consulting and self.held and not self.asked, "T2 a consult begins once", fact, self)
        self.asked, self.third = fact.offer, fact.agent

    def _swapped(self, fact: facts.ConsultSwapped) -> None:
        his = self.consulting and self.asked == fact.offer and self.held is not fact.with_caller
        holds(his, "T2 who is turned to was asked, and the other waits", fact, self)

    def _conferred(self, fact: facts.ConferenceBegan) -> None:
        his = self.consulting and self.asked == fact.third_offer and self.has == fact.offer and not self.held
        holds(his, "T2 three are the two and who was asked", fact, self)

    def _consult_ended(self, fact: facts.ConsultEnded) -> None:
        holds(self.consulting and fact.talked >= 0, "T2 a consult ends once", fact, self)
        self.consulting, self.asked, self.third = False, "", ""

    def _passed_on(self, fact: facts.CallerTransferred) -> None:
        holds(not self.has and not self.held, "T3 who passes on has him no more", fact, self)
        if fact.warm:
            holds(self.consulting and self.asked == fact.to_offer, "T3 who gets him was asked", fact, self)
            self.consulting, self.asked, self.third, self.has = False, "", "", fact.to_offer
        else:
            holds(not self.consulting, "T2 nobody is asked any more", fact, self)

    def _taken_over(self, fact: facts.TalkTakenOver) -> None:
        holds(not self.has and not self.consulting, "T3 who is relieved has him no more", fact, self)
        self.has = fact.leg

    def _joined(self, fact: facts.SupervisorJoined) -> None:
        holds(fact.leg not in self.listening, "T3 a supervisor joins once", fact, self)
        self.listening.add(fact.leg)

    def _left(self, fact: facts.SupervisorLeft) -> None:
        holds(fact.leg in self.listening, "T3 a supervisor leaves once", fact, self)
        self.listening.discard(fact.leg)


_READERS = {
    facts.AgentAnswered: Moved._answered,  # noqa: SLF001 (the table of this very class)
    facts.TalkEnded: Moved._talked,  # noqa: SLF001 (as above)
    facts.HoldBegan: Moved._hold_began,  # noqa: SLF001 (as above)
    facts.HoldEnded: Moved._hold_ended,  # noqa: SLF001 (as above)
    facts.ConsultAsked: Moved._asked,  # noqa: SLF001 (as above)
    facts.ConsultBegan: Moved._met,  # noqa: SLF001 (as above)
    facts.ConsultSwapped: Moved._swapped,  # noqa: SLF001 (as above)
    facts.ConferenceBegan: Moved._conferred,  # noqa: SLF001 (as above)
    facts.ConsultEnded: Moved._consult_ended,  # noqa: SLF001 (as above)
    facts.CallerTransferred: Moved._passed_on,  # noqa: SLF001 (as above)
    facts.TalkTakenOver: Moved._taken_over,  # noqa: SLF001 (as above)
    facts.SupervisorJoined: Moved._joined,  # noqa: SLF001 (as above)
    facts.SupervisorLeft: Moved._left,  # noqa: SLF001 (as above)
}
