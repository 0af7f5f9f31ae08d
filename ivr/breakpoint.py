"""Going on where an earlier call stopped: what is kept of a caller who goes, where he lands, what he gets back.

It does not know how he is asked, nor where what is kept is stored meanwhile. What is kept is a `SessionState`, as it
stood when he went, with `step` set to his point.

What may be told to whoever calls from the same number? A `freely` step that he had reached before he proved who he was,
and what was known by then. All else waits for a new proof, by the steps of `prove_by`, that it is the same customer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivr import trail as trails
from ivr.flow import Flow, Resume
from ivr.messages import CallerIdentified, Resumed, StepEntered, StepLeft
from ivr.trail import ASKED_AGAIN, Visited

if TYPE_CHECKING:
    from ivr.state import Caller, SessionState

OFFER, RESUMED = "(resume)", "(resumed)"  # steps that every flow with `resume_for` has, and nobody can write
IDENTIFIED, AUTHENTICATED, FAILED = "identified", "authenticated", "failed"
YES, NO, SILENT, REFUSED, GONE = "yes", "no", "silent", "refused", "gone"


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a caller would go on. `proof`: only once he has proved who he is.

    `fallen_from` is his point when it can no longer be landed at, and `step` is what stands before it; else "".
    """

    step: str
    proof: bool = False
    fallen_from: str = ""


def keep(flow: Flow, state: SessionState) -> SessionState | None:
    """What is kept of a caller who goes before the flow has finished with him; None when nothing may be.

    His point is the last step he came to that may be resumed. Who has just come in, could not prove who he is, or has
    reached a goal since, has none: what is done is not done again.
    """
    if not flow.resume_for or state.ended or state.offer is not None:
        return None
    landing = _land(flow, state)
    if landing is None:
        return None
    trail = _upto(state.trail, landing.step)
    if any(visited.step in flow.steps and flow.steps[visited.step].goal for visited in state.trail[len(trail):]):
        return None
    return state.changed(step=landing.step, tries=1, trail=trail, retrace=())


def land(flow: Flow, kept: SessionState, caller: Caller) -> Landing | None:
    """Where `caller`, calling again, would land in `flow`, now perhaps another version; None: he is offered nothing."""
    if not flow.resume_for or flow.name != kept.flow or _another(kept, caller):
        return None
    landing = _land(flow, kept)
    if landing is None or landing.step == kept.step:
        return landing
    return replace(landing, fallen_from=kept.step)


def _another(kept: SessionState, caller: Caller) -> bool:
    """Whether the number is now somebody else's than the customer who was kept."""
    if kept.level:
        return bool(caller.customer) and caller.customer != kept.caller.customer
    return caller.customer != kept.caller.customer


def _land(flow: Flow, kept: SessionState) -> Landing | None:
    if kept.level == FAILED:
        return None
    needs = needed(flow) if flow.version != kept.version else {}
    for visited in reversed(kept.trail):
        rule = _rule(flow, kept, visited)
        proof = rule is Resume.AUTHENTICATED
        if rule is not Resume.NEVER and needs.get(visited.step, frozenset()) <= _known(flow, kept, proof=proof).keys():
            return None if visited.step == flow.start else Landing(visited.step, proof)
    return None


def _rule(flow: Flow, kept: SessionState, visited: Visited) -> Resume:
    step = flow.steps.get(visited.step)
    if step is None or step.resume is Resume.NEVER:
        return Resume.NEVER
    if len(_asked(flow, kept, visited.step)) < len(flow.live_secrets.get(visited.step, ())):
        return Resume.NEVER
    if step.resume is Resume.FREELY and visited.level != AUTHENTICATED:
        return Resume.FREELY
    return Resume.AUTHENTICATED if _can_prove(flow, kept) else Resume.NEVER


def _can_prove(flow: Flow, kept: SessionState) -> bool:
    """Whether it can be told that it is he, with what the steps of the proof ask for and what he had keyed."""
    steps = [flow.steps[name].verb for name in flow.prove_by]
    asked = {name for verb in steps for name in (*verb.reads(), *verb.secret_reads()) if _is_variable(name)}
    given = {name for verb in steps for name in verb.writes()}
    return bool(steps and kept.caller.customer) and asked - given <= _known(flow, kept, proof=False).keys()


def _is_variable(name: str) -> bool:
    return "." not in name and name != "language"


def _asked(flow: Flow, kept: SessionState, name: str) -> tuple[tuple[str, str], ...]:
    """The secrets that are still needed at a step and by which steps before it, that stand, he was asked for them."""
    needed_here = flow.live_secrets.get(name, frozenset())
    asked: dict[str, str] = {}
    for visited in _upto(kept.trail, name)[:-1]:
        step = flow.steps.get(visited.step) if visited.secret else None
        for secret in step.verb.secret_writes() if step else ():
            asked.pop(secret, None)
            asked[secret] = visited.step
    return tuple((secret, step) for secret, step in asked.items() if secret in needed_here)


def _known(flow: Flow, kept: SessionState, *, proof: bool) -> dict[str, str]:
    """The variables that he gets back: what is private with a proof alone."""
    hidden = () if proof else {*kept.private, *flow.private}
    return {name: text for name, text in kept.variables if name not in hidden}


def needed(flow: Flow) -> Mapping[str, frozenset[str]]:
    """For each step, the variables that it or a step after it may read before they are set; no secrets."""
    secret = {name for step in flow.steps.values() for name in step.verb.secret_writes()}
    needs: dict[str, frozenset[str]] = dict.fromkeys(flow.steps, frozenset())
    changed = True
    while changed:
        changed = False
        for name, step in flow.steps.items():
            ahead = frozenset().union(*(needs[way.step] for way in step.verb.exits))
            read = {each for each in step.verb.reads() if _is_variable(each)}
            here = (ahead - set(step.verb.writes())) | (read - secret)
            changed = changed or here != needs[name]
            needs[name] = here
    return needs


# ── what the session remembers of it ────────────────────────────────────────────────────────────────────────────────


def offered(flow: Flow, state: SessionState, kept: SessionState) -> SessionState:
    """The first state of a caller who is offered to go on; he is spoken to in the language he had."""
    language = kept.language if kept.language in flow.languages else state.language
    return state.changed(offer=kept, language=language)


def answered(flow: Flow, state: SessionState, fact: Resumed) -> SessionState:
    """The state after the offer has come to its end; after `yes` the caller is about to enter `fact.step`."""
    kept = state.offer
    if kept is None:
        return state
    if fact.answer == YES:
        return _landed(flow, state, kept, fact.step)
    if fact.answer in (NO, SILENT):
        return state.changed(offer=None, language=flow.language)
    lent = _known(flow, kept, proof=False).items()
    return state.changed(offer=None, variables=tuple(pair for pair in state.variables if pair not in lent))


def agreed(flow: Flow, state: SessionState) -> SessionState:
    """The state of a caller who wants to go on and is to prove who he is: what he had keyed may be used for it."""
    kept = state.offer
    return state if kept is None else state.changed(variables=tuple(_known(flow, kept, proof=False).items()))


def _landed(flow: Flow, state: SessionState, kept: SessionState, step: str) -> SessionState:
    proved = state.level == AUTHENTICATED
    before = _known(flow, kept, proof=proved)
    return state.changed(
        variables=tuple({**before, **dict(state.variables)}.items()),
        asked=_asked(flow, kept, step),
        trail=tuple(visited for visited in _upto(kept.trail, step) if visited.step != step),
        private=tuple(dict.fromkeys((*kept.private, *state.private))) if proved else (),
        offer=None,
    )


def claim(state: SessionState, fact: Resumed) -> CallerIdentified | None:
    """Who the caller had said he was at the step where he goes on without a proof, if he had; never more than that."""
    kept = state.offer
    if kept is None or fact.answer != YES or state.level == AUTHENTICATED:
        return None
    if not any(visited.step == fact.step and visited.level == IDENTIFIED for visited in kept.trail):
        return None
    who = kept.caller
    return CallerIdentified(IDENTIFIED, who.customer, who.customer_name, who.segment)


def _upto(trail: tuple[Visited, ...], step: str) -> tuple[Visited, ...]:
    last = max((n for n, visited in enumerate(trail) if visited.step == step), default=-1)
    return trail[: last + 1]


def proved(
    flow: Flow, state: SessionState, told: Collection[object], step: str, target: str
) -> tuple[Resumed | None, str]:
    """What follows when a caller who was asked for a proof leaves `step` for `target`, and `told` is what came of it.

    Returns the end of the offer if this is one, and where he goes. Only a proof that names the customer is one.
    """
    kept = state.offer
    if kept is None or step in (OFFER, RESUMED):
        return None, target
    who = [each.customer for each in told if isinstance(each, CallerIdentified) and each.level == AUTHENTICATED]
    if state.level == AUTHENTICATED and who[-1:] == [kept.caller.customer]:
        return None, RESUMED
    if state.level in (AUTHENTICATED, FAILED) or target not in flow.prove_by:
        return Resumed("", REFUSED), target
    return None, target


def traced(flow: Flow, state: SessionState, fact: StepEntered | StepLeft) -> SessionState:
    """The state with his way kept up to a fact that is about to change it."""
    if fact.step in (OFFER, RESUMED):
        return agreed(flow, state) if isinstance(fact, StepLeft) and fact.exit == YES else state
    if isinstance(fact, StepEntered):
        if fact.tries > 1:
            return state
        trail, retrace = trails.entered(state.trail, state.retrace, fact.step, state.level)
        return state.changed(trail=trail, retrace=retrace)
    retrace = state.trail if fact.exit == ASKED_AGAIN else state.retrace
    private = state.private
    if fact.kept and state.level == AUTHENTICATED:
        private += tuple(name for name, _ in fact.kept if name not in private and name != "language")
    step = flow.steps.get(fact.step)
    trail = trails.left(state.trail, fact, once=step is not None and step.verb.ONCE)
    return state.changed(trail=trail, retrace=retrace, private=private)
