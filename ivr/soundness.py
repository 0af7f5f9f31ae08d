"""Whether a flow as a whole is sound: every way leads somewhere, no step is lost, nobody goes round for ever.

It does not know single verbs: it asks each step for its exits and for the names that it reads and writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ivr.expression import ATTRIBUTES
from ivr.faults import did_you_mean
from ivr.steps.verb import FlowScope

if TYPE_CHECKING:
    from ivr.flow import Step

Steps = Mapping[str, "Step | None"]


def check(steps: Steps, start: str, scope: FlowScope) -> None:
    """Tell every fault of the whole to `scope.faults`. None stands for a step whose own lines are at fault."""
    _check_targets(steps, scope)
    _check_names(steps, scope)
    if start in steps and _every_way_leads_on(steps):
        _check_reached(steps, start, scope)
    _check_loops(steps, scope)


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
    written = {name for verb in present for name in verb.writes()}
    for owner, name, place in scope.references:
        if name not in written and name not in ATTRIBUTES:
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
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        step = steps.get(name)
        if name not in reached and step:
            reached.add(name)
            ahead.extend(way.step for way in step.verb.exits)
    for name, step in steps.items():
        if step and name not in reached:
            message = f"step '{name}' is never reached from '{start}'"
            scope.faults.add(step.place, "unreachable", message, "lead an exit here, or remove the step")


def _check_loops(steps: Steps, scope: FlowScope) -> None:
    """A caller who presses nothing must come to a person or to the end."""
    silent = {name: _silent_targets(step) for name, step in steps.items()}
    for loop in _loops(silent):
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


def _silent_targets(step: Step | None) -> tuple[str, ...]:
    return tuple(way.step for way in step.verb.silent_exits()) if step else ()


def _loops(targets: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """One loop for each step that closes one, in the order of the steps."""
    done: set[str] = set()
    loops: list[tuple[str, ...]] = []
    for root in targets:
        path: list[str] = []
        ahead = [(root, iter(targets[root]))] if root not in done else []
        path.extend(name for name, _ in ahead)
        while ahead:
            name, ways = ahead[-1]
            target = next(ways, None)
            if target is None:
                ahead.pop()
                path.pop()
                done.add(name)
            elif target in path:
                loops.append(tuple(path[path.index(target) :]))
            elif target in targets and target not in done:
                ahead.append((target, iter(targets[target])))
                path.append(target)
    return loops
