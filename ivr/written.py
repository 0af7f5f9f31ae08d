"""The values of a text as it was written: words, lists and tables that remember where they stand.

It does not know how they were read (`ivr/source.py`), nor what they mean.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.faults import Place


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, as it was written, without quotes."""

    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    values: tuple[Value, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping, in the order of the text; no key occurs twice."""

    entries: tuple[tuple[Text, Value], ...]
    place: Place

    def get(self, key: str) -> Value | None:
        for name, value in self.entries:
            if name.value == key:
                return value
        return None


Value = Text | Items | Table
