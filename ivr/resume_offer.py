"""The two steps by which a caller is asked whether he goes on where his earlier call stopped.

They do not know where that is kept; the session enters `(resume)` first when there is something to go on with, and
`(resumed)` once a caller who had to has proved who he is. Before that nothing of his point is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.breakpoint import NO, RESUMED, SILENT, YES, Landing, land
from ivr.faults import Place
from ivr.flow import Flow, Step
from ivr.messages import Collect, DigitsCollected, Play, PromptEnded, Told
from ivr.messages import Resumed as ResumedFact
from ivr.resume_rules import CHANGED, CHOICE, NEUTRAL, WAS
from ivr.steps.verb import Exit, Prompts, StepFields, Verb
from ivr.visit import Again, Leave, Outcome, Visit, Wait

if TYPE_CHECKING:
    from ivr.state import SessionState

GO_ON, START_OVER = "1", "2"
TRIES = 2
_WAIT = 5.0
_NOWHERE = Place()


def offer_step(flow: Flow, state: SessionState, name: str) -> Step | None:
    """The step `(resume)` or `(resumed)` for this caller; None when there is nothing (any more) to go on with."""
    landing = land(flow, state.offer, state.caller) if state.offer is not None else None
    if landing is None or (name == RESUMED and not landing.proof):
        return None
    verb = GoOn(_words(flow, landing), landing) if name == RESUMED else _asking(flow, landing)
    return Step(name, verb, _NOWHERE)


def _asking(flow: Flow, landing: Landing) -> AskToGoOn:
    prompts = (NEUTRAL,) if landing.proof else _words(flow, landing)
    target = flow.prove_by[0] if landing.proof else landing.step
    ways = (Exit(YES, target, _NOWHERE), Exit(NO, flow.start, _NOWHERE), Exit(SILENT, flow.start, _NOWHERE))
    return AskToGoOn((*prompts, CHOICE), landing, ways)


def _words(flow: Flow, landing: Landing) -> Prompts:
    """"Last time you were", and where; first that the service has changed, when his own point is gone."""
    changed = (CHANGED,) if landing.fallen_from else ()
    return (*changed, WAS, flow.steps[landing.step].point)


@dataclass(frozen=True, slots=True)
class AskToGoOn(Verb):
    """One key: 1 goes on, 2 starts over, and so do silence and a second wrong key."""

    VERB = "resume"
    SUMMARY = "Asks a caller whether he goes on where his earlier call stopped."
    FIELDS = ()
    EXITS = ()
    EXAMPLE = ""
    ASKS = True

    prompts: Prompts
    landing: Landing
    ways: tuple[Exit, ...]

    @classmethod
    def read(cls, fields: StepFields) -> AskToGoOn:
        raise NotImplementedError  # nobody can write this step

    @property
    def exits(self) -> tuple[Exit, ...]:
        return self.ways

    def enter(self, visit: Visit) -> Outcome:
        return Wait(Collect(self.prompts, visit.language, 1, _WAIT))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        if not isinstance(told, DigitsCollected):
            return None
        if told.digits == GO_ON:
            yes = ResumedFact(self.landing.step, YES, self.landing.fallen_from)
            return Leave(YES, told.digits, aside=() if self.landing.proof else (yes,))
        if not told.digits:
            return self._over(SILENT, "")
        if told.digits != START_OVER and visit.tries < TRIES:
            return Again(told.digits)
        return self._over(NO, told.digits)

    def _over(self, answer: str, keys: str) -> Leave:
        return Leave(answer, keys, aside=(ResumedFact(self.landing.step, answer, self.landing.fallen_from),))


@dataclass(frozen=True, slots=True)
class GoOn(Verb):
    """Tells a caller who has proved who he is where he goes on."""

    VERB = "resume"
    SUMMARY = "Tells a caller where he goes on."
    FIELDS = ()
    EXITS = ()
    EXAMPLE = ""

    prompts: Prompts
    landing: Landing

    @classmethod
    def read(cls, fields: StepFields) -> GoOn:
        raise NotImplementedError  # nobody can write this step

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (Exit("next", self.landing.step, _NOWHERE),)

    def enter(self, visit: Visit) -> Outcome:
        return Wait(Play(self.prompts, visit.language))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        del visit
        if not isinstance(told, PromptEnded):
            return None
        return Leave("next", aside=(ResumedFact(self.landing.step, YES, self.landing.fallen_from),))
