"""A law as one line of text, the same text for the same law, and back: what people agree to, and what is on record.

It does not know `laws.yaml`, which is written for people; two texts there that mean the same are one law here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from outbound.campaign import Mode
from outbound.law.profile import Formula, Hours, NumberKind, Profile


def text_of(law: Profile) -> str:
    """JSON in one form only."""
    values = {field.name: _plain(getattr(law, field.name)) for field in fields(law)}
    return json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def digest_of(law: Profile) -> str:
    """SHA-256 of its text."""
    return hashlib.sha256(text_of(law).encode()).hexdigest()


def law_of(text: str) -> Profile:
    """The law that was written. Raises `ValueError` for what is none; rules of a newer version are passed over."""
    try:
        found: dict[str, Any] = json.loads(text)
        known = {field.name for field in fields(Profile)}
        values = {name: value for name, value in found.items() if name in known}
        return Profile(**values | {name: read(values[name]) for name, read in _READ.items() if name in values})
    except (TypeError, KeyError, AttributeError) as fault:
        raise ValueError(f"this is no law: {fault}") from fault


def _hours(value: Any) -> Hours:
    return tuple((int(start), int(end)) for start, end in value)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "week": lambda value: tuple(_hours(day) for day in value),
    "on_holidays": _hours,
    "zones": tuple,
    "closed": lambda value: frozenset(date.fromisoformat(day) for day in value),
    "consent_for": lambda value: frozenset(Mode(word) for word in value),
    "refuses": lambda value: frozenset(NumberKind(word) for word in value),
    "formula": Formula,
}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    return value
