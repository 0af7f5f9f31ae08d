"""Whether a variable is set on every way to the step that uses it, and the shortest way on which it is not.

It does not know single verbs: it asks each step which variables are set when it is left by which exit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ivr import graph
from ivr.steps.verb import FlowScope

if TYPE_CHECKING:
    from ivr.flow import Step

Steps = Mapping[str, "Step | None"]
Way = tuple[str, ...]
_LONGEST_SHOWN = 8  # steps of a way that a message names
EMPTY = "empty"  # the case of a branch that stands for no text at all


def check_set_before_use(steps: Steps, start: str, scope: FlowScope, given: Iterable[str] = ()) -> None:
    """Tell every use of a variable that some way from `start` leaves unset. `given` are set when the flow begins."""
    present = {name: step for name, step in steps.items() if step}
    written = {name for step in present.values() for name in step.verb.writes()} - set(given)
    users = {f"step '{name}'": name for name in present}
    missing = {name: _ways_without(present, start, name) for name in {used for _, used, _ in scope.references}}
    for owner, name, place in scope.references:
        step = users.get(owner, "")
        way = missing[name].get(step)
        if name in written and way and not _asks_whether_set(present[step]):
            message = f"{owner}: '{name}' is not set on the way {_shown(way)}"
            scope.faults.add(place, "unset-variable", message, "set it before, or lead this way elsewhere")


def _asks_whether_set(step: Step) -> bool:
    return step.verb.VERB == "branch" and any(way.name == EMPTY for way in step.verb.exits)


def _ways_without(steps: Mapping[str, Step], start: str, variable: str) -> Mapping[str, Way]:
    """For each step that can be reached while `variable` is unset, the shortest way there."""
    unset = {
        name: [way.step for way in step.verb.exits if variable not in step.verb.writes_on(way.name)]
        for name, step in steps.items()
    }
    return graph.ways_from(unset, start)


def _shown(way: Way) -> str:
    if len(way) > _LONGEST_SHOWN:
        way = (*way[:2], "...", *way[-_LONGEST_SHOWN + 3 :])
    return " -> ".join(way)
