"""What a picture of a flow shows: its steps, what each is about, and where each way out leads.

It does not know where anything stands, nor whether the flow is sound: one at fault is drawn as far as it can be read,
for that is when a picture helps most. A subflow is one step here; its own steps are in a picture of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ivr import graph
from ivr.faults import Place
from ivr.fields import Fields
from ivr.flow import Resume, Step, read_steps
from ivr.known import Known
from ivr.source import read
from ivr.steps import VERBS
from ivr.steps.verb import FlowScope, Verb
from ivr.written import Items, Table, Text, Value

VERSION_LENGTH = 12  # hex digits


@dataclass(frozen=True, slots=True)
class Way:
    """All exits of a step that lead to the same step."""

    exits: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Node:
    """A step. `subject` is what its verb is about. `missing` marks a name that exits lead to and nothing stands at.

    `reached` is False where no way from the start leads to.
    """

    name: str
    verb: str
    subject: str
    ways: tuple[Way, ...]
    resume: Resume = Resume.NEVER
    goal: str = ""
    reached: bool = True
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Sketch:
    """A flow as a picture shows it, its steps in the order of the text, missing ones last. `start` may be missing."""

    name: str
    version: str
    languages: tuple[str, ...]
    start: str
    nodes: tuple[Node, ...]

    def node(self, name: str) -> Node:
        """The step of this name. Raises KeyError."""
        return {node.name: node for node in self.nodes}[name]


def sketch(text: str | bytes, verbs: Mapping[str, type[Verb]] = VERBS, version: str = "") -> Sketch | None:
    """The flow in `text`, also one with faults; None when there is nothing to be drawn in it."""
    table, faults = read(text, "flow")
    steps = table.get("steps") if table else None
    if table is None or not isinstance(steps, Table) or not steps.entries:
        return None
    fields = Fields(table, faults, "flow", ("flow", "languages", "start", "steps"), Place())
    languages = tuple(one.value for one in fields.texts("languages", required=False))
    found = read_steps(fields, FlowScope(Known(), faults, languages), verbs)
    written = {key.value: value for key, value in steps.entries}
    behind = [name for name in found if name not in written]
    nodes = [_node(name, found.get(name), written[name]) for name in written]
    nodes += [_node(name, found[name], written[name.partition("/")[0]]) for name in behind]
    start = _word(table.get("start"))
    raw = text.encode() if isinstance(text, str) else text
    version = version or hashlib.sha256(raw).hexdigest()[:VERSION_LENGTH]
    return Sketch(_word(table.get("flow")), version, languages, start, _with_missing(nodes, start))


def _node(name: str, step: Step | None, value: Value) -> Node:
    if step is None:
        return Node(name, "", "", ())
    verb = step.verb.VERB
    subject = _said(value.get(name.partition("/")[2] or verb)) if isinstance(value, Table) else ""
    return Node(name, verb, subject, _ways(step), step.resume, step.goal)


def _ways(step: Step) -> tuple[Way, ...]:
    targets: dict[str, list[str]] = {}
    for way in step.verb.exits:
        if way.step:
            targets.setdefault(way.step, []).append(way.name)
    return tuple(Way(tuple(dict.fromkeys(exits)), target) for target, exits in targets.items())


def _with_missing(nodes: list[Node], start: str) -> tuple[Node, ...]:
    """Every node, with those that are led to and not there, and whether it is reached from the start."""
    known = {node.name: node for node in nodes}
    wanted = [start, *(way.target for node in nodes for way in node.ways)]
    gone = [name for name in dict.fromkeys(wanted) if name and name not in known]
    targets = {name: [way.target for way in node.ways] for name, node in known.items()} | {name: [] for name in gone}
    reached = graph.reached(targets, (start,))
    missing = [Node(name, "", "", (), reached=name in reached, missing=True) for name in gone]
    return (*(replace(node, reached=node.name in reached) for node in nodes), *missing)


def _said(value: Value | None) -> str:
    """A value in a few words."""
    match value:
        case Text():
            return value.value
        case Items():
            return _listed(_said(one) for one in value.values)
        case Table():
            return _listed(f"{key.value}: {_said(one)}" for key, one in value.entries)
    return ""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(word for word in words if word)


def _word(value: Value | None) -> str:
    return value.value if isinstance(value, Text) else ""
