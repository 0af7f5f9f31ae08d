"""Texts with names (`${caller.number}`) and small expressions (`${balance} - 10 >= ${limit}`) in a flow.

It does not know where the values come from: it is handed a function from name to text. Nothing is evaluated as Python.

An expression has numbers, 'texts', names in `${}`, `+ - * /`, comparisons, `and or not`, brackets, and the functions of
`ivr/operations.py`. What a name stands for is text, and becomes a number where one is needed. Numbers are decimal and
exact; results are rounded to six places. Sizes are bounded, so neither reading nor computing can run away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ivr.operations import CannotCompute, Kind, Node, compute, shown
from ivr.parsing import Malformed, read_expression

ATTRIBUTES = (
    "caller.number",
    "caller.name",
    "caller.called",
    "caller.level",
    "customer.id",
    "customer.name",
    "customer.segment",
    "language",
)
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z][a-z0-9-]*)?\Z")

Lookup = Callable[[str], str]

__all__ = ["ATTRIBUTES", "Expression", "Malformed", "fill", "malformed", "parse", "references"]


def references(text: str) -> tuple[str, ...]:
    """The names that `text` looks up, in order."""
    return tuple(match.strip() for match in _REFERENCE.findall(text))


def malformed(text: str) -> str:
    """Why `text` is not a sound template, or ""."""
    if "${" in _REFERENCE.sub("", text):
        return "`${` without its `}`"
    bad = next((name for name in references(text) if not _NAME.match(name)), None)
    return "" if bad is None else f"'{bad}' is not a name"


def fill(text: str, lookup: Lookup) -> str:
    """`text` with every `${name}` replaced by its value; unknown names are ""."""
    return _REFERENCE.sub(lambda match: lookup(match[1].strip()), text)


@dataclass(frozen=True, slots=True)
class Expression:
    """A sound expression. `names` are those it looks up; `can_fail` when some values of them cannot be computed with.

    It cannot be computed with: what is no number where one is needed, a division by zero, a number that is too large,
    what is no date.
    """

    text: str
    root: Node
    names: tuple[str, ...]
    can_fail: bool

    @property
    def is_condition(self) -> bool:
        return self.root.kind is Kind.TRUTH

    def value(self, lookup: Lookup) -> str | None:
        """What it comes to, as text (`true` and `false` for a condition); None when it cannot be computed."""
        try:
            return shown(compute(self.root, lookup))
        except CannotCompute:
            return None

    def holds(self, lookup: Lookup) -> bool | None:
        """Whether the condition is true; None when it cannot be computed."""
        try:
            return compute(self.root, lookup) is True
        except CannotCompute:
            return None


def parse(text: str) -> Expression | Malformed:
    """The expression that `text` is, or why it is none and where. Never raises."""
    root = read_expression(text)
    if isinstance(root, Malformed):
        return root
    return Expression(text, root, tuple(dict.fromkeys(root.names())), root.can_fail())
