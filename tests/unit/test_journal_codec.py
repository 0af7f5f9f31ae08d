"""Facts survive the way to text and back, also those of versions that this one does not know."""

from __future__ import annotations

import json
import types
from dataclasses import fields
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import facts
from journal.codec import KINDS, OpaqueFact, decode, encode
from journal.facts import AgentChanged, CallStarted, Fact, StepLeft

pytestmark = pytest.mark.unit

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = {
    str: TEXT,
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
}


def values(hint):
    if hint in SCALARS:
        return SCALARS[hint]
    assert get_origin(hint) is tuple, hint
    inner = get_args(hint)
    if inner[-1] is Ellipsis:
        return st.lists(values(inner[0]), max_size=4).map(tuple)
    return st.tuples(*map(values, inner))


def facts_of(kind):
    hints = get_type_hints(kind, vars(facts))
    return st.builds(kind, **{field.name: values(hints[field.name]) for field in fields(kind)})


@settings(deadline=None)  # how long it takes is the machine's business
@given(st.one_of([facts_of(kind) for kind in get_args(Fact)]))
def test_every_fact_comes_back_equal(fact):
    assert decode(*encode(fact)) == fact


def test_the_stored_name_of_each_fact_is_its_class_name():
    found = {name for name, thing in vars(facts).items() if isinstance(thing, type) and not name.startswith("_")}
    assert set(KINDS) == found - {name for name in found if isinstance(vars(facts)[name], types.GenericAlias)}


def test_a_field_added_later_takes_its_default():
    body = json.dumps({"at": 1.0, "agent": "ann", "state": "ready"})
    assert decode("AgentChanged", body) == AgentChanged(1.0, "ann", "ready")


def test_a_field_of_a_newer_version_is_passed_over():
    kind, body = encode(AgentChanged(1.0, "ann", "ready"))
    assert decode(kind, body[:-1] + ',"mood":"fine"}') == AgentChanged(1.0, "ann", "ready")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("CallTransferred", '{"at":2.5,"contact":"c","agent":"ann","to":"bob"}'),
        ("CallStarted", '{"at":2.5,"contact":"c","agent":"ann"}'),
    ],
)
def test_what_this_version_cannot_read_stays_as_it_is(kind, body):
    assert decode(kind, body) == OpaqueFact(2.5, kind, "c", "ann", body)


def test_half_characters_from_a_broken_caller_name_do_not_stop_the_journal():
    fact = CallStarted(1.0, "c", "c", "a1", "1", "x\udcff", "2", "f", "1", "en")
    kind, body = encode(fact)
    body.encode()
    assert decode(kind, body).name == "x?"


def test_nested_pairs_come_back_as_tuples():
    fact = StepLeft(1.0, "c", "s", "done", kept=(("card", "1"), ("lang", "zh")))
    assert decode(*encode(fact)).kept == (("card", "1"), ("lang", "zh"))
