"""The schema of flows covers every key of every verb, with words to be shown, and says what the reader says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from ivr.calendar import Calendar
from ivr.flow import parse_flow
from ivr.known import Known
from ivr.proof import Claim, prove
from ivr.schema import DRAFT, FLOW_KEYS, flow_schema, shape_of
from ivr.steps import VERBS
from ivr.steps.verb import COMMON

pytestmark = pytest.mark.unit

SCHEMA = flow_schema(Known({"en": frozenset({"hello"})}, frozenset({"cards"})))
# What later drafts dropped or changed, and draft 07 does not have.
FOREIGN = {"$defs", "dependentRequired", "dependentSchemas", "unevaluatedProperties", "prefixItems", "$dynamicRef",
           "dependencies", "additionalItems", "minContains"}  # fmt: skip
DOCS = [
    (name, doc)
    for name, verb in VERBS.items()
    for doc in (*verb.FIELDS, *verb.EXITS, *COMMON)
    if not doc.key.startswith("(")
]


@pytest.mark.parametrize(("verb", "doc"), DOCS, ids=[f"{verb}-{doc.key}" for verb, doc in DOCS])
def test_every_key_of_every_verb_is_covered_with_its_words(verb, doc) -> None:
    assert shape_of(doc.takes), f"ivr/schema.py knows no form for {doc.takes!r}: add one to _SHAPES"
    properties = SCHEMA["definitions"][f"verb-{verb}"]["properties"]
    assert doc.means[1:] in properties[doc.key]["description"]
    assert set(properties[doc.key]) - {"description"}, "anything may stand here?"


def test_nothing_is_covered_that_does_not_exist() -> None:
    for name, verb in VERBS.items():
        docs = (*verb.FIELDS, *verb.EXITS, *COMMON)
        keys = {doc.key for doc in docs if not doc.key.startswith("(")}
        assert set(SCHEMA["definitions"][f"verb-{name}"]["properties"]) == keys


def test_the_keys_of_a_flow_are_those_that_are_read() -> None:
    _, faults = parse_flow("zzzzzzzzzzzz: 1\n", "x.yaml", Known())
    told = next(fault.hint for fault in faults if fault.code == "unknown-key")
    assert set(told.removeprefix("one of: ").split(", ")) == {doc.key for doc in FLOW_KEYS}
    missing = {re.findall(r"'(\w+):'", fault.message)[0] for fault in faults if fault.code == "missing-key"}
    assert set(SCHEMA["required"]) == missing


def test_it_stays_in_what_both_drafts_have_in_common() -> None:
    assert SCHEMA["$schema"] == DRAFT
    json.dumps(SCHEMA)

    def walk(node: object) -> None:
        if isinstance(node, dict):
            assert not FOREIGN & set(node)
            if "$ref" in node:
                assert set(node) == {"$ref"}, "draft 07 ignores what stands beside a reference"
                assert node["$ref"].removeprefix("#/definitions/") in SCHEMA["definitions"]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(SCHEMA)


def test_names_of_the_floor_are_offered_but_others_are_not_refused() -> None:
    offered = SCHEMA["definitions"]["queue-name"]["anyOf"]
    assert offered[0] == {"enum": ["cards"]}
    assert len(offered) == 2


FLOWS = sorted((Path(__file__).parents[1] / "golden" / "floor" / "flows").glob("*.yaml"))


@pytest.mark.parametrize("file", FLOWS, ids=[file.stem for file in FLOWS])
def test_the_golden_flows_have_no_key_that_the_schema_refuses(file: Path) -> None:
    """Keys, required keys, whole numbers and choices, as an editor would check them."""
    flow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert set(flow) <= set(SCHEMA["properties"])
    for name, step in flow["steps"].items():
        verb = next(key for key in step if key in VERBS)
        known = SCHEMA["definitions"][f"verb-{verb}"]
        assert set(map(str, step)) <= set(known["properties"]), name
        assert set(known["required"]) <= set(step), name
        for key, value in step.items():
            shape = known["properties"][key]
            assert value in shape.get("enum", [value]), (name, key)
            assert shape.get("minimum", 0) <= (value if isinstance(value, int) else 0) <= shape.get("maximum", 1 << 60)
            assert re.search(shape.get("pattern", ""), str(value)), (name, key)


def test_the_flow_of_the_page_about_checking_is_sound_and_keeps_its_promises() -> None:
    page = (Path(__file__).parents[2] / "docs" / "flows" / "checking.md").read_text(encoding="utf-8")
    text = re.search(r"```yaml\n(flow: .*?)```", page, re.DOTALL)
    assert text
    prompts = frozenset({"main-menu", "thanks", "anything-else"})
    office = Calendar("office", "UTC", ((),) * 7)
    known = Known({"en": prompts}, frozenset({"cards"}), calendars={"office": office})
    flow, faults = parse_flow(text[1], "promised.yaml", known)
    assert flow, "\n".join(map(str, faults))
    proof = prove(flow, lambda prompt, _: 4.0 if prompt in prompts else None)
    assert proof.holds
    assert {Claim.PERSON, Claim.DONE} <= set(proof.claims)
