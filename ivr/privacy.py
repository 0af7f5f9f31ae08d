"""Which variables of a flow are private, and whether one could be told to a caller who has not proved who he is.

It does not know single verbs: it asks each step what it sets and reads, and what a caller has proved who leaves by an
exit. What is private is said in `sources.yaml`; what is made of something private is private too.

The rule is simple so that it is strong: a step that asks for something private, or reads it for whatever purpose, may
only be reached by callers who have passed an `authenticate` and have not been identified anew or refused since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ivr import graph
from ivr.asking import AUTHENTICATED
from ivr.faults import Place
from ivr.steps.verb import FlowScope

if TYPE_CHECKING:
    from ivr.flow import Step

Steps = Mapping[str, "Step"]
Way = tuple[str, ...]
_PROVED = "\0"  # marks a step that is reached by somebody who has proved who he is
_LONGEST_SHOWN = 8


def private_names(steps: Steps) -> frozenset[str]:
    """The variables that hold something private, also by way of others."""
    found = {name for step in steps.values() for name in step.verb.private_writes()}
    copies = [pair for step in steps.values() for pair in step.verb.copies()]
    before = -1
    while before != len(found):
        before = len(found)
        found |= {variable for variable, name in copies if name in found}
    return frozenset(found)


def ways_unproved(steps: Steps, start: str) -> Mapping[str, Way]:
    """For each step that somebody can reach who has not proved who he is, the shortest way there."""
    ways = {name: list(_ways(step, proved=False)) for name, step in steps.items()}
    ways |= {name + _PROVED: list(_ways(step, proved=True)) for name, step in steps.items()}
    found = graph.ways_from(ways, start)
    shown = {name: tuple(each.removesuffix(_PROVED) for each in way) for name, way in found.items()}
    return {name: way for name, way in shown.items() if not name.endswith(_PROVED)}


def _ways(step: Step, *, proved: bool) -> Iterator[str]:
    for way in step.verb.exits:
        level = step.verb.level_on(way.name)
        still = level == AUTHENTICATED if level else proved
        yield way.step + _PROVED if still else way.step


def check_private(steps: Steps, start: str, scope: FlowScope) -> None:
    """Tell every step that asks for or reads something private where somebody unproved can come to it."""
    private = private_names(steps)
    if not private:
        return
    for name, way in ways_unproved(steps, start).items():
        step = steps[name]
        for variable, place in _touched(step, private, scope):
            unproved = f"nobody has proved who he is on the way {_shown(way)}"
            message = f"step '{name}': '{variable}' is private, and {unproved}"
            hint = "lead this way through an `authenticate` that is passed"
            scope.faults.add(place, "private-untold", message, hint)


def _touched(step: Step, private: frozenset[str], scope: FlowScope) -> Iterator[tuple[str, Place]]:
    verb = step.verb
    if not any(verb.level_on(way.name) == AUTHENTICATED for way in verb.exits):
        yield from ((name, step.place) for name in verb.private_writes())
    read = private & {*verb.reads(), *verb.secret_reads()}
    places = {name: place for owner, name, place in scope.references if owner == f"step '{step.name}'"}
    yield from ((name, places.get(name, step.place)) for name in sorted(read))


def _shown(way: Way) -> str:
    if len(way) > _LONGEST_SHOWN:
        way = (*way[:2], "...", *way[-_LONGEST_SHOWN + 3 :])
    return " -> ".join(way)
