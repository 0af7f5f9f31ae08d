"""Which steps and exits of the flows were tested by a set of scenarios, and which never.

It does not know who walked there: it counts the facts that were put on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.flow import Flow
from journal import facts as f


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """One flow: how many steps and exits it has, which were never met, and which of its exits nobody took."""

    flow: str
    steps: int
    exits: int
    untested_steps: tuple[str, ...]
    untaken_exits: tuple[tuple[str, str], ...]

    @property
    def tested(self) -> bool:
        """Whether any scenario came to this flow."""
        return len(self.untested_steps) < self.steps


@dataclass(frozen=True, slots=True)
class Marks:
    """What was met and taken, by flow."""

    met: dict[str, set[str]]
    taken: dict[str, set[tuple[str, str]]]


class Coverage:
    """Tell it the facts of each scenario; ask for the flows."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._flows = flows
        self.marks = Marks({name: set() for name in flows}, {name: set() for name in flows})

    def join(self, other: Marks) -> None:
        """Count what another set of scenarios tested."""
        for flow in self._flows:
            self.marks.met[flow] |= other.met[flow]
            self.marks.taken[flow] |= other.taken[flow]

    def add(self, facts: Iterable[f.Fact]) -> None:
        """One scenario's facts, in order."""
        flow = ""
        for fact in facts:
            if isinstance(fact, f.CallStarted):
                flow = fact.flow
            elif isinstance(fact, f.StepEntered):
                self.marks.met[flow].add(fact.step)
            elif isinstance(fact, f.StepLeft):
                self.marks.taken[flow].add((fact.step, fact.exit))

    def flows(self) -> tuple[FlowCoverage, ...]:
        """Every flow of the floor, by name, but for parts of others: their steps are counted where they are called."""
        whole = sorted(name for name, flow in self._flows.items() if not flow.is_part)
        return tuple(self._flow(name, self._flows[name]) for name in whole)

    def _flow(self, name: str, flow: Flow) -> FlowCoverage:
        ways = [(step.name, way.name) for step in flow.steps.values() for way in step.verb.exits]
        return FlowCoverage(
            name,
            len(flow.steps),
            len(ways),
            tuple(step for step in flow.steps if step not in self.marks.met[name]),
            tuple(way for way in ways if way not in self.marks.taken[name]),
        )
