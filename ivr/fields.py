"""Reading one mapping of strict YAML key by key: types, ranges, missing and unknown keys, each fault at its place.

It does not know flows, queues or agents: whoever reads declares which keys there are.

Every reading method returns a value of the asked type even when the text is at fault; the fault is told, and whoever
collects the faults throws the value away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ivr.faults import Faults, Place, did_you_mean
from ivr.written import Items, Table, Text, Value

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_SPAN = re.compile(r"(\d{1,6})(s|m|h)\Z")
_UNIT = {"s": 1, "m": 60, "h": 3600}
_WHOLE = re.compile(r"-?\d{1,9}\Z")


class Fields:
    """One mapping. `owner` names it in messages (`step 'welcome'`); `keys` are all keys that it may have."""

    def __init__(
        self, table: Table, faults: Faults, owner: str, keys: Iterable[str], place: Place | None = None
    ) -> None:
        self.table = table
        self.faults = faults
        self.owner = owner
        self.place = place or table.place
        self.keys = tuple(keys)
        for key, _ in table.entries:
            if key.value not in self.keys:
                self.fault(
                    key.place,
                    "unknown-key",
                    f"'{key.value}' is not a key here",
                    did_you_mean(key.value, self.keys),
                )

    def fault(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self.faults.add(place, code, f"{self.owner}: {message}", hint)

    def warn(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Something that is worth a look, and keeps nothing from working."""
        self.faults.warn(place, code, f"{self.owner}: {message}", hint)

    def value(self, key: str, required: bool) -> Value | None:
        """The raw value; a missing required key is a fault."""
        if key not in self.keys:
            raise KeyError(key)
        found = self.table.get(key)
        if found is None and required:
            self.fault(self.place, "missing-key", f"'{key}:' is not written")
        return found

    def has(self, key: str) -> bool:
        return self.table.get(key) is not None

    def at(self, key: str) -> Place:
        """Where the key's value stands; the owner's place when it is missing."""
        found = self.table.get(key)
        return found.place if found else self.place

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        found = self.value(key, default is None)
        return (default or "") if found is None else self.scalar(found, key).value

    def scalar(self, value: Value, key: str) -> Text:
        """`value` as one text that is not empty; anything else is a fault."""
        if not isinstance(value, Text):
            kind = "a list" if isinstance(value, Items) else "a mapping"
            self.fault(value.place, "not-a-text", f"'{key}' is {kind}; it must be one value")
            return Text("", value.place)
        if not value.value:
            self.fault(value.place, "empty", f"'{key}' has no value")
        return value

    def name(self, key: str, default: str | None = None) -> str:
        """A name: small letters, digits and hyphens."""
        found = self.value(key, default is None)
        return (default or "") if found is None else self.sound_name(self.scalar(found, key))

    def sound_name(self, text: Text) -> str:
        if text.value and not NAME.match(text.value):
            self.fault(
                text.place,
                "bad-name",
                f"'{text.value}' is not a name",
                "use small letters, digits and hyphens",
            )
            return ""
        return text.value

    def known_name(self, text: Text, kind: str, names: Collection[str]) -> str:
        """A name that must be one of `names`."""
        name = self.sound_name(text)
        if name and name not in names:
            self.fault(text.place, f"unknown-{kind}", f"{kind} '{name}' does not exist", did_you_mean(name, names))
        return name

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        found = self.value(key, default is None)
        if found is None:
            return default or ""
        text = self.scalar(found, key)
        options = tuple(choices)
        if text.value and text.value not in options:
            self.fault(
                text.place,
                "bad-choice",
                f"'{key}' cannot be '{text.value}'",
                did_you_mean(text.value, options),
            )
        return text.value

    def flag(self, key: str, default: bool) -> bool:
        """`true` or `false`, nothing else."""
        return self.choice(key, ("true", "false"), "true" if default else "false") == "true"

    def number(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        found = self.value(key, default is None)
        return (default or least) if found is None else self.whole(self.scalar(found, key), key, least, most)

    def whole(self, text: Text, key: str, least: int, most: int) -> int:
        if text.value and not _WHOLE.match(text.value):
            self.fault(text.place, "not-a-number", f"'{key}' must be a whole number, not '{text.value}'")
        elif text.value and not least <= int(text.value) <= most:
            self.fault(text.place, "out-of-range", f"'{key}' must be from {least} to {most}, not {text.value}")
        elif text.value:
            return int(text.value)
        return least

    def seconds(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A length of time with its unit (`5s`, `4m`, `1h`), in seconds."""
        found = self.value(key, default is None)
        if found is None:
            return default or least
        text = self.scalar(found, key)
        span = _SPAN.match(text.value)
        if not text.value:
            return least
        if not span:
            hint = "write a whole number with its unit, like 5s, 4m or 1h"
            self.fault(text.place, "bad-duration", f"'{key}: {text.value}' is not a length of time", hint)
            return least
        seconds = int(span[1]) * _UNIT[span[2]]
        if not least <= seconds <= most:
            self.fault(text.place, "out-of-range", f"'{key}' must be from {least}s to {most}s, not {text.value}")
            return least
        return seconds

    def texts(self, key: str, required: bool = True) -> tuple[Text, ...]:
        """One value, or a list of values."""
        found = self.value(key, required)
        if found is None:
            return ()
        if isinstance(found, Items):
            if not found.values:
                self.fault(found.place, "empty", f"'{key}' is an empty list")
            return tuple(self.scalar(value, key) for value in found.values)
        return (self.scalar(found, key),)

    def entries(self, key: str, required: bool = True) -> tuple[tuple[Text, Value], ...]:
        """The lines of a mapping below `key`."""
        found = self.value(key, required)
        if found is None:
            return ()
        return self.lines(found, key)

    def lines(self, value: Value, key: str) -> tuple[tuple[Text, Value], ...]:
        if not isinstance(value, Table):
            self.fault(value.place, "not-a-mapping", f"'{key}' must hold `key: value` lines")
            return ()
        if not value.entries:
            self.fault(value.place, "empty", f"'{key}' has no lines")
        return value.entries
