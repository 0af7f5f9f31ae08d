"""Whether a variable is set on every way to the step that uses it, and the shortest way on which it is not.

It does not know single verbs: it asks each step which variables are set when it is left by which exit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ivr import graph
from ivr.asking import AUTHENTICATED
from ivr.steps.verb import FlowScope, Verb

if TYPE_CHECKING:
    from ivr.flow import Step

Steps = Mapping[str, "Step | None"]
Way = tuple[str, ...]
_LONGEST_SHOWN = 8  # steps of a way that a message names
EMPTY = "empty"  # the case of a branch that stands for no text at all
_PROVED = "\0"  # marks a step that is reached by somebody who has proved who he is
Ways = dict[str, list[tuple[str, frozenset[str]]]]  # where each step leads, and what is set on the way


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
        self.ways = _ways_by_level(steps) if any(map(_asks_for_proof, steps.values())) else _ways(steps)
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
        found = [graph.way_to(came_from, each) for each in (step, step + _PROVED) if each in came_from]
        return tuple(name.removesuffix(_PROVED) for name in min(found, key=len, default=()))


def _ways(steps: Mapping[str, Step]) -> Ways:
    return {
        name: [(way.step, frozenset(step.verb.writes_on(way.name))) for way in step.verb.exits]
        for name, step in steps.items()
    }


def _ways_by_level(steps: Mapping[str, Step]) -> Ways:
    """The same, each step once for callers who have proved who they are and once for all others.

    A branch on `${caller.level}` leads nobody on as authenticated who has not come by an `authenticate`.
    """
    found: Ways = {}
    for name, step in steps.items():
        for proved, mark in ((False, ""), (True, _PROVED)):
            found[name + mark] = [
                (way.step + (_PROVED if level == AUTHENTICATED else ""), frozenset(step.verb.writes_on(way.name)))
                for way in step.verb.exits
                if (level := _level_behind(step.verb, way.name, proved=proved)) is not None
            ]
    return found


def _level_behind(verb: Verb, leave: str, *, proved: bool) -> str | None:
    """What a caller has proved behind an exit, or None when nobody of this level takes it."""
    here = AUTHENTICATED if proved else ""
    level = verb.level_on(leave)
    if verb.VERB == "branch" and level and (level == AUTHENTICATED) != proved:
        return None
    return level or here


def _asks_for_proof(step: Step) -> bool:
    return step.verb.VERB == "branch" and any(step.verb.level_on(way.name) == AUTHENTICATED for way in step.verb.exits)


def _shown(way: Way) -> str:
    if len(way) > _LONGEST_SHOWN:
        way = (*way[:2], "...", *way[-_LONGEST_SHOWN + 3 :])
    return " -> ".join(way)
