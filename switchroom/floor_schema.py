"""`queues.yaml`, `agents.yaml` and `campaigns.yaml` as JSON Schemas: editors complete, explain and check meanwhile.

It does not know editors or files. Keys and their words are those that the readers declare (`QUEUE_KEYS`, ...).
The schemas are more lenient than `switchroom check`, which has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from acd.orders import ORDERS
from acd.strategies import STRATEGIES
from ivr.schema import DRAFT, Names, Schema, described
from outbound.campaign import Mode
from switchroom.agentfile import AGENT_KEYS
from switchroom.campaignfile import CAMPAIGN_KEYS, HOUSE, HOUSE_KEYS, RETRIED
from switchroom.queuefile import QUEUE_KEYS
from switchroom.relax_text import RELAX

if TYPE_CHECKING:
    from ivr.known import Known
    from ivr.steps.verb import Doc

_TEXT: Schema = {"type": ["string", "integer"]}
_NEED: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_NUMBERS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_NAMES_OR_ONE = _NUMBERS
_NAME = "^[a-z0-9][a-z0-9-]{0,63}$"


def queues_schema(known: Known) -> Schema:
    """The schema of `queues.yaml`; the names in `known` are offered."""
    names = Names(known)
    steps: Schema = {"type": "array", "items": _record(RELAX, names, {"needs": _NEED}, ("after", "needs"))}
    special = {
        "needs": _NEED,
        "prefers": _levels(known.skills, 1),
        "choose": {"enum": list(STRATEGIES)},
        "order": {"enum": list(ORDERS)},
        "priority": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 9}},
        "relax": steps,
        "music": _TEXT,
        "announce": {"type": ["object", "array"]},
        "callback": {"type": "object"},
    }
    return _file("queues of a Switchroom floor", _record(QUEUE_KEYS, names, special, ()), names)


def agents_schema(known: Known) -> Schema:
    """The schema of `agents.yaml`; the names in `known` are offered."""
    names = Names(known)
    queue: Schema = {"$ref": "#/definitions/queue-name"}
    special = {
        "queues": {"anyOf": [{"enum": ["all"]}, queue, {"type": "array", "items": queue}]},
        "skills": _levels(known.skills, 1),
    }
    needed = tuple(doc.key for doc in AGENT_KEYS if ";" not in doc.takes)
    return _file("agents of a Switchroom floor", _record(AGENT_KEYS, names, special, needed), names)


def campaigns_schema(known: Known) -> Schema:
    """The schema of `campaigns.yaml`; the names in `known` are offered."""
    names = Names(known)
    by_word: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
    special = {
        "label": by_word,
        "mode": {"enum": [mode.value for mode in Mode]},
        "lists": _NAMES_OR_ONE,
        "law": _TEXT,
        "numbers": _NUMBERS,
        "window": _TEXT,
        "cap": _TEXT,
        "ratio": {"type": "number", "minimum": 1, "maximum": 10},
        "retry": {"type": "object", "propertyNames": {"enum": list(RETRIED)}},
        "results": {"type": "object", "additionalProperties": {"enum": ["success", "other"]}},
        "script": by_word,
        "department": _TEXT,
        "message": _TEXT,
        "machine": _TEXT,
    }
    schema = _file("campaigns of a Switchroom floor", _record(CAMPAIGN_KEYS, names, special, ("mode", "law")), names)
    house = _record(HOUSE_KEYS, names, {}, ())
    return {**schema, "properties": {HOUSE: house}}


def _file(title: str, record: Schema, names: Names) -> Schema:
    return {
        "$schema": DRAFT,
        "title": title,
        "description": "`switchroom check` has the last word on what is right.",
        "type": "object",
        "patternProperties": {_NAME: record},
        "additionalProperties": False,
        "definitions": names.definitions(),
    }


def _record(docs: Iterable[Doc], names: Names, special: Mapping[str, Schema], needed: tuple[str, ...]) -> Schema:
    properties: dict[str, Any] = {}
    for doc in docs:
        shape = described(doc, names)
        properties[doc.key] = {"description": shape["description"], **special[doc.key]} if doc.key in special else shape
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(needed),
        "properties": properties,
    }


def _levels(skills: Iterable[str], least: int) -> Schema:
    level: Schema = {"type": "integer", "minimum": least, "maximum": 9}
    return {
        "type": "object",
        "properties": {skill: level for skill in sorted(skills)},  # noqa: C420 - each has a shape of its own
        "additionalProperties": level,
    }
