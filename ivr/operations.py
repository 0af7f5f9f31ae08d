"""What an expression can do: its operators and functions, what they take and give, and how they are computed.

It does not know how an expression is written.

To add a function: one line in `FUNCTIONS`. Every value is bounded, so that no chain of operations grows without end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from typing import Any

MOST = Decimal(10) ** 18  # numbers are smaller than this
PLACES = 6
MOST_COUNT = 1000  # characters that `first` and `last` take
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?\Z")
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})\Z")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


class Kind(StrEnum):
    NUMBER = "a number"
    TEXT = "a text"
    TRUTH = "a condition"


Result = Decimal | str | bool


class CannotCompute(Exception):
    """The values at hand cannot be computed with."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`takes` are the kinds of its parts; `compute` gets their values."""

    takes: tuple[Kind, ...]
    gives: Kind
    can_fail: bool
    compute: Callable[..., Result]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation with its parts; a leaf has a `value` (a literal) or a `name`, and the operation "" ."""

    operation: str
    kind: Kind
    parts: tuple[Node, ...] = ()
    value: Decimal | str = ""
    name: str = ""

    def names(self) -> Iterator[str]:
        if self.name:
            yield self.name
        for part in self.parts:
            yield from part.names()

    def can_fail(self) -> bool:
        own = bool(self.operation) and OPERATIONS[self.operation].can_fail
        if self.operation in COUNTED and _is_count(self.operation, self.parts[COUNTED[self.operation]]):
            own = False
        return own or any(part.can_fail() for part in self.parts)


def compute(node: Node, lookup: Callable[[str], str]) -> Result:
    """The value of `node`. Raises `CannotCompute`, nothing else."""
    if not node.operation:
        return lookup(node.name) if node.name else node.value
    if node.operation in ("and", "or"):
        first = compute(node.parts[0], lookup)
        return first if first is (node.operation == "or") else compute(node.parts[1], lookup)
    return OPERATIONS[node.operation].compute(*(compute(part, lookup) for part in node.parts))


def shown(value: Result) -> str:
    """A value as the text that a variable holds: `12.5`, never `1.25E+1`; `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    text = format(_EXACT.quantize(value, Decimal(1).scaleb(-PLACES)), "f").rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def number(text: str) -> Decimal:
    """The number that a text is. Raises `CannotCompute`."""
    if not _NUMBER.match(text.strip()):
        raise CannotCompute
    return _bounded(Decimal(text.strip()))


def _bounded(value: Decimal) -> Decimal:
    if abs(value) >= MOST:
        raise CannotCompute
    return _EXACT.plus(value)


def _divided(first: Decimal, second: Decimal) -> Decimal:
    if not second:
        raise CannotCompute
    return _bounded(_EXACT.divide(first, second))


def _count(value: Decimal) -> int:
    if value != value.to_integral_value() or not 0 <= value <= MOST_COUNT:
        raise CannotCompute
    return int(value)


def _is_count(operation: str, node: Node) -> bool:
    """Whether this is a number as it stands, and one that the function can take."""
    if not isinstance(node.value, Decimal):
        return False
    most = PLACES if operation == "round" else MOST_COUNT
    return node.value == node.value.to_integral_value() and node.value <= most


def _last(count: Decimal, text: str) -> str:
    most = _count(count)
    return text[-most:] if most else ""


def _rounded(value: Decimal, places: Decimal) -> Decimal:
    if _count(places) > PLACES:
        raise CannotCompute
    return _EXACT.quantize(value, Decimal(1).scaleb(-_count(places)))


def _day(text: str) -> date:
    parts = _DATE.match(text.strip())
    try:
        return date(int(parts[1]), int(parts[2]), int(parts[3])) if parts else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise CannotCompute


def _days(first: str, last: str) -> Decimal:
    return Decimal((_day(last) - _day(first)).days)


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


_N, _T, _C = Kind.NUMBER, Kind.TEXT, Kind.TRUTH


def _compares(compare: Callable[[Any, Any], bool], kind: Kind) -> Operation:
    return Operation((kind, kind), _C, can_fail=False, compute=compare)


# Functions by the name under which a flow calls them.
FUNCTIONS: dict[str, Operation] = {
    "len": Operation((_T,), _N, can_fail=False, compute=lambda text: Decimal(len(text))),
    "digits": Operation((_T,), _T, can_fail=False, compute=_digits),
    "lower": Operation((_T,), _T, can_fail=False, compute=str.lower),
    "contains": Operation((_T, _T), _C, can_fail=False, compute=lambda text, part: part in text),
    "first": Operation((_N, _T), _T, can_fail=True, compute=lambda count, text: text[: _count(count)]),
    "last": Operation((_N, _T), _T, can_fail=True, compute=_last),
    "round": Operation((_N, _N), _N, can_fail=True, compute=_rounded),
    "days": Operation((_T, _T), _N, can_fail=True, compute=_days),
}

# Which part of a function is a count: with a plain one the function cannot fail.
COUNTED = {"first": 0, "last": 0, "round": 1}

OPERATIONS: dict[str, Operation] = {
    **FUNCTIONS,
    "+": Operation((_N, _N), _N, can_fail=True, compute=lambda a, b: _bounded(_EXACT.add(a, b))),
    "-": Operation((_N, _N), _N, can_fail=True, compute=lambda a, b: _bounded(_EXACT.subtract(a, b))),
    "*": Operation((_N, _N), _N, can_fail=True, compute=lambda a, b: _bounded(_EXACT.multiply(a, b))),
    "/": Operation((_N, _N), _N, can_fail=True, compute=_divided),
    "minus": Operation((_N,), _N, can_fail=False, compute=_EXACT.minus),
    "number": Operation((_T,), _N, can_fail=True, compute=number),
    "not": Operation((_C,), _C, can_fail=False, compute=lambda a: not a),
    "and": Operation((_C, _C), _C, can_fail=False, compute=lambda a, b: a and b),
    "or": Operation((_C, _C), _C, can_fail=False, compute=lambda a, b: a or b),
    "same": _compares(lambda a, b: a == b, _T),
    "differs": _compares(lambda a, b: a != b, _T),
    "==": _compares(lambda a, b: a == b, _N),
    "!=": _compares(lambda a, b: a != b, _N),
    "<": _compares(lambda a, b: a < b, _N),
    "<=": _compares(lambda a, b: a <= b, _N),
    ">": _compares(lambda a, b: a > b, _N),
    ">=": _compares(lambda a, b: a >= b, _N),
}
