"""Turning facts into the JSON text that is kept for ever, and back.

It does not know what a fact means: it knows its class name and its fields.

A text is read by this version, an older or a newer one. A field that is missing takes its default; a field that this
version does not know is passed over; a kind that it does not know, or whose needed fields are missing, comes back as
an `OpaqueFact` with its text untouched. Lists come back as tuples. Half characters (lone surrogates) that no database
takes are written as "?".
"""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Final, get_args

from pydantic_core import PydanticSerializationError, to_json

from journal.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: Final[dict[str, Callable[..., Fact]]] = {kind.__name__: kind for kind in get_args(Fact)}
_NAMES: Final = {name: tuple(field.name for field in fields(get_args(Fact)[n])) for n, name in enumerate(KINDS)}
_NEEDED: Final = {
    kind.__name__: frozenset(f.name for f in fields(kind) if f.default is MISSING) for kind in get_args(Fact)
}
_slowly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class OpaqueFact:
    """A fact that this version cannot read: written by a newer one. `body` is its JSON text as stored."""

    at: float
    kind: str
    contact: str
    agent: str
    body: str


AnyFact = Fact | OpaqueFact


def clean(text: str) -> str:
    """Return the text as every database takes it: no lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def encode(fact: Fact) -> tuple[str, str]:
    """Return the fact's kind and JSON text."""
    kind = type(fact).__name__
    try:
        return kind, to_json(fact, inf_nan_mode="constants").decode()
    except PydanticSerializationError:  # half a character: the slow way can replace it
        return kind, clean(_slowly({name: getattr(fact, name) for name in _NAMES[kind]}))


def decode(kind: str, body: str) -> AnyFact:
    """Return the fact of this kind and JSON text; an `OpaqueFact` where this version cannot read it."""
    values = json.loads(body)
    known = _NAMES.get(kind)
    if known is None or not _NEEDED[kind] <= values.keys():
        return OpaqueFact(
            float(values.get("at", 0.0)),
            kind,
            str(values.get("contact", "")),
            str(values.get("agent", "")),
            body,
        )
    return KINDS[kind](**{name: _frozen(values[name]) for name in known if name in values})


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
