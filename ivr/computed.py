"""Reading expressions out of a step's lines, and the exit that a step needs when they can fail.

It does not know what an expression may say, nor what a step does with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.expression import Expression, Malformed, parse
from ivr.faults import Place
from ivr.written import Text

if TYPE_CHECKING:
    from ivr.steps.verb import Exit, StepFields

FAILED = "failed"


def read_expression(fields: StepFields, text: Text, skip: int = 0) -> Expression | None:
    """The expression in `text` from character `skip` on; its fault is told at its column."""
    found = parse(text.value[skip:])
    if isinstance(found, Malformed):
        fields.fault(spot(text, skip + found.at, found.width), "bad-expression", found.message, found.hint)
        return None
    for name in found.names:
        fields.flow.references.append((fields.owner, name, text.place))
    return found


def spot(text: Text, at: int, width: int) -> Place:
    """The place of some characters of a text, where it stands in one line as it is; else that of the whole text."""
    quotes = {len(text.value): 0, len(text.value) + 2: 1}.get(text.place.width)
    if quotes is None:
        return text.place
    return Place(text.place.line, text.place.column + quotes + at, width)


def failed_exit(fields: StepFields, needed: bool) -> Exit | None:
    """The exit `failed`, which must be written when an expression of the step can fail, and only then."""
    if needed:
        return fields.exit(FAILED)
    found = fields.value(FAILED, required=False)
    if found:
        message = "'failed' is never taken: nothing here can fail"
        fields.fault(found.place, "needless-exit", message, "remove the line")
    return None
