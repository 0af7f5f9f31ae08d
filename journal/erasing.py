"""Taking one person out of rows that are kept for ever: who he is goes, what was done and when stays. Pure.

It does not know the database, nor who may ask for it. In place of his numbers and his id stand words that are his alone
and say nothing, so that counts of tries, of persons and of abandoned calls come out as before. Names, notes and the
columns of his list go wherever they stand beside him.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Final = frozenset({"name", "customer_name", "note"})
_LISTS: Final = frozenset({"fields", "others"})
_IDS: Final = frozenset({"person", "customer"})
_CALLS: Final = frozenset({"contact", "attempt"})


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to take out. `numbers` and `ids` have the word that stands for each; `calls` are to him, `leads` are his."""

    numbers: Mapping[str, str]
    ids: Mapping[str, str]
    calls: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()

    def without(self, text: str) -> str:
        """The row's JSON without him; the same text where there is nothing of him in it."""
        try:
            was = json.loads(text)
        except ValueError:  # a damaged row: nothing of it is ever read
            return text
        new = self._without(was)
        return text if new == was else json.dumps(new, ensure_ascii=False, separators=(",", ":"))

    def _without(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._record(value)
        if isinstance(value, list):
            return [self._without(one) for one in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        for number, word in self.numbers.items():
            text = text.replace(number, word)
        return text

    def _record(self, record: dict[str, Any]) -> dict[str, Any]:
        new = {key: self._id(value) if key in _IDS else self._without(value) for key, value in record.items()}
        if self._is_his(record):
            new |= dict.fromkeys(_WORDS & new.keys(), "")
            new |= {key: [] for key in _LISTS & new.keys() if isinstance(new[key], list)}
        return new

    def _id(self, value: Any) -> Any:
        return self.ids.get(value, self._without(value)) if isinstance(value, str) else self._without(value)

    def _is_his(self, record: dict[str, Any]) -> bool:
        said = {key: value for key, value in record.items() if isinstance(value, str)}
        if any(said.get(key) in self.calls for key in _CALLS) or said.get("lead") in self.leads:
            return True
        return said.get("number") in self.numbers or any(said.get(key) in self.ids for key in _IDS)
