"""`switchroom schema`: the flow language as a JSON Schema for editors, with the names of the floor to be offered.

It does not know what the schema says; `ivr/schema.py` does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from ivr.known import FlowText, Known
from ivr.schema import Schema, flow_schema
from switchroom.commands.answers import Code, OutsideError, print_json, print_note, settings_from
from switchroom.floor_schema import agents_schema, campaigns_schema, queues_schema
from switchroom.floorplan import FloorPlan, load_floor
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

FILES: dict[str, Callable[[Known], Schema]] = {
    "flow.schema.json": flow_schema,
    "queues.schema.json": queues_schema,
    "agents.schema.json": agents_schema,
    "campaigns.schema.json": campaigns_schema,
}


def write_schema(out: Path | None, folder: Path | None, config: Path | None) -> Code:
    """Write the schema of flows to `out` or to standard output; all schemas where `out` is a folder."""
    folder = folder or settings_from(config).settings.server.dialplans
    plan, _ = load_floor(folder)
    if plan is None:
        print_note(say("schema.faults", folder=folder))
    known = names_of(plan) if plan else Known()
    if out is None:
        print_json(flow_schema(known))
    elif out.is_dir():
        for name, made in FILES.items():
            _write(out / name, made(known))
    else:
        _write(out, flow_schema(known))
    return Code.OK


def _write(file: Path, schema: Schema) -> None:
    try:
        file.write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutsideError(f"{file}: {error.strerror or error}", say("schema.remedy")) from error
    print_note(say("schema.written", file=file))


def names_of(plan: FloorPlan) -> Known:
    """The names that flows of this floor may use, to be offered."""
    prompts: dict[str, set[str]] = {}
    for name, language in plan.prompts:
        prompts.setdefault(language, set()).add(name)
    skills = frozenset(skill for agent in plan.agents.values() for skill, _ in agent.skills)
    frozen = {language: frozenset(names) for language, names in prompts.items()}
    sources = {name: source.known() for name, source in plan.sources.items()}
    flows = {name: FlowText(b"", "") for name in plan.flows}
    return Known(frozen, frozenset(plan.queues), skills, plan.calendars, sources, flows)
