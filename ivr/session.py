"""Runs one caller through a flow until it must wait, and goes on where it was, also in another process.

It does not know single verbs, telephones or clocks.

What can be saved of a session is its `SessionState` (`ivr/state.py`), which can be rebuilt from what is also answered
as a fact. Secrets live in the session's memory alone. When they are lost while a step ahead still needs them, the
session goes back to the step that asked for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ivr import breakpoint as points
from ivr import trail as trails
from ivr.flow import Flow, Step
from ivr.messages import Answer, Aside, CallerCame, CallerIdentified, End, Resumed, StepEntered, StepLeft, Told
from ivr.resume_offer import offer_step
from ivr.state import AGAIN, ASKED_AGAIN, ENDED, FLOW_CHANGED, LANGUAGE, Caller, SessionState, first_state
from ivr.steps.hangup import CAUSES, Hangup
from ivr.steps.queue import ANSWERED, Queue
from ivr.visit import Again, Finish, Leave, Outcome, Visit, Wait

__all__ = ["Caller", "Recorded", "Session", "SessionState", "first_state", "rebuild"]

MAX_STEPS_PER_TURN = 100  # steps in one turn: a flow that never waits is ended as failed
MAX_STEPS_PER_CALL = 2000  # steps in one call: a caller who leans on a key does not fill the journal
FAILED_CAUSE = 41  # Q.850 temporary failure

_NOTHING: frozenset[str] = frozenset()

Recorded = StepEntered | StepLeft | CallerIdentified | Resumed  # what the state can be rebuilt from


def rebuild(flow: Flow, state: SessionState, fact: Recorded) -> SessionState:
    """The state after a fact from the record. Fold the facts of a call over its `first_state`."""
    if isinstance(fact, StepEntered):
        state = points.traced(flow, state, fact)
        return state.entered(fact.step, fact.tries, flow.live_secrets.get(fact.step, _NOTHING))
    if isinstance(fact, Resumed):
        return points.answered(flow, state, fact)
    if isinstance(fact, CallerIdentified):
        return _identified(flow, state, fact)
    state = points.traced(flow, state, fact)
    step = flow.steps.get(fact.step)
    state = state.left(fact, step.verb.secret_writes() if step else ())
    if fact.exit != ENDED or step is None:
        return state
    return state.changed(cause=step.verb.cause if isinstance(step.verb, Hangup) else CAUSES["normal"])


def _identified(flow: Flow, state: SessionState, fact: CallerIdentified) -> SessionState:
    """The state of a caller of whom more is known. Private variables outlive only a proof by the same customer."""
    caller = state.caller
    if fact.customer:
        caller = replace(caller, customer=fact.customer, customer_name=fact.customer_name, segment=fact.segment)
    if fact.level == points.FAILED:
        caller = replace(caller, customer_name="")
    gone: frozenset[str] = frozenset() if _same_person(state, fact) else flow.private
    return replace(
        state,
        level=fact.level,
        caller=caller,
        variables=tuple(pair for pair in state.variables if pair[0] not in gone),
        private=tuple(name for name in state.private if name not in gone),
    )


def _same_person(state: SessionState, fact: CallerIdentified) -> bool:
    """Whether somebody has proved that he is the customer whose private variables the state may hold."""
    if fact.level != points.AUTHENTICATED:
        return False
    if state.level == points.AUTHENTICATED:
        return fact.customer in ("", state.caller.customer)
    return bool(fact.customer) and fact.customer == state.caller.customer


class Session:
    """One caller in one flow."""

    def __init__(self, flow: Flow, state: SessionState) -> None:
        self._flow = flow
        self._state = state
        self._secrets: dict[str, str] = {}

    @property
    def state(self) -> SessionState:
        """All that may be saved."""
        return self._state

    @property
    def flow(self) -> Flow:
        return self._flow

    @property
    def ends_after_talk(self) -> bool:
        """Whether the caller is in a queue step after whose talk the flow only hangs up."""
        step = self._flow.steps.get(self._state.step)
        if step is None or not isinstance(step.verb, Queue):
            return False
        after = self._flow.steps[step.target(ANSWERED)].verb
        return isinstance(after, Hangup) and after.cause == CAUSES["normal"]

    @property
    def collecting_secret(self) -> bool:
        """Whether the next keys are ones that no record may show: also where nobody knows what was asked."""
        if self._state.step in {points.OFFER, points.RESUMED}:
            return False
        step = self._flow.steps.get(self._state.step)
        return step is None or step.verb.hides_keys()

    def takes(self, told: Told, now: float) -> bool:
        """Whether the caller's step takes these keys, or asks for them again or gives up. Changes nothing."""
        step = self._flow.steps.get(self._state.step)
        if step is None:
            return False
        outcome = step.verb.resume(_Turn(self._flow, self._state, self._secrets, now).visit(), told)
        gone = isinstance(outcome, Leave) and outcome.exit != step.verb.exits[0].name
        return not gone and not isinstance(outcome, Again)

    def handle(self, told: Told, now: float) -> list[Answer]:
        """What follows from `told`: facts, then exactly one thing to do; [] when `told` is no answer to the last one.

        An exception leaves the session as it was.
        """
        turn = _Turn(self._flow, self._state, dict(self._secrets), now)
        turn.take(told)
        self._state, self._secrets = turn.state, turn.secrets
        return turn.answers


@dataclass(slots=True)
class _Turn:
    """One message and everything that follows from it until the caller must be waited for."""

    flow: Flow
    state: SessionState
    secrets: dict[str, str]
    now: float
    answers: list[Answer] = field(default_factory=list)

    def take(self, told: Told) -> None:
        came = isinstance(told, CallerCame)
        step = self._step(self.state.step)
        lost = self._lost()
        if self.state.ended:
            if came:
                self.answers.append(End(self.state.cause))
        elif not self.state.step:
            if came:
                self._run(self._enter(points.OFFER if self.state.offer else self.flow.start))
        elif step is None:
            self._run(self._begin_again())
        elif lost:
            self._run(self._move(StepLeft(step.name, ASKED_AGAIN), lost))
        else:
            outcome = step.verb.enter(self.visit()) if came else step.verb.resume(self.visit(), told)
            if outcome is not None:
                self._run(outcome)

    def _begin_again(self) -> Outcome | None:
        if self.state.offer:
            self._aside(Resumed("", points.GONE))
        return self._move(StepLeft(self.state.step, FLOW_CHANGED), self.flow.start)

    def _run(self, outcome: Outcome | None) -> None:
        for _ in range(MAX_STEPS_PER_TURN):
            if outcome is None or self.state.visits > MAX_STEPS_PER_CALL:
                break
            if isinstance(outcome, Wait):
                self.answers.append(outcome.answer)
                return
            if isinstance(outcome, Finish):
                self._finish(outcome.cause)
                return
            step = self._step(self.state.step)
            outcome = self._follow(step, outcome) if step else None
        self.state = self.state.changed(ended=True, cause=FAILED_CAUSE)
        self.answers.append(End(FAILED_CAUSE, failed=True))

    def _follow(self, step: Step, outcome: Leave | Again) -> Outcome | None:
        count = outcome.secret_keys
        secret = count is not None
        if isinstance(outcome, Again):
            tries = self.state.tries + 1
            fact = StepLeft(step.name, AGAIN, outcome.keys, secret, _count(outcome.keys, count))
            return self._move(fact, step.name, tries)
        for aside in outcome.aside:
            self._aside(aside)
        refused, target = points.proved(
            self.flow, self.state, outcome.aside, step.name, step.target(outcome.exit)
        )
        if refused:
            self._aside(refused)
        self.secrets.update(outcome.secrets)
        fact = StepLeft(step.name, outcome.exit, outcome.keys, secret, _count(outcome.keys, count), outcome.kept)
        return self._move(fact, target)

    def _aside(self, aside: Aside) -> None:
        if isinstance(aside, Resumed):
            self._resumed(aside)
            return
        self.answers.append(aside)
        if isinstance(aside, CallerIdentified):
            self.state = rebuild(self.flow, self.state, aside)

    def _resumed(self, fact: Resumed) -> None:
        claim = points.claim(self.state, fact)
        self.state = rebuild(self.flow, self.state, fact)
        kept = (*self.state.variables, (LANGUAGE, self.state.language)) if fact.answer == points.YES else ()
        self.answers.append(replace(fact, kept=kept))
        if claim:
            self._aside(claim)

    def _move(self, fact: StepLeft, target: str, tries: int = 1) -> Outcome | None:
        self.answers.append(fact)
        self.state = rebuild(self.flow, self.state, fact)
        return self._enter(target, tries)

    def _enter(self, name: str, tries: int = 1) -> Outcome | None:
        step = self._step(name)
        if step is None:
            return None
        said = trails.said(self.state.retrace, name) if step.verb.ASKS or step.verb.ONCE else ""
        fact = StepEntered(name, step.verb.VERB, tries, step.goal)
        self.answers.append(fact)
        self.state = rebuild(self.flow, self.state, fact)
        if self.secrets:
            live = {secret for secret, _ in self.state.asked}
            self.secrets = {key: value for key, value in self.secrets.items() if key in live}
        lost = self._lost()
        if lost:
            return self._move(StepLeft(name, ASKED_AGAIN), lost)
        return Leave(said) if said else step.verb.enter(self.visit())

    def _step(self, name: str) -> Step | None:
        if name in (points.OFFER, points.RESUMED):
            return offer_step(self.flow, self.state, name)
        return self.flow.steps.get(name)

    def _lost(self) -> str:
        """The step that asked for a secret which is still needed and was lost with another process or call."""
        for name, step in self.state.asked:
            if name not in self.secrets:
                return step
        return ""

    def _finish(self, cause: int) -> None:
        fact = StepLeft(self.state.step, ENDED)
        self.answers.extend((fact, End(cause)))
        self.state = rebuild(self.flow, self.state, fact).changed(cause=cause)

    def visit(self) -> Visit:
        state = self.state
        return Visit(self.now, state.language, state.tries, self._lookup, state.caller.may_call)

    def _lookup(self, name: str) -> str:
        if name in self.flow.private and self.state.level != points.AUTHENTICATED:
            return ""
        attribute = _ATTRIBUTES.get(name)
        if attribute is not None:
            return attribute(self.state)
        if name in self.secrets:
            return self.secrets[name]
        return next((text for known, text in reversed(self.state.variables) if known == name), "")


_ATTRIBUTES: Mapping[str, Callable[[SessionState], str]] = {
    "caller.number": lambda state: state.caller.number,
    "caller.name": lambda state: state.caller.name,
    "caller.called": lambda state: state.caller.called,
    "caller.level": lambda state: state.level,
    "customer.id": lambda state: state.caller.customer,
    "customer.name": lambda state: state.caller.customer_name,
    "customer.segment": lambda state: state.caller.segment,
    "language": lambda state: state.language,
}


def _count(keys: str, secret_keys: int | None) -> int:
    return len(keys) if secret_keys is None else secret_keys
