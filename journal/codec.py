"""Turning facts into the JSON text that is kept for ever, and back.

It does not know what a fact means: it knows its class name and its fields.

A text is read by this version, an older or a newer one. A field that is missing takes its default; a field that this
version does not know is passed over; a kind that it does not know comes back as an `OpaqueFact` with its text
untouched. So does a text that is cut, is no object, or holds something else than its fields should: a damaged row is
set aside, and never stops who reads the others. Lists come back as tuples. Half characters (lone surrogates) that no
database takes are written as "?".
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, SchemaSerializer, from_json

from journal.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: Final[dict[str, Callable[..., Fact]]] = {kind.__name__: kind for kind in get_args(Fact)}
_NAMES: Final = {name: tuple(field.name for field in fields(get_args(Fact)[n])) for n, name in enumerate(KINDS)}
UNKNOWN_KIND: Final = "a kind that this version does not know"
_WRITERS: Final[dict[str, Callable[..., bytes]]] = {}
_slowly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class OpaqueFact:
    """A fact that this version cannot read. `body` is its text as stored, `why` says what is wrong with it.

    `at`, `contact` and `agent` are what the text says of them, or else what its row says.
    """

    at: float
    kind: str
    contact: str
    agent: str
    body: str
    why: str = field(default=UNKNOWN_KIND, compare=False)


AnyFact = Fact | OpaqueFact


def clean(text: str) -> str:
    """Return the text as every database takes it: no lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def encode(fact: Fact) -> tuple[str, str]:
    """Return the fact's kind and JSON text."""
    kind = type(fact).__name__
    write = _WRITERS.get(kind) or _writer(kind)
    try:
        return kind, write(fact, warnings=False).decode()
    except PydanticSerializationError:  # half a character: the slow way can replace it
        return kind, clean(_slowly({name: getattr(fact, name) for name in _NAMES[kind]}))


def decode(kind: str, body: str, at: object = 0.0, contact: str = "", agent: str = "") -> AnyFact:
    """Return the fact of this kind and JSON text; an `OpaqueFact` where it cannot be read, never an error.

    `at`, `contact` and `agent` are those of the row, for a text that does not say them.
    """
    if kind not in KINDS:
        return _opaque(kind, body, UNKNOWN_KIND, (at, contact, agent))
    try:
        fact: AnyFact = _reader(kind).validate_json(body)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        return _opaque(kind, body, f"{place}: {first['msg']}" if place else first["msg"], (at, contact, agent))
    except (TypeError, UnicodeError):  # no text at all: a row holds what SQLite was given
        return _opaque(kind, str(body), "no text", (at, contact, agent))
    return fact


def is_whole(body: str) -> bool:
    """Whether it is the JSON text of an object, so that it can be handed on as it is."""
    try:
        return isinstance(from_json(body), dict)
    except (TypeError, ValueError):
        return False


def _writer(kind: str) -> Callable[..., bytes]:
    """The writer of one kind, kept: two to three times as quick as to find out of each fact what it is made of."""
    schema: Any = _reader(kind).core_schema
    config = {**schema.get("config", {}), "ser_json_inf_nan": "constants"}
    found: Callable[..., bytes] = SchemaSerializer({**schema, "config": config}).to_json
    return _WRITERS.setdefault(kind, found)


@cache
def _reader(kind: str) -> TypeAdapter[Any]:
    known: Any = KINDS[kind]
    return TypeAdapter(known)


def _opaque(kind: str, body: str, why: str, row: tuple[object, str, str]) -> OpaqueFact:
    said = from_json(body) if is_whole(body) else {}
    at = next((float(one) for one in (said.get("at"), row[0]) if isinstance(one, int | float)), 0.0)
    contact, agent = (str(said.get(name) or kept) for name, kept in (("contact", row[1]), ("agent", row[2])))
    return OpaqueFact(at, kind, contact, agent, body, why)
