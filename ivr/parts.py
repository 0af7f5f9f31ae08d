"""Flows inside flows: a subflow's steps become steps of the flow that calls it, named `step/inner-step`.

It does not know how a flow is read; it is handed a function for that. Because everything is put in its place while the
flow is read, a session knows no subflows: there is no stack to save, and a step inside is a step like any other.

Variables are shared by all steps of the call. A flow that is called can read what it sets itself and its parameters,
nothing else of its caller's; the caller can read whatever it has set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from ivr.faults import Fault, Place
from ivr.known import Known
from ivr.steps.return_ import Return
from ivr.steps.subflow import Subflow
from ivr.steps.verb import Exit

if TYPE_CHECKING:
    from ivr.flow import Flow, Step
    from ivr.steps.verb import FlowScope

MAX_ALL_STEPS = 2000  # of a flow with all that it calls
ReadFlow = Callable[[bytes, str], tuple["Flow | None", tuple[Fault, ...]]]
Steps = Mapping[str, "Step | None"]


@dataclass(slots=True)
class Parts:
    """The flows that one flow calls. Each is read once for all flows of a floor (`Known.parts`)."""

    known: Known
    read: ReadFlow
    found: dict[str, Flow] = field(default_factory=dict)
    faults: dict[Fault, None] = field(default_factory=dict)

    def call(self, name: str) -> Flow | None:
        """The flow of this name; None when it is at fault itself. Raises `GoesRound` when it is being read already."""
        memory = self.known.parts
        if name not in memory:
            memory[name] = None
            text = self.known.flows[name]
            memory[name] = self.read(text.text, text.file)
        if memory[name] is None:
            raise GoesRound(name)
        flow, faults = memory[name]
        self.faults.update(dict.fromkeys(faults))
        if flow:
            self.found[name] = flow
        return flow  # type: ignore[no-any-return]  # `Known` may not know what a flow is


class GoesRound(Exception):
    """A flow calls itself, perhaps by way of others."""


def expanded(steps: Steps, scope: FlowScope) -> dict[str, Step | None]:
    """The steps, with those of every subflow that was found behind the step that calls it."""
    whole: dict[str, Step | None] = {}
    left = MAX_ALL_STEPS - len(steps)
    for name, step in steps.items():
        whole[name] = step
        if step is None or not isinstance(step.verb, Subflow) or step.verb.called is None:
            continue
        inner = step.verb.called
        left -= len(inner.steps)
        if left < 0:
            message = f"step '{name}': with flow '{inner.name}' there are more than {MAX_ALL_STEPS} steps"
            scope.faults.add(step.place, "too-many-steps", message, "call fewer flows")
            break
        begins = Exit("next", f"{name}/{inner.start}", step.place)
        whole[name] = replace(step, verb=replace(step.verb, begins=begins, called=None))
        inside = {f"{name}/{each}": _moved_step(found, step, step.verb) for each, found in inner.steps.items()}
        whole |= inside
        scope.inner |= inside.keys()
        scope.prompts.extend(inner.prompts)
    return whole


def _moved_step(inner: Step, outer: Step, call: Subflow) -> Step:
    if isinstance(inner.verb, Return) and inner.verb.way is None:
        way = next((way for way in call.returns if way.name == inner.verb.name), Exit(inner.verb.name, "", outer.place))
        verb: Any = replace(inner.verb, way=way)
    else:
        verb = _moved(inner.verb, outer.name, outer.place)
    return replace(inner, name=f"{outer.name}/{inner.name}", verb=verb, place=outer.place)


def _moved(value: Any, below: str, place: Place) -> Any:
    """`value` with every exit in it leading below the step that calls; places are those of that step's file."""
    if isinstance(value, Exit):
        return Exit(value.name, f"{below}/{value.step}", place)
    if isinstance(value, tuple):
        items = tuple(_moved(item, below, place) for item in value)
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if not is_dataclass(value) or isinstance(value, type):
        return value
    old = {each.name: getattr(value, each.name) for each in fields(value)}
    new = {name: _moved(part, below, place) for name, part in old.items()}
    changed = {name: part for name, part in new.items() if part is not old[name]}
    return replace(value, **changed) if changed else value
