"""Strict YAML text into values that remember where they stand; everything unsafe in YAML becomes a fault.

It does not know what the values mean, nor where the text came from: it is given text and a file name.

Every scalar stays text (`no`, `010` and `0201234567` are what they look like). Duplicate keys, anchors, aliases, tags,
merge keys, directives and second documents are faults. So are the two lines that YAML would take for something else:
`#: x` (a comment) and `*: x` (an alias); keys of a telephone are written as the words `star` and `pound`. Whatever the
text holds, `read` returns; it never raises.

Texts are read by libyaml where PyYAML has it (20 times as fast), and again in plain Python when libyaml finds a fault,
so that a fault is told in the same words everywhere. A large text is not read twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from ivr.faults import Faults, Place
from ivr.written import Items, Table, Text, Value

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12
MAX_VALUES = 50_000  # keys and values of one file
_STAR = "\ue000"  # stands for a bare `*` key while the text is parsed, so that the rest is read as meant
_STAR_KEY = re.compile(r"^([ \t]*(?:\?[ \t]+)?)\*(?=[ \t]*:(?:[ \t]|$))", re.MULTILINE)
_POUND_KEY = re.compile(r"^[ \t]*#[ \t]*:(?:[ \t]|$)")
_LARGE = 64 * 1024  # characters of a text that is read only once, whatever is wrong with it
# On these the two readers disagree; `?` only beside brackets.
_ODD = re.compile(r"[\t\x85\ufeff]|\r(?!\n)|(?:^|[\s\[{,])!|^[\s-]*\?|^(?:---|\.\.\.|%)", re.MULTILINE)
_BRACKET = re.compile(r"[\[{]")
_PLAIN: tuple[Any, ...] = (yaml.BaseLoader,)
_FAST: tuple[Any, ...] = (yaml.CBaseLoader,) if yaml.__with_libyaml__ else _PLAIN
_Node = (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent)
_UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class _Unreadable(Exception):
    """Reading cannot go on; the fault is already told."""


def read(text: str | bytes, file: str) -> tuple[Table | None, Faults]:
    """The text's one mapping, and the faults found so far; None when there is no mapping to go on with."""
    decoded, faults = _decode(text, file)
    if faults:
        return None, faults
    marked = _STAR_KEY.sub(lambda match: match[1] + _STAR, decoded)
    value = None
    for loader in _loaders(marked):
        faults = Faults(file, decoded)
        _flag_stars(marked, faults)
        reader = _Reader(marked, faults, loader)
        value = reader.document()
        if not reader.broken:
            break
    reader.flag_pounds()
    if isinstance(value, Table):
        return value, faults
    _flag_no_table(value, faults)
    return None, faults


def _flag_no_table(value: Value | None, faults: Faults) -> None:
    if not faults:
        place, hint = value.place if value else Place(), "write for example `flow: my-flow`"
        faults.add(place, "not-a-mapping", "the file must hold `key: value` lines", hint)


def _loaders(text: str) -> tuple[Any, ...]:
    """The readers of YAML to try: the next one when the one before finds the text broken."""
    if len(text) > _LARGE or _FAST == _PLAIN:
        return _FAST
    odd = _ODD.search(text) or ("?" in text and _BRACKET.search(text))
    return _PLAIN if odd else (*_FAST, *_PLAIN)


def _decode(text: str | bytes, file: str) -> tuple[str, Faults]:
    size = len(text)
    if size > MAX_BYTES:
        faults = Faults(file)
        faults.add(Place(), "too-large", f"the file has {size} bytes; at most {MAX_BYTES} are read")
        return "", faults
    if isinstance(text, str):
        return text, Faults(file, text)
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8")
        faults = Faults(file, text.decode("utf-8", errors="replace"))
        faults.add(
            _place_after(before),
            "bad-utf8",
            f"byte 0x{text[error.start]:02x} is not UTF-8",
            "save the file as UTF-8",
        )
        return "", faults
    return decoded, Faults(file, decoded)


def _place_after(before: str) -> Place:
    lines = Faults("", before).lines
    return Place(len(lines), len(lines[-1]) + 1)


def _flag_stars(marked: str, faults: Faults) -> None:
    for number, line in enumerate(Faults("", marked).lines, 1):
        if line.strip().startswith(_STAR):
            place = Place(number, line.index(_STAR) + 1)
            faults.add(place, "star-key", "`*` cannot be a key: YAML takes it for an alias", "write the word: star")


@dataclass(slots=True)
class _Reader:
    """Builds values from PyYAML's events. Depth is bounded, so recursion is."""

    text: str
    faults: Faults
    loader: Any
    broken: bool = False
    values: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list)
    events: Iterator[yaml.Event] = field(init=False)

    def document(self) -> Value | None:
        """The text's value as far as it can be read; `broken` tells that it is not YAML."""
        try:
            self.events = yaml.parse(self.text, Loader=self.loader)
            return self._documents()
        except _Unreadable:
            return None
        except yaml.reader.ReaderError as error:
            char = f"character U+{error.character:04X}" if isinstance(error.character, int) else "a character"
            found = self.text.find(chr(error.character)) if isinstance(error.character, int) else -1
            place = _place_after(self.text[: found if found >= 0 else error.position])
            self.faults.add(place, "control-character", f"{char} is not allowed in a text file", "remove it")
        except yaml.MarkedYAMLError as error:
            mark = _begun(error) or error.problem_mark or error.context_mark
            place = Place(mark.line + 1, mark.column + 1) if mark else Place()
            self.faults.add(place, "syntax", _plain_words(error), _advice(error))
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self.faults.add(Place(), "syntax", f"the file cannot be read as YAML: {error}")
        self.broken = True
        return None

    def _documents(self) -> Value | None:
        value: Value | None = None
        count = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                count += 1
                if event.version or event.tags:
                    self.faults.add(
                        _place(event), "directive", "YAML directives (%) are not allowed", "remove the line"
                    )
                if count > 1:
                    self.faults.add(_place(event), "second-document", "a file holds one document", "remove the `---`")
                    break
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event, 1)
        return value

    def _value(self, event: yaml.Event, depth: int) -> Value:
        place = _place(event)
        self.values += 1
        if depth > MAX_DEPTH:
            self.faults.add(place, "too-deep", f"more than {MAX_DEPTH} levels inside each other")
            raise _Unreadable
        if self.values > MAX_VALUES:
            self.faults.add(place, "too-many-values", f"a file holds at most {MAX_VALUES} keys and values")
            raise _Unreadable
        if self.faults.full:
            raise _Unreadable
        self._flag_unsafe(event, place)
        if isinstance(event, yaml.ScalarEvent):
            self._note_span(event)
            return self._text(event.value, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(place, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._table(place, depth)
        return Text("", place)  # an alias, already told

    def _flag_unsafe(self, event: yaml.Event, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.faults.add(place, "alias", f"aliases (*{event.anchor}) are not allowed", "write the value itself")
            return
        if not isinstance(event, _Node):
            return
        if event.anchor:
            self.faults.add(
                place,
                "anchor",
                f"anchors (&{event.anchor}) are not allowed",
                "write the value where it is used",
            )
        if event.tag:
            self.faults.add(place, "tag", f"tags ({event.tag}) are not allowed", "remove the word that begins with `!`")

    def _text(self, value: str, place: Place) -> Text:
        unfit = _UNFIT.search(value)
        if unfit:
            self.faults.add(place, "control-character", f"character U+{ord(unfit[0]):04X} is not allowed in a value")
        return Text("star" if value == _STAR else value, place)

    def _note_span(self, event: yaml.ScalarEvent) -> None:
        if event.start_mark and event.end_mark and event.end_mark.line > event.start_mark.line:
            self.spans.append((event.start_mark.line + 1, event.end_mark.line + 1))

    def _items(self, place: Place, depth: int) -> Items:
        values = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            values.append(self._value(event, depth + 1))
        return Items(tuple(values), place)

    def _table(self, place: Place, depth: int) -> Table:
        entries: dict[str, tuple[Text, Value]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            value = self._value(next(self.events), depth + 1)
            if self._sound_key(key, entries) and isinstance(key, Text):
                entries[key.value] = (key, value)
        return Table(tuple(entries.values()), place)

    def _sound_key(self, key: Value, entries: dict[str, tuple[Text, Value]]) -> bool:
        if not isinstance(key, Text):
            self.faults.add(key.place, "bad-key", "a key must be a plain word")
        elif key.value == "<<":
            self.faults.add(key.place, "merge-key", "merge keys (<<) are not allowed", "write the lines out")
        elif key.value in entries:
            first = entries[key.value][0].place.line
            self.faults.add(key.place, "duplicate-key", f"key '{key.value}' is written twice", f"first in line {first}")
        else:
            return True
        return False

    def flag_pounds(self) -> None:
        """Lines that look like a `#` key, unless they stand inside a text of several lines."""
        for number, line in enumerate(self.faults.lines, 1):
            if _POUND_KEY.match(line) and not self._inside_text(number):
                place = Place(number, line.index("#") + 1)
                self.faults.add(
                    place,
                    "pound-key",
                    "`#` cannot be a key: YAML takes the line for a comment",
                    "write the word: pound",
                )

    def _inside_text(self, line: int) -> bool:
        at = bisect_left(self.spans, (line, 0)) - 1  # spans are in the order of the text
        return at >= 0 and self.spans[at][0] < line <= self.spans[at][1]


def _place(event: yaml.Event) -> Place:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:  # the types allow it; the parser never does it
        return Place()
    width = end.column - start.column if isinstance(event, yaml.ScalarEvent) and end.line == start.line else 1
    return Place(start.line + 1, start.column + 1, max(1, width))


def _begun(error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Where a quote or bracket was opened that is not closed in its line: the fault is there, not where it shows."""
    opened = re.search(r"quoted scalar|flow (?:sequence|mapping)", error.context or "")
    begun, shown = error.context_mark, error.problem_mark
    return begun if opened and begun and shown and begun.line < shown.line else None


def _plain_words(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return "not readable as YAML: " + (", ".join(parts) or "unknown cause").replace(_STAR, "*")


def _advice(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "alias" in (error.context or ""):
        return "aliases are not allowed; for the key * write the word: star"
    if "\\t" in problem:
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in problem:
        return "check the indentation, or put the text in quotes if it has a `: ` in it"
    return ""
