"""A call's facts as its journey through the flow.

It does not count anything: `ivr/figures.py` does, for the page, the API, the command line and the drawings alike.
A caller whom an agent passed on to another flow is counted in the one that he came in by, up to there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from ivr.figures import END, Ending, Journey, Visit
from journal import facts as f
from journal.codec import AnyFact

KINDS: Final = (
    f.CallStarted, f.StepEntered, f.StepLeft, f.CallerQueued, f.CallbackAsked, f.TransferMade, f.AgentAnswered,
    f.CallEnded, f.CallerTransferred,
)  # fmt: skip
TALKED: Final = "answered"


def journeys(facts: Iterable[AnyFact]) -> Iterator[Journey]:
    """The journeys of calls whose facts stand together, each in order; other kinds of facts are passed over."""
    for _, told in groupby(facts, lambda fact: getattr(fact, "contact", "")):
        journey = journey_of(told)
        if journey is not None:
            yield journey


def journey_of(facts: Iterable[AnyFact]) -> Journey | None:
    """The journey of one call, from its facts in order; None when it never started."""
    call = _Call()
    for fact in facts:
        call.take(fact)
    return call.journey()


@dataclass(slots=True)
class _Call:
    """What one call's facts have said so far."""

    started: f.CallStarted | None = None
    visits: list[Visit] = field(default_factory=list)
    asked: bool = False
    answered: bool = False
    talked_here: bool = False
    ended: f.CallEnded | None = None
    passed_on_at: float | None = None

    def take(self, fact: AnyFact) -> None:
        if self.passed_on_at is not None:
            return
        match fact:
            case f.CallerTransferred():
                self.passed_on_at = fact.at if fact.kind == "flow" else None
            case f.CallStarted():
                self.started = fact
            case f.StepEntered():
                self.visits.append(Visit(fact.step, fact.verb, fact.at, goal=fact.goal))
                self.talked_here = False
            case f.StepLeft():
                self._left(fact)
            case f.CallEnded():
                self.ended = fact
            case _:
                self._person(fact)

    def _left(self, fact: f.StepLeft) -> None:
        if self.visits and self.visits[-1].step == fact.step and not self.visits[-1].exit:
            count = fact.key_count or len(fact.keys)
            left = replace(self.visits[-1], left_at=fact.at, exit=fact.exit, keys=fact.keys, key_count=count)
            self.visits[-1] = left
            self.talked_here = False

    def _person(self, fact: AnyFact) -> None:
        if isinstance(fact, f.CallerQueued | f.CallbackAsked | f.TransferMade):
            self.asked = True
        if isinstance(fact, f.AgentAnswered) or (isinstance(fact, f.TransferMade) and fact.why == TALKED):
            self.asked = self.answered = self.talked_here = True

    def journey(self) -> Journey | None:
        if self.started is None:
            return None
        ended_at = self.ended.at if self.ended else self.passed_on_at
        return Journey(
            self.started.contact, self.started.flow, self.started.version, self.started.at, tuple(self.visits),
            self._ending(), ended_at, self.asked, self.answered,
        )  # fmt: skip

    def _ending(self) -> Ending:
        if self.visits and self.visits[-1].exit == END:
            return Ending.FINISHED
        if self.passed_on_at is not None:
            return Ending.ANSWERED
        if self.ended is None:
            return Ending.OPEN
        if self.ended.outcome == "lost":
            return Ending.LOST
        return Ending.ANSWERED if self.talked_here else Ending.HUNG_UP
