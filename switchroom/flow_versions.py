"""The version of a flow: a hash of everything that makes what a caller hears and is asked.

It does not know files: the texts were read before.

That is the flow's own text, the texts of the prompts that it names, in its languages, and the versions of the flows
that it calls. Calendars, queues and agents are not in it: they are the floor's, and change for everybody at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.flow import Flow

if TYPE_CHECKING:
    from switchroom.floorplan import FloorPlan

LENGTH = 12  # hex digits


def with_versions(floor: FloorPlan) -> FloorPlan:
    """The same floor, its flows under their versions."""
    dated = {name: replace(flow, version=_version(flow, floor)) for name, flow in floor.flows.items()}
    return replace(floor, flows=dated)


def _version(flow: Flow, floor: FloorPlan) -> str:
    told = hashlib.sha256()
    for part in reached(flow, floor.flows):
        told.update(f"flow {part.name} {part.version}\n".encode())
        for prompt in sorted(part.prompts):
            for language in part.languages:
                text = floor.prompts.get((prompt, language), "")
                told.update(f"prompt {prompt} {language} {len(text)} {text}\n".encode())
    return told.hexdigest()[:LENGTH]


def reached(flow: Flow, flows: Mapping[str, Flow]) -> list[Flow]:
    """The flow, and behind it all that it calls, each once, by name."""
    found = {flow.name: flow}
    ahead = [flow]
    while ahead:
        for name in _called(ahead.pop()):
            if name not in found and name in flows:
                found[name] = flows[name]
                ahead.append(flows[name])
    return [flow, *(found[name] for name in sorted(found) if name != flow.name)]


def _called(flow: Flow) -> Iterator[str]:
    for step in flow.steps.values():
        if step.verb.VERB == "subflow":
            yield str(getattr(step.verb, "flow", ""))
