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
    users = {f"step '{name}'": name for name in present}
    setting = _Setting(present, start, given)
    for owner, name, place in scope.references:
        step = users.get(owner, "")
        way = setting.way_without(name, step)
        if way and not _asks_whether_set(present[step]):
            message = f"{owner}: '{name}' is not set on the way {_shown(way)}"
            scope.faults.add(place, "unset-variable", message, "set it before, or lead this way elsewhere")


def _asks_whether_set(step: Step) -> bool:
    return step.verb.VERB == "branch" and any(way.name == EMPTY for way in step.verb.exits)


class _Setting:
    """Which ways of a flow set which variables."""

    def __init__(self, steps: Mapping[str, Step], start: str, given: Iterable[str]) -> None:
        self.start = start
        self.written = {name for step in steps.values() for name in step.verb.writes()} - set(given)
        self.ways = {
            name: [(way.step, frozenset(step.verb.writes_on(way.name))) for way in step.verb.exits]
            for name, step in steps.items()
        }
        self.before: dict[str, dict[str, str]] = {}

    def way_without(self, variable: str, step: str) -> Way:
        """The shortest way to `step` on which `variable` is not set; () when there is none, or nothing ever sets it."""
        if variable not in self.written:
            return ()
        if variable not in self.before:
            unset = {
                name: [target for target, sets in ways if variable not in sets] for name, ways in self.ways.items()
            }
            self.before[variable] = graph.first_ways(unset, self.start)
        came_from = self.before[variable]
        return graph.way_to(came_from, step) if step in came_from else ()


def _shown(way: Way) -> str:
    if len(way) > _LONGEST_SHOWN:
        way = (*way[:2], "...", *way[-_LONGEST_SHOWN + 3 :])
    return " -> ".join(way)
