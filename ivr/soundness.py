"""Whether a flow as a whole is sound: every way leads somewhere, no step is lost, nobody goes round for ever.

It does not know single verbs: it asks each step for its exits and for the names that it reads and writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ivr import graph
from ivr.dataflow import check_set_before_use
from ivr.expression import ATTRIBUTES
from ivr.faults import did_you_mean
from ivr.privacy import check_private
from ivr.steps.verb import FlowScope

if TYPE_CHECKING:
    from ivr.flow import Step

Steps = Mapping[str, "Step | None"]
# A variable with one of these words in its name holds what only its owner may know.
SECRET_WORDS = frozenset({"pin", "cvv", "cvv2", "cvc", "cvc2", "cvn", "otp", "password", "passcode", "passphrase"})


def check(steps: Steps, start: str, scope: FlowScope, resume_for: int = 0) -> None:
    """Tell every fault of the whole to `scope.faults`. None stands for a step whose own lines are at fault."""
    _check_targets(steps, scope)
    _check_names(steps, scope)
    _check_masked(steps, scope)
    if not scope.is_part:
        _check_resumes(steps, scope, resume_for)
    _check_loops(steps, scope)
    if start in steps and _every_way_leads_on(steps):
        _check_reached(steps, start, scope)
        _check_ends(steps, scope)
        check_set_before_use(steps, start, scope, scope.parameters)
        if not scope.is_part:
            check_private({name: step for name, step in steps.items() if step}, start, scope)


def live_secrets(steps: Mapping[str, Step]) -> dict[str, frozenset[str]]:
    """For each step, the secret variables that it or a step after it may read before they are set anew."""
    live: dict[str, frozenset[str]] = dict.fromkeys(steps, frozenset())
    changed = True
    while changed:
        changed = False
        for name, step in steps.items():
            ahead = frozenset().union(*(live[way.step] for way in step.verb.exits))
            here = (ahead - set(step.verb.writes())) | set(step.verb.secret_reads())
            if here != live[name]:
                live[name] = here
                changed = True
    return live


def _check_targets(steps: Steps, scope: FlowScope) -> None:
    for name, step in steps.items():
        for way in step.verb.exits if step else ():
            if way.step and way.step not in steps:
                message = f"step '{name}': {way.name} leads to '{way.step}', which is not a step"
                scope.faults.add(way.place, "unknown-step", message, did_you_mean(way.step, steps))


def _every_way_leads_on(steps: Steps) -> bool:
    """Whether it can be told what is reached: after a wrong target everything behind it would seem lost."""
    return all(step and all(way.step in steps for way in step.verb.exits) for step in steps.values())


def _check_names(steps: Steps, scope: FlowScope) -> None:
    present = [step.verb for step in steps.values() if step]
    secret = {name for verb in present for name in verb.secret_writes()}
    written = {*scope.parameters, *(name for verb in present for name in verb.writes())}
    for owner, name, place in scope.references:
        if name not in written and name not in ATTRIBUTES and not scope.parts_at_fault:
            hint = did_you_mean(name, {*written, *ATTRIBUTES})
            scope.faults.add(place, "unknown-variable", f"{owner}: nothing sets '{name}'", hint)
    shown = {(f"step '{step.name}'", name) for step in steps.values() if step for name in step.verb.reads()}
    for owner, name, place in scope.references:
        if name in secret and (owner, name) in shown:
            message = f"{owner}: '{name}' is secret; here it would end up in the records"
            scope.faults.add(place, "secret-shown", message, "give it another name, or do not mark it secret")
    for step in steps.values():
        mixed = secret & set(step.verb.writes()) - set(step.verb.secret_writes()) if step else set()
        for name in sorted(mixed):
            if step:
                message = f"step '{step.name}': '{name}' is secret in another step and not in this one"
                scope.faults.add(step.place, "secret-mixed", message, "use two names")


def _check_reached(steps: Steps, start: str, scope: FlowScope) -> None:
    targets = {name: tuple(way.step for way in step.verb.exits) if step else () for name, step in steps.items()}
    reached = graph.reached(targets, (start,))
    for name, step in steps.items():
        if step and name not in reached and name not in scope.inner:
            message = f"step '{name}' is never reached from '{start}'"
            scope.faults.add(step.place, "unreachable", message, "lead an exit here, or remove the step")


def _check_masked(steps: Steps, scope: FlowScope) -> None:
    """What only its owner may know is asked for with `secret: true`."""
    for step in steps.values():
        open_names = set(step.verb.writes()) - set(step.verb.secret_writes()) if step and step.verb.ASKS else set()
        for name in sorted(open_names):
            if step and SECRET_WORDS & set(name.split("-")):
                message = f"step '{step.name}': '{name}' would be recorded and shown"
                scope.faults.add(step.place, "secret-unmasked", message, "write `secret: true`")


def _check_resumes(steps: Steps, scope: FlowScope, resume_for: int) -> None:
    """A step may be resumed only where the flow says for how long; the other rules are in `ivr/resume_rules.py`."""
    resumed = [step for step in steps.values() if step and step.resume != "never"]
    for step in resumed[:1] if not resume_for else []:
        message = f"step '{step.name}' may be resumed, but the flow does not say for how long"
        scope.faults.add(step.place, "no-resume-time", message, "write for example `resume_for: 2h` above `steps:`")


def _check_ends(steps: Steps, scope: FlowScope) -> None:
    """From every step some way leads to the end. One fault for each knot of steps from which none does."""
    targets = {name: tuple(way.step for way in step.verb.exits) for name, step in steps.items() if step}
    ending = graph.reached(graph.backwards(targets), (name for name, ways in targets.items() if not ways))
    lost = [step for name, step in steps.items() if step and name not in ending]
    told = {name for loop in _silent_loops(steps) for name in loop}
    if lost and not told & {step.name for step in lost}:
        names = ", ".join(step.name for step in lost[:5]) + (", ..." if len(lost) > 5 else "")
        message = f"no way leads from here to the end of the call: {names}"
        scope.faults.add(lost[0].place, "dead-end", message, "lead one of the exits to a hangup")


def _check_loops(steps: Steps, scope: FlowScope) -> None:
    """A caller who presses nothing must come to a person or to the end."""
    for loop in _silent_loops(steps):
        first = steps[loop[0]]
        if first is None:
            continue
        path = " -> ".join((*loop, loop[0]))
        asks = any(step.verb.ASKS for name in loop if (step := steps[name]))
        if asks:
            message = f"a caller who presses nothing goes round for ever: {path}"
            hint = "let the last no_input lead to a person or to the end"
            scope.faults.add(first.place, "silent-loop", message, hint)
        else:
            message = f"this loop never waits for the caller: {path}"
            scope.faults.add(first.place, "endless-loop", message, "put a menu, a collect or a queue into it")


def _silent_loops(steps: Steps) -> list[tuple[str, ...]]:
    return graph.loops({name: _silent_targets(step) for name, step in steps.items()})


def _silent_targets(step: Step | None) -> tuple[str, ...]:
    return tuple(way.step for way in step.verb.silent_exits()) if step else ()
