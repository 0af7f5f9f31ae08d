"""`${caller.number}` in a flow: looking a name up in what is known of a call. No computing, no calls, no eval.

It does not know where the values come from; it is handed a function from name to text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

ATTRIBUTES = (
    "caller.number",
    "caller.name",
    "caller.called",
    "customer.id",
    "customer.name",
    "customer.segment",
    "language",
)
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z][a-z0-9-]*)?\Z")


def references(text: str) -> tuple[str, ...]:
    """The names that `text` looks up, in order."""
    return tuple(match.strip() for match in _REFERENCE.findall(text))


def malformed(text: str) -> str:
    """Why `text` is not a sound template, or ""."""
    if "${" in _REFERENCE.sub("", text):
        return "`${` without its `}`"
    bad = next((name for name in references(text) if not _NAME.match(name)), None)
    return "" if bad is None else f"'{bad}' is not a name"


def fill(text: str, lookup: Callable[[str], str]) -> str:
    """`text` with every `${name}` replaced by its value; unknown names are ""."""
    return _REFERENCE.sub(lambda match: lookup(match[1].strip()), text)
