"""Taking one person out of rows that are kept for ever: who he is goes, what was done and when stays. Pure.

It does not know the database, nor who may ask for it. In place of his numbers and his id stand words that are his alone
and say nothing, so that counts of tries, of persons and of abandoned calls come out as before. Names, notes and the
columns of his list go wherever they stand beside him; of his own calls to us what he keyed, what the flow kept of it,
what was sent to him, and where he could have gone on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Final = frozenset({"name", "customer_name", "note"})
_LISTS: Final = frozenset({"fields", "others"})
_IDS: Final = frozenset({"person", "customer"})
_CALLS: Final = frozenset({"contact", "attempt"})
_SAID: Final = frozenset({"keys", "text"})  # of his own calls: texts that are his alone
_BREAKPOINT: Final = frozenset({"step", "level", "state"})  # what has all of these is one, and its state has his values
_KEPT: Final = frozenset({"kept"})
_WRITTEN: Final = frozenset({"context"})  # JSON in a text


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to take out. `numbers` and `ids` have the word that stands for each; `calls` are to him, `leads` are his.

    `own` are his calls to us, and the call-backs that he asked for; `written` has his numbers as they came in, which
    are replaced where nothing else stands.
    """

    numbers: Mapping[str, str]
    ids: Mapping[str, str]
    calls: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    written: Mapping[str, str] = field(default_factory=dict)

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
        if text in self.written:
            return self.written[text]
        for number, word in self.numbers.items():
            text = text.replace(number, word)
        return text

    def _record(self, record: dict[str, Any]) -> dict[str, Any]:
        if record.get("contact") in self.own:
            record = self._own(record)
        new = {key: self._id(value) if key in _IDS else self._without(value) for key, value in record.items()}
        if self._is_his(record):
            new |= dict.fromkeys(_WORDS & new.keys(), "")
            new |= {key: [] for key in _LISTS & new.keys() if isinstance(new[key], list)}
        return new

    def _own(self, record: dict[str, Any]) -> dict[str, Any]:
        """A record of a call of his without what he said in it. His customer's id goes, too: a flow had found it."""
        new = {**record, **dict.fromkeys((_SAID | _WORDS | {"customer"}) & record.keys(), "")}
        new |= {key: [] for key in _KEPT & record.keys()}
        if record.keys() >= _BREAKPOINT:
            new["state"] = ""
        for key in _WRITTEN & record.keys():
            new[key] = self._written(record[key])
        if isinstance(record.get("path"), list):
            new["path"] = [{**step, "keys": ""} for step in record["path"] if isinstance(step, dict)]
        return new

    def _written(self, text: Any) -> Any:
        """JSON in a text: what an agent saw of him."""
        try:
            was = json.loads(text)
        except (TypeError, ValueError):
            return text
        return json.dumps(self._without(was), ensure_ascii=False, separators=(",", ":"))

    def _id(self, value: Any) -> Any:
        return self.ids.get(value, self._without(value)) if isinstance(value, str) else self._without(value)

    def _is_his(self, record: dict[str, Any]) -> bool:
        said = {key: value for key, value in record.items() if isinstance(value, str)}
        calls = self.calls | self.own
        if any(said.get(key) in calls for key in _CALLS) or said.get("lead") in self.leads:
            return True
        number = said.get("number")
        if number in self.numbers or number in self.written:
            return True
        return any(said.get(key) in self.ids for key in _IDS)
