"""The page about queues is made of what the readers say, and they read every example on it; so are the schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from ivr.calendar import parse_calendars
from ivr.faults import Faults
from ivr.known import Known
from switchroom.agentfile import AGENT_KEYS, parse_agents
from switchroom.floor_schema import agents_schema, queues_schema
from switchroom.floorfiles import parse_customers
from switchroom.queue_checks import check_queues
from switchroom.queue_reference import PAGE, page
from switchroom.queuefile import QUEUE_KEYS, parse_queues

pytestmark = pytest.mark.unit

TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "object": dict, "array": list}
TREE = Path(__file__).parents[2]
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(yaml|csv)\n(.*?)```", TEXT, re.DOTALL)
QUEUES = [body for kind, body in BLOCKS if kind == "yaml" and body.startswith("# queues.yaml")]
AGENTS = [body for kind, body in BLOCKS if kind == "yaml" and body.startswith("# agents.yaml")]
CALENDARS, _ = parse_calendars("office: {zone: UTC, open: {mon-fri: 09:00-17:00, sat-sun: closed}}\n", "calendars.yaml")
KNOWN = Known(queues=frozenset({"cards", "loans"}), skills=frozenset({"cards", "english"}), calendars=CALENDARS)


class Unfit(Exception):
    """The value is not what the schema describes."""


def validate(value: object, schema: dict, root: dict | None = None) -> None:
    """As much of JSON Schema as these use, by the letter. Raises Unfit."""
    root = root or schema
    if "$ref" in schema:
        validate(value, root["definitions"][schema["$ref"].rpartition("/")[2]], root)
    for each in schema.get("allOf", ()):
        validate(value, each, root)
    any_of = "anyOf" not in schema or any(fits(value, each, root) for each in schema["anyOf"])
    if not (any_of and _is_of_type(value, schema) and _is_in_bounds(value, schema)):
        raise Unfit(value)
    for each in value if isinstance(value, list) else ():
        validate(each, schema.get("items", {}), root)
    if isinstance(value, dict):
        _validate_keys(value, schema, root)


def _is_of_type(value: object, schema: dict) -> bool:
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if isinstance(value, bool):
        return not kinds or "boolean" in kinds
    return not kinds or any(isinstance(value, TYPES[kind]) for kind in kinds)


def _is_in_bounds(value: object, schema: dict) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    return not isinstance(value, int) or schema.get("minimum", value) <= value <= schema.get("maximum", value)


def _validate_keys(value: dict, schema: dict, root: dict) -> None:
    if set(schema.get("required", ())) - set(value):
        raise Unfit(value)
    for key, each in value.items():
        found = [schema["properties"][key]] if key in schema.get("properties", {}) else []
        found += [one for pattern, one in schema.get("patternProperties", {}).items() if re.search(pattern, str(key))]
        more = schema.get("additionalProperties", True)
        if not found and more is False:
            raise Unfit(key)
        for one in found or ([more] if isinstance(more, dict) else []):
            validate(each, one, root)


def fits(value: object, schema: dict, root: dict) -> bool:
    try:
        validate(value, schema, root)
    except Unfit:
        return False
    return True


def test_the_page_is_not_stale() -> None:
    assert page(TEXT) == TEXT, "run: python -m switchroom.queue_reference"


@pytest.mark.parametrize("body", QUEUES, ids=range(len(QUEUES)))
def test_every_queue_on_the_page_is_sound_with_the_agents_on_the_page(body: str) -> None:
    queues, faults = parse_queues(body, "docs/queues.md")
    assert faults.all() == ()
    agents, wrong = parse_agents(AGENTS[0], "docs/queues.md", ("cards", "loans"))
    assert wrong.all() == ()
    beside = Faults("docs/queues.md", body)
    check_queues(queues, agents, CALENDARS, beside)
    assert [str(fault) for fault in beside.all()] == []
    validate(yaml.safe_load(body), queues_schema(KNOWN))


def test_the_agents_and_customers_on_the_page_are_sound() -> None:
    validate(yaml.safe_load(AGENTS[0]), agents_schema(KNOWN))
    rows = next(body for kind, body in BLOCKS if kind == "csv")
    customers, faults = parse_customers(rows.encode(), "docs/queues.md", ("emma-brown",))
    assert faults.all() == ()
    assert len(customers) == 2


def test_the_fault_on_the_page_is_told_in_those_words() -> None:
    shown = next(body for body in re.findall(r"\n\n```\n(.*?)```", TEXT, re.DOTALL) if "[bad-need]" in body)
    text = "cards:\n  target: 20s\n  needs: cards 2 andd english\n"
    [fault] = parse_queues(text, "dialplans/queues.yaml")[1].all()
    assert str(fault) == shown.rstrip()


@pytest.mark.parametrize("file", ["dialplans", "tests/floors/hotline", "tests/golden/floor"])
def test_the_schemas_take_every_floor_of_ours_and_describe_every_key(file: str) -> None:
    for name, made, keys in (("queues", queues_schema, QUEUE_KEYS), ("agents", agents_schema, AGENT_KEYS)):
        schema = made(KNOWN)
        [record] = schema["patternProperties"].values()
        assert set(record["properties"]) == {doc.key for doc in keys}
        assert all(shape.get("description") and len(shape) > 1 for shape in record["properties"].values()), name
        validate(yaml.safe_load((TREE / file / f"{name}.yaml").read_text(encoding="utf-8")), schema)
        json.dumps(schema)


def test_the_schemas_refuse_what_check_refuses() -> None:
    for rules in ({"nedds": "cards"}, {"order": "latest"}, {"relax": [{"after": "5s"}]}):
        wrong = {"cards": rules}
        with pytest.raises(Unfit):
            validate(wrong, queues_schema(KNOWN))
    with pytest.raises(Unfit):
        validate({"ann": {"name": "Ann"}}, agents_schema(KNOWN))
